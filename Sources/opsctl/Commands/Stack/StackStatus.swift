import ArgumentParser
import Foundation
import Ledger
import OpsModel
import StackRendering

struct StackStatus: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status", abstract: "Show the kept plans and an apply that was cut off.",
        discussion: """
            Looks at this machine and the ledger only. For an apply whose opsctl was killed it says, layer by layer, what is done,
            what is not, and whether Terraform still runs.

            Examples:
              opsctl stack status --env production
              opsctl stack status --env production --close   # the cut-off apply was looked at; plan again after this

            Exit codes: 0 nothing is open, 3 --close refused: Terraform still runs, 5 an apply was cut off, 78 invalid configuration.
            """)

    @OptionGroup var global: GlobalOptions
    @OptionGroup var output: FormatOption
    @Flag(name: .long, help: "Close an apply that was cut off, once an operator has looked.") var close = false

    func run() async throws {
        let composition = try global.composition()
        let status = try await composition.stackStatus()
        if close, let open = status.open {
            guard !open.isRunning else {
                throw RefusedError(
                    Diagnostic(
                        "stack.apply_running", what: "the apply is not closed", place: open.plan,
                        why: "Terraform still works on it", fix: "wait for it, then retry"))
            }
            try await ApplyJournal(ledger: try await composition.ledger(), environment: status.environment).close(
                .init(
                    plan: open.plan, verdict: .inconclusive,
                    why: "closed by \(operatorName(composition.project.variables))"))
        }
        switch output.format {
        case .json: show(String(decoding: try canonicalJSON(status), as: UTF8.self))
        case .text: show(status.text)
        }
        if status.open != nil, !close { throw ExitStatus.needsOperator }
    }
}

struct StackState: Encodable {
    struct Open: Encodable {
        struct Layer: Encodable {
            let layer: StackLayer
            /// `applied`, `failed`, …; `running`, `cut_off` or `not_run`.
            let state: String
            let completed: [String]
            /// Begun and not seen to its end.
            let underWay: [String]

            private enum CodingKeys: String, CodingKey {
                case layer, state, completed
                case underWay = "under_way"
            }
        }

        let plan: String
        let since: String
        let isRunning: Bool
        let layers: [Layer]

        private enum CodingKeys: String, CodingKey {
            case plan, since, layers
            case isRunning = "is_running"
        }
    }

    let schema = 1
    let environment: String
    let plans: [String]
    let open: Open?
}

extension Composition {
    func stackStatus() async throws -> StackState {
        let folders = StackFolders(project)
        let store = PlanStore(folders.workspace)
        let journal = ApplyJournal(ledger: try await ledger(), environment: folders.environment)
        let open = try await journal.openApply().map { try StackState.Open($0, store) }
        return StackState(environment: folders.environment, plans: try store.ids(), open: open)
    }

    /// Terraform at hand, unless that of an earlier apply, whose opsctl was killed, still works in the same place. One that
    /// was cut off is told on stderr.
    func stackSession() async throws -> StackSession {
        guard let open = try await stackStatus().open else { return try StackSession(self) }
        guard !open.isRunning else {
            throw RefusedError(
                Diagnostic(
                    "stack.apply_running", what: "the stacks are not touched", place: open.plan,
                    why: "Terraform of an earlier apply still works on them",
                    fix: "wait for it: opsctl stack status --env \(project.environmentName)"))
        }
        Story.standard.tell("an apply of \(open.plan) was cut off:")
        for line in open.lines { Story.standard.tell("  \(line)") }
        return try StackSession(self)
    }
}

extension StackState.Open {
    fileprivate init(_ open: OpenApply, _ store: PlanStore) throws {
        let running = try store.stillRunning(open)
        (plan, since, isRunning) = (open.plan, open.at, !running.isEmpty)
        layers = try open.layers.map { layer in
            let log = try store.log(of: layer, open)
            let state =
                open.ended[layer]?.rawValue
                ?? (running.contains(layer) ? "running" : open.begun.contains(layer) ? "cut_off" : "not_run")
            return Layer(
                layer: layer, state: log?.summary != nil && state == "cut_off" ? "applied" : state,
                completed: log?.completed ?? [], underWay: log?.underWay ?? [])
        }
    }

    fileprivate var lines: [String] {
        layers.map { layer in
            var parts = ["\(layer.layer.rawValue): \(layer.state.replacing("_", with: " "))"]
            if !layer.completed.isEmpty { parts.append("\(layer.completed.count) changes done") }
            if !layer.underWay.isEmpty {
                parts.append("not seen to the end: \(layer.underWay.joined(separator: ", "))")
            }
            return parts.joined(separator: ", ")
        }
    }
}

extension StackState {
    fileprivate var text: String {
        var lines = plans.isEmpty ? ["no plans are kept"] : ["plans, newest last:"] + plans.suffix(5).map { "  \($0)" }
        guard let open else { return (lines + ["no apply is open"]).joined(separator: "\n") }
        lines += [
            "an apply of \(open.plan), begun at \(open.since), was \(open.isRunning ? "left running" : "cut off"):"
        ]
        lines += open.lines.map { "  \($0)" }
        lines += [
            open.isRunning
                ? "wait for Terraform, then look again: opsctl stack status --env \(environment)"
                : "next: opsctl stack plan --env \(environment); if a state is locked: opsctl stack unlock --env \(environment) LAYER"
        ]
        return lines.joined(separator: "\n")
    }
}
