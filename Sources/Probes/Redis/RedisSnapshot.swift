package import Foundation
import RedisClient
package import SocketClient

/// What was seen of a Redis server.
package struct RedisSnapshot: Codable, Sendable, Equatable {
    package struct Link: Codable, Sendable, Equatable {
        /// Version of TLS; nil without.
        package var tls: String?
        /// Round trips after TCP's own, up to the end of the flight.
        package var roundTrips: Int?
    }

    /// Error text of a command, or its answer.
    package struct Answer: Codable, Sendable, Equatable {
        package var text: String?
        package var error: String?

        package init(text: String? = nil, error: String? = nil) { (self.text, self.error) = (text, error) }

        init(_ value: RedisValue) {
            if case .error(let text) = value { self.init(error: text) } else { self.init(text: value.text) }
        }
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
        /// `ACL GETUSER` of the looking user and of `default`; nil when not asked for.
        package var ownRights: RedisRights.Answer?
        package var defaultUser: RedisRights.Answer?
        package var slowCommands: Answer?
    }

    package enum Refusal: String, Codable, Sendable { case refused, accepted }

    /// An attempt without TLS at another port than the URL's.
    package struct PlainPort: Codable, Sendable, Equatable {
        package var port: Int
        package var answer: Observation<Refusal>
        /// The server's `run_id`, where it tells it to anybody.
        package var server: String?
    }

    package var takenAt = Date()
    /// The TLS handshake, also one that was not accepted.
    package var handshake: TLSFacts?
    package var link: Observation<Link>
    package var flight: Observation<Flight>
    /// Seconds that single PINGs took.
    package var pings: Observation<[Double]> = .notLooked
    /// An attempt without TLS at the URL's own port.
    package var plaintext: Observation<Refusal>
    /// The same at others where the server may listen too; nil when none was tried.
    package var plainPorts: [PlainPort]?
    /// The answer to PING without AUTH.
    package var unauthenticated: Observation<Answer>
}
