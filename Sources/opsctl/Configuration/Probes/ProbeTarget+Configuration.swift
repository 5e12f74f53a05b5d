import OpsConfiguration
import OpsModel
import Probes

extension ProbeTarget {
    /// Reads one element of `probes`. - Throws: `ConfigurationError` at the element for values that do not hold together.
    init(_ value: ConfigurationValue, project: Project, profile: ProbeProfile) throws {
        let subject = try Self.subject(value, project: project)
        self.init(
            name: value.required("name").string, subject: subject, timeout: value["timeout"]?.duration ?? .seconds(5),
            plan: CheckPlan(profile: profile, settings: try Self.settings(value, of: type(of: subject))),
            retry: value["retry"].map(RetryRule.init) ?? RetryRule(), needs: value["needs"]?.strings ?? [],
            place: project.reportPlace(value.place.text))
    }

    private static func subject(_ value: ConfigurationValue, project: Project) throws -> any ProbeSubject {
        if let settings = value["postgres"] { return try PostgresSubject(settings) }
        if let settings = value["pgbouncer"] { return try PgBouncerSubject(settings) }
        if let settings = value["redis"] { return try RedisSubject(settings, project: project) }
        if let settings = value["sentinel"] { return try SentinelSubject(settings, project: project) }
        if let settings = value["redis_cluster"] { return try RedisClusterSubject(settings, project: project) }
        if let settings = value["bucket"] { return try BucketSubject(settings, project: project) }
        if let settings = value["http"] { return try HTTPSubject(settings, project: project) }
        if let settings = value["tls"] { return TLSSubject(settings, project: project) }
        if let settings = value["tcp"] { return try TCPSubject(settings) }
        if let settings = value["dns"] { return try DNSSubject(settings) }
        if let settings = value["sse"] { return try SSESubject(settings, project: project) }
        if let settings = value["drill"] { return DrillSubject(settings, project: project) }
        preconditionFailure("the shape demands one of the kinds")
    }

    /// The element's `checks`: names that this kind does not have, and limits of checks that measure nothing, are errors.
    private static func settings(
        _ value: ConfigurationValue, of kind: any ProbeSubject.Type
    ) throws -> [String: CheckSetting] {
        var settings: [String: CheckSetting] = [:]
        for (name, setting) in value["checks"]?.entries ?? [] {
            guard let definition = kind.checks.first(where: { $0.name == name }) else {
                let names = kind.checks.map(\.name)
                throw ConfigurationError([
                    setting.problem(
                        "\(kind.kind) has no check `\(name)`",
                        fix: nearestName(to: name, among: names).map { "did you mean \($0)?" }
                            ?? "opsctl probe explain")
                ])
            }
            if let limit = setting["warn"] ?? setting["fail"], definition.limits == nil {
                throw ConfigurationError([
                    limit.problem("the check `\(name)` measures nothing that a limit fits", fix: "leave the limit out")
                ])
            }
            settings[name] = CheckSetting(setting)
        }
        return settings
    }
}

extension CheckSetting {
    fileprivate init(_ value: ConfigurationValue) {
        self.init(
            severity: value["severity"].flatMap { Severity(rawValue: $0.string) } ?? .fail,
            warn: value["warn"]?.number, fail: value["fail"]?.number, attempts: value["attempts"]?.integer,
            runbook: value["runbook"]?.string)
    }
}

extension RetryRule {
    fileprivate init(_ value: ConfigurationValue) {
        self.init(
            attempts: value.required("attempts").integer, pause: value["pause"]?.duration ?? .milliseconds(100),
            deadline: value["deadline"]?.duration ?? .seconds(30))
    }
}

/// Turns an error about a value into one at its place in the file.
func placed<Value>(_ value: ConfigurationValue, _ body: () throws -> Value) throws -> Value {
    do {
        return try body()
    } catch let error as any DiagnosableError {
        throw ConfigurationError([value.problem(error.diagnostic.why, fix: error.diagnostic.fix)])
    }
}
