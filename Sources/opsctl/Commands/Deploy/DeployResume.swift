import ArgumentParser
import Deploy
import OpsModel

struct DeployResume: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "resume", abstract: "Go on with a deploy whose deployer died or was told to hold.",
        discussion: """
            The journal tells how far it was; which route is in force is asked of the router. A write that took effect before its
            deployer died is found as that, one that did not is done again, and a route that somebody else has written is left alone.

            Examples:
              opsctl deploy resume
              opsctl deploy resume --env production --format json

            Exit codes: 0 promoted, 1 rejected or rolled back, 2 inconclusive, 3 refused (nothing is open, another run, changed
            configuration), 5 an operator is needed (a foreign route), 78 invalid configuration, 130 or 143 interrupted.
            """)

    @OptionGroup var global: GlobalOptions
    @OptionGroup var options: RolloutOptions
    @OptionGroup var output: FormatOption
    @Option(name: .long, help: "Executable of the release; default: app.artifact of the environment file.")
    var artifact: String?

    func run() async throws {
        let composition = try global.composition()
        let rollout = Rollout(options.applied(to: try await composition.rolloutStage()))
        let story = RolloutStory()
        let report = try await options.whenFree(composition) {
            try await rollout.resume(
                { try ReleaseLaunch(name: $0, artifact: artifact, project: composition.project) },
                ready: Interruption.guarding, observe: story.tell)
        }
        try finish(report, status: report.runStatus, output.format)
    }
}
