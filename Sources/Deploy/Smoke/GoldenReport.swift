package import OpsModel

/// What paired requests to both slots showed.
package struct GoldenReport: Codable, Sendable, Equatable {
    /// One side of a pair.
    package struct Side: Codable, Sendable, Equatable {
        /// Of the last response; nil when there was none.
        package var status: Int?
        package var bytes: Int?
        /// Of a PDF; nil where they cannot be counted.
        package var pages: Int?
        package var contentType: String?
        /// From the first step to the end of the last.
        package var elapsedMilliseconds: Int64
        /// Why this side failed; nil: it did not.
        package var fault: String?
        /// Whether nothing could be asked at all.
        package var isInconclusive = false

        private enum CodingKeys: String, CodingKey {
            case status, bytes, pages, fault
            case contentType = "content_type"
            case elapsedMilliseconds = "elapsed_ms"
            case isInconclusive = "inconclusive"
        }
    }

    /// The same request to both at the same moment.
    package struct Pair: Codable, Sendable, Equatable {
        package let request: String
        package let round: Int
        package let candidate: Side
        package let baseline: Side
        /// How the results differ, where both sides answered well.
        package let differences: [String]
    }

    /// One thing that is compared.
    package struct Judgement: Codable, Sendable, Equatable {
        /// `outcome`, `content` or `time`.
        package let name: String
        package let verdict: Verdict
        /// Pairs that speak against the candidate, and for it.
        package let against: Int
        package let forCandidate: Int
        /// Of the exact one-sided McNemar test; nil where it is not used.
        package let probability: Double?
        package let detail: String

        private enum CodingKeys: String, CodingKey {
            case name, verdict, against, detail
            case forCandidate = "for"
            case probability = "p"
        }
    }

    package let verdict: Verdict
    package let judgements: [Judgement]
    package let pairs: [Pair]
    /// Cleanup steps that failed: what is left behind, and where.
    package let leftBehind: [String]

    private enum CodingKeys: String, CodingKey {
        case verdict, judgements, pairs
        case leftBehind = "left_behind"
    }

    /// One line for a journal.
    package var summary: String {
        let decisive = judgements.first { $0.verdict == verdict && verdict != .pass }
        let left = leftBehind.isEmpty ? "" : "; left behind: \(leftBehind[0])"
        return (decisive.map { "\($0.name): \($0.detail)" } ?? "\(pairs.count) pairs, no difference") + left
    }
}
