import ArgumentParser
import Foundation
import Ledger
import OpsModel
import StackRendering

struct StackPlan: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "plan", abstract: "Plan layers into a bundle that `stack apply` carries out exactly.",
        discussion: """
            Plans wave by wave, judges the plans by the policy, and keeps plan files (mode 0600), redacted JSON, policy and drift
            report in .opsctl/stacks/ENV/plans/ID. No state is locked and nothing is changed. A layer whose values from other
            layers are not settled is a preview: to read, never to apply.

            Examples:
              opsctl stack plan --env production
              opsctl stack plan --env production data app
              opsctl stack plan --env production --format markdown >> "$GITHUB_STEP_SUMMARY"
              opsctl stack plan --env production --expect-empty   # exit 1 when anything would change

            Exit codes: 0 planned, 1 the policy refuses it or --expect-empty found changes, 2 a layer could not be planned,
            3 refused: stale files or a busy workspace, 78 invalid configuration, 130 interrupted.
            """)

    @OptionGroup var global: GlobalOptions
    @Argument(help: "Layers to plan. Default: all.") var layers: [String] = []
    @Option(name: .long, help: "How the result is printed: text, json, markdown, junit, sarif or github.")
    var format: StackFormat = .text
    @Flag(name: .long, help: "Exit 1 when anything would change.") var expectEmpty = false

    func run() async throws {
        let composition = try global.composition()
        let layers = layers
        let bundle = try await interruptible { try await composition.planBundle(layers) }
        try PlanOverview(bundle.manifest, policy: bundle.judgement.policy).show(
            as: format, StackFolders(composition.project))
        bundle.judgement.tellFailures()
        if format == .text { bundle.manifest.tellNext() }
        let hasChanges = bundle.manifest.layers.contains { $0.outcome == .changes || $0.outcome == .preview }
        let status = ExitStatus(bundle.manifest.verdict)
        if status != .pass { throw status }
        if expectEmpty, hasChanges { throw ExitStatus.negative }
    }
}

extension Composition {
    /// Plans, judges and keeps the bundle.
    func planBundle(_ names: [String] = []) async throws -> (manifest: PlanManifest, judgement: StackJudgement) {
        let session = try await stackSession()
        return try await planBundle(session, try session.layers(named: names))
    }

    func planBundle(
        _ session: StackSession, _ layers: Set<StackLayer>
    ) async throws -> (manifest: PlanManifest, judgement: StackJudgement) {
        let policy = try StackPolicy(project)
        let bundle = try PlanBundle(
            settings: session.settings, store: session.store, digests: session.digests, endpoint: session.endpoint)
        let planner = StackPlanner(settings: session.settings, runs: session.runs, tell: Story.standard.tell)
        let plans = await planner.plan(layers, into: bundle.folder)
        try Task.checkCancellation()
        let judgement = try StackJudgement(plans, policy, session: session)
        let (manifest, digest) = try bundle.finish(
            plans, policy: judgement.policy.verdict, reports: try judgement.files,
            createdBy: operatorName(project.variables))
        let journal = ApplyJournal(ledger: try await ledger(), environment: session.settings.environment)
        try await journal.planned(manifest, digest: digest)
        try session.store.prune(keeping: 20, open: try await journal.openApply()?.plan)
        return (manifest, judgement)
    }
}

extension PlanManifest {
    func tellNext() { Story.standard.tell("next: \(next)") }

    /// The command to type next.
    private var next: String {
        if !failed.isEmpty { return "correct what failed, then plan again" }
        if policy != .pass { return "opsctl stack policy \(id) --env \(environment)" }
        guard applicable.isEmpty else {
            return "opsctl stack apply \(id) --env \(environment)\(previews.isEmpty ? "" : " --partial")"
        }
        return previews.isEmpty ? "nothing to do" : "apply the layers that these previews wait for"
    }
}
