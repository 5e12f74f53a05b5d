import Foundation
import OpsModel
import Yams

/// Reads one YAML file into a tree of values with places; shapes and references are checked later.
struct DocumentReader {
    let file: String

    private static let sizeLimit = 1 << 20

    func read(_ text: String) throws(ConfigurationError) -> ConfigurationValue {
        guard text.utf8.count <= Self.sizeLimit else {
            throw error(line: 1, column: 1, why: "the file is larger than \(Self.sizeLimit) bytes", fix: "shorten it")
        }
        try refuseManyAliases(text)
        let node: Node?
        do {
            // Scalars are typed by their shape, not by how they look: the basic resolver spares compiling its patterns.
            node = try Yams.compose(yaml: text, .basic)
        } catch let failure as YamlError {
            throw translated(failure, text)
        } catch {
            throw self.error(line: 1, column: 1, why: "\(error)", fix: "correct the YAML")
        }
        guard let node else {
            throw error(line: 1, column: 1, why: "the file is empty", fix: "write at least `version: 1`")
        }
        return try value(node, keyPath: "", depth: 0)
    }

    /// The composer expands aliases while it reads: a few lines of them would grow to more nodes than there is time for. What
    /// looks like one in a quoted text counts too, so some are let through; as real aliases they are refused below.
    private func refuseManyAliases(_ text: String) throws(ConfigurationError) {
        var (count, line) = (0, 1)
        var before = UInt8(ascii: "\n")
        for byte in text.utf8 {
            if before == UInt8(ascii: "*"), !" \t\n*,]}".utf8.contains(byte) { count += 1 }
            guard count <= 16 else {
                throw error(
                    line: line, column: 1, why: "anchors and aliases are not supported", fix: "repeat the value")
            }
            if byte == UInt8(ascii: "\n") { line += 1 }
            let isStart = " \t\n,[{:-".utf8.contains(before)
            before = byte == UInt8(ascii: "*") && !isStart ? 0 : byte
        }
    }

    private func value(_ node: Node, keyPath: String, depth: Int) throws(ConfigurationError) -> ConfigurationValue {
        let place = SourcePlace(file: file, line: node.mark?.line ?? 1, column: node.mark?.column ?? 1)
        // Anchors are what aliases repeat; a few lines of them would grow to more nodes than there is memory.
        guard node.anchor == nil else {
            throw error(
                line: place.line, column: place.column, why: "anchors and aliases are not supported",
                fix: "repeat the value")
        }
        guard depth < 32 else {
            throw error(line: place.line, column: place.column, why: "nested too deeply", fix: "flatten it")
        }
        switch node {
        case .scalar(let scalar):
            return ConfigurationValue(place: place, keyPath: keyPath, content: .scalar(scalar.string))
        case .sequence(let sequence):
            var elements: [ConfigurationValue] = []
            for (index, element) in sequence.enumerated() {
                elements.append(try value(element, keyPath: "\(keyPath)[\(index)]", depth: depth + 1))
            }
            return ConfigurationValue(place: place, keyPath: keyPath, content: .list(elements))
        case .mapping(let mapping):
            var pairs: [(key: String, value: ConfigurationValue)] = []
            for (key, element) in mapping {
                guard case .scalar(let name) = key else {
                    throw error(
                        line: place.line, column: place.column, why: "a key is not a word", fix: "use plain keys")
                }
                let path = keyPath.isEmpty ? name.string : "\(keyPath).\(name.string)"
                let inner = try value(element, keyPath: path, depth: depth + 1)
                let keyPlace = SourcePlace(
                    file: file, line: key.mark?.line ?? place.line, column: key.mark?.column ?? 1)
                pairs.append((name.string, ConfigurationValue(place: keyPlace, keyPath: path, content: inner.content)))
            }
            return ConfigurationValue(place: place, keyPath: keyPath, content: .mapping(pairs))
        case .alias:
            throw error(
                line: place.line, column: place.column, why: "aliases are not supported", fix: "repeat the value")
        }
    }

    private func translated(_ failure: YamlError, _ text: String) -> ConfigurationError {
        switch failure {
        case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
            .composer(_, let problem, let mark, _):
            return error(line: mark.line, column: mark.column, why: problem, fix: "correct the YAML there")
        case .duplicatedKeysInMapping(let duplicates, let context):
            let key = duplicates.first ?? "?"
            let line = secondLine(of: key, from: context.mark, in: text) ?? context.mark.line
            return error(
                line: line, column: context.mark.column, keyPath: key, why: "the key `\(key)` is there twice",
                fix: "remove or merge one of the two")
        default:
            return error(line: 1, column: 1, why: "\(failure)", fix: "correct the YAML")
        }
    }

    /// YAML libraries report where the mapping begins; people want the line of the repetition.
    private func secondLine(of key: String, from mark: Mark, in text: String) -> Int? {
        let lines = text.components(separatedBy: "\n")
        let matches = lines.indices.filter { index in
            guard index + 1 >= mark.line else { return false }
            let indentation = lines[index].prefix { $0 == " " }.count
            let rest = lines[index].dropFirst(indentation)
            return indentation + 1 == mark.column && (rest.hasPrefix("\(key):") || rest.hasPrefix("\"\(key)\":"))
        }
        return matches.dropFirst().first.map { $0 + 1 }
    }

    private func error(line: Int, column: Int, keyPath: String = "", why: String, fix: String) -> ConfigurationError {
        ConfigurationError([
            ConfigurationProblem(place: "\(file):\(line):\(column)", keyPath: keyPath, why: why, fix: fix)
        ])
    }
}
