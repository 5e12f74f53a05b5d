import ArgumentParser
import Deploy
import Ledger
import OpsModel

struct DeployPlan: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "plan", abstract: "Print what `deploy run` would do; nothing is started or routed.",
        discussion: """
            Tells the router's commands exactly, how many requests each share takes and how long that is at the traffic of now, and
            how long the way back took when it was last rehearsed. The traffic is measured for half a second.

            Examples:
              opsctl deploy plan --release 2
              opsctl deploy plan --env production --release 2026.11.1 --artifact build/appserver --format json

            Exit codes: 0 would go on, 2 could not look, 3 would be refused now, 78 invalid configuration.
            """)

    @OptionGroup var global: GlobalOptions
    @OptionGroup var release: ReleaseOptions
    @OptionGroup var output: FormatOption

    func run() async throws {
        let composition = try global.composition()
        let launch = try ReleaseLaunch(name: release.release, artifact: release.artifact, project: composition.project)
        let report = try await DeployForecast(try await composition.rolloutStage(), launch).report()
        switch output.format {
        case .json: show(String(decoding: try canonicalJSON(report), as: UTF8.self))
        case .text: show(report.text)
        }
        if report.refusal != nil { throw ExitStatus.refused }
    }
}

extension DeployForecast.Report {
    fileprivate var text: String {
        var table = TextTable()
        for step in steps {
            table.add([step.step, step.what])
            for command in step.commands { table.add(["", "  \(command)"]) }
        }
        let way =
            baseline.map { "baseline \(baselineRelease ?? "?") in \($0.rawValue)" }
            ?? "no baseline: this is the first deploy"
        let head =
            "release \(release.name) (artifact \(release.artifactDigest.prefix(12))) into \(candidate.rawValue) of "
            + "\(environment); \(way)"
        let back = "way back: \(wayBack)"
        return [head, table.text, back].joined(separator: "\n\n")
            + (refusal.map { "\n\nwould be refused now: \($0)" } ?? "")
    }
}
