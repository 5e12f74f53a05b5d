import Compression
import Database
import Foundation
import OpsModel

/// How claimed jobs end or go back to the queue. - Returns: false when the claim is no longer ours.
extension JobStore {
    @discardableResult
    func complete(_ claim: JobClaim, _ report: CompressionReport) async throws -> Bool {
        let text = String(decoding: try canonicalJSON(report), as: UTF8.self)
        return try await database.execute(
            """
            UPDATE job SET status = 'completed', report = \(text), finished_at = \(raw: now), claimed_by = NULL,
                claim_token = NULL, lease_until = NULL
            WHERE id = \(claim.job.id) AND claim_token = \(claim.token) AND status = 'processing'
            """
        ).affected == 1
    }

    @discardableResult
    func fail(_ claim: JobClaim, _ failure: JobFailure) async throws -> Bool {
        try await database.execute(
            """
            UPDATE job SET status = 'failed', error_code = \(failure.code), error_message = \(failure.message),
                finished_at = \(raw: now), claimed_by = NULL, claim_token = NULL, lease_until = NULL
            WHERE id = \(claim.job.id) AND claim_token = \(claim.token) AND status = 'processing'
            """
        ).affected == 1
    }

    /// Gives a job back to the queue; `countsAttempt` is false when the job is not to blame (drain, storage down).
    @discardableResult
    func release(_ claim: JobClaim, countsAttempt: Bool, delay: Duration = .zero) async throws -> Bool {
        try await database.execute(
            """
            UPDATE job SET status = 'queued', attempts = attempts - \(raw: countsAttempt ? "0" : "1"), claimed_by = NULL,
                claim_token = NULL, lease_until = NULL, run_after = \(raw: now) + \(raw: String(delay.milliseconds))
            WHERE id = \(claim.job.id) AND claim_token = \(claim.token) AND status = 'processing'
            """
        ).affected == 1
    }

    /// Puts jobs whose worker is gone back into the queue; after the last attempt they fail.
    /// - Returns: what became of each.
    func reapExpiredLeases() async throws -> [(id: String, status: JobStatus)] {
        let last = "attempts >= \(Self.maximumAttempts)"
        let message = "the worker ended \(Self.maximumAttempts) times while it worked on this file"
        return try await database.execute(
            """
            UPDATE job SET status = CASE WHEN \(raw: last) THEN 'failed' ELSE 'queued' END,
                error_code = CASE WHEN \(raw: last) THEN 'worker_crashed' END,
                error_message = CASE WHEN \(raw: last) THEN \(message) END,
                finished_at = CASE WHEN \(raw: last) THEN \(raw: now) END,
                claimed_by = NULL, claim_token = NULL, lease_until = NULL
            WHERE status = 'processing' AND lease_until < \(raw: now)
            RETURNING id, status
            """
        ).rows.map { (try $0.get("id"), JobStatus(rawValue: try $0.get("status")) ?? .queued) }
    }

    /// Finished jobs older than `retention`, oldest first.
    func expired(after retention: Duration, limit: Int) async throws -> [String] {
        try await database.query(
            """
            SELECT id FROM job WHERE finished_at IS NOT NULL
            AND finished_at < \(raw: now) - \(raw: String(retention.milliseconds))
            ORDER BY finished_at LIMIT \(raw: String(limit))
            """
        ).map { try $0.get("id") }
    }

    func delete(_ id: String) async throws {
        try await database.execute("DELETE FROM job WHERE id = \(id) AND status IN ('completed', 'failed')")
    }
}
