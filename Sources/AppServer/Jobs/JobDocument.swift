import Compression
import Foundation
import OpsModel

/// A job as clients see it.
struct JobDocument: Encodable, Sendable, Equatable {
    struct Links: Encodable, Sendable, Equatable {
        let `self`: String
        let events: String
        let download: String?
    }

    let id: String
    let status: JobStatus
    let kind: MediaKind
    let preset: CompressionPreset
    let filename: String?
    let inputBytes: Int
    let outputBytes: Int?
    let savedPercent: Double?
    let outcome: CompressionOutcome?
    let reason: UntouchedReason?
    let pages: Int?
    let report: CompressionReport?
    let progress: CompressionProgress?
    let attempts: Int
    let error: JobFailure?
    let createdAt: Date
    let startedAt: Date?
    let finishedAt: Date?
    let expiresAt: Date?
    let links: Links

    private enum CodingKeys: String, CodingKey {
        case id, status, kind, preset, filename, outcome, reason, pages, report, progress, attempts, error, links
        case inputBytes = "input_bytes"
        case outputBytes = "output_bytes"
        case savedPercent = "saved_percent"
        case createdAt = "created_at"
        case startedAt = "started_at"
        case finishedAt = "finished_at"
        case expiresAt = "expires_at"
    }

    init(_ job: Job, signer: DownloadSigner, retention: Duration, now: Date = Date()) {
        let path = "/api/v1/jobs/\(job.id)"
        (id, status, kind, preset, filename) = (job.id, job.status, job.kind, job.preset, job.filename)
        (inputBytes, outputBytes) = (job.inputBytes, job.report?.outputBytes)
        savedPercent = job.report.map { report in
            let saved = 1 - Double(report.outputBytes) / Double(max(report.inputBytes, 1))
            return (saved * 1000).rounded() / 10
        }
        (outcome, reason, pages) = (job.report?.outcome, job.report?.reason, job.report?.pages)
        (report, error, attempts) = (job.report, job.failure, job.attempts)
        progress = job.status == .processing ? job.progress : nil
        (createdAt, startedAt, finishedAt) = (job.createdAt, job.startedAt, job.finishedAt)
        expiresAt = job.finishedAt.map { $0.addingTimeInterval(retention.seconds) }
        links = Links(
            self: path, events: "\(path)/events",
            download: job.status == .completed ? signer.url(for: job.id, now: now) : nil)
    }
}
