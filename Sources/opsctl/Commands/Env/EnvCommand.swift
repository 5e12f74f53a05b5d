import ArgumentParser

struct EnvCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "env", abstract: "Judge the environment variables of a release.",
        subcommands: [EnvValidate.self, EnvShow.self])
}
