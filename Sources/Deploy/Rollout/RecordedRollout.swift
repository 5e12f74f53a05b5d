import Ledger
import OpsModel

/// An open rollout as its journal tells it: the machine where the deployer left it, and what had been seen by then.
///
/// Which route is in force is never taken from here: the router is asked.
struct RecordedRollout: Sendable {
    let opened: DeployJournal.Opened
    private(set) var machine: RolloutMachine
    /// Counts when the route last moved, and how long it had been watched since.
    private(set) var snapshot: WatchSnapshot?
    private(set) var watched: Duration = .zero
    private(set) var analysis: Analysis?
    private(set) var metered: [String: SlotTally] = [:]
    private(set) var latency: LatencyMeter.Frozen?

    /// - Throws: `DeployError.unreadable` when entries do not tell a rollout.
    init(_ entries: [LedgerEntry], id: String) throws {
        guard let first = entries.first, first.step == DeployJournal.Step.opened else {
            throw DeployError.unreadable(id: id, why: "its first entry does not open it")
        }
        opened = try first.decode(DeployJournal.Opened.self)
        switch (opened.kind, opened.baseline) {
        case ("rollback", .some(let baseline)):
            machine = RolloutMachine(rollingBackFrom: opened.candidate, to: baseline)
        default:
            machine = RolloutMachine(
                candidate: opened.candidate, baseline: opened.baseline, course: opened.course ?? RolloutCourse())
        }
        for entry in entries { try take(entry, id) }
    }

    private mutating func take(_ entry: LedgerEntry, _ id: String) throws {
        switch entry.kind {
        case .intent:
            let intent = try entry.decode(DeployJournal.Intent.self)
            if intent.share != nil {
                (snapshot, watched, metered) = (intent.snapshot, .zero, intent.metered ?? [:])
            }
        case .done, .verdict:
            let name = try entry.decode(DeployJournal.StepResult.self).event
            guard let event = RolloutMachine.Event(name: name) else {
                throw DeployError.unreadable(id: id, why: "entry \(entry.sequence) holds an unknown event `\(name)`")
            }
            advance(event)
        case .observed where entry.step == "watch":
            let record = try entry.decode(WatchRecord.self)
            (snapshot, watched) = (record.snapshot, .milliseconds(record.elapsedMilliseconds))
            (analysis, latency) = (record.analysis, record.latency)
        case .observed where entry.step == "resumed": machine.rewind()
        case .observed, .decision: break
        }
    }

    /// An end that left the deploy open is no end: it is taken up where it stopped.
    private mutating func advance(_ event: RolloutMachine.Event) {
        var next = machine
        next.handle(event)
        if case .ended(let outcome) = next.state, [.held, .indeterminate, .blocked].contains(outcome) { return }
        machine = next
    }

    /// What a route with `share` of the candidate, in 0.01 %, means for the machine.
    enum Standing: Equatable {
        /// The route is as the journal says.
        case asRecorded(RolloutMachine)
        /// The route was written before the deployer could record it.
        case recovered(RolloutMachine)
        /// Traffic is back on the baseline: a router restart or a watchdog has done it. The way back is taken to its end.
        case returned(RolloutMachine)
        /// Somebody else has written the route.
        case foreign
    }

    func standing(share: Int) -> Standing {
        guard let expected = machine.expectedShares else { return .asRecorded(machine) }
        var next = machine
        if expected.count == 2, share == expected[1] {
            next.handle(.done)
            return .recovered(next)
        }
        if expected.contains(share) { return .asRecorded(machine) }
        guard share == 0, machine.state != .draining, machine.state != .retiring else { return .foreign }
        next.handle(.abort)
        return .returned(next)
    }
}
