import Foundation
import Statistics

/// Evidence against the candidate. Each kind has a weight, and the weights sum to 1: the weighted sum is evidence too, which an
/// equal candidate brings to 1/α with probability at most α.
extension Analysis {
    private struct Part {
        /// log of weight times evidence.
        let log: Double
        /// Whether what it shows is large enough, and no single burst.
        let matters: Bool
        let text: () -> String
    }

    private var parts: [Part] {
        var parts = [
            Part(
                log: Foundation.log(policy.ratioAlphaShare) + errors.ratioLog,
                matters: errors.ratioMatters(policy), text: { errors.ratioText }),
            Part(
                log: Foundation.log(policy.budgetAlphaShare) + errors.budgetLog,
                matters: errors.budgetMatters(leastErrorRatio), text: { errors.budgetText(line: errorLine) }),
        ]
        guard let latency = policy.latency else { return parts }
        parts.append(
            Part(
                log: shiftLogWeight + slowness.shiftLog, matters: slowness.shiftMatters(latency),
                text: { slowness.shiftText }))
        parts.append(
            Part(
                log: slowLineLogWeight + slowness.lineLog, matters: true, text: { slowness.lineText(slowLine ?? 1) }))
        return parts
    }

    /// Evidence of all kinds, against the threshold 1/α; at most 10¹², which is enough for everybody.
    package var totalEvidence: Double { Foundation.exp(min(logSumExp(parts.map(\.log)), Foundation.log(1e12))) }

    /// Why the candidate is to be rolled back; nil when it is not.
    var regression: String? {
        let counted = parts.filter(\.matters)
        guard logSumExp(counted.map(\.log)) >= Foundation.log(policy.threshold),
            let heaviest = counted.max(by: { $0.log < $1.log })
        else { return nil }
        return "\(heaviest.text()); evidence \(evidenceText)"
    }

    /// For people: `E 3.1 of 100`.
    var evidenceText: String {
        let evidence = totalEvidence
        let number = evidence >= 1e4 ? String(format: "%.0e", evidence) : String(format: "%.3g", evidence)
        return "E \(number) of \(String(format: "%.4g", policy.threshold))"
    }
}
