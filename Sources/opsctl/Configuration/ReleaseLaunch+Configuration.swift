import Cryptography
import Deploy
import OpsConfiguration
import OpsModel
import Probes

extension ReleaseLaunch {
    /// The release that `app` describes, under a name. The configuration's digest covers arguments, names and digests of the values.
    init(name: String, artifact: String?, project: Project) throws {
        let variables = try EnvironmentVariable.all(of: project)
        let absent = variables.filter { !$0.isRequired && $0.secret == nil }.map { "app.environment.\($0.name)" }
        let app = try project.section("app", leavingOut: Set(absent))
        let artifact = try ReleaseArtifact(app, given: artifact, project: project)
        let environment = Dictionary(
            app.required("environment").entries.map { ($0.key, $0.value.required("value").secret) },
            uniquingKeysWith: { first, _ in first })
        let arguments = app["arguments"]?.strings ?? []
        let lines =
            arguments.map { "argument \($0)" }
            + environment.sorted { $0.key < $1.key }.map { "\($0.key) \(hex(sha256($0.value.reveal().utf8)))" }
        let release = Release(
            name: name, artifactDigest: artifact.digest,
            configurationDigest: hex(sha256(lines.joined(separator: "\n").utf8)))
        self.init(
            release: release, artifact: artifact.name, arguments: arguments,
            migrateArguments: app["migrate"]?.strings ?? [],
            environment: environment)
        contractArguments = app["contract"]?.strings ?? []
    }
}
