/// What a value of an answer must be; every part that is set must hold.
package struct ValueMatcher: Codable, Sendable, Equatable {
    /// Value and type: `3` is not `"3"`.
    package var equals: JSONValue?
    package var notEquals: JSONValue?
    package var greaterThan: Double?
    package var lessThan: Double?
    package var atLeast: Double?
    package var atMost: Double?
    /// A regular expression that must match somewhere.
    package var matches: String?
    package var contains: String?
    /// Characters of a text, elements of a list, members of an object.
    package var length: Int?
    /// false: nothing may be there.
    package var exists: Bool?
    /// Comparisons of versions, for example `>=1.2 <2`.
    package var semver: String?

    package init() {}

    package static func equal(to value: JSONValue) -> ValueMatcher {
        var matcher = ValueMatcher()
        matcher.equals = value
        return matcher
    }

    package static func containing(_ part: String) -> ValueMatcher {
        var matcher = ValueMatcher()
        matcher.contains = part
        return matcher
    }

    /// What does not hold; nil when all does.
    func fault(of value: JSONValue?) -> String? {
        if exists == false { return value.map { "is there: \($0.printed.prefix(80))" } }
        guard let value else { return "missing" }
        let holds = [
            equals.map { $0 == value }, notEquals.map { $0 != value },
            compare(value, greaterThan) { $0 > $1 }, compare(value, lessThan) { $0 < $1 },
            compare(value, atLeast) { $0 >= $1 }, compare(value, atMost) { $0 <= $1 },
            matches.map { textMatches(value.text, $0) }, contains.map { has(value, $0) },
            length.map { size(of: value) == $0 }, semver.map { VersionRange($0)?.contains(value.text) ?? false },
        ]
        return holds.contains(false) ? String(value.printed.prefix(120)) : nil
    }

    /// As a person reads it.
    var text: String {
        let parts = [
            equals.map(\.printed), notEquals.map { "not \($0.printed)" },
            greaterThan.map { "more than \(numberText($0))" }, lessThan.map { "less than \(numberText($0))" },
            atLeast.map { "at least \(numberText($0))" }, atMost.map { "at most \(numberText($0))" },
            matches.map { "matches `\($0)`" }, contains.map { "contains `\($0)`" },
            length.map { "length \($0)" }, exists.map { $0 ? "present" : "absent" }, semver.map { "version \($0)" },
        ].compactMap { $0 }
        return parts.isEmpty ? "present" : parts.joined(separator: " and ")
    }

    /// nil when not asked for; a value that is no number does not compare.
    private func compare(_ value: JSONValue, _ limit: Double?, _ holds: (Double, Double) -> Bool) -> Bool? {
        guard let limit else { return nil }
        switch value {
        case .number(let number): return holds(number, limit)
        case .null, .boolean, .string, .array, .object: return false
        }
    }

    private func has(_ value: JSONValue, _ part: String) -> Bool {
        switch value {
        case .array(let elements): elements.contains { $0.text == part }
        case .object(let members): members[part] != nil
        case .null, .boolean, .number, .string: value.text.contains(part)
        }
    }

    private func size(of value: JSONValue) -> Int? {
        switch value {
        case .string(let text): text.count
        case .array(let elements): elements.count
        case .object(let members): members.count
        case .null, .boolean, .number: nil
        }
    }
}

/// Whether `pattern` matches somewhere in `text`; one that is no regular expression matches nothing, and readers of
/// configuration refuse it with `isPattern`.
func textMatches(_ text: String, _ pattern: String) -> Bool {
    do { return try Regex(pattern).firstMatch(in: text) != nil } catch { return false }
}

/// Whether `text` is a regular expression.
package func isPattern(_ text: String) -> Bool {
    do {
        _ = try Regex(text)
        return true
    } catch {
        return false
    }
}
