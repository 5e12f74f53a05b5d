import OpsModel
import Synchronization

/// The router's counts at one moment of one run of it: where a window begins.
package struct WatchSnapshot: Codable, Sendable, Equatable {
    package var incarnation: RouterIncarnation
    private var blue: SlotCounters?
    private var green: SlotCounters?

    init(incarnation: RouterIncarnation, counters: [Slot: SlotCounters]) {
        (self.incarnation, blue, green) = (incarnation, counters[.blue], counters[.green])
    }

    subscript(slot: Slot) -> SlotCounters? { slot == .blue ? blue : green }
}

/// What one step of a rollout leaves to the next, and what the receipt is made of.
final class RolloutMemory: Sendable {
    struct Content: Sendable {
        /// Counts when the route last moved; nil when the router did not tell them.
        var snapshot: WatchSnapshot?
        /// Counts before the first request of the candidate.
        var first: WatchSnapshot?
        /// Time that an earlier deployer has watched already.
        var watched: Duration = .zero
        /// Last entry of the journal that was looked at for requests.
        var lastRequest = 0
        /// Requests of our own through the frontend, by the slot that answered.
        var probes: [Slot: SlotTally] = [:]
        var receipt = DeployReceipt()
    }

    private let content = Mutex(Content())

    func read<Value: Sendable>(_ body: (Content) -> Value) -> Value { content.withLock { body($0) } }
    func change(_ body: (inout Content) -> Void) { content.withLock { body(&$0) } }

    func begin(_ snapshot: WatchSnapshot?) {
        change {
            $0.snapshot = snapshot
            $0.first = $0.first ?? snapshot
            $0.watched = .zero
            $0.probes = [:]
        }
    }

    /// What happened in `slot` since the route last moved, without our own requests.
    func tally(_ slot: Slot, now: SlotCounters) -> SlotTally {
        read { content in
            var tally = SlotTally(from: content.snapshot?[slot] ?? SlotCounters(), to: now)
            let own = content.probes[slot] ?? SlotTally(requests: 0, errors: 0, lost: 0)
            tally.requests = max(0, tally.requests - own.requests)
            tally.errors = max(0, tally.errors - own.errors)
            return tally
        }
    }
}
