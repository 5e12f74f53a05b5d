import Foundation

/// The exact one-sided McNemar test on discordant pairs (McNemar 1947; the binomial form, without approximation).
enum GoldenVerdict {
    /// Below it a difference is no chance: 7 pairs that all speak against the candidate give 0.8 %.
    static let significance = 0.01

    /// P(X >= `against`) for X ~ Bin(`against` + `forCandidate`, 1/2): how often pairs of equal releases would come out at
    /// least as bad for the candidate.
    static func probability(against: Int, forCandidate: Int) -> Double {
        let count = against + forCandidate
        guard count > 0, against > 0 else { return 1 }
        // In logarithms: the coefficients of some thousand pairs are larger than any Double.
        let logs = (against...count).map { logProbability(of: $0, in: count) }
        let largest = logs.max() ?? 0
        let sum = logs.reduce(0) { $0 + exp($1 - largest) }
        return min(1, exp(largest) * sum)
    }

    /// log P(X = `hits`) for X ~ Bin(`count`, 1/2).
    private static func logProbability(of hits: Int, in count: Int) -> Double {
        let ways: Double = lgamma(Double(count + 1)) - lgamma(Double(hits + 1)) - lgamma(Double(count - hits + 1))
        return ways - Double(count) * log(2.0)
    }

    /// Pairs that must speak against the candidate, none for it, before it fails: 2^-n is to be at most the significance.
    static let fewestPairs = Int((-log2(significance)).rounded(.up))
}
