import OpsModel
import PostgresClient

/// Turns a snapshot into results; pure.
struct PostgresJudge {
    let snapshot: PostgresSnapshot
    let expectation: PostgresExpectation

    var url: PostgresURL { expectation.url }
    /// The probing role as SQL writes it.
    var role: String { quotedIdentifier(url.user) }
    var grantMonitor: String { "GRANT pg_monitor TO \(role)" }

    func judge(_ sheet: inout CheckSheet) {
        let entrance = PostgresEntrance(
            url: url, protection: expectation.protection, failure: snapshot.session.failure,
            greeting: snapshot.session.facts.map { "PostgreSQL \($0.version) as \($0.user) in \($0.database)" },
            tls: snapshot.tls, takenAt: snapshot.takenAt)
        entrance.judge(&sheet)
        guard let session = snapshot.session.facts else { return sheet.blockRest(by: entrance.blocker) }
        judgePlaintext(&sheet)
        judgeRole(session, &sheet)
        judgeConfiguration(session, &sheet)
        judgeAccess(session, &sheet)
        judgeReplication(session, &sheet)
        judgeActivity(session, &sheet)
        judgeStorage(session, &sheet)
        judgeCanary(session, &sheet)
    }

    private func judgeRole(_ session: PostgresSnapshot.Session, _ sheet: inout CheckSheet) {
        let seen: PostgresExpectation.Role = session.isReplica ? .replica : .primary
        sheet.expect(
            "role", seen == expectation.role, observed: seen.rawValue, expected: expectation.role.rawValue,
            reason: .role, phase: "query",
            fix: "point the URL at the \(expectation.role.rawValue), or promote it: pg_ctl promote")
        if session.isReplica { return sheet.skip("writable", because: "a replica takes no writes") }
        sheet.expect(
            "writable", session.isWritableByDefault,
            observed: session.isWritableByDefault ? "sessions may write" : "sessions are read-only by default",
            expected: "sessions may write", reason: .readOnly, phase: "query",
            fix: "ALTER SYSTEM RESET default_transaction_read_only; SELECT pg_reload_conf(); "
                + "and see pg_db_role_setting for database and role")
    }

    private func judgePlaintext(_ sheet: inout CheckSheet) {
        let expected = "refused with SQLSTATE 28000"
        let fix =
            "write only hostssl lines, and `hostnossl all all all reject`, in pg_hba.conf; then SELECT pg_reload_conf()"
        switch snapshot.plaintext {
        case .notLooked: sheet.skip("plaintext_refused", because: "not asked for")
        case .seen(let answer):
            sheet.expect(
                "plaintext_refused", answer == .refused, observed: answer.rawValue, expected: expected,
                reason: .accepted, phase: "connect", fix: fix)
        case .failed(let failure):
            sheet.record(
                "plaintext_refused", .unknown, observed: failure.message, expected: expected, reason: failure.reason,
                phase: failure.phase, fix: "probe again; the server did not give the refusal that would prove it")
        }
    }

    // MARK: answers

    /// The answer to a statement. Without one it records for `checks` why: nobody could look, so that is never a failure.
    func answer(
        _ name: PostgresCatalogue, for checks: [String], expected: String, grant: String, _ sheet: inout CheckSheet,
        unasked: String = "not asked for"
    ) -> PostgresTable? {
        switch snapshot.answers[name.rawValue] ?? .notLooked {
        case .seen(let table): return table
        case .notLooked: for check in checks { sheet.skip(check, because: unasked) }
        case .failed(let failure) where failure.reason == .authorization:
            for check in checks {
                sheet.lacksPrivilege(check, observed: failure.message, expected: expected, fix: grant)
            }
        case .failed(let failure):
            for check in checks {
                sheet.record(
                    check, .unknown, observed: failure.message, expected: expected, reason: failure.reason,
                    phase: failure.phase, fix: failure.reason == .timeout ? "probe again" : "see the server's log")
            }
        }
        return nil
    }

    /// Records for `checks` that the look brought values that cannot be there.
    func lacks(_ value: String, for checks: [String], _ sheet: inout CheckSheet) {
        for check in checks {
            sheet.record(
                check, .unknown, observed: "the server gave no \(value)", expected: value, reason: .proto,
                phase: "query", fix: "report this with the output of opsctl --version and SELECT version()")
        }
    }

    /// Whether the role may see how the sessions of others fare; if not, records that.
    func seesOthers(_ session: PostgresSnapshot.Session, for checks: [String], _ sheet: inout CheckSheet) -> Bool {
        if session.seesStatistics { return true }
        for check in checks where snapshot.session.facts != nil {
            sheet.lacksPrivilege(
                check, observed: "\(session.user) does not see the sessions of others", expected: "a role that does",
                fix: grantMonitor)
        }
        return false
    }
}

/// `0.4 s`, `12 s`, `3 min`, `5 h`, `2 d`.
func timeText(_ seconds: Double) -> String {
    switch abs(seconds) {
    case ..<10: "\(numberText((seconds * 10).rounded() / 10)) s"
    case ..<120: "\(numberText(seconds.rounded())) s"
    case ..<7200: "\(numberText((seconds / 60).rounded())) min"
    case ..<172_800: "\(numberText((seconds / 3600).rounded())) h"
    default: "\(numberText((seconds / 86_400).rounded())) d"
    }
}

/// `512 B`, `1.5 MiB`.
func sizeText(_ bytes: Double) -> String {
    var (value, unit) = (bytes, "B")
    for larger in ["KiB", "MiB", "GiB", "TiB"] where abs(value) >= 1024 { (value, unit) = (value / 1024, larger) }
    return "\(numberText((value * 10).rounded() / 10)) \(unit)"
}
