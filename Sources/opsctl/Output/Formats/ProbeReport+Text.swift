import Foundation
import OpsModel
import Probes

extension ProbeReport {
    /// A line a target, then what is not well, expanded. `isVerbose`: a line a check; what one cause blocks is one line.
    func text(hasColor: Bool, isVerbose: Bool = true) -> String {
        let table = isVerbose ? checkTable(hasColor) : targetTable(hasColor)
        let expanded = checks.filter { [.fail, .unknown, .warn].contains($0.status) }.map(\.expanded)
        let recovered = checks.filter { $0.recovered == true }.map { "\($0.check) (look \($0.attempts ?? 2))" }
        let note = recovered.isEmpty || isVerbose ? [] : ["recovered: \(recovered.joined(separator: ", "))"]
        return ([table.text] + expanded + note + [summary(hasColor: hasColor)]).joined(separator: "\n\n")
    }

    private func targetTable(_ hasColor: Bool) -> TextTable {
        var table = TextTable()
        for target in targets {
            let cause = target.blocked.first.map { "; not looked at: \($0.cause) first" } ?? ""
            table.add([
                target.worst.painted(hasColor), target.name, target.endpoint, "\(target.elapsedMilliseconds) ms",
                target.counts + cause,
            ])
        }
        return table
    }

    private func checkTable(_ hasColor: Bool) -> TextTable {
        var table = TextTable()
        for target in targets {
            for check in target.checks where check.status != .blocked {
                let unit = check.unit.map { " \($0)" } ?? ""
                let note = check.recovered == true ? " (recovered, look \(check.attempts ?? 2))" : ""
                table.add([check.status.painted(hasColor), check.check, check.observed + unit + note])
            }
            for (cause, count) in target.blocked {
                table.add([
                    CheckStatus.blocked.painted(hasColor), "\(target.name).*",
                    "\(count) check\(count == 1 ? "" : "s") not looked at: \(cause) first",
                ])
            }
        }
        return table
    }

    private func summary(hasColor: Bool) -> String {
        let counts = CheckStatus.allCases.compactMap { status in
            let count = checks.count { $0.status == status }
            return count == 0 ? nil : "\(count) \(status.rawValue)"
        }
        let color: Color = verdict == .pass ? .green : verdict == .fail ? .red : .yellow
        let target = "\(targets.count) target\(targets.count == 1 ? "" : "s")"
        let looks = attempts > 1 ? ", look \(attempts)" : ""
        return
            "\(color.paint(verdict.rawValue, isOn: hasColor)): \(counts.joined(separator: ", ")) on \(target) of \(environment) in \(elapsedMilliseconds) ms\(looks)"
    }
}

extension ProbeReport.Target {
    /// What the target as a whole looks like.
    var worst: CheckStatus {
        [CheckStatus.fail, .unknown, .blocked, .warn, .pass].first { status in checks.contains { $0.status == status } }
            ?? .skipped
    }

    /// `12 pass, 1 fail`.
    var counts: String {
        CheckStatus.allCases.compactMap { status in
            let count = checks.count { $0.status == status }
            return count == 0 ? nil : "\(count) \(status.rawValue)"
        }.joined(separator: ", ")
    }

    /// Causes and how many checks wait for each, in the order of the report.
    fileprivate var blocked: [(cause: String, count: Int)] {
        var causes: [(cause: String, count: Int)] = []
        for check in checks where check.status == .blocked {
            let cause = check.blockedBy ?? "an earlier check"
            if let index = causes.firstIndex(where: { $0.cause == cause }) {
                causes[index].count += 1
            } else {
                causes.append((cause, 1))
            }
        }
        return causes
    }
}

extension CheckStatus {
    func painted(_ isOn: Bool) -> String {
        let color: Color =
            switch self {
            case .pass: .green
            case .fail: .red
            case .warn, .unknown: .yellow
            case .skipped, .blocked: .dim
            }
        let padded = rawValue.padding(toLength: 7, withPad: " ", startingAt: 0)
        return color.paint(padded, isOn: isOn)
    }
}

extension CheckResult {
    fileprivate var expanded: String {
        let unit = unit.map { " \($0)" } ?? ""
        var lines = ["\(status.rawValue): \(check)", "  observed: \(observed)\(unit)", "  expected: \(expected)"]
        if let reason { lines.append("  reason:   \(reason.rawValue)\(phase.map { ", during \($0)" } ?? "")") }
        if let firstFailedAt { lines.append("  since:    \(firstFailedAt)") }
        if let fix { lines.append("  fix:      \(fix)") }
        if let runbook { lines.append("  runbook:  \(runbook)") }
        return lines.joined(separator: "\n")
    }
}
