import ArgumentParser
import OpsModel

struct ProbeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "probe", abstract: "Look at Postgres, Redis, buckets, HTTP and more, and judge what was seen.",
        discussion: """
            Examples:
              opsctl probe run                       # look once
              opsctl probe wait --deadline 2m        # until all is well
              opsctl probe explain postgres.tls      # what it asks, and why
              opsctl probe --selftest                # prove that every check can fail

            Exit codes: as the subcommands; with --selftest 0 every check is proven, 1 one is not.
            """,
        subcommands: [
            ProbeRunCommand.self, ProbeWaitCommand.self, ProbeWatchCommand.self, ProbeListCommand.self,
            ProbeExplainCommand.self, ProbeDiffCommand.self, ProbeJudgeCommand.self, ProbeSelftestCommand.self,
        ])

    @Flag(name: .long, help: "As the subcommand selftest.") var selftest = false

    func run() throws {
        guard selftest else { throw CleanExit.helpRequest(self) }
        try ProbeSelftestCommand.run(as: .text)
    }
}
