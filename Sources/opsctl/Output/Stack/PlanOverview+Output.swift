import OpsModel
import StackRendering

extension PlanOverview: StackReporting {
    var subject: String { "plan" }

    var issues: [StackIssue] {
        layers.filter { !$0.isWhole }.map { layer in
            StackIssue(
                rule: "plan.incomplete", level: .error, layer: layer.layer, address: "",
                message: layer.why ?? "the plan says only a part of what an apply would do", place: nil)
        }
            + losses.map { layer, item in
                StackIssue(
                    rule: "plan.\(item.action.rawValue)", level: .warning, layer: layer, address: item.address,
                    message: item.because.isEmpty
                        ? "\(item.action.rawValue) on apply" : "\(item.action.rawValue): \(item.because)",
                    place: nil)
            } + (policy?.issues ?? [])
    }

    var rules: [(id: String, what: String, why: String)] {
        [
            ("plan.incomplete", "every layer can be planned", "an apply would do what nobody has read"),
            (
                "plan.replace", "a resource is replaced",
                "what it holds, and who relies on its name or address, loses it"
            ),
            ("plan.destroy", "a resource is destroyed", "what it holds is gone"),
            ("plan.forget", "a resource is left to itself", "it stays in the account, and nothing manages it any more"),
        ] + (policy?.rules ?? [])
    }

    var suites: [JUnitSuite] {
        layers.map { layer in
            let outcome: JUnitSuite.Outcome =
                layer.isWhole ? .note(layer.line) : .error(layer.why ?? "the plan says only a part")
            return JUnitSuite(name: "plan.\(layer.layer)", cases: [.init(name: "plan", outcome: outcome)])
        } + (policy?.suites ?? [])
    }

    func text(hasColor: Bool) -> String {
        var parts = [layerTable.text]
        parts += items.map { layer, item in item.expanded(layer, hasColor) }
        parts += layers.compactMap(\.outputText)
        if let policy, policy.verdict != .pass { parts.append(policy.text(hasColor: hasColor)) }
        let id = plan.map { ", plan \($0)" } ?? ""
        let word = verdict.color.paint(verdict.rawValue, isOn: hasColor)
        parts.append("\(word): \(counts.text) in \(counted(layers.count, "layer")) of \(environment)\(id)")
        return parts.joined(separator: "\n\n")
    }

    private var layerTable: TextTable {
        var table = TextTable(["layer", "outcome", "+", "~", "±", "-", "note"])
        for layer in layers {
            let counts = layer.summary?.counts
            let numbers = [counts?.add, counts?.change, counts?.replace, counts?.destroy].map {
                $0.map(String.init) ?? "?"
            }
            let extra = [(counts?.move, "moved"), (counts?.import, "imported"), (counts?.forget, "forgotten")]
                .compactMap { count, word in
                    count.flatMap { $0 > 0 ? "\($0) \(word)" : nil }
                }
            let note = ([layer.why].compactMap(\.self) + extra).joined(separator: "; ")
            table.add([layer.layer, layer.outcome] + numbers + [note.isEmpty ? "·" : note])
        }
        return table
    }

    func page() -> MarkdownPage {
        let head = [
            "### \(verdict.mark) plan: \(counts.text) (\(environment))", "",
            plan.map { "Plan `\($0)`" } ?? "", "", "| layer | outcome | add | change | replace | destroy | |",
            "|---|---|---|---|---|---|---|",
        ]
        let rows = layers.map { layer in
            let counts = layer.summary?.counts
            let numbers = [counts?.add, counts?.change, counts?.replace, counts?.destroy].map {
                $0.map(String.init) ?? "?"
            }
            return MarkdownPage.row([layer.layer, layer.outcome] + numbers + [layer.why ?? ""])
        }
        let lost = losses.map {
            MarkdownPage.code("\($0.item.sign) \($0.item.address)")
                + " in \($0.layer)\($0.item.because.isEmpty ? "" : ": \(GitHub.cell($0.item.because))")  "
        }
        let warning =
            lost.isEmpty
            ? []
            : ["", "**Replaced or destroyed:**", ""] + lost.prefix(50)
                + (lost.count > 50 ? ["… and \(lost.count - 50) more"] : [])
        let details = layers.compactMap { layer in
            layer.summary.map { summary in
                MarkdownPage.Section(
                    title: "\(layer.layer): \(summary.counts.text)",
                    blocks: summary.items.filter { $0.action != .read }.map(\.block)
                        + [layer.outputBlock].compactMap(\.self))
            }
        }
        let policySections = policy.map { [$0.page()] } ?? []
        return MarkdownPage(
            head: head + rows + warning + policySections.flatMap { [""] + $0.head },
            sections: policySections.flatMap(\.sections) + details,
            rest: "All of it: `opsctl stack plan --env \(environment) --format json`")
    }
}

extension PlanOverview.Layer {
    fileprivate var line: String { summary.map(\.counts.text) ?? outcome }

    private var outputLines: [String] {
        (summary?.outputs ?? []).map {
            "\($0.name): \(MarkdownPage.short($0.before)) -> \(MarkdownPage.short($0.after))"
        }
    }

    fileprivate var outputText: String? {
        outputLines.isEmpty ? nil : (["outputs of \(layer)"] + outputLines.map { "  \($0)" }).joined(separator: "\n")
    }

    fileprivate var outputBlock: String? {
        outputLines.isEmpty ? nil : "outputs\n\n" + MarkdownPage.difference(outputLines.map { "! \($0)" })
    }
}

extension PlanSummary.Item {
    fileprivate func expanded(_ layer: String, _ hasColor: Bool) -> String {
        let color: Color =
            switch action {
            case .replace, .destroy, .forget: .red
            case .create: .green
            case .update, .read, .none: .yellow
            }
        let head = "\(color.paint(sign, isOn: hasColor)) \(layer) \(address)\(because.isEmpty ? "" : "  (\(because))")"
        return
            ([head]
            + changes.map { "    \($0.path): \(MarkdownPage.short($0.before)) -> \(MarkdownPage.short($0.after))" })
            .joined(separator: "\n")
    }

    fileprivate var block: String {
        let head = "\(MarkdownPage.code("\(sign) \(address)"))\(because.isEmpty ? "" : " \(GitHub.cell(because))")"
        guard !changes.isEmpty else { return head + "  " }
        let lines = changes.flatMap { change in
            [
                "- \(change.path): \(MarkdownPage.short(change.before, 400))",
                "+ \(change.path): \(MarkdownPage.short(change.after, 400))",
            ]
        }
        return head + "\n\n" + MarkdownPage.difference(lines) + "\n"
    }
}
