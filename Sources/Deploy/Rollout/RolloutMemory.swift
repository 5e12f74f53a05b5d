import OpsModel
import Statistics
import Synchronization

/// The router's counts at one moment of one run of it: where a window begins.
package struct WatchSnapshot: Codable, Sendable, Equatable {
    package var incarnation: RouterIncarnation
    private var blue: SlotCounters?
    private var green: SlotCounters?

    init(incarnation: RouterIncarnation, counters: [Slot: SlotCounters]) {
        (self.incarnation, blue, green) = (incarnation, counters[.blue], counters[.green])
    }

    /// Of a router that does not count.
    static let uncounted = WatchSnapshot(incarnation: RouterIncarnation(""), counters: [:])

    var isUncounted: Bool { blue == nil && green == nil }

    subscript(slot: Slot) -> SlotCounters? { slot == .blue ? blue : green }
}

/// What one step of a rollout leaves to the next, and what the receipt is made of.
final class RolloutMemory: Sendable {
    struct Content: Sendable {
        /// Counts when the rollout began: what the baseline did since is the reference.
        var opening: WatchSnapshot?
        /// Counts when the route last moved; nil when the router did not tell them.
        var snapshot: WatchSnapshot?
        /// Counts before the first request of the candidate.
        var first: WatchSnapshot?
        /// When the window of the analysis began; in the past of an earlier deployer for one that was resumed.
        var windowStart = ContinuousClock.now
        var analysis: Analysis?
        /// Counts of a second source when the rollout began, and when the window began.
        var openingMetered: [Slot: SlotTally] = [:]
        var metered: [Slot: SlotTally] = [:]
        /// How often an engine had started the candidate again by itself when the window began.
        var restarts = 0
        /// The journal's entry of the step under way.
        var lastIntent = 0
        /// Last entry of the journal that was looked at for requests.
        var lastRequest = 0
        /// Requests of our own through the frontend, by the slot that answered.
        var probes: [Slot: SlotTally] = [:]
        var receipt = DeployReceipt()
    }

    private let content = Mutex(Content())

    func read<Value: Sendable>(_ body: (Content) -> Value) -> Value { content.withLock { body($0) } }
    func change(_ body: (inout Content) -> Void) { content.withLock { body(&$0) } }

    /// A window begins: the route is about to move, or the router has lost its counts.
    func begin(_ snapshot: WatchSnapshot?) {
        change {
            $0.snapshot = snapshot
            $0.first = $0.first ?? snapshot
            $0.windowStart = .now
            $0.probes = [:]
        }
    }

    /// The analysis of the share that was just written.
    func begin(_ step: AnalysisStep, _ policy: AnalysisPolicy, baseline: Slot, latency: OrderedCounts) {
        change { content in
            content.windowStart = .now
            if content.analysis == nil {
                content.analysis = Analysis(policy, step: step, reference: content.reference(baseline, latency))
            } else {
                content.analysis?.begin(step)
            }
        }
    }

    /// Judges one reading of the window.
    func judge(_ reading: AnalysisReading) -> (opinion: Analysis.Opinion, evidence: AnalysisEvidence)? {
        content.withLock { content in
            guard var analysis = content.analysis else { return nil }
            let opinion = analysis.observe(reading)
            content.analysis = analysis
            return (opinion, analysis.evidence)
        }
    }

    /// The router has lost its counts: what was seen before stays as evidence.
    func restart(_ snapshot: WatchSnapshot?) {
        begin(snapshot)
        change { $0.analysis?.restartWindow() }
    }

    /// What happened in `slot` since the route last moved, without our own requests.
    func tally(_ slot: Slot, now: SlotCounters) -> SlotTally {
        read { content in
            var tally = SlotTally(from: content.snapshot?[slot] ?? SlotCounters(), to: now)
            let own = content.probes[slot] ?? SlotTally()
            tally.requests = max(0, tally.requests - own.requests)
            tally.errors = max(0, tally.errors - own.errors)
            return tally
        }
    }
}

extension RolloutMemory.Content {
    /// What the baseline did while the candidate was prepared.
    fileprivate func reference(_ baseline: Slot, _ latency: OrderedCounts) -> AnalysisReference {
        if let start = openingMetered[baseline], let end = metered[baseline], end.isBehind(start) {
            return AnalysisReference(errors: end.since(start), latency: latency)
        }
        guard let opening, let first, opening.incarnation == first.incarnation, let start = opening[baseline],
            let end = first[baseline]
        else { return AnalysisReference(errors: SlotTally(), latency: latency) }
        return AnalysisReference(errors: SlotTally(from: start, to: end), latency: latency)
    }
}
