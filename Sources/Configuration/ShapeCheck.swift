import OpsModel

/// Compares a tree with its shape and collects every problem. Scalars that hold references are typed after resolving.
struct ShapeCheck {
    private(set) var problems: [ConfigurationProblem] = []

    mutating func check(_ value: ConfigurationValue, _ shape: Shape) {
        switch (shape, value.content) {
        case (.list(let element), .list(let elements)):
            if elements.isEmpty {
                problems.append(value.problem("the list is empty", fix: "add an element, or remove the key"))
            }
            for each in elements { check(each, element) }
        case (.map(let element), .mapping(let pairs)):
            if pairs.isEmpty {
                problems.append(value.problem("the mapping is empty", fix: "add an entry, or remove the key"))
            }
            for pair in pairs { check(pair.value, element) }
        case (.object(let object), .mapping(let pairs)):
            check(pairs, object, in: value)
        case (.list, _), (.map, _), (.object, _), (_, .list), (_, .mapping):
            problems.append(
                value.problem("expected \(shape.name), found \(value.contentName)", fix: "write \(shape.name)"))
        case (_, .scalar(let text)):
            if !Reference.isPresent(in: text) { checkScalar(text, shape, at: value) }
        }
    }

    mutating func checkScalar(_ text: String, _ shape: Shape, at value: ConfigurationValue) {
        guard !shape.accepts(text) else { return }
        if case .choice(let names) = shape {
            let nearest = nearestName(to: text, among: names)
            problems.append(
                value.problem(
                    "`\(text)` is not one of \(names.joined(separator: ", "))",
                    fix: nearest.map { "write \($0)" } ?? "write one of them"))
        } else {
            problems.append(value.problem("expected \(shape.name), found `\(text)`", fix: "write \(shape.name)"))
        }
    }

    private mutating func check(
        _ pairs: [(key: String, value: ConfigurationValue)], _ shape: ObjectShape, in parent: ConfigurationValue
    ) {
        let known = shape.fields.map(\.name)
        for (key, value) in pairs {
            if let field = shape.field(key) {
                check(value, field.shape)
            } else {
                let nearest = nearestName(to: key, among: known)
                problems.append(
                    value.problem(
                        "unknown key `\(key)`",
                        fix: nearest.map { "did you mean `\($0)`?" } ?? "valid keys: \(known.joined(separator: ", "))"))
            }
        }
        for field in shape.fields where field.isRequired && !pairs.contains(where: { $0.key == field.name }) {
            problems.append(
                parent.problem("the key `\(field.name)` is missing", fix: "add `\(field.name)`: \(field.note)"))
        }
        checkExactlyOne(shape.exactlyOne, pairs.map(\.key), in: parent)
    }

    private mutating func checkExactlyOne(_ names: [String], _ keys: [String], in parent: ConfigurationValue) {
        guard !names.isEmpty else { return }
        let present = names.filter(keys.contains)
        guard present.count != 1 else { return }
        let why =
            present.isEmpty
            ? "none of \(names.joined(separator: ", ")) is there"
            : "\(present.joined(separator: " and ")) exclude each other"
        problems.append(parent.problem(why, fix: "keep exactly one of them"))
    }
}

extension ConfigurationValue {
    fileprivate var contentName: String {
        switch content {
        case .scalar(let text): text.isEmpty ? "nothing" : "`\(text)`"
        case .list: "a list"
        case .mapping: "a mapping"
        }
    }
}

extension Shape {
    func accepts(_ text: String) -> Bool {
        switch self {
        case .string, .secret, .path: !text.isEmpty
        case .integer(let range): Int(text).map(range.contains) ?? false
        case .number(let range): Double(text).map(range.contains) ?? false
        case .boolean: text == "true" || text == "false"
        case .duration: Duration(text: text) != nil
        case .choice(let names): names.contains(text)
        case .list, .map, .object: false
        }
    }
}
