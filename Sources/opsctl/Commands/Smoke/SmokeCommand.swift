import ArgumentParser

struct SmokeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "smoke", abstract: "Run the smoke suites by themselves.", subcommands: [SmokeRunCommand.self])
}
