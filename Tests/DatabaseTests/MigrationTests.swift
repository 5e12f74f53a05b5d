import Database
import TestSupport
import Testing

@Suite struct MigrationTests {
    private let first = Migration(1, "first", common: "CREATE TABLE a (id BIGINT); CREATE TABLE b (id BIGINT);")
    private let second = Migration(2, "second", common: "CREATE TABLE c (id BIGINT);")

    @Test(arguments: Engine.available)
    func pendingMigrationsAreAppliedOnceInOrder(_ engine: Engine) async throws {
        try await engine.withDatabase { database async throws in
            #expect(try await database.pendingMigrations([first, second]).map(\.version) == [1, 2])
            #expect(try await database.migrate([first]).map(\.version) == [1])
            #expect(try await database.migrate([first, second]).map(\.version) == [2])
            #expect(try await database.migrate([first, second]).isEmpty)
            #expect(try await database.pendingMigrations([first, second]).isEmpty)
        }
    }

    @Test(arguments: Engine.available)
    func editedMigrationIsRefused(_ engine: Engine) async throws {
        try await engine.withDatabase { database async throws in
            try await database.migrate([first])
            let edited = Migration(1, "first", common: "CREATE TABLE a (id BIGINT, extra TEXT);")
            await #expect(throws: DatabaseError.migrationChanged(version: 1, name: "first")) {
                try await database.migrate([edited, second])
            }
            await #expect(throws: DatabaseError.migrationChanged(version: 1, name: "first")) {
                try await database.pendingMigrations([edited])
            }
        }
    }

    @Test(arguments: Engine.available)
    func databaseOfANewerReleaseIsRefused(_ engine: Engine) async throws {
        try await engine.withDatabase { database async throws in
            try await database.migrate([first, second])
            await #expect(throws: DatabaseError.migrationUnknown(versions: [2])) {
                try await database.pendingMigrations([first])
            }
        }
    }

    @Test(arguments: Engine.available)
    func failedMigrationLeavesNothingOfItselfBehind(_ engine: Engine) async throws {
        try await engine.withDatabase { database async throws in
            let broken = Migration(2, "broken", common: "CREATE TABLE c (id BIGINT); CREATE TABLE a (id BIGINT);")
            let error = await #expect(throws: DatabaseError.self) { try await database.migrate([first, broken]) }
            guard case .migrationFailed(2, "broken", _) = error else { throw Unexpected(error) }
            #expect(try await database.migrate([first, second]).map(\.version) == [2])
        }
    }

    @Test(arguments: Engine.available)
    func processesThatMigrateAtOnceWaitForEachOther(_ engine: Engine) async throws {
        try await engine.withURL { url in
            let applied = try await withThrowingTaskGroup(of: [Int].self) { group in
                for _ in 0..<4 {
                    group.addTask {
                        let database = try await Database.open(url)
                        return try await database.migrate([first, second]).map(\.version)
                    }
                }
                return try await group.reduce(into: []) { $0 += $1 }
            }
            #expect(applied.sorted() == [1, 2])
        }
    }

    @Test func versionsMustRise() async throws {
        try await Engine.sqlite.withDatabase { database async throws in
            await #expect(throws: DatabaseError.migrationOrder(version: 1)) {
                try await database.migrate([second, first])
            }
        }
    }
}
