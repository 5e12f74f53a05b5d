package import Foundation
import OpsModel
package import PostgresClient
package import SocketClient

/// What is expected of a PgBouncer.
package struct PgBouncerExpectation: Codable, Sendable {
    /// The admin console: database `pgbouncer`, a user of stats_users.
    package var url: PostgresURL
    package var protection: PostgresExpectation.Protection
    package var minimumVersion: String?
    /// Databases that it must offer; empty: those that it has.
    package var databases: [String] = []
    /// A database behind the pooler, as the app reaches it.
    package var throughURL: PostgresURL?

    package init(url: PostgresURL, protection: PostgresExpectation.Protection = .verified) {
        (self.url, self.protection) = (url, protection)
    }
}

/// What was seen of a PgBouncer.
package struct PgBouncerSnapshot: Codable, Sendable, Equatable {
    package var takenAt: Date
    /// The version it gives; or why there is no session.
    package var session: Observation<String>
    package var tls: TLSFacts?
    /// Answers of SHOW, by what was shown.
    package var answers: [String: Observation<PostgresTable>] = [:]
    /// Milliseconds for a session and a statement through the pooler.
    package var through: Observation<Int64> = .notLooked
    package var roundTrips: Int?

    init(session: Observation<String>) {
        takenAt = Date(timeIntervalSince1970: Date().timeIntervalSince1970.rounded())
        self.session = session
    }
}
