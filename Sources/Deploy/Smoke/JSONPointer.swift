import Foundation

/// Reads one value out of a JSON document (RFC 6901).
enum JSONPointer {
    struct Unreadable: Error, Equatable { let why: String }

    /// The value as text: strings as they are, numbers and booleans in JSON's spelling, `null` for null.
    /// - Returns: nil when nothing stands there.
    static func text(at pointer: String, in document: [UInt8]) throws(Unreadable) -> String? {
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
        return text(of: value)
    }

    private static func text(of value: Any) -> String? {
        switch value {
        case let text as String: text
        case is NSNull: "null"
        case let number as NSNumber: booleanText(number) ?? number.stringValue
        default: nil
        }
    }

    /// Foundation keeps JSON booleans in the same class as numbers; the type code tells them apart.
    private static func booleanText(_ number: NSNumber) -> String? {
        String(cString: number.objCType) == "c" ? (number.boolValue ? "true" : "false") : nil
    }
}
