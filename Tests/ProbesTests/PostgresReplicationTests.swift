import Foundation
import Glibc
import LocalServices
import OpsModel
import PostgresClient
@testable import Probes
import ProcessClient
import TestSupport
import Testing

/// Replication on a real pair, healthy and broken in each way.
@Suite(.enabled(if: Requirement.postgres.isMet, "PostgreSQL is not installed")) struct PostgresReplicationTests {
    private func replica(_ cluster: PostgresCluster, settings: [String: CheckSetting] = [:]) async throws
        -> [String: CheckResult]
    {
        try await probe(cluster.url(.probe, on: .replica), role: .replica, settings: settings)
    }

    @Test func aHealthyPairPassesOnBothSidesAndAnIdlePrimaryIsNoLag() async throws {
        try await withPostgresPair { cluster in
            try await cluster.sql("CREATE TABLE t (a int)")
            try await eventually("the replica has replayed it") {
                try await cluster.sql("SELECT to_regclass('t') IS NOT NULL", on: .replica) == "t"
            }
            // The last commit grows older and older, and nothing is behind.
            try await eventually("the last commit is old", within: .seconds(5)) {
                try await cluster.sql("SELECT now() - pg_last_xact_replay_timestamp() > '1 s'", on: .replica) == "t"
            }
            let checks = try await replica(cluster, settings: ["replication_lag": CheckSetting(warn: 0.5, fail: 0.9)])
            for check in checks.values { #expect([.pass, .skipped].contains(check.status), "\(check)") }
            #expect(checks["replication_lag"]?.observed.hasPrefix("0 s (all received WAL is replayed") == true)
            let primary = try await probe(cluster.url(.probe)) {
                ($0.standbyCount, $0.standbyNames, $0.archivesWAL) = (1, ["walreceiver"], true)
            }
            for name in ["standbys", "replication_slots"] {
                #expect(primary[name]?.status == .pass, "\(primary[name]!)")
            }
        }
    }

    @Test func aCutLinkFailsAlthoughEverythingReceivedIsReplayed() async throws {
        try await withPostgresPair { cluster in
            try await cluster.set("primary_conninfo", "'host=127.0.0.1 port=1'", on: .replica)
            try await eventually("the receiver has ended") {
                try await cluster.sql("SELECT count(*) FROM pg_stat_wal_receiver", on: .replica) == "0"
            }
            let lag = try await replica(cluster)["replication_lag"]
            #expect(lag?.status == .fail)
            #expect(lag?.reason == .unreachable)
            #expect(lag?.observed.hasPrefix("no WAL receiver: the link to the primary is cut") == true)
            try await eventually("the primary has noticed") {
                try await probe(cluster.url(.probe)) { $0.standbyCount = 1 }["standbys"]?.status == .fail
            }
            let primary = try await probe(cluster.url(.probe), settings: ["replication_slots": strict]) {
                $0.standbyNames = ["walreceiver"]
            }
            #expect(primary["standbys"]?.observed == "none")
            try await eventually("the slot is given back") {
                try await cluster.sql("SELECT active FROM pg_replication_slots") == "f"
            }
            try await cluster.sql("CREATE TABLE t AS SELECT 1 AS a")
            let slots = try await probe(cluster.url(.probe), settings: ["replication_slots": strict])[
                "replication_slots"]
            #expect(slots?.status == .fail)
            #expect(slots?.observed.hasPrefix("replica is inactive and holds back") == true)
            #expect(slots?.fix?.contains("pg_drop_replication_slot('replica')") == true)
        }
    }

    @Test func aSilentPrimaryIsADeadLink() async throws {
        try await withPostgresPair { cluster in
            // 35 s are the patience of a default server; here the judge is shown the same answer, older.
            var snapshot = try await examine(cluster.url(.probe, on: .replica), role: .replica).saved.snapshot()
            let table = try #require(snapshot.answers["replication"]?.facts)
            let expectation = PostgresExpectation(
                url: try PostgresURL(cluster.url(.probe)), role: .replica, protection: .verified, writesCanary: false)
            func judge(_ changes: [String: String?]) -> CheckResult? {
                let row = zip(table.columns, table.rows[0]).map { changes[$0] ?? $1 }
                snapshot.answers["replication"] = .seen(PostgresTable(columns: table.columns, rows: [row]))
                return PostgresSubject.results(of: snapshot, expectation, target: "db")
                    .first { $0.shortName == "replication_lag" }
            }
            let lag = judge(["silence": "40"])
            #expect(lag?.status == .fail)
            #expect(lag?.observed.hasPrefix("the primary has been silent for 40 s") == true)
            // Without a timeout the receiver never asks for a sign of life.
            #expect(judge(["silence": "4000", "receiver_timeout": "0"])?.status == .pass)
            let unseen = judge(["receiver": nil, "streams": nil])
            #expect(unseen?.status == .unknown)
            #expect(unseen?.fix == "GRANT pg_monitor TO \"probe\"")
        }
    }

    @Test func aReplicaThatReplaysOneLongTransactionDoesNotLag() async throws {
        try await withPostgresPair { cluster in
            try await cluster.sql("CREATE TABLE t (a int); GRANT ALL ON t TO app")
            try await eventually("the last commit is old", within: .seconds(10)) {
                try await cluster.sql(
                    "SELECT to_regclass('t') IS NOT NULL AND now() - pg_last_xact_replay_timestamp() > '3 s'",
                    on: .replica) == "t"
            }
            let writer = try await cluster.session()
            async let bulk: Bool =
                (try? writer.batch("BEGIN; INSERT INTO t SELECT generate_series(1, 4000000); ROLLBACK")) != nil
            var seen: [CheckResult] = []
            for _ in 0..<6 {
                let limits = CheckSetting(warn: 2, fail: 2.5)
                seen += [try await replica(cluster, settings: ["replication_lag": limits])["replication_lag"]]
                    .compactMap { $0 }
            }
            for check in seen { #expect(check.status == .pass, "\(check.observed)") }
            #expect(await bulk)
        }
    }

    @Test func aPausedReplayLagsByTheAgeOfItsLastCommit() async throws {
        try await withPostgresPair { cluster in
            try await cluster.sql("CREATE TABLE t (a int)")
            try await eventually("the replica has replayed it") {
                try await cluster.sql("SELECT to_regclass('t') IS NOT NULL", on: .replica) == "t"
            }
            try await cluster.sql("SELECT pg_wal_replay_pause()", on: .replica)
            try await cluster.sql("INSERT INTO t VALUES (1)")
            let settings = ["replication_lag": strict, "replication_lag_bytes": strict]
            try await eventually("the row is received") {
                try await replica(cluster, settings: settings)["replication_lag_bytes"]?.status == .fail
            }
            let checks = try await replica(cluster, settings: settings)
            #expect(checks["replay_paused"]?.status == .fail)
            #expect(checks["replication_lag"]?.status == .fail)
            #expect(checks["replication_lag"]?.observed.contains("age of the last replayed commit") == true)
            try await cluster.sql(try #require(checks["replay_paused"]?.fix), on: .replica)
            try await eventually("it has caught up") {
                let checks = try await replica(cluster)
                return checks["replay_paused"]?.status == .pass
                    && checks["replication_lag"]?.observed.hasPrefix("0 s") == true
            }
        }
    }

    @Test func withoutTheMonitorRoleLagIsUnknownAndNotZero() async throws {
        try await withPostgresPair { cluster in
            try await cluster.sql("REVOKE pg_monitor FROM probe")
            try await eventually("the replica knows") {
                try await replica(cluster)["replication_lag"]?.status == .unknown
            }
            #expect(try await replica(cluster)["replication_lag"]?.fix == "GRANT pg_monitor TO \"probe\"")
            let standbys = try await probe(cluster.url(.probe)) { $0.standbyCount = 1 }["standbys"]
            #expect(standbys?.status == .unknown)
        }
    }
}

extension SavedRun {
    /// What the only target of this run, a PostgreSQL server, showed; read back as `probe judge` does.
    fileprivate func snapshot() throws -> PostgresSnapshot {
        struct Saved: Decodable {
            struct Target: Decodable { let content: Content }
            struct Content: Decodable { let snapshot: PostgresSnapshot }
            let targets: [Target]
        }
        return try JSONDecoder().decode(Saved.self, from: JSONEncoder().encode(self)).targets[0].content.snapshot
    }
}
