import BucketClient
import Glibc
import HTTPClient
package import OpsModel
import PostgresClient
import RedisClient
import SocketClient

/// What a look brought home: the facts, or why there are none. Saved with a snapshot, so that it can be judged again.
package enum Observation<Facts: Codable & Sendable & Equatable>: Codable, Sendable, Equatable {
    case seen(Facts)
    case failed(LookFailure)
    case notLooked

    package var facts: Facts? {
        if case .seen(let facts) = self { facts } else { nil }
    }

    package var failure: LookFailure? {
        if case .failed(let failure) = self { failure } else { nil }
    }
}

extension Observation {
    /// The facts. - Throws: the `LookFailure`.
    func get() throws -> Facts {
        if let failure { throw failure }
        guard let facts else { throw LookFailure(reason: .internalError, phase: "look", message: "not looked at") }
        return facts
    }

    /// Runs a look; an error becomes a `LookFailure`, nothing is thrown.
    static func look(_ body: () async throws -> Facts) async -> Observation {
        do {
            return .seen(try await body())
        } catch {
            return .failed(LookFailure(error))
        }
    }
}

/// Why a look brought nothing home.
package struct LookFailure: Error, Codable, Sendable, Equatable {
    package let reason: CheckReason
    package let phase: String
    package let message: String
    /// SQLSTATE, S3 error code or Redis error word, where there is one.
    package let code: String?

    package init(reason: CheckReason, phase: String, message: String, code: String? = nil) {
        (self.reason, self.phase, self.message, self.code) = (reason, phase, message, code)
    }

    /// Whether the answer itself says no, so that the check has failed; otherwise one could not look.
    package var isVerdict: Bool {
        switch reason {
        case .timeout, .cancelled, .internalError, .tool, .configuration, .proto, .dns: false
        case .refused, .unreachable, .tls, .certificate, .authentication, .authorization, .missingDatabase,
            .notReady,
            .tooManyConnections, .status, .body, .mismatch, .role, .policy, .accepted, .readOnly, .limit:
            true
        }
    }
}

extension LookFailure {
    init(_ error: any Error) {
        switch error {
        case let failure as LookFailure: self = failure
        case let error as PostgresError: self.init(postgres: error)
        case let error as RedisError: self.init(redis: error)
        case let error as SocketError: self.init(socket: error)
        case let error as HTTPError: self.init(http: error)
        case let error as BucketError: self.init(bucket: error)
        case let error as any DiagnosableError:
            self.init(
                reason: .internalError, phase: "look", message: "\(error.diagnostic.what): \(error.diagnostic.why)")
        case is CancellationError: self.init(reason: .cancelled, phase: "look", message: "cancelled")
        default: self.init(reason: .internalError, phase: "look", message: "\(error)")
        }
    }

    private init(postgres error: PostgresError) {
        let why = error.diagnostic.why
        switch error {
        // libpq has no other sign of it; it speaks English as long as nobody calls setlocale.
        case .connection(_, nil, let message) where message.contains("could not translate host name"):
            self.init(reason: .dns, phase: "resolve", message: why)
        case .connection(_, let state, _), .query(let state, _):
            let phase = if case .query = error { "query" } else { state == nil ? "connect" : "authenticate" }
            self.init(reason: Self.reason(sqlState: state, error), phase: phase, message: why, code: state)
        case .tls: self.init(reason: .certificate, phase: "tls", message: why)
        case .passwordRequired: self.init(reason: .authentication, phase: "authenticate", message: why)
        case .timedOut(_, let phase): self.init(reason: .timeout, phase: phase, message: why)
        case .cancelled(_, let phase): self.init(reason: .cancelled, phase: phase, message: why)
        case .lost: self.init(reason: .unreachable, phase: "query", message: why)
        }
    }

    /// PostgreSQL documentation, appendix A.
    private static func reason(sqlState: String?, _ error: PostgresError) -> CheckReason {
        switch sqlState {
        case nil:
            switch error {
            case .connection(_, _, let message) where message.contains("Connection refused"): .refused
            case .connection(_, _, let message) where isShortage(message): .tool
            case .connection: .unreachable
            default: .proto
            }
        case "28P01", "28000": .authentication
        case "3D000": .missingDatabase
        case "57P01", "57P02", "57P03": .notReady
        case "53300": .tooManyConnections
        case "42501", "3F000": .authorization
        case "25006": .readOnly
        case "57014", "55P03": .timeout
        // No disk, no memory, a limit of the configuration; then a disk that fails, and damaged data.
        case "53100", "53200", "53400": .limit
        case "58030", "XX001", "XX002": .mismatch
        default: .proto
        }
    }

