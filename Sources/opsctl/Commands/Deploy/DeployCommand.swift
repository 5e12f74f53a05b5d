import ArgumentParser

struct DeployCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "deploy", abstract: "Roll a release out through gates, blue/green, with automatic rollback.",
        subcommands: [
            DeployPlan.self, DeployRun.self, DeployStatus.self, DeployRollback.self, DeployHistoryCommand.self,
            DeployResume.self, DeployAbort.self, DeployApprove.self, DeployReject.self, DeployExplain.self,
            DeployUnlock.self, DeployWatchdog.self,
        ])
}

/// Which release, and from which artifact.
struct ReleaseOptions: ParsableArguments {
    @Option(name: .long, help: "Name of the release, for example 2026.11.1 or a commit.")
    var release: String

    @Option(name: .long, help: "Executable of the release; default: app.artifact of the environment file.")
    var artifact: String?

    func validate() throws {
        let allowed = release.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "._-+".contains($0)) }
        if release.isEmpty || release.count > 64 || !allowed {
            throw ValidationError("--release takes 1 to 64 letters, digits and ._-+")
        }
    }
}
