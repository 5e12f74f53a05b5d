package import OpsModel

/// One SQL database behind two engines: SQLite for embedded use, Postgres for production. Safe to use from any task.
package final class Database: Sendable {
    private let engine: any DatabaseEngine

    init(engine: any DatabaseEngine) { self.engine = engine }

    package var dialect: SQLDialect { engine.dialect }
    /// Where it is, without credentials.
    package var location: String { engine.location }

    /// Opens `sqlite:///absolute/path.db` (created when missing) or `postgresql://…` (connected when first used).
    package static func open(_ url: Secret, _ options: DatabaseOptions = .init()) async throws -> Database {
        let text = url.reveal()
        if text.hasPrefix("sqlite:") {
            let path = try sqlitePath(of: text)
            return Database(engine: try await SQLiteEngine.open(path: path, options))
        }
        guard text.hasPrefix("postgres") else { throw DatabaseError.url(why: "the scheme is not sqlite or postgresql") }
        do {
            return Database(engine: PostgresEngine(try PostgresEngine.parse(url), options))
        }
    }

    /// The absolute path in a `sqlite:///path` URL.
    package static func sqlitePath(of url: String) throws(DatabaseError) -> String {
        let prefix = "sqlite://"
        guard url.hasPrefix(prefix + "/"), url.utf8.count > prefix.utf8.count + 1 else {
            throw .url(why: "a sqlite URL needs an absolute path: sqlite:///var/lib/app.db")
        }
        let path = String(url.dropFirst(prefix.count))
        guard !path.contains("?"), !path.contains("#") else { throw .url(why: "a sqlite URL takes no parameters") }
        return path
    }

    /// Reads. On SQLite this runs beside a writer, and a statement that writes is refused.
    package func query(_ sql: SQL) async throws -> [Row] { try await engine.read(sql).rows }

    /// Runs one statement that writes, in a transaction of its own.
    @discardableResult
    package func execute(_ sql: SQL) async throws -> StatementResult { try await engine.write(sql) }

    /// Runs `body` in one transaction on one connection; commits when it returns, rolls back when it throws.
    /// On SQLite it holds the write lock from the start, so keep it short. Do not use the `Database` inside.
    package func transaction<Value: Sendable>(
        _ body: @Sendable (Transaction) async throws -> Value
    ) async throws -> Value {
        try await engine.transaction(body)
    }

    /// Closes idle connections. Those in use close when they are given back.
    package func close() async throws { try await engine.close() }
}

package struct DatabaseOptions: Sendable {
    /// Postgres sessions at a time.
    package var maximumConnections = 8
    /// How long a caller waits for a free connection, or for SQLite's write lock.
    package var acquireTimeout: Duration = .seconds(5)
    package var connectTimeout: Duration = .seconds(5)
    package var statementTimeout: Duration = .seconds(10)
    package var applicationName = "opsctl"

    package init() {}
}

/// Statements inside one transaction.
package struct Transaction: Sendable {
    let session: any DatabaseSession

    package var dialect: SQLDialect { session.dialect }

    package func query(_ sql: SQL) async throws -> [Row] { try await session.run(sql).rows }

    @discardableResult
    package func execute(_ sql: SQL) async throws -> StatementResult { try await session.run(sql) }

    /// Runs several statements without values.
    package func script(_ text: String) async throws { try await session.script(text) }
}

protocol DatabaseEngine: Sendable {
    var dialect: SQLDialect { get }
    var location: String { get }
    func read(_ sql: SQL) async throws -> StatementResult
    func write(_ sql: SQL) async throws -> StatementResult
    func transaction<Value: Sendable>(_ body: @Sendable (Transaction) async throws -> Value) async throws -> Value
    func close() async throws
}

protocol DatabaseSession: Sendable {
    var dialect: SQLDialect { get }
    func run(_ sql: SQL) async throws -> StatementResult
    func script(_ text: String) async throws
}
