/// A value of a resource's setting: as it was promised, or as AWS tells it. Lists have no order.
package enum AWSValue: Codable, Sendable, Equatable {
    case text(String)
    case number(Double)
    case flag(Bool)
    case list([String])
    /// The resource has none.
    case none

    package enum Form: String, Sendable { case text, number, flag, list }

    /// As people read it.
    package var text: String {
        switch self {
        case .text(let text): text
        case .number(let number): numberText(number)
        case .flag(let flag): flag ? "true" : "false"
        case .list(let elements): elements.isEmpty ? "nothing" : elements.sorted().joined(separator: ", ")
        case .none: "none"
        }
    }

    package func has(_ form: Form) -> Bool {
        switch (self, form) {
        case (.text, .text), (.number, .number), (.flag, .flag), (.list, .list): true
        default: false
        }
    }
}

/// When what AWS tells is as good as what was promised.
enum AWSComparison: Sendable {
    case equal
    /// More is as good: days that backups are kept.
    case atLeast
    /// Names of one thing that AWS writes in several ways: a key's ARN or its id, a URL with or without scheme.
    case sameName

    func holds(_ observed: AWSValue, _ expected: AWSValue) -> Bool {
        switch (self, observed, expected) {
        case (_, .list(let observed), .list(let expected)): observed.sorted() == expected.sorted()
        case (.atLeast, .number(let observed), .number(let expected)): observed >= expected
        // Both were written as decimals, not always by the same rule.
        case (_, .number(let observed), .number(let expected)):
            abs(observed - expected) <= 1e-9 * max(abs(observed), abs(expected))
        case (.sameName, .text(let observed), .text(let expected)): Self.bare(observed) == Self.bare(expected)
        default: observed == expected
        }
    }

    /// `arn:aws:kms:eu-west-1:123456789012:key/abc` → `abc`; `https://host/path` → `host/path`.
    private static func bare(_ name: String) -> Substring {
        if let range = name.firstRange(of: ":key/") { return name[range.upperBound...] }
        return name.hasPrefix("https://") ? name.dropFirst(8) : name[...]
    }
}

extension AWSValue {
    /// What is wrong with it, short: of lists the excess and the lack alone.
    func difference(from expected: AWSValue) -> String {
        guard case .list(let found) = self, case .list(let wanted) = expected else { return text }
        let excess = found.filter { !wanted.contains($0) }.sorted()
        let lack = wanted.filter { !found.contains($0) }.sorted()
        let parts = [
            excess.isEmpty ? nil : "in excess: \(excess.joined(separator: ", "))",
            lack.isEmpty ? nil : "missing: \(lack.joined(separator: ", "))",
        ].compactMap { $0 }
        return parts.isEmpty ? text : parts.joined(separator: "; ")
    }
}
