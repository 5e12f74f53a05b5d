import OpsModel
import Probes

/// GitHub Actions: workflow commands for annotations, and Markdown for the step's summary.
enum GitHub {
    /// GitHub shows about ten annotations of a level in a step: the worst come first, the rest is in the summary.
    static let limit = 10

    /// Workflow commands, one a line; they belong on stderr.
    static func annotations(_ report: ProbeReport) -> [String] {
        let places = Dictionary(report.targets.map { ($0.name, $0.place) }, uniquingKeysWith: { first, _ in first })
        func commands(_ level: String, _ statuses: [CheckStatus]) -> [String] {
            statuses.flatMap { status in report.checks.filter { $0.status == status } }.prefix(limit).map { check in
                let place = (places[check.target] ?? nil).map(properties) ?? ""
                let fix = check.fix.map { "\nfix: \($0)" } ?? ""
                let message = "\(check.status.rawValue): \(check.observed); expected \(check.expected)\(fix)"
                return "::\(level) \(place)title=\(property(check.check))::\(data(message))"
            }
        }
        return commands("error", [.fail, .unknown]) + commands("warning", [.warn])
    }

    /// The report as a Markdown table, troubles first.
    static func summary(_ report: ProbeReport) -> String {
        let mark = report.verdict == .pass ? "✅" : report.verdict == .fail ? "❌" : "❔"
        var lines = [
            "### \(mark) opsctl probe: \(report.verdict.rawValue) (\(report.environment))", "",
            "\(report.checks.count) checks on \(report.targets.count) targets in \(report.elapsedMilliseconds) ms", "",
        ]
        if !report.troubles.isEmpty {
            lines += ["| status | check | observed | expected | fix |", "|---|---|---|---|---|"]
            lines += report.troubles.map { check in
                "| \([check.status.rawValue, check.check, check.observed, check.expected, check.fix ?? ""].map(cell).joined(separator: " | ")) |"
            }
        }
        let recovered = report.checks.filter { $0.recovered == true }.map { "`\($0.check)`" }
        if !recovered.isEmpty { lines += ["", "Recovered after a retry: \(recovered.joined(separator: ", "))"] }
        return lines.joined(separator: "\n") + "\n"
    }

    /// `file:line:column` as properties.
    static func properties(_ place: String) -> String {
        let parts = place.split(separator: ":")
        guard parts.count == 3 else { return "" }
        return "file=\(property(String(parts[0]))),line=\(parts[1]),col=\(parts[2]),"
    }

    static func data(_ text: String) -> String {
        text.replacing("%", with: "%25").replacing("\r", with: "%0D").replacing("\n", with: "%0A")
    }

    static func property(_ text: String) -> String {
        data(text).replacing(":", with: "%3A").replacing(",", with: "%2C")
    }

    static func cell(_ text: String) -> String {
        text.replacing("\\", with: "\\\\").replacing("|", with: "\\|").replacing("<", with: "&lt;")
            .replacing("\n", with: "<br>")
    }
}
