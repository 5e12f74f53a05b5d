import LocalServices
import OpsModel
import PostgresClient
@testable import Probes
import TestSupport
import Testing

/// Which migration is the newest, in tables as the tools keep them.
@Suite(.enabled(if: Requirement.postgres.isMet, "PostgreSQL is not installed")) struct PostgresMigrationTests {
    @Test func flywaysNewestIsTheLastInstalledAndAFailedOneIsHalfDone() async throws {
        try await withPostgres { database in
            try await database.sql(
                """
                CREATE TABLE flyway_schema_history (installed_rank int PRIMARY KEY, version text, success boolean NOT NULL);
                GRANT SELECT ON flyway_schema_history TO probe;
                INSERT INTO flyway_schema_history VALUES (1, '1', true), (2, '1.10', true), (3, '1.9.1', true),
                (4, NULL, true)
                """)
            func look(_ expected: String) async throws -> CheckResult? {
                try await probe(database.url(.probe)) {
                    $0.migrations = .init(
                        table: "flyway_schema_history", column: "version", expected: expected, successColumn: "success",
                        orderColumn: "installed_rank")
                }["migrations"]
            }
            #expect(try await look("1.9.1")?.status == .pass)
            #expect(try await look("1.10")?.status == .fail)
            try await database.sql("INSERT INTO flyway_schema_history VALUES (5, '2', false)")
            #expect(try await look("2")?.status == .fail)
            #expect(try await look("2")?.observed == "2, 1 half-done")
        }
    }

    @Test(arguments: [
        (["1.9", "1.10", "1.2.3"], "1.10"), (["9", "10", "20240101120000"], "20240101120000"),
        (["2024_a", "2024_b", "10"], "2024_b"), (["1.10", "1.10.1"], "1.10.1"),
    ])
    func dottedVersionsAreOrderedByNumberAndRowsWithoutOneDoNotCount(_ versions: [String], _ newest: String)
        async throws
    {
        try await withPostgres { database in
            let rows = versions.map { "('\($0)')" }.joined(separator: ", ")
            try await database.sql(
                "CREATE TABLE m (version text); INSERT INTO m VALUES (NULL), \(rows); GRANT SELECT ON m TO probe")
            let check = try await probe(database.url(.probe)) {
                $0.migrations = .init(table: "m", column: "version", expected: newest)
            }["migrations"]
            #expect(check?.status == .pass, "\(check?.observed ?? "")")
        }
    }
}
