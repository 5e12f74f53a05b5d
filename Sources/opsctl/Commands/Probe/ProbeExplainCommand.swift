import ArgumentParser
import OpsConfiguration
import OpsModel
import Probes

struct ProbeExplainCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "explain", abstract: "Say what a check asks, why, what it needs and when it fails.",
        discussion: """
            Examples:
              opsctl probe explain                             # all kinds and checks
              opsctl probe explain postgres.replication_lag    # by kind
              opsctl probe explain database.replication_lag    # as the environment file sets it

            Exit codes: 0 explained, 64 there is no such check, 78 invalid configuration.
            """)

    @OptionGroup var global: GlobalOptions
    @OptionGroup var output: FormatOption
    @Argument(help: "KIND.CHECK or TARGET.CHECK; all when none is given.") var check: String?

    func run() throws {
        guard let check else { return try list() }
        let parts = check.split(separator: ".").map(String.init)
        guard parts.count >= 2, let name = parts.last else {
            throw ValidationError("`\(check)` is not KIND.CHECK, such as postgres.tls")
        }
        let owner = parts.dropLast().joined(separator: ".")
        if let kind = probeKinds.first(where: { $0.kind == owner }) {
            return try explain(name, of: kind, target: nil)
        }
        if ["names", "environment"].contains(owner) || check.hasPrefix("names.") || check.hasPrefix("environment.") {
            return try explainPseudo(check)
        }
        let targets = try global.composition().probeTargets()
        guard let target = targets.first(where: { $0.name == owner }) else {
            let known = probeKinds.map { $0.kind } + targets.map(\.name)
            let nearest = nearestName(to: owner, among: known).map { "; did you mean \($0)?" } ?? ""
            throw ValidationError("there is no kind and no target `\(owner)`\(nearest)")
        }
        try explain(name, of: type(of: target.subject), target: target)
    }

    /// What a run judges besides its targets.
    private func explainPseudo(_ check: String) throws {
        let definition =
            check.hasPrefix("names")
            ? CheckDefinition(
                "names", "Does the host name resolve?",
                why: "nothing behind it can be reached; what depends on it is blocked by this one cause")
            : CheckDefinition(
                "environment", "Is the variable there, of its type, and strong enough?",
                why: "the release would not start, or start with a secret that others know", in: .writing)
        let explanation = Explanation(check, definition, flaws: [], target: nil)
        switch output.format {
        case .json: try print(explanation)
        case .text: show(explanation.text)
        }
    }

    private func list() throws {
        let definitions = probeKinds.flatMap { kind in kind.checks.map { ("\(kind.kind).\($0.name)", $0) } }
        switch output.format {
        case .json: try print(definitions.map { Explanation($0.0, $0.1, flaws: [], target: nil) })
        case .text:
            var table = TextTable(["CHECK", "PROFILES", "QUESTION"])
            for (name, definition) in definitions {
                table.add([name, profiles(definition), definition.question])
            }
            show(table.text)
        }
    }

    private func explain(_ name: String, of kind: any ProbeSubject.Type, target: ProbeTarget?) throws {
        guard let definition = kind.checks.first(where: { $0.name == name }) else {
            let nearest = nearestName(to: name, among: kind.checks.map(\.name)).map { "; did you mean \($0)?" } ?? ""
            throw ValidationError("\(kind.kind) has no check `\(name)`\(nearest)")
        }
        let explanation = Explanation(
            "\(kind.kind).\(name)", definition, flaws: flaws(noticedBy: name, of: kind), target: target)
        switch output.format {
        case .json: try print(explanation)
        case .text: show(explanation.text)
        }
    }

    private func profiles(_ definition: CheckDefinition) -> String {
        definition.profiles.map(\.rawValue).sorted().joined(separator: ",")
    }

    private func print(_ value: some Encodable) throws {
        show(String(decoding: try canonicalJSON(value), as: UTF8.self))
    }

    struct Explanation: Encodable {
        let check: String
        let question: String
        let why: String
        let profiles: [String]
        let privilege: String?
        let isPosture: Bool
        let limits: String?
        let failsWhen: [String]
        let severity: String?
        let runbook: String?

        private enum CodingKeys: String, CodingKey {
            case check, question, why, profiles, privilege, limits, severity, runbook
            case isPosture = "posture"
            case failsWhen = "fails_when"
        }

        init(_ name: String, _ definition: CheckDefinition, flaws: [String], target: ProbeTarget?) {
            check = target.map { "\($0.name).\(definition.name)" } ?? name
            (question, why, privilege) = (definition.question, definition.why, definition.privilege)
            profiles = definition.profiles.map(\.rawValue).sorted()
            (isPosture, failsWhen) = (definition.isPosture, flaws)
            let plan = target?.plan ?? CheckPlan(profile: .deep)
            limits = plan.limits(definition)?.text
            severity = target.map { $0.plan.setting(definition.name).severity.rawValue }
            runbook = target?.plan.setting(definition.name).runbook
        }

        var text: String {
            var lines = [check, "", "  asks:       \(question)", "  because:    \(why)"]
            lines.append("  profiles:   \(profiles.joined(separator: ", "))")
            if let limits { lines.append("  limits:     \(limits)") }
            if let severity, severity != "fail" { lines.append("  severity:   \(severity)") }
            lines.append("  needs:      \(privilege ?? "no right beyond the session's own")")
            if isPosture { lines.append("  posture:    a security finding; SARIF carries it") }
            for (index, flaw) in failsWhen.enumerated() {
                lines.append("  \(index == 0 ? "fails when:" : "           ") \(flaw)")
            }
            if let runbook { lines.append("  runbook:    \(runbook)") }
            return lines.joined(separator: "\n")
        }
    }
}
