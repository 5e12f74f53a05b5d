import Foundation
import OpsModel

/// Keeps the newest look at each target of a run and decides which are worth another one; pure.
///
/// A target's results are always those of one look: results of two looks put together could show a health that it never had.
struct RetryLedger {
    struct Round {
        let targets: Set<String>
        let pause: Duration
    }

    private(set) var saved: SavedRun
    private let targets: [ProbeTarget]
    private var schedules: [String: Schedule]

    /// When a target may be looked at again, counted from the start of the run.
    private struct Schedule {
        var looks = 1
        var backoff: Backoff
        var due: Duration
    }

    init(_ saved: SavedRun, targets: [ProbeTarget], elapsed: Duration) {
        (self.saved, self.targets) = (saved, targets)
        schedules = Dictionary(
            targets.map { target in
                let pause = Duration.milliseconds(target.retry.pauseMilliseconds)
                var backoff = Backoff(from: pause, upTo: max(.milliseconds(500), pause))
                let due = elapsed + backoff.pause()
                return (target.name, Schedule(backoff: backoff, due: due))
            }, uniquingKeysWith: { first, _ in first })
    }

    var report: ProbeReport { saved.judged() }

    /// The targets whose turn is next, among those with a failure that may pass and with looks left; nil when there are none.
    func nextRound(elapsed: Duration) -> Round? {
        let report = report
        let worth = targetsWorthAnother(report)
        guard let due = worth.compactMap({ schedules[$0]?.due }).min() else { return nil }
        let turn = worth.filter { (schedules[$0]?.due ?? due) <= max(due, elapsed) }
        return Round(targets: withDependents(turn, report), pause: max(.zero, due - elapsed))
    }

    private func targetsWorthAnother(_ report: ProbeReport) -> Set<String> {
        let lostNames = Set(
            report.targets.filter { $0.kind == NamesJudge.kind }.flatMap(\.checks)
                .filter { $0.status == .unknown }.map(\.check))
        return Set(
            targets.filter { target in
                guard let schedule = schedules[target.name],
                    schedule.due < .milliseconds(target.retry.deadlineMilliseconds),
                    let checks = report.targets.first(where: { $0.name == target.name })?.checks
                else { return false }
                return checks.contains { isWorthAnother($0, target, schedule.looks, lostNames) }
            }.map(\.name))
    }

    private func isWorthAnother(
        _ check: CheckResult, _ target: ProbeTarget, _ looks: Int, _ lostNames: Set<String>
    ) -> Bool {
        let setting = target.plan.setting(check.shortName)
        guard looks < setting.attempts ?? target.retry.attempts else { return false }
        switch check.status {
        case .fail, .unknown: return check.reason?.isRetryable == true
        // A failure that only counts as a warning is still one.
        case .warn: return setting.severity == .warn && check.reason?.isRetryable == true
        case .blocked: return check.blockedBy.map(lostNames.contains) ?? false
        case .pass, .skipped: return false
        }
    }

    /// What waits for a target that is looked at again, directly or through others, is looked at again with it.
    private func withDependents(_ names: Set<String>, _ report: ProbeReport) -> Set<String> {
        let owners = Dictionary(
            report.targets.flatMap { target in target.checks.map { ($0.check, target.name) } },
            uniquingKeysWith: { first, _ in first })
        var all = names
        while true {
            let more = report.targets.filter { target in
                !all.contains(target.name)
                    && target.checks.contains { $0.blockedBy.flatMap { owners[$0] }.map(all.contains) == true }
            }
            if more.isEmpty { return all.intersection(schedules.keys) }
            all.formUnion(more.map(\.name))
        }
    }

    /// Failures that stand, for targets which are not looked at in a round but which others need.
    func standingFailures(outside round: Set<String>) -> [String: String] {
        var failures: [String: String] = [:]
        for target in report.targets where !round.contains(target.name) {
            failures[target.name] = target.checks.first { [.fail, .unknown, .blocked].contains($0.status) }?.check
        }
        return failures
    }

    /// Takes another look at some targets.
    mutating func take(_ newer: SavedRun, elapsed: Duration) {
        for target in newer.targets {
            guard var schedule = schedules[target.name] else { continue }
            schedule.looks += 1
            schedule.due = elapsed + schedule.backoff.pause()
            schedules[target.name] = schedule
        }
        saved = saved.replacing(with: newer)
    }
}

/// What the earlier reports of a wait said, for its last one.
struct WaitHistory {
    private var attempts: [ProbeReport.Attempt] = []
    private var looks = 0

    /// Numbers a report's looks after those before, and marks what has passed since.
    mutating func note(_ report: ProbeReport) -> ProbeReport {
        var report = report
        for attempt in report.history { attempts.append(attempt.numbered(looks + attempt.number)) }
        looks += report.attempts
        report.attempts = looks
        let latest = report.asAttempt
        report.history = attempts
        report.markRecovered()
        if report.verdict != .pass { attempts.append(latest) }
        attempts = Array(attempts.prefix(1) + attempts.dropFirst().suffix(19))
        return report
    }

    /// The last report as that of the whole wait.
    func conclude(_ report: ProbeReport, began: Date, elapsed: Duration) -> ProbeReport {
        var whole = ProbeReport(
            environment: report.environment, startedAt: began, elapsed: elapsed, attempts: report.attempts,
            targets: report.targets)
        whole.history = attempts.filter { $0.number < report.attempts }
        return whole
    }
}
