import ArgumentParser
import OpsModel
import Probes

struct ProbeListCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "Print the targets and their checks without looking.",
        discussion: """
            Examples:
              opsctl probe list
              opsctl probe list --profile oncall
              opsctl probe list --env production --format json

            Exit codes: 0 printed, 78 invalid configuration.
            """)

    @OptionGroup var global: GlobalOptions
    @OptionGroup var selection: ProbeSelection
    @OptionGroup var output: FormatOption

    struct Listing: Encodable {
        struct Target: Encodable {
            let name: String
            let kind: String
            let endpoint: String
            let checks: [String]
        }
        let schema = 1
        let targets: [Target]
    }

    func run() async throws {
        let targets = try selection.list(try global.composition(), default: .deployGate)
        let listing = Listing(
            targets: targets.map { .init(name: $0.name, kind: $0.kind, endpoint: $0.endpoint, checks: $0.checkNames) })
        switch output.format {
        case .json: show(String(decoding: try canonicalJSON(listing), as: UTF8.self))
        case .text:
            var table = TextTable(["TARGET", "KIND", "ENDPOINT", "CHECKS"])
            for target in listing.targets {
                let names = target.checks.map { $0.dropFirst(target.name.count + 1) }
                table.add([target.name, target.kind, target.endpoint, names.joined(separator: " ")])
            }
            show(table.text)
        }
    }
}
