import Compression
import Foundation

/// Where a job stands.
enum JobStatus: String, Codable, Sendable, CaseIterable {
    /// Can move to: processing.
    case queued
    /// Can move to: completed, failed, or queued again when its worker is lost or drained.
    case processing
    /// Can move to: nothing; it is deleted after the retention time.
    case completed
    /// Can move to: nothing; it is deleted after the retention time.
    case failed

    var isFinal: Bool { self == .completed || self == .failed }
}

/// A stable word and a sentence for people, kept with a job that failed.
struct JobFailure: Codable, Sendable, Equatable {
    var code: String
    var message: String
}

/// One accepted file and what becomes of it, as stored.
struct Job: Sendable, Equatable {
    var id: String
    var status: JobStatus
    var kind: MediaKind
    var preset: CompressionPreset
    /// The client's name for the file; never used as a path or key.
    var filename: String?
    var inputBytes: Int
    var report: CompressionReport?
    var failure: JobFailure?
    var progress: CompressionProgress?
    var attempts: Int
    var createdAt: Date
    var startedAt: Date?
    var finishedAt: Date?

    static func inputKey(_ id: String) -> String { "jobs/\(id)/input" }
    static func outputKey(_ id: String) -> String { "jobs/\(id)/output" }
}

/// What a worker holds while it works on a job. `token` is new with every claim, so that a worker which lost its lease
/// cannot finish the job of the one that took over.
struct JobClaim: Sendable {
    let job: Job
    let token: String
}

extension MediaKind {
    var contentType: String {
        switch self {
        case .pdf: "application/pdf"
        case .jpeg: "image/jpeg"
        case .png: "image/png"
        }
    }

    var fileExtension: String {
        switch self {
        case .pdf: "pdf"
        case .jpeg: "jpg"
        case .png: "png"
        }
    }
}
