import Foundation

extension MultipartParser.PartHeaders {
    /// Reads the header lines of one part; only Content-Disposition matters here.
    init(parsing bytes: some Collection<UInt8>) throws(MultipartParser.Failure) {
        let text = String(decoding: bytes, as: UTF8.self)
        var disposition: Substring?
        for line in text.split(separator: "\r\n") {
            guard let colon = line.firstIndex(of: ":") else { throw .malformed("a header line of a part has no colon") }
            if line[..<colon].lowercased() == "content-disposition" { disposition = line[line.index(after: colon)...] }
        }
        guard let disposition else { throw .malformed("a part has no Content-Disposition") }
        let parsed = ContentDisposition(String(disposition))
        guard parsed.kind == "form-data", let name = parsed.parameters["name"] else {
            throw .malformed("a part's Content-Disposition is not form-data with a name")
        }
        self.init(name: name, filename: parsed.filename)
    }
}

/// A Content-Disposition value (RFC 6266), read leniently, since browsers write it in different ways.
struct ContentDisposition {
    let kind: String
    private(set) var parameters: [String: String] = [:]

    init(_ text: String) {
        var rest = Substring(text)
        kind = String(rest.prefix { $0 != ";" }).trimmingCharacters(in: .whitespaces).lowercased()
        rest = rest.drop { $0 != ";" }.dropFirst()
        while let (name, value, left) = Self.parameter(rest) {
            parameters[name] = parameters[name] ?? value
            rest = left
        }
    }

    /// `filename*` (RFC 8187) if it can be read, else `filename`.
    var filename: String? {
        if let extended = parameters["filename*"] {
            let parts = extended.split(separator: "'", maxSplits: 2, omittingEmptySubsequences: false)
            if parts.count == 3, parts[0].lowercased() == "utf-8", let decoded = parts[2].removingPercentEncoding {
                return decoded
            }
        }
        return parameters["filename"]
    }

    private static func parameter(_ text: Substring) -> (name: String, value: String, rest: Substring)? {
        let start = text.drop { $0 == " " || $0 == "\t" || $0 == ";" }
        guard let equals = start.firstIndex(of: "=") else { return nil }
        let name = start[..<equals].trimmingCharacters(in: .whitespaces).lowercased()
        var rest = start[start.index(after: equals)...].drop { $0 == " " || $0 == "\t" }
        guard rest.first == "\"" else {
            let value = rest.prefix { $0 != ";" }
            return (name, value.trimmingCharacters(in: .whitespaces), rest.dropFirst(value.count))
        }
        rest = rest.dropFirst()
        var value = ""
        while let character = rest.popFirst(), character != "\"" {
            // Browsers escape quotes as %22 and leave backslashes alone: a backslash escapes a quote only.
            if character == "\\", rest.first == "\"" {
                value.append(rest.removeFirst())
            } else {
                value.append(character)
            }
        }
        return (name, value, rest)
    }
}
