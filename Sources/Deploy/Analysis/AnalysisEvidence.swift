import OpsModel

/// What is known so far about the candidate, for a terminal and for the journal.
package struct AnalysisEvidence: Codable, Sendable, Equatable {
    /// The candidate's share of new requests, in 0.01 %.
    package var share: Int
    package var elapsed: Duration
    /// Of this step, after the warm-up.
    package var baseline: SlotTally
    package var candidate: SlotTally
    /// Evidence against the candidate, and where it is rolled back.
    package var evidence: Double
    package var threshold: Double
    /// Whether it is too much for a promotion.
    package var isWarning: Bool
    /// How much worse than the baseline the candidate's error ratio may still be, and how much worse it may be.
    package var upperBound: Double
    package var margin: Double
    package var requestsNeeded: Int
    /// Variance over mean of the baseline's bad events; 1 when they look independent.
    package var overdispersion: Double
    package var judgesLatency: Bool
    /// Until the step can be over, at the current rate; nil when that cannot be told.
    package var remaining: Duration?
    /// Until it is inconclusive, if it is not over before.
    package var untilInconclusive: Duration
    /// One line for people.
    package var text: String
}

extension Analysis {
    /// What the last reading showed.
    package var evidence: AnalysisEvidence {
        AnalysisEvidence(
            share: step.share, elapsed: window.elapsed, baseline: window.countedBaseline, candidate: counted,
            evidence: totalEvidence, threshold: policy.threshold, isWarning: totalEvidence >= policy.warnAt,
            upperBound: upperBound, margin: policy.margin, requestsNeeded: requestsNeeded,
            overdispersion: errors.divisor, judgesLatency: judgesLatency, remaining: remaining,
            untilInconclusive: max(.zero, step.limit - window.elapsed), text: progressText)
    }

    private var judgesLatency: Bool { policy.latency != nil && hasLatency }

    private var remaining: Duration? {
        let time = max(.zero, step.duration - window.elapsed)
        let missing = max(0, requestsNeeded - counted.requests)
        if missing == 0 { return time }
        guard counted.requests > 0 else { return nil }
        return max(time, window.countedTime / counted.requests * missing)
    }

    private var progressText: String {
        var parts = [countText]
        let left = step.limit - window.elapsed
        if step.limit > step.duration || remaining == nil || (remaining ?? .zero) > left {
            parts.append("inconclusive in \(max(.zero, left).text)")
        }
        parts.append(evidenceText)
        if policy.latency != nil, !hasLatency { parts.append("latency is not judged") }
        return parts.joined(separator: "; ")
    }

    private var countText: String {
        if requestsNeeded == 0, counted.requests == 0 { return "no traffic: smoke and health alone decide" }
        if counted.requests < requestsNeeded {
            let eta = remaining.map { "~\($0.text) at the current rate" } ?? "no traffic yet"
            return "need \(requestsNeeded) requests, have \(counted.requests), \(eta)"
        }
        return "\(counted.requests) requests, worse by at most \(percentagePoints(upperBound)) of "
            + "\(percentagePoints(policy.margin)), \((remaining ?? .zero).text) left"
    }
}
