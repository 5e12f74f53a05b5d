import Database
import OpsModel

/// Dead man's handles: set again and again by who is well, looked at by who watches over them.
extension Ledger {
    /// Sets the timer to run out after `duration`, by the store's clock.
    package func setTimer(_ name: String, for duration: Duration) async throws {
        try await database.execute(
            """
            INSERT INTO timer (name, until, clock)
            VALUES (\(name), \(Self.now) + \(duration.milliseconds), \(try clockName()))
            ON CONFLICT (name) DO UPDATE SET until = excluded.until, clock = excluded.clock
            """)
    }

    /// Sets a timer again that is there; one that was removed stays so.
    package func prolongTimer(_ name: String, for duration: Duration) async throws {
        try await database.execute(
            """
            UPDATE timer SET until = \(Self.now) + \(duration.milliseconds), clock = \(try clockName())
            WHERE name = \(name)
            """)
    }

    /// What is left of it, at most zero when it has run out, as one of an earlier start of the machine has; nil when there is none.
    package func timer(_ name: String) async throws -> Duration? {
        let row = try await database.query(
            "SELECT until - \(Self.now) AS rest, clock FROM timer WHERE name = \(name)"
        ).first
        guard let row else { return nil }
        guard try row.get("clock", as: String.self) == clockName() else { return .zero }
        return .milliseconds(try row.get("rest", as: Int.self))
    }

    package func removeTimer(_ name: String) async throws {
        try await database.execute("DELETE FROM timer WHERE name = \(name)")
    }
}
