import Drills
import Foundation
import Ledger
import OpsModel

/// What the ledger keeps of a drill: an intent before, a verdict after.
struct DrillEvidence: Sendable {
    let ledger: Ledger
    let subject: String
    let step: String

    private struct Intent: Codable {
        var schema = 1
        let environment: String
        let startedAt: String

        private enum CodingKeys: String, CodingKey {
            case schema, environment
            case startedAt = "started_at"
        }
    }

    struct Outcome: Codable, Equatable {
        var schema = 1
        let environment: String
        var method: String?
        let verdict: Verdict
        var rpoMilliseconds: Int64?
        var rtoMilliseconds: Int64?
        var outageMilliseconds: Int64?
        var acknowledged: Int?
        var lost: Int?
        let finishedAt: String
        let why: String?

        private enum CodingKeys: String, CodingKey {
            case schema, environment, method, verdict, why, acknowledged, lost
            case outageMilliseconds = "outage_ms"
            case rpoMilliseconds = "rpo_ms"
            case rtoMilliseconds = "rto_ms"
            case finishedAt = "finished_at"
        }
    }

    func recording<Report: DrillReport>(environment: String, _ drill: () async -> Report) async throws -> Report {
        let intent = Intent(environment: environment, startedAt: rfc3339(Date()))
        try await ledger.append(subject: subject, kind: .intent, step: step, payload: intent)
        let report = await drill()
        let outcome = report.outcome
        // A task of its own: the outcome of an interrupted drill is recorded too.
        _ = try await Task { [self] in
            try await ledger.append(subject: subject, kind: .verdict, step: step, payload: outcome)
        }.value
        return report
    }
}

/// When the last drill of that name passed in `environment`; nil when none ever did.
func lastGoodDrill(_ name: String, environment: String, in ledger: Ledger) async throws -> Date? {
    let entries = try await ledger.entries(subjectPrefix: "drill:\(name):")
    for entry in entries.reversed() where entry.kind == .verdict {
        let outcome = try entry.decode(DrillEvidence.Outcome.self)
        guard outcome.environment == environment, outcome.verdict == .pass else { continue }
        return try Date(outcome.finishedAt, strategy: Date.ISO8601FormatStyle(includingFractionalSeconds: true))
    }
    return nil
}

/// A report that leaves an outcome in the ledger, and is printed.
protocol DrillReport: Encodable, Sendable {
    var outcome: DrillEvidence.Outcome { get }
    var verdict: Verdict { get }
    var why: Diagnostic? { get }
    var leftBehind: [String] { get }
    var isPastDeadline: Bool { get }
    func text(hasColor: Bool) -> String
}

extension DrillReport {
    /// Prints the report, and what is not in it on stderr; throws the exit status of anything but a pass.
    func finish(as format: OutputFormat) throws {
        switch format {
        case .json: show(String(decoding: try canonicalJSON(self), as: UTF8.self))
        case .text: show(text(hasColor: resultHasColor))
        }
        if let why { Story.standard.report([why]) }
        for thing in leftBehind { Story.standard.tell("left behind: \(thing)") }
        let status = isPastDeadline ? ExitStatus.deadline : ExitStatus(verdict)
        if status != .pass { throw status }
    }
}

extension DrillPlan {
    func show(as format: OutputFormat) throws {
        switch format {
        case .json: opsctl.show(String(decoding: try canonicalJSON(self), as: UTF8.self))
        case .text:
            var table = TextTable()
            for step in steps { table.add([step.step, step.what]) }
            opsctl.show(table.text)
        }
    }
}

extension PITRReport: DrillReport {
    var outcome: DrillEvidence.Outcome {
        DrillEvidence.Outcome(
            environment: environment, method: method, verdict: verdict, rpoMilliseconds: rpoMilliseconds,
            rtoMilliseconds: rtoMilliseconds, finishedAt: rfc3339(finishedAt),
            why: why.map { "\($0.id): \($0.why)" })
    }
}

extension RedisFailoverReport: DrillReport {
    var outcome: DrillEvidence.Outcome {
        DrillEvidence.Outcome(
            environment: environment, verdict: verdict, outageMilliseconds: outageMilliseconds,
            acknowledged: acknowledged, lost: lost, finishedAt: rfc3339(finishedAt),
            why: why.map { "\($0.id): \($0.why)" })
    }
}
