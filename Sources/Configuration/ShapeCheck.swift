import OpsModel

/// Compares a tree with its shape and collects every problem. Scalars that hold references are typed after resolving.
struct ShapeCheck {
    private(set) var problems: [ConfigurationProblem] = []

    mutating func check(_ value: ConfigurationValue, _ shape: Shape) {
        switch (shape, value.content) {
        case (.list(let element), .list(let elements)), (.either(let element, _), .list(let elements)):
            if elements.isEmpty {
                problems.append(value.problem("the list is empty", fix: "add an element, or remove the key"))
            }
            for each in elements { check(each, element) }
        case (.map(let element), .mapping(let pairs)):
            if pairs.isEmpty {
                problems.append(value.problem("the mapping is empty", fix: "add an entry, or remove the key"))
            }
            for pair in pairs { check(pair.value, element) }
        case (.object(let object), .mapping(let pairs)), (.shorthand(let object), .mapping(let pairs)),
            (.either(_, let object), .mapping(let pairs)):
            check(pairs, object, in: value)
        case (.list, _), (.map, _), (.object, _), (.either, _), (_, .list), (_, .mapping):
            problems.append(
                value.problem("expected \(shape.name), found \(value.contentName)", fix: "write \(shape.name)"))
        case (_, .scalar(let text)):
            if Reference.isPresent(in: text) {
                checkReferences(in: text, shape, at: value)
            } else {
                checkScalar(text, shape, at: value)
            }
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

    /// References that only a running deploy can fill are refused where nothing fills them. Malformed ones are left to the
    /// resolver, so that a section that is not used does no harm.
    private mutating func checkReferences(in text: String, _ shape: Shape, at value: ConfigurationValue) {
        guard value.isNested else {
            problems.append(
                value.problem("a reference has no value here: this key is read as it stands", fix: "write the value"))
            return
        }
        guard case .success(let pieces) = Reference.parse(text) else { return }
        let kinds: [Reference.Kind] = if case .template(let kinds) = shape { kinds } else { [] }
        for case .reference(let reference) in pieces where !reference.isStatic {
            let place = "${\(reference.kind.rawValue):\(reference.name)}"
            guard kinds.contains(reference.kind) else {
                problems.append(value.problem("\(place) has no value here", fix: reference.kind.whereItHasAValue))
                continue
            }
            guard let names = reference.kind.names, !names.contains(reference.name) else { continue }
            let nearest = nearestName(to: reference.name, among: names)
            let known = names.map { "${\(reference.kind.rawValue):\($0)}" }.joined(separator: " or ")
            problems.append(
                value.problem(
                    "\(place) has no value: there is no \(reference.kind.rawValue) `\(reference.name)`",
                    fix: nearest.map { "did you mean ${\(reference.kind.rawValue):\($0)}?" } ?? "use \(known)"))
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
        for condition in shape.conditions {
            guard case .scalar(condition.value) = parent[condition.key]?.content, parent[condition.demands] == nil
            else {
                continue
            }
            let why = "`\(condition.key): \(condition.value)` needs `\(condition.demands)`"
            problems.append(parent.problem(why, fix: "add `\(condition.demands)`"))
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
    /// Whether it stands below a section; keys at the top are read before anything is resolved.
    fileprivate var isNested: Bool { keyPath.contains(".") || keyPath.contains("[") }

    fileprivate var contentName: String {
        switch content {
        case .scalar(let text): text.isEmpty ? "nothing" : "`\(text)`"
        case .list: "a list"
        case .mapping: "a mapping"
        }
    }
}

extension Reference.Kind {
    /// The only names there are; nil when any name may have a value.
    fileprivate var names: [String]? {
        switch self {
        case .slot: ["port", "color"]
        case .release: ["name"]
        case .env, .file, .app, .stack, .capture: nil
        }
    }

    fileprivate var whereItHasAValue: String {
        switch self {
        case .slot, .release: "write the value; ${\(rawValue):…} is for app.environment.*.value"
        case .capture: "write the value; ${capture:…} is for path, headers and body of a smoke request"
        case .env, .file, .app, .stack: "write the value"
        }
    }
}

extension Shape {
    func accepts(_ text: String) -> Bool {
        switch self {
        case .string, .secret, .path, .template, .shorthand: !text.isEmpty
        case .integer(let range): Int(text).map(range.contains) ?? false
        case .number(let range): Double(text).map(range.contains) ?? false
        case .boolean: text == "true" || text == "false"
        case .duration: Duration(text: text) != nil
        case .interval: Duration(text: text).map { $0 >= .milliseconds(10) } ?? false
        case .choice(let names): names.contains(text)
        case .status: text.wholeMatch(of: #/[1-5](xx|[0-9]{2}|[0-9]{2}-[1-5][0-9]{2})/#) != nil
        case .list, .map, .object, .either: false
        }
    }
}
