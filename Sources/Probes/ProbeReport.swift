package import Foundation
package import OpsModel

/// Everything one run found out; also the form of the JSON output.
package struct ProbeReport: Codable, Sendable {
    package struct Target: Codable, Sendable {
        package let name: String
        package let kind: String
        package let endpoint: String
        package let elapsedMilliseconds: Int64
        package let checks: [CheckResult]

        private enum CodingKeys: String, CodingKey {
            case name, kind, endpoint, checks
            case elapsedMilliseconds = "elapsed_ms"
        }
    }

    package let schema: Int
    package let environment: String
    package let startedAt: Date
    package let elapsedMilliseconds: Int64
    package let verdict: Verdict
    /// Looks taken so far; more than 1 only for `wait`.
    package let attempts: Int
    package let targets: [Target]

    private enum CodingKeys: String, CodingKey {
        case schema, environment, verdict, attempts, targets
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

    /// Whether asking again cannot help: a check failed for a permanent reason, or could not even begin.
    package var isHopeless: Bool {
        checks.contains {
            ($0.status == .fail && $0.reason?.isRetryable == false)
                || ($0.status == .unknown && $0.reason == .configuration)
        }
    }
}
