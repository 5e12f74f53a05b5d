import Foundation
import OpsConfiguration
import OpsModel

/// A value of `targets.json`, with its place for people who have to mend it.
struct StackValue {
    enum Content {
        case null
        case text(String)
        case number(Double)
        case flag(Bool)
        case list([StackValue])
        case members([String: StackValue])
    }

    let content: Content
    let keyPath: String
    let source: StackSource

    /// Reads JSON. - Throws: `ConfigurationError`.
    init(parsing data: Data, source: StackSource) throws {
        do {
            self.init(try JSONSerialization.jsonObject(with: data), keyPath: "", source)
        } catch {
            throw source.error("", "it is no JSON: \((error as NSError).localizedDescription)")
        }
    }

    private init(_ value: Any, keyPath: String, _ source: StackSource) {
        (self.keyPath, self.source) = (keyPath, source)
        let inner = keyPath.isEmpty ? "" : "\(keyPath)."
        switch value {
        case let text as String: content = .text(text)
        case let object as [String: Any]:
            content = .members(
                Dictionary(
                    uniqueKeysWithValues: object.map {
                        ($0.key, StackValue($0.value, keyPath: "\(inner)\($0.key)", source))
                    }))
        case let array as [Any]:
            content = .list(array.enumerated().map { StackValue($1, keyPath: "\(keyPath)[\($0)]", source) })
        // Foundation keeps JSON booleans in the class of numbers; the type code tells them apart.
        case let number as NSNumber:
            content = String(cString: number.objCType) == "c" ? .flag(number.boolValue) : .number(number.doubleValue)
        default: content = .null
        }
    }

    subscript(_ key: String) -> StackValue? {
        guard case .members(let members) = content, let value = members[key], !value.isNull else { return nil }
        return value
    }

    var isNull: Bool { if case .null = content { true } else { false } }

    func members() throws -> [String: StackValue] {
        guard case .members(let members) = content else { throw error("it is no object") }
        return members
    }

    func elements() throws -> [StackValue] {
        guard case .list(let elements) = content else { throw error("it is no list") }
        return elements
    }

    func text(_ key: String) throws -> String {
        guard let value = self[key] else { throw error("the key `\(key)` is missing") }
        return try value.text()
    }

    func text() throws -> String {
        guard case .text(let text) = content, !text.isEmpty else { throw error("it is no text") }
        return text
    }

    func integer(_ key: String) throws -> Int {
        guard let value = self[key] else { throw error("the key `\(key)` is missing") }
        return try value.integer()
    }

    func integer() throws -> Int {
        guard case .number(let number) = content, let integer = Int(exactly: number) else {
            throw error("it is no whole number")
        }
        return integer
    }

    func error(_ why: String, fix: String? = nil) -> ConfigurationError { source.error(keyPath, why, fix: fix) }
}

/// The file that is read, and the command that makes it anew.
struct StackSource {
    let path: String
    let environment: String

    func error(_ keyPath: String, _ why: String, fix: String? = nil) -> ConfigurationError {
        ConfigurationError([
            ConfigurationProblem(
                place: path, keyPath: keyPath, why: why, fix: fix ?? "opsctl stack outputs --env \(environment)")
        ])
    }
}
