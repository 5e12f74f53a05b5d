import ArgumentParser
import Deploy
import HTTPClient
import OpsModel

struct SmokeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "smoke", abstract: "Run the smoke suite by itself.", subcommands: [SmokeRunCommand.self])
}

struct SmokeRunCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run", abstract: "Send the environment's smoke steps to the live service or to an address.",
        discussion: """
            Examples:
              opsctl smoke run
              opsctl smoke run --url http://127.0.0.1:8080

            Exit codes: 0 pass, 1 a step failed, 2 could not determine.
            """)

    @OptionGroup var global: GlobalOptions
    @OptionGroup var output: FormatOption
    @Option(name: .long, help: "Base URL to ask; default: the router's frontend.") var url: String?

    struct Report: Encodable {
        let schema = 1
        let url: String
        let verdict: Verdict
        let steps: [SmokeResult]
    }

    func run() async throws {
        let composition = try global.composition()
        let steps = try DeploySettings(composition.project).smoke
        let address = try url ?? composition.router().frontend.url
        let results = try await SmokeSuite(steps, http: HTTPClient()).run(against: .init(url: address))
        let report = Report(url: address, verdict: results.last?.verdict ?? .inconclusive, steps: results)
        switch output.format {
        case .json: show(String(decoding: try canonicalJSON(report), as: UTF8.self))
        case .text:
            var table = TextTable()
            for step in results {
                table.add([step.verdict.rawValue, "\(step.elapsedMilliseconds) ms", step.step, step.observed])
            }
            show(
                table.text
                    + "\n\n\(report.verdict.rawValue): \(results.count) of \(steps.count) steps against \(address)")
        }
        let status = ExitStatus(report.verdict)
        if status != .pass { throw status }
    }
}
