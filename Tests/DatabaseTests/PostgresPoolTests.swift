import Database
import OpsModel
import PostgresClient
import TestSupport
import Testing

@Suite(.enabled(if: Requirement.postgres.isMet, "PostgreSQL is not installed"))
struct PostgresPoolTests {
    @Test func callersWaitForAFreeConnectionAndGiveUpInTime() async throws {
        var options = DatabaseOptions()
        options.maximumConnections = 1
        options.acquireTimeout = .milliseconds(100)
        try await Engine.postgres.withDatabase(options) { database async throws in
            let error = await #expect(throws: DatabaseError.self) {
                try await database.transaction { _ in _ = try await database.query("SELECT 1 AS n") }
            }
            guard case .exhausted = error else { throw Unexpected(error) }
            #expect(try await database.query("SELECT 1 AS n").first?.get("n") == 1)
        }
    }

    @Test func statementOverItsTimeIsEndedByTheServer() async throws {
        var options = DatabaseOptions()
        options.statementTimeout = .milliseconds(200)
        try await Engine.postgres.withDatabase(options) { database async throws in
            let error = await #expect(throws: DatabaseError.self) { try await database.query("SELECT pg_sleep(5)") }
            guard case .timedOut = error else { throw Unexpected(error) }
            #expect(try await database.query("SELECT 1 AS n").first?.get("n") == 1)
        }
    }

    @Test func connectionThatTheServerClosedIsReplaced() async throws {
        try await withPostgres { test in
            let database = try await Database.open(test.url())
            let pid: Int = try #require(try await database.query("SELECT pg_backend_pid() AS pid").first?.get("pid"))
            try await test.sql("SELECT pg_terminate_backend(\(pid))")
            // The first call may still meet the dead session; it must not stay in the pool.
            do { _ = try await database.query("SELECT 1 AS n") } catch DatabaseError.unavailable {}
            #expect(try await database.query("SELECT 1 AS n").first?.get("n") == 1)
        }
    }

    @Test func cancelledTransactionIsRolledBackAndTheConnectionGivenUp() async throws {
        try await Engine.postgres.withTable { database async throws in
            await withTaskGroup(of: Void.self) { group in
                group.addTask {
                    do {
                        try await database.transaction { transaction in
                            try await transaction.execute("INSERT INTO item (id) VALUES (1)")
                            _ = try await transaction.query("SELECT pg_sleep(20)")
                        }
                    } catch { return }  // cancelled, as meant
                }
                group.addTask {
                    do { try await Task.sleep(for: .milliseconds(300)) } catch { return }
                }
                await group.next()
                group.cancelAll()
            }
            #expect(try await database.query("SELECT count(*) AS n FROM item").first?.get("n") == 0)
        }
    }

    @Test func unreachableServerIsUnavailable() async throws {
        let database = try await Database.open(Secret("postgresql://app:x@127.0.0.1:1/app?sslmode=disable"))
        let error = await #expect(throws: DatabaseError.self) { try await database.query("SELECT 1") }
        guard case .unavailable = error else { throw Unexpected(error) }
    }
}
