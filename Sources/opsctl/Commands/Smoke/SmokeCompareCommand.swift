import ArgumentParser
import Deploy
import Foundation
import HTTPClient
import OpsConfiguration
import OpsModel

struct SmokeCompareCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "compare", abstract: "Send the golden requests to two addresses at once and compare the results.",
        discussion: """
            Examples:
              opsctl smoke compare --candidate http://127.0.0.1:8082 --baseline http://127.0.0.1:8081

            The requests are those of deploy.golden.

            Exit codes: 0 alike, 1 the candidate is worse, 2 could not determine.
            """)

    @OptionGroup var global: GlobalOptions
    @OptionGroup var output: FormatOption
    @Option(name: .long, help: "Base URL of the release that is judged.") var candidate: String
    @Option(name: .long, help: "Base URL of the release that it is compared with.") var baseline: String

    func run() async throws {
        let project = try global.composition().project
        guard let settings = try GoldenProbe.Settings(project) else {
            throw ConfigurationError([
                (project.environmentFile.root["deploy"] ?? project.environmentFile.root).problem(
                    "there is no deploy.golden", fix: "add the requests whose results are compared")
            ])
        }
        let (left, right) = (candidate, baseline)
        let report = try await interruptible {
            try await GoldenProbe(settings, http: HTTPClient()).run(
                candidate: .init(url: left), baseline: .init(url: right))
        }
        switch output.format {
        case .text: show(report.text)
        case .json: show(String(decoding: try canonicalJSON(report), as: UTF8.self))
        }
        let status = ExitStatus(report.verdict)
        if status != .pass { throw status }
    }
}

extension GoldenReport {
    fileprivate var text: String {
        var table = TextTable()
        for judgement in judgements {
            let chance = judgement.probability.map { "p \(String(format: "%.4f", $0))" } ?? ""
            table.add([judgement.verdict.rawValue, judgement.name, chance, judgement.detail])
        }
        let left = leftBehind.map { "\nleft behind: \($0)" }.joined()
        return "\(table.text)\n\(left)\n\(verdict.rawValue): \(pairs.count) pairs"
    }
}
