import ArgumentParser
import OpsModel
import Probes

struct ProbeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "probe", abstract: "Look at Postgres, Redis, bucket and HTTP services, and judge what was seen.",
        subcommands: [ProbeRunCommand.self, ProbeWaitCommand.self, ProbeListCommand.self])
}

/// How a probe report is printed.
enum ProbeFormat: String, ExpressibleByArgument, CaseIterable { case text, json, junit }

struct ProbeOutput: ParsableArguments {
    @Option(name: .long, help: "How the report is printed: text, json or junit.")
    var format: ProbeFormat = .text

    func render(_ report: ProbeReport) throws -> String {
        switch format {
        case .text: report.text(hasColor: resultHasColor)
        case .json: String(decoding: try canonicalJSON(report), as: UTF8.self)
        case .junit: JUnit.document(report)
        }
    }
}
