import BucketClient
import Compression
import Foundation
import Glibc
import Logging
import OpsModel

/// What became of one attempt.
enum AttemptResult: Sendable, Equatable {
    case completed(CompressionReport)
    case failed(JobFailure)
    /// The process died; another attempt may do better.
    case crashed(String)
    /// The job is not to blame: storage or database could not be reached, or the disk is full.
    case interrupted(String)
    /// Somebody else has the job now.
    case lost
}

/// Works on one claimed job: fetch, compress in a child, verify, store.
struct JobRunner: Sendable {
    let jobs: JobStore
    let bucket: any Bucket
    let board: any ProgressBoard
    let spool: Spool
    let child: CompressionChild
    let logger: Logger
    /// Rings when the job's state has changed.
    let changed: Bell

    /// Throws only `CancellationError`; the claim is still held then.
    func attempt(_ claim: JobClaim) async throws -> AttemptResult {
        do {
            let workspace = try spool.makeWorkspace()
            let result: AttemptResult
            do { result = try await renewing(claim) { try await work(claim, workspace) } } catch {
                try workspace.remove()
                throw error
            }
            try workspace.remove()
            return result
        } catch let error as CancellationError {
            throw error
        } catch BucketError.absent {
            return .failed(JobFailure(code: "input_lost", message: "the uploaded file is no longer in the store"))
        } catch {
            try Task.checkCancellation()
            logger.report(error, "attempt interrupted", level: .warning, ["job": "\(claim.job.id)"])
            return .interrupted((error as? any DiagnosableError)?.diagnostic.id ?? "\(type(of: error))")
        }
    }

    private func work(_ claim: JobClaim, _ workspace: Workspace) async throws -> AttemptResult {
        let job = claim.job
        try await bucket.download(Job.inputKey(job.id), to: workspace.input)
        let request = CompressionRequest(
            inputPath: workspace.input, outputPath: workspace.output, kind: job.kind, preset: job.preset)
        let throttle = ProgressThrottle()
        let limits = ChildLimits.compression(of: job.kind, inputBytes: job.inputBytes)
        let outcome = try await child.run(.compress, request, limits) { progress in
            guard throttle.lets(progress) else { return }
            await record(progress, claim)
        }
        switch outcome {
        case .crashed(let why): return .crashed(why)
        // A full disk or a bug of ours is not the file's fault.
        case .failure("io", let why): return .interrupted("io: \(why)")
        case .failure("internal_error", let why): return .crashed("internal_error: \(why)")
        case .failure(let code, let message): return .failed(JobFailure(code: code, message: message))
        case .report(let report):
            guard let verified = try OutputCheck.verified(report, workspace, job) else {
                return .crashed("its output is not what its report says")
            }
            guard try await jobs.renew(claim) else { return .lost }
            try await bucket.put(
                Job.outputKey(job.id), .file(path: workspace.output), contentType: job.kind.contentType)
            return .completed(verified)
        }
    }

    private func record(_ progress: CompressionProgress, _ claim: JobClaim) async {
        do { try await board.record(progress, of: claim) } catch {
            logger.report(error, "progress was not recorded", level: .debug)
        }
        changed.ring()
    }

    /// Renews the lease while `body` runs; a lost lease ends it with `.lost`.
    private func renewing(
        _ claim: JobClaim, _ body: @escaping @Sendable () async throws -> AttemptResult
    ) async throws -> AttemptResult {
        try await withThrowingTaskGroup(of: AttemptResult.self) { group in
            group.addTask { try await body() }
            group.addTask {
                while true {
                    try await Task.sleep(for: JobStore.lease / 3)
                    do {
                        guard try await jobs.renew(claim) else { return .lost }
                    } catch let error as any DiagnosableError {
                        // The lease outlives two failed renewals; if it runs out, the token fences us off.
                        logger.report(error, "lease not renewed", level: .warning, ["job": "\(claim.job.id)"])
                    }
                }
            }
            defer { group.cancelAll() }
            guard let result = try await group.next() else { throw CancellationError() }
            return result
        }
    }
}
