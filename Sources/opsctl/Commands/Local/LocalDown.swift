import ArgumentParser
import Deploy
import Ledger
import LocalServices
import OpsModel

struct LocalDown: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "down", abstract: "Stop exactly what `local up` and local deploys started.",
        discussion: """
            Data, ports and secrets stay for the next `up`.

            Examples:
              opsctl local down
              opsctl local down --remove-data

            Exit codes: 0 stopped, 2 one could not be stopped, 3 a deploy runs, 78 invalid configuration.
            """)

    @OptionGroup var global: GlobalOptions
    @OptionGroup var output: FormatOption
    @Flag(name: .long, help: "Remove the services' data too.") var removeData = false

    func run() async throws {
        let composition = try global.localComposition()
        try await refuseDuringDeploy(composition)
        do {
            let runner = try composition.runner()
            for slot in Slot.allCases { try await runner.stop(slot) }
        } catch let error as any DiagnosableError {
            Story.standard.tell("slots are left as they are: \(error.diagnostic.why)")
        }
        let report = try await LocalStack.down(root: composition.project.localPath, removingData: removeData) {
            Story.standard.tell($0)
        }
        show(try report.render(output.format))
    }

    private func refuseDuringDeploy(_ composition: Composition) async throws {
        let name = "deploy/\(composition.project.environmentName)"
        guard let holder = try await composition.ledger().leaseHolder(name), try Rollout.isAlive(holder) else { return }
        throw LedgerError.leaseHeld(name: name, holder: holder)
    }
}
