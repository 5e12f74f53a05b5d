/// What stands where a value was sensitive.
package let sensitiveText = "(sensitive)"

/// The sensitive values that one redaction met.
final class SensitiveValues {
    private var secrets: Set<String> = []
    private var attributes: [String: Set<String>] = [:]
    private var wholly: Set<String> = []

    var texts: SensitiveTexts { SensitiveTexts(secrets) }

    /// Hides all of `value`. null stays: that nothing is set is no secret, and rules ask for it.
    func hide(_ value: PlanValue) -> PlanValue {
        guard !value.isNull else { return .null }
        secrets.formUnion(value.strings.filter { $0 != sensitiveText })
        return .string(sensitiveText)
    }

    /// Hides what `marks` say. Where marks and value differ in form, all of the value is hidden.
    func hide(_ value: PlanValue, _ marks: PlanValue) -> PlanValue {
        switch (marks, value) {
        case (.boolean(true), _): return hide(value)
        case (_, .string(sensitiveText)): return value
        case (.object(let marks), .object(let members)):
            return .object(
                Dictionary(uniqueKeysWithValues: members.map { ($0.key, hide($0.value, marks[$0.key] ?? .null)) }))
        case (.list(let marks), .list(let elements)):
            return .list(
                elements.enumerated().map { hide($0.element, $0.offset < marks.count ? marks[$0.offset] : .null) })
        default: return marks.hasMark ? hide(value) : value
        }
    }

    /// Remembers which attributes of a type are sensitive.
    func note(_ marks: PlanValue, in type: String?) {
        guard let type else { return }
        if marks == .boolean(true) { wholly.insert(type) }
        for (name, mark) in marks.members ?? [:] where mark.hasMark { attributes[type, default: []].insert(name) }
    }

    /// Whether an attribute of `type` was sensitive somewhere.
    func attributes(of type: String) -> (String) -> Bool {
        { [wholly, attributes] in wholly.contains(type) || attributes[type]?.contains($0) == true }
    }
}

extension PlanValue {
    /// Whether anything in these marks is true.
    var hasMark: Bool {
        switch self {
        case .boolean(let isMarked): isMarked
        case .list(let elements): elements.contains(where: \.hasMark)
        case .object(let members): members.values.contains(where: \.hasMark)
        case .null, .number, .string: false
        }
    }
}
