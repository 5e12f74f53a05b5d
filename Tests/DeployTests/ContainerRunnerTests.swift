import Foundation
import HTTPClient
import OpsModel
import ProcessClient
import TestSupport
import Testing

@testable import Deploy

@Suite(
    .enabled(if: ContainerFixture.requirement.isMet, "podman, runc, gcc or tar is not installed"),
    .enabled(if: ProcessInfo.processInfo.userName == "root", "rootful podman needs root"))
struct ContainerRunnerTests {
    private func answer(_ fixture: ContainerFixture, _ slot: Slot) async throws -> String {
        let url = fixture.runner.address(of: slot)
        var text = ""
        try await eventually("\(url) answers", within: .seconds(20)) {
            do { text = try await HTTPClient().send(HTTPRequest("GET", url, timeout: .seconds(2))).text } catch {
                return false
            }
            return true
        }
        return text
    }

    @Test func aReleaseRunsAsNobodyWithNothingItDoesNotNeed() async throws {
        try await ContainerFixture.run { fixture async throws in
            try await fixture.runner.start(fixture.launch(), in: .green)
            let told = try await answer(fixture, .green)
            #expect(told.contains("Uid:\t10001\t10001\t10001\t10001"))
            #expect(told.contains("CapEff:\t0000000000000000"))
            #expect(told.contains("CapBnd:\t0000000000000000"))
            #expect(told.contains("NoNewPrivs:\t1"))
            #expect(told.contains("root read-only"))
            #expect(told.contains("tmp writable"))
            #expect(told.contains("name one\nsecret s3cret\nwith two lines\n"))
        }
    }

    @Test func valuesStandInNoArgumentAndNoSecretIsLeftBehind() async throws {
        try await ContainerFixture.run { fixture async throws in
            try await fixture.runner.start(fixture.launch(), in: .blue)
            #expect(try await fixture.runner.migrate(fixture.launch()).contains("migrated for one"))
            #expect(!(try fixture.arguments.contains("s3cret")))
            let list = try await runCommand(
                Command(fixture.podman, ["secret", "ls", "--quiet"]), timeout: .seconds(30))
            #expect(list.status == 0)
            #expect(list.output == "")
        }
    }

