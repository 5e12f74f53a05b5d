import OpsModel

extension PostgresJudge {
    func judgeReplication(_ session: PostgresSnapshot.Session, _ sheet: inout CheckSheet) {
        judgeReplica(&sheet)
        judgeStandbys(session, &sheet)
        judgeSlots(&sheet)
        judgeArchiver(&sheet)
    }

    // MARK: the replica's side

    private func judgeReplica(_ sheet: inout CheckSheet) {
        let checks = ["replication_lag", "replication_lag_bytes", "replay_paused"]
        guard
            let row = answer(
                .replication, for: checks, expected: "a streaming replica", grant: grantMonitor, &sheet,
                unasked: "a primary does not lag")?.first
        else { return }
        let isPaused = row.holds("paused") == true
        sheet.expect(
            "replay_paused", !isPaused, observed: isPaused ? "paused" : "running", expected: "running",
            reason: .policy, phase: "query", fix: "SELECT pg_wal_replay_resume()")
        judgeLag(row, &sheet)
        let behind = row.number("behind")
        if row["receiver"] != nil, row["status"] == nil {
            sheet.lacksPrivilege(
                "replication_lag_bytes", observed: "pg_stat_wal_receiver shows nothing", expected: "its columns",
                fix: grantMonitor)
        } else if let behind {
            sheet.measure(
                "replication_lag_bytes", max(0, behind), observed: sizeText(max(0, behind)), phase: "query",
                fix: "see what slows replay: SELECT * FROM pg_stat_database_conflicts; and the replica's disk")
        } else {
            sheet.skip("replication_lag_bytes", because: "nothing was ever received by streaming")
        }
    }

    private func judgeLag(_ row: PostgresRow, _ sheet: inout CheckSheet) {
        let (check, fix) = (
            "replication_lag",
            "see the replica's log and primary_conninfo; on the primary: SELECT * FROM pg_stat_replication"
        )
        let age = row.number("replay_age")
        let last =
            age.map { "the last replayed commit is \(timeText($0)) old" } ?? "no commit was replayed since it started"
        func isCut(_ why: String) {
            sheet.record(
                check, .fail, observed: "\(why); \(last)", expected: "a primary that streams", reason: .unreachable,
                phase: "query", fix: fix)
        }
        guard row["receiver"] != nil else {
            guard row.holds("streams") == false else { return isCut("no WAL receiver: the link to the primary is cut") }
            guard let age else { return lacks("commit replayed from the archive", for: [check], &sheet) }
            return sheet.measure(
                check, age, observed: "\(timeText(age)) (from the archive: age of the last replayed commit)",
                phase: "query", fix: fix)
        }
        guard let status = row["status"] else {
            return sheet.lacksPrivilege(
                check, observed: "pg_stat_wal_receiver shows nothing", expected: "its columns", fix: grantMonitor)
        }
        guard status == "streaming" else { return isCut("the WAL receiver is \(status)") }
        guard let silence = row.number("silence"), let behind = row.number("behind") else {
            return lacks("position of the WAL receiver", for: [check], &sheet)
        }
        // A live link is never silent for longer: at half its timeout the receiver asks for a sign of life.
        let patience = (row.number("receiver_timeout").flatMap { $0 > 0 ? $0 : nil } ?? 60) / 2 + 5
        if silence > patience { return isCut("the primary has been silent for \(timeText(silence))") }
        let heard = "heard the primary \(timeText(max(0, silence))) ago"
        if behind <= 0 {
            return sheet.measure(
                check, 0, observed: "0 s (all received WAL is replayed, \(heard))", phase: "query", fix: fix)
        }
        if let seconds = caughtUp(from: row) {
            return sheet.measure(
                check, seconds,
                observed: "\(timeText(seconds)) (it replayed meanwhile what was there at first, \(heard))",
                phase: "query", fix: fix)
        }
        guard let age else {
            return sheet.record(
                check, .unknown, observed: "\(sizeText(behind)) behind; \(last)", expected: "a replayed commit",
                reason: .notReady, phase: "query", fix: "probe again when it has caught up")
        }
        sheet.measure(
            check, age,
            observed: "\(timeText(age)) (age of the last replayed commit, \(sizeText(behind)) behind, \(heard))",
            phase: "query", fix: fix)
    }

    /// Seconds after which a second look found replayed what the first one found received; nil when it did not.
    private func caughtUp(from first: PostgresRow) -> Double? {
        guard let again = snapshot.answers[PostgresCatalogue.replicationAgain.rawValue]?.facts?.first,
            let target = first["received"].flatMap(walPosition), let reached = again["replayed"].flatMap(walPosition),
            let start = first.number("now"), let end = again.number("now"), reached >= target
        else { return nil }
        return max(0, end - start)
    }

    // MARK: the primary's side

