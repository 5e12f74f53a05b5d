/// A value that cannot be printed, logged or encoded: every textual form of it is `***`.
///
/// It is deliberately neither `Encodable` nor `Hashable`. `reveal()` is the only way to the value, so that its uses can be
/// found by searching for that word.
package struct Secret: Sendable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    private let value: String

    package init(_ value: String) { self.value = value }

    package func reveal() -> String { value }

    /// Count of UTF-8 bytes; safe to print.
    package var byteCount: Int { value.utf8.count }
    package var isEmpty: Bool { value.isEmpty }

    package var description: String { "***" }
    package var debugDescription: String { "***" }
    package var customMirror: Mirror { Mirror(self, children: []) }
}

extension Secret: Decodable {
    package init(from decoder: any Decoder) throws {
        self.init(try decoder.singleValueContainer().decode(String.self))
    }
}
