import Foundation
import Glibc
import OpsModel

/// Replaces `${env:}`, `${file:}`, `${app:}` and `${stack:}` by their values and checks the result against the shape.
///
/// References that only a running deploy can fill (`slot`, `release`, `capture`) are left as they are.
struct ReferenceResolver {
    let environment: [String: String]
    /// Folder that `${file:}` paths are relative to.
    let folder: String
    /// `app.environment`, which `${app:}` refers to.
    let app: ConfigurationValue?
    let stackOutputs: StackOutputsFile
    private(set) var problems: [ConfigurationProblem] = []
    /// Key paths of entries that are left out.
    var leftOut: Set<String> = []
    private var isInApp = false

    private static let fileLimit = 1 << 20

    /// - Parameter root: the environment file's: what `${app:}` refers to, and how it is protected.
    init(environment: [String: String], folder: String, root: ConfigurationValue, name: String) {
        (self.environment, self.folder, app) = (environment, folder, root["app"]?["environment"])
        stackOutputs = StackOutputsFile(
            folder: folder, environment: name, isCritical: root["protection"]?.string == "critical",
            endpoint: environment["AWS_ENDPOINT_URL"])
    }

    mutating func resolve(_ value: ConfigurationValue, _ shape: Shape) -> ConfigurationValue {
        switch (value.content, shape) {
        case (.scalar(let text), _):
            guard Reference.isPresent(in: text), let resolved = resolve(text, at: value) else { return value }
            check(resolved, shape, at: value)
            return value.with(.scalar(resolved))
        case (.list(let elements), .list(let shape)), (.list(let elements), .either(let shape, _)):
            return value.with(.list(elements.map { resolve($0, shape) }))
        case (.mapping(let pairs), .map(let shape)):
            let kept = pairs.filter { !leftOut.contains($0.value.keyPath) }
            return value.with(.mapping(kept.map { ($0.key, resolve($0.value, shape)) }))
        case (.mapping(let pairs), .object(let object)), (.mapping(let pairs), .shorthand(let object)),
            (.mapping(let pairs), .either(_, let object)):
            return value.with(
                .mapping(
                    pairs.map { key, inner in
                        (key, object.field(key).map { resolve(inner, $0.shape) } ?? inner)
                    }))
        case (.list, _), (.mapping, _):
            preconditionFailure("\(value.keyPath) was not checked against its shape")
        }
    }

    private mutating func resolve(_ text: String, at value: ConfigurationValue) -> String? {
        switch Reference.parse(text) {
        case .failure(let malformed):
            let kinds = Reference.Kind.allCases.map { "${\($0.rawValue):…}" }.joined(separator: ", ")
            problems.append(value.problem("`\(malformed.text)` is not a reference", fix: "use one of \(kinds)"))
            return nil
        case .success(let pieces):
            let texts = pieces.map { piece in
                switch piece {
                case .literal(let text): text
                case .reference(let reference): lookUp(reference, at: value)
                }
            }
            let known = texts.compactMap { $0 }
            return known.count == texts.count ? known.joined() : nil
        }
    }

    private mutating func lookUp(_ reference: Reference, at value: ConfigurationValue) -> String? {
        switch reference.kind {
        case .env:
            if let found = environment[reference.name], !found.isEmpty { return found }
            problems.append(
                value.problem(
                    "the environment variable \(reference.name) is not set", fix: "export \(reference.name)=…"))
            return nil
        case .file: return readFile(reference.name, at: value)
        case .app: return readVariable(reference.name, at: value)
        // Within the section `stack` Terraform fills it in.
        case .stack where value.keyPath.hasPrefix("stack."): return "${stack:\(reference.name)}"
        case .stack:
            switch stackOutputs.text(of: reference.name) {
            case .success(let text): return text
            case .failure(let fault):
                problems.append(value.problem(fault.why, fix: fault.fix))
                return nil
            }
        case .slot, .release, .capture: return "${\(reference.kind.rawValue):\(reference.name)}"
        }
    }

    /// The value that the app would get. One that only a starting slot can complete has none here.
    private mutating func readVariable(_ name: String, at value: ConfigurationValue) -> String? {
        guard !isInApp, !value.keyPath.hasPrefix("app.") else {
            problems.append(value.problem("a variable of the app cannot refer to another", fix: "repeat its reference"))
            return nil
        }
        guard let variable = app?.entries.first(where: { $0.key == name })?.value.required("value") else {
            let nearest = nearestName(to: name, among: app?.entries.map(\.key) ?? [])
            problems.append(
                value.problem(
                    "app.environment has no variable `\(name)`",
                    fix: nearest.map { "did you mean ${app:\($0)}?" } ?? "declare it in app.environment"))
            return nil
        }
        guard Reference.isPresent(in: variable.string) else { return variable.string }
        isInApp = true
        defer { isInApp = false }
        guard let resolved = resolve(variable.string, at: variable) else { return nil }
        guard case .success(let pieces) = Reference.parse(variable.string),
            pieces.allSatisfy({ if case .reference(let inner) = $0 { inner.isStatic } else { true } })
        else {
            problems.append(
                value.problem("`\(name)` is complete only when a slot starts", fix: "refer to a variable that is not"))
            return nil
        }
        return resolved
    }

    private mutating func readFile(_ name: String, at value: ConfigurationValue) -> String? {
        let path = name.hasPrefix("/") ? name : "\(folder)/\(name)"
        // A FIFO would block for ever, a device might never end.
        var facts = stat()
        if stat(path, &facts) == 0 {
            guard facts.st_mode & S_IFMT == S_IFREG, facts.st_size <= Self.fileLimit else {
                let why = "\(path) is not a regular file of at most \(Self.fileLimit) bytes"
                problems.append(value.problem(why, fix: "name the file that holds the value"))
                return nil
            }
        }
        do {
            var bytes = try Data(contentsOf: URL(filePath: path))
            if bytes.last == UInt8(ascii: "\n") { bytes.removeLast() }
            if let text = String(bytes: bytes, encoding: .utf8), !text.isEmpty { return text }
            problems.append(value.problem("the file \(path) is empty or not UTF-8", fix: "write the value into it"))
        } catch {
            let isMissing = !FileManager.default.fileExists(atPath: path)
            let fix = name.contains(".opsctl/local/") ? "run: opsctl local up" : "create it, or correct the path"
            problems.append(value.problem("cannot read \(path)\(isMissing ? ": no such file" : "")", fix: fix))
        }
        return nil
    }

    private mutating func check(_ resolved: String, _ shape: Shape, at value: ConfigurationValue) {
        // References left for a running deploy stand only in text, which takes them; whatever else holds `${` came out of a
        // variable or a file and is content.
        guard !shape.accepts(resolved) else { return }
        // The value itself may be secret: it is described, not quoted.
        problems.append(value.problem("the referenced value is not \(shape.name)", fix: "provide \(shape.name)"))
    }
}

extension ConfigurationValue {
    fileprivate func with(_ content: Content) -> ConfigurationValue {
        ConfigurationValue(place: place, keyPath: keyPath, content: content)
    }
}
