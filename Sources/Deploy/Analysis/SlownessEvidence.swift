import Statistics

/// Evidence that the candidate is slower than the baseline, over all steps of a rollout.
///
/// While both have traffic, their requests of the same seconds are compared (`ShiftEvidence`). With most of the traffic the
/// candidate is also held to a line: the share of its requests above the baseline's frozen 95th percentile.
struct SlownessEvidence: Codable, Sendable, Equatable {
    private var shift = ShiftEvidence()
    private var shiftCap = BurstCap()
    private var line = BernoulliEvidence()
    private var lineCap = BurstCap()
    private var pending = LatencyCounts()
    private(set) var compared = LatencyCounts()
    private(set) var heldToLine = OrderedCounts()

    var shiftLog: Double { shiftCap.logValue }
    var lineLog: Double { lineCap.logValue }

    /// Requests of each slot that a block of the comparison has: fewer say little, more delay the answer.
    private static let fewest = 4

    /// Requests of one block were made at one share: a step begins with none.
    mutating func dropPending() { pending = LatencyCounts() }

    mutating func compare(_ new: LatencyCounts, at time: Duration, burst: Duration, most: Double) {
        pending.baseline = pending.baseline + new.baseline
        pending.candidate = pending.candidate + new.candidate
        guard min(pending.baseline.total, pending.candidate.total) >= Self.fewest else { return }
        shift.add(candidate: pending.candidate, baseline: pending.baseline)
        shiftCap.follow(shift.logValue, at: time, length: burst, most: most)
        compared.baseline = compared.baseline + pending.baseline
        compared.candidate = compared.candidate + pending.candidate
        pending = LatencyCounts()
    }

    mutating func hold(_ new: OrderedCounts, toLine slowRatio: Double, at time: Duration, burst: Duration, most: Double)
    {
        line.add(bad: new.high, good: new.total - new.high, line: slowRatio)
        lineCap.follow(line.logValue, at: time, length: burst, most: most)
        heldToLine = heldToLine + new
    }

    /// Whether the candidate is slower by so much that it matters: at the median or at the 95th percentile.
    func shiftMatters(_ latency: AnalysisPolicy.Latency) -> Bool {
        let (slot, other) = (compared.candidate, compared.baseline)
        return odds(slot.high, of: slot) >= latency.toleratedOdds * odds(other.high, of: other)
            || odds(slot.middle + slot.high, of: slot) >= latency.toleratedOdds
                * odds(other.middle + other.high, of: other)
    }

    /// With half an event added to both sides (Haldane, Annals of Human Genetics 1956).
    private func odds(_ slow: Int, of all: OrderedCounts) -> Double {
        (Double(slow) + 0.5) / (Double(all.total - slow) + 0.5)
    }

    var shiftText: String {
        "\(share(compared.candidate)) of \(compared.candidate.total) requests were slower than the baseline's 95th percentile, "
            + "\(share(compared.baseline)) of the baseline's at the same time"
    }

    func lineText(_ slowRatio: Double) -> String {
        "\(share(heldToLine)) of \(heldToLine.total) requests were slower than the baseline's 95th percentile was, "
            + "\(percent(slowRatio)) may"
    }

    private func share(_ counts: OrderedCounts) -> String {
        percent(Proportion(counts.high, of: counts.total).value)
    }
}
