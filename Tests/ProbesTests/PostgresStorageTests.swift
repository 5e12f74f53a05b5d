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
            #expect(try await look()?.fix == "GRANT pg_read_all_data TO \"probe\"")
            try await database.sql("GRANT SELECT ON ALL SEQUENCES IN SCHEMA public TO probe")
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
