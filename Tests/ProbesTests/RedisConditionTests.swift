import Foundation
import LocalServices
import OpsModel
@testable import Probes
import ProcessClient
import RedisClient
import TestSupport
import Testing

/// Real servers, each broken in one way.
@Suite(.enabled(if: Requirement.redis.isMet, "Redis is not installed")) struct RedisConditionTests {
    private func expectation(_ node: RedisNode, _ user: RedisNode.User = .probe) throws -> RedisExpectation {
        var url = try RedisURL(node.url(user))
        url.authorityFile = node.authority
        return RedisExpectation(
            url: url, role: .master, eviction: "noeviction", refusesPlaintext: true, refusesUnauthenticated: true,
            writesCanary: true, canaryPrefix: user == .app ? "app:canary:" : "opsctl:canary:")
    }

    @Test func everythingIsSeenInTwoRoundTripsAfterTCP() async throws {
        try await withRedis { test in
            var expectation = try expectation(test.node)
            (expectation.demandsLeastPrivilege, expectation.demandsDefaultUserOff) = (true, true)
            (expectation.persistence, expectation.minimumVersion) = (.aof, "6.0")
            let plan = CheckPlan(profile: .deep)
            let target = ProbeTarget(
                name: "it", subject: RedisSubject(expectation), timeout: .seconds(10), plan: plan)
            let report = await ProbeRun(environment: "test", targets: [target]).once()
            #expect(report.targets.first?.roundTrips == 2)
            #expect(report.checks.count == RedisSubject.checks.count)
            for check in report.checks {
                // A server that was just started is no fault of the probe's.
                let good: [CheckStatus] = check.shortName == "uptime" ? [.pass, .warn] : [.pass, .skipped]
                #expect(good.contains(check.status), "\(check)")
            }
            for name in ["least_privilege", "default_user_off", "persistence", "version", "slow_commands", "latency"] {
                #expect(report.checks.first { $0.shortName == name }?.status == .pass, "\(name)")
            }
        }
    }

    @Test(arguments: ProbeProfile.allCases)
    func anOrdinaryUserGetsNoUnknownsForRightsItDoesNotHave(_ profile: ProbeProfile) async throws {
        try await withRedis { test in
            var expectation = try expectation(test.node, .app)
            expectation.eviction = nil
            let checks = await look(RedisSubject(expectation), profile: profile)
            // SLOWLOG is dangerous: that check belongs to the profiles of diagnosis, and says what to grant.
            let exceptions: Set = ["uptime", "slow_commands"]
            for (name, check) in checks where !exceptions.contains(name) {
                #expect([.pass, .skipped].contains(check.status), "\(check)")
            }
            if profile == .deep { #expect(checks["slow_commands"]?.fix == "ACL SETUSER app +slowlog|len") }
        }
    }

    @Test func aUserWithTooManyRightsFailsLeastPrivilege() async throws {
        try await withRedis { test in
            var expectation = try expectation(test.node, .ops)
            expectation.demandsLeastPrivilege = true
            let check = await look(RedisSubject(expectation))["least_privilege"]
            #expect(check?.status == .fail)
            #expect(check?.observed == "ops has +@all ~*")
        }
    }

    @Test func aUserWithoutInfoIsUnknownWithTheRightToGrant() async throws {
        try await withRedisServer { server in
            try await server.run("ACL", "SETUSER", "small", "on", ">secret", "+ping")
            var expectation = server.expectation
            (expectation.url.user, expectation.url.password) = ("small", Secret("secret"))
            expectation.demandsLeastPrivilege = true
            let checks = await look(RedisSubject(expectation))
            #expect(checks["ping"]?.status == .pass)
            #expect(checks["role"]?.status == .unknown)
            #expect(checks["role"]?.fix == "ACL SETUSER small +info")
            #expect(checks["least_privilege"]?.status == .unknown)
            #expect(checks["least_privilege"]?.fix == "ACL SETUSER small +acl|getuser")
        }
    }

    @Test func aServerThatWantsAPasswordIsNotReportedAsDown() async throws {
        try await withRedisServer(["--requirepass", "secret"]) { server in
            let checks = await look(RedisSubject(server.expectation))
            #expect(checks["connect"]?.status == .pass)
            #expect(checks["authenticate"]?.status == .fail)
            #expect(checks["authenticate"]?.fix == "put user and password into the URL")
            #expect(checks["ping"]?.status == .blocked)
        }
    }

    @Test func aReplicaWhoseLinkIsCutFailsAndTheMasterMissesIt() async throws {
        try await withRedisServer(["--repl-diskless-sync-delay", "0"]) { master in
            try await withRedisServer(["--replicaof", "127.0.0.1 \(master.port)"]) { replica in
                var asReplica = replica.expectation
                asReplica.role = .replica
                var asMaster = master.expectation
                asMaster.replicas = 1
                try await eventually("replica in step") {
                    let both = (await look(RedisSubject(asReplica)), await look(RedisSubject(asMaster)))
                    return both.0["replication_link"]?.status == .pass && both.0["replication_lag"]?.status == .pass
                        && both.1["replication_link"]?.status == .pass && both.1["replication_lag"]?.status == .pass
                }
                let mistaken = await look(RedisSubject(replica.expectation))
                #expect(mistaken["role"]?.status == .fail)
                #expect(mistaken["replication_link"]?.blockedBy == "it.role")
                // A replica that goes away: the master has none, the replica's own link is down.
                try await replica.run("REPLICAOF", "127.0.0.1", "\(try freeLoopbackPorts(1)[0])")
                let cut = await look(RedisSubject(asReplica))
                #expect(cut["replication_link"]?.status == .fail)
                #expect(cut["replication_link"]?.retryable == true)
                #expect(cut["replication_lag"]?.status == .blocked)
                try await eventually("the master notices") {
                    await look(RedisSubject(asMaster))["replication_link"]?.status == .fail
                }
            }
        }
    }

    @Test func evictedKeysFailWhereNothingMayBeEvicted() async throws {
        try await withRedisServer(["--maxmemory", "4mb", "--maxmemory-policy", "allkeys-lru"]) { server in
            let value = String(repeating: "x", count: 100_000)
            for index in 0..<60 { try await server.run("SET", "key:\(index)", value) }
            var expectation = server.expectation
            expectation.eviction = "noeviction"
            let checks = await look(RedisSubject(expectation))
            for name in ["eviction_policy", "evictions"] { #expect(checks[name]?.status == .fail, "\(name)") }
            #expect(checks["memory"]?.status == .skipped)
            #expect(checks["memory"]?.observed.hasPrefix("allkeys-lru: ") == true)
            expectation.eviction = "allkeys-lru"
            #expect(await look(RedisSubject(expectation))["evictions"]?.status == .skipped)
        }
    }

    @Test func aSnapshotThatCannotBeWrittenFailsPersistenceAndStopsTheCanary() async throws {
        try await withRedisServer { server in
            try await server.run("CONFIG", "SET", "save", "3600 1")
            try FileManager.default.removeItem(atPath: "\(server.folder)/data")
            try await server.run("BGSAVE")
            var expectation = server.expectation
            (expectation.writesCanary, expectation.persistence) = (true, .rdb)
            try await eventually("the snapshot has failed") {
                await look(RedisSubject(expectation))["persistence"]?.status == .fail
            }
            let checks = await look(RedisSubject(expectation))
            #expect(checks["persistence"]?.observed == "last snapshot: err")
            #expect(checks["write_canary"]?.reason == .readOnly)
            #expect(checks["write_canary"]?.observed.hasPrefix("MISCONF") == true)
            #expect(checks["ping"]?.status == .fail)
        }
    }

    @Test func anExpiredCertificateIsReportedAsSuchAndNotAsDown() async throws {
        try await withScratchDirectory { folder async throws in
            try await makeExpiredCertificate(in: folder)
            let arguments = [
                "--port", "0", "--tls-port", "PORT", "--tls-cert-file", "\(folder)/server.crt", "--tls-key-file",
                "\(folder)/server.key", "--tls-ca-cert-file", "\(folder)/ca.crt", "--tls-auth-clients", "no",
            ]
            try await withRedisServer(arguments) { server in
                var expectation = server.expectation
                (expectation.url.usesTLS, expectation.url.authorityFile) = (true, "\(folder)/ca.crt")
                let checks = await look(RedisSubject(expectation))
                #expect(checks["certificate_expiry"]?.status == .fail)
                #expect(checks["certificate_expiry"]?.observed.hasPrefix("/CN=127.0.0.1 expired on 20") == true)
                #expect(checks["connect"]?.reason == .certificate)
                #expect(checks["connect"]?.observed.contains("certificate has expired: /CN=127.0.0.1") == true)
                #expect(checks["connect"]?.retryable == false)
            }
        }
    }

    private func makeExpiredCertificate(in folder: String) async throws {
        let key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"]
        try Data("subjectAltName=IP:127.0.0.1\n".utf8).write(to: URL(filePath: "\(folder)/extensions"))
        let steps = [
            ["req", "-x509"] + key + ["-days", "2", "-subj", "/CN=authority", "-keyout", "ca.key", "-out", "ca.crt"],
            ["req"] + key + ["-subj", "/CN=127.0.0.1", "-keyout", "server.key", "-out", "server.csr"],
            [
                "x509", "-req", "-in", "server.csr", "-CA", "ca.crt", "-CAkey", "ca.key", "-CAcreateserial", "-days",
                "-1", "-extfile", "extensions", "-out", "server.crt",
            ],
        ]
        let openssl = try #require(findExecutable("openssl"))
        for step in steps {
            let command = Command(openssl, step, workingDirectory: folder)
            try await runCommand(command, timeout: .seconds(60)).checked(command)
        }
    }
}
