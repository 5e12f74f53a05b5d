import Foundation
import OpsModel

/// What a value of an answer must be; every part that is set must hold. Scalars are compared as text: `3` is "3".
package struct SmokeMatcher: Sendable, Equatable {
    package var equals: String?
    package var oneOf: [String]?
    /// A part of a text, an element of a list, or a member of an object.
    package var contains: String?
    /// A regular expression that must match somewhere.
    package var matches: String?
    package var atLeast: Double?
    package var atMost: Double?
    /// false: nothing may stand there.
    package var exists: Bool?

    package init() {}

    package static func equal(to text: String) -> SmokeMatcher {
        var matcher = SmokeMatcher()
        matcher.equals = text
        return matcher
    }

    package static func containing(_ part: String) -> SmokeMatcher {
        var matcher = SmokeMatcher()
        matcher.contains = part
        return matcher
    }

    /// What stands there in place of what should; nil when everything holds.
    func fault(of value: PlainJSON?) -> String? {
        if exists == false { return value.map { "\($0.printed.prefix(120)), expected nothing" } }
        guard let value else { return "missing, expected \(expected)" }
        let holds = [
            equals.map { $0 == value.plainText }, oneOf.map { $0.contains(value.plainText ?? "") },
            contains.map { value.has($0) }, matches.map { textMatches(value.printed, $0) },
            atLeast.map { limit in value.plainNumber.map { $0 >= limit } ?? false },
            atMost.map { limit in value.plainNumber.map { $0 <= limit } ?? false },
        ]
        return holds.contains(false) ? "\(value.printed.prefix(120)), expected \(expected)" : nil
    }

    /// As a person reads it.
    var expected: String {
        let parts = [
            equals, oneOf.map { "one of \($0.joined(separator: ", "))" }, contains.map { "a part `\($0)`" },
            matches.map { "a match of `\($0)`" }, atLeast.map { "at least \(plain($0))" },
            atMost.map { "at most \(plain($0))" },
        ].compactMap { $0 }
        return parts.isEmpty ? "a value" : parts.joined(separator: " and ")
    }

    private func plain(_ number: Double) -> String { String(format: "%g", number) }
}

/// Whether `pattern` matches somewhere in `text`; what is no regular expression matches nothing, and the reader of the
/// configuration refuses it.
func textMatches(_ text: String, _ pattern: String) -> Bool { firstMatch(of: pattern, in: text) != nil }

/// The first group of the first match, or all of it where the pattern has no group.
func firstMatch(of pattern: String, in text: String) -> String? {
    do {
        guard let match = try Regex(pattern).firstMatch(in: text) else { return nil }
        let part = match.output.count > 1 ? match.output[1].substring : match.output[0].substring
        return part.map(String.init)
    } catch { return nil }
}

extension PlainJSON {
    /// A scalar as text; nil for lists and objects.
    fileprivate var plainText: String? { self == .null ? "null" : scalarText }

    fileprivate var plainNumber: Double? {
        switch self {
        case .integer(let number): Double(number)
        case .number(let number): number
        // Headers and captures are texts.
        case .string(let text): Double(text)
        case .null, .boolean, .list, .object: nil
        }
    }

    fileprivate var printed: String {
        switch self {
        case .list(let elements): "[\(elements.map(\.printed).joined(separator: ", "))]"
        case .object(let members): "{\(members.keys.sorted().joined(separator: ", "))}"
        case .null, .boolean, .integer, .number, .string: plainText ?? ""
        }
    }

    fileprivate func has(_ part: String) -> Bool {
        switch self {
        case .list(let elements): elements.contains { $0.plainText == part }
        case .object(let members): members[part] != nil
        case .null, .boolean, .integer, .number, .string: printed.contains(part)
        }
    }
}
