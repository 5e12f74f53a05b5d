import OpsModel
import StackRendering
import Testing

struct StackGraphTests {
    private let whole = StackGraph(StackLayer.allCases)

    @Test func aWaveNeedsNothingOfItself() {
        #expect(
            whole.waves == [[.identity, .network, .storage, .supply], [.data, .edge], [.app], [.observability]])
        for wave in whole.waves {
            for layer in wave { #expect(whole.needs(of: layer).isDisjoint(with: wave)) }
        }
    }

    @Test func layersThatAreNotRenderedAreInNoWave() {
        let settings = sampleSettings()
        #expect(settings.graph.waves == [[.identity, .network, .storage], [.data]])
        #expect(settings.graph.edges.map(\.to) == [.data])
    }

    @Test(arguments: [
        (Set([StackLayer.storage]), Set([StackLayer.storage, .edge, .app, .observability])),
        (Set([StackLayer.network]), Set([StackLayer.network, .data, .app, .observability])),
        (Set([StackLayer.observability]), Set([StackLayer.observability])),
    ])
    func aChangeReachesWhatTakesItsValues(_ changed: Set<StackLayer>, _ affected: Set<StackLayer>) {
        #expect(whole.affected(by: changed) == affected)
    }

    @Test func eachInputIsAnOutputOfTheLayerItNames() throws {
        let files = StackRenderer(fullSettings()).files()
        for layer in StackLayer.allCases {
            for input in layer.inputs {
                let outputs = try #require(files.first { $0.path == "\(input.layer.rawValue)/outputs.tf" }).text
                let block = try #require(
                    outputs.split(separator: "\noutput ").first { $0.hasPrefix("\"\(input.name)\"") })
                for member in input.members {
                    #expect(block.contains("module.\(input.name).\(member.name)\n"), "\(layer) takes \(member.name)")
                }
            }
        }
    }
}

/// Settings with which every layer is rendered.
func fullSettings() -> StackSettings {
    var settings = sampleSettings()
    settings.service = .init(
        domain: "app.example.com", zoneID: "Z0123456789EXAMPLE",
        imageDigest: "sha256:" + String(repeating: "a", count: 64))
    settings.service?.tasks = 2
    settings.secrets = [StackSecret(name: "signing-key", variable: "SIGNING_KEY", source: .generated)]
    settings.edge = .init(
        domain: "files.example.com", zoneID: "Z0123456789EXAMPLE",
        signingKeys: [.init(name: "2026-11", publicKey: "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n")]
    )
    return settings
}
