import ArgumentParser
import Foundation
import OpsModel
import ProcessClient
import StackRendering

struct StackGraphCommand: AsyncParsableCommand {
    enum Format: String, ExpressibleByArgument, CaseIterable { case text, json, dot, mermaid }

    static let configuration = CommandConfiguration(
        commandName: "graph", abstract: "Show the layers, the values that flow between them, and the waves.",
        discussion: """
            Examples:
              opsctl stack graph --env production
              opsctl stack graph --env production --format dot | dot -Tsvg > stacks.svg
              opsctl stack graph --env production --changed origin/main   # which layers a branch touches, and why

            Exit codes: 0, 2 git could not look, 78 invalid configuration.
            """)

    @OptionGroup var global: GlobalOptions
    @Option(name: .long, help: "How the result is printed: text, json, dot or mermaid.") var format: Format = .text
    @Option(name: .long, help: "Only layers that differ from this git revision, and what takes their values.")
    var changed: String?

    func run() async throws {
        let composition = try global.composition()
        let settings = try StackSettings(composition.project)
        var reasons: [StackLayer: String]?
        if let changed { reasons = try await composition.changedLayers(since: changed, settings) }
        let report = GraphReport(settings, reasons)
        switch format {
        case .json: show(String(decoding: try canonicalJSON(report), as: UTF8.self))
        case .text: show(report.text)
        case .dot: show(report.dot)
        case .mermaid: show(report.mermaid)
        }
    }
}

private struct GraphReport: Encodable {
    let schema = 1
    let environment: String
    let waves: [[StackLayer]]
    let edges: [StackGraph.Edge]
    /// With --changed: why a layer is in.
    let reasons: [String: String]?
    /// Why bootstrap is in, which no wave has.
    private let bootstrap: String?

    private enum CodingKeys: String, CodingKey { case schema, environment, waves, edges, reasons }

    init(_ settings: StackSettings, _ reasons: [StackLayer: String]?) {
        environment = settings.environment
        let graph = settings.graph
        let isIn = { (layer: StackLayer) in reasons == nil || reasons?[layer] != nil }
        waves = graph.waves.map { $0.filter(isIn) }.filter { !$0.isEmpty }
        edges = graph.edges.filter { isIn($0.from) && isIn($0.to) }
        bootstrap = reasons?[.bootstrap]
        self.reasons = reasons.map { Dictionary(uniqueKeysWithValues: $0.map { ($0.key.rawValue, $0.value) }) }
    }

    var text: String {
        guard !waves.isEmpty || bootstrap != nil else { return "no layer is touched" }
        var lines: [String] = []
        if let bootstrap {
            lines += ["in no wave", "  bootstrap  (\(bootstrap); applied by hand: opsctl stack bootstrap)"]
        }
        for (index, wave) in waves.enumerated() {
            lines.append("wave \(index + 1)")
            for layer in wave {
                lines.append("  \(layer.rawValue)" + (reasons?[layer.rawValue].map { "  (\($0))" } ?? ""))
                for edge in edges where edge.to == layer {
                    lines.append(
                        "    <- \(edge.from.rawValue): \(edge.output).{\(edge.members.joined(separator: ", "))}")
                }
            }
        }
        return lines.joined(separator: "\n")
    }

    private var shown: [StackLayer] { (bootstrap == nil ? [] : [.bootstrap]) + waves.joined() }

    var dot: String {
        let nodes = shown.map { "  \"\($0.rawValue)\";" }
        let arrows = edges.map { "  \"\($0.from.rawValue)\" -> \"\($0.to.rawValue)\" [label=\"\($0.output)\"];" }
        return (["digraph \"\(environment)\" {", "  rankdir=LR;"] + nodes + arrows + ["}"]).joined(separator: "\n")
    }

    var mermaid: String {
        let nodes = shown.map { "  \($0.rawValue)" }
        return
            (["flowchart LR"] + nodes + edges.map { "  \($0.from.rawValue) -->|\($0.output)| \($0.to.rawValue)" })
            .joined(separator: "\n")
    }
}

extension Composition {
    /// Layers whose files differ from a revision, and those that take their values, each with the reason.
    fileprivate func changedLayers(since revision: String, _ settings: StackSettings) async throws -> [StackLayer:
        String]
    {
        let folders = StackFolders(project)
        guard !revision.hasPrefix("-") else { throw ValidationError("--changed takes a revision of git") }
        // What git does not know yet is a change too.
        let files =
            try await git(["diff", "--name-only", "--relative", revision, "--", folders.root])
            + git(["ls-files", "--others", "--exclude-standard", "--", folders.root])
        var reasons: [StackLayer: String] = [:]
        for file in files {
            if let module = file.firstMatch(of: #/\/modules\/([^\/]+)\//#)?.1 {
                for layer in settings.layers where layer.modules.contains(String(module)) {
                    reasons[layer] = reasons[layer] ?? "module \(module) changed"
                }
            } else if let name = file.firstMatch(of: #/\/environments\/([^\/]+)\/([^\/]+)\//#),
                name.1 == settings.environment, let layer = StackLayer(rawValue: String(name.2))
            {
                reasons[layer] = reasons[layer] ?? "its rendered files changed"
            }
        }
        for layer in settings.graph.affected(by: Set(reasons.keys)).sorted() where reasons[layer] == nil {
            let sources = settings.graph.needs(of: layer).filter { reasons[$0] != nil }.sorted()
            reasons[layer] = "takes values of \(sources.map(\.rawValue).joined(separator: ", "))"
        }
        return reasons
    }

    /// Lines of git's answer: paths, relative to the project.
    private func git(_ arguments: [String]) async throws -> [String] {
        let command = Command("git", ["-c", "core.quotePath=false"] + arguments, workingDirectory: project.folder)
        return try await runCommand(command, timeout: .seconds(60)).checked(command).output
            .split(whereSeparator: \.isNewline).map(String.init)
    }
}
