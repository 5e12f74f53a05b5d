import Foundation
import OpsModel

/// Reads one value out of a JSON document (RFC 6901).
enum JSONPointer {
    struct Unreadable: Error, Equatable { let why: String }

    /// What stands there; nil when nothing does.
    static func value(at pointer: String, in document: [UInt8]) throws(Unreadable) -> PlainJSON? {
        guard pointer.isEmpty || pointer.hasPrefix("/") else {
            throw Unreadable(why: "`\(pointer)` does not begin with /")
        }
        var value: Any
        do {
            value = try JSONSerialization.jsonObject(with: Data(document), options: [.fragmentsAllowed])
        } catch {
            throw Unreadable(why: "the body is not JSON")
        }
        for token in pointer.split(separator: "/", omittingEmptySubsequences: false).dropFirst() {
            let name = String(token).replacing("~1", with: "/").replacing("~0", with: "~")
            switch value {
            case let object as [String: Any]:
                guard let next = object[name] else { return nil }
                value = next
            case let array as [Any]:
                guard let index = Int(name), array.indices.contains(index) else { return nil }
                value = array[index]
            default: return nil
            }
        }
        return plain(value)
    }

    /// The value as text: strings as they are, numbers and booleans in JSON's spelling, `null` for null.
    /// - Returns: nil when nothing stands there, or a list or an object does.
    static func text(at pointer: String, in document: [UInt8]) throws(Unreadable) -> String? {
        switch try value(at: pointer, in: document) {
        case .null: "null"
        case let value: value?.scalarText
        }
    }

    private static func plain(_ value: Any) -> PlainJSON {
        switch value {
        case let text as String: .string(text)
        case let number as NSNumber: plain(number)
        case let elements as [Any]: .list(elements.map(plain))
        case let members as [String: Any]: .object(members.mapValues(plain))
        default: .null
        }
    }

    /// Foundation keeps JSON booleans in the same class as numbers; the type code tells them apart.
    private static func plain(_ number: NSNumber) -> PlainJSON {
        if String(cString: number.objCType) == "c" { return .boolean(number.boolValue) }
        return Int(number.stringValue).map { .integer($0) } ?? .number(number.doubleValue)
    }
}
