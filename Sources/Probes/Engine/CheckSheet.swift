package import OpsModel

/// Collects the results of one target: keeps those that its plan asks for, in the order of the definitions, and knows what
/// follows from a failed look. Judges may record any check; one that is not asked for is dropped.
package struct CheckSheet {
    package let target: String
    private let plan: CheckPlan
    private let definitions: [String: CheckDefinition]
    private let order: [String]
    private var recorded: [String: CheckResult] = [:]

    package init(target: String, checks: [CheckDefinition], plan: CheckPlan) {
        (self.target, self.plan) = (target, plan)
        let asked = checks.filter { plan.includes($0) }
        order = asked.map(\.name)
        definitions = Dictionary(uniqueKeysWithValues: asked.map { ($0.name, $0) })
    }

    /// Results in the order of the definitions. A check that no judge spoke of is a mistake of ours: it shows as `unknown`.
    package var results: [CheckResult] {
        order.map { name in
            recorded[name]
                ?? CheckResult(
                    check: "\(target).\(name)", target: target, status: .unknown, observed: "not judged",
                    expected: "a result", reason: .internalError, phase: "judge",
                    fix: "report this defect of opsctl, with the output of opsctl --version")
        }
    }

    package func includes(_ name: String) -> Bool { definitions[name] != nil }

    package mutating func record(
        _ name: String, _ status: CheckStatus, observed: String, expected: String, unit: String? = nil,
        reason: CheckReason? = nil,
        phase: String? = nil, fix: String? = nil, measure: Measure? = nil
    ) {
        guard includes(name) else { return }
        let setting = plan.setting(name)
        let status = status == .fail && setting.severity == .warn ? .warn : status
        let isGood = status == .pass
        var result = CheckResult(
            check: "\(target).\(name)", target: target, status: status, observed: observed, expected: expected,
            unit: unit, reason: isGood ? nil : reason, phase: phase, fix: isGood ? nil : fix, measure: measure)
        if !isGood, status != .skipped { result.runbook = setting.runbook }
        recorded[name] = result
    }

    /// An expectation that holds or not.
    package mutating func expect(
        _ name: String, _ holds: Bool, observed: String, expected: String, unit: String? = nil, reason: CheckReason,
        phase: String,
        fix: String
    ) {
        record(
            name, holds ? .pass : .fail, observed: observed, expected: expected, unit: unit, reason: reason,
            phase: phase, fix: fix)
    }

    /// A measured value, judged by the limits of the definition and the environment file.
    /// - Parameter observed: how to print it; default: the number.
    package mutating func measure(
        _ name: String, _ value: Double, observed: String? = nil, reason: CheckReason = .limit, phase: String,
        fix: String
    ) {
        guard let definition = definitions[name], let limits = plan.limits(definition) else { return }
        let measure = Measure(
            value, unit: limits.unit, direction: limits.direction, warn: limits.warn, fail: limits.fail)
        record(
            name, measure.status, observed: observed ?? numberText(value), expected: limits.text,
            unit: observed == nil ? limits.unit : nil, reason: reason, phase: phase, fix: fix, measure: measure)
    }

    /// A look that failed: `fail` when the answer says no, `unknown` when there was none.
    package mutating func record(_ name: String, _ failure: LookFailure, expected: String, fix: String) {
        record(
            name, failure.isVerdict ? .fail : .unknown, observed: failure.message, expected: expected,
            reason: failure.reason,
            phase: failure.phase, fix: fix)
    }

    /// Could not look for want of a right: `unknown`, with the statement that grants it.
    package mutating func lacksPrivilege(
        _ name: String, observed: String, expected: String, phase: String = "query", fix: String
    ) {
        record(
            name, .unknown, observed: observed, expected: expected, reason: .authorization, phase: phase, fix: fix)
    }

    /// All the checks that have no result yet wait for `cause`, a check of this target.
    package mutating func blockRest(by cause: String) {
        for name in order where recorded[name] == nil { block([name], by: cause) }
    }

    package mutating func block(_ names: [String], by cause: String) {
        for name in names where includes(name) {
            recorded[name] = CheckResult(
                check: "\(target).\(name)", target: target, status: .blocked, observed: "not looked at",
                expected: "\(cause) to pass first", blockedBy: "\(target).\(cause)")
        }
    }

    package mutating func skip(_ name: String, because reason: String) {
        record(name, .skipped, observed: reason, expected: "nothing")
    }
}

extension Limits {
    /// `at most 80 %`, `at most 10 s (warn) or 30 s (fail)`.
    package var text: String {
        let word = direction == .atMost ? "at most" : "at least"
        let suffix = unit.map { " \($0)" } ?? ""
        let parts = [(warn, fail == nil ? "" : " (warn)"), (fail, warn == nil ? "" : " (fail)")].compactMap {
            limit, note in limit.map { "\(numberText($0))\(suffix)\(note)" }
        }
        return parts.isEmpty ? "any value" : "\(word) \(parts.joined(separator: " or "))"
    }
}

/// A number as people write it: no exponent for what fits, three decimals at most.
package func numberText(_ value: Double) -> String {
    guard value.isFinite, abs(value) < 1e15 else { return "\(value)" }
    if value == value.rounded() { return String(Int64(value)) }
    let thousandths = Int64((value * 1000).rounded())
    let whole = thousandths / 1000
    let sign = thousandths < 0 && whole == 0 ? "-" : ""
    var fraction = String(abs(thousandths % 1000))
    fraction = String(repeating: "0", count: 3 - fraction.count) + fraction
    while fraction.hasSuffix("0") { fraction.removeLast() }
    return fraction.isEmpty ? "\(sign)\(whole)" : "\(sign)\(whole).\(fraction)"
}
