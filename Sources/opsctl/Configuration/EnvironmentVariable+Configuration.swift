import OpsConfiguration
import OpsModel
import Probes

extension EnvironmentVariable {
    /// Reads every entry of `app.environment`; one that cannot be resolved is missing, the others are judged all the same.
    static func all(of project: Project) throws -> [EnvironmentVariable] {
        guard let app = project.environmentFile.root["app"] else {
            throw ConfigurationError([
                project.environmentFile.root.problem(
                    "there is no section `app`", fix: "add `app:`; opsctl schema describes it")
            ])
        }
        let declared = app.required("environment")
        let values = project.environmentFile.entries(
            of: declared, .object(.variable), environment: project.variables, folder: project.folder)
        let names = values.map(\.key)
        return try zip(declared.entries, values).map { entry, value in
            guard entry.key.wholeMatch(of: #/[A-Za-z_][A-Za-z0-9_]*/#) != nil else {
                throw ConfigurationError([
                    entry.value.problem(
                        "`\(entry.key)` is no name of an environment variable", fix: "use letters, digits and _")
                ])
            }
            try refuseStrangers(in: entry.value, names: names)
            return EnvironmentVariable(entry.key, entry.value, value.value)
        }
    }

    /// `needs` and `differs_from` name variables of this file, and `pattern` is a regular expression.
    private static func refuseStrangers(in entry: ConfigurationValue, names: [String]) throws {
        for key in ["needs", "differs_from"] {
            for other in entry[key]?.elements ?? [] where !names.contains(other.string) {
                let nearest = nearestName(to: other.string, among: names)
                throw ConfigurationError([
                    other.problem(
                        "app.environment has no variable `\(other.string)`",
                        fix: nearest.map { "did you mean \($0)?" } ?? "declare it")
                ])
            }
        }
        guard let pattern = entry["pattern"] else { return }
        do { _ = try Regex(pattern.string) } catch {
            throw ConfigurationError([
                pattern.problem("it is no regular expression", fix: "correct it; an example: ^[a-z]+$")
            ])
        }
    }

    /// What does not depend on the value is read from the declaration, so that it is known of a missing variable too.
    private init(
        _ name: String, _ declared: ConfigurationValue, _ resolved: Result<ConfigurationValue, ConfigurationError>
    ) {
        let value: Value
        var place = declared.place.text
        // The declared type holds also for a value that is not there, unless it is a reference itself.
        var form = Form(declared)
        switch resolved {
        case .success(let resolved):
            value = .present(resolved.required("value").secret)
            form = Form(resolved)
        case .failure(let error):
            let problem = error.problems[0]
            value = .missing(why: problem.why, fix: problem.fix)
            place = problem.place
        }
        self.init(name: name, form: form, value: value, place: place)
        isRequired = declared["required"]?.boolean ?? true
        (needs, differsFrom) = (declared["needs"]?.strings ?? [], declared["differs_from"]?.strings ?? [])
        pattern = declared["pattern"]?.string
        sources = Self.sources(of: declared.required("value").string)
    }

    /// Names that `${env:}` reads; a malformed reference has been reported where the value is resolved.
    private static func sources(of text: String) -> Set<String> {
        guard case .success(let pieces) = Reference.parse(text) else { return [] }
        return Set(
            pieces.compactMap { piece in
                guard case .reference(let reference) = piece, reference.kind == .env else { return nil }
                return reference.name
            })
    }
}

extension EnvironmentVariable.Form {
    fileprivate init(_ value: ConfigurationValue) {
        let type = value["type"].flatMap { VariableType(rawValue: $0.string) } ?? .string
        self =
            switch type {
            case .string: .string
            case .integer: .integer
            case .number: .number
            case .boolean: .boolean
            case .duration: .duration
            case .port: .port
            case .path: .path
            case .url: .url
            case .listen: .listen
            case .email: .email
            case .host: .host
            case .json: .json
            case .postgresURL: .postgresURL
            case .redisURL: .redisURL
            case .bucketURL: .bucketURL
            case .base64: .base64(bytes: value["bytes"].flatMap { Int($0.string) })
            case .hex: .hex(bytes: value["bytes"].flatMap { Int($0.string) })
            case .secret: .secret(minimumBits: value["minimum_bits"].flatMap { Int($0.string) } ?? 256)
            case .choice: .choice(value["choices"]?.strings ?? [])
            }
    }
}

extension EnvironmentContext {
    /// The example file of the project, and the secrets of the environments that `distinct_from` names.
    init(_ project: Project) throws {
        self.init()
        let app = project.environmentFile.root["app"]
        forbidden = app?["forbidden"]?.strings ?? []
        for name in [".env.example", ".env.sample", ".env.template"] where project.hasFile(name) {
            let values = try EnvironmentFile.read(path: project.absolute(name), displayPath: name)
            examples.merge(values.filter { !$0.value.isEmpty }) { first, _ in first }
        }
        for entry in app?["distinct_from"]?.elements ?? [] {
            let other: Project
            do {
                other = try Project(folder: project.folder, environmentName: entry.string, variables: project.variables)
            } catch let error as ConfigurationError {
                throw ConfigurationError([
                    entry.problem(
                        "the environment `\(entry.string)` cannot be read: \(error.problems[0].why)",
                        fix: error.problems[0].fix)
                ])
            }
            others.append((entry.string, try EnvironmentVariable.all(of: other)))
        }
    }
}
