import OpsModel

extension PostgresJudge {
    func judgeConfiguration(_ session: PostgresSnapshot.Session, _ sheet: inout CheckSheet) {
        judgeVersion(session, &sheet)
        judgeSettings(session, &sheet)
        judgeIdentity(&sheet)
        judgeExtensions(&sheet)
        judgeMigrations(&sheet)
    }

    private func judgeVersion(_ session: PostgresSnapshot.Session, _ sheet: inout CheckSheet) {
        guard let minimum = expectation.minimumVersion else {
            return sheet.skip("version", because: "no minimum_version is set; it is \(session.version)")
        }
        sheet.expect(
            "version", isVersion(session.version, atLeast: minimum), observed: session.version,
            expected: "at least \(minimum)", reason: .mismatch, phase: "query",
            fix: "upgrade the server to \(minimum) or newer")
    }

    private func judgeSettings(_ session: PostgresSnapshot.Session, _ sheet: inout CheckSheet) {
        let checks = ["settings", "pending_restart", "autovacuum", "password_encryption"]
        guard
            let table = answer(
                .settings, for: checks, expected: "readable settings",
                grant: "GRANT pg_read_all_settings TO \(role)", &sheet)
        else { return }
        let rows = Dictionary(
            table.all.map { (($0["name"] ?? "").lowercased(), $0) }, uniquingKeysWith: { first, _ in first })
        judgeExpectedSettings(session, rows, &sheet)
        let pending = table.all.filter { $0.holds("pending") == true }.compactMap { $0["name"] }
        sheet.measure(
            "pending_restart", Double(pending.count),
            observed: pending.isEmpty ? "none" : pending.joined(separator: ", "), reason: .policy, phase: "query",
            fix: "restart the server at a time of your choice: pg_ctl restart")
        let isVacuuming = ["autovacuum", "track_counts"].allSatisfy { rows[$0]?["setting"] == "on" }
        sheet.expect(
            "autovacuum", isVacuuming,
            observed: ["autovacuum", "track_counts"].map { "\($0)=\(rows[$0]?["setting"] ?? "not shown")" }
                .joined(separator: ", "),
            expected: "both on", reason: .policy, phase: "query",
            fix: "ALTER SYSTEM RESET autovacuum; ALTER SYSTEM RESET track_counts; SELECT pg_reload_conf()")
        let encryption = rows["password_encryption"]?["setting"] ?? "not shown"
        sheet.expect(
            "password_encryption", encryption == "scram-sha-256", observed: encryption, expected: "scram-sha-256",
            reason: .policy, phase: "query",
            fix:
                "ALTER SYSTEM SET password_encryption = 'scram-sha-256'; SELECT pg_reload_conf(); then set passwords anew"
        )
    }

    private func judgeExpectedSettings(
        _ session: PostgresSnapshot.Session, _ rows: [String: PostgresRow], _ sheet: inout CheckSheet
    ) {
        guard !expectation.settings.isEmpty else { return sheet.skip("settings", because: "no settings are expected") }
        let wanted = expectation.settings.sorted { $0.key < $1.key }
        let expected = wanted.map { "\($0.key)=\($0.value)" }.joined(separator: ", ")
        var (wrong, hidden, own): ([String], [String], [String]) = ([], [], [])
        for (name, value) in wanted {
            guard let row = rows[name.lowercased()] else {
                if session.seesSettings {
                    wrong.append("\(name): there is no such setting")
                } else {
                    hidden.append(name)
                }
                continue
            }
            if ["client", "session"].contains(row["source"]) {
                own.append(name)
            } else if value != row["setting"], value != row["shown"] {
                wrong.append("\(name)=\(row["shown"] ?? "")")
            }
        }
        if !wrong.isEmpty {
            let statements = wanted.filter { item in wrong.contains { $0.hasPrefix("\(item.key)=") } }
                .map { SettingStatement(name: $0.key, value: $0.value).text + "; " }.joined()
            sheet.record(
                "settings", .fail, observed: wrong.joined(separator: ", "), expected: expected, reason: .mismatch,
                phase: "query", fix: statements + "SELECT pg_reload_conf(), or restart; \(SettingStatement.managed)")
        } else if !hidden.isEmpty {
            sheet.lacksPrivilege(
                "settings", observed: "not shown: \(hidden.joined(separator: ", "))", expected: expected,
                fix: "GRANT pg_read_all_settings TO \(role)")
        } else if !own.isEmpty {
            sheet.record(
                "settings", .unknown, observed: "the probe's session sets by itself: \(own.joined(separator: ", "))",
                expected: expected, reason: .configuration, phase: "query", fix: "leave it out of settings")
        } else {
            sheet.record("settings", .pass, observed: "as expected", expected: expected, phase: "query")
        }
    }

