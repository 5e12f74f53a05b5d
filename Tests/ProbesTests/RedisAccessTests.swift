import OpsModel
@testable import Probes
import RedisClient
import TestSupport
import Testing

/// Servers without users of their own, and those of managed services.
@Suite(.enabled(if: Requirement.redis.isMet, "Redis is not installed")) struct RedisAccessTests {
    /// What an environment file with a URL and nothing else asks for.
    private func byDefault(_ server: RedisServer, user: String?) -> RedisExpectation {
        var url = server.url
        (url.user, url.password) = (user, Secret("secret"))
        return RedisExpectation(
            url: url, role: .master, eviction: nil, refusesPlaintext: false, refusesUnauthenticated: true,
            writesCanary: true, canaryPrefix: "opsctl:canary:")
    }

    @Test(arguments: [ProbeProfile.readiness, .deployGate], [nil, "default"])
    func aServerWithOnlyAPasswordGetsNoUnknown(_ profile: ProbeProfile, _ user: String?) async throws {
        try await withRedisServer(["--requirepass", "secret"]) { server in
            let checks = await look(RedisSubject(byDefault(server, user: user)), profile: profile)
            for check in checks.values { #expect([.pass, .skipped].contains(check.status), "\(check)") }
        }
    }

    /// Managed services take these commands away.
    @Test(arguments: [ProbeProfile.readiness, .deployGate])
    func aServerThatForbidsAdministrationGetsNoUnknown(_ profile: ProbeProfile) async throws {
        let hidden = ["ACL", "CONFIG", "SLOWLOG", "DEBUG", "SHUTDOWN", "REPLICAOF"]
        let arguments = ["--requirepass", "secret"] + hidden.flatMap { ["--rename-command", $0, ""] }
        try await withRedisServer(arguments) { server in
            let checks = await look(RedisSubject(byDefault(server, user: nil)), profile: profile)
            for check in checks.values { #expect([.pass, .skipped].contains(check.status), "\(check)") }
        }
    }

    /// Before Redis 6 AUTH knew no users: `AUTH default PASSWORD` is an error there.
    @Test(arguments: [
        (nil as String?, ["AUTH", "secret"]), ("default", ["AUTH", "secret"]), ("app", ["AUTH", "app", "secret"]),
    ])
    func theDefaultUserNeedsNoNameToLogIn(_ user: String?, _ words: [String]) {
        let url = RedisURL(
            host: "h", port: 1, usesTLS: false, user: user, password: Secret("secret"), database: 0, authorityFile: nil)
        #expect(url.authentication == words)
    }

    /// INFO as Valkey 8 and ElastiCache print it: other names in front, some fields missing.
    @Test(arguments: [
        "maxclients", "mem_not_counted_for_evict", "mem_fragmentation_ratio", "rejected_connections", "maxmemory",
        "maxmemory_policy", "evicted_keys", "used_memory", "rdb_last_save_time", "aof_enabled", "tcp_port",
        "uptime_in_seconds", "rdb_last_bgsave_status", "run_id",
    ])
    func aFieldThatIsMissingFromInfoIsNoUnknownByDefault(_ field: String) {
        let test = RedisSubject.selfTest
        var (snapshot, expectation) = (test.healthy, test.expectation)
        (expectation.eviction, expectation.persistence, expectation.minimumVersion) = (nil, nil, nil)
        guard var flight = snapshot.flight.facts else { return }
        flight.info?[field] = nil
        snapshot.flight = .seen(flight)
        let plan = CheckPlan(profile: .deployGate)
        for check in RedisSubject.results(of: snapshot, expectation, target: "t", plan: plan) {
            #expect([.pass, .skipped].contains(check.status), "\(check)")
        }
    }
}
