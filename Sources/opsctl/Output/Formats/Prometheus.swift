import Foundation
import OpsModel
import Probes

/// Prometheus text exposition format 0.0.4, for the textfile collector. Texts never become labels: they would make a new series
/// each time; the enumerated reason does, on a metric of its own.
enum Prometheus {
    /// - Parameter earlier: the file that this one replaces; times of the last success are taken over from it.
    static func document(_ report: ProbeReport, earlier: String?) -> String {
        var lines: [String] = []
        func family(_ name: String, _ help: String, _ samples: [(labels: [(String, String)], value: Double)]) {
            guard !samples.isEmpty else { return }
            lines.append("# HELP opsctl_\(name) \(help)")
            lines.append("# TYPE opsctl_\(name) gauge")
            for sample in samples {
                let labels = [("environment", report.environment)] + sample.labels
                let text = labels.map { "\($0.0)=\"\(escaped($0.1))\"" }.joined(separator: ",")
                lines.append("opsctl_\(name){\(text)} \(number(sample.value))")
            }
        }
        let checks = report.checks.filter { $0.status != .skipped }
        func labels(_ check: CheckResult) -> [(String, String)] {
            [("target", check.target), ("check", check.shortName)]
        }
        family(
            "check_status", "0 pass, 1 warn, 2 fail, 3 could not be looked at.",
            checks.map { (labels($0), value($0.status)) })
        family(
            "check_reason", "Why a check did not pass, as an enumerated word.",
            checks.compactMap { check in check.reason.map { (labels(check) + [("reason", $0.rawValue)], 1) } })
        let measured = checks.filter { $0.measure != nil }
        family(
            "check_observed", "Measured value in base units: seconds, bytes, percent, days.",
            measured.map { (labels($0) + [("unit", $0.measure?.unit ?? "")], $0.measure?.value ?? .nan) })
        family(
            "check_limit", "Limit that the measured value is judged by.",
            measured.flatMap { check in
                [("warn", check.measure?.warn), ("fail", check.measure?.fail)].compactMap { level, limit in
                    limit.map { (labels(check) + [("level", level)], $0) }
                }
            })
        family(
            "target_duration_seconds", "Time that looking at a target took.",
            report.targets.map { ([("target", $0.name)], Double($0.elapsedMilliseconds) / 1000) })
        family("target_last_success_timestamp_seconds", "When a target last passed.", lastSuccesses(report, earlier))
        family(
            "run_verdict", "0 pass, 1 fail, 2 inconclusive.",
            [([], report.verdict == .pass ? 0 : report.verdict == .fail ? 1 : 2)])
        family(
            "run_timestamp_seconds", "When the run started.", [([], report.startedAt.timeIntervalSince1970)])
        return lines.joined(separator: "\n")
    }

    private static func value(_ status: CheckStatus) -> Double {
        switch status {
        case .pass, .skipped: 0
        case .warn: 1
        case .fail: 2
        case .unknown, .blocked: 3
        }
    }

    private static func lastSuccesses(_ report: ProbeReport, _ earlier: String?) -> [([(String, String)], Double)] {
        report.targets.compactMap { target in
            let label = [("target", target.name)]
            if Verdict(of: target.checks.map(\.status)) == .pass {
                return (label, report.startedAt.timeIntervalSince1970)
            }
            let start =
                "opsctl_target_last_success_timestamp_seconds{environment=\"\(escaped(report.environment))\",target=\"\(escaped(target.name))\"} "
            let line = earlier?.split(separator: "\n").first { $0.hasPrefix(start) }
            return line.flatMap { Double($0.dropFirst(start.count)) }.map { (label, $0) }
        }
    }

    private static func number(_ value: Double) -> String { value.isNaN ? "NaN" : numberText(value) }

    private static func escaped(_ text: String) -> String {
        text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"").replacing("\n", with: "\\n")
    }
}
