import Foundation
import Glibc
import LocalServices
import OpsModel
import PostgresClient
@testable import Probes
import ProcessClient
import TestSupport
import Testing

/// Each check against a real server that is healthy, and against the same server broken in exactly that way.
@Suite(.enabled(if: Requirement.postgres.isMet, "PostgreSQL is not installed")) struct PostgresProbeTests {
    private func statuses(
        _ url: Secret, role: PostgresExpectation.Role = .primary, canary: Bool = true, timeout: Duration = .seconds(10),
        _ change: (inout PostgresURL) -> Void = { _ in }
    ) async throws -> [String: CheckResult] {
        try await probe(url, role: role, canary: canary, timeout: timeout, profile: .deployGate) { change(&$0.url) }
    }

    @Test func aHealthyPrimaryPassesEveryCheckAndTheCanaryLeavesNoRow() async throws {
        try await withPostgres { database in
            let checks = try await statuses(database.url(.probe))
            #expect(checks.count == PostgresSubject.checks.filter { $0.profiles.contains(.deployGate) }.count)
            for check in checks.values { #expect([.pass, .skipped].contains(check.status), "\(check)") }
            #expect(try await database.sql("SELECT count(*) FROM opsctl_probe.canary").contains("0"))
        }
    }

    /// A gate that is inconclusive on a healthy server is no gate.
    @Test(arguments: ProbeProfile.allCases)
    func aHealthyServerWithTablesLeavesNothingUnknownInAnyProfile(_ profile: ProbeProfile) async throws {
        try await withPostgres { database in
            try await database.sql(
                "CREATE TABLE t (id serial PRIMARY KEY, big bigserial); INSERT INTO t DEFAULT VALUES")
            let checks = try await probe(database.url(.probe), profile: profile)
            #expect(checks.count == PostgresSubject.checks.filter { $0.profiles.contains(profile) }.count)
            for check in checks.values { #expect([.pass, .skipped].contains(check.status), "\(check)") }
            #expect(try await database.sql("SELECT to_regclass('opsctl_probe.canary') IS NULL") == "t")
        }
    }

    @Test func aWrongPasswordFailsAuthenticationForGoodAndBlocksTheRest() async throws {
        try await withPostgres { database in
            let checks = try await statuses(database.url(.probe)) { $0.password = Secret("wrong") }
            #expect(checks["connect"]?.status == .pass)
            #expect(checks["authenticate"]?.status == .fail)
            #expect(checks["authenticate"]?.reason == .authentication)
            #expect(checks["authenticate"]?.reason?.isRetryable == false)
            #expect(checks["write_canary"]?.blockedBy == "db.authenticate")
        }
    }

    /// What `SELECT 1`, and pg_isready all the more, call one failure; each has its own word and its own fix.
    @Test func everyRefusalOfALoginHasItsOwnReason() async throws {
        try await withPostgresCluster { cluster in
            func look(_ url: Secret? = nil, _ change: (inout PostgresURL) -> Void = { _ in }) async throws
                -> CheckResult
            {
                let check = try await statuses(url ?? cluster.url(.probe), change)["authenticate"]
                return try #require(check)
            }
            let password = try await look { $0.password = Secret("wrong") }
            #expect(password.reason == .authentication && password.observed.contains("28P01"))
            let entry = try await look {
                $0.user = "repl"; $0.password = cluster.password(of: .replication)
            }
            #expect(entry.reason == .authentication && entry.observed.contains("28000"))
            #expect(entry.fix?.hasPrefix("allow it in pg_hba.conf") == true)
            let connect = try await look { $0.database = "template1" }
            #expect(connect.status == .pass)
            try await cluster.sql("REVOKE CONNECT ON DATABASE template1 FROM PUBLIC")
            let denied = try await look { $0.database = "template1" }
            #expect(denied.reason == .authorization)
            #expect(denied.fix == "GRANT CONNECT ON DATABASE \"template1\" TO \"probe\"")
            try await cluster.sql("ALTER ROLE probe CONNECTION LIMIT 0")
            #expect(try await look().reason == .tooManyConnections)
            let missing = try await look(cluster.url(.app)) { $0.database = "absent" }
            #expect(missing.reason == .missingDatabase)
        }
    }

    @Test func aServerThatStopsIsNotReadyAndThatMayPass() async throws {
        try await withPostgresCluster { cluster in
            let open = try await cluster.session()
            // A smart shutdown waits for this session and takes no other.
            try cluster.process().signal(SIGTERM)
            try await eventually("the server takes nobody") {
                try await statuses(cluster.url(.probe))["authenticate"]?.status != .pass
            }
            let check = try await statuses(cluster.url(.probe))["authenticate"]
            #expect(check?.reason == .notReady)
            #expect(check?.observed.contains("57P03") == true)
            #expect(check?.reason?.isRetryable == true)
            withExtendedLifetime(open) {}
        }
    }

    @Test func aMissingDatabaseIsToldApartFromAWrongPassword() async throws {
        try await withPostgres { database in
            let checks = try await statuses(database.url(.probe)) { $0.database = "absent" }
            #expect(checks["authenticate"]?.reason == .missingDatabase)
        }
    }

    @Test func aSessionThatDoesNotVerifyTheServerFailsTheTLSCheck() async throws {
        try await withPostgres { database in
            let checks = try await statuses(database.url(.probe)) { ($0.tlsMode, $0.authorityFile) = (.require, nil) }
            #expect(checks["tls"]?.status == .fail)
            #expect(checks["authenticate"]?.status == .pass)
        }
    }

    @Test func aServerThatTakesPlaintextFailsTheRefusalAlthoughThePasswordWasNeverSent() async throws {
        try await withPostgresCluster { cluster in
            try await cluster.allowPlaintext()
            try await eventually("the server takes plaintext") {
                try await statuses(cluster.url(.probe))["plaintext_refused"]?.status != .pass
            }
            let checks = try await statuses(cluster.url(.probe))
            #expect(checks["plaintext_refused"]?.status == .fail)
            #expect(checks["plaintext_refused"]?.reason == .accepted)
        }
    }

    @Test func aRoleThatMayNotWriteFailsTheCanaryWithTheGrantThatMendsIt() async throws {
        try await withPostgres { database in
            try await database.sql("DROP SCHEMA opsctl_probe CASCADE")
            let checks = try await statuses(database.url(.probe))
            #expect(checks["write_canary"]?.status == .fail)
            #expect(checks["write_canary"]?.fix == "CREATE SCHEMA opsctl_probe AUTHORIZATION \"probe\"")
        }
    }

    @Test func aReplicaIsNoPrimaryAndASkippedCanaryIsNoPass() async throws {
        var options = PostgresCluster.Options()
        options.hasReplica = true
        try await withPostgresCluster(options) { cluster in
            let replica = cluster.url(.probe, on: .replica)
            let wrong = try await statuses(replica)
            #expect(wrong["role"]?.status == .fail)
            #expect(wrong["write_canary"]?.status == .skipped)
            #expect(try await statuses(replica, role: .replica)["role"]?.status == .pass)
        }
    }

    @Test func aMissingAuthorityFileIsUnknownAndBlamesTheSettings() async throws {
        try await withPostgres { database in
            let checks = try await statuses(database.url(.probe)) { $0.authorityFile = "/nowhere/ca.crt" }
            #expect(checks["connect"]?.status == .unknown)
            #expect(checks["connect"]?.reason == .configuration)
            #expect(checks["connect"]?.observed == "the CA file /nowhere/ca.crt is missing")
        }
    }

    @Test func aStoppedServerIsRefusedAndAFrozenOneIsUnknown() async throws {
        try await withPostgresCluster { cluster in
            let process = try cluster.process()
            try process.signal(SIGSTOP, to: .group)
            let frozen = try await statuses(cluster.url(.probe), timeout: .milliseconds(500))
            #expect(frozen["connect"]?.status == .unknown)
            #expect(frozen["connect"]?.reason == .timeout)
            try process.signal(SIGCONT, to: .group)
            _ = try await cluster.stop(.immediate)
            let stopped = try await statuses(cluster.url(.probe))
            #expect(stopped["connect"]?.status == .fail)
            #expect(stopped["connect"]?.reason == .refused)
            #expect(stopped["role"]?.status == .blocked)
        }
    }
}

extension PostgresCluster {
    /// Puts a line before all others that takes anybody without TLS by password.
    fileprivate func allowPlaintext() async throws {
        try addAccessRule("hostnossl all all 127.0.0.1/32 scram-sha-256")
        try await sql("SELECT pg_reload_conf()", database: "postgres")
    }
}