    private init(redis error: RedisError) {
        let why = error.diagnostic.why
        switch error {
        case .refused(_, let command, let reply):
            self.init(
                reason: Self.reason(redisReply: reply), phase: command == "AUTH" ? "authenticate" : "command",
                message: why)
        case .unreadable: self.init(reason: .proto, phase: "read", message: why)
        case .timedOut(_, let phase): self.init(reason: .timeout, phase: phase, message: why)
        case .cancelled(_, let phase): self.init(reason: .cancelled, phase: phase, message: why)
        }
    }

    static func reason(redisReply: String) -> CheckReason {
        switch redisReply.split(separator: " ").first {
        case "NOAUTH", "WRONGPASS": .authentication
        case "NOPERM", "DENIED": .authorization
        case "LOADING", "MASTERDOWN", "BUSY", "CLUSTERDOWN", "TRYAGAIN": .notReady
        case "READONLY", "MISCONF", "NOREPLICAS": .readOnly
        case "OOM": .limit
        case "MOVED", "ASK": .status
        default: redisReply.hasPrefix("ERR max number of clients") ? .tooManyConnections : .proto
        }
    }

    private init(socket error: SocketError) {
        let why = error.diagnostic.why
        switch error {
        case .unresolved: self.init(reason: .dns, phase: "resolve", message: why)
        case .noSuchName: self.init(reason: .dns, phase: "resolve", message: why, code: "noname")
        case .resolverTimedOut: self.init(reason: .timeout, phase: "resolve", message: why)
        case .refused: self.init(reason: .refused, phase: "connect", message: "connection refused")
        case .unreachable: self.init(reason: .unreachable, phase: "connect", message: why)
        case .certificate: self.init(reason: .certificate, phase: "tls", message: why)
        case .tls: self.init(reason: .tls, phase: "tls", message: why)
        case .closedByPeer(_, let phase):
            self.init(
                reason: phase == "tls" ? .tls : .unreachable, phase: phase, message: "the server closed the connection")
        case .failed(_, let phase, let code):
            self.init(reason: Self.isShortage(code) ? .tool : .unreachable, phase: phase, message: why)
        }
    }

    /// This machine has run out of something: that says nothing about the server.
    private static func isShortage(_ code: Int32) -> Bool {
        [EMFILE, ENFILE, ENOBUFS, ENOMEM, EADDRNOTAVAIL, EACCES, EPERM].contains(code)
    }

    /// The same of an error that comes as the C library's text.
    private static func isShortage(_ message: String) -> Bool {
        [EMFILE, ENFILE, ENOBUFS, ENOMEM, EADDRNOTAVAIL].contains { message.contains(String(cString: strerror($0))) }
    }

    private init(http error: HTTPError) {
        let why = error.diagnostic.why
        switch error {
        case .unresolved: self.init(reason: .dns, phase: "resolve", message: why)
        case .refused: self.init(reason: .refused, phase: "connect", message: why)
        case .certificate: self.init(reason: .certificate, phase: "tls", message: why)
        case .tls: self.init(reason: .tls, phase: "tls", message: why)
        case .timedOut(_, let phase): self.init(reason: .timeout, phase: phase, message: why)
        case .cancelled: self.init(reason: .cancelled, phase: "transfer", message: why)
        case .tooLarge, .file: self.init(reason: .proto, phase: "transfer", message: why)
        case .configuration: self.init(reason: .configuration, phase: "look", message: why)
        case .failed: self.init(reason: Self.isShortage(why) ? .tool : .unreachable, phase: "transfer", message: why)
        }
    }

    private init(bucket error: BucketError) {
        let why = error.diagnostic.why
        switch error {
        case .refused(_, _, let status, let code, _):
            self.init(reason: Self.reason(s3Code: code, status: status), phase: "request", message: why, code: code)
        case .absent: self.init(reason: .mismatch, phase: "request", message: "no such object")
        case .tooLarge, .unreadable: self.init(reason: .proto, phase: "read", message: why)
        case .invalidKey, .configuration: self.init(reason: .configuration, phase: "look", message: why)
        }
    }

    /// S3 API Reference, "Error responses".
    private static func reason(s3Code: String, status: Int) -> CheckReason {
        switch s3Code {
        case "SignatureDoesNotMatch", "InvalidAccessKeyId", "RequestTimeTooSkewed", "ExpiredToken",
            "PermanentRedirect", "AuthorizationHeaderMalformed":
            .authentication
        case "AccessDenied": .authorization
        case "NoSuchBucket": .missingDatabase
        default: status >= 500 ? .notReady : .status
        }
    }
}
