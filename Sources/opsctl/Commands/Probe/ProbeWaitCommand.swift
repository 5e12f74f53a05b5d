import ArgumentParser
import OpsModel
import Probes

struct ProbeWaitCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "wait", abstract: "Look until every target passes, or a deadline is over.",
        discussion: """
            The pause between two looks grows from 10 ms to 500 ms. A failure that waiting cannot mend, such as a wrong
            password, ends the wait at once.

            Examples:
              opsctl probe wait --deadline 2m
              opsctl probe wait database --deadline 30s --passes 3
              opsctl probe wait --profile deploy-gate --format ndjson

            Exit codes: 0 pass, 1 a permanent failure, 2 could not determine, 78 invalid configuration, 124 the deadline was
            reached.
            """)

    @OptionGroup var global: GlobalOptions
    @OptionGroup var selection: ProbeSelection
    @OptionGroup var output: ProbeOutput
    @Option(name: .long, help: "Longest wait, for example 30s or 2m.") var deadline: DurationArgument = .init(
        .seconds(60))
    @Option(name: .long, help: "Passes in a row that end the wait.") var passes: Int = 2

    func validate() throws {
        if passes < 1 { throw ValidationError("--passes must be at least 1") }
    }

    func run() async throws {
        let run = try selection.run(try global.composition(), default: .readiness)
        let story = Story.standard
        let output = output
        let (report, isOver) = try await interruptible { [deadline, passes] in
            try await run.wait(deadline: deadline.value, passes: passes) { report in
                if output.format == .ndjson { output.stream(report) }
                guard report.verdict != .pass, report.attempts == 1 || story.isTerminal else { return }
                let first = report.checks.first { $0.status == .fail || $0.status == .unknown }
                story.tell("waiting: \(first.map { "\($0.check): \($0.observed)" } ?? report.verdict.rawValue)")
            }
        }
        let code = try output.publish(report, isStreamed: output.format == .ndjson)
        if isOver { throw ExitWith(code: output.exitStyle == .nagios ? code : ExitStatus.deadline.rawValue) }
        if code != 0 { throw ExitWith(code: code) }
    }
}

/// A duration on the command line: `250ms`, `10s`, `5m`, `2h`.
struct DurationArgument: ExpressibleByArgument {
    let value: Duration

    init(_ value: Duration) { self.value = value }

    init?(argument: String) {
        guard let value = Duration(text: argument) else { return nil }
        self.value = value
    }

    var defaultValueDescription: String { value.text }
}
