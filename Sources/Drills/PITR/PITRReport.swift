package import Foundation
package import OpsModel

/// What one drill found.
package struct PITRReport: Encodable, Sendable {
    package let schema = 1
    package let drill = "pitr"
    package let id: String
    package let environment: String
    package let method: String
    package let verdict: Verdict
    /// Why it ended early, or the first check that did not pass; nil for a pass.
    package let why: Diagnostic?
    package let startedAt: Date
    package let finishedAt: Date
    package let elapsedMilliseconds: Int64
    package let serverVersion: String?
    package let backup: DrillBackup?
    package let targetTime: String?
    /// From the commit of the first row until its WAL was in the archive.
    package let rpoMilliseconds: Int64?
    /// The most that could have been lost; nil when archive_timeout sets no bound.
    package let rpoBoundMilliseconds: Int64?
    /// Whether the drill closed the WAL segment itself.
    package let isSwitchForced: Bool?
    package let archiveTimeoutMilliseconds: Int64?
    /// From the start of the restore until a query proved the first row.
    package let rtoMilliseconds: Int64?
    package let rpoObjectiveMilliseconds: Int64?
    package let rtoObjectiveMilliseconds: Int64?
    package let checks: [DrillCheck]
    package let steps: [DrillStep]
    /// What could not be cleaned up; empty as a rule.
    package let leftBehind: [String]
    /// Whether the drill's own timeout ended it.
    package let isPastDeadline: Bool

    private enum CodingKeys: String, CodingKey {
        case schema, drill, id, environment, method, verdict, why, backup, checks, steps
        case startedAt = "started_at"
        case finishedAt = "finished_at"
        case elapsedMilliseconds = "elapsed_ms"
        case serverVersion = "server_version"
        case targetTime = "target_time"
        case rpoMilliseconds = "rpo_ms"
        case rpoBoundMilliseconds = "rpo_bound_ms"
        case isSwitchForced = "forced_switch"
        case archiveTimeoutMilliseconds = "archive_timeout_ms"
        case rtoMilliseconds = "rto_ms"
        case rpoObjectiveMilliseconds = "rpo_objective_ms"
        case rtoObjectiveMilliseconds = "rto_objective_ms"
        case leftBehind = "left_behind"
        case isPastDeadline = "is_past_deadline"
    }
}

extension PITRReport {
    /// How the flow ended.
    struct Ending {
        let failure: DrillError?
        /// Any other error.
        let trouble: Diagnostic?
        let leftBehind: [String]
    }

    init(
        _ settings: PITRSettings, id: String, startedAt: Date, elapsed: Duration, findings: PITRFindings,
        steps: [DrillStep], ending: Ending
    ) {
        let checks = PITRJudge(rpo: settings.rpo, rto: settings.rto).judge(findings)
        (self.id, environment, method) = (id, settings.environment, settings.method.name)
        (self.startedAt, finishedAt, elapsedMilliseconds) = (startedAt, Date(), elapsed.milliseconds)
        (serverVersion, backup, targetTime) = (findings.serverVersion, findings.backup, findings.target)
        rpoMilliseconds = findings.archived?.exposure.milliseconds
        rpoBoundMilliseconds = findings.worstExposure?.milliseconds
        (isSwitchForced, rtoMilliseconds) = (findings.archived?.isForced, findings.recovery?.milliseconds)
        archiveTimeoutMilliseconds = findings.archiveTimeout?.milliseconds
        rpoObjectiveMilliseconds = settings.rpo?.milliseconds
        rtoObjectiveMilliseconds = settings.rto?.milliseconds
        (self.checks, self.steps, leftBehind) = (checks, steps, ending.leftBehind)
        isPastDeadline = if case .deadline = ending.failure { true } else { false }
        let broken = checks.first { $0.verdict != .pass }
        if let failure = ending.failure {
            (verdict, why) = (failure.verdict, failure.diagnostic)
        } else if let trouble = ending.trouble {
            (verdict, why) = (.inconclusive, trouble)
        } else if let broken {
            (verdict, why) = (.fail, Self.diagnostic(of: broken))
        } else if checks.isEmpty {
            (verdict, why) = (.inconclusive, nil)
        } else {
            (verdict, why) = (.pass, nil)
        }
    }

    private static func diagnostic(of check: DrillCheck) -> Diagnostic {
        Diagnostic(
            "drill.\(check.check)", what: "the restore does not keep \(check.check)", place: "check \(check.check)",
            why: "\(check.observed), expected \(check.expected)",
            fix: check.check == "rpo"
                ? "lower archive_timeout, or stream WAL (pg_receivewal, a replica)"
                : check.check == "rto"
                    ? "make backups more often, so that less WAL is replayed, or restore faster"
                    : "find out why the restored copy differs before you rely on these backups")
    }
}
