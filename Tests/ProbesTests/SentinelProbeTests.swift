import Glibc
@testable import LocalServices
import OpsModel
import Probes
import ProcessClient
import RedisClient
import TestSupport
import Testing

@Suite(.enabled(if: Requirement.redis.isMet, "Redis is not installed")) struct SentinelProbeTests {
    private func url(_ secret: Secret, _ group: RedisSentinel) throws -> RedisURL {
        var url = try RedisURL(secret)
        url.authorityFile = group.authority
        return url
    }

    private func expectation(_ group: RedisSentinel) throws -> SentinelExpectation {
        SentinelExpectation(
            urls: try group.sentinelURLs.map { try url($0, group) }, master: RedisSentinel.masterName, replicas: 1,
            data: try url(group.url(.probe, of: .first), group))
    }

    private func run(_ words: [String], on member: RedisSentinel.Member, of group: RedisSentinel) async throws {
        let connection = try await RedisConnection.open(try url(group.url(of: member), group), timeout: .seconds(5))
        if case .error(let text) = try await connection.send([words])[0] {
            throw RedisError.refused(server: member.rawValue, command: words[0], reply: text)
        }
    }

    @Test func threeSentinelsThatAgreePassEveryCheck() async throws {
        try await withRedisSentinel { group in
            let target = ProbeTarget(
                name: "it", subject: SentinelSubject(try expectation(group)), timeout: .seconds(10))
            let report = await ProbeRun(environment: "test", targets: [target]).once()
            #expect(report.checks.count == SentinelSubject.checks.count)
            for check in report.checks { #expect(check.status == .pass, "\(check)") }
            #expect(report.targets.first?.roundTrips == 2)
            // The same sentinels under another name, and with another number of them.
            var other = try expectation(group)
            other.master = "other"
            let unknown = await look(SentinelSubject(other))
            #expect(unknown["master_known"]?.status == .fail)
            #expect(unknown["quorum"]?.blockedBy == "it.master_known")
            var more = try expectation(group)
            (more.sentinels, more.replicas) = (5, 2)
            let fewer = await look(SentinelSubject(more))
            #expect(fewer["sentinels"]?.status == .fail)
            #expect(fewer["replicas"]?.status == .fail)
            var stranger = try expectation(group)
            stranger.urls[0].password = Secret("wrong")
            #expect(await look(SentinelSubject(stranger))["authenticate"]?.status == .fail)
        }
    }

    @Test func aSentinelThatIsGoneIsMissedAndTheOthersAreStillHeard() async throws {
        try await withRedisSentinel { group in
            try group.process(.sentinelC).signal(SIGKILL)
            let subject = SentinelSubject(try expectation(group))
            try await eventually("its absence is seen") { await look(subject)["connect"]?.status == .fail }
            let checks = await look(subject)
            #expect(checks["connect"]?.reason == .refused)
            #expect(checks["connect"]?.observed.contains("\(group.port(of: .sentinelC))") == true)
            #expect(checks["agreement"]?.status == .pass)
            #expect(checks["master_role"]?.status == .pass)
            // With a second one gone nobody could start a failover.
            try group.process(.sentinelB).signal(SIGKILL)
            try await eventually("no quorum") { await look(subject)["quorum"]?.status == .fail }
            #expect(await look(subject)["quorum"]?.observed.contains("NOQUORUM") == true)
        }
    }

    @Test func aSentinelThatNamesAnotherMasterBreaksTheAgreement() async throws {
        try await withRedisSentinel { group in
            try await withRedisServer { stranger in
                let name = RedisSentinel.masterName
                try await run(["SENTINEL", "REMOVE", name], on: .sentinelA, of: group)
                try await run(
                    ["SENTINEL", "MONITOR", name, "127.0.0.1", "\(stranger.port)", "2"], on: .sentinelA, of: group)
                let checks = await look(SentinelSubject(try expectation(group)))
                #expect(checks["agreement"]?.status == .fail)
                #expect(checks["agreement"]?.observed.contains("127.0.0.1:\(stranger.port)") == true)
                let fix = checks["agreement"]?.fix ?? ""
                #expect(fix.hasPrefix("on the sentinel that is wrong: SENTINEL RESET \(name), and wait 30 s;"))
                try await mend(group)
            }
        }
    }

    /// The second part of the fix: without SET the sentinel could not log in to the master any more.
    private func mend(_ group: RedisSentinel) async throws {
        let (name, subject) = (RedisSentinel.masterName, SentinelSubject(try expectation(group)))
        let port = "\(group.port(of: .first))"
        try await run(["SENTINEL", "REMOVE", name], on: .sentinelA, of: group)
        try await run(["SENTINEL", "MONITOR", name, "127.0.0.1", port, "2"], on: .sentinelA, of: group)
        try await run(["SENTINEL", "SET", name, "down-after-milliseconds", "1000"], on: .sentinelA, of: group)
        try await eventually("without a password the master is down", within: .seconds(30)) {
            await look(subject)["master_up"]?.status == .fail
        }
        let password = group.password("watch").reveal()
        for (setting, value) in [("auth-user", "watch"), ("auth-pass", password), ("failover-timeout", "5000")] {
            try await run(["SENTINEL", "SET", name, setting, value], on: .sentinelA, of: group)
        }
        try await eventually("all is well again", within: .seconds(60)) {
            let checks = await look(subject)
            return ["agreement", "master_up", "quorum", "sentinels", "replicas"].allSatisfy {
                checks[$0]?.status == .pass
            }
        }
    }

    @Test func aMasterThatIsGoneIsSeenDownUntilTheReplicaHasItsPlace() async throws {
        var options = RedisSentinel.Options()
        options.downAfter = .milliseconds(500)
        try await withRedisSentinel(options) { group in
            let subject = SentinelSubject(try expectation(group))
            try group.process(.first).signal(SIGKILL)
            try await eventually("the sentinels see it") {
                let checks = await look(subject)
                return checks["master_up"]?.status == .fail || checks["master_role"]?.status == .fail
            }
            try await eventually("the replica has become master", within: .seconds(30)) {
                let checks = await look(subject)
                return checks["master_role"]?.observed == "127.0.0.1:\(group.port(of: .second)) is"
                    && checks["agreement"]?.status == .pass
            }
            #expect(await look(subject)["replicas"]?.status == .fail)
        }
    }
}

@Suite(.enabled(if: Requirement.redis.isMet, "Redis is not installed")) struct RedisClusterProbeTests {
    private func withCluster(_ body: ([RedisServer]) async throws -> Void) async throws {
        // The default bus port, 10000 above the other, may lie beyond the last one.
        let bus = try freeLoopbackPorts(3)
        func arguments(_ index: Int) -> [String] {
            ["--cluster-enabled", "yes", "--cluster-node-timeout", "500", "--cluster-port", "\(bus[index])"]
        }
        try await withRedisServer(arguments(0)) { a in
            try await withRedisServer(arguments(1)) { b in
                try await withRedisServer(arguments(2)) { c in
                    for (server, range) in [(a, (0, 5460)), (b, (5461, 10922)), (c, (10923, 16383))] {
                        try await server.run("CLUSTER", "ADDSLOTSRANGE", "\(range.0)", "\(range.1)")
                    }
                    for (other, port) in [(b, bus[1]), (c, bus[2])] {
                        try await a.run("CLUSTER", "MEET", "127.0.0.1", "\(other.port)", "\(port)")
                    }
                    try await body([a, b, c])
                }
            }
        }
    }

    @Test func aWholeClusterPassesAndAMissingSlotAndAMissingNodeFail() async throws {
        try await withCluster { nodes in
            let subject = RedisClusterSubject(RedisClusterExpectation(url: nodes[0].url))
            try await eventually("the cluster is whole", within: .seconds(30)) {
                let checks = await look(subject)
                return checks.values.allSatisfy { [.pass, .skipped].contains($0.status) }
            }
            let lonely = RedisClusterSubject(RedisClusterExpectation(url: nodes[0].url, replicas: 1))
            #expect(await look(lonely)["replicas"]?.status == .fail)
            try await nodes[0].run("CLUSTER", "DELSLOTS", "7")
            let missing = await look(subject)
            #expect(missing["slots"]?.status == .fail)
            #expect(missing["slots"]?.observed == "16383 assigned, 16383 served")
            #expect(missing["slots"]?.fix == "redis-cli --cluster fix \(nodes[0].url.endpoint)")
            try nodes[2].process.signal(SIGKILL)
            try await eventually("its absence is seen", within: .seconds(30)) {
                await look(subject)["failing_nodes"]?.status == .fail
            }
            let down = await look(subject)
            #expect(down["state"]?.status == .fail)
            let first = "start the missing node first: 127.0.0.1:\(nodes[2].port); then redis-cli --cluster check"
            for name in ["state", "slots"] { #expect(down[name]?.fix?.hasPrefix(first) == true, "\(name)") }
        }
    }

    @Test func aServerOutsideAClusterIsToldFromABrokenOne() async throws {
        try await withRedisServer { server in
            let checks = await look(RedisClusterSubject(RedisClusterExpectation(url: server.url)))
            #expect(checks["state"]?.status == .fail)
            #expect(checks["state"]?.fix == "use the kind redis, or set `cluster-enabled yes`")
        }
    }
}
