package import OpsModel

/// Collects the results of one target; knows the rules for what follows from a failed look.
struct CheckSheet {
    let target: String
    private(set) var results: [CheckResult] = []

    init(target: String) { self.target = target }

    mutating func record(
        _ name: String, _ status: CheckStatus, observed: String, expected: String, unit: String? = nil,
        reason: CheckReason? = nil,
        phase: String? = nil, fix: String? = nil
    ) {
        results.append(
            CheckResult(
                check: "\(target).\(name)", target: target, status: status, observed: observed, expected: expected,
                unit: unit,
                reason: status == .pass ? nil : reason, phase: phase, fix: status == .pass ? nil : fix))
    }

    /// An expectation that holds or not.
    mutating func expect(
        _ name: String, _ holds: Bool, observed: String, expected: String, unit: String? = nil, reason: CheckReason,
        phase: String,
        fix: String
    ) {
        record(
            name, holds ? .pass : .fail, observed: observed, expected: expected, unit: unit, reason: reason,
            phase: phase, fix: fix)
    }

    /// A look that failed: `fail` when the answer says no, `unknown` when there was none.
    mutating func record(_ name: String, _ failure: LookFailure, expected: String, fix: String) {
        record(
            name, failure.isVerdict ? .fail : .unknown, observed: failure.message, expected: expected,
            reason: failure.reason,
            phase: failure.phase, fix: fix)
    }

    mutating func block(_ names: [String], by cause: String) {
        for name in names {
            results.append(
                CheckResult(
                    check: "\(target).\(name)", target: target, status: .blocked, observed: "not looked at",
                    expected: "\(cause) to pass first", blockedBy: "\(target).\(cause)"))
        }
    }

    mutating func skip(_ name: String, because reason: String) {
        record(name, .skipped, observed: reason, expected: "nothing")
    }
}
