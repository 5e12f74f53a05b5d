import Foundation
import OpsModel

extension Database {
    /// The migrations of `all` that this database has not seen, in order.
    /// - Throws: when an applied one was edited since, or when the database knows versions that `all` does not.
    package func pendingMigrations(_ all: [Migration]) async throws -> [Migration] {
        try checkOrder(all)
        guard try await hasMigrationTable() else { return all }
        return try pending(all, applied: try await query(appliedMigrations))
    }

    /// Applies what is pending, each migration in its transaction. Processes that migrate at once wait for each other.
    /// - Returns: what this call applied. On failure the earlier migrations stay.
    @discardableResult
    package func migrate(_ all: [Migration]) async throws -> [Migration] {
        try checkOrder(all)
        var done: [Migration] = []
        while let migration = try await applyNext(all) { done.append(migration) }
        return done
    }

    private func applyNext(_ all: [Migration]) async throws -> Migration? {
        try await transaction { transaction in
            if transaction.dialect == .postgres {
                try await transaction.execute("SET LOCAL statement_timeout = '600s'")
                try await transaction.script("SELECT pg_advisory_xact_lock(\(migrationLock))")
            }
            try await transaction.script(migrationTable)
            let applied = try await transaction.query(appliedMigrations)
            guard let next = try pending(all, applied: applied).first else { return nil }
            do { try await transaction.script(next.script(for: transaction.dialect)) } catch let error as DatabaseError
            {
                throw DatabaseError.migrationFailed(
                    version: next.version, name: next.name, why: error.diagnostic.why)
            }
            try await transaction.execute(
                """
                INSERT INTO schema_migration (version, name, checksum, applied_at) VALUES
                (\(next.version), \(next.name), \(next.checksum(for: transaction.dialect)), \(rfc3339(Date())))
                """)
            return next
        }
    }

    private func pending(_ all: [Migration], applied: [Row]) throws -> [Migration] {
        var left = Dictionary(uniqueKeysWithValues: all.map { ($0.version, $0) })
        var unknown: [Int] = []
        for row in applied {
            let version: Int = try row.get("version")
            guard let migration = left.removeValue(forKey: version) else {
                unknown.append(version)
                continue
            }
            guard try row.get("checksum") == migration.checksum(for: dialect) else {
                throw DatabaseError.migrationChanged(version: version, name: migration.name)
            }
        }
        guard unknown.isEmpty else { throw DatabaseError.migrationUnknown(versions: unknown) }
        return all.filter { left[$0.version] != nil }
    }

    private func hasMigrationTable() async throws -> Bool {
        try await !query(
            SQL(
                sqlite: "SELECT name FROM sqlite_master WHERE type = 'table' AND name = 'schema_migration'",
                postgres: "SELECT 1 AS name WHERE to_regclass('schema_migration') IS NOT NULL")
        ).isEmpty
    }

    private func checkOrder(_ all: [Migration]) throws {
        for (earlier, later) in zip(all, all.dropFirst()) where later.version <= earlier.version {
            throw DatabaseError.migrationOrder(version: later.version)
        }
    }
}

/// An arbitrary number that names our lock among a server's advisory locks.
private let migrationLock = 7_406_219_553

private let appliedMigrations: SQL = "SELECT version, checksum FROM schema_migration ORDER BY version"

private let migrationTable = """
    CREATE TABLE IF NOT EXISTS schema_migration (
        version BIGINT PRIMARY KEY, name TEXT NOT NULL, checksum TEXT NOT NULL, applied_at TEXT NOT NULL
    )
    """
