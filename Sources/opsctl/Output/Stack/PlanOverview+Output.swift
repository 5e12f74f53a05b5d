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
        let lines = items.map { layer, item in item.expanded(layer, hasColor) }
        if !lines.isEmpty { parts.append(lines.joined(separator: "\n")) }
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
            let note = ([layer.why] + layer.rareCounts).compactMap(\.self).joined(separator: "; ")
            table.add([layer.layer, layer.outcome] + layer.numbers + [note.isEmpty ? "·" : note])
        }
        return table
    }
}

extension PlanOverview.Layer {
    /// Added, changed, replaced, destroyed; `?` when it could not be planned.
    var numbers: [String] {
        guard let counts = summary?.counts else { return Array(repeating: "?", count: 4) }
        return [counts.add, counts.change, counts.replace, counts.destroy].map(String.init)
    }

    fileprivate var rareCounts: [String?] {
        guard let counts = summary?.counts else { return [] }
        return [(counts.move, "moved"), (counts.import, "imported"), (counts.forget, "forgotten")].map { count, word in
            count > 0 ? "\(count) \(word)" : nil
        }
    }

    fileprivate var line: String { summary.map(\.counts.text) ?? outcome }

    var outputLines: [String] {
        (summary?.outputs ?? []).map {
            "\($0.name): \(MarkdownPage.short($0.before)) -> \(MarkdownPage.short($0.after))"
        }
    }

    fileprivate var outputText: String? {
        outputLines.isEmpty ? nil : (["outputs of \(layer)"] + outputLines.map { "  \($0)" }).joined(separator: "\n")
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
}
