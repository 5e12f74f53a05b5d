import Foundation

/// Evidence against a null hypothesis: the mean of many test martingales, one per alternative; it begins at 1.
///
/// Under the null its expectation never grows, whenever one looks, so it reaches 1/α with probability at most α (Ville, Étude
/// critique de la notion de collectif, 1939; Ramdas et al., Game-theoretic statistics and safe anytime-valid inference, 2023,
/// section 2). Logarithms are kept, and summed without overflow.
package struct EvidenceMixture: Codable, Sendable, Equatable {
    /// How many alternatives are mixed.
    package static let alternatives = 64

    private var logs = [Double](repeating: 0, count: Self.alternatives)
    /// Natural logarithm of the evidence.
    package private(set) var logValue = 0.0

    package init() {}

    /// Multiplies the martingale of each alternative by the exponential of its gain.
    package mutating func add(_ gains: [Double]) {
        precondition(gains.count == Self.alternatives, "one gain per alternative")
        for index in 0..<Self.alternatives { logs[index] += gains[index] }
        logValue = logSumExp(logs) - Foundation.log(Double(Self.alternatives))
    }

    /// Alternatives from just above `first` to `last`, evenly spaced in their logarithm.
    static func ratios(from first: Double, to last: Double) -> [Double] {
        (0..<alternatives).map { first * Foundation.pow(last / first, Double($0) / Double(alternatives - 1)) }
    }
}

/// log Σ exp(xᵢ) without overflow; −∞ for no numbers.
package func logSumExp(_ numbers: [Double]) -> Double {
    guard let highest = numbers.max(), highest > -.infinity else { return -.infinity }
    var sum = 0.0
    for number in numbers { sum += Foundation.exp(number - highest) }
    return highest + Foundation.log(sum)
}
