import LocalServices
import OpsModel
import PostgresClient
@testable import Probes
import TestSupport
import Testing

/// What a primary shows of its standbys and its archive, and what waits for them.
@Suite(.enabled(if: Requirement.postgres.isMet, "PostgreSQL is not installed")) struct PostgresStandbyTests {
    @Test func theCanarysRowIsSeenOnTheReplicaAndRemoved() async throws {
        try await withPostgresPair { cluster in
            func look(_ settings: [String: CheckSetting] = [:]) async throws -> [String: CheckResult] {
                try await probe(cluster.url(.probe), canary: true, settings: settings) {
                    $0.replicaURL = try PostgresURL(cluster.url(.probe, on: .replica))
                }
            }
            let good = try await look()
            #expect(good["canary_on_replica"]?.status == .pass, "\(good["canary_on_replica"]!)")
            #expect(good["write_canary"]?.status == .pass)
            try await cluster.sql("SELECT pg_wal_replay_pause()", on: .replica)
            let bad = try await look(["canary_on_replica": CheckSetting(warn: 0.1, fail: 0.3)])
            #expect(bad["canary_on_replica"]?.status == .fail)
            #expect(bad["write_canary"]?.status == .pass)
            #expect(try await cluster.sql("SELECT count(*) FROM opsctl_probe.canary") == "0")
        }
    }

    @Test func aBrokenArchiveCommandFailsAndAWorkingOnePasses() async throws {
        try await withPostgresPair { cluster in
            try await cluster.sql("CREATE TABLE t AS SELECT 1 AS a")
            try await cluster.sql("SELECT pg_switch_wal()")
            try await eventually("all is archived") {
                try await probe(cluster.url(.probe), settings: ["archiver": strict])["archiver"]?.status == .pass
            }
            try await cluster.set("archive_command", "'false'")
            try await cluster.sql("INSERT INTO t VALUES (2)")
            try await cluster.sql("SELECT pg_switch_wal()")
            try await eventually("the archiver has failed") {
                try await probe(cluster.url(.probe))["archiver"]?.status == .fail
            }
            let off = try await probe(cluster.url(.probe, on: .replica), role: .replica) { $0.archivesWAL = true }
            #expect(off["archiver"]?.status == .fail)
        }
    }

    @Test func anArchiverThatIsTooSlowWarnsAlthoughItArchivedSomethingJustNow() async throws {
        try await withPostgresCluster(.archiving) { cluster in
            try await cluster.set("archive_command", "'sleep 1'")
            try await cluster.sql("CREATE TABLE t (a int)")
            try await cluster.sql(
                (0..<20).map { "INSERT INTO t VALUES (\($0));\nSELECT pg_switch_wal();" }.joined(separator: "\n"))
            try await eventually("the first is archived") {
                try await cluster.sql("SELECT last_archived_wal IS NOT NULL FROM pg_stat_archiver") == "t"
            }
            let check = try await probe(cluster.url(.probe))["archiver"]
            #expect(check?.status == .warn, "\(String(describing: check))")
            #expect(check?.observed.contains("finished files wait, although one was archived") == true)
        }
    }

    @Test func aLongQueryOnAStandbyIsNamedAndItsSlotIsNotToBeDropped() async throws {
        try await withPostgresPair { cluster in
            try await cluster.sql("CREATE TABLE t (a int)")
            try await cluster.set("wal_receiver_status_interval", "1", on: .replica)
            try await cluster.set("hot_standby_feedback", "on", on: .replica)
            let reader = try await cluster.session(on: .replica)
            _ = try await reader.batch("BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT 1")
            try await eventually("the standby holds the horizon", within: .seconds(15)) {
                try await cluster.sql("INSERT INTO t VALUES (1)")
                let check = try await probe(cluster.url(.probe), settings: ["oldest_xmin": strict])["oldest_xmin"]
                return check?.observed.hasSuffix("by standby with slot replica") == true
                    && check?.fix?.hasPrefix("end the long query on the standby") == true
            }
            withExtendedLifetime(reader) {}
        }
    }

    @Test func aCanaryThatWaitsForAnAbsentStandbySaysSo() async throws {
        try await withPostgresCluster { cluster in
            #expect(try await probe(cluster.url(.probe), canary: true)["write_canary"]?.status == .pass)
            try await cluster.set("synchronous_standby_names", "'absent'")
            let check = try await probe(cluster.url(.probe), canary: true, timeout: .seconds(2))["write_canary"]
            #expect(check?.status == .unknown)
            #expect(check?.reason == .timeout)
            #expect(
                check?.fix == "commits wait for SyncRep, a synchronous standby (absent): see standbys",
                "\(check?.fix ?? "")")
        }
    }

    @Test func aSynchronousStandbyThatIsMissingIsSeenBeforeCommitsHang() async throws {
        try await withPostgresPair { cluster in
            try await cluster.set("synchronous_standby_names", "'absent'")
            try await eventually("the primary waits for it") {
                try await probe(cluster.url(.probe))["standbys"]?.status == .fail
            }
        }
    }
}

extension PostgresCluster.Options {
    fileprivate static var archiving: Self {
        var options = Self()
        options.archivesWAL = true
        return options
    }
}
