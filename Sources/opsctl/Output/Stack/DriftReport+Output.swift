import OpsModel
import StackRendering

extension DriftReport: StackReporting {
    var subject: String { "drift" }

    private var drifted: [Entry] { entries.filter { $0.class != .owned } }

    var issues: [StackIssue] {
        drifted.map { entry in
            StackIssue(
                rule: "drift.\(entry.class.rawValue)", level: .error, layer: entry.layer, address: entry.address,
                message: entry.sentence, place: nil)
        }
            + incomplete.map { layer in
                StackIssue(
                    rule: "drift.incomplete", level: .warning, layer: layer, address: "",
                    message: "not everything in the layer \(layer) could be looked at", place: nil)
            }
    }

    var rules: [(id: String, what: String, why: String)] {
        [
            ("drift.reverted", "nothing is changed by hand", "the next apply changes it back, whoever relies on it"),
            (
                "drift.swallowed", "nothing is changed by hand where Terraform does not look",
                "the next apply writes it into the state, and then nothing shows it any more"
            ),
            ("drift.incomplete", "every layer is looked at", "what was not looked at may have drifted"),
        ]
    }

    var suites: [JUnitSuite] {
        layers.map { layer in
            var cases = entries.filter { $0.layer == layer }.map { entry in
                JUnitSuite.Case(
                    name: entry.name,
                    outcome: entry.class == .owned
                        ? .skipped("set by \(entry.owner ?? "somebody else")") : .failure(entry.sentence))
            }
            if incomplete.contains(layer) {
                cases.append(.init(name: "complete", outcome: .error("not everything could be looked at")))
            }
            return JUnitSuite(name: layer, cases: cases.isEmpty ? [.init(name: "no drift", outcome: .pass)] : cases)
        }
    }

    func text(hasColor: Bool) -> String {
        let parts =
            entries.map { $0.expanded(hasColor) } + [pendingTable].compactMap(\.self)
            + incomplete.map { "not everything in the layer \($0) could be looked at" }
        return (parts + ["\(verdict.color.paint(verdict.rawValue, isOn: hasColor)): \(counts) (\(environment))"])
            .joined(separator: "\n\n")
    }

    private var pendingTable: String? {
        guard !pending.isEmpty else { return nil }
        var table = TextTable()
        for entry in pending {
            table.add([
                "pending", entry.layer, entry.name,
                "\(MarkdownPage.short(entry.state)) -> \(MarkdownPage.short(entry.planned))",
            ])
        }
        return table.text
    }

    private var counts: String {
        DriftClass.allCases.map { "\(count($0)) \($0.rawValue)" }.joined(separator: ", ")
            + " in \(counted(layers.count, "layer"))"
    }

    func page() -> MarkdownPage {
        let titles: [(DriftClass, String)] = [
            (.reverted, "would be changed back"), (.swallowed, "would be written into the state unseen"),
            (.owned, "set by somebody else"), (.pending, "pending: changed in the files"),
        ]
        return MarkdownPage(
            head: ["### \(verdict.mark) drift: \(verdict.rawValue) (\(environment))", "", counts],
            sections: titles.map { kind, title in
                let chosen = (entries + pending).filter { $0.class == kind }
                return .init(
                    title: "\(chosen.count) \(title)", blocks: chosen.map(\.block),
                    isOpen: kind == .reverted || kind == .swallowed)
            }, rest: "All of it: `opsctl stack drift --env \(environment) --format json`")
    }
}

extension DriftReport.Entry {
    /// Address and attribute.
    fileprivate var name: String { attribute.isEmpty ? address : "\(address) \(attribute)" }

    fileprivate var sentence: String {
        "\(attribute.isEmpty ? "the resource" : attribute): state \(state), live \(live); an apply: \(planned)"
    }

    fileprivate func expanded(_ hasColor: Bool) -> String {
        let color: Color = self.class == .owned ? .dim : .red
        var lines = [
            "\(color.paint(self.class.rawValue, isOn: hasColor)): \(layer) \(name)", "  state: \(state)",
            "  live:  \(live)",
            "  apply: \(planned)",
        ]
        if let owner { lines.append("  owner: \(owner)\(reason.map { ", \($0)" } ?? "")") }
        return lines.joined(separator: "\n")
    }

    fileprivate var block: String {
        let owner = owner.map { " (\($0))" } ?? ""
        return "\(MarkdownPage.code(layer)) \(MarkdownPage.code(name))\(owner)\n\n"
            + MarkdownPage.difference([
                "- state \(MarkdownPage.short(state, 400))", "+ live  \(MarkdownPage.short(live, 400))",
                "  apply \(MarkdownPage.short(planned, 400))",
            ])
    }
}
