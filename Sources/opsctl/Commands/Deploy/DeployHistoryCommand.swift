import ArgumentParser
import Deploy
import Ledger
import OpsModel

struct DeployHistoryCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "history", abstract: "List the deploys of an environment, oldest first, from the ledger.",
        discussion: """
            The ledger's hash chain is verified on the way; a break exits 4.

            Examples:
              opsctl deploy history
              opsctl deploy history --format json

            Exit codes: 0 intact, 4 the ledger was altered, 78 invalid configuration.
            """)

    @OptionGroup var global: GlobalOptions
    @OptionGroup var output: FormatOption

    struct Report: Encodable {
        let schema = 1
        let environment: String
        let ledgerEntries: Int
        let deploys: [DeployHistory.Deploy]

        private enum CodingKeys: String, CodingKey {
            case schema, environment, deploys
            case ledgerEntries = "ledger_entries"
        }
    }

    func run() async throws {
        let composition = try global.composition()
        let ledger = try await composition.ledger()
        let count = try await ledger.verify()
        let name = composition.project.environmentName
        let history = try await DeployHistory.read(ledger, environment: name)
        switch output.format {
        case .json:
            let report = Report(environment: name, ledgerEntries: count, deploys: history.deploys)
            show(String(decoding: try canonicalJSON(report), as: UTF8.self))
        case .text:
            var table = TextTable(["DEPLOY", "KIND", "RELEASE", "SLOT", "OUTCOME", "ENDED", "WHY"])
            for deploy in history.deploys {
                let slot = deploy.kind == "rollback" ? deploy.baseline : deploy.candidate
                table.add([
                    deploy.id, deploy.kind, deploy.release.name, slot?.rawValue ?? "-",
                    deploy.outcome?.rawValue ?? "open at \(deploy.step)",
                    deploy.endedAt ?? "-", deploy.why ?? "",
                ])
            }
            show(table.text + "\n\nledger intact: \(count) entries")
        }
    }
}
