package import Foundation
import OpsModel
import PostgresClient
package import SocketClient

/// What was seen of a PostgreSQL server.
package struct PostgresSnapshot: Codable, Sendable, Equatable {
    package struct Session: Codable, Sendable, Equatable {
        package var version: String
        /// 150020 for 15.20.
        package var versionNumber: Int
        package var isReplica: Bool
        package var user: String
        package var database: String
        /// Sessions may write when nothing else is said, those of `app_role` too.
        package var isWritableByDefault: Bool
        package var isSuperuser: Bool
        /// Member of pg_read_all_stats, which pg_monitor gives: sees the sessions of others.
        package var seesStatistics: Bool
        /// Member of pg_read_all_settings.
        package var seesSettings: Bool
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

    /// When the canary's row was seen on the replica, counted from its commit; nil: not in time.
    package struct ReplicaCanary: Codable, Sendable, Equatable {
        package var seenAfterMilliseconds: Int64?
        package var waitedMilliseconds: Int64
    }

    package var takenAt: Date
    package var session: Observation<Session>
    /// TLS of the session, or of the handshake that was not accepted; nil without TLS.
    package var tls: TLSFacts?
    package var plaintext: Observation<PlaintextAnswer>
    /// Answers of the catalogue's statements; one that was not sent is not there.
    package var answers: [String: Observation<PostgresTable>]
    package var canary: Observation<Canary>
    package var replicaCanary: Observation<ReplicaCanary>
    package var roundTrips: Int?

    init(session: Observation<Session>, plaintext: Observation<PlaintextAnswer> = .notLooked) {
        // Whole seconds: the saved form keeps no more.
        takenAt = Date(timeIntervalSince1970: Date().timeIntervalSince1970.rounded())
        (self.session, self.plaintext, answers) = (session, plaintext, [:])
        (canary, replicaCanary) = (.notLooked, .notLooked)
    }
}

/// The rows of one statement, as text; NULL is nil.
package struct PostgresTable: Codable, Sendable, Equatable {
    package var columns: [String]
    package var rows: [[String?]]

    package init(columns: [String], rows: [[String?]]) { (self.columns, self.rows) = (columns, rows) }
    init(_ rows: PostgresRows) { self.init(columns: rows.columns, rows: rows.rows) }

    var all: [PostgresRow] { rows.map { PostgresRow(columns: columns, values: $0) } }
    var first: PostgresRow? { all.first }
}

struct PostgresRow {
    let columns: [String]
    let values: [String?]

    subscript(_ column: String) -> String? {
        guard let index = columns.firstIndex(of: column), values.indices.contains(index) else { return nil }
        return values[index]
    }

    func number(_ column: String) -> Double? { self[column].flatMap(Double.init) }
    func holds(_ column: String) -> Bool? { self[column].map { $0 == "t" } }
}
