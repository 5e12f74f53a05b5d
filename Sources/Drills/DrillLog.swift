package import OpsModel
import Synchronization

/// One step of a drill as it went.
package struct DrillStep: Codable, Sendable, Equatable {
    package let step: String
    /// `pass`, or how it ended the drill.
    package let verdict: Verdict
    package let elapsedMilliseconds: Int64
    package let detail: String

    private enum CodingKeys: String, CodingKey {
        case step, verdict, detail
        case elapsedMilliseconds = "elapsed_ms"
    }
}

/// What a drill tells while it runs.
package enum DrillProgress: Sendable {
    case began(step: String)
    case ended(DrillStep)
}

/// The steps so far; the one place where they are timed.
final class DrillLog: Sendable {
    private let state = Mutex((steps: [DrillStep](), current: "start"))
    private let observe: @Sendable (DrillProgress) -> Void

    init(observe: @escaping @Sendable (DrillProgress) -> Void) { self.observe = observe }

    var steps: [DrillStep] { state.withLock { $0.steps } }
    var current: String { state.withLock { $0.current } }

    /// Runs one step; `detail` says what it found.
    func step<Value: Sendable>(
        _ name: String, detail: @Sendable (Value) -> String, _ body: () async throws -> Value
    ) async throws -> Value {
        state.withLock { $0.current = name }
        observe(.began(step: name))
        let start = ContinuousClock.now
        do {
            let value = try await body()
            end(name, .pass, since: start, detail(value))
            return value
        } catch {
            let verdict = (error as? DrillError)?.verdict ?? .inconclusive
            let why = (error as? any DiagnosableError).map { "\($0.diagnostic.what): \($0.diagnostic.why)" }
            end(name, verdict, since: start, why ?? (error is CancellationError ? "stopped" : "\(error)"))
            throw error
        }
    }

    private func end(_ name: String, _ verdict: Verdict, since start: ContinuousClock.Instant, _ detail: String) {
        let step = DrillStep(
            step: name, verdict: verdict, elapsedMilliseconds: (ContinuousClock.now - start).milliseconds,
            detail: detail)
        state.withLock { $0.steps.append(step) }
        observe(.ended(step))
    }
}
