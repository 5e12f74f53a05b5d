import Foundation

/// How many requests of one slot fell into each of three ordered classes.
package struct OrderedCounts: Codable, Sendable, Equatable {
    package var low: Int
    package var middle: Int
    package var high: Int

    package init(low: Int = 0, middle: Int = 0, high: Int = 0) {
        (self.low, self.middle, self.high) = (low, middle, high)
    }

    package var total: Int { low + middle + high }

    package static func + (left: Self, right: Self) -> Self {
        Self(low: left.low + right.low, middle: left.middle + right.middle, high: left.high + right.high)
    }

    package static func - (left: Self, right: Self) -> Self {
        Self(low: left.low - right.low, middle: left.middle - right.middle, high: left.high - right.high)
    }
}

/// Evidence that the candidate's values lie in higher classes than the baseline's of the same time.
///
/// Given how many requests each slot had and how many fell into each class, an equal candidate is a random sample of all requests.
/// The score of a sample is its number of middle ones plus twice its number of high ones; each alternative multiplies the odds by
/// r per class, and contributes r^score over the mean of that under all samples: Fisher's noncentral hypergeometric law, for
/// ordered classes (Agresti, A survey of exact inference for contingency tables, Statistical Science 1992, section 3). As the
/// margins are given, load, shares and slowness that both slots have in common do not matter, and no estimate is trusted.
package struct ShiftEvidence: Codable, Sendable, Equatable {
    private var mixture = EvidenceMixture()
    package var logValue: Double { mixture.logValue }

    package init() {}

    /// Adds one block of requests that both slots had at the same time.
    package mutating func add(candidate: OrderedCounts, baseline: OrderedCounts) {
        guard candidate.total > 0, baseline.total > 0 else { return }
        let law = ScoreLaw(all: candidate + baseline, sample: candidate.total)
        let score = Double(candidate.middle + 2 * candidate.high)
        mixture.add(Self.logRatios.map { $0 * score - law.logMean(tilt: $0) })
    }

    /// Odds per class of the alternatives: (1.05, 20].
    private static let logRatios = EvidenceMixture.ratios(from: 1.05, to: 20).map { Foundation.log($0) }
}

/// The distribution of the score of a random sample without replacement, in logarithms: the alternatives live in its far tail.
private struct ScoreLaw {
    private let first: Int
    private let logs: [Double]

    init(all: OrderedCounts, sample: Int) {
        let ways = logChoose(all.total, sample)
        let highs = Self.possible(of: all.high, among: all.total, sample: sample)
        let middles = Self.possible(of: all.middle, among: all.total, sample: sample)
        first = middles.lowerBound + 2 * highs.lowerBound
        var logs = [Double](repeating: -.infinity, count: middles.upperBound + 2 * highs.upperBound - first + 1)
        for high in highs {
            let logHigh = logChoose(all.high, high) - ways
            for middle in middles where (0...all.low).contains(sample - high - middle) {
                let log = logHigh + logChoose(all.middle, middle) + logChoose(all.low, sample - high - middle)
                let score = middle + 2 * high - first
                logs[score] = logSumExp([logs[score], log])
            }
        }
        self.logs = logs
    }

    /// How many of a class a sample can hold.
    private static func possible(of members: Int, among all: Int, sample: Int) -> ClosedRange<Int> {
        max(0, sample - (all - members))...min(members, sample)
    }

    /// log of the mean of exp(tilt · score).
    func logMean(tilt: Double) -> Double {
        logSumExp(logs.indices.map { logs[$0] + tilt * Double(first + $0) })
    }
}
