import LocalServices
import OpsModel
import PostgresClient
@testable import Probes
import TestSupport
import Testing

/// Checks of what lies in the database: each passes on a healthy one and fails on one with exactly that flaw.
@Suite(.enabled(if: Requirement.postgres.isMet, "PostgreSQL is not installed")) struct PostgresStorageTests {
    @Test func anIndexWhoseBuildFailedIsNamedAndItsFixMendsIt() async throws {
        try await withPostgres { database in
            try await database.sql("CREATE TABLE t (a int); INSERT INTO t VALUES (1), (1)")
            #expect(try await probe(database.url(.probe))["invalid_indexes"]?.status == .pass)
            await #expect(throws: (any Error).self) {
                try await database.sql("CREATE UNIQUE INDEX CONCURRENTLY broken ON t (a)")
            }
            let bad = try await probe(database.url(.probe))["invalid_indexes"]
            #expect(bad?.status == .fail)
            #expect(bad?.observed == "1: index broken of t")
            try await database.sql("DELETE FROM t")
            try await database.sql(try #require(bad?.fix))
            #expect(try await probe(database.url(.probe))["invalid_indexes"]?.status == .pass)
        }
    }

    @Test func whatIsLeftOfAFailedReindexIsDropped() async throws {
        try await withPostgres { database in
            try await database.sql(
                """
                CREATE TABLE t (a int); CREATE INDEX "The_ccnew" ON t (a); CREATE INDEX t_a_ccold1 ON t (a);
                UPDATE pg_index SET indisvalid = false WHERE indrelid = 't'::regclass
                """)
            let fix = try #require(try await probe(database.url(.probe))["invalid_indexes"]?.fix)
            #expect(fix == "DROP INDEX CONCURRENTLY \"The_ccnew\"; DROP INDEX CONCURRENTLY t_a_ccold1")
            for statement in fix.split(separator: "; ") { try await database.sql(String(statement)) }
            #expect(try await probe(database.url(.probe))["invalid_indexes"]?.status == .pass)
        }
    }

    @Test func anIndexThatIsBeingRebuiltIsNotInvalidAndNotJudgedByWhoDoesNotSeeIt() async throws {
        try await withPostgresCluster { cluster in
            try await cluster.sql("CREATE TABLE t (a int); CREATE INDEX t_a ON t (a); GRANT ALL ON t TO app")
            // The rebuild waits for this transaction; the new index stands beside the old one meanwhile.
            let reader = try await cluster.session()
            _ = try await reader.batch("BEGIN; SELECT * FROM t; SELECT 1")
            async let rebuilt = cluster.sql("REINDEX INDEX CONCURRENTLY t_a")
            try await eventually("the rebuild has begun") {
                try await cluster.sql("SELECT count(*) FROM pg_index WHERE NOT indisvalid AND indrelid = 't'::regclass")
                    == "1"
            }
            #expect(try await probe(cluster.url(.probe))["invalid_indexes"]?.status == .pass)
            try await cluster.sql("REVOKE pg_monitor FROM probe")
            let blind = try await probe(cluster.url(.probe))["invalid_indexes"]
            #expect(blind?.status == .unknown)
            #expect(blind?.fix == "GRANT pg_monitor TO \"probe\"")
            _ = try await reader.query("COMMIT")
            _ = try await rebuilt
            #expect(try await probe(cluster.url(.probe))["invalid_indexes"]?.status == .pass)
        }
    }

    @Test func aDisabledTriggerWarnsAndItsFixMendsIt() async throws {
        try await withPostgres { database in
            try await database.sql(
                """
                CREATE TABLE t (a int); CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
                CREATE TRIGGER g BEFORE INSERT ON t FOR EACH ROW EXECUTE FUNCTION f();
                """)
            #expect(try await probe(database.url(.probe))["disabled_triggers"]?.status == .pass)
            try await database.sql("ALTER TABLE t DISABLE TRIGGER g")
            let bad = try await probe(database.url(.probe))["disabled_triggers"]
            #expect(bad?.status == .warn)
            try await database.sql(try #require(bad?.fix))
            #expect(try await probe(database.url(.probe))["disabled_triggers"]?.status == .pass)
        }
    }

    @Test(arguments: [
        ("a serial PRIMARY KEY", 2_000_000_000), ("a smallint GENERATED ALWAYS AS IDENTITY", 30_000),
        ("a int DEFAULT 0", 9_000_000_000_000_000_000),
    ])
    func aSequenceNearTheEndOfItsColumnFails(_ column: String, _ last: Int) async throws {
        try await withPostgres { database in
            try await database.sql("CREATE TABLE t (\(column)); CREATE SEQUENCE IF NOT EXISTS t_a_seq")
            // An integer column with a bigint sequence, as older frameworks made them.
            if column.contains("serial") { try await database.sql("ALTER SEQUENCE t_a_seq AS bigint") }
            func look(_ mustBeReadable: Bool = true) async throws -> CheckResult? {
                try await probe(database.url(.probe)) { $0.readsSequences = mustBeReadable }["sequence_exhaustion"]
            }
            #expect(try await look(false)?.status == .skipped)
            #expect(try await look()?.status == .unknown)
            #expect(try await look()?.fix == "GRANT SELECT ON ALL SEQUENCES IN SCHEMA public TO \"probe\"")
            try await database.sql(try #require(try await look()?.fix))
            #expect(try await look()?.status == .pass)
            try await database.sql("SELECT setval('t_a_seq', \(last))")
            #expect(try await look(false)?.status == .fail)
        }
    }

    /// Not to be caused in a test: a limit of nothing stands for it, and the judge is shown the rest.
    @Test func wraparoundIsMeasuredOnTheServer() async throws {
        try await withPostgres { database in
            try await database.sql("CREATE TABLE t (a int); INSERT INTO t VALUES (1)")
            for name in ["xid_wraparound", "mxid_wraparound"] {
                #expect(try await probe(database.url(.probe))[name]?.status == .pass)
                let setting = CheckSetting(warn: -2, fail: -1)
                #expect(try await probe(database.url(.probe), settings: [name: setting])[name]?.status == .fail)
            }
            let check = try await probe(database.url(.probe), settings: ["checksum_failures": CheckSetting(fail: -1)])
            #expect(check["checksum_failures"]?.status == .fail)
        }
    }
}
