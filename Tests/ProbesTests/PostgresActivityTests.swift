import LocalServices
import OpsModel
import PostgresClient
@testable import Probes
import TestSupport
import Testing

/// Checks of what goes on in the server: each passes while all is quiet and fails while exactly that goes on.
@Suite(.enabled(if: Requirement.postgres.isMet, "PostgreSQL is not installed")) struct PostgresActivityTests {
    @Test func anIdleTransactionIsNamedWithItsSession() async throws {
        try await withPostgresCluster { cluster in
            let quiet = try await probe(
                cluster.url(.probe), settings: ["idle_in_transaction": strict, "long_transactions": strict])
            #expect(quiet["idle_in_transaction"]?.status == .pass)
            #expect(quiet["long_transactions"]?.status == .pass)
            let culprit = try await cluster.session()
            _ = try await culprit.batch("BEGIN; SELECT 1")
            let checks = try await probe(
                cluster.url(.probe), settings: ["idle_in_transaction": strict, "long_transactions": strict])
            for name in ["idle_in_transaction", "long_transactions"] {
                #expect(checks[name]?.status == .fail)
                #expect(checks[name]?.observed.contains("app, culprit, idle in transaction") == true)
                #expect(checks[name]?.fix?.hasPrefix("SELECT pg_terminate_backend(") == true)
            }
        }
    }

    @Test func aBlockedSessionNamesTheOneThatHoldsTheLock() async throws {
        try await withPostgresCluster { cluster in
            try await cluster.sql("CREATE TABLE t (a int); GRANT ALL ON t TO app")
            let holder = try await cluster.session()
            _ = try await holder.batch("BEGIN; LOCK TABLE t; SELECT 1")
            let pid = try #require(try await holder.query("SELECT pg_backend_pid() AS pid").value("pid"))
            let waiter = try await cluster.session()
            // It waits in the background until what it waits for is gone; how it ends is no matter here.
            async let blocked: Bool = (try? waiter.batch("SELECT * FROM t")) != nil
            try await eventually("somebody waits") {
                try await cluster.sql("SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'") == "1"
            }
            let checks = try await probe(cluster.url(.probe), settings: ["blocked_locks": strict])
            #expect(checks["blocked_locks"]?.status == .fail)
            #expect(
                checks["blocked_locks"]?.observed.contains("behind pid \(pid), app, culprit, idle in transaction")
                    == true)
            #expect(checks["blocked_locks"]?.fix == "SELECT pg_terminate_backend(\(pid))")
            _ = try await holder.query("COMMIT")
            #expect(await blocked)
            #expect(
                try await probe(cluster.url(.probe), settings: ["blocked_locks": strict])["blocked_locks"]?.status
                    == .pass)
        }
    }

    @Test func ofSeveralWaitsTheLongestIsNamedAlthoughItsBlockerWaitsToo() async throws {
        try await withPostgresCluster { cluster in
            try await cluster.sql("CREATE TABLE t (a int); CREATE TABLE u (a int); GRANT ALL ON t, u TO app")
            func waiting(_ count: Int) async throws {
                try await eventually("\(count) wait") {
                    try await cluster.sql("SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'")
                        == "\(count)"
                }
            }
            let (first, middle, last, late) = (
                try await cluster.session(), try await cluster.session(), try await cluster.session(),
                try await cluster.session()
            )
            _ = try await first.batch("BEGIN; LOCK TABLE u; SELECT 1")
            _ = try await middle.batch("BEGIN; LOCK TABLE t; SELECT 1")
            let pid = try #require(try await last.query("SELECT pg_backend_pid() AS pid").value("pid"))
            // `last` waits longest, behind one that waits itself; `late` waits behind one that does not.
            // They wait in the background until what they wait for is gone; how each ends is no matter here.
            async let oldest: Bool = (try? last.batch("SELECT * FROM t")) != nil
            try await waiting(1)
            async let newer: Bool = (try? middle.batch("SELECT * FROM u; COMMIT")) != nil
            try await waiting(2)
            async let newest: Bool = (try? late.batch("SELECT * FROM u")) != nil
            try await waiting(3)
            let check = try await probe(cluster.url(.probe), settings: ["blocked_locks": strict])["blocked_locks"]
            #expect(check?.observed.hasPrefix("3 waiting, the longest") == true)
            #expect(check?.observed.contains(": pid \(pid) behind pid") == true, "\(check?.observed ?? "")")
            _ = try await first.query("COMMIT")
            let ended = await [oldest, newer, newest]
            #expect(ended == [true, true, true])
        }
    }

    @Test func preparedTransactionsAndTheHorizonTheyHoldAreNamed() async throws {
        var options = PostgresCluster.Options()
        options.settings = ["max_prepared_transactions": "2"]
        try await withPostgresCluster(options) { cluster in
            let settings = ["prepared_transactions": strict, "oldest_xmin": strict]
            #expect(try await probe(cluster.url(.probe), settings: settings)["prepared_transactions"]?.status == .pass)
            try await cluster.sql("CREATE TABLE t (a int)")
            try await cluster.sql("BEGIN; INSERT INTO t VALUES (1); PREPARE TRANSACTION 'forgot''ten'")
            try await cluster.sql("INSERT INTO t VALUES (2)")
            let checks = try await probe(cluster.url(.probe), settings: settings)
            #expect(checks["prepared_transactions"]?.status == .fail)
            #expect(checks["prepared_transactions"]?.fix == "ROLLBACK PREPARED 'forgot''ten', in database app")
            #expect(checks["oldest_xmin"]?.status == .fail)
            #expect(checks["oldest_xmin"]?.observed.hasSuffix("by prepared transaction forgot'ten") == true)
        }
    }

    @Test func aFullServerAndARoleAtItsLimitAreSeenBeforeTheyRefuse() async throws {
        var options = PostgresCluster.Options()
        options.settings = ["max_connections": "10"]
        try await withPostgresCluster(options) { cluster in
            let free = try await probe(cluster.url(.probe)) { $0.appRole = "app" }
            #expect(free["connections"]?.status == .pass)
            #expect(free["role_connections"]?.status == .pass)
            try await cluster.sql("ALTER ROLE app CONNECTION LIMIT 5")
            var sessions: [PostgresConnection] = []
            for _ in 0..<5 { sessions.append(try await cluster.session()) }
            let full = try await probe(cluster.url(.probe)) { $0.appRole = "app" }
            #expect(full["connections"]?.status == .warn)
            #expect(full["connections"]?.observed == "86 % (6 of 7)")
            #expect(full["role_connections"]?.status == .fail)
            #expect(full["role_connections"]?.observed == "app: 5 of 5")
            let refused = try await probe(cluster.url(.app))
            #expect(refused["authenticate"]?.reason == .tooManyConnections)
            withExtendedLifetime(sessions) {}
        }
    }

    @Test func withoutTheMonitorRoleOthersAreUnknownWithTheGrantAndNotZero() async throws {
        try await withPostgresCluster { cluster in
            try await cluster.sql("REVOKE pg_monitor FROM probe")
            let culprit = try await cluster.session()
            _ = try await culprit.batch("BEGIN; SELECT 1")
            let checks = try await probe(cluster.url(.probe))
            for name in ["long_transactions", "idle_in_transaction", "blocked_locks", "oldest_xmin"] {
                #expect(checks[name]?.status == .unknown)
                #expect(checks[name]?.reason == .authorization)
                #expect(checks[name]?.fix == "GRANT pg_monitor TO \"probe\"")
            }
            #expect(checks["connections"]?.status == .pass)
            withExtendedLifetime(culprit) {}
        }
    }
}
