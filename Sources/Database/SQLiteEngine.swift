import Blocking
import Foundation
import GRDB

/// SQLite in WAL mode: readers run beside the one writer. Every commit reaches the disk before it is reported.
final class SQLiteEngine: DatabaseEngine {
    let dialect = SQLDialect.sqlite
    let location: String
    private let pool: DatabasePool
    /// GRDB's own writer queue cannot be held across an `await`; this lock is, for the length of a transaction.
    private let writer = Permits(1)
    private let options: DatabaseOptions

    private init(pool: DatabasePool, path: String, options: DatabaseOptions) {
        (self.pool, location, self.options) = (pool, "sqlite://\(path)", options)
    }

    static func open(path: String, _ options: DatabaseOptions) async throws -> SQLiteEngine {
        var configuration = GRDB.Configuration()
        configuration.busyMode = .timeout(5)
        configuration.label = "opsctl.sqlite"
        configuration.allowsUnsafeTransactions = true  // BEGIN and COMMIT are separate accesses, see `transaction`
        configuration.prepareDatabase { try $0.execute(sql: "PRAGMA synchronous = FULL") }
        let settings = configuration
        return try await sqliteErrors(at: "sqlite://\(path)") {
            try await blocking(timeout: .seconds(60)) { _ in
                SQLiteEngine(
                    pool: try DatabasePool(path: path, configuration: settings), path: path, options: options)
            }
        }
    }

    func read(_ sql: SQL) async throws -> StatementResult {
        try await sqliteErrors(at: location) {
            try await blocking(timeout: .seconds(60)) { _ in try self.pool.unsafeRead { try runStatement(sql, on: $0) }
            }
        }
    }

    func write(_ sql: SQL) async throws -> StatementResult {
        try await holdingWriteLock { try await self.onWriter { try runStatement(sql, on: $0) } }
    }

    func transaction<Value: Sendable>(_ body: @Sendable (Transaction) async throws -> Value) async throws -> Value {
        try await holdingWriteLock {
            try await self.onWriter { try $0.execute(sql: "BEGIN IMMEDIATE") }
            do {
                let value = try await body(Transaction(session: SQLiteSession(engine: self)))
                try await self.onWriter { try $0.execute(sql: "COMMIT") }
                return value
            } catch {
                // Some errors (disk full, I/O) have rolled back already.
                try await self.onWriter { if $0.isInsideTransaction { try $0.execute(sql: "ROLLBACK") } }
                throw error
            }
        }
    }

    func close() async throws {
        try await sqliteErrors(at: location) {
            try await blocking(timeout: .seconds(60)) { _ in try self.pool.close() }
        }
    }

    /// One access to the writing connection. It ignores cancellation, so that a rollback always runs.
    fileprivate func onWriter<Value: Sendable>(
        _ body: @escaping @Sendable (GRDB.Database) throws -> Value
    ) async throws -> Value {
        try await sqliteErrors(at: location) {
            try await blocking(timeout: .seconds(60)) { _ in try self.pool.unsafeReentrantWrite(body) }
        }
    }

    private func holdingWriteLock<Value: Sendable>(_ body: () async throws -> Value) async throws -> Value {
        guard try await writer.acquire(timeout: options.acquireTimeout) else {
            throw DatabaseError.exhausted(place: location, waited: options.acquireTimeout)
        }
        defer { writer.release() }
        return try await body()
    }
}

private struct SQLiteSession: DatabaseSession {
    let engine: SQLiteEngine
    var dialect: SQLDialect { .sqlite }

    func run(_ sql: SQL) async throws -> StatementResult {
        try Task.checkCancellation()
        return try await engine.onWriter { try runStatement(sql, on: $0) }
    }

    func script(_ text: String) async throws {
        try await engine.onWriter { try $0.execute(sql: text) }
    }
}

private func runStatement(_ sql: SQL, on connection: GRDB.Database) throws -> StatementResult {
    let (text, values) = sql.rendered(for: .sqlite)
    let statement = try connection.cachedStatement(sql: text)
    let before = connection.totalChangesCount
    let cursor = try GRDB.Row.fetchCursor(statement, arguments: StatementArguments(values.map(\.grdb)))
    var rows: [Row] = []
    let columns = statement.columnNames
    while let row = try cursor.next() {
        rows.append(Row(columns: columns, values: row.databaseValues.map(SQLValue.init(grdb:))))
    }
    return StatementResult(rows: rows, affected: connection.totalChangesCount - before)
}

extension SQLValue {
    fileprivate var grdb: DatabaseValue {
        switch self {
        case .null: .null
        case .integer(let number): number.databaseValue
        case .real(let number): number.databaseValue
        case .text(let text): text.databaseValue
        case .blob(let bytes): Data(bytes).databaseValue
        }
    }

    fileprivate init(grdb value: DatabaseValue) {
        self =
            switch value.storage {
            case .null: .null
            case .int64(let number): .integer(number)
            case .double(let number): .real(number)
            case .string(let text): .text(text)
            case .blob(let data): .blob(Array(data))
            }
    }
}

/// Runs `body` and puts SQLite's errors in our words.
private func sqliteErrors<Value>(at place: String, _ body: () async throws -> Value) async throws -> Value {
    do {
        return try await body()
    } catch let error as GRDB.DatabaseError {
        let code = "SQLITE_\(error.extendedResultCode.rawValue)"
        let message = error.message ?? "no message"
        switch error.extendedResultCode {
        case .SQLITE_CONSTRAINT_UNIQUE, .SQLITE_CONSTRAINT_PRIMARYKEY, .SQLITE_CONSTRAINT_ROWID:
            throw DatabaseError.uniqueViolation(code: code, message: message)
        case _ where error.resultCode == .SQLITE_BUSY: throw DatabaseError.timedOut(place: place, phase: "lock")
        case _
        where [.SQLITE_CANTOPEN, .SQLITE_NOTADB, .SQLITE_CORRUPT, .SQLITE_IOERR, .SQLITE_FULL, .SQLITE_READONLY]
            .contains(error.resultCode) && !message.contains("readonly database"):
            throw DatabaseError.unavailable(place: place, code: code, why: message)
        default: throw DatabaseError.statement(code: code, message: message)
        }
    }
}
