import Cryptography
import Foundation
import Glibc
package import Ledger
package import OpsModel
import ProcessClient

/// Begins, continues and ends deploys of one environment: lease, journal, driver.
package struct Rollout: Sendable {
    private let stage: RolloutStage

    package init(_ stage: RolloutStage) { self.stage = stage }

    /// Deploys a release. - Throws: `LedgerError.leaseHeld`, `DeployError.open`, and errors of the router's first reading.
    package func run(
        _ launch: ReleaseLaunch, ready: (RolloutDriver) -> Void, observe: @escaping @Sendable (RolloutProgress) -> Void
    ) async throws -> DeployReport {
        try await holdingLease { lease in
            let history = try await settledHistory(verifying: true)
            let live = try await takeRoute(lease)
            let stable = history.stable
            // The baseline is started again only with the very configuration it had.
            let again = stable.flatMap { launch.again($0.release) }
            let hasBaseline = try await isBaselineUp(stable, again, observe)
            if hasBaseline, let last = history.open.last {
                throw DeployError.open(id: last.id, step: last.step, release: last.release.name)
            }
            let opened = DeployJournal.Opened(
                environment: stage.settings.environment, release: launch.release, candidate: live.other,
                baseline: hasBaseline ? live : nil, kind: "run")
            return try await drive(
                RolloutPlan(
                    opened: opened, machine: RolloutMachine(candidate: live.other, baseline: opened.baseline),
                    lease: lease,
                    candidate: launch, baseline: again, baselineRelease: stable?.release, stable: stable,
                    superseded: history.open.map(\.id)),
                ready, observe)
        }
    }

    /// Goes back: of an open deploy to its baseline, otherwise from the stable release to the one before.
    /// - Parameter current: the release as configured now, for starting the baseline again; nil when that cannot be told, in which
    ///   case the baseline must still run.
    package func rollback(
        _ current: ReleaseLaunch?, ready: (RolloutDriver) -> Void,
        observe: @escaping @Sendable (RolloutProgress) -> Void
    ) async throws -> DeployReport {
        try await holdingLease { lease in
            // The way back is taken also over a ledger that does not hold; the command tells so.
            let history = try await settledHistory(verifying: false)
            let target = try history.rollbackTarget(live: try await takeRoute(lease))
            let opened = DeployJournal.Opened(
                environment: stage.settings.environment, release: target.release, candidate: target.slot.other,
                baseline: target.slot, kind: "rollback")
            let report = try await drive(
                RolloutPlan(
                    opened: opened, machine: RolloutMachine(rollingBackFrom: target.slot.other, to: target.slot),
                    lease: lease,
                    candidate: nil, baseline: current?.again(target.release), baselineRelease: target.release,
                    stable: history.stable, superseded: []),
                ready, observe)
            guard report.outcome == .rolledBack else { return report }
            for open in history.open {
                try await close(open, .rolledBack, "closed by rollback \(report.deployID)")
            }
            return report
        }
    }

    /// Where a rollback would go now. - Throws: `DeployError.nothingToRollBack`.
    package func rollbackTarget() async throws -> DeployJournal.Stable {
        try await DeployHistory.read(
            stage.ledger, environment: stage.settings.environment, verifying: false
        ).rollbackTarget(live: try await stage.router.route().live)
    }

    /// Writes the route that is in force once more, with this lease's epoch: whatever an earlier holder has prepared is void now.
    private func takeRoute(_ lease: Lease) async throws -> Slot {
        let live = try await stage.router.route().live
        try await stage.router.commit(Route(live: live, epoch: lease.epoch)) { try await stage.ledger.confirm(lease) }
        return live
    }

    /// Whether the holder of a lease may still run; one on another host cannot be seen from here and counts as alive.
    @Sendable package static func isAlive(_ holder: LeaseHolder) throws -> Bool {
        guard holder.host == ProcessInfo.processInfo.hostName else { return true }
        return try ProcessIdentity(pid: holder.pid, startTicks: holder.startTicks, bootID: holder.bootID).isRunning
    }

    /// The history, after deploys whose deployer died behind the commit are closed as what they are: promoted.
    private func settledHistory(verifying: Bool) async throws -> DeployHistory {
        let history = try await DeployHistory.read(
            stage.ledger, environment: stage.settings.environment, verifying: verifying)
        let committed = history.open.filter(\.isCommitted)
        for open in committed { try await close(open, .promoted, "its deployer ended after the commit") }
        guard !committed.isEmpty else { return history }
        return try await DeployHistory.read(
            stage.ledger, environment: stage.settings.environment, verifying: verifying)
    }

    private func close(_ open: DeployHistory.Deploy, _ outcome: RolloutMachine.Outcome, _ why: String) async throws {
        try await DeployJournal(ledger: stage.ledger, deployID: open.id).close(.init(outcome: outcome, why: why))
    }

    /// Whether there is a way back: the stable release runs, or runs again and is healthy. Without one a deploy still goes on, since
    /// it may be what brings the service back.
    private func isBaselineUp(
        _ stable: DeployJournal.Stable?, _ again: ReleaseLaunch?, _ observe: @Sendable (RolloutProgress) -> Void
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
            return ActionResult(.failed, (error as? any DiagnosableError)?.diagnostic.why ?? "\(error)")
        }
        return await SlotHealth(stage: stage).judge(slot)
    }

    private func holdingLease<Value>(_ body: (Lease) async throws -> Value) async throws -> Value {
        let lease = try await stage.ledger.acquireLease(
            "deploy/\(stage.settings.environment)", as: try Self.me(), isAlive: Self.isAlive)
        do {
            let value = try await body(lease)
            try await stage.ledger.release(lease)
            return value
        } catch {
            try await stage.ledger.release(lease)
            throw error
        }
    }

    /// This process, as holder of a lease.
    package static func me() throws -> LeaseHolder {
        guard let identity = try ProcessIdentity.of(pid: getpid()) else {
            preconditionFailure("this process is not in /proc")
        }
        return LeaseHolder(
            host: ProcessInfo.processInfo.hostName, bootID: identity.bootID, pid: identity.pid,
            startTicks: identity.startTicks,
            since: rfc3339(Date()), epoch: 0)
    }

    private func drive(
        _ plan: RolloutPlan, _ ready: (RolloutDriver) -> Void, _ observe: @escaping @Sendable (RolloutProgress) -> Void
    ) async throws -> DeployReport {
        let start = ContinuousClock.now
        let id = "\(rfc3339(Date()).prefix(19).filter { $0 != "-" && $0 != ":" })Z-\(hex(randomBytes(2)))"
        let journal = DeployJournal(ledger: stage.ledger, deployID: id)
        try await journal.open(plan.opened)
        let actions = RolloutActions(stage: stage, journal: journal, plan: plan)
        let driver = RolloutDriver(actions: actions, journal: journal, observe: observe)
        ready(driver)
        let (end, steps) = await driver.run(plan.machine)
        guard case .ended(let outcome) = end.state else { preconditionFailure("a rollout finishes in an end state") }
        let report = DeployReport(
            deployID: id, opened: plan.opened, outcome: outcome, wasInterrupted: driver.wasInterrupted,
            elapsed: .now - start, steps: steps)
        // Left open on purpose where an operator has to look: the next run is refused until a rollback has closed it. A rollback that
        // was blocked has changed nothing.
        if outcome != .indeterminate, outcome != .blocked || plan.opened.kind == "rollback" {
            try await journal.close(.init(outcome: outcome, why: report.decidingStep?.detail ?? ""))
        }
        return report
    }
}

/// What one rollout is to do, and with what.
struct RolloutPlan: Sendable {
    let opened: DeployJournal.Opened
    let machine: RolloutMachine
    let lease: Lease
    let candidate: ReleaseLaunch?
    /// The baseline's release, for starting it again when it has stopped; nil when its configuration is no longer known.
    let baseline: ReleaseLaunch?
    /// What must run in the baseline's slot.
    let baselineRelease: Release?
    /// The stable record before this rollout.
    let stable: DeployJournal.Stable?
    /// Open deploys without a way back, which this one closes once its gates have passed.
    let superseded: [String]
}

extension ReleaseLaunch {
    /// The same settings for starting an earlier release again; nil when its configuration was another one.
    func again(_ release: Release) -> ReleaseLaunch? {
        guard release.configurationDigest == self.release.configurationDigest else { return nil }
        return ReleaseLaunch(
            release: release, artifact: artifact, arguments: arguments, migrateArguments: migrateArguments,
            environment: environment)
    }
}
