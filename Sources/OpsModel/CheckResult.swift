/// How one expectation turned out. *Could not look* is `unknown`: never "looked and bad", never "looked and fine".
package enum CheckStatus: String, Codable, Sendable, CaseIterable {
    case pass, warn, fail
    /// Could not look: timeout, missing privilege, unreadable answer.
    case unknown
    /// Not asked for, or does not apply here; the observed text says why.
    case skipped
    /// An earlier failure, of this target or of another, makes the question pointless; `blockedBy` names it.
    case blocked
}

/// Why a check did not pass, as an enumerated word that a machine can act on.
package enum CheckReason: String, Codable, Sendable, CaseIterable {
    case dns, refused, unreachable, timeout, tls, certificate, authentication, authorization
    case missingDatabase = "missing_database"
    case notReady = "not_ready"
    case tooManyConnections = "too_many_connections"
    case proto = "protocol"
    case status, body, mismatch, role, policy, accepted, limit
    case cancelled, configuration, tool
    case readOnly = "read_only"
    case internalError = "internal"

    /// Whether asking again can help. A permanent reason ends a `wait` at once.
    package var isRetryable: Bool {
        switch self {
        case .dns, .refused, .unreachable, .timeout, .notReady, .tooManyConnections, .proto, .status, .body, .mismatch,
            .readOnly, .role, .limit:
            true
        case .tls, .certificate, .authentication, .authorization, .missingDatabase, .policy, .accepted, .cancelled,
            .configuration, .tool,
            .internalError:
            false
        }
    }
}

/// A number behind a check: what was measured, and the limits it was judged by. Times are in seconds, sizes in bytes.
package struct Measure: Codable, Sendable, Equatable {
    package var value: Double
    /// `s`, `B`, `%`, `d` (days); nil for a count.
    package var unit: String?
    /// Which side of a limit is bad.
    package var direction: LimitDirection
    package var warn: Double?
    package var fail: Double?

    package init(_ value: Double, unit: String? = nil, direction: LimitDirection, warn: Double?, fail: Double?) {
        (self.value, self.unit, self.direction, self.warn, self.fail) = (value, unit, direction, warn, fail)
    }

    /// The status that the limits give.
    package var status: CheckStatus {
        if let fail, isBeyond(fail) { return .fail }
        if let warn, isBeyond(warn) { return .warn }
        return .pass
    }

    private func isBeyond(_ limit: Double) -> Bool {
        switch direction {
        case .atMost: !(value <= limit)
        case .atLeast: !(value >= limit)
        }
    }
}

package enum LimitDirection: String, Codable, Sendable {
    case atMost = "at_most"
    case atLeast = "at_least"
}

/// One expectation with one result. Values are text as printed; `unit` says how to read them.
package struct CheckResult: Codable, Sendable, Equatable {
    /// `<target>.<check>`, stable across releases, for example `database.plaintext_refused`.
    package var check: String
    package var target: String
    package var status: CheckStatus
    package var observed: String
    package var expected: String
    package var unit: String?
    package var reason: CheckReason?
    /// Where in the exchange it happened: `resolve`, `connect`, `tls`, `authenticate`, `query`, …
    package var phase: String?
    /// Whether asking again can help; nil when there is nothing to mend.
    package var retryable: Bool?
    /// Name of the check whose failure blocks this one.
    package var blockedBy: String?
    /// The exact command or statement that mends it.
    package var fix: String?
    /// Where the runbook for it is, as the environment file says.
    package var runbook: String?
    package var measure: Measure?
    /// Looks that this result took, when more than one.
    package var attempts: Int?
    /// It failed at first and passes now: not the same as a pass at once.
    package var recovered: Bool?
    /// RFC 3339 time of the first attempt of this run that did not pass.
    package var firstFailedAt: String?

    package init(
        check: String, target: String, status: CheckStatus, observed: String, expected: String, unit: String? = nil,
        reason: CheckReason? = nil,
        phase: String? = nil, blockedBy: String? = nil, fix: String? = nil, measure: Measure? = nil
    ) {
        (self.check, self.target, self.status, self.observed, self.expected) = (
            check, target, status, printable(observed), printable(expected)
        )
        (self.unit, self.reason, self.phase, self.blockedBy, self.fix) = (
            unit, reason, phase, blockedBy, fix.map(printable)
        )
        (self.measure, retryable) = (measure, reason?.isRetryable)
    }

    /// Without the target's name: `plaintext_refused`.
    package var shortName: String { String(check.dropFirst(target.count + 1)) }

    private enum CodingKeys: String, CodingKey {
        case check, target, status, observed, expected, unit, reason, phase, retryable, fix, runbook, measure, attempts
        case recovered
        case blockedBy = "blocked_by"
        case firstFailedAt = "first_failed_at"
    }
}

/// `text` without what a terminal or a log reader would act on: control characters become U+FFFD, line breaks `; `. What a server
/// answers ends up in results, and servers are not to be trusted with a terminal.
package func printable(_ text: String) -> String {
    guard text.unicodeScalars.contains(where: { $0.properties.generalCategory == .control }) else { return text }
    let lines = text.split(whereSeparator: \.isNewline).joined(separator: "; ")
    return String(
        String.UnicodeScalarView(
            lines.unicodeScalars.map { $0.properties.generalCategory == .control ? "\u{FFFD}" : $0 }))
}
