import Foundation
import OpsModel
import Probes

/// JUnit XML as Surefire and CI systems read it: a suite a target, `failure` for fail, `error` for could-not-look.
enum JUnit {
    static func document(_ report: ProbeReport) -> String {
        let suites = report.targets.map(suite).joined(separator: "\n")
        return """
            <?xml version="1.0" encoding="UTF-8"?>
            <testsuites name="opsctl probe \(escaped(report.environment))" tests="\(report.checks.count)" time="\(seconds(report.elapsedMilliseconds))">
            \(suites)
            </testsuites>
            """
    }

    private static func suite(_ target: ProbeReport.Target) -> String {
        let checks = target.checks
        func count(_ statuses: [CheckStatus]) -> Int { checks.count { statuses.contains($0.status) } }
        let head =
            "  <testsuite name=\"\(escaped(target.name))\" tests=\"\(checks.count)\" failures=\"\(count([.fail]))\" "
            + "errors=\"\(count([.unknown]))\" skipped=\"\(count([.skipped, .blocked]))\" time=\"\(seconds(target.elapsedMilliseconds))\">"
        return ([head] + checks.map { testCase($0) } + ["  </testsuite>"]).joined(separator: "\n")
    }

    private static func testCase(_ check: CheckResult) -> String {
        let head = "    <testcase classname=\"\(escaped(check.target))\" name=\"\(escaped(check.check))\""
        let message =
            "message=\"\(escaped(check.observed))\" type=\"\(check.reason?.rawValue ?? check.status.rawValue)\""
        let detail = escaped("expected: \(check.expected)\(check.fix.map { "\nfix: \($0)" } ?? "")")
        return switch check.status {
        case .pass, .warn: "\(head)/>"
        case .fail: "\(head)>\n      <failure \(message)>\(detail)</failure>\n    </testcase>"
        case .unknown: "\(head)>\n      <error \(message)>\(detail)</error>\n    </testcase>"
        case .skipped, .blocked: "\(head)>\n      <skipped message=\"\(escaped(check.observed))\"/>\n    </testcase>"
        }
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
