/// Where two sides of a change differ, as text that may be shown.
package struct AttributeChange: Codable, Sendable, Equatable {
    /// `ingress[0].cidr_blocks`, or with `[+]` and `[-]` an element that came or went.
    package let path: String
    package let before: String
    package let after: String
    /// Whether this is why the resource is replaced.
    package let forcesReplacement: Bool

    private enum CodingKeys: String, CodingKey {
        case path, before, after
        case forcesReplacement = "forces_replacement"
    }

    func hiding(_ texts: SensitiveTexts, forcesReplacement: Bool = false) -> AttributeChange {
        AttributeChange(
            path: texts.hide(path), before: texts.hide(before), after: texts.hide(after),
            forcesReplacement: forcesReplacement)
    }
}

/// One side of a comparison: a value with its marks.
struct MarkedValue {
    let value: PlanValue
    let sensitive: PlanValue
    let unknown: PlanValue

    subscript(_ step: PlanStep) -> MarkedValue {
        MarkedValue(
            value: value[step] ?? .null, sensitive: Self.mark(sensitive, step), unknown: Self.mark(unknown, step))
    }

    private static func mark(_ marks: PlanValue, _ step: PlanStep) -> PlanValue {
        marks == .boolean(true) ? marks : marks[step] ?? .null
    }

    var isUnknown: Bool { unknown == .boolean(true) }
    var isSensitive: Bool { sensitive == .boolean(true) }

    /// Compact JSON in which marks stand instead of what they hide.
    var shown: PlanValue {
        if isUnknown { return .string(unknownText) }
        if isSensitive { return value.isNull ? .null : .string(sensitiveText) }
        switch value {
        case .object(let members):
            let keys = Set(members.keys).union((unknown.members ?? [:]).filter(\.value.hasMark).keys)
            return .object(Dictionary(uniqueKeysWithValues: keys.map { ($0, self[.key($0)].shown) }))
        case .list(let elements): return .list(elements.indices.map { self[.index($0)].shown })
        case .null, .boolean, .number, .string: return value
        }
    }

    /// `shown` as text; very long ones are cut, with their length.
    var text: String {
        let text: String
        switch shown {
        case .string(unknownText), .string(sensitiveText): text = shown.string ?? ""
        case let shown: text = shown.json
        }
        return text.count <= 600 ? text : "\(text.prefix(600))… (\(text.count) characters)"
    }
}

extension PlanChange {
    /// Both sides; what is sensitive on one is not harmless on the other.
    var sides: (before: MarkedValue, after: MarkedValue) {
        let marks = beforeSensitive.union(afterSensitive)
        return (
            MarkedValue(value: before, sensitive: marks, unknown: .null),
            MarkedValue(value: after, sensitive: marks, unknown: unknown)
        )
    }
}

extension PlanValue {
    /// Marks that are true where either is.
    fileprivate func union(_ other: PlanValue) -> PlanValue {
        switch (self, other) {
        case (.boolean(true), _), (_, .boolean(true)): return .boolean(true)
        case (.object(let left), .object(let right)): return .object(left.merging(right) { $0.union($1) })
        case (.list(let left), .list(let right)):
            let (long, short) = left.count < right.count ? (right, left) : (left, right)
            return .list(
                long.enumerated().map { $0.offset < short.count ? $0.element.union(short[$0.offset]) : $0.element })
        default: return hasMark && other.hasMark ? .boolean(true) : hasMark ? self : other
        }
    }
}

/// What stands where only the apply will tell.
package let unknownText = "(known after apply)"

/// Compares two sides leaf by leaf.
struct PlanDifference {
    private(set) var found: [(steps: [PlanStep], change: AttributeChange)] = []

    init(_ change: PlanChange) {
        let (before, after) = change.sides
        compare(before, after, at: [])
    }

    private mutating func compare(_ before: MarkedValue, _ after: MarkedValue, at steps: [PlanStep]) {
        guard !after.isUnknown, !before.isSensitive, !after.isSensitive else {
            return add(before, after, steps, isSame: before.value == after.value && !after.isUnknown)
        }
        switch (before.value, after.value) {
        case (.object(let left), .object(let right)):
            let unknown = (after.unknown.members ?? [:]).filter(\.value.hasMark).keys
            for key in Set(left.keys).union(right.keys).union(unknown).sorted() {
                compare(before[.key(key)], after[.key(key)], at: steps + [.key(key)])
            }
        case (.list(let left), .list(let right)): compareLists(before, after, left, right, at: steps)
        case (.string(let left), .string(let right)) where left != right:
            guard let inner = Self.documents(left, right) else { return add(before, after, steps, isSame: false) }
            compare(inner.0, inner.1, at: steps)
        default: add(before, after, steps, isSame: before.value == after.value && !after.unknown.hasMark)
        }
    }

    /// Lists of blocks of the same length are compared in pairs; of others it is told which elements came and went.
    private mutating func compareLists(
        _ before: MarkedValue, _ after: MarkedValue, _ left: [PlanValue], _ right: [PlanValue], at steps: [PlanStep]
    ) {
        let isOfBlocks = (left + right).allSatisfy { $0.members != nil || $0.elements != nil }
        guard left.count != right.count || !isOfBlocks, !after.unknown.hasMark else {
            for index in 0..<max(left.count, right.count) {
                compare(before[.index(index)], after[.index(index)], at: steps + [.index(index)])
            }
            return
        }
        var rest = right
        var gone: [Int] = []
        for (index, element) in left.enumerated() {
            if let match = rest.firstIndex(of: element) { rest.remove(at: match) } else { gone.append(index) }
        }
        let path = pathText(steps)
        for index in gone { add("\(path)[-]", before[.index(index)].text, "null", steps) }
        for element in rest {
            guard let index = right.firstIndex(of: element) else { continue }
            add("\(path)[+]", "null", after[.index(index)].text, steps)
        }
        if gone.isEmpty, rest.isEmpty, left != right { add(path, before.text, after.text, steps) }
    }

    /// Policies and other documents are texts of JSON: the difference is inside.
    private static func documents(_ left: String, _ right: String) -> (MarkedValue, MarkedValue)? {
        func document(_ text: String) -> MarkedValue? {
            guard text.hasPrefix("{") || text.hasPrefix("[") else { return nil }
            do {
                return MarkedValue(value: try PlanValueReader.read(text.utf8), sensitive: .null, unknown: .null)
            } catch {
                return nil  // a text that only begins like JSON is compared as text
            }
        }
        guard let left = document(left), let right = document(right), left.value != right.value else { return nil }
        return (left, right)
    }

    private mutating func add(_ before: MarkedValue, _ after: MarkedValue, _ steps: [PlanStep], isSame: Bool) {
        if !isSame { add(pathText(steps), before.text, after.text, steps) }
    }

    private mutating func add(_ path: String, _ before: String, _ after: String, _ steps: [PlanStep]) {
        found.append((steps, AttributeChange(path: path, before: before, after: after, forcesReplacement: false)))
    }
}
