package import Foundation
package import OpsModel

/// Everything one run found out; also the form of the JSON output.
package struct ProbeReport: Codable, Sendable {
    package struct Target: Codable, Sendable {
        package let name: String
        package let kind: String
        package let endpoint: String
        /// `file:line:column` of its declaration.
        package let place: String?
        package let elapsedMilliseconds: Int64
        /// Round trips of the main connection after TCP, where they are counted.
        package let roundTrips: Int?
        package var checks: [CheckResult]

        private enum CodingKeys: String, CodingKey {
            case name, kind, endpoint, place, checks
            case elapsedMilliseconds = "elapsed_ms"
            case roundTrips = "round_trips"
        }
    }

    /// What an earlier look of the same run said, where it was not all well.
    package struct Attempt: Codable, Sendable {
        package let number: Int
        package internal(set) var startedAt: Date
        package internal(set) var elapsedMilliseconds: Int64
        package let verdict: Verdict
        /// The checks that neither passed nor were skipped.
        package let troubles: [CheckResult]

        func numbered(_ number: Int) -> Attempt {
            Attempt(
                number: number, startedAt: startedAt, elapsedMilliseconds: elapsedMilliseconds, verdict: verdict,
                troubles: troubles)
        }

        private enum CodingKeys: String, CodingKey {
            case number, verdict, troubles
            case startedAt = "started_at"
            case elapsedMilliseconds = "elapsed_ms"
        }
    }

    package let schema: Int
    package let environment: String
    package let startedAt: Date
    package var elapsedMilliseconds: Int64
    package private(set) var verdict: Verdict
    /// Looks taken so far; more than 1 for `wait` and for retries.
    package var attempts: Int
    /// Earlier attempts that had troubles: the first and the latest, 20 at most.
    package var history: [Attempt] = []
    package private(set) var targets: [Target]

    private enum CodingKeys: String, CodingKey {
        case schema, environment, verdict, attempts, history, targets
        case startedAt = "started_at"
        case elapsedMilliseconds = "elapsed_ms"
    }

    package init(environment: String, startedAt: Date, elapsed: Duration, attempts: Int, targets: [Target]) {
        schema = 1
        (self.environment, self.startedAt, self.attempts, self.targets) = (environment, startedAt, attempts, targets)
        elapsedMilliseconds = elapsed.milliseconds
        verdict = Verdict(of: targets.flatMap(\.checks).map(\.status))
    }

    package var checks: [CheckResult] { targets.flatMap(\.checks) }
    /// What needs attention: neither passed nor skipped, nor merely waiting for another.
    package var troubles: [CheckResult] { checks.filter { [.fail, .unknown, .warn].contains($0.status) } }

    /// Replaces the results in place, for example to note attempts.
    mutating func update(_ change: (inout CheckResult) -> Void) {
        for target in targets.indices {
            for check in targets[target].checks.indices { change(&targets[target].checks[check]) }
        }
        verdict = Verdict(of: checks.map(\.status))
    }

    /// Marks what earlier looks of the history found in trouble.
    mutating func markRecovered() {
        var firstFailures: [String: Date] = [:]
        for attempt in history {
            for check in attempt.troubles where check.isFailure && firstFailures[check.check] == nil {
                firstFailures[check.check] = attempt.startedAt
            }
        }
        let looks = attempts
        update { check in
            guard let time = firstFailures[check.check] else { return }
            (check.firstFailedAt, check.attempts) = (rfc3339(time), looks)
            if check.status == .pass { check.recovered = true }
        }
    }

    /// Whether asking again cannot help: a check failed for a permanent reason, or could not even begin.
    package var isHopeless: Bool {
        checks.contains {
            ($0.status == .fail && $0.reason?.isRetryable == false)
                || ($0.status == .unknown && $0.reason == .configuration)
        }
    }

    /// This report as an earlier attempt of a later one.
    var asAttempt: Attempt {
        Attempt(
            number: attempts, startedAt: startedAt, elapsedMilliseconds: elapsedMilliseconds, verdict: verdict,
            troubles: checks.filter { [.fail, .unknown, .warn, .blocked].contains($0.status) })
    }
}

extension CheckResult {
    /// Not good for a reason of its own, also where the file makes a warning of it.
    fileprivate var isFailure: Bool { [.fail, .unknown, .warn].contains(status) }
}

extension ProbeReport {
    /// The same report with looks that timed out counted as `status`: teams differ on what a timeout says.
    package func countingTimeouts(as status: CheckStatus) -> ProbeReport {
        guard status != .unknown else { return self }
        var report = self
        report.update { check in
            if check.status == .unknown, check.reason == .timeout { check.status = status }
        }
        return report
    }
}
