import ArgumentParser
import Disk
import Foundation
import Glibc
import OpsConfiguration
import OpsModel
import Probes

/// How a probe report is printed, and which exit code it gives.
struct ProbeOutput: ParsableArguments {
    @Option(
        name: .long,
        help: "Report on stdout: text, json, ndjson, junit, tap, nagios, prometheus, github, sarif or health.")
    var format: ProbeFormat = .text

    @Flag(name: [.long, .short], help: "Text: a line for every check, not only what is not well.")
    var verbose = false

    @Option(
        name: .customLong("out"),
        help: "Write the report to a file too, replacing it in one step: FORMAT=PATH. Repeat it for several.")
    var files: [ReportFile] = []

    @Option(name: .long, help: "Also end with exit code 1 for: warn, unknown. Repeat it for both.")
    var failOn: [FailOn] = []

    @Option(name: .long, help: "What a look that timed out counts as: unknown, warn or fail.")
    var timeoutState: TimeoutState = .unknown

    @Option(name: .long, help: "Exit codes: standard, or nagios (0 ok, 1 warning, 2 critical, 3 unknown).")
    var exitStyle: ExitStyle = .standard

    /// Prints and writes the report. - Returns: the exit code.
    /// - Parameter isStreamed: stdout has had it already.
    func publish(_ original: ProbeReport, isStreamed: Bool = false) throws -> Int32 {
        let report = published(original)
        let code = try show(report, isStreamed: isStreamed)
        try writeFiles(report)
        return code
    }

    /// The report with timeouts counted as the options say.
    func published(_ report: ProbeReport) -> ProbeReport { report.countingTimeouts(as: timeoutState.status) }

    /// Prints the report, before anything is written that could fail. - Returns: the exit code.
    func show(_ report: ProbeReport, isStreamed: Bool = false) throws -> Int32 {
        if !isStreamed { opsctl.show(try format.document(report, hasColor: resultHasColor, isVerbose: verbose)) }
        if format == .github { try annotate(report) }
        return exitCode(of: report)
    }

    /// Every file is tried. A report that could not be written makes the run inconclusive unless the verdict is worse.
    func writeFiles(_ report: ProbeReport) throws {
        var isLost = false
        for file in files {
            do { try file.write(report) } catch let error as any DiagnosableError {
                Story.standard.report([error.diagnostic])
                isLost = true
            }
        }
        guard isLost else { return }
        let code = exitCode(of: report)
        throw ExitWith(code: code == 0 ? ExitStatus.inconclusive.rawValue : code)
    }

    /// Prints one look of several as it comes.
    func stream(_ report: ProbeReport) {
        do { opsctl.show(try format.document(published(report))) } catch {
            Story.standard.tell("opsctl: a look could not be printed: \(error)")
        }
    }

    func exitCode(of report: ProbeReport) -> Int32 {
        let statuses = Set(report.checks.map(\.status))
        let isRaised = failOn.contains { $0.raises(statuses) }
        switch exitStyle {
        case .standard: return isRaised ? ExitStatus.negative.rawValue : ExitStatus(report.verdict).rawValue
        case .nagios: return isRaised ? Nagios.State.critical.rawValue : Nagios.state(of: report).rawValue
        }
    }

    /// Annotations to stderr, the table to the file that GitHub names for the step.
    private func annotate(_ report: ProbeReport) throws {
        for line in GitHub.annotations(report) { Story.standard.tell(line) }
        guard let path = programEnvironment["GITHUB_STEP_SUMMARY"], !path.isEmpty else { return }
        let descriptor = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            throw DiskError.failed(action: "open the step's summary", path: path, errno: errno)
        }
        let file = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
        try file.write(contentsOf: Data(GitHub.summary(report).utf8))
    }
}

extension ProbeOutput {
    enum FailOn: String, ExpressibleByArgument, CaseIterable {
        case warn, unknown

        func raises(_ statuses: Set<CheckStatus>) -> Bool {
            switch self {
            case .warn: statuses.contains(.warn)
            case .unknown: statuses.contains(.unknown)
            }
        }
    }

    enum TimeoutState: String, ExpressibleByArgument, CaseIterable {
        case unknown, warn, fail

        var status: CheckStatus {
            switch self {
            case .unknown: .unknown
            case .warn: .warn
            case .fail: .fail
            }
        }
    }

    enum ExitStyle: String, ExpressibleByArgument, CaseIterable { case standard, nagios }
}

/// Which targets are looked at, and how thoroughly.
struct ProbeSelection: ParsableArguments {
    @Option(
        name: .long,
        help:
            "How thoroughly: readiness (fast, reads only), deploy-gate, deep (everything), oncall (all that only reads)."
    )
    var profile: ProbeProfile?

    @Option(
        name: .long, help: "Looks in all at a target whose failure may pass. Default: as the environment file says.")
    var attempts: Int?

    @Argument(help: "Names of targets; all when none is given.") var targets: [String] = []

    func validate() throws {
        if let attempts, !(1...100).contains(attempts) { throw ValidationError("--attempts must be from 1 to 100") }
    }

    func run(_ composition: Composition, default profile: ProbeProfile) throws -> ProbeRun {
        let asked = self.profile ?? profile
        let list = try list(composition, default: profile).filter { !$0.askedDefinitions.isEmpty }
        guard !list.isEmpty else {
            throw ValidationError("the profile \(asked.rawValue) asks nothing of these targets; try --profile deep")
        }
        return ProbeRun(
            environment: composition.project.environmentName, targets: list,
            variables: try composition.judgedVariables(only: targets, profile: asked))
    }

    func list(_ composition: Composition, default profile: ProbeProfile) throws -> [ProbeTarget] {
        try composition.probeTargets(only: targets, profile: self.profile ?? profile).map { target in
            var target = target
            if let attempts { target.retry.attempts = attempts }
            return target
        }
    }
}

extension ProbeProfile: ExpressibleByArgument {}

/// Ends the command with a code of its own table, without a word.
struct ExitWith: Error { let code: Int32 }
