import ArgumentParser
import Deploy
import Foundation
import Ledger
import OpsModel

struct DeployApprove: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "approve", abstract: "Approve what a deploy waits for.",
        discussion: """
            Who approved, why and when is recorded in the ledger. What the candidate has of traffic is judged meanwhile, and an
            approval that nobody gives in time counts as a rejection.

            Examples:
              opsctl deploy approve gate_1 --why "smoke looks good"
              opsctl deploy approve decide --env production --why "quiet night, errors are the crawler's"

            Exit codes: 0 recorded, 3 nobody waits for that, 78 invalid configuration.
            """)

    @OptionGroup var global: GlobalOptions
    @OptionGroup var answer: AnswerOptions

    func run() async throws { try await answer.give(.approved, try global.composition()) }
}

struct DeployReject: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "reject", abstract: "Reject what a deploy waits for; traffic goes back to the baseline.",
        discussion: """
            Examples:
              opsctl deploy reject gate_1 --why "release notes are missing"
              opsctl deploy reject decide --env production --why "not worth the risk"

            Exit codes: 0 recorded, 3 nobody waits for that, 78 invalid configuration.
            """)

    @OptionGroup var global: GlobalOptions
    @OptionGroup var answer: AnswerOptions

    func run() async throws { try await answer.give(.rejected, try global.composition()) }
}

/// An answer to a deploy that waits for one.
struct AnswerOptions: ParsableArguments {
    @Argument(help: "The step that waits, as `deploy run` and `deploy status` name it: gate_1, decide.")
    var step: String
    @Option(name: .long, help: "Reason, for the record.") var why: String

    func validate() throws {
        if why.trimmingCharacters(in: .whitespaces).isEmpty { throw ValidationError("--why wants a reason") }
    }

    /// - Throws: `DeployError.notAsked`, `.nothingOpen`.
    func give(_ kind: DeployJournal.Request.Kind, _ composition: Composition) async throws {
        let ledger = try await composition.ledger()
        let name = composition.project.environmentName
        guard let open = try await DeployHistory.read(ledger, environment: name).open.last else {
            throw DeployError.nothingOpen(environment: name)
        }
        guard open.step == step else { throw DeployError.notAsked(id: open.id, step: open.step) }
        let by = operatorName(composition.project.variables)
        try await DeployJournal(ledger: ledger, deployID: open.id).request(kind, .init(by: by, why: why, step: step))
        show("\(kind.rawValue): \(step) of deploy \(open.id), by \(by)")
    }
}
