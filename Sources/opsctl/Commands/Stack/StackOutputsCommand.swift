import ArgumentParser
import Foundation
import OpsModel
import StackRendering

struct StackOutputsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "outputs", abstract: "Fetch the outputs of all layers for probes and references.",
        discussion: """
            Reads the states, keeps outputs.json and targets.json (mode 0600) in .opsctl/stacks/ENV, and prints the outputs that are
            not sensitive. `probe run` checks the targets; ${stack:output.member} in an environment file is one of these values.

            Examples:
              opsctl stack outputs --env production
              opsctl stack outputs --env production --format json | jq .layers.data.postgres.endpoint

            Exit codes: 0 kept, 2 could not look, 3 refused: stale files or a busy workspace, 78 invalid configuration.
            """)

    @OptionGroup var global: GlobalOptions
    @OptionGroup var output: FormatOption

    func run() async throws {
        let composition = try global.composition()
        let (outputs, targets) = try await interruptible { try await composition.stackSession().keepOutputs() }
        switch output.format {
        case .json: show(String(decoding: try canonicalJSON(outputs), as: UTF8.self))
        case .text: show(outputs.text)
        }
        Story.standard.tell("\(outputs.layers.count) layers, \(targets.targets.count) probe targets kept")
    }
}

extension StackOutputs {
    fileprivate var text: String {
        guard !layers.isEmpty else { return "no layer has been applied" }
        return layers.sorted { $0.key < $1.key }.map { layer, outputs in
            var table = TextTable()
            for (path, text) in PlainJSON.object(outputs).leaves { table.add(["  \(path)", text]) }
            return "\(layer)\n\(table.text)"
        }.joined(separator: "\n")
    }
}

extension PlainJSON {
    /// Every single value with its path.
    fileprivate var leaves: [(path: String, text: String)] {
        switch self {
        case .object(let members):
            members.sorted { $0.key < $1.key }.flatMap { name, value in
                value.leaves.map { (name + $0.path.dotted, $0.text) }
            }
        case .list(let elements):
            elements.enumerated().flatMap { index, value in value.leaves.map { ("\(index)" + $0.path.dotted, $0.text) }
            }
        case .null: [("", "null")]
        default: [("", scalarText ?? "")]
        }
    }
}

extension String {
    fileprivate var dotted: String { isEmpty ? "" : ".\(self)" }
}
