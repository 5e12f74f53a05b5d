import Compression
import Logging

extension WorkerPool {
    /// Stores what became of an attempt.
    func settle(_ claim: JobClaim, _ result: AttemptResult) async throws {
        switch result {
        case .completed(let report):
            guard try await runner.jobs.complete(claim, report) else { return }
            metrics.add(Double(report.inputBytes), to: .jobBytesIn)
            metrics.add(Double(report.outputBytes), to: .jobBytesOut)
            count(claim, report.outcome.rawValue)
        case .failed(let failure):
            if try await runner.jobs.fail(claim, failure) { count(claim, "failed") }
        case .crashed(let why):
            metrics.add(to: .childCrashes)
            logger.warning("compression crashed", metadata: ["job": "\(claim.job.id)", "why": "\(why)"])
            try await settleCrash(claim)
        case .interrupted(let why):
            // Drained jobs are free at once; with storage away there is no hurry.
            let delay: Duration = why == "drained" ? .zero : .seconds(2)
            try await runner.jobs.release(claim, countsAttempt: false, delay: delay)
            queueBell.ring()
        case .lost: break
        }
    }

    private func settleCrash(_ claim: JobClaim) async throws {
        guard claim.job.attempts >= JobStore.maximumAttempts else {
            try await runner.jobs.release(claim, countsAttempt: true)
            return queueBell.ring()
        }
        let failure = JobFailure(
            code: "worker_crashed", message: "compression ended \(claim.job.attempts) times without a result")
        if try await runner.jobs.fail(claim, failure) { count(claim, "failed") }
    }

    private func count(_ claim: JobClaim, _ result: String) {
        metrics.add(to: .jobsFinished, [("kind", claim.job.kind.rawValue), ("result", result)])
    }
}

extension AttemptResult {
    var word: String {
        switch self {
        case .completed(let report): report.outcome.rawValue
        case .failed(let failure): failure.code
        case .crashed: "crashed"
        case .interrupted(let why): "interrupted: \(why)"
        case .lost: "lost"
        }
    }
}
