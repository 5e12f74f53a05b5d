import BucketClient
import Foundation
import Logging
import OpsModel
import ServiceLifecycle

/// Deletes what is past its retention: finished jobs with their files, and files without a job.
struct Sweeper: Service {
    let jobs: JobStore
    let registry: WorkerRegistry
    let bucket: any Bucket
    let retention: Duration
    let logger: Logger

    func run() async throws {
        let interval = min(max(retention / 10, .milliseconds(500)), .seconds(60))
        var round = 0
        while !Task.isShuttingDownGracefully, !Task.isCancelled {
            do {
                try await deleteExpired()
                if round.isMultiple(of: 60) { try await deleteOrphans() }
                try await registry.forgetTheGone()
            } catch {
                logger.report(error, "sweeping failed", level: .warning)
            }
            round += 1
            do { try await cancelWhenGracefulShutdown { try await Task.sleep(for: interval) } } catch { return }
        }
    }

    /// Files first: a row without files is found again, files without a row only by the slow way.
    func deleteExpired() async throws {
        while true {
            let ids = try await jobs.expired(after: retention, limit: 100)
            for id in ids {
                try await bucket.delete(Job.inputKey(id))
                try await bucket.delete(Job.outputKey(id))
                try await jobs.delete(id)
            }
            if ids.count < 100 { return }
        }
    }

    /// A crash between storing a file and inserting its row leaves a file that nobody knows.
    func deleteOrphans() async throws {
        let limit = rfc3339(Date().addingTimeInterval(-max(retention.seconds, 3600)))
        for object in try await bucket.list(prefix: "jobs/", limit: 1000) where object.modified < limit {
            let parts = object.key.split(separator: "/")
            guard parts.count == 3, JobID.isValid(parts[1]), try await jobs.find(String(parts[1])) == nil else {
                continue
            }
            try await bucket.delete(object.key)
        }
    }
}
