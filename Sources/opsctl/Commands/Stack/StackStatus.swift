import ArgumentParser
import Deploy
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
              opsctl stack status --env production --give-up edge   # destroyed, and no longer in the environment file

            Exit codes: 0 nothing is open, 3 --close refused: Terraform still runs, 5 an apply was cut off, 78 invalid configuration.
            """)

    @OptionGroup var global: GlobalOptions
    @OptionGroup var output: FormatOption
    @Flag(name: .long, help: "Close an apply that was cut off, once an operator has looked.") var close = false
    @Option(name: .long, help: "Forget a layer that is no longer in the environment file, once it is destroyed.")
    var giveUp: StackLayer?

    func run() async throws {
        let composition = try global.composition()
        let status = try await composition.stackStatus()
        if close, let open = status.open { try await composition.close(open) }
        if let giveUp {
            try await ApplyJournal(ledger: try await composition.ledger(), environment: status.environment).giveUp(
                giveUp, by: operatorName(composition.project.variables))
        }
        switch output.format {
        case .json: show(String(decoding: try canonicalJSON(status), as: UTF8.self))
        case .text: show(status.text)
        }
        if status.open != nil, !close { throw ExitStatus.needsOperator }
    }
}

extension StackLayer: ExpressibleByArgument {}

struct StackState: Encodable {
    struct Open: Encodable {
        struct Layer: Encodable {
            let layer: StackLayer
            /// `applied`, `failed`, …; `running`, `cut_off` or `not_run`.
            let state: String
            let completed: [String]
            /// Begun and not seen to its end.
            let underWay: [String]
            let errors: [String]

            private enum CodingKeys: String, CodingKey {
                case layer, state, completed, errors
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
        let workspace = StackFolders(project).workspace
        let ledger = try await ledger()
        let journal = ApplyJournal(ledger: ledger, environment: workspace.environment)
        let holder = try await ledger.leaseHolder("stack/\(workspace.environment)")
        let isHeld = try holder.map(Rollout.isAlive) ?? false
        let busy = try workspace.busyLayers()
        let open = try await journal.openApply().map {
            try StackState.Open($0, PlanStore(workspace), busy: busy, isHeld: isHeld)
        }
        return StackState(environment: workspace.environment, plans: try PlanStore(workspace).ids(), open: open)
    }

    /// Terraform at hand. An apply that was cut off is told on stderr.
    func stackSession() async throws -> StackSession {
        if let open = try await stackStatus().open, !open.isRunning {
            Story.standard.tell("an apply of \(open.plan) was cut off:")
            for line in open.lines { Story.standard.tell("  \(line)") }
        }
        let session = try StackSession(self)
        let journal = ApplyJournal(ledger: try await ledger(), environment: project.environmentName)
        let orphans = try await journal.appliedLayers().subtracting(session.settings.layers)
        guard let orphan = orphans.min() else { return session }
        throw RefusedError(
            Diagnostic(
                "stack.orphan_layer", what: "the stacks are not touched", place: "layer \(orphan.rawValue)",
                why: "it was applied and is no longer in the environment file: what it made would be left alone",
                fix:
                    "bring it back; or destroy it with terraform, then: opsctl stack status --give-up \(orphan.rawValue)"
            ))
    }

    /// Closes an apply that an operator has looked at; nobody may work on the stacks meanwhile.
    fileprivate func close(_ open: StackState.Open) async throws {
        let environment = project.environmentName
        guard !open.isRunning else {
            throw RefusedError(
                Diagnostic(
                    "stack.apply_running", what: "the apply is not closed", place: open.plan,
                    why: "it is still under way", fix: "wait for it, then retry"))
        }
        let ledger = try await ledger()
        let name = operatorName(project.variables)
        try await ledger.holding(["stack/\(environment)"]) { _ in
            try await ApplyJournal(ledger: ledger, environment: environment).close(
                .init(plan: open.plan, verdict: .inconclusive, why: "closed by \(name)"))
        }
    }
}

extension StackState.Open {
    fileprivate init(_ open: OpenApply, _ store: PlanStore, busy: [StackLayer], isHeld: Bool) throws {
        (plan, since, isRunning) = (open.plan, open.at, isHeld || !busy.isEmpty)
        layers = try open.layers.map { layer in
            let log = try store.log(of: layer, open)
            let state =
                open.ended[layer]?.rawValue
                ?? (busy.contains(layer) ? "running" : open.begun.contains(layer) ? "cut_off" : "not_run")
            let told =
                state != "cut_off"
                ? state : log?.errors.isEmpty == false ? "failed" : log?.summary != nil ? "applied" : state
            return Layer(
                layer: layer, state: told, completed: log?.completed ?? [], underWay: log?.underWay ?? [],
                errors: log?.errors ?? [])
        }
    }

    fileprivate var lines: [String] {
        layers.map { layer in
            var parts = ["\(layer.layer.rawValue): \(layer.state.replacing("_", with: " "))"]
            if !layer.completed.isEmpty { parts.append("\(layer.completed.count) changes done") }
            if !layer.underWay.isEmpty {
                parts.append("not seen to the end: \(layer.underWay.joined(separator: ", "))")
            }
            parts += layer.errors
            return parts.joined(separator: ", ")
        }
    }
}

extension StackState {
    fileprivate var text: String {
        var lines = plans.isEmpty ? ["no plans are kept"] : ["plans, newest last:"] + plans.suffix(5).map { "  \($0)" }
        guard let open else { return (lines + ["no apply is open"]).joined(separator: "\n") }
        lines += [
            "an apply of \(open.plan), begun at \(open.since), \(open.isRunning ? "is under way" : "was cut off"):"
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
