import Glibc
import Database
import Deploy
import Foundation
import Ledger
import LocalServices
import OpsModel
import ProcessClient
import Synchronization
import TestSupport
import Testing

/// What comes after a deployer, a release, a record or a file has died.
@Suite(.enabled(if: Requirement.haproxy.isMet, "HAProxy is not installed")) struct RolloutRecoveryTests {
    @Test func aDeployWhoseDeployerDiedMustBeRolledBackFirst() async throws {
        try await ServiceFixture.run { service async throws in
            _ = try await service.deploy("one")
            // What a killed deployer leaves behind: an open deploy, the candidate in traffic, the disk on the baseline.
            let live = try await service.router.route().live
            let opened = [
                "environment": "test", "kind": "run", "candidate": live.other.rawValue, "baseline": live.rawValue,
            ]
            try await service.ledger.append(
                subject: "deploy:dead", kind: .decision, step: "opened",
                payload: Opened(opened, service.launch("two").release))
            try await service.runner.start(service.launch("two"), in: live.other)
            try await service.router.commit(Route(live: live.other, epoch: 99)) {}
            let refusal = await #expect(throws: DeployError.self) { _ = try await service.deploy("three") }
            if case .open(let id, _, _, _) = refusal {
                #expect(id == "dead")
            } else {
                Issue.record("\(String(describing: refusal))")
            }
            let back = try await service.rollout().rollback(
                service.launch("rollback"), ready: { _ in }, observe: { _ in })
            #expect(back.outcome == .rolledBack)
            #expect(try await service.answer() == "release one")
            #expect(try await service.history().open.isEmpty)
            #expect(try await service.deploy("three").outcome == .promoted)
        }
    }

    @Test func aStableReleaseThatHasEndedIsStartedAgainBeforeTheNextDeploy() async throws {
        try await ServiceFixture.run { service async throws in
            let first = try await service.deploy("one")
            try await service.runner.stop(first.candidate)
            let second = try await service.deploy("two")
            #expect(second.outcome == .promoted)
            #expect(second.baseline == first.candidate)
            _ = try await service.rollout().rollback(service.launch("rollback"), ready: { _ in }, observe: { _ in })
            #expect(try await service.answer() == "release one")
        }
    }

    @Test func aStableReleaseThatCannotBeStartedAgainDoesNotStandInTheWay() async throws {
        try await ServiceFixture.run { service async throws in
            let first = try await service.deploy("one")
            try await service.runner.stop(first.candidate)
            try service.breakRelease("one")
            let second = try await service.deploy("two") { $0.health.deadline = .milliseconds(500) }
            #expect(second.outcome == .promoted)
            #expect(second.baseline == nil)
            #expect(second.steps.first?.detail.contains("no way back") == true)
            #expect(try await service.answer() == "release two")
        }
    }

    @Test func aRollbackWhoseTargetIsSickChangesNothingAndLeavesNothingOpen() async throws {
        try await ServiceFixture.run { service async throws in
            _ = try await service.deploy("one")
            _ = try await service.deploy("two")
            try service.breakRelease("one")
            let blocked = try await service.rollout { $0.health.deadline = .milliseconds(300) }
                .rollback(service.launch("rollback"), ready: { _ in }, observe: { _ in })
            #expect(blocked.outcome == .blocked)
            #expect(try await service.answer() == "release two")
            #expect(try await service.history().open.isEmpty)
            #expect(try await service.history().stable?.release.name == "two")
            #expect(try await service.deploy("three").outcome == .promoted)
        }
    }

    @Test func aDeployerThatDiedBehindTheCommitHasPromotedItsRelease() async throws {
        try await ServiceFixture.run { service async throws in
            _ = try await service.deploy("one")
            let second = try await service.deploy("two")
            // The same deploy once more, without its closing entry.
            let opened = [
                "environment": "test", "kind": "run", "candidate": second.candidate.rawValue,
                "baseline": second.candidate.other.rawValue,
            ]
            try await service.ledger.append(
                subject: "deploy:dead", kind: .decision, step: "opened",
                payload: Opened(opened, service.launch("two").release))
            try await service.ledger.append(
                subject: "deploy:dead", kind: .decision, step: "stable",
                payload: Committed(
                    environment: "test", slot: second.candidate.rawValue, release: service.launch("two").release))
            let third = try await service.deploy("three")
            #expect(third.outcome == .promoted, "\(third.steps)")
            let dead = try await service.history().deploys.first { $0.id == "dead" }
            #expect(dead?.outcome == .promoted)
            #expect(try await service.answer() == "release three")
        }
    }

    @Test func aReleaseWhoseKeptArtifactWasAlteredIsNotStarted() async throws {
        try await ServiceFixture.run { service async throws in
            _ = try await service.deploy("one")
            for name in try FileManager.default.contentsOfDirectory(atPath: "\(service.folder)/slots/releases") {
                try "#!/bin/sh\n".write(
                    toFile: "\(service.folder)/slots/releases/\(name)", atomically: false, encoding: .utf8)
            }
            let second = try await service.deploy("two")
            #expect(second.outcome == .rejected)
            #expect(try await service.answer() == "release one")
        }
    }

    @Test func aProcessThatNoRecordTellsOfIsFoundAndStopped() async throws {
        try await ServiceFixture.run { service async throws in
            _ = try await service.deploy("one")
            let slot = try await service.router.route().live.other
            // A deployer that was killed between starting and recording leaves just this.
            try await service.runner.start(service.launch("orphan"), in: slot)
            let orphan = try #require(try await service.runner.state(of: slot).pid)
            try FileManager.default.removeItem(atPath: "\(service.folder)/slots/\(slot.rawValue).json")
            #expect(try await service.deploy("two").outcome == .promoted)
            #expect(kill(orphan, 0) == -1)
            #expect(try await service.answer() == "release two")
        }
    }

    @Test func anAlteredLedgerRefusesADeployAndLeavesTheWayBackOpen() async throws {
        try await ServiceFixture.run { service async throws in
            _ = try await service.deploy("one")
            _ = try await service.deploy("two")
            let database = try await Database.open(Secret("sqlite://\(service.folder)/ledger.sqlite"))
            try await database.execute("UPDATE ledger_entry SET at = '2020-01-01T00:00:00.000Z' WHERE sequence = 2")
            await #expect(throws: LedgerError.self) { _ = try await service.deploy("three") }
            let back = try await service.rollout().rollback(
                service.launch("rollback"), ready: { _ in }, observe: { _ in })
            #expect(back.outcome == .rolledBack)
        }
    }

    private struct Committed: Encodable {
        let environment, slot: String
        let release: Release
    }

    @Test func aRollbackRefusesASlotThatRunsAnotherReleaseThanRecorded() async throws {
        try await ServiceFixture.run { service async throws in
            let first = try await service.deploy("one")
            _ = try await service.deploy("two")
            try await service.runner.stop(first.candidate)
            try await service.runner.start(service.launch("stranger"), in: first.candidate)
            let report = try await service.rollout().rollback(
                service.launch("rollback"), ready: { _ in }, observe: { _ in })
            #expect(report.outcome == .blocked)
            #expect(try await service.answer() == "release two")
        }
    }

    private struct Opened: Encodable {
        let environment, kind, candidate, baseline: String
        let release: Release
        init(_ fields: [String: String], _ release: Release) {
            environment = fields["environment"] ?? ""
            kind = fields["kind"] ?? ""
            candidate = fields["candidate"] ?? ""
            baseline = fields["baseline"] ?? ""
            self.release = release
        }
    }
}
