import OpsModel
import PostgresClient

/// Turns a snapshot into results; pure.
struct PgBouncerJudge {
    let snapshot: PgBouncerSnapshot
    let expectation: PgBouncerExpectation

    func judge(_ sheet: inout CheckSheet) {
        let entrance = PostgresEntrance(
            url: expectation.url, protection: expectation.protection, failure: snapshot.session.failure,
            greeting: snapshot.session.facts.map { "PgBouncer \($0) as \(expectation.url.user)" }, tls: snapshot.tls,
            takenAt: snapshot.takenAt)
        entrance.judge(&sheet)
        judgeThrough(&sheet)
        guard let version = snapshot.session.facts else { return sheet.blockRest(by: entrance.blocker) }
        judgeVersion(version, &sheet)
        judgeDatabases(&sheet)
        judgePools(&sheet)
        judgeClients(&sheet)
    }

    private func judgeVersion(_ version: String, _ sheet: inout CheckSheet) {
        guard let minimum = expectation.minimumVersion else {
            return sheet.skip("version", because: "no minimum_version is set; it is \(version)")
        }
        sheet.expect(
            "version", isVersion(version, atLeast: minimum), observed: version, expected: "at least \(minimum)",
            reason: .mismatch, phase: "query", fix: "upgrade the pooler to \(minimum) or newer")
    }

    /// The rows of a SHOW. Without them it records for `checks` why: nobody could look.
    private func rows(_ name: String, for checks: [String], _ sheet: inout CheckSheet) -> [PostgresRow]? {
        switch snapshot.answers[name] ?? .notLooked {
        case .seen(let table): return table.all
        case .notLooked: for check in checks { sheet.skip(check, because: "not asked for") }
        case .failed(let failure) where failure.code == "42501" || failure.message.contains("admin access needed"):
            for check in checks {
                sheet.lacksPrivilege(
                    check, observed: failure.message, expected: "SHOW \(name)",
                    fix: "stats_users = \(expectation.url.user) in pgbouncer.ini, then RELOAD")
            }
        case .failed(let failure):
            for check in checks {
                sheet.record(
                    check, .unknown, observed: failure.message, expected: "SHOW \(name)", reason: failure.reason,
                    phase: failure.phase, fix: "see the pooler's log")
            }
        }
        return nil
    }

    private func judgeDatabases(_ sheet: inout CheckSheet) {
        guard let all = rows("DATABASES", for: ["databases"], &sheet) else { return }
        let offered = all.filter { $0["name"] != "pgbouncer" }
        let names = expectation.databases.isEmpty ? offered.compactMap { $0["name"] } : expectation.databases
        let wrong = names.compactMap { name -> (String, String)? in
            guard let row = offered.first(where: { $0["name"] == name }) else {
                return ("\(name) is missing", "add \(name) to [databases] in pgbouncer.ini, then RELOAD")
            }
            if row["paused"] == "1" { return ("\(name) is paused", "RESUME \(quotedIdentifier(name))") }
            return row["disabled"] == "1" ? ("\(name) is disabled", "ENABLE \(quotedIdentifier(name))") : nil
        }
        sheet.expect(
            "databases", wrong.isEmpty,
            observed: (wrong.isEmpty ? names : wrong.map(\.0)).joined(separator: ", "),
            expected: "open: \(names.joined(separator: ", "))", reason: .policy, phase: "query",
            fix: wrong.map(\.1).joined(separator: "; "))
    }

    private func judgePools(_ sheet: inout CheckSheet) {
        let checks = ["pool_wait", "clients_waiting", "pool_saturation"]
        guard let pools = rows("POOLS", for: checks, &sheet)?.filter({ $0["database"] != "pgbouncer" }) else { return }
        func name(_ row: PostgresRow) -> String { "\(row["database"] ?? "?") as \(row["user"] ?? "?")" }
        let waits = pools.map { ($0.number("maxwait") ?? 0) + ($0.number("maxwait_us") ?? 0) / 1_000_000 }
        let (longest, pool) = zip(waits, pools).max { $0.0 < $1.0 }.map { ($0, name($1)) } ?? (0, "")
        let fix = "see what the servers do: SELECT * FROM pg_stat_activity; or raise pool_size"
        sheet.measure(
            "pool_wait", longest, observed: longest > 0 ? "\(timeText(longest)) for \(pool)" : "nobody waits",
            phase: "query", fix: fix)
        let waiting = pools.reduce(0) { $0 + ($1.number("cl_waiting") ?? 0) }
        sheet.measure("clients_waiting", waiting, phase: "query", fix: fix)
        judgeSaturation(pools, named: name, &sheet)
    }

    private func judgeSaturation(
        _ pools: [PostgresRow], named name: (PostgresRow) -> String, _ sheet: inout CheckSheet
    ) {
        let check = "pool_saturation"
        guard let databases = rows("DATABASES", for: [check], &sheet) else { return }
        let shares = pools.compactMap { pool -> (Double, String)? in
            let database = databases.first { $0["name"] == pool["database"] }
            guard let size = database?.number("pool_size"), size > 0, let active = pool.number("sv_active") else {
                return nil
            }
            return (100 * active / size, "\(name(pool)): \(numberText(active)) of \(numberText(size))")
        }
        let fullest = shares.max { $0.0 < $1.0 }
        sheet.measure(
            check, fullest?.0 ?? 0, observed: fullest?.1 ?? "no pool is in use", phase: "query",
            fix: "raise pool_size, as far as the server's max_connections allows")
    }

    private func judgeClients(_ sheet: inout CheckSheet) {
        let check = "client_saturation"
        guard let settings = rows("CONFIG", for: [check], &sheet), let lists = rows("LISTS", for: [check], &sheet)
        else { return }
        guard let most = settings.first(where: { $0["key"] == "max_client_conn" })?.number("value"), most > 0,
            let used = lists.first(where: { $0["list"] == "used_clients" })?.number("items")
        else {
            return sheet.record(
                check, .unknown, observed: "the pooler gives no count of clients", expected: "used_clients",
                reason: .proto, phase: "query", fix: "SHOW LISTS; SHOW CONFIG")
        }
        sheet.measure(
            check, 100 * used / most, observed: "\(numberText(used)) of \(numberText(most))",
            reason: .tooManyConnections,
            phase: "query", fix: "raise max_client_conn and the limit of open files, or find who opens so many")
    }

    private func judgeThrough(_ sheet: inout CheckSheet) {
        let check = "through_pooler"
        guard let url = expectation.throughURL else { return sheet.skip(check, because: "no through_url is set") }
        switch snapshot.through {
        case .notLooked: break  // waits for the entrance
        case .seen(let milliseconds):
            sheet.measure(
                check, Double(milliseconds) / 1000, observed: "\(milliseconds) ms", phase: "query",
                fix: "see pool_wait, and probe the server itself")
        case .failed(let failure):
            sheet.record(
                check, failure, expected: "a session in \(url.database)",
                fix: "see the pooler's log: server_login_retry, auth_file; and probe the server itself")
        }
    }
}
