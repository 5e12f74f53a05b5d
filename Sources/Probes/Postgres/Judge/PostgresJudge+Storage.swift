import OpsModel

extension PostgresJudge {
    func judgeStorage(_ session: PostgresSnapshot.Session, _ sheet: inout CheckSheet) {
        judgeWraparound(&sheet)
        judgeIndexes(session, &sheet)
        judgeObjects("disabled_triggers", .triggers, "trigger", &sheet) { row in
            "ALTER TABLE \(row["table"] ?? "") ENABLE TRIGGER \(quotedIdentifier(row["name"] ?? ""))"
        }
        judgeSequences(session, &sheet)
        judgeChecksums(&sheet)
    }

    private func judgeWraparound(_ sheet: inout CheckSheet) {
        let checks = ["xid": "xid_wraparound", "mxid": "mxid_wraparound"]
        guard
            let rows = answer(
                .wraparound, for: checks.values.sorted(), expected: "room", grant: grantMonitor, &sheet)?.all
        else { return }
        for (column, check) in checks {
            let ages = rows.compactMap { row in row.number(column).map { ($0, row["name"] ?? "") } }
            guard let (age, database) = ages.max(by: { $0.0 < $1.0 }) else {
                lacks("age of the databases", for: [check], &sheet)
                continue
            }
            let share = max(0, age) * 100 / 2_147_483_648
            sheet.measure(
                check, share,
                observed: "\(numberText((share * 10).rounded() / 10)) % (\(numberText(age)) in \(database))",
                phase: "query",
                fix: "end what holds the horizon back (see oldest_xmin), then VACUUM (FREEZE) in \(database)")
        }
    }

    private func judgeIndexes(_ session: PostgresSnapshot.Session, _ sheet: inout CheckSheet) {
        let check = "invalid_indexes"
        if session.isReplica {
            return sheet.skip(check, because: "a replica does not see which are being built: see the primary")
        }
        judgeObjects(check, .indexes, "index", &sheet) { row in
            let name = row["name"] ?? ""
            // What a REINDEX CONCURRENTLY that failed left over; the index itself is there beside it.
            return name.contains(/_cc(new|old)[0-9]*"?$/)
                ? "DROP INDEX CONCURRENTLY \(name)" : "REINDEX INDEX CONCURRENTLY \(name)"
        }
        let rows = snapshot.answers[PostgresCatalogue.indexes.rawValue]?.facts?.all ?? []
        guard rows.contains(where: { $0.holds("hidden") == true }) else { return }
        sheet.lacksPrivilege(
            check, observed: "some index is being built, and \(session.user) does not see which",
            expected: "a role that does", fix: grantMonitor)
    }

    private func judgeObjects(
        _ check: String, _ name: PostgresCatalogue, _ kind: String, _ sheet: inout CheckSheet,
        fix: (PostgresRow) -> String
    ) {
        guard let rows = answer(name, for: [check], expected: "none", grant: grantMonitor, &sheet)?.all else { return }
        let count = rows.first?.number("total") ?? Double(rows.count)
        let names = rows.map { "\(kind) \($0["name"] ?? "") of \($0["table"] ?? "")" }.joined(separator: ", ")
        sheet.measure(
            check, count, observed: rows.isEmpty ? "none" : "\(numberText(count)): \(names)", reason: .mismatch,
            phase: "query", fix: rows.map(fix).joined(separator: "; "))
    }

    /// Those that the role may not read make the result unknown when every sequence is asked for; otherwise a full one among
    /// the others still counts.
    private func judgeSequences(_ session: PostgresSnapshot.Session, _ sheet: inout CheckSheet) {
        let check = "sequence_exhaustion"
        guard let rows = answer(.sequences, for: [check], expected: "room", grant: grantMonitor, &sheet)?.all else {
            return
        }
        let used = rows.compactMap { row in row.number("used").map { (share: $0, name: row["name"] ?? "") } }
        let hidden = rows.first?.number("hidden") ?? 0
        let fullest = used.max { $0.share < $1.share }
        sheet.measure(
            check, fullest?.share ?? 0,
            observed: fullest.map { "\($0.name): \(numberText(($0.share * 10).rounded() / 10)) %" } ?? "no sequence",
            phase: "query",
            fix: "ALTER the column and the sequence \(fullest?.name ?? "") to bigint, or restart it in a free range")
        guard hidden > 0, sheet.results.first(where: { $0.shortName == check })?.status == .pass else { return }
        let observed = "\(numberText(hidden)) sequences that \(session.user) may not read"
        let schemas = rows.first?["schemas"] ?? "…"
        let grant = "GRANT SELECT ON ALL SEQUENCES IN SCHEMA \(schemas) TO \(role)"
        if expectation.readsSequences {
            sheet.lacksPrivilege(check, observed: observed, expected: "readable sequences", fix: grant)
        } else {
            sheet.skip(check, because: "\(observed): \(grant), and set sequences: true")
        }
    }

    private func judgeChecksums(_ sheet: inout CheckSheet) {
        let check = "checksum_failures"
        guard
            let row = answer(.checksums, for: [check], expected: "none", grant: grantMonitor, &sheet)?.first
        else { return }
        guard row["enabled"] == "on" else {
            return sheet.skip(check, because: "the cluster has no data checksums: pg_checksums --enable")
        }
        guard let failures = row.number("failures") else { return lacks("count of failures", for: [check], &sheet) }
        sheet.measure(
            check, failures,
            observed: failures == 0 ? "none" : "\(numberText(failures)) in \(row["databases"] ?? "shared objects")",
            reason: .mismatch, phase: "query",
            fix: "the data is damaged: take the server out of service, check its disk, restore or fail over")
    }
}
