package import OpsModel

/// One expectation of a drill with its result.
package struct DrillCheck: Codable, Sendable, Equatable {
    package let check: String
    package let verdict: Verdict
    package let observed: String
    package let expected: String
}

/// Turns what was seen into checks: pure.
struct PITRJudge {
    let rpo: Duration?
    let rto: Duration?

    func judge(_ findings: PITRFindings) -> [DrillCheck] {
        guard let restored = findings.restored else { return [] }
        var checks = [
            check(
                "row_before_target", restored.hasRowBefore, restored.hasRowBefore ? "there" : "missing", "there"),
            check("row_after_target", !restored.hasRowAfter, restored.hasRowAfter ? "there" : "missing", "missing"),
            check(
                "system_identifier", restored.systemIdentifier == findings.systemIdentifier, restored.systemIdentifier,
                findings.systemIdentifier ?? "that of the live server"),
        ]
        if let expected = findings.expectedCounts {
            checks.append(
                check("contents", restored.counts == expected, Self.text(restored.counts), Self.text(expected)))
        }
        if let rpo { checks.append(judgeRPO(findings, rpo)) }
        if let rto, let recovery = findings.recovery {
            checks.append(check("rto", recovery <= rto, recovery.text, "at most \(rto.text)"))
        }
        return checks
    }

    private func judgeRPO(_ findings: PITRFindings, _ limit: Duration) -> DrillCheck {
        guard let worst = findings.worstExposure else {
            return check(
                "rpo", false, "no bound: archive_timeout is 0 and the drill closed the segment itself",
                "at most \(limit.text)")
        }
        return check("rpo", worst <= limit, worst.text, "at most \(limit.text)")
    }

    private func check(_ name: String, _ holds: Bool, _ observed: String, _ expected: String) -> DrillCheck {
        DrillCheck(check: name, verdict: holds ? .pass : .fail, observed: observed, expected: expected)
    }

    private static func text(_ counts: ClusterCounts) -> String {
        "\(counts.databases) databases, \(counts.tables) tables"
    }
}
