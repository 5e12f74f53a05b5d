import ArgumentParser
import Foundation
import OpsModel
import StackRendering

struct StackPolicyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "policy", abstract: "Judge plans by the policy's rules.",
        discussion: """
            With the id of a bundle it shows what was judged when that was planned; without one it plans now, and keeps nothing.
            A broken rule can be waived for a while in Stacks/aws/policy/waivers.yaml, by owner, reason and last day.

            Examples:
              opsctl stack policy --env production
              opsctl stack policy production-20261123T010203Z-a1b2c3
              opsctl stack policy --env production --format sarif > policy.sarif
              opsctl stack policy production-20261123T010203Z-a1b2c3 --checkov --rego policies/   # others' rules too
              opsctl stack policy --rules

            Exit codes: 0 every rule holds or is waived, 1 a rule is broken, 2 inconclusive: a layer could not be planned, or a
            rule cannot be judged yet, 3 refused: stale files or a busy workspace, 4 the bundle was tampered with, 78 invalid
            configuration.
            """)

    @OptionGroup var global: GlobalOptions
    @Argument(help: "Id of a bundle. Default: plan now.") var plan: String?
    @Option(name: .long, help: "How the result is printed: text, json, markdown, junit, sarif or github.")
    var format: StackFormat = .text
    @Flag(name: .long, help: "List the rules.") var rules = false
    @Flag(name: .long, help: "Have checkov look at the bundle too; its findings are told on stderr and hold no gate.")
    var checkov = false
    @Option(name: .long, help: "Have conftest look at the bundle too, with the Rego rules of this folder.")
    var rego: String?

    func validate() throws {
        guard checkov || rego != nil else { return }
        guard plan != nil else { throw ValidationError("--checkov and --rego look at a bundle: give its id") }
    }

    func run() async throws {
        if rules { return showRules() }
        var global = global
        global.env = global.env ?? plan.flatMap(StackApply.environment)
        let composition = try global.composition()
        let (plan, folders) = (plan, StackFolders(composition.project))
        var failed = false
        let report: PolicyReport
        if let plan {
            let store = PlanStore(folders.workspace)
            let manifest = try store.read(plan)
            if let file = try store.tampered(manifest, reportsOnly: true).first {
                Story.standard.tell("\(file.file) of \(plan) is not what was judged: \(file.why)")
                throw ExitStatus.tampered
            }
            report = try store.report(PolicyReport.self, StackJudgement.policyFile, of: manifest)
            failed = !manifest.failed.isEmpty
            let unseen = manifest.previews.map(\.layer.rawValue)
            if !unseen.isEmpty {
                Story.standard.tell("not judged, for they are previews: \(unseen.joined(separator: ", "))")
            }
            try await tellOthers(manifest, store)
        } else {
            let judgement = try await interruptible { try await composition.look(at: []) }
            judgement.tellFailures()
            (report, failed) = (judgement.policy, !judgement.failed.isEmpty)
        }
        try report.show(as: format, folders)
        let status = failed && report.verdict == .pass ? .inconclusive : ExitStatus(report.verdict)
        if status != .pass { throw status }
    }

    private func tellOthers(_ manifest: PlanManifest, _ store: PlanStore) async throws {
        let judges = (checkov ? [OutsideJudge.checkov] : []) + (rego.map { [.conftest(policies: $0)] } ?? [])
        for judge in judges {
            for layer in manifest.layers where layer.outcome != .failed {
                let path = "\(store.path(of: manifest.id))/\(layer.layer.rawValue).plan.json"
                for finding in try await judge.judge(path, layer: layer.layer.rawValue) {
                    Story.standard.tell(
                        "\(finding.engine): \(finding.layer) \(finding.rule) \(finding.address): \(finding.what)")
                }
            }
        }
    }

    private func showRules() {
        var table = TextTable()
        for rule in policyRules { table.add([rule.id, rule.severity.rawValue, rule.what]) }
        show(table.text)
    }
}
