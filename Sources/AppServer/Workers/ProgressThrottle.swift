import Compression
import Synchronization

/// Lets through a new stage at once, and steps of one stage five times a second.
final class ProgressThrottle: Sendable {
    private struct State {
        var stage = ""
        var last = ContinuousClock.now
    }
    private let state = Mutex(State())

    func lets(_ progress: CompressionProgress) -> Bool {
        state.withLock { state in
            let now = ContinuousClock.now
            guard progress.stage != state.stage || state.last.duration(to: now) >= .milliseconds(200) else {
                return false
            }
            (state.stage, state.last) = (progress.stage, now)
            return true
        }
    }
}
