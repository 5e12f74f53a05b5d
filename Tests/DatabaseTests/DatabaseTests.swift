import Database
import OpsModel
import TestSupport
import Testing

@Suite struct DatabaseTests {
    @Test(arguments: Engine.available)
    func valuesComeBackAsTheyWereBound(_ engine: Engine) async throws {
        try await engine.withTable { database async throws in
            let name = "Ünï'; DROP TABLE item; --"
            try await database.execute("INSERT INTO item (id, name, size) VALUES (\(7), \(name), \(Int64.max))")
            let row = try #require(try await database.query("SELECT * FROM item WHERE name = \(name)").first)
            #expect(try row.get("id") == 7)
            #expect(try row.get("name") == name)
            #expect(try row.get("size") == Int64.max)
        }
    }

    @Test(arguments: Engine.available)
    func nullIsReadAsOptionalOnly(_ engine: Engine) async throws {
        try await engine.withTable { database async throws in
            let nothing: String? = nil
            try await database.execute("INSERT INTO item (id, name) VALUES (1, \(nothing))")
            let row = try #require(try await database.query("SELECT * FROM item").first)
            #expect(try row.get("name", as: String?.self) == nil)
            #expect(throws: DatabaseError.self) { try row.get("name", as: String.self) }
            #expect(throws: DatabaseError.self) { try row.get("nothing", as: Int.self) }
        }
    }

    @Test(arguments: Engine.available)
    func listsAreBoundElementByElement(_ engine: Engine) async throws {
        try await engine.withTable { database async throws in
            for id in 1...4 { try await database.execute("INSERT INTO item (id, name) VALUES (\(id), \("n\(id)"))") }
            let names = ["n2", "n4", "x'); --"]
            let rows = try await database.query("SELECT id FROM item WHERE name IN (\(list: names)) ORDER BY id")
            #expect(try rows.map { try $0.get("id", as: Int.self) } == [2, 4])
        }
    }

    @Test(arguments: Engine.available)
    func uniqueViolationIsToldApart(_ engine: Engine) async throws {
        try await engine.withTable { database async throws in
            try await database.execute("INSERT INTO item (id, name) VALUES (1, 'a')")
            let error = await #expect(throws: DatabaseError.self) {
                try await database.execute("INSERT INTO item (id, name) VALUES (2, 'a')")
            }
            guard case .uniqueViolation = error else { throw Unexpected(error) }
        }
    }

    @Test(arguments: Engine.available)
    func refusedStatementKeepsItsCode(_ engine: Engine) async throws {
        try await engine.withTable { database async throws in
            let error = await #expect(throws: DatabaseError.self) { try await database.query("SELECT * FROM nowhere") }
            #expect(error?.code == (engine == .postgres ? "42P01" : "SQLITE_1"))
            #expect(try await database.query("SELECT 1 AS one").first?.get("one") == 1)
        }
    }

    @Test(arguments: Engine.available)
    func affectedRowsAreCountedForWritesOnly(_ engine: Engine) async throws {
        try await engine.withTable { database async throws in
            let inserted = try await database.execute("INSERT INTO item (id) VALUES (1), (2), (3)")
            let updated = try await database.execute("UPDATE item SET size = 5 WHERE id > 1 RETURNING id")
            #expect(inserted.affected == 3)
            #expect(updated.affected == 2)
            #expect(updated.rows.count == 2)
        }
    }

    @Test(arguments: Engine.available)
    func committedTransactionIsSeenAndFailedOneIsNot(_ engine: Engine) async throws {
        try await engine.withTable { database async throws in
            try await database.transaction { transaction in
                try await transaction.execute("INSERT INTO item (id) VALUES (1)")
                try await transaction.execute("INSERT INTO item (id) VALUES (2)")
            }
            await #expect(throws: Abort.self) {
                try await database.transaction { transaction in
                    try await transaction.execute("INSERT INTO item (id) VALUES (3)")
                    throw Abort()
                }
            }
            #expect(try await database.query("SELECT count(*) AS n FROM item").first?.get("n") == 2)
        }
    }

    @Test(arguments: Engine.available)
    func transactionsOfManyTasksDoNotMix(_ engine: Engine) async throws {
        try await engine.withTable { database async throws in
            try await database.execute("INSERT INTO item (id, size) VALUES (1, 0)")
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<20 {
                    group.addTask {
                        try await database.transaction { transaction in
                            let lock: SQL = SQL(
                                sqlite: "SELECT size FROM item WHERE id = 1",
                                postgres: "SELECT size FROM item WHERE id = 1 FOR UPDATE")
                            let size: Int = try await transaction.query(lock).first?.get("size") ?? 0
                            try await transaction.execute("UPDATE item SET size = \(size + 1) WHERE id = 1")
                        }
                    }
                }
                try await group.waitForAll()
            }
            #expect(try await database.query("SELECT size FROM item").first?.get("size") == 20)
        }
    }

    @Test func readsOfSQLiteCannotWrite() async throws {
        try await Engine.sqlite.withTable { database async throws in
            await #expect(throws: DatabaseError.self) { try await database.query("DELETE FROM item RETURNING id") }
        }
    }

    @Test(arguments: [
        "sqlite:relative.db", "sqlite://host/x", "sqlite:///a.db?x=1", "mysql://host/db", "postgresql://host",
    ])
    func unusableURLIsRefusedWithoutQuotingIt(_ url: String) async throws {
        let error = await #expect(throws: DatabaseError.self) { try await Database.open(Secret(url)) }
        #expect(error?.diagnostic.id == "database.url")
        #expect(error?.diagnostic.why.contains(url) == false)
    }
}

struct Abort: Error {}
struct Unexpected: Error {
    let error: (any Error)?
    init(_ error: (any Error)?) { self.error = error }
}
