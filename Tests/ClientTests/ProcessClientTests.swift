import Foundation
import Glibc
import OpsModel
import ProcessClient
import TestSupport
import Testing

@Suite struct ProcessClientTests {
    @Test func outputErrorsAndStatusComeBackApart() async throws {
        let result = try await runCommand(
            Command("sh", ["-c", "echo out; echo err >&2; exit 3"]), timeout: .seconds(10))
        #expect(result.output == "out\n")
        #expect(result.errors == "err\n")
        #expect(result.status == 3)
    }

    @Test func inputEnvironmentAndFolderReachTheProgram() async throws {
        let command = Command(
            "/bin/sh", ["-c", "cat; echo $A; pwd"], environment: ["A": "1"], workingDirectory: "/usr",
            input: Array("in\n".utf8))
        #expect(try await runCommand(command, timeout: .seconds(10)).output == "in\n1\n/usr\n")
    }

    @Test func deathBySignalIsReportedAsShellsDo() async throws {
        let result = try await runCommand(Command("sh", ["-c", "kill -9 $$"]), timeout: .seconds(10))
        #expect(result.status == 137)
    }

    @Test func failureCarriesTheCommandAndItsLastWords() async throws {
        let command = Command("sh", ["-c", "echo 'no such host' >&2; exit 2"])
        let error = await #expect(throws: ProcessError.self) {
            try await runCommand(command, timeout: .seconds(10)).checked(command)
        }
        #expect(error?.diagnostic.id == "process.failed")
        #expect(error?.diagnostic.why == "exit status 2: no such host")
    }

    @Test(arguments: ["no-such-program-anywhere", "/no/such/program"])
    func missingProgramIsNamed(_ name: String) async throws {
        let error = await #expect(throws: ProcessError.self) {
            try await runCommand(Command(name), timeout: .seconds(10))
        }
        #expect(error?.diagnostic.id == "process.not_found")
        #expect(error?.diagnostic.place == name)
    }

    @Test func tooMuchOutputStopsTheProgram() async throws {
        let error = await #expect(throws: ProcessError.self) {
            try await runCommand(Command("yes"), timeout: .seconds(20), outputLimit: 10_000)
        }
        #expect(error?.diagnostic.id == "process.output_too_large")
    }

    @Test func timeoutKillsGrandchildrenThatIgnoreTerm() async throws {
        try await withScratchDirectory { folder in
            let script = "sh -c \"trap '' TERM; echo \\$\\$ > \(folder)/pid; while :; do sleep 0.1; done\" & wait"
            let started = ContinuousClock.now
            let error = await #expect(throws: ProcessError.self) {
                try await runCommand(Command("sh", ["-c", script]), timeout: .milliseconds(500))
            }
            #expect(error?.diagnostic.id == "process.timed_out")
            #expect(ContinuousClock.now - started < .seconds(5))
            let pid = try grandchild(of: folder)
            try await eventually("grandchild is gone") { try ProcessIdentity.of(pid: pid)?.isRunning != true }
        }
    }

    @Test func cancellationStopsTheProgram() async throws {
        try await withScratchDirectory { folder in
            let running = Task {
                try await runCommand(
                    Command("sh", ["-c", "echo $$ > \(folder)/pid; sleep 100"]), timeout: .seconds(100))
            }
            try await eventually("the program runs") {
                access("\(folder)/pid", R_OK) == 0 && (try? grandchild(of: folder)) != nil
            }
            running.cancel()
            let error = await #expect(throws: ProcessError.self) { try await running.value }
            #expect(error?.diagnostic.id == "process.cancelled")
            #expect(try ProcessIdentity.of(pid: grandchild(of: folder)) == nil)
        }
    }

    @Test func quotedWordsSurviveAShell() async throws {
        let words = ["plain", "two words", "it's", "$HOME", ""]
        let line = "for w in \(words.map(shellQuoted).joined(separator: " ")); do printf '%s|' \"$w\"; done"
        #expect(
            try await runCommand(Command("sh", ["-c", line]), timeout: .seconds(10)).output
                == "plain|two words|it's|$HOME||")
    }

    private func grandchild(of folder: String) throws -> Int32 {
        let text = try String(contentsOfFile: "\(folder)/pid", encoding: .utf8)
        return try #require(Int32(text.filter { !$0.isNewline }))
    }
}
