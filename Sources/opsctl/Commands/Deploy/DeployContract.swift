import ArgumentParser
import Deploy
import OpsModel

struct DeployContract: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "contract",
        abstract: "Apply the contracting migrations of the stable release: the point of no return for those before it.",
        discussion: """
            `deploy run` only expands the schema, so that both releases work with it. What the old one still needed is removed here,
            once nobody wants to go back to it: afterwards `deploy rollback` to an earlier release is refused.

            Examples:
              opsctl deploy contract --yes
              opsctl deploy contract --env production --dry-run

            Exit codes: 0 contracted, 2 the migrations failed, 3 refused: nothing to contract, an open deploy, or --yes is
            missing, 78 invalid configuration.
            """)

    @OptionGroup var global: GlobalOptions
    @Flag(name: .long, help: "Say what would be done and change nothing.") var dryRun = false
    @Flag(name: .long, help: "Yes, no release before this one is wanted any more.") var yes = false
    @Option(name: .long, help: "Executable of the release; default: app.artifact of the environment file.")
    var artifact: String?

    func run() async throws {
        let composition = try global.composition()
        let launch = { name in try ReleaseLaunch(name: name, artifact: artifact, project: composition.project) }
        let arguments = try launch("contract").contractArguments
        guard !dryRun else {
            return show(
                arguments.isEmpty
                    ? "app.contract names no migrations" : "would run: \(arguments.joined(separator: " "))")
        }
        guard yes || arguments.isEmpty else {
            throw RefusedError(
                Diagnostic(
                    "deploy.needs_yes", what: "the schema is not contracted",
                    place: "environment \(composition.project.environmentName)",
                    why: "there is no way back to an earlier release afterwards", fix: "opsctl deploy contract --yes"))
        }
        let done = try await Rollout(try await composition.rolloutStage(isGated: false)).contract(launch)
        show("contracted for release \(done.release.name): \(done.detail)")
    }
}
