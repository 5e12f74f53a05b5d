import Database
import OpsModel

/// Dead man's handles: set again and again by who is well, looked at by who watches over them.
extension Ledger {
    /// Sets the timer to run out after `duration`, by the store's clock.
    package func setTimer(_ name: String, for duration: Duration) async throws {
        try await database.execute(
            """
            INSERT INTO timer (name, until) VALUES (\(name), \(Self.now) + \(duration.milliseconds))
            ON CONFLICT (name) DO UPDATE SET until = excluded.until
            """)
    }

    /// What is left of it, negative when it has run out; nil when there is none.
    package func timer(_ name: String) async throws -> Duration? {
        try await database.query("SELECT until - \(Self.now) AS rest FROM timer WHERE name = \(name)").first.map {
            .milliseconds(try $0.get("rest", as: Int.self))
        }
    }

    package func removeTimer(_ name: String) async throws {
        try await database.execute("DELETE FROM timer WHERE name = \(name)")
    }
}
