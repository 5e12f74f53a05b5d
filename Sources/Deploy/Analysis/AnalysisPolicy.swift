import Statistics

/// By what a candidate is judged. Ratios are errors per request: 0.01 is 1 %.
package struct AnalysisPolicy: Codable, Sendable, Equatable {
    package struct Latency: Codable, Sendable, Equatable {
        /// The part of `alpha` that latency may spend; four fifths of it on the comparison, one on the frozen percentile.
        package var alphaShare = 0.05
        /// Odds of being slow, relative to the baseline's, below which nobody is rolled back.
        package var toleratedOdds = 1.5
        /// The first time of every window, in which caches fill: not judged.
        package var warmUp: Duration = .seconds(5)
        package init() {}
    }

    /// Probability of rolling back an equal release, over the whole rollout and all metrics, however often one looks.
    package var alpha = 0.01
    /// Evidence from which a candidate is not promoted, though not yet rolled back; `1 / alpha` rolls back.
    package var warnAt = 20.0
    /// ρ: the candidate may fail that many times as often as the baseline.
    package var toleratedRatio = 1.5
    /// Differences of the error ratios that nobody is rolled back for.
    package var minimumDifference = 0.002
    /// A promoted candidate's error ratio is shown to be worse by at most this.
    package var margin = 0.01
    /// Of that showing; one-sided.
    package var confidence = 0.95
    /// The error ratio that is allowed to a candidate with most of the traffic, unless the baseline's own is higher.
    package var errorBudget = 0.01
    /// The part of `alpha` that is spent on `errorBudget`.
    package var budgetAlphaShare = 0.01
    /// Requests that a step takes; nil for those that show the margin without an error; 0 promotes without any.
    package var minimumRequests: Int?
    package var maximumLost = 0
    package var maximumRestarts = 0
    /// The first time of every window, not counted; hard stops stay active.
    package var warmUp: Duration = .zero
    /// Nil does not judge latency.
    package var latency: Latency? = Latency()
    /// Bad events within it count as one event's consequences where traffic is low.
    package var burst: Duration = .seconds(5)
    /// Whether a step ends as soon as the margin is shown.
    package var promotesEarly = false

    package init() {}

    /// Evidence at which the candidate is rolled back.
    package var threshold: Double { 1 / alpha }
    /// The part of `alpha` for the comparison of error ratios. It has nearly all: errors are rare and come one by one, while the
    /// time that latency takes grows with the logarithm of what it has to reach.
    var ratioAlphaShare: Double { 1 - budgetAlphaShare - (latency?.alphaShare ?? 0) }

    /// Requests without errors that show the margin.
    var requestsForMargin: Int { SampleSize.withoutErrors(margin: margin, alpha: 1 - confidence) }
    var leastRequests: Int { minimumRequests ?? requestsForMargin }
    /// Quantile for the one-sided `confidence`.
    var quantile: Double { normalQuantile(confidence) }

    /// How long bad events may be consequences of one and the same: the time in which the candidate gets 700 requests, at least
    /// 1.5 s and at most `burst`. What makes events dependent is a client, a connection or a pause: the more requests a second
    /// has, the more of them it mixes. A candidate with 500 requests a second can be judged within three seconds, and a pause
    /// of one second still rolls nobody back.
    func burst(atRate requestsPerSecond: Double) -> Duration {
        guard requestsPerSecond > 0 else { return burst }
        return min(burst, max(.seconds(1.5), .seconds(min(700 / requestsPerSecond, 3600))))
    }
}
