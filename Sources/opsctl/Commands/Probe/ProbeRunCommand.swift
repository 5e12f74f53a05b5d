import ArgumentParser
import OpsModel
import Probes

struct ProbeRunCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run", abstract: "Look once at every target and report.",
        discussion: """
            Examples:
              opsctl probe run
              opsctl probe run database cache --format json
              opsctl probe run --profile oncall
              opsctl probe run --env production --format github --out junit=probes.xml --out sarif=posture.sarif
              opsctl probe run --format nagios --exit-style nagios --timeout-state fail
              opsctl probe run --save seen.json    # opsctl probe judge seen.json

            A run of all targets that passes is kept as the last green one: opsctl probe diff.

            Exit codes: 0 pass, 1 a check failed, 2 could not determine, 78 invalid configuration.
            """)

    @OptionGroup var global: GlobalOptions
    @OptionGroup var selection: ProbeSelection
    @OptionGroup var output: ProbeOutput
    @Option(name: .long, help: "Write what was seen to a file, for opsctl probe judge. It holds no secrets.")
    var save: String?
    @Flag(name: .long, help: "Append the verdict to the ledger.") var record = false

    func run() async throws {
        let composition = try global.composition()
        let run = try selection.run(composition, default: .deployGate)
        // Interrupted, it still removes its canaries.
        let (report, saved) = try await interruptible { await run.examine() }
        if report.verdict == .pass, selection.targets.isEmpty {
            LastGreen(composition.project, selection.profile ?? .deployGate).keep(saved)
        }
        let published = output.published(report)
        let code = try output.show(published)
        if let save { try SavedRunFile.write(saved, to: save) }
        if record { try await composition.record(published, saved) }
        try output.writeFiles(published)
        if code != 0 { throw ExitWith(code: code) }
    }
}
