import Database
import Deploy
import Foundation
import HAProxyClient
import Ledger
import LocalServices
import OpsModel
import ProcessClient
import Synchronization
import TestSupport
import Testing

/// Each row of the failure matrix, caused for real (research: deploy.md 2.5). Rows with tests of their own elsewhere: a candidate that
/// dies under traffic (RolloutTests), a killed deployer (KilledDeployerTests), signals and a second deploy (DeployCommandTests).
@Suite(.enabled(if: Requirement.haproxy.isMet, "HAProxy is not installed")) struct FailureMatrixTests {
    /// A service with release one in traffic, and a relay before its router.
    private func withRelay(
        _ body: (ServiceFixture, RouterRelay, HAProxyRouter) async throws -> Void
    ) async throws {
        try await ServiceFixture.run { service async throws in
            _ = try await service.deploy("one")
            try await RouterRelay.run(to: service.proxy.socket, in: service.folder) { relay in
                try await body(service, relay, service.router(through: relay.socket))
            }
        }
    }

    private func isRunning(_ service: ServiceFixture, _ slot: Slot) async throws -> Bool {
        try await service.runner.state(of: slot).isRunning
    }

    @Test func aRouterThatIsAwayBeforeAnyTrafficEndsTheDeployAndNothingIsStoppedThatMayHaveTraffic() async throws {
        try await withRelay { service, relay, router in
            let report = try await service.deploy("two", router: router) {
                $0.routerDeadline = .milliseconds(600)
            } observe: { progress in
                if case .ended("rehearse", _, _, _, _) = progress { relay.meet(.deaf) }
            }
            #expect(report.outcome == .rejected, "\(report.steps)")
            #expect(report.steps.first { $0.step == "shift_1" }?.event == "abort")
            // Nobody could tell that it has no traffic.
            #expect(try await isRunning(service, report.candidate))
            #expect(try await service.answer() == "release one")
        }
    }

    @Test(arguments: [RouterRelay.Fault.hang, .cut])
    func aWriteWhoseAnswerIsLostIsReadBack(_ fault: RouterRelay.Fault) async throws {
        try await withRelay { service, relay, router in
            let report = try await service.deploy("two", router: router) { _ in
            } observe: { progress in
                if case .began("shift_1", _) = progress { relay.meet(fault) }
            }
            #expect(report.outcome == .promoted, "\(report.steps)")
            #expect(report.steps.first { $0.step == "shift_1" }?.detail.contains("read back after") == true)
            #expect(try await service.answer() == "release two")
        }
    }

    @Test func aWriteOfWhichNobodyKnowsKeepsBothSlotsAndTheDeployOpen() async throws {
        try await withRelay { service, relay, router in
            let report = try await service.deploy("two", router: router) {
                $0.routerDeadline = .seconds(3)
            } observe: { progress in
                if case .began("shift_1", _) = progress { relay.meet(.mute) }
            }
            #expect(report.outcome == .indeterminate, "\(report.steps)")
            #expect(report.runStatus == .needsOperator)
            #expect(try await isRunning(service, .blue))
            #expect(try await isRunning(service, .green))
            #expect(try await service.history().open.map(\.id) == [report.deployID])
            await #expect(throws: DeployError.self) { _ = try await service.deploy("three") }
        }
    }

    @Test func aRouterThatStaysAwayDuringTheBakeLeavesTheWayBackToTheWatchdog() async throws {
        try await withRelay { service, relay, router in
            let report = try await service.deploy("two", router: router) {
                $0.bake.duration = .seconds(60)
                $0.maximumBlindness = .milliseconds(300)
            } observe: { progress in
                if case .began("bake", _) = progress { relay.meet(.deaf) }
            }
            #expect([.blocked, .indeterminate].contains(report.outcome), "\(report.steps)")
            #expect(report.steps.first { $0.step == "bake" }?.detail.contains("clients are still answered") == true)
            #expect(try await isRunning(service, report.candidate))
            #expect(try await service.answer() == "release two")
            try relay.heal()
            // The timer has run out by now: nobody has shown a sign of life since.
            try await service.ledger.setTimer("watchdog/\(report.deployID)", for: .zero)
            let stage = service.stage(router: router)
            let back = try await Watchdog(stage, deployID: report.deployID).run(tell: { _ in }) { isForced in
                try await Rollout(stage).rollback(
                    service.launch("rollback"), of: report.deployID, isForced: isForced, ready: { _ in },
                    observe: { _ in })
            }
            #expect(back?.outcome == .rolledBack)
            #expect(try await service.answer() == "release one")
            #expect(try await service.history().open.isEmpty)
        }
    }

    @Test func severalRoutersMoveTogetherOrNotAtAll() async throws {
        try await ServiceFixture.run { service async throws in
            let folder = "\(service.folder)/second"
            var options = service.proxy.options
            options.frontendPort = try freeLoopbackPorts(1)[0]
            let second = try await HAProxyProcess.start(in: folder, options)
            try await withCleanup {
                try await RouterRelay.run(to: second.socket, in: service.folder) { relay in
                    let other = HAProxyRouter(
                        client: HAProxyClient(socket: relay.socket, timeout: .seconds(1)), mapFile: second.map,
                        key: options.app, frontend: service.router.frontend)
                    let fleet = HAProxyFleet([service.router, other])
                    _ = try await service.deploy("one", router: fleet)
                    #expect(try await other.route().live == service.router.route().live)
                    let before = try await fleet.route().live
                    try relay.fail(.refuse)
                    await #expect(throws: RouterError.self) {
                        try await fleet.commit(Route(live: before.other, epoch: 9)) {}
                    }
                    // The first one had taken it, and has gone back.
                    #expect(try await service.router.route().live == before)
                    #expect(try await other.route().live == before)
                    let report = try await service.deploy("two", router: fleet) { _ in
                    } observe: { progress in
                        if case .began("shift_1", _) = progress { relay.meet(.refuse) }
                    }
                    #expect(report.outcome == .rolledBack, "\(report.steps)")
                    #expect(try await fleet.route().live == before)
                }
            } cleanup: {
                try await second.stop()
            }
        }
    }

    @Test func aRouterThatIsReloadedDuringTheBakeIsBackOnTheBaselineAndTheDeployFollowsIt() async throws {
        try await ServiceFixture.run { service async throws in
            _ = try await service.deploy("one")
            let report = try await service.deploy("two") {
                $0.bake.duration = .seconds(60)
            } observe: { progress in
                guard case .began("bake", _) = progress else { return }
                Task { try await service.proxy.reload() }
            }
            #expect(report.outcome == .rolledBack, "\(report.steps)")
            #expect(report.steps.first { $0.step == "bake" }?.detail.contains("was restarted") == true)
            #expect(try await service.answer() == "release one")
        }
    }

    @Test func aRouteThatSomebodyElseHasWrittenIsShownAndNotFought() async throws {
        try await ServiceFixture.run { service async throws in
            _ = try await service.deploy("one")
            let live = try await service.router.route().live
            let report = try await service.deploy("two") {
                $0.bake.duration = .seconds(60)
            } observe: { progress in
                guard case .began("bake", _) = progress else { return }
                Task { try await service.router.commit(Route(live: live, share: 1250, epoch: 77)) {} }
            }
            #expect(report.outcome == .indeterminate, "\(report.steps)")
            let detail = report.steps.first { $0.step == "bake" }?.detail ?? ""
            #expect(detail.contains("\(live.rawValue), and 12.5 % to \(live.other.rawValue)"), "\(detail)")
            #expect(try await service.router.route() == Route(live: live, share: 1250, epoch: 77))
            let resumed = await #expect(throws: DeployError.self) {
                _ = try await service.rollout().resume(
                    { _ in service.launch("two") }, ready: { _ in }, observe: { _ in })
            }
            if case .foreignRoute? = resumed {} else { Issue.record("\(String(describing: resumed))") }
            let back = try await service.rollout().rollback(
                service.launch("rollback"), ready: { _ in }, observe: { _ in })
            #expect(back.outcome == .rolledBack)
            #expect(try await service.answer() == "release one")
        }
    }

    @Test func aBaselineThatDiesDuringTheBakeIsStartedAgainBeforeAnythingElse() async throws {
        try await ServiceFixture.run { service async throws in
            let first = try await service.deploy("one")
            let report = try await service.deploy("two") { _ in
            } observe: { progress in
                guard case .ended("shift_1", _, "done", _, _) = progress else { return }
                Task { try await service.runner.stop(first.candidate) }
            }
            #expect(report.outcome == .promoted, "\(report.steps)")
            #expect(report.steps.contains { $0.step == "revive" && $0.event == "done" })
            #expect(try await isRunning(service, first.candidate))
        }
    }

    @Test func aBaselineThatCannotBeBroughtBackBlocksTheDeployAndTheCandidateKeepsItsTraffic() async throws {
        try await ServiceFixture.run { service async throws in
            let first = try await service.deploy("one")
            let report = try await service.deploy("two") {
                $0.bake.duration = .seconds(60)
                $0.health.deadline = .seconds(1)
            } observe: { progress in
                guard case .began("bake", _) = progress else { return }
                service.breakNow("one")
                Task { try await service.runner.stop(first.candidate) }
            }
            #expect(report.outcome == .blocked, "\(report.steps)")
            #expect(report.runStatus == .needsOperator)
            #expect(try await service.answer() == "release two")
        }
    }

    @Test func whenBothSlotsAreSickTrafficStaysWhereItIs() async throws {
        try await ServiceFixture.run { service async throws in
            _ = try await service.deploy("one")
            let report = try await service.deploy("two") {
                $0.bake.duration = .seconds(60)
            } observe: { progress in
                guard case .began("bake", _) = progress else { return }
                for name in ["one", "two"] { service.breakNow(name) }
            }
            #expect(report.outcome == .blocked, "\(report.steps)")
            #expect(report.steps.last?.event == "both_lost" || report.steps.last?.step == "verify")
            #expect(try await service.router.route().live == report.candidate)
            #expect(try await isRunning(service, report.candidate))
        }
    }

    @Test func metricsThatAreAwayAreInconclusiveAndNeverAPass() async throws {
        try await ServiceFixture.run { service async throws in
            _ = try await service.deploy("one")
            var stage = service.stage { $0.maximumBlindness = .milliseconds(300) }
            let port = try freeLoopbackPorts(1)[0]
            stage.meter = PrometheusMeter(
                url: "http://127.0.0.1:\(port)", queries: .init(requests: "requests", errors: "errors"),
                http: service.http, timeout: .seconds(1))
            let report = try await Rollout(stage).run(service.launch("two"), ready: { _ in }, observe: { _ in })
            #expect(report.outcome == .rolledBack, "\(report.steps)")
            let bake = report.steps.first { $0.step == "bake" }
            #expect(bake?.event == "judged_inconclusive")
            #expect(bake?.detail.contains("Prometheus") == true, "\(bake?.detail ?? "")")
            #expect(try await service.answer() == "release one")
        }
    }

    @Test func aSlotThatSomebodyHasGivenTrafficIsNotStartedAnew() async throws {
        try await ServiceFixture.run { service async throws in
            _ = try await service.deploy("one")
            _ = try await service.deploy("two")
            var split = try await service.router.route()
            split.share = 1000
            try await service.router.commit(split) {}
            let report = try await service.deploy("three")
            #expect(report.outcome == .refused, "\(report.steps)")
            #expect(report.steps.last?.detail.contains("the route is split already") == true)
            #expect(try await isRunning(service, .blue))
            #expect(try await isRunning(service, .green))
        }
    }

    /// A ledger on a small disk of its own; root may mount one.
    @Test(.enabled(if: getuid() == 0, "only root may mount a small disk"))
    func aFullDiskStopsTheDeployBeforeItsNextSideEffectAndTheReserveRecordsTheEnd() async throws {
        try await ServiceFixture.run { service async throws in
            let disk = "\(service.folder)/disk"
            try FileManager.default.createDirectory(atPath: disk, withIntermediateDirectories: true)
            let mount = Command("mount", ["-t", "tmpfs", "-o", "size=4m", "tmpfs", disk])
            _ = try await runCommand(mount, timeout: .seconds(10)).checked(mount)
            try await withCleanup {
                let ledger = try await Ledger.open(path: "\(disk)/ledger.sqlite")
                var stage = service.stage()
                stage.ledger = ledger
                let one = try await Rollout(stage).run(service.launch("one"), ready: { _ in }, observe: { _ in })
                #expect(one.outcome == .promoted)
                let report = try await Rollout(stage).run(service.launch("two"), ready: { _ in }) { progress in
                    guard case .ended("health", _, _, _, _) = progress else { return }
                    fill("\(disk)/filler")
                }
                #expect(report.outcome == .rejected, "\(report.steps)")
                #expect(report.steps.last { $0.event == "failed" }?.detail.contains("could not be recorded") == true)
                #expect(!report.steps.contains { $0.step == "shift_1" })
                #expect(try await service.answer() == "release one")
                let history = try await DeployHistory.read(ledger, environment: "test")
                #expect(history.open.isEmpty)
                #expect(history.deploys.last?.outcome == .rejected)
            } cleanup: {
                _ = try await runCommand(Command("umount", ["-l", disk]), timeout: .seconds(10))
            }
        }
    }

    /// Writes until there is no room left.
    private func fill(_ path: String) {
        let file = open(path, O_WRONLY | O_CREAT, 0o600)
        let block = [UInt8](repeating: 7, count: 4096)
        while write(file, block, block.count) > 0 {}
        close(file)
    }
}

