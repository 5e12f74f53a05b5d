/// What a value in a configuration file may look like. One description serves checking, reading and the JSON Schema.
package indirect enum Shape: Sendable {
    case string
    /// A string whose value must never be printed.
    case secret
    case integer(ClosedRange<Int>)
    case number(ClosedRange<Double>)
    case boolean
    /// `250ms`, `10s`, `5m`, `2h`.
    case duration
    /// A pause in a loop: a duration of at least 10 ms.
    case interval
    /// Text that may hold references which only a running deploy can fill, of these kinds.
    case template([Reference.Kind])
    /// A path, relative to the project's folder.
    case path
    case choice([String])
    /// `200`, `2xx`, `200-299`.
    case status
    /// A list with at least one element.
    case list(Shape)
    /// Free keys, at least one.
    case map(Shape)
    case object(ObjectShape)
    /// A text for the common case, or the mapping that says more.
    case shorthand(ObjectShape)
    /// A list with at least one element for the common case, or the mapping that says more.
    case either(Shape, ObjectShape)

    var name: String {
        switch self {
        case .string, .template: "text"
        case .secret: "a secret"
        case .integer(let range): "a whole number from \(range.lowerBound) to \(range.upperBound)"
        case .number(let range): "a number from \(range.lowerBound) to \(range.upperBound)"
        case .boolean: "true or false"
        case .duration: "a duration such as 250ms, 10s, 5m"
        case .interval: "a duration of at least 10ms, such as 250ms"
        case .path: "a path"
        case .status: "a status such as 200, 2xx, 200-299"
        case .choice(let names): "one of \(names.joined(separator: ", "))"
        case .list: "a list"
        case .map, .object: "a mapping"
        case .shorthand: "a text or a mapping"
        case .either: "a list or a mapping"
        }
    }
}

package struct ObjectShape: Sendable {
    package struct Field: Sendable {
        package let name: String
        package let shape: Shape
        package let isRequired: Bool
        package let note: String
    }

    package var fields: [Field]
    /// Names of which exactly one must be there.
    package var exactlyOne: [String]
    /// A key that must be there when another one has a certain value.
    package struct Condition: Sendable {
        package let key: String
        package let value: String
        package let demands: String
    }
    package var conditions: [Condition]

    package init(_ fields: [Field], exactlyOne: [String] = [], conditions: [Condition] = []) {
        (self.fields, self.exactlyOne, self.conditions) = (fields, exactlyOne, conditions)
    }

    func field(_ name: String) -> Field? { fields.first { $0.name == name } }
}

extension ObjectShape.Field {
    package static func required(_ name: String, _ shape: Shape, _ note: String) -> Self {
        Self(name: name, shape: shape, isRequired: true, note: note)
    }

    package static func optional(_ name: String, _ shape: Shape, _ note: String) -> Self {
        Self(name: name, shape: shape, isRequired: false, note: note)
    }
}
