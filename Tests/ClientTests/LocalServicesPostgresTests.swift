import Foundation
import Glibc
import LocalServices
import OpsModel
import ProcessClient
import TestSupport
import Testing

@Suite(.enabled(if: Requirement.postgres.isMet, "\(Requirement.postgres.reason)"))
struct LocalServicesPostgresTests {
    @Test func eachRoleMayDoItsWorkAndNoMore() async throws {
        try await withPostgres { database in
            let app = try await psql(
                database.url(.app), "CREATE TABLE t(a int); INSERT INTO t VALUES (1); SELECT a FROM t")
            #expect(app.output == "1\n")
            let probe = database.url(.probe)
            let canary =
                "CREATE TABLE opsctl_probe.canary(a int); INSERT INTO opsctl_probe.canary VALUES (2); DROP TABLE opsctl_probe.canary"
            #expect(try await psql(probe, canary).status == 0)
            #expect(try await psql(probe, "SELECT count(*) FROM pg_stat_replication").output == "0\n")
            #expect(try await psql(probe, "SELECT * FROM t").errors.contains("permission denied"))
            #expect(try await psql(probe, "CREATE TABLE public.x(a int)").errors.contains("permission denied"))
            let replication = try await psql(database.url(.replication), "SELECT 1")
            #expect(replication.errors.contains("pg_hba.conf rejects connection"))
        }
    }

    @Test func connectionsAreEncryptedVerifiedAndAuthenticated() async throws {
        try await withPostgres { database in
            let url = database.url(.app).reveal()
            let query = "SELECT version FROM pg_stat_ssl WHERE pid = pg_backend_pid()"
            #expect(try await psql(database.url(.app), query).output == "TLSv1.3\n")
            let plain = url.replacing("verify-full", with: "disable")
            #expect(try await psql(Secret(plain), "SELECT 1").errors.contains("no encryption"))
            let elsewhere = try await TLSMaterial.ensure(in: "\(database.cluster.folder)/other.\(database.name)")
            let stranger = url.replacing(database.cluster.authority, with: elsewhere.authority)
            #expect(try await psql(Secret(stranger), "SELECT 1").errors.contains("certificate verify failed"))
            let guess = url.replacing(
                database.cluster.password(of: .app).reveal(), with: String(repeating: "0", count: 64))
            #expect(try await psql(Secret(guess), "SELECT 1").errors.contains("password authentication failed"))
        }
    }

    @Test func replicaFollowsAndArchiveFills() async throws {
        var options = PostgresCluster.Options()
        (options.hasReplica, options.archivesWAL, options.isDurable) = (true, true, false)
        try await withPostgresCluster(options) { cluster in
            try await cluster.sql("CREATE TABLE t AS SELECT 7 AS a; SELECT pg_switch_wal()")
            try await eventually("the row is on the replica") {
                try await psql(cluster.url(.superuser, on: .replica), "SELECT a FROM t").output == "7\n"
            }
            #expect(
                try await psql(cluster.url(.app, on: .replica), "CREATE TABLE u(a int)").errors.contains("read-only"))
            #expect(try await cluster.sql("SELECT count(*) FROM pg_replication_slots WHERE active") == "1")
            try await eventually("a segment is archived") {
                try await cluster.sql("SELECT archived_count > 0 AND failed_count = 0 FROM pg_stat_archiver") == "t"
            }
            let processes = try [cluster.process(.primary), cluster.process(.replica)]
            let again = try await PostgresCluster.start(in: cluster.folder, options)
            #expect(try [again.process(.primary), again.process(.replica)] == processes)
        }
    }

    @Test func killedServerComesBackWithItsData() async throws {
        try await withPostgresCluster { cluster in
            try await cluster.sql("CREATE TABLE t AS SELECT 7 AS a")
            let process = try cluster.process()
            try process.signal(SIGKILL)
            try await eventually("it is gone") { try !process.isRunning }
            #expect(throws: LocalServiceError.self) { try cluster.process() }
            let again = try await PostgresCluster.start(in: cluster.folder, cluster.options)
            #expect(try again.process() != process)
            #expect(
                try await psql(cluster.url(.superuser), "SELECT a FROM t").output == "7\n", "port and password are kept"
            )
        }
    }

    @Test func unrecordedServerIsFoundAgain() async throws {
        try await withPostgresCluster { cluster in
            let process = try cluster.process()
            try editRecord(of: cluster.folder) { $0["processes"] = [String: String]() }
            #expect(try await PostgresCluster.start(in: cluster.folder, cluster.options).process() == process)
        }
    }

    private func psql(_ url: Secret, _ sql: String) async throws -> CommandResult {
        try await runCommand(
            Command(
                "psql", ["-qXAt", "-v", "ON_ERROR_STOP=1", "-d", url.reveal()],
                environment: ["PATH": "/usr/bin:/bin", "PGCONNECT_TIMEOUT": "10"], input: Array(sql.utf8)),
            timeout: .seconds(30))
    }
}

/// Changes the record by which a service is found again, as a crash or a foreign hand might.
func editRecord(of folder: String, _ change: (inout [String: Any]) -> Void) throws {
    let file = URL(filePath: "\(folder)/service.json")
    var record = try #require(try JSONSerialization.jsonObject(with: Data(contentsOf: file)) as? [String: Any])
    change(&record)
    try JSONSerialization.data(withJSONObject: record).write(to: file)
}
