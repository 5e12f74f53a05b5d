/// Texts that must not stand anywhere, also not inside another text.
package struct SensitiveTexts: Sendable {
    /// By their first byte, the longest first, so that none leaves the rest of a longer one behind.
    private var texts: [UInt8: [[UInt8]]] = [:]

    /// Shorter texts would hide half of the document by chance.
    private static let shortest = 6
    /// Words of the format, where they stand outside of values.
    private static let format: Set = [
        "mode", "type", "actions", "action_reason", "provider_name", "format_version", "terraform_version", "timestamp",
    ]
    /// Below these stands what users and providers wrote.
    private static let values: Set = ["before", "after", "values", "value", "constant_value", "default"]

    init(_ secrets: Set<String>) {
        // Inside a document that is itself a text, a secret stands with its quotes escaped.
        let quoted = secrets.map { String(PlanValue.string($0).json.dropFirst().dropLast()) }
        for text in secrets.union(quoted) where text.count >= Self.shortest {
            texts[text.utf8.first ?? 0, default: []].append(Array(text.utf8))
        }
        for first in texts.keys { texts[first]?.sort { $0.count > $1.count } }
    }

    func hide(in value: PlanValue) -> PlanValue { texts.isEmpty ? value : hide(value, isFormat: true) }

    private func hide(_ value: PlanValue, isFormat: Bool) -> PlanValue {
        switch value {
        case .string(let text): return .string(hide(text))
        case .list(let elements): return .list(elements.map { hide($0, isFormat: isFormat) })
        case .object(let members):
            let pairs = members.map { key, member in
                let isWord = isFormat && Self.format.contains(key) && member.members == nil
                let isInside = isFormat && !Self.values.contains(key)
                return (hide(key), isWord ? member : hide(member, isFormat: isInside))
            }
            return .object(Dictionary(pairs, uniquingKeysWith: { first, _ in first }))
        case .null, .boolean, .number: return value
        }
    }

    package func hide(_ text: String) -> String {
        guard !texts.isEmpty else { return text }
        let bytes = Array(text.utf8)
        var output: [UInt8] = []
        var (copied, position) = (0, 0)
        while position < bytes.count {
            guard let found = texts[bytes[position]]?.first(where: { bytes[position...].starts(with: $0) }) else {
                position += 1
                continue
            }
            output += bytes[copied..<position]
            output += sensitiveText.utf8
            position += found.count
            copied = position
        }
        return copied == 0 ? text : String(decoding: output + bytes[copied...], as: UTF8.self)
    }
}
