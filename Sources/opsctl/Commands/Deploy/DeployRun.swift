import ArgumentParser
import Deploy
import OpsModel
import StackRendering

struct DeployRun: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run",
        abstract: "Deploy a release through all gates; go back to the baseline when one does not pass.",
        discussion: """
            A candidate that fails health or smoke never gets traffic. One that fails its bake loses the traffic again.
            Interrupting (Ctrl-C) sends the rollout back to the baseline.

            Examples:
              opsctl deploy run --release 2
              opsctl deploy run --env production --release 2026.11.1 --artifact build/appserver --format json
              opsctl deploy run --release 2 --dry-run

            Exit codes: 0 promoted, 1 rejected or rolled back, 2 inconclusive, 3 refused (another run, or an open deploy),
            5 an operator is needed, 78 invalid configuration, 130 or 143 interrupted.
            """)

    @OptionGroup var global: GlobalOptions
    @OptionGroup var release: ReleaseOptions
    @OptionGroup var options: RolloutOptions
    @OptionGroup var output: FormatOption
    @Flag(name: .long, help: "Print the plan and change nothing.") var dryRun = false

    /// An apply holds the lease of deploys, but a Terraform that outlived its opsctl holds none.
    private func refuseBesideTerraform(_ project: Project) throws {
        let busy = try StackFolders(project).workspace.busyLayers()
        guard !busy.isEmpty else { return }
        throw RefusedError(
            Diagnostic(
                "deploy.apply_running", what: "the deploy is not begun",
                place: "environment \(project.environmentName)",
                why: "Terraform works on \(busy.map(\.rawValue).joined(separator: ", "))",
                fix: "wait for it: opsctl stack status --env \(project.environmentName)"))
    }

    func run() async throws {
        if dryRun {
            var plan = DeployPlan()
            (plan.global, plan.release, plan.output) = (global, release, output)
            return try await plan.run()
        }
        let composition = try global.composition()
        try refuseBesideTerraform(composition.project)
        let launch = try ReleaseLaunch(name: release.release, artifact: release.artifact, project: composition.project)
        let rollout = Rollout(options.applied(to: try await composition.rolloutStage()))
        let report = try await options.whenFree(composition) {
            try await rollout.run(launch, ready: Interruption.guarding, observe: RolloutStory().tell)
        }
        try finish(report, status: report.runStatus, output.format)
    }
}

/// Prints the report and leaves with its status.
func finish(_ report: DeployReport, status: ExitStatus, _ format: OutputFormat) throws {
    switch format {
    case .json: show(String(decoding: try canonicalJSON(report), as: UTF8.self))
    case .text: show(report.text(hasColor: resultHasColor))
    }
    let status = Interruption.status(of: status)
    if status != .pass { throw status }
}
