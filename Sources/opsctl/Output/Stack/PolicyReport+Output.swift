import OpsModel
import StackRendering

extension PolicyReport: StackReporting {
    var subject: String { "policy" }

    var issues: [StackIssue] {
        (holding + warnings).map { finding in
            StackIssue(
                rule: finding.rule, level: finding.severity == .fail ? .error : .warning, layer: finding.layer,
                address: finding.address, message: "\(finding.reason); \(finding.why). Fix: \(finding.fix)",
                place: finding.place)
        }
    }

    var rules: [(id: String, what: String, why: String)] {
        asked.map { ($0.id, $0.what, $0.why) } + [
            (
                "waiver.expired", "waivers are renewed or removed when they expire",
                "what was to be mended may still be broken"
            ),
            (
                "waiver.unused", "waivers that fit nothing are removed",
                "they would excuse the same fault when it comes back"
            ),
        ]
    }

    var suites: [JUnitSuite] {
        let own = findings.filter { $0.rule.hasPrefix("waiver.") }
        let waivers = own.map { JUnitSuite.Case(name: "\($0.rule) \($0.address)", outcome: outcome([$0])) }
        return layers.map { layer in
            JUnitSuite(
                name: layer,
                cases: asked.map { rule in
                    let found = findings.filter { $0.rule == rule.id && $0.layer == layer }
                    return JUnitSuite.Case(name: rule.id, outcome: outcome(found))
                })
        } + (waivers.isEmpty ? [] : [JUnitSuite(name: "waivers", cases: waivers)])
    }

    private var asked: [PolicyRule] { policyRules.filter { $0.protections.map(\.rawValue).contains(protection) } }

    private func outcome(_ findings: [PolicyFinding]) -> JUnitSuite.Outcome {
        func lines(_ findings: [PolicyFinding]) -> String {
            findings.map { "\($0.address): \($0.reason)\nwhy: \($0.why)\nfix: \($0.fix)" }.joined(separator: "\n")
        }
        let holding = findings.filter(\.isHolding)
        if !holding.isEmpty {
            return holding.allSatisfy(\.isUnknown) ? .error(lines(holding)) : .failure(lines(holding))
        }
        if let waiver = findings.compactMap(\.waiver).first {
            return .skipped("waived by \(waiver.owner) until \(waiver.expires): \(waiver.reason)")
        }
        return findings.isEmpty ? .pass : .note(lines(findings))
    }

    func text(hasColor: Bool) -> String {
        let parts = (holding + warnings).map { $0.expanded(hasColor) } + [waivedTable].compactMap(\.self)
        return (parts + [summary(hasColor)]).joined(separator: "\n\n")
    }

    private var waivedTable: String? {
        guard !waived.isEmpty else { return nil }
        var table = TextTable()
        for finding in waived {
            guard let waiver = finding.waiver else { continue }
            table.add([
                "waived", finding.rule, finding.address, "\(waiver.owner) until \(waiver.expires): \(waiver.reason)",
            ])
        }
        return table.text
    }

    private func summary(_ hasColor: Bool) -> String {
        "\(verdict.color.paint(verdict.rawValue, isOn: hasColor)): \(counts) (\(counted(asked.count, "rule")) over "
            + "\(counted(resources, "resource")) in \(counted(layers.count, "layer")) of \(environment), \(protection))"
    }

    fileprivate var counts: String {
        let unknown = holding.count(where: \.isUnknown)
        return "\(holding.count - unknown) broken, \(unknown) not known yet, \(counted(warnings.count, "warning")), "
            + "\(waived.count) waived"
    }

    func page() -> MarkdownPage {
        func table(_ findings: [PolicyFinding], _ last: (PolicyFinding) -> String) -> [String] {
            guard !findings.isEmpty else { return [] }
            let rows = findings.map { finding in
                MarkdownPage.row([
                    "\(finding.rule)", finding.layer, MarkdownPage.code(finding.address),
                    MarkdownPage.short(finding.reason, 300), last(finding),
                ])
            }
            return ["| rule | layer | address | found | |\n|---|---|---|---|---|\n\(rows[0])"] + rows.dropFirst()
        }
        return MarkdownPage(
            head: ["### \(verdict.mark) policy: \(verdict.rawValue) (\(environment))", "", counts],
            sections: [
                .init(title: "\(holding.count) that hold the gate", blocks: table(holding) { $0.fix }, isOpen: true),
                .init(title: counted(warnings.count, "warning"), blocks: table(warnings) { $0.fix }),
                .init(
                    title: "\(waived.count) waived",
                    blocks: table(waived) { finding in
                        finding.waiver.map { "\($0.owner) until \($0.expires): \($0.reason)" } ?? ""
                    }),
            ], rest: "All of it: `opsctl stack policy --env \(environment) --format json`")
    }
}

extension PolicyFinding {
    fileprivate func expanded(_ hasColor: Bool) -> String {
        let word = severity == .warn ? "warn" : isUnknown ? "unknown" : "fail"
        let color: Color = severity == .fail && !isUnknown ? .red : .yellow
        let place = [layer, address].filter { !$0.isEmpty }.joined(separator: " ")
        var lines = [
            "\(color.paint(word, isOn: hasColor)): \(rule) \(place)", "  found: \(reason)", "  why:   \(why)",
            "  fix:   \(fix)",
        ]
        if let file = self.place { lines.append("  where: \(file)") }
        return lines.joined(separator: "\n")
    }
}
