/// How one expectation turned out. *Could not look* is `unknown`: never "looked and bad", never "looked and fine".
package enum CheckStatus: String, Codable, Sendable, CaseIterable {
    case pass, warn, fail
    /// Could not look: timeout, missing privilege, unreadable answer.
    case unknown
    /// Not asked for, or does not apply here; the observed text says why.
    case skipped
    /// An earlier failure on the same target makes the question pointless; `blockedBy` names it.
    case blocked
}

/// Why a check did not pass, as an enumerated word that a machine can act on.
package enum CheckReason: String, Codable, Sendable, CaseIterable {
    case dns, refused, unreachable, timeout, tls, certificate, authentication, authorization
    case missingDatabase = "missing_database"
    case notReady = "not_ready"
    case tooManyConnections = "too_many_connections"
    case proto = "protocol"
    case status, body, mismatch, role, policy, accepted
    case cancelled, configuration, tool
    case readOnly = "read_only"
    case internalError = "internal"

    /// Whether asking again can help. A permanent reason ends a `wait` at once.
    package var isRetryable: Bool {
        switch self {
        case .dns, .refused, .unreachable, .timeout, .notReady, .tooManyConnections, .proto, .status, .body, .mismatch,
            .readOnly, .role:
            true
        case .tls, .certificate, .authentication, .authorization, .missingDatabase, .policy, .accepted, .cancelled,
            .configuration, .tool,
            .internalError:
            false
        }
    }
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
    /// Name of the check whose failure blocks this one.
    package var blockedBy: String?
    /// The exact command or statement that mends it.
    package var fix: String?

    package init(
        check: String, target: String, status: CheckStatus, observed: String, expected: String, unit: String? = nil,
        reason: CheckReason? = nil,
        phase: String? = nil, blockedBy: String? = nil, fix: String? = nil
    ) {
        (self.check, self.target, self.status, self.observed, self.expected) = (
            check, target, status, observed, expected
        )
        (self.unit, self.reason, self.phase, self.blockedBy, self.fix) = (unit, reason, phase, blockedBy, fix)
    }

    private enum CodingKeys: String, CodingKey {
        case check, target, status, observed, expected, unit, reason, phase, fix
        case blockedBy = "blocked_by"
    }
}
