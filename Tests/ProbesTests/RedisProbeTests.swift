import Glibc
import LocalServices
import OpsModel
@testable import Probes
import ProcessClient
import RedisClient
import TestSupport
import Testing

@Suite struct RedisJudgementTests {
    private func canary(_ read: String) -> CheckResult? {
        let url = RedisURL(
            host: "h", port: 1, usesTLS: false, user: nil, password: nil, database: 0, authorityFile: nil)
        let expectation = RedisExpectation(
            url: url, role: .master, eviction: nil, refusesPlaintext: false, refusesUnauthenticated: false,
            writesCanary: true, canaryPrefix: "c:")
        let flight = RedisSnapshot.Flight(
            authentication: .init(text: "PONG"), ping: .init(text: "PONG"), info: [:],
            canary: [.init(text: "OK"), .init(text: read), .init(text: "1")], canaryValue: "written")
        let snapshot = RedisSnapshot(
            link: .seen(.init()), flight: .seen(flight), plaintext: .notLooked, unauthenticated: .notLooked)
        return RedisSubject.results(of: snapshot, expectation, target: "t").first { $0.check == "t.write_canary" }
    }

    @Test func aCanaryThatComesBackWithAnotherValueFails() {
        #expect(canary("written")?.status == .pass)
        #expect(canary("stale")?.status == .fail)
        #expect(canary("stale")?.reason == .mismatch)
        #expect(canary("stale")?.fix?.contains("ACL") == false)
    }

    @Test(arguments: [
        ("NOAUTH Authentication required." as String?, CheckStatus.pass),
        ("ERR max number of clients reached", .unknown),
        (nil, .fail),
    ])
    func onlyAnAnswerProvesThatNobodyIsRefused(_ error: String?, _ status: CheckStatus) {
        let url = RedisURL(
            host: "h", port: 1, usesTLS: false, user: nil, password: nil, database: 0, authorityFile: nil)
        let expectation = RedisExpectation(
            url: url, role: .master, eviction: nil, refusesPlaintext: false, refusesUnauthenticated: true,
            writesCanary: false, canaryPrefix: "c:")
        let answer = RedisSnapshot.Answer(text: error == nil ? "PONG" : nil, error: error)
        let snapshot = RedisSnapshot(
            link: .seen(.init()), flight: .notLooked, plaintext: .notLooked, unauthenticated: .seen(answer))
        let check = RedisSubject.results(of: snapshot, expectation, target: "t").first {
            $0.check == "t.unauthenticated_refused"
        }
        #expect(check?.status == status)
    }

    @Test(arguments: ["/nowhere/ca.crt", "/etc/hostname"]) func anUnusableAuthorityFileIsUnknown(_ path: String) async {
        let url = RedisURL(
            host: "127.0.0.1", port: 1, usesTLS: true, user: nil, password: nil, database: 0, authorityFile: path)
        let expectation = RedisExpectation(
            url: url, role: .master, eviction: nil, refusesPlaintext: true, refusesUnauthenticated: true,
            writesCanary: true, canaryPrefix: "c:")
        let run = ProbeRun(
            environment: "test",
            targets: [ProbeTarget(name: "c", subject: RedisSubject(expectation), timeout: .seconds(5))])
        let connect = await run.once().checks.first
        #expect(connect?.status == .unknown)
        #expect(connect?.reason == .configuration)
    }
}

@Suite(.enabled(if: Requirement.redis.isMet, "Redis is not installed")) struct RedisProbeTests {
    private func checks(
        _ node: RedisNode, eviction: String? = "noeviction", timeout: Duration = .seconds(10),
        prefix: String = "opsctl:canary:",
        _ change: (inout RedisURL) -> Void = { _ in }
    ) async throws -> [String: CheckResult] {
        var url = try RedisURL(node.url(.probe))
        url.authorityFile = node.authority
        change(&url)
        let expectation = RedisExpectation(
            url: url, role: .master, eviction: eviction, refusesPlaintext: true, refusesUnauthenticated: true,
            writesCanary: true,
            canaryPrefix: prefix)
        let report = await ProbeRun(
            environment: "test",
            targets: [ProbeTarget(name: "cache", subject: RedisSubject(expectation), timeout: timeout)]
        ).once()
        return Dictionary(
            report.checks.map { (String($0.check.dropFirst(6)), $0) }, uniquingKeysWith: { first, _ in first })
    }

    @Test func aHealthyServerPassesEveryCheck() async throws {
        try await withRedis { test in
            let checks = try await checks(test.node)
            #expect(checks.count == 21)
            for check in checks.values { #expect([.pass, .skipped].contains(check.status), "\(check)") }
            for name in ["connect", "tls", "certificate_expiry", "ping", "role", "eviction_policy", "write_canary"] {
                #expect(checks[name]?.status == .pass, "\(name)")
            }
        }
    }

    @Test func aWrongPasswordFailsForGoodAndBlocksWhatDependsOnIt() async throws {
        try await withRedis { test in
            let checks = try await checks(test.node) { $0.password = Secret("wrong") }
            #expect(checks["authenticate"]?.status == .fail)
            #expect(checks["authenticate"]?.reason == .authentication)
            #expect(checks["write_canary"]?.status == .blocked)
            #expect(checks["plaintext_refused"]?.status == .pass)
        }
    }

    @Test func anotherEvictionPolicyFailsWithTheCommandThatMendsIt() async throws {
        try await withRedis { test in
            let checks = try await checks(test.node, eviction: "allkeys-lru")
            #expect(checks["eviction_policy"]?.status == .fail)
            #expect(checks["eviction_policy"]?.observed == "noeviction")
            #expect(checks["eviction_policy"]?.fix == "CONFIG SET maxmemory-policy allkeys-lru")
        }
    }

    @Test func aUserThatMayNotWriteFailsTheCanaryByItsReason() async throws {
        try await withRedis { test in
            let checks = try await checks(test.node, prefix: "forbidden:")
            #expect(checks["write_canary"]?.status == .fail)
            #expect(checks["write_canary"]?.reason == .authorization)
        }
    }

    @Test func aCertificateOfAnotherAuthorityFailsAtConnecting() async throws {
        try await withRedis { test in
            let checks = try await checks(test.node) { $0.authorityFile = nil }
            #expect(checks["connect"]?.reason == .certificate)
            #expect(checks["tls"]?.status == .blocked)
        }
    }

    @Test func anOpenPlainServerFailsBothRefusals() async throws {
        try await withRedisServer { server in
            var expectation = server.expectation
            (expectation.refusesPlaintext, expectation.refusesUnauthenticated) = (true, true)
            let checks = await look(RedisSubject(expectation))
            for name in ["plaintext_refused", "unauthenticated_refused"] {
                #expect(checks[name]?.status == .fail)
                #expect(checks[name]?.reason == .accepted)
            }
        }
    }

    @Test func aFrozenServerIsUnknownAndNotFailed() async throws {
        try await withRedisNode { node in
            try node.process().signal(SIGSTOP)
            let frozen = try await checks(node, timeout: .milliseconds(500))
            #expect(frozen["connect"]?.status == .unknown)
            #expect(frozen["connect"]?.reason == .timeout)
            try node.process().signal(SIGCONT)
        }
    }
}
