package import OpsModel

/// How one step of a suite turned out.
package struct SmokeResult: Codable, Sendable, Equatable {
    package let suite: String
    package let step: String
    /// A cleanup step that failed is `inconclusive`: something is left behind, and the candidate may not be to blame.
    package let verdict: Verdict
    /// What was seen; holds no secret of the suite.
    package let observed: String
    package let elapsedMilliseconds: Int64
    package let isCleanup: Bool
    /// Whether it was left out; `observed` says why.
    package let isSkipped: Bool

    private enum CodingKeys: String, CodingKey {
        case suite, step, verdict, observed
        case elapsedMilliseconds = "elapsed_ms"
        case isCleanup = "cleanup"
        case isSkipped = "skipped"
    }
}

extension Sequence<SmokeResult> {
    /// Any `fail` decides, then any `inconclusive`; a suite of which nothing was run tells nothing.
    package var verdict: Verdict {
        let verdicts = map(\.verdict)
        if verdicts.contains(.fail) { return .fail }
        return verdicts.contains(.inconclusive) || !contains { !$0.isSkipped && !$0.isCleanup } ? .inconclusive : .pass
    }
}
