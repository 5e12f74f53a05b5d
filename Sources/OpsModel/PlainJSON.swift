/// Any JSON, as it stands.
package enum PlainJSON: Sendable, Equatable {
    case null
    case boolean(Bool)
    case integer(Int)
    case number(Double)
    case string(String)
    case list([PlainJSON])
    case object([String: PlainJSON])
}

extension PlainJSON: Codable {
    package init(from decoder: any Decoder) throws {
        let value = try decoder.singleValueContainer()
        if value.decodeNil() {
            self = .null
        } else if let flag = try? value.decode(Bool.self) {  // each `try?` asks for the type; the last line reports
            self = .boolean(flag)
        } else if let number = try? value.decode(Int.self) {
            self = .integer(number)
        } else if let number = try? value.decode(Double.self) {
            self = .number(number)
        } else if let text = try? value.decode(String.self) {
            self = .string(text)
        } else if let elements = try? value.decode([PlainJSON].self) {
            self = .list(elements)
        } else {
            self = .object(try value.decode([String: PlainJSON].self))
        }
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        switch self {
        case .null: try container.encodeNil()
        case .boolean(let flag): try container.encode(flag)
        case .integer(let number): try container.encode(number)
        case .number(let number): try container.encode(number)
        case .string(let text): try container.encode(text)
        case .list(let elements): try container.encode(elements)
        case .object(let members): try container.encode(members)
        }
    }
}

extension PlainJSON {
    package subscript(_ name: String) -> PlainJSON? {
        switch self {
        case .object(let members): members[name]
        case .list(let elements): Int(name).flatMap { elements.indices.contains($0) ? elements[$0] : nil }
        default: nil
        }
    }

    /// The value at a path of members and indices such as `endpoint.host`.
    package func value(at path: some Sequence<String>) -> PlainJSON? { path.reduce(self as PlainJSON?) { $0?[$1] } }

    /// A text, number or truth value as it is written; nil for anything else.
    package var scalarText: String? {
        switch self {
        case .string(let text): text
        case .integer(let number): String(number)
        case .number(let number): String(number)
        case .boolean(let flag): String(flag)
        case .null, .list, .object: nil
        }
    }
}
