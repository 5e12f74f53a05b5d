import HTTPClient
import OpsModel
import Synchronization

/// Asks the frontend again and again while the route changes: what a client sees, beside what the router counts.
struct ClientProbe: Sendable {
    let http: HTTPClient
    let url: String
    let clock: any Clock<Duration>

    struct Sight: Sendable {
        var requests = 0
        var failures = 0
        var bySlot: [Slot: SlotTally] = [:]
        /// When a slot answered for the first time after the change was decided.
        var firstAnswer: Duration?
    }

    /// Pause between two requests, and how long they go on after the change.
    private static let (pause, aftermath) = (Duration.milliseconds(20), Duration.milliseconds(250))

    /// Runs `change` beside requests; `slot` is the one whose first answer is awaited.
    func during<Value: Sendable>(
        awaiting slot: Slot, _ change: @Sendable () async -> Value
    ) async -> (value: Value, sight: Sight) {
        let account = Account()
        let start = ContinuousClock.now
        return await withTaskGroup(of: Void.self) { group in
            group.addTask {
                while !account.isOver.withLock({ $0 }) {
                    let seen = await ask()
                    account.sight.withLock { $0.add(seen, awaiting: slot, after: .now - start) }
                    // Slept also when the rollout was interrupted: the count goes on to its end.
                    await pause()
                }
            }
            let value = await change()
            let end = ContinuousClock.now + Self.aftermath
            while ContinuousClock.now < end { await pause() }
            account.isOver.withLock { $0 = true }
            await group.waitForAll()
            return (value, account.sight.withLock { $0 })
        }
    }

    private final class Account: Sendable {
        let sight = Mutex(Sight())
        let isOver = Mutex(false)
    }

    private func pause() async {
        _ = await Task { try await clock.sleep(for: Self.pause) }.result
    }

    /// Who answered, and whether it was an answer.
    private func ask() async -> (slot: Slot?, isGood: Bool) {
        do {
            let response = try await http.send(HTTPRequest("GET", url, timeout: .seconds(5)))
            let slot = response.header(RouterFrontend.slotHeader).flatMap(Slot.init(rawValue:))
            return (slot, response.status < 500)
        } catch {
            return (nil, false)
        }
    }
}

extension ClientProbe.Sight {
    fileprivate mutating func add(_ seen: (slot: Slot?, isGood: Bool), awaiting slot: Slot, after elapsed: Duration) {
        requests += 1
        failures += seen.isGood ? 0 : 1
        if let who = seen.slot {
            var tally = bySlot[who] ?? SlotTally(requests: 0, errors: 0, lost: 0)
            tally.requests += 1
            tally.errors += seen.isGood ? 0 : 1
            bySlot[who] = tally
        }
        if seen.slot == slot, seen.isGood, firstAnswer == nil { firstAnswer = elapsed }
    }
}
