import Foundation
package import OpsModel

/// A configuration file that has the right shape; its references are not yet resolved.
package struct ConfigurationFile: Sendable {
    package let path: String
    package let root: ConfigurationValue
    private let shape: ObjectShape
    /// What the file is called, without folder and extension.
    private var name: String { URL(filePath: path).deletingPathExtension().lastPathComponent }

    /// Reads and checks a file. `displayPath` is what problems print.
    /// - Throws: `ConfigurationError` with every problem found.
    package init(path: String, displayPath: String, shape: ObjectShape) throws(ConfigurationError) {
        let kind =
            shape.field("service") != nil ? "project" : shape.field("steps") != nil ? "smoke-suite" : "environment"
        let text: String
        do {
            text = try String(contentsOf: URL(filePath: path), encoding: .utf8)
        } catch {
            throw ConfigurationError([
                ConfigurationProblem(
                    place: displayPath, keyPath: "",
                    why: FileManager.default.fileExists(atPath: path) ? "cannot be read as UTF-8 text" : "no such file",
                    fix: "create it; opsctl schema --of \(kind) describes its form")
            ])
        }
        try self.init(text: text, path: path, displayPath: displayPath, shape: shape)
    }

    package init(text: String, path: String, displayPath: String, shape: ObjectShape) throws(ConfigurationError) {
        let root = try DocumentReader(file: displayPath).read(text)
        var check = ShapeCheck()
        check.check(root, .object(shape))
        guard check.problems.isEmpty else { throw ConfigurationError(check.problems) }
        (self.path, self.root, self.shape) = (path, root, shape)
    }

    /// One top-level section with its references replaced; nil when the file has none.
    /// - Parameter keyPaths: entries of maps to leave out.
    /// - Throws: `ConfigurationError` with every reference that could not be resolved.
    package func section(
        _ name: String, environment: [String: String], folder: String, leavingOut keyPaths: Set<String> = []
    ) throws(ConfigurationError) -> ConfigurationValue? {
        guard let value = root[name], let field = shape.field(name) else { return nil }
        var resolver = ReferenceResolver(
            environment: environment, folder: folder, root: root, name: self.name)
        resolver.leftOut = keyPaths
        let resolved = resolver.resolve(value, field.shape)
        guard resolver.problems.isEmpty else { throw ConfigurationError(resolver.problems) }
        return resolved
    }

    /// Like `section`, for a mapping whose entries are judged one by one: the entries that resolve, and the problems of the rest.
    package func entries(
        of value: ConfigurationValue, _ shape: Shape, environment: [String: String], folder: String
    ) -> [(key: String, value: Result<ConfigurationValue, ConfigurationError>)] {
        value.entries.map { key, entry in
            var resolver = ReferenceResolver(
                environment: environment, folder: folder, root: root, name: name)
            let resolved = resolver.resolve(entry, shape)
            return (
                key, resolver.problems.isEmpty ? .success(resolved) : .failure(ConfigurationError(resolver.problems))
            )
        }
    }
}
