import ArgumentParser
import Deploy
import Ledger
import OpsModel

struct DeployExplain: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "explain",
        abstract: "Tell a deploy again from its journal: what was intended, done, seen and decided.",
        discussion: """
            The hash chain of the ledger is verified first.

            Examples:
              opsctl deploy explain 20261123T010203Z-4f2a
              opsctl deploy explain 20261123T010203Z-4f2a --format json

            Exit codes: 0 told, 3 there is no such deploy, 4 the ledger was altered, 78 invalid configuration.
            """)

    @OptionGroup var global: GlobalOptions
    @OptionGroup var output: FormatOption
    @Argument(help: "Id of the deploy, as `deploy history` lists it.") var deploy: String

    struct Report: Encodable {
        let schema = 1
        let deployID: String
        let entries: [LedgerEntry]

        private enum CodingKeys: String, CodingKey {
            case schema, entries
            case deployID = "deploy_id"
        }
    }

    func run() async throws {
        let ledger = try await global.composition().ledger()
        _ = try await ledger.verify()
        let entries = try await DeployJournal(ledger: ledger, deployID: deploy).entries()
        guard !entries.isEmpty else {
            throw RefusedError(
                Diagnostic(
                    "deploy.unknown", what: "there is nothing to tell", place: "deploy \(deploy)",
                    why: "the ledger holds no such deploy", fix: "opsctl deploy history"))
        }
        switch output.format {
        case .json:
            show(String(decoding: try canonicalJSON(Report(deployID: deploy, entries: entries)), as: UTF8.self))
        case .text:
            var table = TextTable(["ENTRY", "AT", "KIND", "STEP", "WHAT"])
            for entry in entries {
                table.add([
                    String(entry.sequence), entry.at, entry.kind.rawValue, entry.step,
                    try DeployJournal.text(of: entry),
                ])
            }
            show(table.text)
        }
    }
}
