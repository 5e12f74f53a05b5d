/// A reply of the Redis protocol (RESP2).
package indirect enum RedisValue: Sendable, Equatable {
    case string([UInt8])
    case status(String)
    case error(String)
    case integer(Int64)
    case array([RedisValue])
    case null

    package var text: String? {
        switch self {
        case .string(let bytes): String(decoding: bytes, as: UTF8.self)
        case .status(let text): text
        case .integer(let number): String(number)
        case .error, .array, .null: nil
        }
    }

    /// The error's first word, for example `NOAUTH`, `NOPERM`, `READONLY`.
    package var errorCode: String? {
        guard case .error(let text) = self else { return nil }
        return text.split(separator: " ").first.map(String.init)
    }
}
