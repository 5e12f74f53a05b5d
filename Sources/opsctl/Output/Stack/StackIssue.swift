import Cryptography
import OpsModel

/// Something in a report that a reviewer must see, in the form that SARIF and GitHub share.
struct StackIssue {
    enum Level: String { case error, warning }

    /// `policy.postgres.encrypted`, `drift.swallowed`, `plan.replace`.
    let rule: String
    let level: Level
    let layer: String
    let address: String
    let message: String
    /// `file:line:column`; nil for what stands in no file of ours.
    let place: String?
}

/// A report of the stacks that reviewers read in several formats.
protocol StackReporting: Encodable {
    /// `policy`, `drift` or `plan`.
    var subject: String { get }
    var environment: String { get }
    var verdict: Verdict { get }
    /// The worst first.
    var issues: [StackIssue] { get }
    /// Every rule that an issue may name, with its demand and its reason.
    var rules: [(id: String, what: String, why: String)] { get }
    var suites: [JUnitSuite] { get }

    func text(hasColor: Bool) -> String
    func page() -> MarkdownPage
}

extension StackReporting {
    /// The document, without a line break at its end. - Parameter folder: the folder of a layer's files, as printed.
    func document(_ format: StackFormat, hasColor: Bool = false, folder: (String) -> String) throws -> String {
        switch format {
        // On GitHub the annotations go to stderr and the page to the step's summary; stdout stays for people.
        case .text, .github: text(hasColor: hasColor)
        case .json: String(decoding: try canonicalJSON(self), as: UTF8.self)
        case .markdown: page().text
        case .junit: JUnitSuite.document("opsctl stack \(subject) \(environment)", suites)
        case .sarif: try sarif(folder: folder)
        }
    }

    /// Workflow commands for GitHub Actions, one a line; they belong on stderr.
    func annotations(folder: (String) -> String) -> [String] {
        [StackIssue.Level.error, .warning].flatMap { level in
            issues.filter { $0.level == level }.prefix(GitHub.limit).map { issue in
                let place = GitHub.properties(issue.place ?? "\(folder(issue.layer))/main.tf:1:1")
                let title = [issue.rule, issue.address].filter { !$0.isEmpty }.joined(separator: " ")
                return "::\(level.rawValue) \(place)title=\(GitHub.property(title))::\(GitHub.data(issue.message))"
            }
        }
    }

    private func sarif(folder: (String) -> String) throws -> String {
        let rules = rules.map { rule in
            SARIF.Rule(
                id: rule.id, name: rule.id, shortDescription: SARIF.Text(rule.what),
                fullDescription: SARIF.Text(rule.why))
        }
        let results = issues.map { issue in
            let parts = (issue.place ?? "\(folder(issue.layer))/main.tf:1:1").split(separator: ":").map(String.init)
            let region =
                parts.count == 3 ? SARIF.Region(startLine: Int(parts[1]) ?? 1, startColumn: Int(parts[2]) ?? 1) : nil
            let identity = [environment, issue.rule, issue.layer, issue.address, issue.message].joined(separator: "/")
            return SARIF.Result(
                ruleId: issue.rule, level: issue.level.rawValue,
                message: SARIF.Text([issue.address, issue.message].filter { !$0.isEmpty }.joined(separator: ": ")),
                locations: [
                    SARIF.Location(
                        physicalLocation: SARIF.PhysicalLocation(
                            artifactLocation: SARIF.Artifact(uri: parts.first ?? ""), region: region))
                ],
                partialFingerprints: ["opsctlStack/v1": hex(sha256(identity.utf8))])
        }
        let log = SARIF.Log(runs: [SARIF.Run(tool: SARIF.Tool(driver: SARIF.Driver(rules: rules)), results: results)])
        return String(decoding: try canonicalJSON(log), as: UTF8.self)
    }
}

extension Verdict {
    var color: Color {
        switch self {
        case .pass: .green
        case .fail: .red
        case .inconclusive: .yellow
        }
    }

    var mark: String {
        switch self {
        case .pass: "✅"
        case .fail: "❌"
        case .inconclusive: "❔"
        }
    }
}

/// `1 resource`, `2 resources`.
func counted(_ count: Int, _ noun: String) -> String { "\(count) \(noun)\(count == 1 ? "" : "s")" }
