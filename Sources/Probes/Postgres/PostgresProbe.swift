package import OpsModel
package import PostgresClient

/// What is expected of a PostgreSQL server.
package struct PostgresExpectation: Codable, Sendable {
    package enum Role: String, Codable, Sendable { case primary, replica }
    package enum Protection: String, Codable, Sendable { case required, verified, off }

    package var url: PostgresURL
    package var role: Role
    package var protection: Protection
    package var refusesPlaintext: Bool
    package var writesCanary: Bool

    /// Plaintext must be refused unless protection is off, when nothing else is said.
    package init(
        url: PostgresURL, role: Role, protection: Protection, refusesPlaintext: Bool? = nil, writesCanary: Bool
    ) {
        (self.url, self.role, self.protection) = (url, role, protection)
        (self.refusesPlaintext, self.writesCanary) = (
            refusesPlaintext ?? (protection != .off), writesCanary
        )
    }
}

/// What was seen of a PostgreSQL server.
package struct PostgresSnapshot: Codable, Sendable, Equatable {
    package struct Session: Codable, Sendable, Equatable {
        /// Protocol version such as `TLSv1.3`; nil when the session is not encrypted.
        package var tls: String?
        package var version: String
        package var isReplica: Bool
        package var user: String
        package var database: String
    }

    /// How the server answered a session without TLS and without a password.
    package enum PlaintextAnswer: String, Codable, Sendable {
        case refused, accepted
    }

    /// How a row fared: written and committed, read back equal, removed.
    package struct Canary: Codable, Sendable, Equatable {
        package var wasReadBack: Bool
        package var wasRemoved: Bool
        package var elapsedMilliseconds: Int64
    }

    package var session: Observation<Session>
    package var plaintext: Observation<PlaintextAnswer>
    package var canary: Observation<Canary>
}