    @Test func theStateIsReadFromPodman() async throws {
        try await ContainerFixture.run { fixture async throws in
            #expect(try await fixture.runner.state(of: .blue).release == nil)
            let launch = fixture.launch("two")
            try await fixture.runner.start(launch, in: .blue)
            // Another instance, as after the death of the first deployer.
            let state = try await ContainerRunner(fixture.runner.settings).state(of: .blue)
            #expect(state.release == launch.release)
            #expect(state.isRunning)
            let pid = try #require(state.pid)
            #expect(FileManager.default.fileExists(atPath: "/proc/\(pid)"))
            try await fixture.runner.start(launch, in: .blue)  // adopted
            #expect(try await fixture.runner.state(of: .blue).pid == pid)
            await #expect(throws: RunnerError.occupied(slot: .blue, release: "two")) {
                try await fixture.runner.start(fixture.launch("three"), in: .blue)
            }
            _ = try await answer(fixture, .blue)
            try await fixture.runner.stop(.blue)
            let stopped = try await fixture.runner.state(of: .blue)
            #expect(!stopped.isRunning)
            #expect(stopped.release == launch.release)
            #expect(try await fixture.runner.lastLines(of: .blue, 5) == "listening\nleaving")
            try await fixture.runner.start(fixture.launch("three"), in: .blue)
            #expect(try await fixture.runner.state(of: .blue).release?.name == "three")
            try await fixture.runner.stop(.green)  // nothing there is fine
        }
    }

    @Test func aReleaseThatDiesIsNotStartedAgainAndItsWordsAreKept() async throws {
        try await ContainerFixture.run { fixture async throws in
            try await fixture.runner.start(fixture.launch(arguments: ["die"]), in: .green)
            try await eventually("it has ended") { try await !fixture.runner.state(of: .green).isRunning }
            #expect(try await fixture.runner.lastLines(of: .green, 5) == "cannot start: no database")
            #expect(try await fixture.runner.state(of: .green).restarts == 0)
        }
    }

    @Test func moreMemoryThanAllowedEndsIt() async throws {
        try await ContainerFixture.run { fixture async throws in
            try await fixture.runner.start(fixture.launch(arguments: ["eat"]), in: .green)
            try await eventually("it has ended", within: .seconds(30)) {
                try await !fixture.runner.state(of: .green).isRunning
            }
            let code = Command(
                fixture.podman,
                ["container", "inspect", "--format", "{{.State.ExitCode}}", fixture.runner.name(.green)])
            #expect(try await runCommand(code, timeout: .seconds(30)).output == "137\n")
        }
    }

    @Test func aPublishedPortReachesTheContainersOwnNetwork() async throws {
        try await ContainerFixture.run {
            $0.network = .published
            $0.containerPort = 8080
        } _: { fixture async throws in
            try await fixture.runner.start(fixture.launch(), in: .blue)
            #expect(try await answer(fixture, .blue).contains("name one"))
        }
    }

    @Test func aBrokenMigrationSaysItsStatusAndLeavesNothing() async throws {
        try await ContainerFixture.run { fixture async throws in
            await #expect(throws: RunnerError.migrationFailed(status: 3, lastLines: "migrated for one")) {
                try await fixture.runner.migrate(fixture.launch("one", ["BROKEN": "1"]))
            }
            let list = try await runCommand(Command(fixture.podman, ["ps", "--all", "--quiet"]), timeout: .seconds(30))
            #expect(list.output == "")
        }
    }

    /// Podman's client can be stopped without its container: a migration that nobody waits for must not go on.
    @Test func aCancelledMigrationIsStopped() async throws {
        try await ContainerFixture.run { fixture async throws in
            let launch = fixture.launch("one", ["SLOW": "1"])
            let migration = Task { try await fixture.runner.migrate(launch) }
            let list = Command(fixture.podman, ["ps", "--quiet"])
            try await eventually("the migration runs", within: .seconds(20)) {
                try await !runCommand(list, timeout: .seconds(30)).output.isEmpty
            }
            migration.cancel()
            await #expect(throws: (any Error).self) { try await migration.value }
            #expect(try await runCommand(list, timeout: .seconds(30)).output == "")
            let secrets = Command(fixture.podman, ["secret", "ls", "--quiet"])
            #expect(try await runCommand(secrets, timeout: .seconds(30)).output == "")
        }
    }

    @Test func aTagIsRefusedAndSoIsAnotherDigest() async throws {
        try await ContainerFixture.run { fixture async throws in
            for image in ["localhost/opsctl-test:1", "sha256:\(String(repeating: "a", count: 64))"] {
                await #expect(throws: RunnerError.self) {
                    try await fixture.runner.start(fixture.launch(image: image), in: .blue)
                }
            }
            let other = ReleaseLaunch(
                release: fixture.launch().release, artifact: "localhost/x@sha256:\(String(repeating: "b", count: 64))",
                arguments: [], migrateArguments: [], environment: [:])
            await #expect(throws: RunnerError.self) { try await fixture.runner.start(other, in: .blue) }
        }
    }

    @Test func aStoreThatCannotBeReadIsNoStoppedSlot() async throws {
        try await ContainerFixture.run { fixture async throws in
            let storage = "\(fixture.folder)/storage.conf"
            let text = try String(contentsOfFile: storage, encoding: .utf8)
            try text.replacing("/graph", with: "/podman").write(toFile: storage, atomically: true, encoding: .utf8)
            await #expect(throws: ContainerError.self) { try await fixture.runner.state(of: .blue) }
            try text.write(toFile: storage, atomically: true, encoding: .utf8)
        }
    }
}
