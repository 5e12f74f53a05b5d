/// A JSON value of a plan. Numbers keep their digits: what Terraform wrote is what is compared, stored and printed.
package enum PlanValue: Sendable, Hashable {
    case null
    case boolean(Bool)
    case number(String)
    case string(String)
    case list([PlanValue])
    case object([String: PlanValue])

    package subscript(_ key: String) -> PlanValue? {
        if case .object(let members) = self { members[key] } else { nil }
    }

    package var string: String? { if case .string(let text) = self { text } else { nil } }
    package var boolean: Bool? { if case .boolean(let value) = self { value } else { nil } }
    package var elements: [PlanValue]? { if case .list(let elements) = self { elements } else { nil } }
    package var members: [String: PlanValue]? { if case .object(let members) = self { members } else { nil } }

    package var integer: Int? {
        switch self {
        case .number(let digits): Int(digits)
        case .string(let text): Int(text)
        case .null, .boolean, .list, .object: nil
        }
    }

    package var isNull: Bool { self == .null }

    /// Nothing set: Terraform and providers write null, "", [] and {} for the same thing.
    var isNothing: Bool {
        switch self {
        case .null: true
        case .string(let text): text.isEmpty
        case .list(let elements): elements.isEmpty
        case .object(let members): members.isEmpty
        case .boolean, .number: false
        }
    }

    /// What stands at `steps`; nil when the way leads nowhere.
    package func at(_ steps: some Sequence<PlanStep>) -> PlanValue? {
        var value = self
        for step in steps {
            guard let next = value[step] else { return nil }
            value = next
        }
        return value
    }

    subscript(_ step: PlanStep) -> PlanValue? {
        switch (step, self) {
        case (.key(let name), .object(let members)): members[name]
        case (.index(let index), .list(let elements)): elements.indices.contains(index) ? elements[index] : nil
        default: nil
        }
    }

    /// The texts of all strings below, for searching.
    var strings: [String] {
        switch self {
        case .string(let text): [text]
        case .list(let elements): elements.flatMap(\.strings)
        case .object(let members): members.values.flatMap(\.strings)
        case .null, .boolean, .number: []
        }
    }
}

/// One step into a value.
package enum PlanStep: Sendable, Hashable {
    case key(String)
    case index(Int)
}

/// `tags["a b"].x[0]`.
package func pathText(_ steps: some Sequence<PlanStep>) -> String {
    var text = ""
    for step in steps {
        switch step {
        case .index(let index): text += "[\(index)]"
        case .key(let name):
            let isWord = name.wholeMatch(of: #/[A-Za-z_][A-Za-z0-9_-]*/#) != nil
            text += isWord ? (text.isEmpty ? name : ".\(name)") : "[\(PlanValue.string(name).json)]"
        }
    }
    return text
}
