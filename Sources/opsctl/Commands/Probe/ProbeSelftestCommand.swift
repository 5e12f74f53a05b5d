import ArgumentParser
import OpsModel
import Probes

struct ProbeSelftestCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "selftest", abstract: "Prove that every check can fail.",
        discussion: """
            Shows each check a healthy snapshot, which it must pass, and its flaws, which it must notice. Nothing is looked
            at over the network. `opsctl probe --selftest` does the same.

            Examples:
              opsctl probe selftest
              opsctl probe selftest --format json

            Exit codes: 0 every check is proven, 1 one is not.
            """)

    @OptionGroup var output: FormatOption

    private struct Report: Encodable {
        let schema = 1
        let proven: Int
        let checks: [SelfTestResult]
    }

    func run() throws { try Self.run(as: output.format) }

    static func run(as format: OutputFormat) throws {
        let results = runSelfTest()
        let proven = results.count { $0.isProven }
        switch format {
        case .json:
            show(String(decoding: try canonicalJSON(Report(proven: proven, checks: results)), as: UTF8.self))
        case .text:
            var table = TextTable()
            for result in results {
                let color: Color = result.isProven ? .green : .red
                let word = result.isProven ? "proven  " : "unproven"
                table.add([color.paint(word, isOn: resultHasColor), result.check, result.detail])
            }
            show("\(table.text)\n\n\(proven) of \(results.count) checks can fail")
        }
        if proven < results.count { throw ExitStatus.negative }
    }
}
