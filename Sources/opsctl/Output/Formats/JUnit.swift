import Foundation
import OpsModel
import Probes

/// JUnit XML as Surefire and CI systems read it: a suite a target, `failure` for fail, `error` for could-not-look. Earlier
/// attempts are `flakyFailure` of a case that passed in the end, and `rerunFailure` of one that did not.
enum JUnit {
    static func document(_ report: ProbeReport) -> String {
        let suites = report.targets.map { suite($0, report) }.joined(separator: "\n")
        func count(_ statuses: [CheckStatus]) -> Int { report.checks.count { statuses.contains($0.status) } }
        return """
            <?xml version="1.0" encoding="UTF-8"?>
            <testsuites name="opsctl probe \(escaped(report.environment))" tests="\(report.checks.count)" failures="\(count([.fail]))" errors="\(count([.unknown]))" time="\(seconds(report.elapsedMilliseconds))">
            \(suites)
            </testsuites>
            """
    }

    private static func suite(_ target: ProbeReport.Target, _ report: ProbeReport) -> String {
        let checks = target.checks
        func count(_ statuses: [CheckStatus]) -> Int { checks.count { statuses.contains($0.status) } }
        let head =
            "  <testsuite name=\"\(escaped(target.name))\" tests=\"\(checks.count)\" failures=\"\(count([.fail]))\" "
            + "errors=\"\(count([.unknown]))\" skipped=\"\(count([.skipped, .blocked]))\" "
            + "timestamp=\"\(rfc3339(report.startedAt))\" time=\"\(seconds(target.elapsedMilliseconds))\">"
        let cases = checks.map { check in
            testCase(check, earlier: report.history.flatMap(\.troubles).filter { $0.check == check.check })
        }
        return ([head] + cases + ["  </testsuite>"]).joined(separator: "\n")
    }

    private static func testCase(_ check: CheckResult, earlier: [CheckResult]) -> String {
        let head = "    <testcase classname=\"\(escaped(check.target))\" name=\"\(escaped(check.check))\" time=\"0\""
        var parts = [properties(check)]
        switch check.status {
        case .pass, .warn: parts += earlier.filter(\.isTrouble).map { element("flakyFailure", $0, hasTrace: true) }
        case .fail:
            parts.append(element("failure", check))
            parts += earlier.filter(\.isTrouble).map { element("rerunFailure", $0, hasTrace: true) }
        case .unknown:
            parts.append(element("error", check))
            parts += earlier.filter(\.isTrouble).map { element("rerunError", $0, hasTrace: true) }
        case .skipped: parts.append("      <skipped message=\"\(escaped(check.observed))\"/>")
        case .blocked:
            parts.append("      <skipped message=\"blocked by \(escaped(check.blockedBy ?? "an earlier check"))\"/>")
        }
        if check.status == .warn {
            parts.append("      <system-out>\(escaped("warning: \(detail(check))"))</system-out>")
        }
        return ([head + ">"] + parts + ["    </testcase>"]).joined(separator: "\n")
    }

    private static func properties(_ check: CheckResult) -> String {
        var pairs = [("status", check.status.rawValue), ("observed", check.observed)]
        if let measure = check.measure {
            pairs.append(("value", numberText(measure.value)))
            if let unit = measure.unit { pairs.append(("unit", unit)) }
        }
        let lines = pairs.map { "        <property name=\"\($0.0)\" value=\"\(escaped($0.1))\"/>" }
        return (["      <properties>"] + lines + ["      </properties>"]).joined(separator: "\n")
    }

    private static func element(_ name: String, _ check: CheckResult, hasTrace: Bool = false) -> String {
        let head =
            "      <\(name) message=\"\(escaped(check.observed))\" type=\"\(check.reason?.rawValue ?? check.status.rawValue)\">"
        let body = escaped(detail(check))
        return head + (hasTrace ? "<stackTrace>\(body)</stackTrace>" : body) + "</\(name)>"
    }

    private static func detail(_ check: CheckResult) -> String {
        "observed: \(check.observed)\nexpected: \(check.expected)\(check.fix.map { "\nfix: \($0)" } ?? "")"
    }

    private static func seconds(_ milliseconds: Int64) -> String { String(format: "%.3f", Double(milliseconds) / 1000) }

    /// XML 1.0 text and attribute values; characters that XML cannot hold become U+FFFD.
    static func escaped(_ text: String) -> String {
        var output = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": output += "&amp;"
            case "<": output += "&lt;"
            case ">": output += "&gt;"
            case "\"": output += "&quot;"
            case "\t", "\n", "\r", "\u{20}"..."\u{D7FF}", "\u{E000}"..."\u{FFFD}", "\u{10000}"..."\u{10FFFF}":
                output.unicodeScalars.append(scalar)
            default: output += "\u{FFFD}"
            }
        }
        return output
    }
}

extension CheckResult {
    fileprivate var isTrouble: Bool { [.fail, .unknown].contains(status) }
}
