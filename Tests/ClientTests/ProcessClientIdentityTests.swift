import Foundation
import Glibc
import ProcessClient
import TestSupport
import Testing

@Suite struct ProcessClientIdentityTests {
    @Test func detachedProcessRunsInItsOwnSessionAndLogs() async throws {
        try await withScratchDirectory { folder in
            let process = try start("echo hello; cat /proc/$$/stat; exec sleep 100", in: folder)
            let log = "\(folder)/log"
            try await eventually("it wrote its log") {
                try read(log).contains("hello\n") && read(log).split(separator: "\n").count == 2
            }
            let fields = try read(log).split(separator: "\n")[1].split(separator: " ")
            #expect(fields[4] == "\(process.pid)")
            #expect(fields[5] == "\(process.pid)")
            #expect(try process.isRunning)
            #expect(try await process.stop(gracePeriod: .seconds(5)) == .exited)
            #expect(try await process.stop(gracePeriod: .seconds(5)) == .notRunning)
        }
    }

    @Test func endedChildIsReapedAndDoesNotCountAsRunning() async throws {
        try await withScratchDirectory { folder in
            let process = try start("exit 0", in: folder)
            try await eventually("it ended") { try !process.isRunning }
            #expect(try ProcessIdentity.of(pid: process.pid) == nil, "no zombie is left")
        }
    }

    @Test func zombieOfSomebodyElseIsNotRunning() async throws {
        try await withScratchDirectory { folder in
            // The shell becomes a sleep that never reaps the shell's child.
            let parent = try start("sh -c 'echo $$ > \(folder)/pid; exit' & exec sleep 100", in: folder)
            try await eventually("the child wrote its pid") { try read("\(folder)/pid").hasSuffix("\n") }
            let pid = try #require(try Int32(read("\(folder)/pid").dropLast()))
            try await eventually("the zombie is seen as ended") { try ProcessIdentity.of(pid: pid)?.isRunning == false }
            #expect(try await parent.stop(gracePeriod: .seconds(5)) == .exited)
        }
    }

    @Test func anotherOwnerOfThePidIsNeitherSignalledNorRunning() async throws {
        try await withScratchDirectory { folder in
            let process = try start("exec sleep 100", in: folder)
            let stale = ProcessIdentity(pid: process.pid, startTicks: process.startTicks - 1, bootID: process.bootID)
            let lastBoot = ProcessIdentity(pid: process.pid, startTicks: process.startTicks, bootID: "another boot")
            for other in [stale, lastBoot] {
                #expect(try !other.isRunning)
                #expect(try !other.signal(SIGKILL))
                #expect(try !other.signal(SIGKILL, to: .group))
                #expect(try await other.stop(gracePeriod: .seconds(1)) == .notRunning)
            }
            #expect(try process.isRunning)
            #expect(try await process.stop(gracePeriod: .seconds(5)) == .exited)
        }
    }

    @Test func deafProcessIsKilledWithItsGroup() async throws {
        try await withScratchDirectory { folder in
            let process = try start(
                "trap '' TERM; sleep 1000 & echo $! > \(folder)/pid; while :; do sleep 0.05; done", in: folder)
            try await eventually("the child wrote its pid") { try read("\(folder)/pid").hasSuffix("\n") }
            let pid = try #require(try Int32(read("\(folder)/pid").dropLast()))
            let child = try #require(try ProcessIdentity.of(pid: pid))
            #expect(try await process.stop(gracePeriod: .milliseconds(200)) == .killed)
            #expect(try !process.isRunning)
            try await eventually("the child is gone") { try !child.isRunning }
        }
    }

    @Test func cancelledStopKillsAtOnce() async throws {
        try await withScratchDirectory { folder in
            let process = try start("trap '' TERM; echo ready; while :; do sleep 0.05; done", in: folder)
            try await eventually("the trap is set") { try read("\(folder)/log") == "ready\n" }
            let stopping = Task { try await process.stop(gracePeriod: .seconds(100)) }
            stopping.cancel()
            #expect(try await stopping.value == .killed)
            #expect(try !process.isRunning)
        }
    }

    @Test func stoppedProcessCanStillBeEndedGently() async throws {
        try await withScratchDirectory { folder in
            let process = try start("exec sleep 1000", in: folder)
            #expect(try process.signal(SIGSTOP))
            #expect(try await process.stop(gracePeriod: .seconds(10)) == .exited)
        }
    }

    @Test func daemonIsFoundByItsCommandLine() async throws {
        try await withScratchDirectory { folder in
            let process = try start("exec tail -f \(folder)/log", in: folder)
            try await eventually("tail runs") {
                try runningProcesses(of: "tail", arguments: ["\(folder)/log"]) == [process]
            }
            #expect(try runningProcesses(of: "sleep", arguments: ["\(folder)/log"]) == [])
            #expect(try await process.stop(gracePeriod: .seconds(5)) == .exited)
        }
    }

    @Test func portsAreFreeDistinctAndHandedOutOnce() throws {
        let ports = try freeLoopbackPorts(50) + freeLoopbackPorts(50)
        #expect(Set(ports).count == 100)
        #expect(ports.allSatisfy(isLoopbackPortFree))
    }

    @Test func serverProgramsOutsidePathAreFound() {
        #expect(findExecutable("sh") != nil)
        #expect(findExecutable("no-such-program-anywhere") == nil)
        #expect(findExecutable("/bin") == nil, "a folder is no program")
    }

    private func start(_ script: String, in folder: String) throws -> ProcessIdentity {
        try DetachedProcess.start(
            executable: "sh", arguments: ["-c", script], environment: ["PATH": "/usr/bin:/bin"], folder: folder,
            log: "\(folder)/log")
    }

    private func read(_ path: String) throws -> String {
        guard access(path, R_OK) == 0 else { return "" }
        return try String(contentsOfFile: path, encoding: .utf8)
    }
}
