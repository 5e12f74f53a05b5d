import ArgumentParser

struct SmokeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "smoke", abstract: "Run the smoke suites, or compare two releases.",
        subcommands: [SmokeRunCommand.self, SmokeCompareCommand.self])
}
