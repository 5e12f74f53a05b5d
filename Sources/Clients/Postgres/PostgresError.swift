package import OpsModel

/// Why Postgres could not be asked. SQLSTATE codes are kept: PostgreSQL documentation, appendix A.
package enum PostgresError: DiagnosableError, Equatable {
    /// The session could not be opened. `sqlState` is nil when the server sent none (network, TLS, no answer).
    case connection(server: String, sqlState: String?, message: String)
    /// TLS could not be agreed, or the server's certificate was not accepted.
    case tls(server: String, message: String)
    /// The server asked for a password and the URL has none.
    case passwordRequired(server: String)
    case query(sqlState: String?, message: String)
    case timedOut(server: String, phase: String)
    case cancelled(server: String, phase: String)
    /// The session was lost while a statement was under way: whether it took effect is unknown.
    case lost(server: String, message: String)

    package var sqlState: String? {
        switch self {
        case .connection(_, let state, _), .query(let state, _): state
        case .tls, .passwordRequired, .timedOut, .cancelled, .lost: nil
        }
    }

    package var diagnostic: Diagnostic {
        switch self {
        case .connection(let server, let state, let message):
            Diagnostic(
                "postgres.connection", what: "cannot open a Postgres session", place: server,
                why: Self.why(state, message),
                fix: Self.fix(state))
        case .tls(let server, let message):
            Diagnostic(
                "postgres.tls", what: "cannot open a Postgres session over TLS", place: server, why: message,
                fix: "check sslmode and sslrootcert of the URL against the server's certificate")
        case .passwordRequired(let server):
            Diagnostic(
                "postgres.password", what: "cannot open a Postgres session", place: server,
                why: "the server asks for a password and the URL has none", fix: "add the password to the URL")
        case .query(let state, let message):
            Diagnostic(
                "postgres.query", what: "Postgres refused a statement", place: "query", why: Self.why(state, message),
                fix: "see the server's log for the statement")
        case .timedOut(let server, let phase):
            Diagnostic(
                "postgres.timeout", what: "Postgres did not answer in time", place: server,
                why: "deadline reached during \(phase)",
                fix: "check that the server runs: pg_isready -d \(server)")
        case .cancelled(let server, let phase):
            Diagnostic(
                "postgres.cancelled", what: "the exchange was cancelled", place: server, why: "during \(phase)",
                fix: "retry")
        case .lost(let server, let message):
            Diagnostic(
                "postgres.lost", what: "the Postgres session was lost", place: server, why: message, fix: "retry")
        }
    }

    private static func why(_ state: String?, _ message: String) -> String {
        state.map { "\(message) (SQLSTATE \($0))" } ?? message
    }

    private static func fix(_ state: String?) -> String {
        switch state {
        case "28P01": "correct the password of the role"
        case "28000": "allow the role, database and address in pg_hba.conf"
        case "3D000": "create the database, or correct its name in the URL"
        case "57P03": "wait: the server is starting or stopping"
        case "53300": "raise max_connections or close idle sessions"
        default: "check host, port and TLS files"
        }
    }
}
