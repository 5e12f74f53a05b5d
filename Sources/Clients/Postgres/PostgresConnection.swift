import Blocking
import CPostgres
import Glibc
import OpsModel
package import SocketClient
import Synchronization

/// One libpq session. Statements queue up behind each other; the session closes when the object goes away.
///
/// Everything is non-blocking libpq driven by poll(2) on a blocking thread, so every phase keeps its deadline and a
/// cancelled task leaves at once (research: PQexec and PQconnectdb cannot be interrupted).
package final class PostgresConnection: Sendable {
    package let url: PostgresURL
    private let session: Mutex<Session>

    private init(url: PostgresURL, session: consuming sending Session) {
        self.url = url
        self.session = Mutex(session)
    }

    /// Opens a session; `timeout` covers name resolution, TCP, TLS and authentication together.
    package static func open(
        _ url: PostgresURL, applicationName: String, timeout: Duration, options: [String: String] = [:]
    ) async throws -> PostgresConnection {
        try await translating(url) {
            try await blocking(timeout: timeout) { waiter in
                let session = try Session.open(url, applicationName: applicationName, options: options, waiter)
                return PostgresConnection(url: url, session: session)
            }
        }
    }

    /// Runs one statement with text parameters `$1`, `$2`, …; on timeout the server is asked to cancel it.
    package func query(_ sql: String, _ parameters: [String?] = [], timeout: Duration = .seconds(10)) async throws
        -> PostgresRows
    {
        try await exchange(timeout: timeout) { session, waiter throws in
            guard let last = try session.execute(sql, parameters, waiter).last else {
                throw PostgresError.query(sqlState: nil, message: "empty statement")
            }
            return last
        }
    }

    /// Runs several statements in one message and one round trip; they share a transaction unless the text says otherwise.
    package func batch(_ sql: String, timeout: Duration = .seconds(10)) async throws -> [PostgresRows] {
        try await exchange(timeout: timeout) { session, waiter throws in try session.execute(sql, nil, waiter) }
    }

    /// Runs all statements in one round trip, each in a transaction of its own: one that fails takes no other with it.
    /// - Returns: one answer per statement, also when the session ends half-way.
    package func pipeline(_ statements: [PostgresStatement], timeout: Duration = .seconds(10)) async throws
        -> [Result<PostgresRows, PostgresError>]
    {
        try await exchange(timeout: timeout) { session, waiter throws in try session.pipeline(statements, waiter) }
    }

    /// TLS protocol version such as `TLSv1.3`; nil when the session is not encrypted.
    package var tlsVersion: String? { session.withLock { $0.tlsVersion } }
    /// The session's TLS with the certificate chain; nil when it is not encrypted.
    package var tlsFacts: TLSFacts? { session.withLock { $0.tlsFacts } }
    /// Round trips since TCP stood: handshake, authentication and statements.
    package var roundTrips: Int? { session.withLock { $0.roundTrips } }
    /// What the server says of itself unasked, for example `server_version` or, from 14 on, `in_hot_standby`.
    package func parameter(_ name: String) -> String? { session.withLock { $0.parameter(name) } }
    /// 150020 for 15.20.
    package var serverVersion: Int { session.withLock { $0.serverVersion } }
    /// Whether libpq still believes in the session; false after a lost connection.
    package var isUsable: Bool { session.withLock { $0.isUsable } }

    private func exchange<Value: Sendable>(
        timeout: Duration, _ body: @escaping @Sendable (inout Session, Waiter) throws -> Value
    ) async throws -> Value {
        try await Self.translating(url) {
            try await blocking(timeout: timeout) { waiter in try self.session.withLock { try body(&$0, waiter) } }
        }
    }

    private static func translating<Value>(_ url: PostgresURL, _ body: () async throws -> Value) async throws -> Value {
        do {
            return try await body()
        } catch WaitError.timedOut(let phase) {
            throw PostgresError.timedOut(server: url.endpoint, phase: phase)
        } catch WaitError.cancelled(let phase) {
            throw PostgresError.cancelled(server: url.endpoint, phase: phase)
        } catch WaitError.failed(let phase, let code) {
            throw PostgresError.lost(
                server: url.endpoint, message: "\(String(cString: strerror(code))) during \(phase)")
        }
    }
}
