import ArgumentParser
import OpsConfiguration

struct SchemaCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "schema", abstract: "Print the JSON Schema of a configuration file.",
        discussion: """
            Examples:
              opsctl schema > environment.schema.json
              opsctl schema --of project > opsctl.schema.json
            """)

    enum Subject: String, ExpressibleByArgument, CaseIterable { case environment, project }

    @Option(name: .long, help: "environment (environments/NAME.yaml) or project (opsctl.yaml).")
    var of: Subject = .environment

    func run() throws {
        let document =
            switch of {
            case .environment: try JSONSchema.document(for: .environment, title: "opsctl environment file, version 1")
            case .project: try JSONSchema.document(for: .project, title: "opsctl.yaml, version 1")
            }
        show(String(decoding: document, as: UTF8.self))
    }
}
