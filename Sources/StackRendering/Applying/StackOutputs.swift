import Cryptography
import Disk
import Foundation
package import OpsModel

/// What the layers give out, and what opsctl verifies about them, gathered over all layers.
package struct StackOutputs: Codable, Sendable, Equatable {
    package var schema = 1
    package let environment: String
    package let accountID: String
    package let region: String
    /// Where the stacks are, when that is not AWS.
    package let endpoint: String?
    /// The same in `outputs.json` and `targets.json` of one reading.
    package let generation: String
    /// Outputs that are not sensitive, by layer; a layer that was never applied is missing.
    package let layers: [String: [String: PlainJSON]]

    private enum CodingKeys: String, CodingKey {
        case schema, environment, region, endpoint, generation, layers
        case accountID = "account_id"
    }
}

package struct StackTargetList: Codable, Sendable, Equatable {
    package var schema = 1
    package let environment: String
    package let accountID: String
    package let region: String
    package let endpoint: String?
    package let generation: String
    package let targets: [PlainJSON]

    private enum CodingKeys: String, CodingKey {
        case schema, environment, region, endpoint, generation, targets
        case accountID = "account_id"
    }
}

/// Reads the outputs of every layer and keeps them where probes and references find them.
package struct StackOutputsReader: Sendable {
    let settings: StackSettings
    let runs: LayerRuns
    let endpoint: String?

    package init(settings: StackSettings, runs: LayerRuns, endpoint: String?) {
        (self.settings, self.runs, self.endpoint) = (settings, runs, endpoint)
    }

    /// - Throws: what Terraform says of the first layer that could not be asked; nothing is written then.
    package func read() async throws -> (StackOutputs, StackTargetList) {
        let answers = await inParallel(settings.layers.filter { $0 != .bootstrap }) { layer in
            await answer(layer)
        }
        var layers: [String: [String: PlainJSON]] = [:]
        var targets: [PlainJSON] = []
        for answer in answers {
            let (layer, outputs) = try answer.get()
            guard !outputs.isEmpty else { continue }
            let open = outputs.filter { !$0.value.sensitive }.mapValues(\.value)
            layers[layer.rawValue] = open.filter { $0.key != "probe_targets" }
            targets += Self.targets(of: layer, open["probe_targets"])
        }
        return gathered(layers, targets)
    }

    func gathered(
        _ layers: [String: [String: PlainJSON]], _ targets: [PlainJSON]
    ) -> (StackOutputs, StackTargetList) {
        let generation = hex((0..<8).map { _ in UInt8.random(in: .min ... .max) })
        return (
            StackOutputs(
                environment: settings.environment, accountID: settings.accountID, region: settings.region,
                endpoint: endpoint, generation: generation, layers: layers),
            StackTargetList(
                environment: settings.environment, accountID: settings.accountID, region: settings.region,
                endpoint: endpoint, generation: generation, targets: targets)
        )
    }

    private func answer(
        _ layer: StackLayer
    ) async -> Result<(StackLayer, [String: LayerRun.Output]), any Error> {
        do { return .success((layer, try await runs.outputs(of: layer))) } catch { return .failure(error) }
    }

    private static func targets(of layer: StackLayer, _ value: PlainJSON?) -> [PlainJSON] {
        guard case .list(let targets) = value else { return [] }
        return targets.map { target in
            guard case .object(var members) = target else { return target }
            members["layer"] = .string(layer.rawValue)
            return .object(members)
        }
    }
}

extension StackWorkspace {
    package var outputsFile: String { "\(root)/outputs.json" }
    package var targetsFile: String { "\(root)/targets.json" }

    /// Outputs first: a reader of both sees by the generation when the targets are still older ones.
    package func keep(_ outputs: StackOutputs, _ targets: StackTargetList) throws {
        try DurableFile.write(try canonicalJSON(outputs), to: outputsFile)
        try DurableFile.write(try canonicalJSON(targets), to: targetsFile)
    }
}
