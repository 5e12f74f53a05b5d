import OpsModel
import Probes

/// Monitoring-plugins output: a first line with performance data, details in the lines after it (guidelines, and
/// draft-kaestle-monitoring-plugins-interface-04). A `|` begins performance data, so none may stand in the text.
enum Nagios {
    enum State: Int32 {
        case ok = 0
        case warning = 1
        case critical = 2
        case unknown = 3

        var word: String {
            switch self {
            case .ok: "OK"
            case .warning: "WARNING"
            case .critical: "CRITICAL"
            case .unknown: "UNKNOWN"
            }
        }
    }

    static func state(of report: ProbeReport) -> State {
        let statuses = Set(report.checks.map(\.status))
        if statuses.contains(.fail) { return .critical }
        if report.verdict == .inconclusive { return .unknown }
        return statuses.contains(.warn) ? .warning : .ok
    }

    static func document(_ report: ProbeReport) -> String {
        let troubles = report.troubles
        let summary =
            troubles.first.map { first in
                "\(first.check): \(first.observed)" + (troubles.count > 1 ? " (and \(troubles.count - 1) more)" : "")
            } ?? "\(report.checks.count) checks on \(report.targets.count) targets of \(report.environment)"
        let data = performanceData(report)
        let head = "OPSCTL \(state(of: report).word) - \(plain(summary))" + (data.isEmpty ? "" : " | \(data)")
        let details = troubles.map { check in
            "\(check.status.rawValue): \(plain(check.check)): \(plain(check.observed)), expected \(plain(check.expected))"
                + (check.fix.map { "; fix: \(plain($0))" } ?? "")
        }
        return ([head] + details).joined(separator: "\n")
    }

    private static func performanceData(_ report: ProbeReport) -> String {
        let measures = report.checks.compactMap { check in check.measure.map { (check.check, $0) } }
        let values = measures.map { name, measure in
            "\(label(name))=\(numberText(measure.value))\(unit(measure.unit));\(range(measure, measure.warn));\(range(measure, measure.fail))"
        }
        let times = report.targets.map {
            "\(label("\($0.name).time"))=\(numberText(Double($0.elapsedMilliseconds) / 1000))s"
        }
        return (values + times).joined(separator: " ")
    }

    /// `10` alerts above 10 (and below 0), `10:` below 10.
    private static func range(_ measure: Measure, _ limit: Double?) -> String {
        guard let limit else { return "" }
        return measure.direction == .atMost ? "~:\(numberText(limit))" : "\(numberText(limit)):"
    }

    /// The draft's units: seconds, percent, bytes; days have none.
    private static func unit(_ unit: String?) -> String {
        switch unit {
        case "s", "%", "B": unit ?? ""
        default: ""
        }
    }

    private static func label(_ name: String) -> String {
        "'\(name.map { "'=|".contains($0) || $0.isNewline ? "_" : String($0) }.joined())'"
    }

    private static func plain(_ text: String) -> String {
        text.replacing("|", with: "/").split(whereSeparator: \.isNewline).joined(separator: "; ")
    }
}
