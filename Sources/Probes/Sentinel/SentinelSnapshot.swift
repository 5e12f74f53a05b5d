package import Foundation
package import SocketClient

/// What the sentinels said, and the role of the master that they name.
package struct SentinelSnapshot: Codable, Sendable, Equatable {
    package struct Answers: Codable, Sendable, Equatable {
        package var authentication: RedisSnapshot.Answer
        /// Fields of `SENTINEL MASTER`; nil with the error in `masterError`.
        package var master: [String: String]?
        package var masterError: String?
        /// `SENTINEL GET-MASTER-ADDR-BY-NAME` as `host:port`.
        package var address: RedisSnapshot.Answer
        /// Fields of each replica.
        package var replicas: [[String: String]]?
        package var quorum: RedisSnapshot.Answer
        package var roundTrips: Int?
    }

    /// One sentinel.
    package struct View: Codable, Sendable, Equatable {
        package var endpoint: String
        package var handshake: TLSFacts?
        package var answers: Observation<Answers>
    }

    /// A node that a sentinel names as the master.
    package struct Named: Codable, Sendable, Equatable {
        package var address: String
        /// The role it answers with: `master`, `slave`.
        package var role: Observation<String>
    }

    package var takenAt = Date()
    package var views: [View]
    package var named: [Named]
}
