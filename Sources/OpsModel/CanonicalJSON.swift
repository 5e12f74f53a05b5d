package import Foundation

/// One JSON form for everything that is printed, stored or hashed: keys sorted, slashes plain, dates RFC 3339 in UTC.
package func canonicalJSON(_ value: some Encodable) throws -> Data {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    encoder.dateEncodingStrategy = .custom { date, encoder in
        var container = encoder.singleValueContainer()
        try container.encode(rfc3339(date))
    }
    return try encoder.encode(value)
}

/// RFC 3339 in UTC with milliseconds: `2026-11-22T18:21:00.123Z`.
package func rfc3339(_ date: Date) -> String {
    // The style cuts off what is below a millisecond: a time that was read back must be written the same.
    (date + 0.0005).formatted(Date.ISO8601FormatStyle(includingFractionalSeconds: true))
}

/// Reads what `canonicalJSON` wrote.
package func decodeCanonicalJSON<Value: Decodable>(_ type: Value.Type, from data: Data) throws -> Value {
    let decoder = JSONDecoder()
    decoder.dateDecodingStrategy = .custom { decoder in
        let container = try decoder.singleValueContainer()
        let text = try container.decode(String.self)
        let style = Date.ISO8601FormatStyle(includingFractionalSeconds: text.contains("."))
        do { return try style.parse(text) } catch {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: "`\(text)` is not an RFC 3339 time")
        }
    }
    return try decoder.decode(type, from: data)
}
