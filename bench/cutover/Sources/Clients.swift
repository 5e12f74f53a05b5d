import Dispatch
import Foundation
import OpsModel
import Synchronization

/// Clients with one kept connection each, who miss no request: whatever was sent is answered in full with a status below 500 and the
/// name of its slot, or is counted as lost or as an error. A request under way at the end is waited for.
///
/// Own ones, because wrk counts neither the requests under way when it stops nor those that are never answered.
final class Clients: Sendable {
    struct Tally: Sendable {
        var requests = 0
        var serverErrors = 0
        /// By what was wrong.
        var lost: [String: Int] = [:]

        var lostCount: Int { lost.values.reduce(0, +) }

        mutating func add(_ other: Tally) {
            requests += other.requests
            serverErrors += other.serverErrors
            lost.merge(other.lost, uniquingKeysWith: +)
        }
    }

    /// A change of the route as clients see it, from the moment it was decided.
    struct Sight: Sendable {
        let awaited: Slot
        let decided: ContinuousClock.Instant
        var first: Duration?
        /// The last answer of the other slot.
        var last: Duration = .zero
    }

    private let port: Int
    private let count: Int
    private let pace: Duration?
    private let isOver = Atomic(false)
    private let total = Mutex(Tally())
    private let current = Mutex<Sight?>(nil)
    private let group = DispatchGroup()

    /// - Parameter pace: time between the beginnings of two requests of one client; nil asks without a pause.
    init(port: Int, count: Int, pace: Duration?) { (self.port, self.count, self.pace) = (port, count, pace) }

    func start() {
        for index in 0..<count {
            group.enter()
            let thread = Thread { [self] in
                let tally = ask(offset: index)
                total.withLock { $0.add(tally) }
                group.leave()
            }
            thread.start()
        }
    }

    /// Lets every client finish its last request.
    func stop() async -> Tally {
        isOver.store(true, ordering: .relaxed)
        await withCheckedContinuation { continuation in
            group.notify(queue: .global()) { continuation.resume() }
        }
        return total.withLock { $0 }
    }

    func watch(for slot: Slot) { current.withLock { $0 = Sight(awaited: slot, decided: .now) } }

    var sight: Sight? { current.withLock { $0 } }

    private func ask(offset: Int) -> Tally {
        var tally = Tally()
        var connection = ClientConnection(port: port)
        var due = ContinuousClock.now + (pace ?? .zero) * offset / count
        while !isOver.load(ordering: .relaxed) {
            if let pace {
                sleepUntil(due)
                // A client that was late does not catch up with a burst.
                due = max(due + pace, .now)
            }
            tally.requests += 1
            switch connection.ask() {
            case .answered(let slot): see(slot)
            case .serverError: tally.serverErrors += 1
            case .lost(let why): tally.lost[why, default: 0] += 1
            }
        }
        connection.close()
        return tally
    }

    private func see(_ slot: Slot) {
        let now = ContinuousClock.now
        current.withLock { sight in
            guard let awaited = sight?.awaited, let decided = sight?.decided else { return }
            if slot != awaited {
                sight?.last = now - decided
            } else if sight?.first == nil {
                sight?.first = now - decided
            }
        }
    }
}

private func sleepUntil(_ instant: ContinuousClock.Instant) {
    let left = instant - .now
    if left > .zero { usleep(UInt32(left / .microseconds(1))) }
}