@Suite(.enabled(if: Requirement.haproxy.isMet, "HAProxy is not installed")) struct StoppedWriterTests {
    @Test func aDeployerThatWasStoppedWhileItWroteToTheLedgerIsEndedByTheWatchdog() async throws {
        try await ServiceFixture.run { service async throws in
            _ = try await service.deploy("one")
            let report = try await service.deploy("two") {
                $0.onInterrupt = .hold
                $0.bake.duration = .seconds(60)
            } ready: { driver in
                Task {
                    try await eventually("it bakes") { try await service.history().open.last?.step == "bake" }
                    driver.interrupt()
                }
            }
            #expect(report.outcome == .held)
            try await service.ledger.setTimer("watchdog/\(report.deployID)", for: .zero)
            // In its place: a process that has the lease, and somebody who holds the file's lock for as long as it lives.
            let stopped = try DetachedProcess.start(
                executable: "sleep", arguments: ["600"], environment: nil, folder: service.folder,
                log: "\(service.folder)/stopped.log")
            let holder = LeaseHolder(
                host: ProcessInfo.processInfo.hostName, bootID: stopped.bootID, pid: stopped.pid,
                startTicks: stopped.startTicks, since: "now", epoch: 0)
            _ = try await service.ledger.acquireLease("deploy/test", as: holder) { _ in true }
            let other = try await Database.open(Secret("sqlite://\(service.folder)/ledger.sqlite"))
            async let lock: Void = other.transaction { _ in
                try await eventually("the process is ended", within: .seconds(60)) { try !stopped.isRunning }
            }
            let stage = service.stage()
            let back = try await Watchdog(stage, deployID: report.deployID).run(tell: { _ in }) { isForced in
                try await Rollout(stage).rollback(
                    service.launch("rollback"), of: report.deployID, isForced: isForced, ready: { _ in },
                    observe: { _ in })
            }
            try await lock
            #expect(back?.outcome == .rolledBack)
            #expect(try await service.answer() == "release one")
        }
    }
}
