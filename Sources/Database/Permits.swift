import Synchronization

/// A counting semaphore for tasks: first come, first served; waiting ends with the deadline or the task's cancellation.
package final class Permits: Sendable {
    private struct Waiting {
        let id: Int
        let continuation: CheckedContinuation<Bool, Never>
    }
    private struct State {
        var free: Int
        var queue: [Waiting] = []
        var nextID = 0
    }
    private let state: Mutex<State>

    package init(_ count: Int) { state = Mutex(State(free: count)) }

    /// - Returns: false when no permit came free within `timeout`.
    package func acquire(timeout: Duration) async throws -> Bool {
        try Task.checkCancellation()
        let isFree = state.withLock { state in
            guard state.free > 0 else { return false }
            state.free -= 1
            return true
        }
        if isFree { return true }
        let granted = await wait(timeout)
        if granted, Task.isCancelled { release() }
        try Task.checkCancellation()
        return granted
    }

    package func release() {
        let next = state.withLock { state -> CheckedContinuation<Bool, Never>? in
            guard !state.queue.isEmpty else {
                state.free += 1
                return nil
            }
            return state.queue.removeFirst().continuation
        }
        next?.resume(returning: true)
    }

    private func wait(_ timeout: Duration) async -> Bool {
        await withTaskGroup(of: Bool.self) { group in
            group.addTask { await self.enqueue() }
            group.addTask {
                do { try await Task.sleep(for: timeout) } catch { return false }  // granted, or the caller left
                return false
            }
            var granted = false
            while let outcome = await group.next() {
                granted = granted || outcome
                group.cancelAll()
            }
            return granted
        }
    }

    private func enqueue() async -> Bool {
        let id = state.withLock { state in
            state.nextID += 1
            return state.nextID
        }
        return await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let decided: Bool? = state.withLock { state in
                    if state.free > 0 {
                        state.free -= 1
                        return true
                    }
                    // Under the lock: a cancellation that `giveUp` was too early for is seen here.
                    if Task.isCancelled { return false }
                    state.queue.append(Waiting(id: id, continuation: continuation))
                    return nil
                }
                if let decided { continuation.resume(returning: decided) }
            }
        } onCancel: {
            giveUp(id)
        }
    }

    private func giveUp(_ id: Int) {
        let continuation = state.withLock { state -> CheckedContinuation<Bool, Never>? in
            guard let index = state.queue.firstIndex(where: { $0.id == id }) else { return nil }
            return state.queue.remove(at: index).continuation
        }
        continuation?.resume(returning: false)
    }
}
