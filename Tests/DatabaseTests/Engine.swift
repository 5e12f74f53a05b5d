import Database
import OpsModel
import TestSupport
import Testing

/// The two engines that every behaviour is shown on.
enum Engine: String, CaseIterable, CustomTestStringConvertible {
    case sqlite, postgres

    var testDescription: String { rawValue }

    /// Engines whose programs are here; a missing one is left out where live tests are not mandatory.
    static var available: [Engine] { Requirement.postgres.isMet ? allCases : [.sqlite] }

    /// A fresh database for the length of `body`.
    func withURL(_ body: (Secret) async throws -> Void) async throws {
        switch self {
        case .sqlite: try await withScratchDirectory { try await body(Secret("sqlite://\($0)/test.db")) }
        case .postgres: try await withPostgres { try await body($0.url()) }
        }
    }

    func withDatabase(
        _ options: DatabaseOptions = .init(), _ body: (Database) async throws -> Void
    ) async throws {
        try await withURL { url in
            let database = try await Database.open(url, options)
            try await body(database)
            try await database.close()
        }
    }

    func withTable(_ body: (Database) async throws -> Void) async throws {
        try await withDatabase { database async throws in
            try await database.migrate([
                Migration(
                    1, "item", common: "CREATE TABLE item (id BIGINT PRIMARY KEY, name TEXT UNIQUE, size BIGINT);")
            ])
            try await body(database)
        }
    }
}