    private func judgeIdentity(_ sheet: inout CheckSheet) {
        guard let expected = expectation.systemIdentifier else {
            return sheet.skip("cluster_identity", because: "no system_identifier is set")
        }
        guard
            let table = answer(
                .identity, for: ["cluster_identity"], expected: expected,
                grant: "GRANT EXECUTE ON FUNCTION pg_control_system() TO \(role)", &sheet)
        else { return }
        guard let seen = table.first?["id"] else {
            return lacks("system identifier", for: ["cluster_identity"], &sheet)
        }
        sheet.expect(
            "cluster_identity", seen == expected, observed: seen, expected: expected, reason: .mismatch, phase: "query",
            fix: "this is another cluster: correct the URL; after a planned change set system_identifier: \"\(seen)\"")
    }

    private func judgeExtensions(_ sheet: inout CheckSheet) {
        let wanted = expectation.extensions.sorted { $0.key < $1.key }
        guard !wanted.isEmpty else { return sheet.skip("extensions", because: "none are expected") }
        let expected = wanted.map { "\($0.key) \($0.value)" }.joined(separator: ", ")
        guard let table = answer(.extensions, for: ["extensions"], expected: expected, grant: grantMonitor, &sheet)
        else { return }
        let installed = Dictionary(
            table.all.map { ($0["name"] ?? "", $0["version"] ?? "") }, uniquingKeysWith: { first, _ in first })
        let wrong = wanted.filter { name, version in
            guard let seen = installed[name] else { return true }
            return version != "any" && !isVersion(seen, atLeast: version)
        }
        let fixes = wrong.map { name, _ in
            installed[name] == nil
                ? "CREATE EXTENSION \(quotedIdentifier(name))" : "ALTER EXTENSION \(quotedIdentifier(name)) UPDATE"
        }
        let seen = wanted.map { "\($0.key) \(installed[$0.key] ?? "missing")" }.joined(separator: ", ")
        sheet.expect(
            "extensions", wrong.isEmpty, observed: seen, expected: expected, reason: .mismatch, phase: "query",
            fix: fixes.joined(separator: "; "))
    }

    private func judgeMigrations(_ sheet: inout CheckSheet) {
        guard let wanted = expectation.migrations else {
            return sheet.skip("migrations", because: "no migrations are expected")
        }
        let showsHalfDone = wanted.dirtyColumn != nil || wanted.successColumn != nil
        let expected = "\(wanted.table) at \(wanted.expected)\(showsHalfDone ? ", none half-done" : "")"
        if case .failed(let failure) = snapshot.answers[PostgresCatalogue.migrations.rawValue],
            ["42P01", "3F000", "42703"].contains(failure.code)
        {
            return sheet.record(
                "migrations", .fail, observed: failure.message, expected: expected, reason: .mismatch, phase: "query",
                fix: "run the release's migrations, or correct table and columns of migrations")
        }
        let grant = "GRANT SELECT ON \(quotedPath(wanted.table)) TO \(role)"
        guard let row = answer(.migrations, for: ["migrations"], expected: expected, grant: grant, &sheet)?.first
        else { return }
        let (version, dirty) = (row["version"] ?? "none", row.number("dirty") ?? 0)
        sheet.expect(
            "migrations", version == wanted.expected && dirty == 0,
            observed: dirty > 0 ? "\(version), \(numberText(dirty)) half-done" : version, expected: expected,
            reason: .mismatch, phase: "query",
            fix: dirty > 0
                ? "mend what the failed migration left, then clear its mark"
                : "run the release's migrations, or deploy the release that fits")
    }
}

/// Compares numbers part by part: 15.9 is older than 15.20.
func isVersion(_ version: String, atLeast minimum: String) -> Bool {
    func parts(_ text: String) -> [Int] {
        text.prefix { $0.isNumber || $0 == "." }.split(separator: ".").map { Int($0) ?? 0 }
    }
    let (seen, wanted) = (parts(version), parts(minimum))
    for index in 0..<max(seen.count, wanted.count) {
        let (a, b) = (index < seen.count ? seen[index] : 0, index < wanted.count ? wanted[index] : 0)
        if a != b { return a > b }
    }
    return true
}
