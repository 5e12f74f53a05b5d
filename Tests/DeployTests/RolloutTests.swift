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

@Suite(.enabled(if: Requirement.haproxy.isMet, "HAProxy is not installed")) struct RolloutTests {
    @Test func twoGoodReleasesFollowEachOtherAndARollbackReturnsToTheFirst() async throws {
        try await ServiceFixture.run { service async throws in
            let first = try await service.deploy("one")
            #expect(first.outcome == .promoted)
            #expect(first.baseline == nil)
            #expect(try await service.answer() == "release one")
            let second = try await service.deploy("two")
            #expect(second.outcome == .promoted)
            #expect(try await service.answer() == "release two")
            #expect(try await service.router.pinnedRoute().live == second.candidate)
            let back = try await service.rollout().rollback(
                service.launch("rollback"), ready: { _ in }, observe: { _ in })
            #expect(back.outcome == .rolledBack)
            #expect(try await service.answer() == "release one")
            #expect(try await service.router.pinnedRoute().live == first.candidate)
            #expect(try await service.history().stable?.release.name == "one")
            #expect(try await service.ledger.verify() > 30)
        }
    }

    @Test func aSecondRollbackNeverReturnsToTheReleaseThatWasLeft() async throws {
        try await ServiceFixture.run { service async throws in
            _ = try await service.deploy("one")
            _ = try await service.deploy("two")
            _ = try await service.rollout().rollback(service.launch("rollback"), ready: { _ in }, observe: { _ in })
            await #expect(throws: DeployError.self) {
                _ = try await service.rollout().rollback(service.launch("rollback"), ready: { _ in }, observe: { _ in })
            }
            #expect(try await service.answer() == "release one")
        }
    }

    @Test(arguments: ["lying", "sick"]) func aReleaseThatFailsItsGatesNeverGetsTraffic(_ mode: String) async throws {
        try await ServiceFixture.run { service async throws in
            _ = try await service.deploy("one")
            let bad = try await service.deploy("bad", mode: mode) { $0.health.deadline = .milliseconds(500) }
            #expect(bad.outcome == .rejected)
            #expect(bad.runStatus == .negative)
            #expect(!bad.steps.contains { $0.step == "shift_1" })
            #expect(try await service.answer() == "release one")
            #expect(try await service.runner.state(of: bad.candidate).isRunning == false)
        }
    }

    @Test func aReleaseThatTurnsSickUnderTrafficIsRolledBack() async throws {
        try await ServiceFixture.run { service async throws in
            _ = try await service.deploy("one")
            let bad = try await service.deploy("bad") {
                $0.bake.duration = .seconds(20)
            } observe: { progress in
                guard case .ended("shift_1", _, "done", _, _) = progress else { return }
                do { try service.breakRelease("bad") } catch { Issue.record(error) }
            }
            #expect(bad.outcome == .rolledBack)
            #expect(bad.steps.map(\.step).contains("verify"))
            #expect(try await service.answer() == "release one")
            #expect(try await service.router.pinnedRoute().live == bad.baseline)
        }
    }

    @Test func aReleaseThatDiesUnderTrafficIsRolledBack() async throws {
        try await ServiceFixture.run { service async throws in
            _ = try await service.deploy("one")
            let bad = try await service.deploy("bad") {
                $0.bake.duration = .seconds(20)
            } observe: { progress in
                guard case .ended("shift_1", _, "done", _, _) = progress else { return }
                let runner = service.runner
                Task { if let pid = try await runner.state(of: .blue).pid { kill(pid, SIGKILL) } }
            }
            #expect(bad.outcome == .rolledBack)
            #expect(bad.steps.first { $0.step == "bake" }?.detail == "the process has ended")
            #expect(try await service.answer() == "release one")
        }
    }

    @Test func aFirstReleaseThatFailsItsBakeHasNoWayBackAndTheNextOneMayFollow() async throws {
        try await ServiceFixture.run { service async throws in
            let first = try await service.deploy("bad") {
                $0.bake.duration = .seconds(20)
            } observe: { progress in
                guard case .ended("shift_1", _, "done", _, _) = progress else { return }
                do { try service.breakRelease("bad") } catch { Issue.record(error) }
            }
            #expect(first.outcome == .blocked)
            #expect(first.runStatus == .needsOperator)
            #expect(try await service.deploy("good").outcome == .promoted)
            #expect(try await service.answer() == "release good")
        }
    }

    private struct FixedGate: Gate {
        let name = "fixed"
        let verdict: Verdict
        func judge() async -> GateResult { GateResult(verdict, "as told") }
    }

    @Test(arguments: [(Verdict.fail, OpsModel.ExitStatus.negative), (.inconclusive, .inconclusive)])
    func aGateThatIsNoClearPassStartsNothing(_ verdict: Verdict, _ status: OpsModel.ExitStatus) async throws {
        try await ServiceFixture.run { service async throws in
            let report = try await service.deploy("one", gates: [FixedGate(verdict: verdict)])
            #expect(report.outcome == .refused)
            #expect(report.runStatus == status)
            #expect(try await service.runner.state(of: report.candidate).release == nil)
        }
    }

    @Test func failingMigrationsStartNothing() async throws {
        try await ServiceFixture.run { service async throws in
            let report = try await service.deploy("one", mode: "unmigratable")
            #expect(report.outcome == .rejected)
            #expect(!report.steps.contains { $0.step == "provision" })
        }
    }

    @Test func interruptingDuringTheBakeGoesBackToTheBaseline() async throws {
        try await ServiceFixture.run { service async throws in
            _ = try await service.deploy("one")
            let driver = Mutex<RolloutDriver?>(nil)
            let report = try await service.rollout { $0.bake.duration = .seconds(60) }.run(
                service.launch("two"), ready: { ready in driver.withLock { $0 = ready } },
                observe: { progress in
                    if case .began("bake", _) = progress { driver.withLock { $0 }?.interrupt() }
                })
            #expect(report.outcome == .rolledBack)
            #expect(report.runStatus == .interrupted)
            #expect(try await service.answer() == "release one")
        }
    }

    @Test func aSecondDeployIsRefusedWhileOneRuns() async throws {
        try await ServiceFixture.run { service async throws in
            let second = Second()
            let report = try await service.deploy("one") {
                $0.bake.duration = .milliseconds(500)
            } observe: { progress in
                guard case .began("bake", _) = progress else { return }
                Task { await second.attempt(service) }
            }
            try await eventually("the second one is answered") { await second.isAnswered }
            #expect(report.outcome == .promoted)
            #expect(await second.isRefused)
        }
    }

    private actor Second {
        private(set) var isAnswered = false
        private(set) var isRefused = false

        func attempt(_ service: ServiceFixture) async {
            do { _ = try await service.deploy("two") } catch LedgerError.leaseHeld { isRefused = true } catch {
                Issue.record(error)
            }
            isAnswered = true
        }
    }
}
