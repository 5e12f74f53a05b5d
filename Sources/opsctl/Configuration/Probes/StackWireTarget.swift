import Foundation
import OpsConfiguration
import OpsModel
import Probes

/// A server of the stack that is tried out over the wire. All but `http` need credentials, which only probes of the environment
/// file have: one of those is bound to it by its key `stack`.
struct StackWireTarget {
    enum Kind: String, CaseIterable {
        case postgres, redis, bucket, http

        fileprivate var locators: [String] {
            switch self {
            case .postgres: ["host", "port", "database"]
            case .redis: ["host", "port", "user"]
            case .bucket: ["endpoint", "region", "bucket", "prefix"]
            case .http: ["url"]
            }
        }

        /// What may be demanded, with the values that are understood; nil: any.
        fileprivate var demands: [String: [String]?] {
            switch self {
            case .postgres:
                ["role": ["primary", "replica"], "tls": ["verified", "required"], "plaintext": ["refused"]]
            case .redis:
                [
                    "role": ["master", "replica"], "tls": ["verified"], "plaintext": ["refused"],
                    "unauthenticated": ["refused"],
                ]
            case .bucket: ["anonymous": ["refused"], "presigned": ["true"]]
            case .http: ["status": .none, "redirect": .none]
            }
        }
    }

    let kind: Kind
    /// Where it is, as probes of its kind print it.
    let server: String
    /// `tls` → `verified`, …
    let demands: [String: String]

    init(_ value: StackValue, _ kind: Kind) throws {
        self.kind = kind
        try value.refuseUnknown(
            besides: ["expect", "id", "kind", "layer"] + kind.locators, what: "the target `\(kind.rawValue)`")
        server = try Self.server(value, kind)
        demands = try value["expect"].map { try Self.demands($0, kind) } ?? [:]
    }

    private static func server(_ value: StackValue, _ kind: Kind) throws -> String {
        switch kind {
        case .postgres:
            "\(try value.text("host")):\(try value.integer("port"))/\(try value.text("database"))"
        case .redis: "\(try value.text("host")):\(try value.integer("port"))"
        case .bucket: "\(try value.text("bucket")) at \(try host(of: value.text("endpoint"), value))"
        case .http: try value.text("url")
        }
    }

    private static func host(of url: String, _ value: StackValue) throws -> String {
        guard let parts = URLComponents(string: url), let host = parts.host else {
            throw value.error("`\(url)` is no URL")
        }
        return parts.port.map { "\(host):\($0)" } ?? host
    }

    private static func demands(_ expect: StackValue, _ kind: Kind) throws -> [String: String] {
        try expect.refuseUnknown(besides: kind.demands.keys.sorted(), what: "the kind `\(kind.rawValue)`")
        var demands: [String: String] = [:]
        for (key, value) in try expect.members() where !value.isNull {
            let text: String =
                switch value.content {
                case .text(let text): text
                case .number(let number): numberText(number)
                case .flag(let flag): flag ? "true" : "false"
                case .list(let elements): try elements.map { String(try $0.integer()) }.joined(separator: ",")
                case .null, .members: throw value.error("expected a text")
                }
            if case .some(.some(let known)) = kind.demands[key], !known.contains(text) {
                throw value.error("`\(text)` is not one of \(known.joined(separator: ", "))")
            }
            demands[key] = text
        }
        return demands
    }

    /// - Parameter bound: the environment's probes that are bound to it.
    func subject(
        _ id: String, bound: [StackBinding], project: Project, isEmulator: Bool
    ) throws -> any ProbeSubject {
        if kind == .http, bound.isEmpty, !isEmulator { return try httpSubject(project) }
        let bindings = try bound.map { try $0.compared(with: self, project: project, isEmulator: isEmulator) }
        return StackBindingSubject(
            .init(
                environment: project.environmentName, id: id, server: server, bindings: bindings,
                exemption: kind == .http && isEmulator
                    ? "made on an emulator: nothing serves \(server), and no probe of this environment is bound to it"
                    : nil))
    }

    private func httpSubject(_ project: Project) throws -> HTTPSubject {
        let source = StackSource(path: StackTargets.path(project), environment: project.environmentName)
        guard let parts = URLComponents(string: server), ["http", "https"].contains(parts.scheme), parts.host != nil
        else { throw source.error("url", "`\(server)` is no URL") }
        guard let statuses = StatusSet((demands["status"] ?? "200").split(separator: ",").map(String.init)) else {
            throw source.error("expect.status", "`\(demands["status"] ?? "")` is no status")
        }
        var expectation = HTTPExpectation(url: server, answer: HTTPAnswerExpectation(statuses: statuses))
        expectation.location = demands["redirect"].map { .containing($0) }
        return HTTPSubject(url: Secret(server), expectation)
    }
}
