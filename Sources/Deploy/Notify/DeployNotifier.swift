package import Foundation
package import HTTPClient
package import OpsModel
import Synchronization

/// Tells every webhook what a deploy does, beside it: `post` never waits and never fails, `finish` says what did not arrive.
///
/// Each receiver gets its notices in their order. Use `withDeployNotifier`, which ends the deliveries.
package final class DeployNotifier: Sendable {
    private struct Posted: Sendable {
        let notice: DeployNotice
        let at: ContinuousClock.Instant
    }

    private struct Queue: Sendable {
        let webhook: Webhook
        let notices: AsyncStream<Posted>
        let input: AsyncStream<Posted>.Continuation
    }

    private let queues: [Queue]
    private let undelivered = Mutex<[UndeliveredNotice]>([])
    private let http: HTTPClient
    private let clock: any Clock<Duration>
    private let now: @Sendable () -> Date

    package init(
        _ webhooks: [Webhook], http: HTTPClient, clock: any Clock<Duration> = ContinuousClock(),
        now: @escaping @Sendable () -> Date = { Date() }
    ) {
        queues = webhooks.map { webhook in
            let (notices, input) = AsyncStream.makeStream(of: Posted.self)
            return Queue(webhook: webhook, notices: notices, input: input)
        }
        (self.http, self.clock, self.now) = (http, clock, now)
    }

    /// Queues a notice for those who asked for its event.
    package func post(_ notice: DeployNotice) {
        let posted = Posted(notice: notice, at: .now)
        for queue in queues where queue.webhook.events.contains(notice.event) { queue.input.yield(posted) }
    }

    /// Nothing more will be posted.
    fileprivate func finish() { queues.forEach { $0.input.finish() } }

    fileprivate var failures: [UndeliveredNotice] { undelivered.withLock { $0 } }

    /// Delivers until `finish`, each receiver on its own.
    fileprivate func run() async {
        await withTaskGroup(of: Void.self) { group in
            for queue in queues {
                group.addTask { [self] in
                    for await posted in queue.notices {
                        let failure = await queue.webhook.deliver(
                            posted.notice, postedAt: posted.at, http: http, clock: clock, now: now)
                        if let failure { undelivered.withLock { $0.append(failure) } }
                    }
                }
            }
        }
    }
}

/// Runs `body` with notices delivered beside it, and waits for those that are still on their way: at most the longest deadline.
/// - Returns: what `body` returned, and what did not arrive. An error of `body` is thrown after the deliveries.
package func withDeployNotifier<Value: Sendable>(
    _ notifier: DeployNotifier, report: @Sendable ([UndeliveredNotice]) async -> Void,
    _ body: @Sendable () async throws -> Value
) async throws -> Value {
    let deliveries = Task { await notifier.run() }
    let result: Result<Value, any Error>
    do { result = .success(try await body()) } catch { result = .failure(error) }
    notifier.finish()
    // The task is not a child: a cancelled rollout must still tell that it goes back.
    await deliveries.value
    await report(notifier.failures)
    return try result.get()
}
