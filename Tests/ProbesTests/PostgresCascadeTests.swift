import LocalServices
import OpsModel
import PostgresClient
@testable import Probes
import TestSupport
import Testing

@Suite(.enabled(if: Requirement.postgres.isMet, "PostgreSQL is not installed")) struct PostgresCascadeTests {
    @Test func aReplicaOfAReplicaPassesAndTheCanaryNoticesThatTheLinkAboveItIsCut() async throws {
        // A standby is copied only where full pages are written.
        try await withPostgresPair(isDurable: true) { cluster in
            let cascade = try await CascadingReplica.start(behind: cluster)
            do { try await judge(cascade, of: cluster) } catch {
                try await cascade.stop()
                throw error
            }
            try await cascade.stop()
        }
    }

    private func judge(_ cascade: CascadingReplica, of cluster: PostgresCluster) async throws {
        try await eventually("the cascade streams") {
            try await cluster.sql("SELECT count(*) FROM pg_stat_replication WHERE state = 'streaming'", on: .replica)
                == "1"
        }
        func canary() async throws -> CheckResult? {
            try await probe(
                cluster.url(.probe), canary: true, settings: ["canary_on_replica": CheckSetting(warn: 1, fail: 2)]
            ) { $0.replicaURL = try PostgresURL(cascade.url(.probe)) }["canary_on_replica"]
        }
        let below = try await probe(cascade.url(.probe), role: .replica)
        for check in below.values { #expect([.pass, .skipped].contains(check.status), "\(check)") }
        let middle = try await probe(cluster.url(.probe, on: .replica), role: .replica) { $0.standbyCount = 1 }
        #expect(middle["standbys"]?.status == .pass)
        #expect(try await canary()?.status == .pass)
        try await cluster.set("primary_conninfo", "'host=127.0.0.1 port=1'", on: .replica)
        try await eventually("the receiver has ended") {
            try await cluster.sql("SELECT count(*) FROM pg_stat_wal_receiver", on: .replica) == "0"
        }
        #expect(try await probe(cluster.url(.probe, on: .replica), role: .replica)["replication_lag"]?.status == .fail)
        #expect(try await canary()?.status == .fail)
    }
}
