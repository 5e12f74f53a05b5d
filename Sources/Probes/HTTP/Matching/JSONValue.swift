import Foundation

/// A JSON value that keeps its type.
package enum JSONValue: Sendable, Equatable {
    case null
    case boolean(Bool)
    case number(Double)
    case string(String)
    case array([JSONValue])
    case object([String: JSONValue])

    struct Unreadable: Error {}

    /// - Throws: `Unreadable` for what is not JSON.
    init(parsing bytes: some Sequence<UInt8>) throws(Unreadable) {
        do {
            self.init(try JSONSerialization.jsonObject(with: Data(bytes), options: [.fragmentsAllowed]))
        } catch {
            throw Unreadable()
        }
    }

    private init(_ value: Any) {
        switch value {
        case let text as String: self = .string(text)
        case let object as [String: Any]: self = .object(object.mapValues { JSONValue($0) })
        case let array as [Any]: self = .array(array.map { JSONValue($0) })
        // Foundation keeps JSON booleans in the class of numbers; the type code tells them apart.
        case let number as NSNumber:
            self = String(cString: number.objCType) == "c" ? .boolean(number.boolValue) : .number(number.doubleValue)
        default: self = .null
        }
    }

    /// A scalar as people write it: `true`, `3`, `null`; anything else is text.
    package init(scalar text: String) {
        switch text {
        case "null": self = .null
        case "true": self = .boolean(true)
        case "false": self = .boolean(false)
        default: self = Double(text).flatMap { $0.isFinite ? .number($0) : nil } ?? .string(text)
        }
    }

    /// What stands at `pointer` (RFC 6901); nil when nothing does.
    func at(_ pointer: String) -> JSONValue? {
        var value = self
        for token in pointer.split(separator: "/", omittingEmptySubsequences: false).dropFirst() {
            let name = token.replacing("~1", with: "/").replacing("~0", with: "~")
            switch value {
            case .object(let object):
                guard let next = object[String(name)] else { return nil }
                value = next
            case .array(let array):
                guard let index = Int(String(name)), array.indices.contains(index) else { return nil }
                value = array[index]
            case .null, .boolean, .number, .string: return nil
            }
        }
        return value
    }

    /// As a person reads it: strings bare, containers by their size.
    package var text: String {
        switch self {
        case .null: "null"
        case .boolean(let value): value ? "true" : "false"
        case .number(let value): numberText(value)
        case .string(let text): text
        case .array(let array): "\(array.count) elements"
        case .object(let object): "\(object.count) members"
        }
    }

    var typeName: String {
        switch self {
        case .null: "null"
        case .boolean: "boolean"
        case .number: "number"
        case .string: "string"
        case .array: "array"
        case .object: "object"
        }
    }

    /// With its type where the text alone does not show it: `"3"` is not `3`.
    var printed: String { if case .string(let text) = self { "\"\(text)\"" } else { text } }
}

extension JSONValue: Codable {
    private enum CodingKeys: String, CodingKey { case type, value, elements, members }

    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        switch try container.decode(String.self, forKey: .type) {
        case "null": self = .null
        case "boolean": self = .boolean(try container.decode(Bool.self, forKey: .value))
        case "number": self = .number(try container.decode(Double.self, forKey: .value))
        case "string": self = .string(try container.decode(String.self, forKey: .value))
        case "array": self = .array(try container.decode([JSONValue].self, forKey: .elements))
        default: self = .object(try container.decode([String: JSONValue].self, forKey: .members))
        }
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(typeName, forKey: .type)
        switch self {
        case .null: return
        case .boolean(let value): try container.encode(value, forKey: .value)
        case .number(let value): try container.encode(value, forKey: .value)
        case .string(let value): try container.encode(value, forKey: .value)
        case .array(let elements): try container.encode(elements, forKey: .elements)
        case .object(let members): try container.encode(members, forKey: .members)
        }
    }
}
