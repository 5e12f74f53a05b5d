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
            let history = try await DeployHistory.read(stage.ledger, environment: stage.settings.environment)
            try await settle(history)
            let live = try await stage.router.route().live
            let baseline = history.stable == nil ? nil : live
            let opened = DeployJournal.Opened(
                environment: stage.settings.environment, release: launch.release, candidate: live.other,
                baseline: baseline, kind: "run")
            let machine = RolloutMachine(candidate: live.other, baseline: baseline)
            // The baseline is started again only with the very configuration it had.
            let again =
                history.stable?.release.configurationDigest == launch.release.configurationDigest ? history.stable : nil
            return try await drive(
                machine, opened, lease, launch, baseline: again.map { launch.with(release: $0.release) },
                history.stable, ready, observe)
        }
    }

    /// Goes back: of an open deploy to its baseline, otherwise from the stable release to the one before.
    package func rollback(
        _ current: ReleaseLaunch, ready: (RolloutDriver) -> Void, observe: @escaping @Sendable (RolloutProgress) -> Void
    ) async throws -> DeployReport {
        try await holdingLease { lease in
            let history = try await DeployHistory.read(stage.ledger, environment: stage.settings.environment)
            let target = try target(of: history)
            let opened = DeployJournal.Opened(
                environment: stage.settings.environment, release: target.release, candidate: target.slot.other,
                baseline: target.slot,
                kind: "rollback")
            let again = target.release.configurationDigest == current.release.configurationDigest
            let report = try await drive(
                RolloutMachine(rollingBackFrom: target.slot.other, to: target.slot), opened, lease, nil,
                baseline: again ? current.with(release: target.release) : nil, history.stable, ready, observe)
            if let open = history.open, report.outcome == .rolledBack {
                try await DeployJournal(ledger: stage.ledger, deployID: open.id).close(
                    .init(outcome: .rolledBack, why: "closed by rollback \(report.deployID)"))
            }
            return report
        }
    }

    /// Where a rollback would go now. - Throws: `DeployError.nothingToRollBack`.
    package func rollbackTarget() async throws -> DeployJournal.Stable {
        try target(of: try await DeployHistory.read(stage.ledger, environment: stage.settings.environment))
    }

    /// Whether the process that holds a lease still runs on this machine.
    @Sendable package static func isAlive(_ holder: LeaseHolder) throws -> Bool {
        try ProcessIdentity(pid: holder.pid, startTicks: holder.startTicks, bootID: holder.bootID).isRunning
    }

    /// An open deploy must be rolled back first; the very first one has nowhere to go back to and gives way.
    private func settle(_ history: DeployHistory) async throws {
        guard let open = history.open else { return }
        guard history.stable == nil else {
            throw DeployError.open(id: open.id, step: open.step, release: open.release.name)
        }
        try await DeployJournal(ledger: stage.ledger, deployID: open.id).close(
            .init(outcome: .blocked, why: "no release was ever stable; a new first deploy takes over"))
    }

    private func target(of history: DeployHistory) throws -> DeployJournal.Stable {
        if let open = history.open {
            guard let stable = history.stable else {
                throw DeployError.nothingToRollBack(
                    why: "deploy \(open.id) was the first one: no release was stable before it")
            }
            return stable
        }
        guard let previous = history.previousStable else {
            throw DeployError.nothingToRollBack(why: "no release was stable before the current one")
        }
        return previous
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

    private static func me() throws -> LeaseHolder {
        guard let identity = try ProcessIdentity.of(pid: getpid()) else {
            preconditionFailure("this process is not in /proc")
        }
        return LeaseHolder(
            host: ProcessInfo.processInfo.hostName, bootID: identity.bootID, pid: identity.pid,
            startTicks: identity.startTicks,
            since: rfc3339(Date()), epoch: 0)
    }

    private func drive(
        _ machine: RolloutMachine, _ opened: DeployJournal.Opened, _ lease: Lease, _ candidate: ReleaseLaunch?,
        baseline: ReleaseLaunch?, _ stable: DeployJournal.Stable?, _ ready: (RolloutDriver) -> Void,
        _ observe: @escaping @Sendable (RolloutProgress) -> Void
    ) async throws -> DeployReport {
        let start = ContinuousClock.now
        let id = "\(rfc3339(Date()).prefix(19).filter { $0 != "-" && $0 != ":" })Z-\(hex(randomBytes(2)))"
        let journal = DeployJournal(ledger: stage.ledger, deployID: id)
        try await journal.open(opened)
        let actions = RolloutActions(
            stage: stage, journal: journal, lease: lease, candidate: candidate, baseline: baseline, stable: stable)
        let driver = RolloutDriver(actions: actions, journal: journal, observe: observe)
        ready(driver)
        let (end, steps) = await driver.run(machine)
        guard case .ended(let outcome) = end.state else { preconditionFailure("a rollout finishes in an end state") }
        let report = DeployReport(
            deployID: id, opened: opened, outcome: outcome, wasInterrupted: driver.wasInterrupted,
            elapsed: .now - start, steps: steps)
        // Left open on purpose where an operator has to look: the next run is refused until a rollback has closed it.
        if outcome != .blocked, outcome != .indeterminate {
            try await journal.close(.init(outcome: outcome, why: report.decidingStep?.detail ?? ""))
        }
        return report
    }
}

extension ReleaseLaunch {
    func with(release: Release) -> ReleaseLaunch {
        ReleaseLaunch(
            release: release, artifact: artifact, arguments: arguments, migrateArguments: migrateArguments,
            environment: environment)
    }
}
