import HTTPClient
import OpsModel

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
