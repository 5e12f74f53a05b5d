import OpsModel
import Probes

/// Test Anything Protocol, version 14 (testanything.org): a warning is a `TODO`, which harnesses show and do not fail.
enum TAP {
    static func document(_ report: ProbeReport) -> String {
        let lines = report.checks.enumerated().map { line($0.element, number: $0.offset + 1) }
        return (["TAP version 14", "1..\(report.checks.count)"] + lines).joined(separator: "\n")
    }

    private static func line(_ check: CheckResult, number: Int) -> String {
        let name = "\(number) - \(plain(check.check))"
        return switch check.status {
        case .pass: check.recovered == true ? "ok \(name)\n\(block(check))" : "ok \(name)"
        case .warn: "not ok \(name) # TODO warning\n\(block(check))"
        case .fail, .unknown: "not ok \(name)\n\(block(check))"
        case .skipped: "ok \(name) # SKIP \(plain(check.observed))"
        case .blocked: "ok \(name) # SKIP blocked by \(plain(check.blockedBy ?? "an earlier check"))"
        }
    }

    /// The YAML diagnostic block; JSON strings are YAML.
    private static func block(_ check: CheckResult) -> String {
        var pairs = [("status", check.status.rawValue), ("got", check.observed), ("wanted", check.expected)]
        if let reason = check.reason { pairs.append(("reason", reason.rawValue)) }
        if let phase = check.phase { pairs.append(("phase", phase)) }
        if let attempts = check.attempts { pairs.append(("attempts", String(attempts))) }
        if check.recovered == true { pairs.append(("recovered", "true")) }
        if let fix = check.fix { pairs.append(("fix", fix)) }
        let lines = pairs.map { "  \($0.0): \(quoted($0.1))" }
        return (["  ---"] + lines + ["  ..."]).joined(separator: "\n")
    }

    private static func quoted(_ text: String) -> String {
        let escaped = text.unicodeScalars.map { scalar in
            switch scalar {
            case "\"", "\\": "\\\(scalar)"
            case "\n": "\\n"
            case _ where scalar.value < 0x20: " "
            default: String(scalar)
            }
        }
        return "\"\(escaped.joined())\""
    }

    /// `#` begins a directive, a line break another line.
    private static func plain(_ text: String) -> String {
        text.replacing("\\", with: "\\\\").replacing("#", with: "\\#").replacing("\n", with: " ")
    }
}
