import StackRendering

extension PlanOverview {
    func page() -> MarkdownPage {
        let judged = policy?.page()
        let title = "### \(verdict.mark) plan: \(counts.text) (\(environment))"
        return MarkdownPage(
            head: [title, "", plan.map { "Plan `\($0)`" } ?? "", ""] + table + warning
                + (judged.map { [""] + $0.head } ?? []),
            sections: (judged?.sections ?? []) + layers.compactMap(\.section),
            rest: "All of it: `opsctl stack plan --env \(environment) --format json`")
    }

    private var table: [String] {
        ["| layer | outcome | add | change | replace | destroy | |", "|---|---|---|---|---|---|---|"]
            + layers.map {
                MarkdownPage.row([$0.layer, $0.outcome] + $0.numbers + [MarkdownPage.short($0.why ?? "", 400)])
            }
    }

    private static let mostLosses = 50

    private var warning: [String] {
        guard !losses.isEmpty else { return [] }
        let lines = losses.prefix(Self.mostLosses).map { layer, item in
            let because = item.because.isEmpty ? "" : ": \(GitHub.cell(item.because))"
            return "\(MarkdownPage.code("\(item.sign) \(item.address)")) in \(layer)\(because)  "
        }
        let rest = losses.count - lines.count
        return ["", "**Replaced or destroyed:**", ""] + lines + (rest > 0 ? ["… and \(rest) more"] : [])
    }
}

extension PlanOverview.Layer {
    fileprivate var section: MarkdownPage.Section? {
        summary.map { summary in
            MarkdownPage.Section(
                title: "\(layer): \(summary.counts.text)",
                blocks: summary.items.filter { $0.action != .read }.map(\.block) + [outputBlock].compactMap(\.self))
        }
    }

    private var outputBlock: String? {
        outputLines.isEmpty ? nil : "outputs\n\n" + MarkdownPage.difference(outputLines.map { "! \($0)" })
    }
}

extension PlanSummary.Item {
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
