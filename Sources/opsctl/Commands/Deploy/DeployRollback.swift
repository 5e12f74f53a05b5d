import ArgumentParser
import Deploy
import Ledger
import OpsModel

struct DeployRollback: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rollback",
        abstract: "Return traffic to the release before, or close a deploy whose deployer died.",
        discussion: """
            The release to return to is proved healthy before anything is routed to it; when it is not, nothing is changed.

            Examples:
              opsctl deploy rollback
              opsctl deploy rollback --env production --format json

            Exit codes: 0 rolled back, 3 nothing to roll back to or another run holds the lease, 5 the way back is cut: an operator
            is needed, 78 invalid configuration.
            """)

    @OptionGroup var global: GlobalOptions
    @OptionGroup var output: FormatOption
    @Flag(name: .long, help: "Print where a rollback would go and change nothing.") var dryRun = false

    func run() async throws {
        let composition = try global.composition()
        let rollout = Rollout(try await composition.rolloutStage(isGated: false))
        await warnOfTampering(composition)
        if dryRun {
            let target = try await rollout.rollbackTarget()
            guard output.format == .text else {
                return show(String(decoding: try canonicalJSON(target), as: UTF8.self))
            }
            return show(
                "would route to \(target.slot.rawValue), release \(target.release.name), after proving it healthy")
        }
        let report = try await rollout.rollback(
            composition.currentRelease(tell: Story.standard.tell), ready: Interruption.guarding,
            observe: RolloutStory().tell)
        try finish(report, status: report.outcome == .rolledBack ? .pass : .needsOperator, output.format)
    }

    /// The way back does not wait for evidence, but nobody shall overlook that there is none.
    private func warnOfTampering(_ composition: Composition) async {
        do {
            _ = try await composition.ledger().verify()
        } catch {
            Story.standard.report([(error as? any DiagnosableError)?.diagnostic].compactMap { $0 })
            Story.standard.tell("the ledger does not hold; going back all the same")
        }
    }
}
