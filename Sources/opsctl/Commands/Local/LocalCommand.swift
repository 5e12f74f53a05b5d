import ArgumentParser

struct LocalCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "local", abstract: "Real Postgres, Redis, S3 and HAProxy on this machine, for trying and testing.")
}
