import Foundation

/// Evidence that rare bad events fall on the candidate more often than its share of the requests and a tolerated ratio explain.
///
/// Given that a bad event happens, it is the candidate's with probability θ(r) = r·w / (r·w + 1 − w), w being the candidate's share
/// of the requests at that time and r the ratio of the two error rates. The null is r ≤ ρ; each alternative contributes the
/// likelihood ratio against ρ. Load and shares may change at will: only the split of the events counts (Lindon and Malek,
/// Anytime-valid inference for multinomial count data, NeurIPS 2022, section 4).
package struct RateRatioEvidence: Codable, Sendable, Equatable {
    /// ρ: ratios up to it are tolerated.
    package let toleratedRatio: Double
    private var mixture = EvidenceMixture()
    package var logValue: Double { mixture.logValue }

    package init(toleratedRatio: Double) {
        precondition(toleratedRatio >= 1, "a ratio below 1 would blame an equal release")
        self.toleratedRatio = toleratedRatio
    }

    /// Adds bad events that happened while the candidate had `share` (0…1) of the requests. A slot without requests is no
    /// comparison: nothing is added at a share of 0 or 1.
    /// - Parameter overdispersion: variance over mean of bad events, at least 1, known before these events: dependent events are
    ///   worth that much less. The root of a martingale's factor is still bounded (Jensen).
    package mutating func add(candidateBad: Int, baselineBad: Int, share: Double, overdispersion: Double = 1) {
        guard candidateBad + baselineBad > 0, share > 0, share < 1 else { return }
        let (bad, events) = (Double(candidateBad), Double(candidateBad + baselineBad))
        let nullMass = toleratedRatio * share + 1 - share
        let ratios = Self.ratios
        mixture.add(
            ratios.map { ratio in
                // θ(r)/θ(ρ) is r/ρ · mass(ρ)/mass(r), and (1−θ(r))/(1−θ(ρ)) is mass(ρ)/mass(r).
                let excess = Foundation.log((ratio * toleratedRatio * share + 1 - share) / nullMass)
                return (bad * Foundation.log(ratio) - events * excess) / max(1, overdispersion)
            })
    }

    /// Alternatives relative to ρ: (1.05, 100].
    private static let ratios = EvidenceMixture.ratios(from: 1.05, to: 100)

    /// The fewest bad events, all of them the candidate's, that bring the evidence to `threshold`.
    package static func fewestBadEvents(share: Double, toleratedRatio: Double = 1, threshold: Double = 100) -> Int {
        precondition(share > 0 && share < 1, "both slots need requests")
        var evidence = RateRatioEvidence(toleratedRatio: toleratedRatio)
        var events = 0
        while evidence.logValue < Foundation.log(threshold) {
            evidence.add(candidateBad: 1, baselineBad: 0, share: share)
            events += 1
        }
        return events
    }
}
