import Synchronization

/// Wakes whoever waits for something to do; a ring that nobody hears is remembered for the next waiter.
final class Bell: Sendable {
    private struct State {
        var hasRung = false
        var nextID = 0
        var waiting: [Int: CheckedContinuation<Void, Never>] = [:]
    }
    private let state = Mutex(State())

    func ring() {
        let woken = state.withLock { state in
            state.hasRung = state.waiting.isEmpty
            defer { state.waiting.removeAll() }
            return Array(state.waiting.values)
        }
        for continuation in woken { continuation.resume() }
    }

    /// Returns at the next ring, after `limit`, or when the task is cancelled.
    func wait(atMost limit: Duration) async {
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await self.nextRing() }
            group.addTask {
                do { try await Task.sleep(for: limit) } catch { return }  // rung, or the caller left
            }
            await group.next()
            group.cancelAll()
        }
    }

    private func nextRing() async {
        let id = state.withLock { state in
            state.nextID += 1
            return state.nextID
        }
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isDue = state.withLock { state in
                    // Under the lock: a cancellation that came too early for the handler is seen here.
                    if state.hasRung || Task.isCancelled {
                        state.hasRung = false
                        return true
                    }
                    state.waiting[id] = continuation
                    return false
                }
                if isDue { continuation.resume() }
            }
        } onCancel: {
            state.withLock { $0.waiting.removeValue(forKey: id) }?.resume()
        }
    }
}
