import Foundation

/// A `.env` file: `NAME=value` lines, `export` allowed, `#` comments, 'literal' and "escaped" values (\\n, \\t, \\", \\\\, \\$).
/// Nothing is interpolated. Anything else is an error at its line, also a name that is there twice.
package enum EnvironmentFile {
    private static let sizeLimit = 1 << 20

    package static func read(path: String, displayPath: String) throws(ConfigurationError) -> [String: String] {
        let text: String
        do {
            let size = try FileManager.default.attributesOfItem(atPath: path)[.size] as? Int ?? 0
            guard size <= sizeLimit else {
                throw problem(displayPath, 1, "the file is larger than \(sizeLimit) bytes", fix: "shorten it")
            }
            text = try String(contentsOf: URL(filePath: path), encoding: .utf8)
        } catch let error as ConfigurationError {
            throw error
        } catch {
            let isThere = FileManager.default.fileExists(atPath: path)
            throw problem(
                displayPath, 1, isThere ? "cannot be read as UTF-8 text" : "no such file",
                fix: "create it, or remove env_file")
        }
        return try parse(text, displayPath: displayPath)
    }

    package static func parse(_ text: String, displayPath: String) throws(ConfigurationError) -> [String: String] {
        var values: [String: String] = [:]
        let lines = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
        for (index, raw) in lines.enumerated() {
            let line = raw.trimmingPrefix { $0 == " " || $0 == "\t" }
            if line.isEmpty || line.hasPrefix("#") { continue }
            let rest = line.hasPrefix("export ") ? line.dropFirst("export ".count) : line
            guard let equals = rest.firstIndex(of: "=") else {
                throw problem(displayPath, index + 1, "the line has no `=`", fix: "write NAME=value")
            }
            let name = String(rest[..<equals])
            guard name.wholeMatch(of: #/[A-Za-z_][A-Za-z0-9_]*/#) != nil else {
                throw problem(displayPath, index + 1, "what stands before `=` is not a name", fix: "write NAME=value")
            }
            guard values[name] == nil else {
                throw problem(displayPath, index + 1, "`\(name)` is there twice", fix: "remove one of the two")
            }
            guard let value = value(of: rest[rest.index(after: equals)...]) else {
                throw problem(
                    displayPath, index + 1,
                    "the value of `\(name)` is not closed, has an unknown escape, or something behind its quote",
                    fix: "write 'value' or \"value\"")
            }
            values[name] = value
        }
        return values
    }

    /// nil when the quoting is wrong.
    private static func value(of text: Substring) -> String? {
        let text = text.trimmingPrefix { $0 == " " || $0 == "\t" }
        guard let quote = text.first, quote == "'" || quote == "\"" else {
            let bare = text.firstMatch(of: #/(^|[ \t])#/#).map { text[..<$0.range.lowerBound] } ?? text
            return bare.trimmingCharacters(in: .whitespaces)
        }
        var value = ""
        var rest = text.dropFirst()
        while let character = rest.popFirst() {
            if character == quote {
                let tail = rest.trimmingPrefix { $0 == " " || $0 == "\t" }
                return tail.isEmpty || tail.hasPrefix("#") ? value : nil
            }
            if character == "\\", quote == "\"", let next = rest.popFirst() {
                guard "nt\"\\$".contains(next) else { return nil }
                value.append(next == "n" ? "\n" : next == "t" ? "\t" : next)
            } else {
                value.append(character)
            }
        }
        return nil
    }

    private static func problem(_ file: String, _ line: Int, _ why: String, fix: String) -> ConfigurationError {
        ConfigurationError([ConfigurationProblem(place: "\(file):\(line):1", keyPath: "", why: why, fix: fix)])
    }
}
