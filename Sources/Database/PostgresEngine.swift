import OpsModel
import PostgresClient
import Synchronization

/// Postgres through a small pool of sessions, opened when needed and kept while they are usable.
final class PostgresEngine: DatabaseEngine {
    private struct Idle {
        let connection: PostgresConnection
        let since: ContinuousClock.Instant
    }

    let dialect = SQLDialect.postgres
    var location: String { url.description }
    private let url: PostgresURL
    private let options: DatabaseOptions
    private let permits: Permits
    private let idle = Mutex<[Idle]>([])

    init(_ url: PostgresURL, _ options: DatabaseOptions) {
        (self.url, self.options, permits) = (url, options, Permits(options.maximumConnections))
    }

    static func parse(_ url: Secret) throws(DatabaseError) -> PostgresURL {
        do { return try PostgresURL(url) } catch { throw .url(why: error.diagnostic.why) }
    }

    func read(_ sql: SQL) async throws -> StatementResult { try await withSession { try await $0.run(sql) } }
    func write(_ sql: SQL) async throws -> StatementResult { try await withSession { try await $0.run(sql) } }

    func transaction<Value: Sendable>(_ body: @Sendable (Transaction) async throws -> Value) async throws -> Value {
        try await withSession { session in
            _ = try await session.run("BEGIN")
            do {
                let value = try await body(Transaction(session: session))
                _ = try await session.run("COMMIT")
                return value
            } catch {
                // A session that cannot roll back is dropped by the pool, and the server rolls back then.
                do { _ = try await session.run("ROLLBACK") } catch is DatabaseError { session.spoil() }
                throw error
            }
        }
    }

    func close() async throws { idle.withLock { $0.removeAll() } }

    private func withSession<Value>(_ body: (PostgresSession) async throws -> Value) async throws -> Value {
        guard try await permits.acquire(timeout: options.acquireTimeout) else {
            throw DatabaseError.exhausted(place: location, waited: options.acquireTimeout)
        }
        defer { permits.release() }
        let session = PostgresSession(
            connection: try await postgresErrors(at: location) { try await connection() }, place: location,
            timeout: options.statementTimeout)
        defer {
            if session.isUsable { idle.withLock { $0.append(Idle(connection: session.connection, since: .now)) } }
        }
        return try await body(session)
    }

    /// The most recently used idle session that still answers, or a new one.
    private func connection() async throws -> PostgresConnection {
        while let candidate = idle.withLock({ $0.popLast() }) {
            if await answers(candidate) { return candidate.connection }
            idle.withLock { $0.removeAll() }  // the server restarted: the others are gone as well
        }
        let milliseconds = String(options.statementTimeout.milliseconds)
        return try await PostgresConnection.open(
            url, applicationName: options.applicationName, timeout: options.connectTimeout,
            options: [
                "statement_timeout": milliseconds, "idle_in_transaction_session_timeout": milliseconds,
                "client_min_messages": "warning",
            ])
    }

    /// A session that was idle for a while may have been closed by the server, unseen: ask before it is relied upon.
    private func answers(_ candidate: Idle) async -> Bool {
        guard candidate.since.duration(to: .now) > .seconds(1) else { return true }
        do {
            _ = try await candidate.connection.query("SELECT 1", timeout: .seconds(2))
            return true
        } catch {
            return false
        }
    }
}

private final class PostgresSession: DatabaseSession {
    let connection: PostgresConnection
    private let place: String
    private let timeout: Duration
    private let isSpoiled = Mutex(false)

    init(connection: PostgresConnection, place: String, timeout: Duration) {
        (self.connection, self.place, self.timeout) = (connection, place, timeout)
    }

    var dialect: SQLDialect { .postgres }
    var isUsable: Bool { !isSpoiled.withLock { $0 } && connection.isUsable }
    func spoil() { isSpoiled.withLock { $0 = true } }

    func run(_ sql: SQL) async throws -> StatementResult {
        let (text, values) = sql.rendered(for: .postgres)
        let parameters = values.map(\.postgresText)
        guard parameters.allSatisfy({ !($0?.utf8.contains(0) ?? false) }) else {
            throw DatabaseError.value(why: "Postgres' text cannot hold a NUL byte")
        }
        let result = try await postgresErrors(at: place) {
            try await connection.query(text, parameters, timeout: timeout + .seconds(1))
        }
        let rows = result.rows.map { row in
            Row(columns: result.columns, values: row.map { $0.map(SQLValue.text) ?? .null })
        }
        return StatementResult(rows: rows, affected: result.columns.isEmpty || isWrite(text) ? result.affected : 0)
    }

    func script(_ text: String) async throws {
        _ = try await postgresErrors(at: place) { try await connection.batch(text, timeout: .seconds(600)) }
    }

    /// libpq counts the rows of a SELECT as affected too.
    private func isWrite(_ text: String) -> Bool { !text.drop { $0.isWhitespace }.lowercased().hasPrefix("select") }
}

/// Runs `body` and puts Postgres' errors in our words.
private func postgresErrors<Value>(at place: String, _ body: () async throws -> Value) async throws -> Value {
    do {
        return try await body()
    } catch let error as PostgresError {
        switch error {
        case .query("23505", let message): throw DatabaseError.uniqueViolation(code: "23505", message: message)
        case .query("57014", _): throw DatabaseError.timedOut(place: place, phase: "statement")
        // The server ends this session: shutdown, crash recovery, an administrator.
        case .query(let state?, let message) where state.hasPrefix("57P") || state.hasPrefix("08"):
            throw DatabaseError.unavailable(place: place, code: state, why: message)
        case .query(let state, let message): throw DatabaseError.statement(code: state, message: message)
        case .connection(_, let state, let message):
            throw DatabaseError.unavailable(place: place, code: state, why: message)
        case .passwordRequired:
            throw DatabaseError.unavailable(place: place, code: nil, why: error.diagnostic.why)
        case .lost(_, let message): throw DatabaseError.unavailable(place: place, code: nil, why: message)
        case .timedOut(_, let phase): throw DatabaseError.timedOut(place: place, phase: phase)
        case .cancelled: throw CancellationError()
        }
    }
}
