import Foundation

/// Evidence that a proportion lies above a line, p > p₀; needs nothing to compare with.
///
/// The null is p ≤ p₀; each alternative p₁ contributes (p₁/p₀)^bad · ((1−p₁)/(1−p₀))^good (Wald, Sequential tests of statistical
/// hypotheses, 1945), mixed over p₁ from 1.05 p₀ to 100 p₀, or to almost 1.
package struct BernoulliEvidence: Codable, Sendable, Equatable {
    private var mixture = EvidenceMixture()
    package var logValue: Double { mixture.logValue }

    package init() {}

    /// - Parameters:
    ///   - good: trials that did not turn out bad; negative when trials that counted as good turn out bad later.
    ///   - line: p₀ for these trials; outside of 0.000001…0.9 it is taken as the nearest of these.
    ///   - overdispersion: at least 1, known before these trials; see `RateRatioEvidence`.
    package mutating func add(bad: Int, good: Int, line: Double, overdispersion: Double = 1) {
        guard bad != 0 || good != 0 else { return }
        let line = min(max(line, 1e-6), 0.9)
        let alternatives = EvidenceMixture.ratios(from: line * 1.05, to: min(line * 100, 1 - (1 - line) / 100))
        mixture.add(
            alternatives.map { alternative in
                let gain =
                    Double(bad) * Foundation.log(alternative / line)
                    + Double(good) * Foundation.log((1 - alternative) / (1 - line))
                return gain / max(1, overdispersion)
            })
    }
}
