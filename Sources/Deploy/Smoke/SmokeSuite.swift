import Foundation
package import HTTPClient
package import OpsModel

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

/// One suite on its way.
struct SmokeWalk: Sendable {
    let suite: SmokePlan.Suite
    let sender: SmokeSender
    private let observe: @Sendable (SmokeResult) -> Void
    private var redaction: SmokeRedaction
    private(set) var results: [SmokeResult] = []
    private(set) var captured: [String: String] = [:]
    /// Of the last step that was answered.
    private(set) var response: HTTPResponse?

    init(
        suite: SmokePlan.Suite, sender: SmokeSender, observe: @escaping @Sendable (SmokeResult) -> Void = { _ in }
    ) {
        (self.suite, self.sender, self.observe) = (suite, sender, observe)
        redaction = SmokeRedaction(suite.steps + suite.cleanup, sender.subject)
    }

    /// Steps, then cleanup.
    mutating func run() async throws -> [SmokeResult] {
        do { try await walk() } catch {
            await cleanUp()
            throw error
        }
        await cleanUp()
        return results
    }

    private mutating func walk() async throws {
        let deadline = ContinuousClock.now + suite.deadline
        for step in suite.steps {
            try Task.checkCancellation()
            if let why = step.skip {
                // A suite whose every step is left out has shown nothing.
                let isAll = suite.steps.allSatisfy { $0.skip != nil }
                add(step, isAll ? .inconclusive : .pass, why, isSkipped: true)
                continue
            }
            let start = ContinuousClock.now
            let answer = try await sender.send(step, captured, until: deadline)
            take(answer)
            add(step, answer.verdict, answer.observed, since: start)
            guard answer.verdict == .pass else { return }
        }
    }

    private mutating func take(_ answer: SmokeSender.Answer) {
        response = answer.response
        captured.merge(answer.captured) { $1 }
        redaction.learn(answer.captured)
    }

    private mutating func add(
        _ step: SmokeStep, _ verdict: Verdict, _ observed: String, since start: ContinuousClock.Instant? = nil,
        isCleanup: Bool = false, isSkipped: Bool = false
    ) {
        let result = SmokeResult(
            suite: suite.name, step: step.name, verdict: verdict, observed: redaction.clean(observed),
            elapsedMilliseconds: start.map { (ContinuousClock.now - $0).milliseconds } ?? 0, isCleanup: isCleanup,
            isSkipped: isSkipped)
        results.append(result)
        observe(result)
    }

    /// Every cleanup step, whatever became of the others.
    private mutating func cleanUp() async {
        guard !suite.cleanup.isEmpty else { return }
        let copy = self
        // A task of its own: it must run to its end although the caller may be cancelled. Its time is limited.
        self = await Task { await copy.cleaned() }.value
    }

    private func cleaned() async -> SmokeWalk {
        var walk = self
        let deadline = ContinuousClock.now + SmokePlan.Suite.cleanupDeadline
        for step in suite.cleanup {
            if let why = step.skip {
                walk.add(step, .pass, why, isCleanup: true, isSkipped: true)
                continue
            }
            let start = ContinuousClock.now
            do {
                _ = try step.request.message(to: sender.subject, walk.captured)
                let answer = try await sender.send(step, walk.captured, until: deadline)
                walk.captured.merge(answer.captured) { $1 }
                walk.add(
                    step, answer.verdict == .pass ? .pass : .inconclusive,
                    answer.verdict == .pass ? answer.observed : "left behind: \(answer.observed)", since: start,
                    isCleanup: true)
            } catch let missing as SmokeStep.Request.Unfilled {
                let why = "nothing to remove: \(missing.names.joined(separator: ", ")) was not captured"
                walk.add(step, .pass, why, isCleanup: true, isSkipped: true)
            } catch {
                walk.add(step, .inconclusive, "left behind: \(error)", since: start, isCleanup: true)
            }
        }
        return walk
    }
}
