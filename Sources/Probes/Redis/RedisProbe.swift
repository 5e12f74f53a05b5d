package import OpsModel
package import RedisClient

/// What is expected of a Redis server.
package struct RedisExpectation: Codable, Sendable {
    package enum Role: String, Codable, Sendable { case master, replica }

    package var url: RedisURL
    package var role: Role
    /// Expected maxmemory-policy; nil when it does not matter.
    package var eviction: String?
    package var refusesPlaintext: Bool
    package var refusesUnauthenticated: Bool
    package var writesCanary: Bool
    package var canaryPrefix: String

    package init(
        url: RedisURL, role: Role, eviction: String?, refusesPlaintext: Bool, refusesUnauthenticated: Bool,
        writesCanary: Bool,
        canaryPrefix: String
    ) {
        (self.url, self.role, self.eviction) = (url, role, eviction)
        (self.refusesPlaintext, self.refusesUnauthenticated) = (refusesPlaintext, refusesUnauthenticated)
        (self.writesCanary, self.canaryPrefix) = (writesCanary, canaryPrefix)
    }
}

/// What was seen of a Redis server.
package struct RedisSnapshot: Codable, Sendable, Equatable {
    package struct Link: Codable, Sendable, Equatable {
        package var tls: String?
        package var certificateDaysLeft: Int?
    }

    /// Error text of a command, or its answer.
    package struct Answer: Codable, Sendable, Equatable {
        package var text: String?
        package var error: String?
    }

    package struct Flight: Codable, Sendable, Equatable {
        package var authentication: Answer
        package var ping: Answer
        /// `INFO` by field name; nil with the error in `infoError`.
        package var info: [String: String]?
        package var infoError: String?
        /// SET, GET and DEL of the canary, in this order; empty when not asked for.
        package var canary: [Answer]
        /// What was SET.
        package var canaryValue: String
    }

    package enum Refusal: String, Codable, Sendable { case refused, accepted }

    package var link: Observation<Link>
    package var flight: Observation<Flight>
    package var plaintext: Observation<Refusal>
    /// The answer to PING without AUTH.
    package var unauthenticated: Observation<Answer>
}
