import ArgumentParser
import OpsConfiguration

struct SchemaCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "schema", abstract: "Print the JSON Schema of a configuration file, or of a report.",
        discussion: """
            Examples:
              opsctl schema > environment.schema.json
              opsctl schema --of project > opsctl.schema.json
              opsctl schema --of probe-report    # what probe run --format json prints
            """)

    enum Subject: String, ExpressibleByArgument, CaseIterable {
        case environment, project
        case smokeSuite = "smoke-suite"
        case probeReport = "probe-report"
    }

    @Option(
        name: .long, help: "environment (environments/NAME.yaml), project (opsctl.yaml), smoke-suite or probe-report.")
    var of: Subject = .environment

    func run() throws {
        let document =
            switch of {
            case .environment: try JSONSchema.document(for: .environment, title: "opsctl environment file, version 1")
            case .project: try JSONSchema.document(for: .project, title: "opsctl.yaml, version 1")
            case .smokeSuite: try JSONSchema.document(for: .smokeSuite, title: "opsctl smoke suite, version 1")
            case .probeReport: try ProbeReportSchema.document()
            }
        show(String(decoding: document, as: UTF8.self))
    }
}