    private func judgeStandbys(_ session: PostgresSnapshot.Session, _ sheet: inout CheckSheet) {
        let settings = snapshot.answers[PostgresCatalogue.settings.rawValue]?.facts?.all ?? []
        let synchronous = settings.first { $0["name"] == "synchronous_standby_names" }?["setting"] ?? ""
        let isExpected = expectation.standbyCount != nil || !expectation.standbyNames.isEmpty
        guard isExpected || !synchronous.isEmpty else {
            return sheet.skip("standbys", because: "none are expected")
        }
        let names = expectation.standbyNames
        let expected =
            names.isEmpty ? "\(expectation.standbyCount ?? 1) streaming" : "streaming: \(names.joined(separator: ", "))"
        guard let rows = answer(.standbys, for: ["standbys"], expected: expected, grant: grantMonitor, &sheet)?.all
        else { return }
        if rows.contains(where: { $0["state"] == nil }) {
            return sheet.lacksPrivilege(
                "standbys", observed: "pg_stat_replication shows no state", expected: expected, fix: grantMonitor)
        }
        let streaming = rows.filter { $0["state"] == "streaming" }
        let missing = names.filter { name in !streaming.contains { $0["name"] == name } }
        let isSynchronous = streaming.contains { ["sync", "quorum"].contains($0["sync"]) }
        let isWaiting = !synchronous.isEmpty && !isSynchronous
        let seen = rows.map { "\($0["name"] ?? "") (\($0["state"] ?? ""), \($0["sync"] ?? ""))" }
        sheet.expect(
            "standbys", missing.isEmpty && streaming.count >= (expectation.standbyCount ?? 0) && !isWaiting,
            observed: (rows.isEmpty ? "none" : seen.joined(separator: ", "))
                + (isWaiting ? "; no synchronous one for \(synchronous): commits wait" : ""),
            expected: expected + (synchronous.isEmpty ? "" : ", one of them synchronous"), reason: .mismatch,
            phase: "query", fix: "start the standby, and see its log: opsctl probe run on it names a cut link")
    }

    private func judgeSlots(_ sheet: inout CheckSheet) {
        guard
            let slots = answer(
                .slots, for: ["replication_slots"], expected: "slots that are read", grant: grantMonitor, &sheet)?.all
        else { return }
        if let lost = slots.first(where: { ["unreserved", "lost"].contains($0["status"]) }) {
            return sheet.record(
                "replication_slots", .fail, observed: "\(lost["name"] ?? ""): \(lost["status"] ?? "")",
                expected: "no slot unreserved or lost", reason: .limit, phase: "query",
                fix: "build its standby anew, then SELECT pg_drop_replication_slot('\(lost["name"] ?? "")')")
        }
        let idle = slots.filter { $0.holds("active") == false }
            .map { (name: $0["name"] ?? "", bytes: max(0, $0.number("retained") ?? 0)) }
        let worst = idle.max { $0.bytes < $1.bytes }
        sheet.measure(
            "replication_slots", worst?.bytes ?? 0,
            observed: worst.map { "\($0.name) is inactive and holds back \(sizeText($0.bytes))" }
                ?? "\(slots.count) slots, none inactive",
            phase: "query",
            fix: "start its reader, or SELECT pg_drop_replication_slot('\(worst?.name ?? "")')")
    }

    private func judgeArchiver(_ sheet: inout CheckSheet) {
        let check = "archiver"
        let fix = "see the server's log for archive_command; the next attempt comes within a minute"
        guard let row = answer(.archiver, for: [check], expected: "archived WAL", grant: grantMonitor, &sheet)?.first,
            let settings = answer(.settings, for: [check], expected: "archive_mode", grant: grantMonitor, &sheet)
        else { return }
        let mode = settings.all.first { $0["name"] == "archive_mode" }?["setting"] ?? "not shown"
        guard mode != "off" else {
            guard expectation.archivesWAL == true else { return sheet.skip(check, because: "archive_mode is off") }
            return sheet.record(
                check, .fail, observed: "archive_mode is off", expected: "on", reason: .policy, phase: "query",
                fix: "ALTER SYSTEM SET archive_mode = on, and restart")
        }
        guard let current = row["current"].flatMap({ WALFile($0, segmentSize: row.number("segment_size")) }) else {
            return sheet.skip(check, because: "only a primary archives")
        }
        if let failedAge = row.number("failed_age"), failedAge <= row.number("archived_age") ?? .infinity {
            return sheet.record(
                check, .fail, observed: "\(row["failed"] ?? "") was refused \(timeText(failedAge)) ago",
                expected: "archived WAL", reason: .limit, phase: "query", fix: fix)
        }
        guard let age = row.number("archived_age") else {
            if current.number <= 1 {
                return sheet.record(
                    check, .pass, observed: "no WAL file is finished yet", expected: "archived WAL", phase: "query")
            }
            return sheet.record(
                check, .unknown, observed: "nothing was archived since the statistics began", expected: "archived WAL",
                reason: .notReady, phase: "query", fix: "SELECT pg_switch_wal(), and probe again")
        }
        let archived = row["archived"].flatMap { WALFile($0, segmentSize: row.number("segment_size")) }
        let isIdle = archived.map { $0.number + 1 >= current.number } ?? false
        sheet.measure(
            check, isIdle ? 0 : age,
            observed: isIdle
                ? "every finished file is archived, the last one \(timeText(age)) ago"
                : "finished files wait; the last one was archived \(timeText(age)) ago",
            phase: "query", fix: fix)
    }
}

/// `0/3000148` as a number.
func walPosition(_ text: String) -> UInt64? {
    let parts = text.split(separator: "/")
    guard parts.count == 2, let high = UInt64(parts[0], radix: 16), let low = UInt64(parts[1], radix: 16) else {
        return nil
    }
    return high << 32 | low
}

/// A WAL file's place in the sequence of files, whatever its timeline; nil for a history or backup file.
struct WALFile {
    let number: UInt64

    init?(_ name: String, segmentSize: Double?) {
        guard let segmentSize, segmentSize > 0, name.count == 24,
            let high = UInt64(name.dropFirst(8).prefix(8), radix: 16),
            let low = UInt64(name.suffix(8), radix: 16)
        else { return nil }
        number = high * (0x1_0000_0000 / UInt64(segmentSize)) + low
    }
}
