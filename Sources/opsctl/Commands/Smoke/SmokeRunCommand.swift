import ArgumentParser
import Deploy
import HTTPClient
import OpsConfiguration
import OpsModel

struct SmokeRunCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run", abstract: "Send the environment's smoke steps to the live service or to an address.",
        discussion: """
            Examples:
              opsctl smoke run
              opsctl smoke run --url http://127.0.0.1:8080 --suite uploads
              opsctl smoke run --format junit > smoke.xml

            Cleanup steps always run, also after Ctrl-C. One that fails makes the run inconclusive.

            Exit codes: 0 pass, 1 a step failed, 2 could not determine.
            """)

    @OptionGroup var global: GlobalOptions
    @Option(name: .long, help: "How the result is printed: text, json or junit.") var format: SmokeFormat = .text
    @Option(name: .long, help: "Base URL to ask; default: the router's frontend.") var url: String?
    @Option(name: .long, help: "Run this suite only; may be repeated.") var suite: [String] = []

    func run() async throws {
        let composition = try global.composition()
        let plan = try chosen(SmokePlan(composition.project), composition.project)
        let address = try url ?? composition.router().frontend.url
        let results = try await interruptible {
            try await SmokeSuite(plan, http: HTTPClient()).run(against: .init(url: address)) { result in
                // After an interruption there is no report: what is left behind must be said all the same.
                guard result.isCleanup, result.verdict != .pass else { return }
                Story.standard.tell("opsctl: warning: cleanup `\(result.step)`: \(result.observed)")
            }
        }
        let report = SmokeReport(url: printableURL(address), plan: plan, results: results)
        show(try report.document(format))
        let status = ExitStatus(report.verdict)
        if status != .pass { throw status }
    }

    private func chosen(_ plan: SmokePlan, _ project: Project) throws -> SmokePlan {
        let names = plan.suites.map(\.name)
        guard let unknown = suite.first(where: { !names.contains($0) }) else {
            return suite.isEmpty ? plan : SmokePlan(plan.suites.filter { suite.contains($0.name) })
        }
        let nearest = nearestName(to: unknown, among: names)
        throw ConfigurationError([
            (project.environmentFile.root["smoke"] ?? project.environmentFile.root).problem(
                "there is no suite `\(unknown)`",
                fix: nearest.map { "did you mean \($0)?" } ?? "suites here: \(names.joined(separator: ", "))")
        ])
    }
}
