import OpsModel

extension PostgresJudge {
    func judgeReplication(_ session: PostgresSnapshot.Session, _ sheet: inout CheckSheet) {
        judgeReplica(&sheet)
        judgeStandbys(session, &sheet)
        judgeSlots(&sheet)
        judgeArchiver(&sheet)
    }

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
