/// What stands where only the apply will tell.
package let unknownText = "(known after apply)"

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

    func at(_ steps: [PlanStep]) -> MarkedValue { steps.reduce(self) { $0[$1] } }

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
