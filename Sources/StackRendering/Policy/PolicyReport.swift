package import OpsModel

/// One place where a rule does not hold.
package struct PolicyFinding: Codable, Sendable, Equatable {
    package struct Waiver: Codable, Sendable, Equatable {
        package let owner: String
        package let reason: String
        package let expires: String
    }

    /// `postgres.encrypted`, or `waiver.expired` and `waiver.unused`.
    package let rule: String
    /// Empty for a waiver that names none.
    package let layer: String
    package let address: String
    package let severity: PolicySeverity
    /// Whether the plan does not tell yet; it counts like a fault until it does.
    package let isUnknown: Bool
    /// What was found.
    package let reason: String
    package let why: String
    package let fix: String
    /// `file:line:column` of a waiver; nil for resources.
    package let place: String?
    package var waiver: Waiver?

    /// Whether it holds the gate.
    package var isHolding: Bool { severity == .fail && waiver == nil }

    private enum CodingKeys: String, CodingKey {
        case rule, layer, address, severity, reason, why, fix, place, waiver
        case isUnknown = "is_unknown"
    }
}

/// What the rules say about an environment's plans.
package struct PolicyReport: Codable, Sendable, Equatable {
    package let schema: Int
    package let environment: String
    package let protection: String
    /// `inconclusive` when nothing is broken as far as can be seen, but not everything can be.
    package let verdict: Verdict
    package let layers: [String]
    /// How many rules were asked.
    package let rules: Int
    /// How many resources they looked at.
    package let resources: Int
    /// What holds the gate first, then warnings, then what is waived.
    package let findings: [PolicyFinding]

    package var holding: [PolicyFinding] { findings.filter(\.isHolding) }
    package var warnings: [PolicyFinding] { findings.filter { $0.severity == .warn && $0.waiver == nil } }
    package var waived: [PolicyFinding] { findings.filter { $0.waiver != nil } }

    init(_ judge: PolicyJudge, layers: [String], resources: Int, isWhole: Bool, findings: [PolicyFinding]) {
        schema = 1
        (environment, protection, self.layers) = (judge.environment, judge.protection.rawValue, layers)
        (rules, self.resources) = (judge.asked.count, resources)
        self.findings = findings.sorted { $0.order < $1.order }
        let holding = findings.filter(\.isHolding)
        if holding.contains(where: { !$0.isUnknown }) {
            verdict = .fail
        } else {
            verdict = holding.isEmpty && isWhole && !layers.isEmpty ? .pass : .inconclusive
        }
    }
}

extension PolicyFinding {
    fileprivate var order: (Int, String, String, String) {
        (waiver != nil ? 2 : severity == .warn ? 1 : 0, rule, layer, "\(address) \(reason)")
    }
}
