package import Ledger
package import OpsModel

/// The deploys of one environment, folded from the ledger.
package struct DeployHistory: Sendable {
    package struct Deploy: Codable, Sendable, Equatable {
        package let id: String
        package let environment: String
        package let kind: String
        package let release: Release
        package let candidate: Slot
        package let baseline: Slot?
        package let startedAt: String
        package fileprivate(set) var endedAt: String?
        /// Nil while it is open.
        package fileprivate(set) var outcome: RolloutMachine.Outcome?
        package fileprivate(set) var why: String?
        /// The last step with an entry.
        package fileprivate(set) var step: String
        /// Whether its candidate became the stable release.
        package fileprivate(set) var isCommitted = false
        package fileprivate(set) var course: RolloutCourse?
        package fileprivate(set) var baselineRelease: Release?
        package fileprivate(set) var receipt: DeployReceipt?
        /// The evidence as it was last recorded while it has traffic.
        package fileprivate(set) var evidence: String?

        private enum CodingKeys: String, CodingKey {
            case id, environment, kind, release, candidate, baseline, outcome, why, step, course, receipt, evidence
            case startedAt = "started_at"
            case endedAt = "ended_at"
        }
    }

    package let deploys: [Deploy]
    package let stable: DeployJournal.Stable?

    /// Deploys that were begun and not closed, oldest first.
    package var open: [Deploy] { deploys.filter { $0.outcome == nil } }

    /// What was stable when the current release was promoted: where `rollback` goes. A release that was rolled back from is never
    /// a target, so that a second rollback cannot bring it back.
    package let previousStable: DeployJournal.Stable?
    /// The release whose contracting migrations were the last to run: none before it works with the schema any more.
    package let contracted: Release?

    /// - Parameter verifying: whether the ledger's chain must hold; a rollback goes on without, and says so.
    package static func read(
        _ ledger: Ledger, environment: String, verifying: Bool = true
    ) async throws -> DeployHistory {
        if verifying { _ = try await ledger.verify() }
        return try DeployHistory(
            entries: try await ledger.entries(subjectPrefix: DeployJournal.prefix), environment: environment)
    }

    init(entries: [LedgerEntry], environment: String) throws {
        var fold = Fold(environment: environment)
        for entry in entries { try fold.take(entry) }
        deploys = fold.order.compactMap { fold.deploys[$0] }
        contracted = fold.contracted
        stable = fold.stables.last
        previousStable = fold.stables.dropLast().last.flatMap { $0.slot == fold.stables.last?.slot ? nil : $0 }
    }

    /// Where a rollback goes: for an open deploy to its baseline, for an open rollback to where it was going, otherwise to the
    /// release before the stable one.
    /// - Throws: `DeployError.nothingToRollBack`.
    package func rollbackTarget(live: Slot) throws(DeployError) -> DeployJournal.Stable {
        guard let last = open.last, !last.isCommitted else {
            // A route that no record tells of goes back to the record.
            if let stable, stable.slot != live { return stable }
            guard let previousStable else {
                throw .nothingToRollBack(
                    why: contracted.map {
                        "the schema was contracted for release \($0.name): none before it works with it"
                    }
                        ?? "no release was stable before the current one")
            }
            return previousStable
        }
        if last.kind == "rollback", let slot = last.baseline {
            return DeployJournal.Stable(environment: last.environment, slot: slot, release: last.release)
        }
        guard let stable else {
            throw .nothingToRollBack(why: "deploy \(last.id) was the first one: no release was stable before it")
        }
        return stable
    }
}

/// What the entries up to one tell.
private struct Fold {
    let environment: String
    var deploys: [String: DeployHistory.Deploy] = [:]
    var order: [String] = []
    /// Releases that were stable, without those that were rolled back from.
    var stables: [DeployJournal.Stable] = []
    var contracted: Release?

    init(environment: String) { self.environment = environment }

    mutating func take(_ entry: LedgerEntry) throws {
        let id = String(entry.subject.dropFirst(DeployJournal.prefix.count))
        switch (entry.kind, entry.step) {
        case (.decision, DeployJournal.Step.opened): try open(id, entry)
        case (.decision, DeployJournal.Step.closed):
            let closed = try entry.decode(DeployJournal.Closed.self)
            deploys[id]?.outcome = closed.outcome
            deploys[id]?.why = closed.why
            deploys[id]?.endedAt = entry.at
        case (.decision, DeployJournal.Step.stable): settle(id, try entry.decode(DeployJournal.Stable.self))
        case (.decision, DeployJournal.Step.contracted):
            let past = try entry.decode(DeployJournal.Contracted.self)
            guard past.environment == environment else { return }
            contracted = past.release
            stables = Array(stables.suffix(1))
        case (.observed, "receipt"): deploys[id]?.receipt = try entry.decode(DeployReceipt.self)
        case (.observed, "watch"): deploys[id]?.evidence = try entry.decode(Evidence.self).evidence
        case (.decision, _), (.observed, _): break
        default: deploys[id]?.step = entry.step
        }
    }

    /// The part of a `WatchRecord` that people read.
    private struct Evidence: Decodable { let evidence: String }

    private mutating func open(_ id: String, _ entry: LedgerEntry) throws {
        let opened = try entry.decode(DeployJournal.Opened.self)
        guard opened.environment == environment else { return }
        order.append(id)
        var deploy = DeployHistory.Deploy(
            id: id, environment: opened.environment, kind: opened.kind, release: opened.release,
            candidate: opened.candidate, baseline: opened.baseline, startedAt: entry.at, step: "opened")
        (deploy.course, deploy.baselineRelease) = (opened.course, opened.baselineRelease)
        deploys[id] = deploy
    }

    private mutating func settle(_ id: String, _ stable: DeployJournal.Stable) {
        guard stable.environment == environment else { return }
        if deploys[id]?.kind == "run" { deploys[id]?.isCommitted = true }
        if deploys[id]?.kind == "rollback" {
            while let last = stables.last, last != stable { stables.removeLast() }
        }
        if stables.last != stable { stables.append(stable) }
    }
}
