/// What a plan knows of a value.
enum Known: Sendable, Equatable {
    case value(PlanValue)
    /// Only the apply will tell.
    case unknown

    var value: PlanValue? { if case .value(let value) = self { value } else { nil } }
    var string: String? { value?.string }
}

extension MarkedValue {
    /// The value at a dotted path such as `rule.0.status`; null when nothing stands there.
    func at(_ path: String) -> MarkedValue {
        path.split(separator: ".").reduce(self) { value, step in
            value[Int(step).map { .index($0) } ?? .key(String(step))]
        }
    }

    func known(_ path: String) -> Known { at(path).known }

    var known: Known { isUnknown ? .unknown : .value(value) }

    /// The blocks of a list, each with its marks; nil when their number is not known.
    func blocks(_ path: String) -> [MarkedValue]? {
        let list = at(path)
        guard !list.isUnknown else { return nil }
        return (list.value.elements ?? []).indices.map { list[.index($0)] }
    }

    /// The texts of a list, nil for each that is not known; nil when their number is not known. A single text is a
    /// list of one.
    func texts(_ path: String) -> [String?]? {
        if let text = known(path).string { return [text] }
        return blocks(path).map { $0.map { $0.known.string } }
    }
}

/// What a rule expects at a path.
enum Expectation: Sendable {
    case isTrue
    /// Absent counts as false.
    case isFalse
    case atLeast(Int)
    case oneOf([String])
    /// Set to anything, if only to something that the apply will tell.
    case present
    case absent

    fileprivate var text: String {
        switch self {
        case .isTrue: "true"
        case .isFalse: "false"
        case .atLeast(let number): "\(number) or more"
        case .oneOf(let texts): texts.joined(separator: " or ")
        case .present: "a value"
        case .absent: "nothing"
        }
    }

    fileprivate func holds(for value: PlanValue) -> Bool {
        switch self {
        // Some providers keep booleans as text.
        case .isTrue: value == .boolean(true) || value == .string("true")
        case .isFalse: value == .boolean(false) || value == .string("false") || value.isNothing
        case .atLeast(let number): value.integer.map { $0 >= number } ?? false
        case .oneOf(let texts): value.string.map(texts.contains) ?? false
        case .present: !value.isNothing
        case .absent: value.isNothing
        }
    }
}

extension MarkedValue {
    /// What is wrong at `path`; nothing when it is as expected.
    func faults(_ path: String, _ expected: Expectation) -> [PolicyFault] {
        switch known(path) {
        case .unknown: [.unknown("\(path) is known only after apply")]
        case .value(let value) where expected.holds(for: value): []
        case .value: [.broken("\(path) is \(at(path).text), expected \(expected.text)")]
        }
    }
}
