import BucketClient
import Compression
import Cryptography
import Foundation
import Logging
import OpsModel
import ServiceLifecycle

/// Runs compressions, `slots` at a time, until graceful shutdown; then finishes or hands back what it holds.
struct WorkerPool: Service {
    private static let poll: Duration = .milliseconds(250)
    private static let housekeeping: Duration = .seconds(2)
    /// Left of the drain time for handing jobs back.
    private static let handBack: Duration = .seconds(3)

    let id: String
    let slots: Int
    let release: String
    let drainTimeout: Duration
    let runner: JobRunner
    let registry: WorkerRegistry
    let metrics: Metrics
    let logger: Logger
    /// Rings when a job was queued in this process.
    let queueBell: Bell

    func run() async throws {
        await withGracefulShutdownHandler {
            await withTaskGroup(of: Void.self) { group in
                group.addTask { await beat() }
                for _ in 0..<slots { group.addTask { await serveSlot() } }
                await group.waitForAll()
            }
        } onGracefulShutdown: {
            queueBell.ring()
        }
        do { try await registry.leave(worker: id) } catch { logger.report(error, "worker did not sign off") }
    }

    private var isEnding: Bool { Task.isShuttingDownGracefully || Task.isCancelled }

    /// Announces this worker and brings back jobs of workers that are gone.
    private func beat() async {
        while !isEnding {
            do {
                try await registry.beat(worker: id, release: release, slots: slots)
                for job in try await runner.jobs.reapExpiredLeases() {
                    logger.warning("lease expired", metadata: ["job": "\(job.id)", "status": "\(job.status.rawValue)"])
                    runner.changed.ring()
                }
            } catch {
                logger.report(error, "worker housekeeping failed", level: .warning)
            }
            await pause(Self.housekeeping)
        }
    }

    private func pause(_ duration: Duration) async {
        do { try await cancelWhenGracefulShutdown { try await Task.sleep(for: duration) } } catch {
            return  // shutting down: the caller's loop ends
        }
    }

    private func serveSlot() async {
        while !isEnding {
            do {
                guard let claim = try await runner.jobs.claim(worker: id) else {
                    await queueBell.wait(atMost: Self.poll)
                    continue
                }
                queueBell.ring()  // where one job was, there may be more
                runner.changed.ring()
                await perform(claim)
            } catch {
                logger.report(error, "cannot claim a job", level: .warning)
                await pause(.seconds(1))
            }
        }
    }

    private func perform(_ claim: JobClaim) async {
        let started = ContinuousClock.now
        let result = await attemptOrDrain(claim)
        do { try await settle(claim, result) } catch {
            // The lease runs out by itself, and another attempt is made then.
            logger.report(error, "the end of a job was not stored", ["job": "\(claim.job.id)"])
        }
        runner.changed.ring()
        let duration = started.duration(to: .now)
        metrics.observe(duration.seconds, .jobSeconds, [("kind", claim.job.kind.rawValue)])
        logger.info(
            "attempt ended",
            metadata: [
                "job": "\(claim.job.id)", "attempt": .stringConvertible(claim.job.attempts), "result": "\(result.word)",
                "duration_ms": .stringConvertible(duration.milliseconds),
            ])
    }

    /// The attempt's result; `.interrupted` when the drain time was over first.
    private func attemptOrDrain(_ claim: JobClaim) async -> AttemptResult {
        await withTaskGroup(of: AttemptResult?.self) { group in
            group.addTask {
                do { return try await runner.attempt(claim) } catch { return .interrupted("drained") }
            }
            group.addTask {
                do {
                    try await gracefulShutdown()
                    try await Task.sleep(for: max(drainTimeout - Self.handBack, drainTimeout / 2))
                } catch { return nil }  // the attempt ended first
                return .interrupted("drained")
            }
            var result = AttemptResult.interrupted("drained")
            if let first = await group.next(), let first { result = first }
            group.cancelAll()
            return result
        }
    }
}
