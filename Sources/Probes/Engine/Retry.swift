import Foundation
import OpsModel

/// Keeps count of the looks at each check of a run and decides which targets are worth another one; pure.
struct RetryLedger {
    struct Round {
        let targets: Set<String>
        let pause: Duration
    }

    private(set) var report: ProbeReport
    private let rules: [String: (rule: RetryRule, plan: CheckPlan)]
    private var backoff: Backoff
    private var looks = 1
    private var firstFailures: [String: String] = [:]

    init(_ report: ProbeReport, targets: [ProbeTarget]) {
        self.report = report
        rules = Dictionary(
            targets.map { ($0.name, ($0.retry, $0.plan)) }, uniquingKeysWith: { first, _ in first })
        let pause = targets.map(\.retry.pauseMilliseconds).min() ?? 100
        backoff = Backoff(from: .milliseconds(pause), upTo: max(.milliseconds(500), .milliseconds(pause)))
        noteFailures(of: report, at: report.startedAt)
    }

    /// The targets with a failure that may pass and that may still be looked at; nil when there are none.
    mutating func nextRound(elapsed: Duration) -> Round? {
        var again = Set(report.checks.filter { isWorthAnother($0, elapsed: elapsed) }.map(\.target))
        if report.targets.contains(where: { $0.kind == "names" && $0.checks.contains { $0.status == .unknown } }) {
            again.formUnion(blockedTargets(elapsed: elapsed))
        }
        again.formIntersection(rules.keys)
        // What waits for a target that is looked at again is looked at again with it.
        for target in report.targets where rules[target.name] != nil {
            let causes = target.checks.compactMap(\.blockedBy)
            if causes.contains(where: { cause in again.contains { cause.hasPrefix("\($0).") } }) {
                again.insert(target.name)
            }
        }
        return again.isEmpty ? nil : Round(targets: again, pause: backoff.pause())
    }

    private func blockedTargets(elapsed: Duration) -> [String] {
        report.targets.filter { target in
            guard let (rule, _) = rules[target.name], target.checks.contains(where: { $0.status == .blocked }) else {
                return false
            }
            return looks < rule.attempts && elapsed < .milliseconds(rule.deadlineMilliseconds)
        }.map(\.name)
    }

    private func isWorthAnother(_ check: CheckResult, elapsed: Duration) -> Bool {
        guard [.fail, .unknown].contains(check.status), check.reason?.isRetryable == true,
            let (rule, plan) = rules[check.target]
        else { return false }
        let attempts = plan.setting(check.shortName).attempts ?? rule.attempts
        return looks < attempts && elapsed < .milliseconds(rule.deadlineMilliseconds)
    }

    /// Takes the results of another look: a check that was in trouble gets the new one, one that passed keeps its own.
    mutating func take(_ newer: ProbeReport, at time: Date) {
        looks += 1
        noteFailures(of: newer, at: time)
        let results = Dictionary(newer.checks.map { ($0.check, $0) }, uniquingKeysWith: { first, _ in first })
        let (looks, firstFailures) = (looks, firstFailures)
        let attempt = report.asAttempt
        report.history.append(attempt)
        report.history = Array(report.history.prefix(1) + report.history.dropFirst().suffix(19))
        report.update { check in
            guard let result = results[check.check], [.fail, .unknown, .blocked, .warn].contains(check.status) else {
                return
            }
            check = result
            check.attempts = looks
            check.firstFailedAt = firstFailures[check.check]
            if check.status == .pass, check.firstFailedAt != nil { check.recovered = true }
        }
    }

    private mutating func noteFailures(of report: ProbeReport, at time: Date) {
        for check in report.checks where [.fail, .unknown].contains(check.status) && firstFailures[check.check] == nil {
            firstFailures[check.check] = rfc3339(time)
        }
    }
}

/// What the earlier reports of a wait said, for its last one.
struct WaitHistory {
    private var attempts: [ProbeReport.Attempt] = []
    private var firstFailures: [String: String] = [:]

    /// Notes a report's troubles and marks those that have passed since.
    mutating func note(_ report: ProbeReport) -> ProbeReport {
        for check in report.checks where [.fail, .unknown].contains(check.status) && firstFailures[check.check] == nil {
            firstFailures[check.check] = rfc3339(report.startedAt)
        }
        var report = report
        let (firstFailures, looks) = (firstFailures, report.attempts)
        report.update { check in
            guard let time = firstFailures[check.check] else { return }
            (check.firstFailedAt, check.attempts) = (time, looks)
            if check.status == .pass { check.recovered = true }
        }
        if report.verdict != .pass {
            attempts.append(report.asAttempt)
            attempts = Array(attempts.prefix(1) + attempts.dropFirst().suffix(19))
        }
        return report
    }

    /// The last report as that of the whole wait.
    func conclude(_ report: ProbeReport, began: Date, elapsed: Duration) -> ProbeReport {
        var whole = ProbeReport(
            environment: report.environment, startedAt: began, elapsed: elapsed, attempts: report.attempts,
            targets: report.targets)
        whole.history = attempts.filter { $0.number != report.attempts }
        return whole
    }
}
