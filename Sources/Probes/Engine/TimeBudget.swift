/// The time of one target: looks share one `timeout`, and what removes their traces may take another one.
package struct TimeBudget: Sendable {
    private let timeout: Duration
    private let start = ContinuousClock.now

    package init(_ timeout: Duration) { self.timeout = timeout }

    /// What is left for a look; never nothing, so that one that comes too late times out by itself.
    package var forLooking: Duration { left(until: start + timeout) }
    package var forCleaning: Duration { left(until: start + timeout * 2) }

    private func left(until end: ContinuousClock.Instant) -> Duration {
        max(.milliseconds(1), min(timeout, end - .now))
    }
}
