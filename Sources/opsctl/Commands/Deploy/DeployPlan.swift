import ArgumentParser
import Deploy
import Ledger
import OpsModel

struct DeployPlan: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "plan", abstract: "Print what `deploy run` would do; nothing is started or routed.",
        discussion: """
            Examples:
              opsctl deploy plan --release 2
              opsctl deploy plan --env production --release 2026.11.1 --artifact build/appserver --format json

            Exit codes: 0 would go on, 3 would be refused now, 78 invalid configuration.
            """)

    @OptionGroup var global: GlobalOptions
    @OptionGroup var release: ReleaseOptions
    @OptionGroup var output: FormatOption

    struct Report: Encodable {
        struct Step: Encodable {
            let step: String
            let what: String
        }
        let schema = 1
        let environment: String
        let release: Release
        let candidate: Slot
        let baseline: Slot?
        let baselineRelease: String?
        let steps: [Step]
        /// Why `deploy run` would be refused now; nil when it would go on.
        let refusal: String?

        private enum CodingKeys: String, CodingKey {
            case schema, environment, release, candidate, baseline, steps, refusal
            case baselineRelease = "baseline_release"
        }
    }

    func run() async throws {
        let composition = try global.composition()
        let launch = try ReleaseLaunch(name: release.release, artifact: release.artifact, project: composition.project)
        let report = try await report(composition, launch)
        switch output.format {
        case .json: show(String(decoding: try canonicalJSON(report), as: UTF8.self))
        case .text: show(text(report))
        }
        if report.refusal != nil { throw ExitStatus.refused }
    }

    private func report(_ composition: Composition, _ launch: ReleaseLaunch) async throws -> Report {
        let stage = try await composition.rolloutStage()
        let history = try await DeployHistory.read(stage.ledger, environment: composition.project.environmentName)
        let live = try await stage.router.route().live
        let baseline = history.stable == nil ? nil : live
        return Report(
            environment: composition.project.environmentName, release: launch.release, candidate: live.other,
            baseline: baseline,
            baselineRelease: history.stable?.release.name,
            steps: steps(stage, launch, candidate: live.other, baseline: baseline),
            refusal: try await refusal(stage.ledger, history, composition.project.environmentName))
    }

    private func refusal(_ ledger: Ledger, _ history: DeployHistory, _ environment: String) async throws -> String? {
        if let holder = try await ledger.leaseHolder("deploy/\(environment)"), try Rollout.isAlive(holder) {
            return "a deploy runs now: pid \(holder.pid) on \(holder.host)"
        }
        return history.open.last { !$0.isCommitted }.map {
            "deploy \($0.id) is open at \($0.step): opsctl deploy rollback"
        }
    }

    private func steps(_ stage: RolloutStage, _ launch: ReleaseLaunch, candidate: Slot, baseline: Slot?) -> [Report
        .Step]
    {
        let settings = stage.settings
        let address = stage.runner.address(of: candidate)
        var steps: [Report.Step] = [
            .init(step: "preflight", what: "route against record, \(stage.gates.map(\.name).joined(separator: ", "))"),
            .init(
                step: "migrate",
                what: launch.migrateArguments.isEmpty ? "no migrations" : launch.migrateArguments.joined(separator: " ")
            ),
            .init(step: "provision", what: "start \(launch.release.name) in \(candidate.rawValue) at \(address)"),
            .init(
                step: "health",
                what:
                    "\(settings.health.passes) × 200 from \(settings.health.path) within \(settings.health.deadline.text)"
            ),
            .init(
                step: "smoke", what: "\(settings.smoke.count) steps, direct and through \(stage.router.frontend.url)"),
            .init(step: "route", what: "one atomic, fenced commit: all traffic to \(candidate.rawValue)"),
            .init(
                step: "bake",
                what:
                    "\(settings.bake.duration.text), at most \(settings.bake.maximumErrorRatio) errors a request, \(settings.bake.maximumLost) lost"
            ),
            .init(step: "commit", what: "the route on disk and the stable record become \(candidate.rawValue)"),
        ]
        if let baseline {
            steps.append(.init(step: "drain", what: "\(baseline.rawValue), at most \(settings.drainDeadline.text)"))
            steps.append(
                .init(
                    step: "retire",
                    what: settings.keepsWarm ? "keep \(baseline.rawValue) warm" : "stop \(baseline.rawValue)"))
        }
        return steps
    }

    private func text(_ report: Report) -> String {
        var table = TextTable()
        for step in report.steps { table.add([step.step, step.what]) }
        let way =
            report.baseline.map { "baseline \(report.baselineRelease ?? "?") in \($0.rawValue)" }
            ?? "no baseline: this is the first deploy"
        let digest = report.release.artifactDigest.prefix(12)
        return
            "release \(report.release.name) (artifact \(digest)) into \(report.candidate.rawValue) of \(report.environment); \(way)\n\n\(table.text)"
            + (report.refusal.map { "\n\nwould be refused now: \($0)" } ?? "")
    }
}
