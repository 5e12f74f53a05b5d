import CLinux
import Glibc

/// Why a blocking exchange ended early; `phase` says where.
package enum WaitError: Error, Equatable {
    case timedOut(phase: String)
    case cancelled(phase: String)
    case failed(phase: String, errno: Int32)
}

/// Wakes a poll(2) from another thread: an eventfd owned by this object.
package final class Wake: Sendable {
    package let descriptor: Int32
    /// - Throws: `failed` when no descriptor is left.
    package init() throws(WaitError) {
        descriptor = clinux_eventfd()
        guard descriptor >= 0 else { throw .failed(phase: "eventfd", errno: errno) }
    }
    package func fire() { _ = clinux_eventfd_fire(descriptor) }
    deinit { close(descriptor) }
}

/// A deadline and a way to be cancelled, for synchronous C code that polls its own descriptors.
package struct Waiter: Sendable {
    package let wake: Wake
    package let deadline: ContinuousClock.Instant

    package init(wake: Wake, deadline: ContinuousClock.Instant) {
        (self.wake, self.deadline) = (wake, deadline)
    }

    package var remaining: Duration { deadline - .now }

    /// Milliseconds left for poll(2), rounded up; throws when none are left.
    package func pollTimeout(phase: String) throws(WaitError) -> Int32 {
        let left = remaining
        guard left > .zero else { throw .timedOut(phase: phase) }
        let (seconds, attoseconds) = left.components
        return Int32(clamping: seconds * 1000 + attoseconds / 1_000_000_000_000_000 + 1)
    }

    /// Waits until `descriptor` is ready for `events` (POLLIN, POLLOUT).
    /// - Throws: `timedOut` at the deadline, `cancelled` when the task is cancelled, `failed` with the errno of poll.
    package func wait(_ descriptor: Int32, for events: Int32, phase: String) throws(WaitError) {
        while true {
            var descriptors = [
                pollfd(fd: descriptor, events: Int16(events), revents: 0),
                pollfd(fd: wake.descriptor, events: Int16(POLLIN), revents: 0),
            ]
            let timeout = try pollTimeout(phase: phase)
            let count = withExtendedLifetime(wake) { poll(&descriptors, 2, timeout) }
            if count < 0 {
                if errno == EINTR { continue }
                throw .failed(phase: phase, errno: errno)
            }
            if descriptors[1].revents != 0 { throw .cancelled(phase: phase) }
            if Int32(descriptors[0].revents) & POLLNVAL != 0 { throw .failed(phase: phase, errno: EBADF) }
            if descriptors[0].revents != 0 { return }
        }
    }
}

/// Runs `body` start to finish on a blocking thread. Cancelling the task wakes the waiter; the deadline counts from now.
package func blocking<Value: Sendable>(
    timeout: Duration, on executor: BlockingExecutor = .shared, _ body: @escaping @Sendable (Waiter) throws -> Value
) async throws -> Value {
    let waiter = Waiter(wake: try Wake(), deadline: .now + timeout)
    return try await withTaskCancellationHandler {
        try await withTaskExecutorPreference(executor) { try await offload { try body(waiter) } }
    } onCancel: {
        waiter.wake.fire()
    }
}

@concurrent private func offload<Value: Sendable>(_ body: @Sendable () throws -> Value) async throws -> Value {
    try body()
}
