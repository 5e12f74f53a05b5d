import BucketClient
import OpsConfiguration
import OpsModel
import PostgresClient
import Probes
import RedisClient

/// A probe of the environment file that looks at a server of the stack: its key `stack`.
struct StackBinding {
    let id: String
    private let isStandIn: Bool
    private let value: ConfigurationValue
    private let probe: ProbeTarget

    /// - Returns: nil for a probe without the key.
    init?(_ element: ConfigurationValue, _ probe: ProbeTarget) {
        guard let value = element["stack"] else { return nil }
        (self.value, self.probe) = (value, probe)
        if case .mapping = value.content {
            id = value.required("target").string
            isStandIn = value["stand_in"]?.boolean ?? false
        } else {
            (id, isStandIn) = (value.string, false)
        }
    }

    /// - Throws: `ConfigurationError` when the stack has no such server, or one of another kind.
    func refuseStranger(among targets: [StackTarget]) throws {
        let servers = targets.compactMap { target -> (id: String, kind: String)? in
            guard case .wire(let wire) = target.content else { return nil }
            return (target.id, wire.kind.rawValue)
        }
        guard let server = servers.first(where: { $0.id == id }) else {
            let nearest = nearestName(to: id, among: servers.map(\.id))
            throw ConfigurationError([
                value.problem(
                    "the stack has no server `\(id)`",
                    fix: nearest.map { "did you mean \($0)?" }
                        ?? "servers of the stack: \(servers.map(\.id).joined(separator: ", "))")
            ])
        }
        guard server.kind == probe.kind else {
            throw ConfigurationError([
                value.problem(
                    "`\(id)` is of the kind \(server.kind), `\(probe.name)` probes \(probe.kind)",
                    fix: "bind a probe of the kind \(server.kind)")
            ])
        }
    }

    /// What the stack's server cannot be compared with, because its targets are not here.
    func unknown(project: Project, profile: ProbeProfile) -> ProbeTarget {
        ProbeTarget(
            name: "stack.\(id)",
            subject: StackBindingSubject(
                .init(
                    environment: project.environmentName, id: id, server: nil,
                    bindings: [.init(probe: probe.name, server: server, isStandIn: isStandIn, weaknesses: [])])),
            timeout: .seconds(5), plan: CheckPlan(profile: profile), place: probe.place)
    }

    /// - Throws: `ConfigurationError` for a stand-in where none may be.
    func compared(
        with target: StackWireTarget, project: Project, isEmulator: Bool
    ) throws -> StackBindingSubject.Binding {
        guard !isStandIn || isEmulator || project.protection != "critical" else {
            throw ConfigurationError([
                value.problem(
                    "a critical environment has no stand-ins: nobody would look at \(target.server)",
                    fix: "probe the stack's own server, and write `stack: \(id)`")
            ])
        }
        return .init(
            probe: probe.name, server: server, isStandIn: isStandIn,
            weaknesses: target.demands.sorted { $0.key < $1.key }.compactMap { weakness($0.key, $0.value) })
    }

    /// The server that the probe looks at, written as `StackWireTarget.server`.
    private var server: String {
        switch probe.subject {
        case let postgres as PostgresSubject:
            "\(postgres.expectation.url.host):\(postgres.expectation.url.port)/\(postgres.expectation.url.database)"
        case let redis as RedisSubject: "\(redis.expectation.url.host):\(redis.expectation.url.port)"
        case let bucket as BucketSubject:
            switch bucket.store {
            case .s3(let s3): Self.server(s3.place)
            case .directory(let folder): folder.folder
            }
        default: probe.endpoint
        }
    }

    private static func server(_ place: S3Location) -> String {
        let host = place.addressing == .virtual ? String(place.host.dropFirst(place.bucket.count + 1)) : place.host
        return "\(place.bucket) at \(host)"
    }

    /// What the probe does not demand though the stack promises it; nil when it does.
    private func weakness(_ key: String, _ wanted: String) -> String? {
        let demanded: (isAsked: Bool, check: String)? =
            switch probe.subject {
            case let subject as PostgresSubject: Self.postgres(subject.expectation, key, wanted)
            case let subject as RedisSubject: Self.redis(subject.expectation, key, wanted)
            case let subject as BucketSubject: Self.bucket(subject.expectation, key)
            default: nil
            }
        guard let demanded else { return nil }
        guard demanded.isAsked else { return "does not demand \(key): \(wanted)" }
        let isFull = probe.plan.setting(demanded.check).severity == .fail
        return isFull ? nil : "does not fail when \(demanded.check) does"
    }

    private static func postgres(
        _ expectation: PostgresExpectation, _ key: String, _ wanted: String
    ) -> (isAsked: Bool, check: String)? {
        switch key {
        case "role": (expectation.role.rawValue == wanted, "role")
        case "tls":
            (
                expectation.protection == .verified || wanted == "required" && expectation.protection == .required,
                "tls"
            )
        case "plaintext": (expectation.refusesPlaintext, "plaintext_refused")
        default: nil
        }
    }

    private static func redis(
        _ expectation: RedisExpectation, _ key: String, _ wanted: String
    ) -> (isAsked: Bool, check: String)? {
        switch key {
        case "role": (expectation.role.rawValue == wanted, "role")
        case "tls": (expectation.url.usesTLS, "tls")
        case "plaintext": (expectation.refusesPlaintext, "plaintext_refused")
        case "unauthenticated": (expectation.refusesUnauthenticated, "unauthenticated_refused")
        default: nil
        }
    }

    private static func bucket(_ expectation: BucketExpectation, _ key: String) -> (isAsked: Bool, check: String)? {
        switch key {
        case "anonymous": (expectation.refusesAnonymous, "anonymous_refused")
        case "presigned": (expectation.testsPresigned, "presigned_works")
        default: nil
        }
    }
}
