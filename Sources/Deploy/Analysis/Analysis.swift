import Foundation
package import OpsModel
import Statistics

/// Judges the candidate of one rollout, reading by reading; pure. It can be stored after any reading, and goes on where it was.
///
/// The rules and their sources are in docs/analysis.md. Evidence is carried over all steps; a promotion is judged by the counts
/// of its own step.
package struct Analysis: Codable, Sendable, Equatable {
    package enum Opinion: Sendable, Equatable {
        case goOn
        case over(Verdict, why: String)
    }

    package let policy: AnalysisPolicy
    package private(set) var step: AnalysisStep
    private(set) var reference: AnalysisReference
    private(set) var window = AnalysisWindow()
    private(set) var errors: ErrorEvidence
    private(set) var slowness = SlownessEvidence()
    private(set) var hasLatency = false
    /// Of the windows before this one.
    private var timeBefore: Duration = .zero

    /// - Parameter reference: what the baseline did shortly before, while it had its traffic.
    package init(_ policy: AnalysisPolicy, step: AnalysisStep, reference: AnalysisReference) {
        (self.policy, self.step, self.reference) = (policy, step, reference)
        errors = ErrorEvidence(policy)
    }

    /// Begins the next step. Readings count from here, best from the counters of the last reading of the step before.
    package mutating func begin(_ step: AnalysisStep, reference: AnalysisReference? = nil) {
        self.step = step
        self.reference = reference ?? self.reference
        restartWindow()
    }

    /// The router has lost its counters: the step and its counts begin again. Evidence of what was seen before stays.
    package mutating func restartWindow() {
        timeBefore += window.elapsed
        window = AnalysisWindow()
        slowness.dropPending()
        hasLatency = false
    }

    /// Takes one reading of the window.
    package mutating func observe(_ reading: AnalysisReading) -> Opinion {
        let news = window.take(reading, policy)
        hasLatency = reading.latency != nil
        if let why = hardStop { return .over(.fail, why: why) }
        if let (baseline, candidate) = news.errors { weigh(baseline: baseline, candidate: candidate) }
        if let latency = news.latency, policy.latency != nil { weigh(latency) }
        if let why = regression { return .over(.fail, why: why) }
        return promotion
    }

    private var time: Duration { timeBefore + window.elapsed }

    /// Requests of the candidate per second of this window; 0 before there are any.
    var rate: Double {
        window.elapsed > .zero ? Double(window.candidate.requests) / window.elapsed.seconds : 0
    }

    /// Stops that need no statistics.
    private var hardStop: String? {
        let (lost, allowed) = (window.candidate.lost, max(policy.maximumLost, window.baseline.lost))
        if lost > allowed { return "\(lost) of \(window.candidate.requests) requests were lost" }
        if window.restarts > policy.maximumRestarts {
            return "the candidate was started again \(window.restarts) times"
        }
        return nil
    }

    private mutating func weigh(baseline: SlotTally, candidate: SlotTally) {
        errors.note(
            baseline: baseline, candidate: candidate, at: time, candidateBurst: policy.burst(atRate: rate),
            burst: policy.burst)
        errors.compare(baseline: baseline, candidate: candidate, share: actualShare)
        if step.isMostTraffic { errors.hold(candidate, toLine: errorLine) }
    }

    /// The share of the requests that the candidate really has in this window. What the route says counts as 500 requests:
    /// fewer say less about the share than the route does, and their noise would be taken for evidence.
    private var actualShare: Double {
        let all = Double(window.candidate.requests + window.baseline.requests)
        return (Double(window.candidate.requests) + 500 * Double(step.share) / Double(Route.all)) / (all + 500)
    }

    private mutating func weigh(_ latency: LatencyCounts) {
        let burst = policy.burst(atRate: rate)
        // One burst never reaches what each kind needs on its own, two do.
        let needed = Foundation.log(policy.threshold)
        slowness.compare(latency, at: time, burst: burst, most: 0.6 * (needed - shiftLogWeight))
        guard step.isMostTraffic, let line = slowLine else { return }
        slowness.hold(
            latency.candidate, toLine: line, at: time, burst: burst, most: 0.6 * (needed - slowLineLogWeight))
    }

    /// The error ratio of the baseline while it had its traffic; nil when it was hardly seen.
    private var seenBefore: Proportion? {
        let errors = reference.errors
        return errors.requests >= SampleSize.withoutErrors(margin: policy.errorBudget)
            ? Proportion(errors.bad, of: errors.requests) : nil
    }

    /// The error ratio that a candidate with most of the traffic may have: the budget, or what the baseline itself is seen to have.
    var errorLine: Double {
        max(policy.errorBudget, seenBefore?.wilsonBounds(quantile: policy.quantile).upper ?? 0)
    }

    /// The error ratio from which a candidate with most of the traffic differs by so much that it matters.
    var leastErrorRatio: Double { (seenBefore?.value ?? 0) + policy.minimumDifference }

    /// The share of slow requests that a candidate with most of the traffic may have; nil when the baseline was hardly measured.
    var slowLine: Double? {
        guard let latency = policy.latency, reference.latency.total >= policy.requestsForMargin else { return nil }
        let seen = Proportion(reference.latency.high, of: reference.latency.total)
        let upper = seen.wilsonBounds(quantile: policy.quantile).upper
        let odds = latency.toleratedOdds * upper / max(1e-6, 1 - upper)
        return odds / (1 + odds)
    }

    var shiftLogWeight: Double { Foundation.log((policy.latency?.alphaShare ?? 0) * 0.8) }
    var slowLineLogWeight: Double { Foundation.log((policy.latency?.alphaShare ?? 0) * 0.2) }
}
