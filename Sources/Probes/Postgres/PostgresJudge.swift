import OpsModel
import PostgresClient

extension PostgresSnapshot {
    /// Turns a snapshot into results; pure.
    func judge(_ expectation: PostgresExpectation, _ sheet: inout CheckSheet) {
        judgeSession(expectation, &sheet)
        if let facts = session.facts {
            judge(facts, expectation, &sheet)
            judgePlaintext(expectation, &sheet)
            judgeCanary(facts, expectation, &sheet)
        } else {
            sheet.blockRest(
                by: ["authenticate", "query"].contains(session.failure?.phase) ? "authenticate" : "connect")
        }
    }

    private func judgeSession(_ expectation: PostgresExpectation, _ sheet: inout CheckSheet) {
        let accepted = "a session on \(expectation.url.endpoint)"
        guard let failure = session.failure else {
            let observed =
                session.facts.map { "PostgreSQL \($0.version) as \($0.user) in \($0.database)" } ?? "no answer"
            sheet.record("connect", .pass, observed: expectation.url.endpoint, expected: accepted, phase: "connect")
            return sheet.record(
                "authenticate", .pass, observed: observed, expected: "role \(expectation.url.user)",
                phase: "authenticate")
        }
        if failure.phase == "authenticate" || failure.phase == "query" {
            sheet.record("connect", .pass, observed: "the server answers", expected: accepted, phase: "connect")
            sheet.record(
                "authenticate", failure, expected: "role \(expectation.url.user)", fix: fix(failure, expectation.url))
        } else {
            sheet.record("connect", failure, expected: accepted, fix: fix(failure, expectation.url))
            sheet.block(["authenticate"], by: "connect")
        }
    }

    private func fix(_ failure: LookFailure, _ url: PostgresURL) -> String {
        switch failure.reason {
        case .authentication where failure.code == "28000":
            "allow it in pg_hba.conf: hostssl \(url.database) \(url.user) <address> scram-sha-256"
        case .authentication: "ALTER ROLE \"\(url.user)\" PASSWORD '…'; or correct the URL's password"
        case .missingDatabase: "CREATE DATABASE \"\(url.database)\"; or correct the URL"
        case .tooManyConnections: "raise max_connections, or close idle sessions"
        case .certificate, .tls: "check sslmode and sslrootcert of the URL against the server's certificate"
        case .dns, .timeout, .configuration, .notReady, .cancelled:
            failure.connectionFix(to: url.endpoint) ?? "see the server's log"
        default: "start the server, or correct host and port: pg_isready -h \(url.host) -p \(url.port)"
        }
    }

    private func judge(_ facts: Session, _ expectation: PostgresExpectation, _ sheet: inout CheckSheet) {
        let isProtected =
            switch expectation.protection {
            case .off: true
            case .required: facts.tls != nil
            case .verified: facts.tls != nil && expectation.url.tlsMode.verifiesServer
            }
        sheet.expect(
            "tls", isProtected, observed: "\(facts.tls ?? "no TLS"), sslmode=\(expectation.url.tlsMode.rawValue)",
            expected: "TLS \(expectation.protection.rawValue)", reason: .tls, phase: "tls",
            fix: "use sslmode=verify-full and sslrootcert in the URL; ssl=on in postgresql.conf")
        let role: PostgresExpectation.Role = facts.isReplica ? .replica : .primary
        sheet.expect(
            "role", role == expectation.role, observed: role.rawValue, expected: expectation.role.rawValue,
            reason: .role,
            phase: "query", fix: "point the URL at the \(expectation.role.rawValue), or promote it: pg_ctl promote")
    }

    private func judgePlaintext(_ expectation: PostgresExpectation, _ sheet: inout CheckSheet) {
        let expected = "refused with SQLSTATE 28000"
        let fix =
            "write only hostssl lines, and `hostnossl all all all reject`, in pg_hba.conf; then SELECT pg_reload_conf()"
        switch plaintext {
        case .notLooked: sheet.skip("plaintext_refused", because: "not asked for")
        case .seen(let answer):
            sheet.expect(
                "plaintext_refused", answer == .refused, observed: answer.rawValue, expected: expected,
                reason: .accepted,
                phase: "connect", fix: fix)
        case .failed(let failure):
            sheet.record(
                "plaintext_refused", .unknown, observed: failure.message, expected: expected, reason: failure.reason,
                phase: failure.phase, fix: "probe again; the server did not give the refusal that would prove it")
        }
    }

    private func judgeCanary(_ facts: Session, _ expectation: PostgresExpectation, _ sheet: inout CheckSheet) {
        let expected = "a row written, read back and removed"
        let grant = "CREATE SCHEMA opsctl_probe AUTHORIZATION \"\(facts.user)\""
        switch canary {
        case .notLooked:
            sheet.skip("write_canary", because: facts.isReplica ? "a replica takes no writes" : "not asked for")
        case .seen(let canary):
            sheet.expect(
                "write_canary", canary.wasReadBack && canary.wasRemoved,
                observed: canary.wasReadBack
                    ? (canary.wasRemoved ? "\(canary.elapsedMilliseconds) ms" : "not removed") : "not read back",
                expected: expected, reason: .mismatch, phase: "query",
                fix: "do not use it: a committed row is not there: SHOW synchronous_commit")
        case .failed(let failure):
            sheet.record("write_canary", failure, expected: expected, fix: canaryFix(failure) ?? grant)
        }
    }

    private func canaryFix(_ failure: LookFailure) -> String? {
        switch failure.reason {
        case .authorization: nil
        case .readOnly: "point the URL at the primary, or make it writable: SHOW default_transaction_read_only"
        case .timeout: "see what holds the table: SELECT * FROM pg_stat_activity WHERE wait_event_type = 'Lock'"
        default: "see the server's log"
        }
    }
}
