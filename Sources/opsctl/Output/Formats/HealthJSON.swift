import OpsModel
import Probes

/// Health check response format for HTTP APIs (draft-inadarei-api-health-check-06), media type `application/health+json`.
/// It has three words: what could not be looked at is `fail` there, with an output that says so, because its readers would
/// take anything else for healthy.
enum HealthJSON {
    private struct Document: Encodable {
        let status: String
        let version = "1"
        let description: String
        let checks: [String: [Entry]]
    }

    private struct Entry: Encodable {
        let componentId: String
        let componentType: String
        let observedValue: String
        let observedUnit: String?
        let status: String
        let time: String
        let output: String?
    }

    static func document(_ report: ProbeReport) throws -> String {
        let time = rfc3339(report.startedAt)
        var checks: [String: [Entry]] = [:]
        for target in report.targets {
            for check in target.checks where check.status != .skipped {
                checks["\(target.name):\(check.shortName)"] = [entry(check, target, time)]
            }
        }
        let hasWarnings = report.checks.contains { $0.status == .warn }
        let status = report.verdict == .pass ? (hasWarnings ? "warn" : "pass") : "fail"
        let document = Document(
            status: status, description: "opsctl probe of \(report.environment): \(report.verdict.rawValue)",
            checks: checks)
        return String(decoding: try canonicalJSON(document), as: UTF8.self)
    }

    private static func entry(_ check: CheckResult, _ target: ProbeReport.Target, _ time: String) -> Entry {
        let type = ["postgres", "redis", "bucket"].contains(target.kind) ? "datastore" : "component"
        let value = check.measure.map { numberText($0.value) } ?? check.observed
        let output: String? =
            switch check.status {
            case .pass, .skipped: nil
            case .warn, .fail: check.observed
            case .unknown: "could not look: \(check.observed)"
            case .blocked: "not looked at: \(check.blockedBy ?? "an earlier check") failed"
            }
        return Entry(
            componentId: target.name, componentType: type, observedValue: value,
            observedUnit: check.measure?.unit ?? check.unit, status: word(check.status), time: time, output: output)
    }

    private static func word(_ status: CheckStatus) -> String {
        switch status {
        case .pass, .skipped: "pass"
        case .warn: "warn"
        case .fail, .unknown, .blocked: "fail"
        }
    }
}
