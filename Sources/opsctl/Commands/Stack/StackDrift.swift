import ArgumentParser
import Foundation
import OpsModel
import StackRendering

struct StackDrift: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "drift", abstract: "Say what was changed by hand, and what the next apply would make of it.",
        discussion: """
            Plans every layer without locking or changing anything, and decides from the plan's JSON: `reverted` would be changed
            back, `swallowed` would be written into the state and never show again, `owned` is set by somebody else on purpose
            (Stacks/aws/policy/owned.yaml). What the files want and nobody has applied yet is listed apart.

            Examples:
              opsctl stack drift --env production
              opsctl stack drift --env production storage app --format json
              opsctl stack drift --env production --format junit > drift.xml

            Exit codes: 0 no drift, 1 drift, 2 not every layer could be looked at, 3 refused: stale files or a busy workspace,
            78 invalid configuration, 130 interrupted.
            """)

    @OptionGroup var global: GlobalOptions
    @Argument(help: "Layers to look at. Default: all.") var layers: [String] = []
    @Option(name: .long, help: "How the result is printed: text, json, markdown, junit, sarif or github.")
    var format: StackFormat = .text

    func run() async throws {
        let composition = try global.composition()
        let layers = layers
        let judgement = try await interruptible { try await composition.look(at: layers) }
        try judgement.drift.show(as: format, StackFolders(composition.project))
        judgement.tellFailures()
        let status =
            judgement.failed.isEmpty || judgement.drift.verdict == .fail
            ? ExitStatus(judgement.drift.verdict) : .inconclusive
        if status != .pass { throw status }
    }
}

extension Composition {
    /// Plans layers only to look at them: nothing is kept.
    func look(at names: [String]) async throws -> StackJudgement {
        let session = try await stackSession()
        let policy = try StackPolicy(project)
        let folder = "\(session.workspace.root)/look"
        try FileManager.default.createDirectory(
            atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        let planner = StackPlanner(settings: session.settings, runs: session.runs, tell: Story.standard.tell)
        let plans = await planner.plan(try session.layers(named: names), into: folder)
        try FileManager.default.removeItem(atPath: folder)
        try Task.checkCancellation()
        return try StackJudgement(plans, policy, session: session)
    }
}
