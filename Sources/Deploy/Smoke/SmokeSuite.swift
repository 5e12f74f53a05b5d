package import HTTPClient
import OpsModel

/// Runs smoke suites against one address: steps in order, the first that does not pass ends its suite; cleanup always follows.
package struct SmokeSuite: Sendable {
    /// Where the suite is sent, and how the answers prove who gave them.
    package struct Subject: Sendable {
        package let url: String
        package let headers: [(name: String, value: String)]
        /// Header and value that every response must carry; nil when asked directly.
        package let proof: (name: String, value: String)?

        package init(
            url: String, headers: [(name: String, value: String)] = [], proof: (name: String, value: String)? = nil
        ) {
            (self.url, self.headers, self.proof) = (url, headers, proof)
        }
    }

    private let plan: SmokePlan
    private let http: HTTPClient

    package init(_ plan: SmokePlan, http: HTTPClient) { (self.plan, self.http) = (plan, http) }

    package init(_ steps: [SmokeStep], http: HTTPClient) { self.init(SmokePlan(steps), http: http) }

    /// - Parameter observe: called with each result as it comes, also with those of the cleanup after a cancellation.
    /// - Throws: `CancellationError`, once the cleanup has run.
    package func run(
        against subject: Subject, clock: any Clock<Duration> = ContinuousClock(),
        observe: @escaping @Sendable (SmokeResult) -> Void = { _ in }
    ) async throws -> [SmokeResult] {
        let sender = SmokeSender(http: http, subject: subject, clock: clock)
        var results: [SmokeResult] = []
        for suite in plan.suites {
            var walk = SmokeWalk(suite: suite, sender: sender, observe: observe)
            results += try await walk.run()
        }
        return results
    }
}
