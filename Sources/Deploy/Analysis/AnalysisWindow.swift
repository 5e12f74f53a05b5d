import Statistics

/// Requests that were really lost. One reading is not atomic over the router's threads, and a request that begins while it is taken
/// looks lost for a moment; one that is really lost stays lost.
struct ConfirmedLoss: Codable, Sendable, Equatable {
    private var recent: [Int] = []
    private(set) var count = 0

    /// Readings that must agree.
    static let readings = 3

    /// Whether the last reading shows losses that are not confirmed yet.
    var isInDoubt: Bool { (recent.last ?? 0) > count }

    mutating func read(_ lost: Int) {
        recent = recent.suffix(Self.readings - 1) + [lost]
        if recent.count == Self.readings { count = max(count, recent.min() ?? 0) }
    }
}

/// What is counted since the window began.
struct AnalysisWindow: Codable, Sendable, Equatable {
    private(set) var elapsed: Duration = .zero
    private var baselineLoss = ConfirmedLoss()
    private var candidateLoss = ConfirmedLoss()
    /// Up to the last reading, with confirmed losses only.
    private(set) var baseline = SlotTally()
    private(set) var candidate = SlotTally()
    private var latency = LatencyCounts()
    /// The same after the warm-up: what a promotion is judged by.
    private(set) var countedBaseline = SlotTally()
    private(set) var countedCandidate = SlotTally()
    private(set) var countedTime: Duration = .zero
    private(set) var restarts = 0

    var hasDoubt: Bool { candidateLoss.isInDoubt }

    /// What is new since the last reading; nil where it fell into the warm-up, or where nobody looked.
    struct News {
        var errors: (baseline: SlotTally, candidate: SlotTally)?
        var latency: LatencyCounts?
    }

    mutating func take(_ reading: AnalysisReading, _ policy: AnalysisPolicy) -> News {
        let start = elapsed
        (elapsed, restarts) = (reading.elapsed, reading.restarts)
        var news = News(errors: takeErrors(reading), latency: reading.latency.flatMap { takeLatency($0) })
        // What began within the warm-up is not counted.
        if start < policy.warmUp { news.errors = nil }
        if start < max(policy.warmUp, policy.latency?.warmUp ?? .zero) { news.latency = nil }
        if let errors = news.errors {
            countedBaseline += errors.baseline
            countedCandidate += errors.candidate
            countedTime += elapsed - start
        }
        return news
    }

    private mutating func takeErrors(_ reading: AnalysisReading) -> (baseline: SlotTally, candidate: SlotTally) {
        baselineLoss.read(reading.baseline.lost)
        candidateLoss.read(reading.candidate.lost)
        let before = (baseline, candidate)
        (baseline, candidate) = (reading.baseline, reading.candidate)
        (baseline.lost, candidate.lost) = (baselineLoss.count, candidateLoss.count)
        return (baseline.since(before.0), candidate.since(before.1))
    }

    private mutating func takeLatency(_ now: LatencyCounts) -> LatencyCounts? {
        let new = LatencyCounts(
            baseline: now.baseline - latency.baseline, candidate: now.candidate - latency.candidate)
        latency = now
        return new.isPossible ? new : nil
    }
}

extension LatencyCounts {
    /// Counts never shrink, unless another meter has begun.
    fileprivate var isPossible: Bool {
        [baseline, candidate].allSatisfy { min($0.low, $0.middle, $0.high) >= 0 }
    }
}
