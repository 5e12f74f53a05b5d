package import OpsModel

/// Why Redis could not be asked. Socket and TLS failures arrive as `SocketError`.
package enum RedisError: DiagnosableError, Equatable {
    /// The server answered a command with an error; `reply` is its text.
    case refused(server: String, command: String, reply: String)
    case unreadable(server: String, why: String)
    case timedOut(server: String, phase: String)
    case cancelled(server: String, phase: String)

    package var diagnostic: Diagnostic {
        switch self {
        case .refused(let server, let command, let reply):
            Diagnostic(
                "redis.refused", what: "Redis refused \(command)", place: server, why: reply,
                fix: "check user, password and ACL: ACL GETUSER <user>")
        case .unreadable(let server, let why):
            Diagnostic(
                "redis.protocol", what: "cannot read Redis' answer", place: server, why: why,
                fix: "check that the port is Redis'")
        case .timedOut(let server, let phase):
            Diagnostic(
                "redis.timeout", what: "Redis did not answer in time", place: server,
                why: "deadline reached during \(phase)",
                fix: "check that the server runs and is not blocked by a slow command")
        case .cancelled(let server, let phase):
            Diagnostic(
                "redis.cancelled", what: "the exchange was cancelled", place: server, why: "during \(phase)",
                fix: "retry")
        }
    }
}
