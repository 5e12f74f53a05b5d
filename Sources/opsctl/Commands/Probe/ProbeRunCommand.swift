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
              opsctl probe run --env production --format junit > probes.xml

            Exit codes: 0 pass, 1 a check failed, 2 could not determine, 78 invalid configuration.
            """)

    @OptionGroup var global: GlobalOptions
    @OptionGroup var output: ProbeOutput
    @Argument(help: "Names of targets; all when none is given.") var targets: [String] = []

    func run() async throws {
        let report = await (try global.composition().probeRun(only: targets)).once()
        show(try output.render(report))
        let status = ExitStatus(report.verdict)
        if status != .pass { throw status }
    }
}
