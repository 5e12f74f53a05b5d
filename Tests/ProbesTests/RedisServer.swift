import Foundation
import LocalServices
import OpsModel
import Probes
import ProcessClient
import RedisClient
import TestSupport

/// A plain Redis server of its own, made for one test to break it.
struct RedisServer: Sendable {
    let port: Int
    let folder: String
    let process: ProcessIdentity

    var url: RedisURL {
        RedisURL(
            host: "127.0.0.1", port: port, usesTLS: false, user: nil, password: nil, database: 0, authorityFile: nil)
    }

    /// Nothing is asked for; tests set what they need.
    var expectation: RedisExpectation {
        RedisExpectation(
            url: url, role: .master, eviction: nil, refusesPlaintext: false, refusesUnauthenticated: false,
            writesCanary: false, canaryPrefix: "opsctl:canary:")
    }

    @discardableResult
    func run(_ words: String...) async throws -> RedisValue {
        let connection = try await RedisConnection.open(url, timeout: .seconds(5))
        let reply = try await connection.send([words])[0]
        if case .error(let text) = reply {
            throw RedisError.refused(server: url.endpoint, command: words[0], reply: text)
        }
        return reply
    }
}

/// Starts `redis-server` with these arguments for the length of `body`.
func withRedisServer(_ arguments: [String] = [], _ body: (RedisServer) async throws -> Void) async throws {
    try await withScratchDirectory { folder async throws in
        let port = try freeLoopbackPorts(1)[0]
        let data = "\(folder)/data"
        try FileManager.default.createDirectory(atPath: data, withIntermediateDirectories: true)
        let listening = arguments.contains("--tls-port") ? [] : ["--port", "\(port)"]
        let process = try DetachedProcess.start(
            executable: "redis-server",
            arguments: listening + ["--save", "", "--dir", data, "--bind", "127.0.0.1"]
                + arguments.map { $0 == "PORT" ? "\(port)" : $0 },
            environment: nil, folder: folder, log: "\(folder)/log")
        do {
            try await eventually("redis answers") { answersOnLoopback(port) }
            try await body(RedisServer(port: port, folder: folder, process: process))
        } catch {
            try process.signal(SIGKILL)
            throw error
        }
        try process.signal(SIGKILL)
        try await eventually("redis has ended") { try !process.isRunning }
    }
}

/// One look at one target, by the short names of its checks.
func look(
    _ subject: some ProbeSubject, profile: ProbeProfile = .deployGate, timeout: Duration = .seconds(10)
) async -> [String: CheckResult] {
    let target = ProbeTarget(
        name: "it", subject: subject, timeout: timeout, plan: CheckPlan(profile: profile))
    let report = await ProbeRun(environment: "test", targets: [target]).once()
    return Dictionary(report.checks.map { ($0.shortName, $0) }, uniquingKeysWith: { first, _ in first })
}
