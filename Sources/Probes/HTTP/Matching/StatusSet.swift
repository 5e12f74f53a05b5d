/// Statuses that are accepted: codes, classes and ranges.
package struct StatusSet: Codable, Sendable, Equatable {
    package let ranges: [ClosedRange<Int>]

    package static let ok = StatusSet(codes: [200])

    package init(codes: [Int]) { ranges = codes.map { $0...$0 } }

    /// `200`, `2xx`, `200-299`; nil for anything else.
    package init?(_ texts: [String]) {
        var ranges: [ClosedRange<Int>] = []
        for text in texts {
            guard let range = Self.range(text.lowercased()) else { return nil }
            ranges.append(range)
        }
        self.ranges = ranges
    }

    private static func range(_ text: String) -> ClosedRange<Int>? {
        let ends = text.split(separator: "-", omittingEmptySubsequences: false).map { Int($0) }
        if text.count == 3, text.hasSuffix("xx"), let digit = text.first?.wholeNumberValue, (1...5).contains(digit) {
            return digit * 100...digit * 100 + 99
        }
        guard let first = ends.first ?? nil, let last = ends.last ?? nil, ends.count <= 2,
            (100...599).contains(first), first <= last, last <= 599
        else { return nil }
        return first...last
    }

    package func contains(_ status: Int) -> Bool { ranges.contains { $0.contains(status) } }

    package var text: String {
        ranges.map { $0.count == 1 ? "\($0.lowerBound)" : "\($0.lowerBound)-\($0.upperBound)" }.joined(separator: ", ")
    }
}
