import OpsModel
import Probes

/// One JSON document a line (ndjson.org): a `check` for each result, then one `verdict`.
enum NDJSON {
    private struct CheckLine: Encodable {
        let type = "check"
        let schema = 1
        let environment: String
        let attempt: Int
        let result: CheckResult
    }

    private struct VerdictLine: Encodable {
        let type = "verdict"
        let schema = 1
        let environment: String
        let attempt: Int
        let verdict: Verdict
        let checks: Int
        let elapsedMilliseconds: Int64

        private enum CodingKeys: String, CodingKey {
            case type, schema, environment, attempt, verdict, checks
            case elapsedMilliseconds = "elapsed_ms"
        }
    }

    static func document(_ report: ProbeReport) throws -> String {
        let checks = try report.checks.map {
            try canonicalJSON(CheckLine(environment: report.environment, attempt: report.attempts, result: $0))
        }
        let verdict = try canonicalJSON(
            VerdictLine(
                environment: report.environment, attempt: report.attempts, verdict: report.verdict,
                checks: report.checks.count, elapsedMilliseconds: report.elapsedMilliseconds))
        return (checks + [verdict]).map { String(decoding: $0, as: UTF8.self) }.joined(separator: "\n")
    }
}
