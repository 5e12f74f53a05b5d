import Foundation
import OpsModel
import Probes

extension ProbeReport {
    /// One line a check, failures expanded at the end.
    func text(hasColor: Bool) -> String {
        var table = TextTable()
        for target in targets {
            for check in target.checks {
                table.add([
                    check.status.painted(hasColor), check.check, check.observed + (check.unit.map { " \($0)" } ?? ""),
                ])
            }
        }
        let troubles = checks.filter { $0.status == .fail || $0.status == .unknown }
        let parts = [table.text] + troubles.map { $0.expanded } + [summary(hasColor: hasColor)]
        return parts.joined(separator: "\n\n")
    }

    private func summary(hasColor: Bool) -> String {
        let counts = CheckStatus.allCases.compactMap { status in
            let count = checks.count { $0.status == status }
            return count == 0 ? nil : "\(count) \(status.rawValue)"
        }
        let color: Color = verdict == .pass ? .green : verdict == .fail ? .red : .yellow
        let target = "\(targets.count) target\(targets.count == 1 ? "" : "s")"
        return
            "\(color.paint(verdict.rawValue, isOn: hasColor)): \(counts.joined(separator: ", ")) on \(target) of \(environment) in \(elapsedMilliseconds) ms"
    }
}

extension CheckStatus {
    fileprivate func painted(_ isOn: Bool) -> String {
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
        var lines = ["\(status.rawValue): \(check)", "  observed: \(observed)", "  expected: \(expected)"]
        if let reason { lines.append("  reason:   \(reason.rawValue)\(phase.map { ", during \($0)" } ?? "")") }
        if let fix { lines.append("  fix:      \(fix)") }
        return lines.joined(separator: "\n")
    }
}
