import Compression
import Cryptography
import Database
import Foundation
import OpsModel

/// The persistent queue. Every change of a claimed job is fenced by the claim's token.
struct JobStore: Sendable {
    static let maximumAttempts = 3
    static let lease: Duration = .seconds(10)

    let database: Database

    /// The database's clock, in milliseconds since 1970.
    var now: String {
        switch database.dialect {
        case .sqlite: "CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER)"
        case .postgres: "CAST(extract(epoch FROM clock_timestamp()) * 1000 AS BIGINT)"
        }
    }

    /// Makes an uploaded file a job. Once this returns, the job survives any crash.
    func insert(id: String, kind: MediaKind, preset: CompressionPreset, filename: String?, bytes: Int) async throws {
        try await database.execute(
            """
            INSERT INTO job (id, status, kind, preset, filename, input_bytes, run_after, created_at)
            VALUES (\(id), 'queued', \(kind.rawValue), \(preset.rawValue), \(filename), \(bytes), \(raw: now), \(raw: now))
            """)
    }

    func find(_ id: String) async throws -> Job? {
        try await database.query("SELECT * FROM job WHERE id = \(id)").first.map(Job.init)
    }

    /// The jobs among `ids` that exist, in one statement.
    func find(_ ids: [String]) async throws -> [Job] {
        // The list is padded to a power of two, so that few different statements are prepared.
        var padded = ids
        while let last = padded.last, padded.count & (padded.count - 1) != 0 { padded.append(last) }
        guard !padded.isEmpty else { return [] }
        return try await database.query("SELECT * FROM job WHERE id IN (\(list: padded))").map(Job.init)
    }

    func queuedCount() async throws -> Int {
        try await database.query("SELECT count(*) AS n FROM job WHERE status = 'queued'").first?.get("n") ?? 0
    }

    func counts() async throws -> [JobStatus: Int] {
        var counts: [JobStatus: Int] = [:]
        for row in try await database.query("SELECT status, count(*) AS n FROM job GROUP BY status") {
            guard let status = JobStatus(rawValue: try row.get("status")) else { continue }
            counts[status] = try row.get("n")
        }
        return counts
    }

    /// Takes the oldest queued job, if there is one; no two callers get the same.
    func claim(worker: String) async throws -> JobClaim? {
        let token = hex(randomBytes(16))
        let lock = database.dialect == .postgres ? "FOR UPDATE SKIP LOCKED" : ""
        let rows = try await database.execute(
            """
            UPDATE job SET status = 'processing', attempts = attempts + 1, claimed_by = \(worker), claim_token = \(token),
                lease_until = \(raw: now) + \(raw: leaseText), started_at = COALESCE(started_at, \(raw: now)),
                progress_stage = NULL, progress_done = NULL, progress_total = NULL
            WHERE id = (
                SELECT id FROM job WHERE status = 'queued' AND run_after <= \(raw: now)
                ORDER BY run_after, id LIMIT 1 \(raw: lock))
            RETURNING *
            """
        ).rows
        return try rows.first.map { JobClaim(job: try Job($0), token: token) }
    }

    /// - Returns: false when the claim is no longer ours.
    func renew(_ claim: JobClaim) async throws -> Bool {
        try await database.execute(
            """
            UPDATE job SET lease_until = \(raw: now) + \(raw: leaseText)
            WHERE id = \(claim.job.id) AND claim_token = \(claim.token) AND status = 'processing'
            """
        ).affected == 1
    }

    func record(_ progress: CompressionProgress, of claim: JobClaim) async throws {
        try await database.execute(
            """
            UPDATE job SET progress_stage = \(progress.stage), progress_done = \(progress.done),
                progress_total = \(progress.total)
            WHERE id = \(claim.job.id) AND claim_token = \(claim.token) AND status = 'processing'
            """)
    }

    private var leaseText: String { String(Self.lease.milliseconds) }
}
