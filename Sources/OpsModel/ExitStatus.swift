/// The one table of exit codes for the whole tool; `opsctl help exit-codes` prints it.
package enum ExitStatus: Int32, Sendable, CaseIterable {
    case pass = 0
    case negative = 1
    case inconclusive = 2
    case refused = 3
    case tampered = 4
    case needsOperator = 5
    case usage = 64
    case configuration = 78
    case deadline = 124
    case interrupted = 130
    case terminated = 143

    package var meaning: String {
        switch self {
        case .pass: "pass"
        case .negative: "negative verdict: a check failed, a gate refused, a rollout was rolled back"
        case .inconclusive: "inconclusive: could not determine"
        case .refused: "refused: lock held, sign-off missing, interlock"
        case .tampered: "tampering found"
        case .needsOperator: "needs an operator: state indeterminate, or rollback blocked"
        case .usage: "usage: unknown command, option or argument"
        case .configuration: "invalid configuration"
        case .deadline: "deadline reached while waiting"
        case .interrupted: "interrupted (SIGINT)"
        case .terminated: "terminated (SIGTERM)"
        }
    }

    package init(_ verdict: Verdict) {
        switch verdict {
        case .pass: self = .pass
        case .fail: self = .negative
        case .inconclusive: self = .inconclusive
        }
    }
}
