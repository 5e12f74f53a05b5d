import OpsModel
import PostgresClient

/// What the archiver has done so far.
struct ArchiverState: Sendable, Equatable {
    let archived: Int
    let failed: Int
    let failedSegment: String
    /// Its last try failed.
    let isFailing: Bool
}

/// How long the first row was without a copy in the archive.
struct ArchiveWait: Sendable {
    let exposure: Duration
    let isForced: Bool
}

extension LiveServer {
    func archiver() async throws -> ArchiverState {
        let rows = try await connection.query(
            """
            SELECT archived_count, failed_count, coalesce(last_failed_wal, '') AS failed_wal,
                last_failed_time IS NOT NULL AND last_failed_time > coalesce(last_archived_time, '-infinity') AS failing
            FROM pg_stat_archiver
            """)
        return ArchiverState(
            archived: try rows.integer("archived_count"), failed: try rows.integer("failed_count"),
            failedSegment: try rows.text("failed_wal"), isFailing: try rows.text("failing") == "t")
    }

    /// Watches the archiver until the task is cancelled. - Throws: `archiverFails` after three failures in a row.
    func watchArchiver(since start: ArchiverState) async throws {
        while true {
            try await judgeArchiver(since: start)
            try await Task.sleep(for: .milliseconds(250))
        }
    }

    private func judgeArchiver(since start: ArchiverState) async throws {
        let now = try await archiver()
        if now.isFailing, now.failed >= start.failed + 3 {
            throw DrillError.archiverFails(segment: now.failedSegment, failures: now.failed - start.failed)
        }
    }

    /// Closes the current segment where the role may, and waits until both rows are in the archive.
    func waitUntilArchived(_ rows: Heartbeats, maySwitch: Bool, since start: ArchiverState) async throws -> ArchiveWait
    {
        if maySwitch { _ = try await connection.query("SELECT pg_switch_wal()") }
        var exposure: Duration?
        var pause = Duration.milliseconds(10)
        while true {
            let seen = try await connection.query(
                Self.archivedQuery, [rows.before.segment, rows.after.segment, rows.before.writtenAt])
            if exposure == nil, try seen.text("has_before") == "t" {
                exposure = .milliseconds(try seen.integer("exposure"))
            }
            if let exposure, try seen.text("has_after") == "t" {
                return ArchiveWait(exposure: exposure, isForced: maySwitch)
            }
            try await judgeArchiver(since: start)
            try await Task.sleep(for: pause)
            pause = min(pause * 2, .milliseconds(500))
        }
    }

    /// The archiver works in order, so a later segment proves the earlier ones; names of backup labels and histories are no segments.
    private static let archivedQuery = """
        WITH seen AS (
            SELECT last_archived_wal AS last, last_archived_time AS at, left(last_archived_wal, 24) AS segment,
                last_archived_wal ~ '^[0-9A-F]{24}' AS is_wal
            FROM pg_stat_archiver)
        SELECT coalesce(is_wal AND (segment > $1 OR last = $1), false) AS has_before,
            coalesce(is_wal AND (segment > $2 OR last = $2), false) AS has_after,
            ceil(extract(epoch FROM (CASE WHEN last = $1 THEN at ELSE clock_timestamp() END) - $3::timestamptz) * 1000)
                ::bigint AS exposure
        FROM seen
        """
}
