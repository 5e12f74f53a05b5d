import ArgumentParser
import Foundation
import OpsModel
import StackRendering

struct StackList: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List the environment's layers, what they need and whether they are rendered.",
        discussion: """
            Examples:
              opsctl stack list --env production
              opsctl stack list --env production --format json

            Exit codes: 0, 2 a file could not be read, 78 invalid configuration.
            """)

    @OptionGroup var global: GlobalOptions
    @OptionGroup var output: FormatOption

    func run() async throws {
        let composition = try global.composition()
        let report = try LayerList(composition)
        switch output.format {
        case .json: show(String(decoding: try canonicalJSON(report), as: UTF8.self))
        case .text: show(report.text)
        }
    }
}

private struct LayerList: Encodable {
    struct Layer: Encodable {
        let layer: StackLayer
        /// nil for the one that is applied by `stack bootstrap`.
        let wave: Int?
        let needs: [StackLayer]
        /// `fresh`, `stale` or `missing`.
        let files: String
        let stateKey: String

        private enum CodingKeys: String, CodingKey {
            case layer, wave, needs, files
            case stateKey = "state_key"
        }
    }

    let schema = 1
    let environment: String
    let layers: [Layer]

    init(_ composition: Composition) throws {
        let settings = try StackSettings(composition.project)
        let plan = try composition.renderPlan()
        let graph = settings.graph
        environment = settings.environment
        layers = settings.layers.map { layer in
            let changes = plan.entries.filter { $0.path.hasPrefix("\(layer.rawValue)/") }.map(\.change)
            let files =
                changes.allSatisfy { $0 == .unchanged }
                ? "fresh" : changes.allSatisfy { $0 == .create } ? "missing" : "stale"
            return Layer(
                layer: layer, wave: graph.waves.firstIndex { $0.contains(layer) }.map { $0 + 1 },
                needs: graph.needs(of: layer).sorted(), files: files, stateKey: settings.stateKey(of: layer))
        }
    }

    var text: String {
        var table = TextTable()
        table.add(["layer", "wave", "needs", "files", "state"])
        for layer in layers {
            let needs = layer.needs.isEmpty ? "-" : layer.needs.map(\.rawValue).joined(separator: ", ")
            table.add([layer.layer.rawValue, layer.wave.map(String.init) ?? "-", needs, layer.files, layer.stateKey])
        }
        return table.text
    }
}
