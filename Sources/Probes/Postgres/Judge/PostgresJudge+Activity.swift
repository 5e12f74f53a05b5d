import OpsModel

extension PostgresJudge {
    func judgeActivity(_ session: PostgresSnapshot.Session, _ sheet: inout CheckSheet) {
        judgeConnections(&sheet)
        judgePrepared(&sheet)
        let checks = ["long_transactions", "idle_in_transaction", "blocked_locks", "oldest_xmin"]
        guard seesOthers(session, for: checks, &sheet) else { return }
        judgeTransactions(&sheet)
        judgeLocks(&sheet)
        judgeHorizon(&sheet)
    }

    private func judgeConnections(_ sheet: inout CheckSheet) {
        guard
            let row = answer(
                .connections, for: ["connections"], expected: "room for more", grant: grantMonitor, &sheet)?.first
        else { return }
        guard let used = row.number("used"), let most = row.number("most"), let reserved = row.number("reserved"),
            most > reserved
        else { return lacks("number of connections", for: ["connections"], &sheet) }
        let share = 100 * used / (most - reserved)
        sheet.measure(
            "connections", share,
            observed: "\(numberText(share.rounded())) % (\(numberText(used)) of \(numberText(most - reserved)))",
            reason: .tooManyConnections, phase: "query",
            fix:
                "SELECT usename, application_name, state, count(*) FROM pg_stat_activity GROUP BY 1, 2, 3 ORDER BY 4 DESC; "
                + "smaller pools, a pooler, or a higher max_connections")
    }

    private func judgeTransactions(_ sheet: inout CheckSheet) {
        let checks = ["long": "long_transactions", "idle": "idle_in_transaction"]
        guard
            let rows = answer(
                .activity, for: checks.values.sorted(), expected: "short transactions", grant: grantMonitor, &sheet)?
                .all
        else { return }
        for (kind, check) in checks {
            guard let row = rows.first(where: { $0["kind"] == kind }) else {
                sheet.measure(check, 0, observed: "none", phase: "query", fix: "")
                continue
            }
            guard let seconds = row.number("seconds") else {
                lacks("age of a transaction", for: [check], &sheet)
                continue
            }
            sheet.measure(
                check, max(0, seconds), observed: "\(timeText(max(0, seconds))): \(who(row))", phase: "query",
                fix: "SELECT pg_terminate_backend(\(row["pid"] ?? ""))"
                    + (kind == "idle" ? "; and set idle_in_transaction_session_timeout" : ""))
        }
    }

    private func who(_ row: PostgresRow, prefix: String = "") -> String {
        let application = row["\(prefix)application"].flatMap { $0.isEmpty ? nil : $0 } ?? "no name"
        let pid = row[prefix.isEmpty ? "pid" : "blocker"] ?? "?"
        return "pid \(pid), \(row["\(prefix)user"] ?? "nobody"), \(application), \(row["\(prefix)state"] ?? "no state")"
    }

    private func judgeLocks(_ sheet: inout CheckSheet) {
        guard
            let table = answer(.blocked, for: ["blocked_locks"], expected: "no waits", grant: grantMonitor, &sheet)
        else { return }
        guard let row = table.first else {
            return sheet.measure("blocked_locks", 0, observed: "none", phase: "query", fix: "")
        }
        guard let seconds = row.number("seconds"), let blocker = row["blocker"] else {
            return lacks("length of a wait", for: ["blocked_locks"], &sheet)
        }
        // Process 0 stands for a prepared transaction.
        let holder = blocker == "0" ? "a prepared transaction" : who(row, prefix: "blocker_")
        sheet.measure(
            "blocked_locks", max(0, seconds),
            observed: "\(row["total"] ?? "1") waiting, the longest \(timeText(max(0, seconds))): "
                + "pid \(row["pid"] ?? "?") behind \(holder)",
            phase: "query",
            fix: blocker == "0"
                ? "SELECT gid FROM pg_prepared_xacts; then ROLLBACK PREPARED '…'"
                : "SELECT pg_terminate_backend(\(blocker))")
    }

    private func judgePrepared(_ sheet: inout CheckSheet) {
        let check = "prepared_transactions"
        guard let table = answer(.prepared, for: [check], expected: "none left over", grant: grantMonitor, &sheet)
        else { return }
        guard let row = table.first else { return sheet.measure(check, 0, observed: "none", phase: "query", fix: "") }
        guard let seconds = row.number("seconds") else {
            return lacks("age of a prepared transaction", for: [check], &sheet)
        }
        let gid = row["gid"] ?? ""
        sheet.measure(
            check, max(0, seconds),
            observed:
                "\(row["total"] ?? "1"), the oldest \(timeText(max(0, seconds))): \(gid) in \(row["database"] ?? "?")",
            phase: "query",
            fix: "ROLLBACK PREPARED '\(gid.replacing("'", with: "''"))', in database \(row["database"] ?? "?")")
    }

    private func judgeHorizon(_ sheet: inout CheckSheet) {
        let check = "oldest_xmin"
        guard let table = answer(.horizon, for: [check], expected: "a recent horizon", grant: grantMonitor, &sheet)
        else { return }
        guard let row = table.first else {
            return sheet.measure(check, 0, observed: "nothing holds it back", phase: "query", fix: "")
        }
        guard let age = row.number("age") else { return lacks("age of the horizon", for: [check], &sheet) }
        let (source, name) = (row["source"] ?? "", row["name"] ?? "")
        let fix =
            switch source {
            case "session": "SELECT pg_terminate_backend(\(name))"
            case "standby", "standby with slot":
                "end the long query on the standby: there, SELECT pid, query FROM pg_stat_activity ORDER BY xact_start"
            case "active slot": "see why its reader lags: SELECT * FROM pg_stat_replication; and the subscriber's log"
            case "slot": "start its reader, or SELECT pg_drop_replication_slot('\(name)')"
            default: "ROLLBACK PREPARED '\(name.replacing("'", with: "''"))'"
            }
        sheet.measure(
            check, max(0, age), observed: "\(numberText(age)) transactions back, by \(source) \(name)", phase: "query",
            fix: fix)
    }
}
