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
        let entries = project.environmentFile.entries(
            of: app.required("environment"), .object(.variable), environment: project.variables, folder: project.folder)
        let declared = Dictionary(
            app.required("environment").entries.map { ($0.key, $0.value) }, uniquingKeysWith: { first, _ in first })
        return entries.map { name, value in
            let place = declared[name]?.place.text ?? project.environmentFile.path
            switch value {
            case .success(let value):
                return EnvironmentVariable(
                    name: name, form: Form(value), value: .present(value.required("value").secret), place: place)
            case .failure(let error):
                let problem = error.problems[0]
                return EnvironmentVariable(
                    name: name, form: .string, value: .missing(why: problem.why, fix: problem.fix), place: problem.place
                )
            }
        }
    }
}

extension EnvironmentVariable.Form {
    fileprivate init(_ value: ConfigurationValue) {
        let type = value["type"].flatMap { VariableType(rawValue: $0.string) } ?? .string
        self =
            switch type {
            case .string: .string
            case .integer: .integer
            case .boolean: .boolean
            case .duration: .duration
            case .port: .port
            case .path: .path
            case .url: .url
            case .listen: .listen
            case .postgresURL: .postgresURL
            case .redisURL: .redisURL
            case .bucketURL: .bucketURL
            case .secret: .secret(minimumBits: value["minimum_bits"]?.integer ?? 256)
            case .choice: .choice(value["choices"]?.strings ?? [])
            }
    }
}
