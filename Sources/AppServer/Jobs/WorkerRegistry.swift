import Database
import OpsModel

/// Heartbeats of the processes that run compressions, so that any instance can tell whether somebody works.
struct WorkerRegistry: Sendable {
    /// A worker that was not seen for this long counts as gone.
    static let freshness: Duration = .seconds(15)

    let jobs: JobStore

    func beat(worker: String, release: String, slots: Int) async throws {
        try await jobs.database.execute(
            """
            INSERT INTO worker (id, release, slots, started_at, seen_at)
            VALUES (\(worker), \(release), \(slots), \(raw: jobs.now), \(raw: jobs.now))
            ON CONFLICT (id) DO UPDATE SET seen_at = excluded.seen_at
            """)
    }

    func leave(worker: String) async throws {
        try await jobs.database.execute("DELETE FROM worker WHERE id = \(worker)")
    }

    /// Slots of all workers that were seen lately.
    func liveSlots() async throws -> Int {
        try await jobs.database.query(
            """
            SELECT COALESCE(CAST(sum(slots) AS BIGINT), 0) AS n FROM worker
            WHERE seen_at >= \(raw: jobs.now) - \(raw: String(Self.freshness.milliseconds))
            """
        ).first?.get("n") ?? 0
    }

    func forgetTheGone() async throws {
        try await jobs.database.execute("DELETE FROM worker WHERE seen_at < \(raw: jobs.now) - 3600000")
    }
}
