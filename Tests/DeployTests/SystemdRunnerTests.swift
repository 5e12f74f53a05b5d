import Cryptography
import Foundation
import OpsModel
import ProcessClient
import Synchronization
import TestSupport
import Testing

@testable import Deploy

/// Without systemd: the commands that would run, and answers as `systemctl` of systemd 252 gave them.
@Suite struct SystemdRunnerTests {
    private final class Machine: Sendable {
        let commands = Mutex<[Command]>([])
        let unit = Mutex(
            "LoadState=not-found\nActiveState=inactive\nMainPID=0\nNRestarts=0\nDescription=opsctl-demo-blue.service\n")
        let variables = Mutex<[String]>([])

        func run(_ command: Command) -> CommandResult {
            commands.withLock { $0.append(command) }
            if command.arguments.first == "show" {
                return CommandResult(status: 0, output: unit.withLock { $0 }, errors: "")
            }
            for argument in command.arguments where argument.hasPrefix("--property=EnvironmentFile=") {
                let path = String(argument.dropFirst("--property=EnvironmentFile=".count))
                let text = FileManager.default.contents(atPath: path).map { String(decoding: $0, as: UTF8.self) }
                variables.withLock { $0.append(text ?? "no file") }
            }
            return CommandResult(status: 0, output: "", errors: "")
        }

        var lines: [String] { commands.withLock { $0.map(\.line) } }
    }

    private func running(_ release: Release) -> String {
        "LoadState=loaded\nActiveState=active\nMainPID=4711\nNRestarts=0\nDescription=\(SystemdFacts.description(of: release))\n"
    }

    private func launch(_ folder: String, _ name: String = "seven") throws -> ReleaseLaunch {
        try "#!/bin/sh\n".write(toFile: "\(folder)/service", atomically: true, encoding: .utf8)
        return ReleaseLaunch(
            release: Release(
                name: name, artifactDigest: hex(try sha256(fileAt: "\(folder)/service")),
                configurationDigest: String(repeating: "c", count: 64)),
            artifact: "\(folder)/service", arguments: ["serve"], migrateArguments: ["migrate"],
            environment: ["KEY": Secret("a \"b\" $c\nd"), "PORT": Secret("${slot:port}")])
    }

    private func runner(_ folder: String, _ machine: Machine) throws -> SystemdRunner {
        let ports = try freeLoopbackPorts(2)
        return try SystemdRunner(
            .init(
                service: "demo", folder: "\(folder)/slots", bluePort: ports[0], greenPort: ports[1],
                stopGrace: .seconds(35))
        ) { command, _ in machine.run(command) }
    }

    @Test func aReleaseStartsAsAHardenedUnitWhoseValuesAreInNoArgument() async throws {
        try await withScratchDirectory { folder async throws in
            let machine = Machine()
            let runner = try runner(folder, machine)
            let launch = try launch(folder)
            try await runner.start(launch, in: .blue)
            let command = try #require(machine.commands.withLock { $0.last })
            #expect(command.executable == "systemd-run")
            for property in [
                "DynamicUser=yes", "NoNewPrivileges=yes", "CapabilityBoundingSet=", "ProtectSystem=strict",
                "MemoryMax=512M", "TasksMax=256", "Restart=no", "TimeoutStopSec=35",
            ] {
                #expect(command.arguments.contains("--property=\(property)"), "\(property)")
            }
            let end = try #require(command.arguments.firstIndex(of: "--"))
            let kept = "\(folder)/slots/releases/\(launch.release.artifactDigest)"
            #expect(Array(command.arguments[end...]) == ["--", kept, "serve"])
            #expect(!machine.lines.joined().contains("a \"b\""))
            let port = runner.settings.bluePort
            #expect(machine.variables.withLock { $0 } == ["KEY=\"a \\\"b\\\" \\$c\nd\"\nPORT=\"\(port)\"\n"])
            #expect(!FileManager.default.fileExists(atPath: "\(folder)/slots/opsctl-demo-blue.env"))
        }
    }

    @Test func whatRunsIsAdoptedAndAnotherReleaseIsNot() async throws {
        try await withScratchDirectory { folder async throws in
            let machine = Machine()
            let runner = try runner(folder, machine)
            let launch = try launch(folder)
            machine.unit.withLock { $0 = running(launch.release) }
            try await runner.start(launch, in: .blue)
            #expect(machine.commands.withLock { $0.count } == 1)
            let state = try await runner.state(of: .blue)
            #expect(state.release == launch.release)
            #expect(state.pid == 4711)
            await #expect(throws: RunnerError.occupied(slot: .blue, release: "seven")) {
                try await runner.start(try self.launch(folder, "eight"), in: .blue)
            }
        }
    }

    @Test func aStoppedUnitIsRememberedByItsRecord() async throws {
        try await withScratchDirectory { folder async throws in
            let machine = Machine()
            let runner = try runner(folder, machine)
            try await runner.start(try launch(folder), in: .blue)
            let state = try await runner.state(of: .blue)
            #expect(!state.isRunning)
            #expect(state.release?.name == "seven")
            try await runner.stop(.blue)
            #expect(!machine.lines.contains { $0.contains("stop") })
        }
    }

    @Test func aFailedUnitIsForgottenBeforeItsNameIsUsedAgain() async throws {
        try await withScratchDirectory { folder async throws in
            let machine = Machine()
            machine.unit.withLock {
                $0 = "LoadState=loaded\nActiveState=failed\nMainPID=0\nNRestarts=0\nDescription=x\n"
            }
            try await runner(folder, machine).start(try launch(folder), in: .blue)
            #expect(machine.lines.contains("systemctl reset-failed opsctl-demo-blue.service"))
        }
    }

    @Test func aMigrationThatNobodyWaitsForIsStopped() async throws {
        try await withScratchDirectory { folder async throws in
            let machine = Machine()
            let ports = try freeLoopbackPorts(2)
            let settings = SystemdRunner.Settings(
                service: "demo", folder: "\(folder)/slots", bluePort: ports[0], greenPort: ports[1], stopGrace: .zero)
            let runner = try SystemdRunner(settings) { command, limit in
                if command.executable == "systemd-run" {
                    throw ProcessError.timedOut(command: command.line, after: limit, evidence: "")
                }
                return machine.run(command)
            }
            await #expect(throws: ProcessError.self) { try await runner.migrate(try self.launch(folder)) }
            #expect(machine.lines == ["systemctl stop opsctl-demo-migrate.service"])
            #expect(!FileManager.default.fileExists(atPath: "\(folder)/slots/opsctl-demo-migrate.env"))
        }
    }

    @Test func anAnswerThatTellsNothingIsNoStoppedSlot() async throws {
        try await withScratchDirectory { folder async throws in
            let machine = Machine()
            for answer in ["", "LoadState=loaded\nActiveState=dreaming\n"] {
                machine.unit.withLock { $0 = answer }
                await #expect(throws: SystemdError.self) { try await self.runner(folder, machine).state(of: .blue) }
            }
        }
    }
}
