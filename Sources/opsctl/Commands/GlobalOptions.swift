import ArgumentParser

/// Options that every command takes.
struct GlobalOptions: ParsableArguments {
    @Option(
        name: .long, help: "Environment: a file environments/NAME.yaml. Default: default_environment of opsctl.yaml.")
    var env: String?

    @Option(name: .long, help: "Folder of opsctl.yaml. Default: the nearest one upward from here.")
    var project: String?

    func composition() throws -> Composition { try Composition(projectFolder: project, environmentName: env) }
}

/// How a result is printed.
enum OutputFormat: String, ExpressibleByArgument, CaseIterable { case text, json }

struct FormatOption: ParsableArguments {
    @Option(name: .long, help: "How the result is printed: text or json.")
    var format: OutputFormat = .text
}
