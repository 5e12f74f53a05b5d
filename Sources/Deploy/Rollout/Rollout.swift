import Cryptography
import Foundation
import Glibc
package import Ledger
import OpsModel
import ProcessClient

/// Begins, continues and ends deploys of one environment: lease, journal, driver.
package struct Rollout: Sendable {
    let stage: RolloutStage
    /// Told what happens, with a way to interrupt it.
    package typealias Observer = @Sendable (RolloutProgress) -> Void

    package init(_ stage: RolloutStage) { self.stage = stage }

    var environment: String { stage.settings.environment }

    /// Deploys a release. - Throws: `LedgerError.leaseHeld`, `DeployError.open`, and errors of the router's first reading.
    package func run(
        _ launch: ReleaseLaunch, ready: (RolloutDriver) -> Void, observe: @escaping Observer
    ) async throws -> DeployReport {
        try await holdingLease { lease in
            let history = try await settledHistory(verifying: true)
            let live = try await takeRoute(lease)
            let stable = history.stable
            // The baseline is started again only with the very configuration it had.
            let again = stable.flatMap { launch.again($0.release) }
            let hasBaseline = try await isBaselineUp(stable, again, observe)
            if hasBaseline, let last = history.open.last {
                throw DeployError.open(
                    id: last.id, step: last.step, release: last.release.name, environment: environment)
            }
            let baseline = hasBaseline ? live : nil
            let machine = RolloutMachine(
                candidate: live.other, baseline: baseline, course: course(hasBaseline: hasBaseline))
            let opened = DeployJournal.Opened(
                environment: environment, release: launch.release, candidate: live.other, baseline: baseline,
                kind: "run", course: machine.course, epoch: lease.epoch, baselineRelease: stable?.release)
            return try await begin(
                RolloutPlan(
                    opened: opened, machine: machine, lease: lease, candidate: launch, baseline: again,
                    baselineRelease: stable?.release, stable: stable, superseded: history.open.map(\.id),
                    watched: []),
                ready, observe)
        }
    }

    /// Without a baseline there is nobody to share the traffic with, and nothing that a watchdog could go back to.
    private func course(hasBaseline: Bool) -> RolloutCourse {
        var course = stage.settings.course
        guard !hasBaseline else { return course }
        course.shares = [Route.all]
        course.approvals = course.approvals.contains(stage.settings.canary.count) ? [0] : []
        course.isWatched = false
        return course
    }

    /// Goes back: of an open deploy to its baseline, otherwise from the stable release to the one before.
    /// - Parameters:
    ///   - current: the release as configured now, for starting the baseline again; nil when that cannot be told, in which case the
    ///     baseline must still run.
    ///   - deployID: the deploy that must still be open; nil for whatever is to be taken back.
    ///   - isForced: whether the lease is taken from a deployer that still holds it: for a watchdog that has seen no sign of it.
    package func rollback(
        _ current: ReleaseLaunch?, of deployID: String? = nil, isForced: Bool = false,
        ready: (RolloutDriver) -> Void, observe: @escaping Observer
    ) async throws -> DeployReport {
        try await holdingLease(isForced: isForced) { lease in
            // The way back is taken also over a ledger that does not hold; the command tells so.
            let history = try await settledHistory(verifying: false)
            if let deployID, !history.open.contains(where: { $0.id == deployID }) {
                throw DeployError.nothingOpen(environment: environment)
            }
            let target = try history.rollbackTarget(live: try await takeRoute(lease, of: history))
            let opened = DeployJournal.Opened(
                environment: environment, release: target.release, candidate: target.slot.other,
                baseline: target.slot, kind: "rollback", epoch: lease.epoch)
            return try await begin(
                RolloutPlan(
                    opened: opened, machine: RolloutMachine(rollingBackFrom: target.slot.other, to: target.slot),
                    lease: lease, candidate: nil, baseline: current?.again(target.release),
                    baselineRelease: target.release, stable: history.stable, superseded: [],
                    watched: history.open.map(\.id)),
                ready, observe)
        }
    }

    /// Where a rollback would go now. - Throws: `DeployError.nothingToRollBack`.
    package func rollbackTarget() async throws -> DeployJournal.Stable {
        let history = try await DeployHistory.read(stage.ledger, environment: environment, verifying: false)
        return try history.rollbackTarget(live: try await stage.router.route().live)
    }

    /// Writes the route that is in force once more, with this lease's epoch: whatever an earlier holder has prepared is void now.
    func takeRoute(_ lease: Lease) async throws -> Slot {
        var route = try await stage.router.route()
        route.epoch = lease.epoch
        try await stage.router.commit(route) { try await stage.ledger.confirm(lease) }
        return route.live
    }

    /// The same for the way back: routers that do not agree, or do not all answer, are no reason to stay.
    private func takeRoute(_ lease: Lease, of history: DeployHistory) async throws -> Slot {
        do { return try await takeRoute(lease) } catch let error as LedgerError { throw error } catch {
            guard let open = history.open.last else { throw error }
            return open.kind == "rollback" ? open.baseline?.other ?? open.candidate : open.candidate
        }
    }

    /// The history, after deploys whose deployer died behind the commit are closed as what they are: promoted.
    func settledHistory(verifying: Bool) async throws -> DeployHistory {
        let history = try await DeployHistory.read(stage.ledger, environment: environment, verifying: verifying)
        let committed = history.open.filter(\.isCommitted)
        for open in committed { try await close(open, .promoted, "its deployer ended after the commit") }
        guard !committed.isEmpty else { return history }
        return try await DeployHistory.read(stage.ledger, environment: environment, verifying: verifying)
    }

    func close(_ open: DeployHistory.Deploy, _ outcome: RolloutMachine.Outcome, _ why: String) async throws {
        let journal = DeployJournal(ledger: stage.ledger, deployID: open.id)
        try await journal.close(.init(outcome: outcome, why: why))
        try await stage.ledger.removeTimer(journal.timer)
    }

    /// Whether there is a way back: the stable release runs, or runs again and is healthy. Without one a deploy still goes on, since
    /// it may be what brings the service back.
    private func isBaselineUp(
        _ stable: DeployJournal.Stable?, _ again: ReleaseLaunch?, _ observe: Observer
    ) async throws -> Bool {
        guard let stable else { return false }
        if try await stage.runner.state(of: stable.slot).isRunning { return true }
        guard let again else { return false }
        let start = ContinuousClock.now
        observe(.began(step: "revive", slot: stable.slot))
        let result = await revive(again, in: stable.slot)
        observe(
            .ended(
                step: "revive", slot: stable.slot, event: result.event.name, detail: result.detail,
                elapsed: .now - start))
        return result.event == .judged(.pass)
    }

    private func revive(_ launch: ReleaseLaunch, in slot: Slot) async -> ActionResult {
        do {
            try await stage.runner.start(launch, in: slot)
        } catch {
            return ActionResult(.failed, after: error)
        }
        return await SlotHealth(stage: stage).judge(slot)
    }

    func holdingLease<Value: Sendable>(
        isForced: Bool = false, _ body: (Lease) async throws -> Value
    ) async throws -> Value {
        try await stage.ledger.holding(
            ["deploy/\(environment)"], as: try Self.me(), terms: stage.leaseTerms, above: await seenEpoch(),
            isForced: isForced, isAlive: Self.isAlive, unreturned: { _ in }
        ) { try await body($0[0]) }
    }

    /// The highest epoch that the router has, in force or on disk: a route is never written under an older one. A router that does not
    /// answer has none: whatever is written to it next asks it again.
    private func seenEpoch() async -> Int {
        var epochs = [0]
        do { epochs.append(try await stage.router.route().epoch) } catch {}
        do { epochs.append(try await stage.router.pinnedRoute().epoch) } catch {}
        return epochs.max() ?? 0
    }

    private func begin(
        _ plan: RolloutPlan, _ ready: (RolloutDriver) -> Void, _ observe: @escaping Observer
    ) async throws -> DeployReport {
        let id = "\(rfc3339(Date()).prefix(19).filter { $0 != "-" && $0 != ":" })Z-\(hex(randomBytes(2)))"
        let journal = DeployJournal(ledger: stage.ledger, deployID: id)
        if plan.opened.kind == "run" { try stage.ledger.reserve() }
        try await journal.open(plan.opened)
        observe(
            .opened(
                id: id, release: plan.opened.release.name, candidate: plan.opened.candidate,
                baseline: plan.opened.baseline))
        return try await drive(plan, journal, RolloutMemory(), nil, ready, observe)
    }

    /// Drives a rollout to its end, reading the router's log meanwhile where there is one.
    func drive(
        _ plan: RolloutPlan, _ journal: DeployJournal, _ memory: RolloutMemory, _ frozen: LatencyMeter.Frozen?,
        _ ready: (RolloutDriver) -> Void, _ observe: @escaping Observer
    ) async throws -> DeployReport {
        func actions(_ latency: LatencyMeter?) -> RolloutActions {
            RolloutActions(
                stage: stage, journal: journal, plan: plan, memory: memory, latency: latency, observe: observe)
        }
        guard let log = stage.latencyLog, plan.opened.kind == "run" else {
            return try await drive(plan, actions(nil), ready)
        }
        return try await log.reading(baseline: plan.opened.candidate.other, frozen: frozen) { latency in
            try await drive(plan, actions(latency), ready)
        }
    }

    private func drive(
        _ plan: RolloutPlan, _ actions: RolloutActions, _ ready: (RolloutDriver) -> Void
    ) async throws -> DeployReport {
        let start = ContinuousClock.now
        let (journal, memory, observe) = (actions.journal, actions.memory, actions.observe)
        let driver = RolloutDriver(actions: actions)
        ready(driver)
        await actions.openAccounts()
        let (end, steps) = await driver.run(plan.machine)
        guard case .ended(let outcome) = end.state else { preconditionFailure("a rollout finishes in an end state") }
        await actions.settleAccounts()
        let report = DeployReport(
            deployID: journal.deployID, opened: plan.opened, outcome: outcome, wasInterrupted: driver.wasInterrupted,
            elapsed: .now - start, steps: steps, receipt: memory.read { $0.receipt })
        // Left open on purpose where an operator has to look: the next run is refused until a rollback has closed it. A rollback that
        // was blocked has changed nothing.
        let staysOpen = [.indeterminate, .held].contains(outcome) || (outcome == .blocked && plan.opened.kind == "run")
        if !staysOpen { try await conclude(report, plan, journal) }
        observe(.closed(outcome, why: report.decidingStep?.detail ?? ""))
        return report
    }
}

