import ArgumentParser
import Deploy
import OpsModel

struct DeployWatchdog: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "watchdog",
        abstract: "Watch over a deploy, and go back when its deployer has shown no sign of life for too long.",
        discussion: """
            `deploy run` starts it before the candidate gets traffic; it needs to be started by hand only where both died.

            Examples:
              opsctl deploy watchdog 20261123T010203Z-4f2a
              opsctl deploy watchdog 20261123T010203Z-4f2a --env production

            Exit codes: 0 the deploy came to its end, 1 traffic was taken back, 3 there is no such deploy, 78 invalid configuration.
            """)

    @OptionGroup var global: GlobalOptions
    @Argument(help: "Id of the deploy.") var deploy: String

    func run() async throws {
        let composition = try global.composition()
        let stage = try await composition.rolloutStage(isGated: false)
        let story = Story.standard
        guard try await !DeployJournal(ledger: stage.ledger, deployID: deploy).entries().isEmpty else {
            throw RefusedError(
                Diagnostic(
                    "deploy.unknown", what: "there is nothing to watch", place: "deploy \(deploy)",
                    why: "the ledger holds no such deploy", fix: "opsctl deploy history"))
        }
        let current = composition.currentRelease(tell: story.tell)
        let (watchdog, audience) = (
            Watchdog(stage, deployID: deploy), try RolloutAudience(composition.project, isRetreat: true)
        )
        guard
            let report = try await watchdog.run(
                tell: story.tell,
                { isForced in
                    try await audience.following { observe in
                        try await Rollout(stage).rollback(
                            current, of: deploy, isForced: isForced, ready: { _ in }, observe: observe)
                    }
                })
        else { return story.tell("deploy \(deploy) came to its end") }
        story.tell(report.text(hasColor: story.hasColor))
        throw ExitStatus.negative
    }
}

extension Composition {
    /// The release as configured now; only needed when the baseline has to be started again.
    func currentRelease(tell: (String) -> Void) -> ReleaseLaunch? {
        do {
            return try ReleaseLaunch(name: "rollback", artifact: nil, project: project)
        } catch {
            let why = (error as? any DiagnosableError)?.diagnostic.why ?? "\(error)"
            tell("a baseline that has ended could not be started again: \(why)")
            return nil
        }
    }
}
