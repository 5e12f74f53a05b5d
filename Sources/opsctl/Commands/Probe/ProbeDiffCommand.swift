import ArgumentParser
import Disk
import Foundation
import OpsModel
import Probes

struct ProbeDiffCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "diff", abstract: "Say what changed since the last green run.",
        discussion: """
            Compares check by check: status, expectation and what was observed (versions, roles, certificates, settings);
            times and measured values only when they changed the status. With two files nothing is looked at.

            Examples:
              opsctl probe diff
              opsctl probe diff --profile oncall --format json
              opsctl probe diff before.json after.json

            Exit codes: 0 nothing changed, 1 something changed, 2 there is nothing to compare with, 78 a file cannot be read.
            """)

    @OptionGroup var global: GlobalOptions
    @OptionGroup var output: FormatOption
    @Option(name: .long, help: "Profile of the runs to compare: readiness, deploy-gate, deep or oncall.")
    var profile: ProbeProfile = .deployGate
    @Argument(help: "Two files of opsctl probe run --save; without them the last green run and a look now.")
    var files: [String] = []

    func validate() throws {
        if ![0, 2].contains(files.count) { throw ValidationError("give two files, or none") }
    }

    struct Report: Encodable {
        let schema = 1
        let before: Date
        let after: Date
        let changes: [ReportChange]
    }

    func run() async throws {
        let (before, after) = try await files.isEmpty ? lastGreenAndNow() : (report(files[0]), report(files[1]))
        let changes = ReportChange.between(before, after)
        switch output.format {
        case .json:
            let report = Report(before: before.startedAt, after: after.startedAt, changes: changes)
            show(String(decoding: try canonicalJSON(report), as: UTF8.self))
        case .text: show(text(changes, before: before))
        }
        if !changes.isEmpty { throw ExitStatus.negative }
    }

    private func report(_ path: String) throws -> ProbeReport { try SavedRunFile.read(path).judged() }

    private func lastGreenAndNow() async throws -> (ProbeReport, ProbeReport) {
        let composition = try global.composition()
        let green = try LastGreen(composition.project, profile).report()
        let run = ProbeRun(
            environment: composition.project.environmentName,
            targets: try composition.probeTargets(profile: profile),
            variables: try composition.judgedVariables(only: [], profile: profile))
        let now = await run.once()
        return (green, now)
    }

    private func text(_ changes: [ReportChange], before: ProbeReport) -> String {
        let since = rfc3339(before.startedAt)
        guard !changes.isEmpty else { return "nothing changed since \(since)" }
        let blocks = changes.map { change in
            var lines = ["\(change.kind.rawValue): \(change.check)"]
            if let before = change.before { lines.append("  before: \(before)") }
            if let after = change.after { lines.append("  after:  \(after)") }
            return lines.joined(separator: "\n")
        }
        return (blocks + ["\(changes.count) change\(changes.count == 1 ? "" : "s") since \(since)"])
            .joined(separator: "\n\n")
    }
}

/// The last run of all targets that passed, kept beside the ledger.
struct LastGreen {
    private let path: String

    init(_ project: Project, _ profile: ProbeProfile) {
        path = project.absolute(".opsctl/probes/\(project.environmentName).\(profile.rawValue).json")
    }

    /// Keeps a run. It is a convenience: a folder that cannot be written is told, and never changes the verdict.
    func keep(_ saved: SavedRun) {
        do {
            let folder = URL(filePath: path).deletingLastPathComponent().path
            try FileManager.default.createDirectory(
                atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
            try SavedRunFile.write(saved, to: path)
        } catch {
            Story.standard.tell("opsctl: the green run was not kept for `opsctl probe diff`: \(path): \(error)")
        }
    }

    func report() throws -> ProbeReport {
        guard FileManager.default.fileExists(atPath: path) else { throw LastGreenError.none(path: path) }
        return try SavedRunFile.read(path).judged()
    }
}

enum LastGreenError: DiagnosableError {
    case none(path: String)

    var diagnostic: Diagnostic {
        switch self {
        case .none(let path):
            Diagnostic(
                "probe.no_green_run", what: "there is no green run to compare with", place: path,
                why: "no run of all targets with this profile has passed here yet", fix: "opsctl probe run")
        }
    }
}
