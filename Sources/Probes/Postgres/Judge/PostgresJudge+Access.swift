import OpsModel

extension PostgresJudge {
    func judgeAccess(_ session: PostgresSnapshot.Session, _ sheet: inout CheckSheet) {
        sheet.record(
            "superuser_session", session.isSuperuser ? .warn : .pass,
            observed: session.isSuperuser ? "\(session.user) is a superuser" : "\(session.user) is none",
            expected: "no superuser", reason: .policy, phase: "query",
            fix: "CREATE ROLE probe LOGIN PASSWORD '…'; GRANT pg_monitor TO probe; and probe as that role")
        judgeAccessRules(&sheet)
        let checks = ["least_privilege", "role_password_expiry", "role_connections"]
        guard let roles = answer(.roles, for: checks, expected: "readable roles", grant: grantMonitor, &sheet)?.all
        else { return }
        judgeAppRole(roles, &sheet)
        judgeExpiry(roles, &sheet)
        judgeRoleConnections(roles, &sheet)
    }

    private func judgeAccessRules(_ sheet: inout CheckSheet) {
        let (check, expected) = ("auth_methods", "scram-sha-256 or stronger on every host line, no errors")
        guard expectation.auditsAccess else {
            return sheet.skip(check, because: "not asked for: audit_access is not set")
        }
        let grant =
            "GRANT EXECUTE ON FUNCTION pg_hba_file_rules() TO \(role); GRANT SELECT ON pg_hba_file_rules TO \(role)"
        guard let rules = answer(.access, for: [check], expected: expected, grant: grant, &sheet)?.all else { return }
        let wrong = rules.compactMap { rule -> String? in
            let line = "line \(rule["line"] ?? "?")"
            if let error = rule["error"] { return "\(line): \(error)" }
            let isWeak = ["trust", "password", "md5", "ident"].contains(rule["method"])
            return isWeak && rule["type"] != "local" ? "\(line): \(rule["type"] ?? "") \(rule["method"] ?? "")" : nil
        }
        sheet.expect(
            check, wrong.isEmpty, observed: wrong.isEmpty ? "\(rules.count) lines" : wrong.joined(separator: "; "),
            expected: expected, reason: .policy, phase: "query",
            fix: "correct these lines of pg_hba.conf, then SELECT pg_reload_conf()")
    }

    private func judgeAppRole(_ roles: [PostgresRow], _ sheet: inout CheckSheet) {
        let check = "least_privilege"
        guard let name = expectation.appRole else { return sheet.skip(check, because: "no app_role is set") }
        guard let role = roles.first(where: { $0["name"] == name }) else {
            return sheet.record(
                check, .fail, observed: "there is no role \(name)", expected: "a role \(name)", reason: .mismatch,
                phase: "query", fix: "correct app_role, or CREATE ROLE \(quotedIdentifier(name)) LOGIN")
        }
        let attributes = ["superuser", "createdb", "createrole", "replication", "bypassrls"]
            .filter { role.holds($0) == true }
        var (found, fixes) = (attributes, [String]())
        if !attributes.isEmpty {
            let words = attributes.map { "NO\($0.uppercased())" }.joined(separator: " ")
            fixes.append("ALTER ROLE \(quotedIdentifier(name)) \(words)")
        }
        if let powers = role["powers"] {
            found.append("member of \(powers)")
            let names = powers.split(separator: ", ").map { quotedIdentifier(String($0)) }.joined(separator: ", ")
            fixes.append("REVOKE \(names) FROM \(quotedIdentifier(name))")
        }
        if role.holds("public_create") == true {
            found.append("PUBLIC may create in schema public")
            fixes.append("REVOKE CREATE ON SCHEMA public FROM PUBLIC")
        }
        sheet.expect(
            check, found.isEmpty, observed: found.isEmpty ? "\(name) has none" : found.joined(separator: ", "),
            expected:
                "no superuser, createdb, createrole, replication, bypassrls, no member of such a role or of one for all data, "
                + "files, programs or signals, no CREATE for PUBLIC",
            reason: .policy, phase: "query", fix: fixes.joined(separator: "; "))
    }

    private func judgeExpiry(_ roles: [PostgresRow], _ sheet: inout CheckSheet) {
        let ends = roles.compactMap { role in role.number("seconds_left").map { ($0 / 86_400, role["name"] ?? "") } }
        guard let (days, name) = ends.min(by: { $0.0 < $1.0 }) else {
            return sheet.record(
                "role_password_expiry", .pass, observed: "never", expected: "not soon", phase: "query")
        }
        sheet.measure(
            "role_password_expiry", days, observed: "\(name): \(timeText(days * 86_400))", phase: "query",
            fix: "ALTER ROLE \(quotedIdentifier(name)) PASSWORD '…' VALID UNTIL '…'")
    }

    private func judgeRoleConnections(_ roles: [PostgresRow], _ sheet: inout CheckSheet) {
        let shares = roles.compactMap { role -> (Double, String)? in
            guard let limit = role.number("limit"), limit >= 0, let sessions = role.number("sessions") else {
                return nil
            }
            let name = role["name"] ?? ""
            return (
                limit == 0 ? 100 : 100 * sessions / limit, "\(name): \(numberText(sessions)) of \(numberText(limit))"
            )
        }
        guard let (share, text) = shares.max(by: { $0.0 < $1.0 }) else {
            return sheet.record(
                "role_connections", .pass, observed: "no limit is set", expected: "room", phase: "query")
        }
        sheet.measure(
            "role_connections", share, observed: text, reason: .tooManyConnections, phase: "query",
            fix: "close idle sessions, or raise it: ALTER ROLE … CONNECTION LIMIT …")
    }
}