extension Rollout {
    /// Closes a deploy, and what it has taken back with it. One whose lease was lost is brought to its end by who has it now.
    private func conclude(_ report: DeployReport, _ plan: RolloutPlan, _ journal: DeployJournal) async throws {
        do {
            try await journal.observed("receipt", report.receipt)
            try await journal.close(
                .init(outcome: report.outcome, why: report.decidingStep?.detail ?? ""), under: plan.lease)
        } catch LedgerError.leaseLost {
            return
        }
        try await stage.ledger.removeTimer(journal.timer)
        guard report.outcome == .rolledBack, plan.opened.kind == "rollback" else { return }
        let history = try await DeployHistory.read(stage.ledger, environment: environment, verifying: false)
        for open in history.open {
            try await close(open, .rolledBack, "closed by rollback \(report.deployID)")
        }
    }

    /// This process, as holder of a lease.
    package static func me() throws -> LeaseHolder {
        guard let identity = try ProcessIdentity.of(pid: getpid()) else {
            preconditionFailure("this process is not in /proc")
        }
        return LeaseHolder(
            host: ProcessInfo.processInfo.hostName, bootID: identity.bootID, pid: identity.pid,
            startTicks: identity.startTicks, since: rfc3339(Date()), epoch: 0)
    }

    /// Ends the holder of the lease where it is a process of this machine. - Returns: who that was; nil when there was none.
    func killSilentHolder() async throws -> String? {
        guard let holder = try await stage.ledger.leaseHolder("deploy/\(environment)"),
            try Self.me().bootID == holder.bootID,
            try Self.isAlive(holder)
        else { return nil }
        let process = ProcessIdentity(pid: holder.pid, startTicks: holder.startTicks, bootID: holder.bootID)
        guard try process.signal(SIGKILL) else { return nil }
        return "killed pid \(holder.pid), which was stopped while it wrote to the ledger"
    }

    /// Whether the holder of a lease may still run. One on another host, or from another start of this one, cannot be seen from here:
    /// its lease runs out.
    @Sendable package static func isAlive(_ holder: LeaseHolder) throws -> Bool {
        let me = try me()
        guard holder.host == me.host, holder.bootID == me.bootID else { return true }
        return try ProcessIdentity(pid: holder.pid, startTicks: holder.startTicks, bootID: holder.bootID).isRunning
    }
}
