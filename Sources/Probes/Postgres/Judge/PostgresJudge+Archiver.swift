import OpsModel

extension PostgresJudge {
    private static let archiverFix = "see the server's log for archive_command; the next attempt comes within a minute"
    /// Finished files that wait for the archive: of 16 MiB each, 256 MiB and 2 GiB.
    private static let (backlogWarning, backlogFailure): (UInt64, UInt64) = (16, 128)

    func judgeArchiver(_ sheet: inout CheckSheet) {
        let (check, expected) = ("archiver", "archived WAL")
        guard let row = answer(.archiver, for: [check], expected: expected, grant: grantMonitor, &sheet)?.first,
            let settings = answer(.settings, for: [check], expected: "archive_mode", grant: grantMonitor, &sheet)
        else { return }
        let mode = settings.all.first { $0["name"] == "archive_mode" }?["setting"] ?? "not shown"
        guard mode != "off" else {
            guard expectation.archivesWAL == true else { return sheet.skip(check, because: "archive_mode is off") }
            return sheet.record(
                check, .fail, observed: "archive_mode is off", expected: "on", reason: .policy, phase: "query",
                fix: "ALTER SYSTEM SET archive_mode = on, and restart")
        }
        if let failedAge = row.number("failed_age"), failedAge <= row.number("archived_age") ?? .infinity {
            guard mode == "always" || row["current"] != nil else {
                return sheet.skip(check, because: "only a primary archives")
            }
            return sheet.record(
                check, .fail, observed: "\(row["failed"] ?? "") was refused \(timeText(failedAge)) ago",
                expected: expected, reason: .limit, phase: "query", fix: Self.archiverFix)
        }
        guard let current = row["current"].flatMap({ WALFile($0, segmentSize: row.number("segment_size")) }) else {
            return judgeReplicaArchive(row, mode, &sheet)
        }
        judgeArchive(row, current: current, &sheet)
    }

    /// A replica archives only with `always`, and does not say which file it is in: without a failure all is well.
    private func judgeReplicaArchive(_ row: PostgresRow, _ mode: String, _ sheet: inout CheckSheet) {
        guard mode == "always" else { return sheet.skip("archiver", because: "only a primary archives") }
        guard let age = row.number("archived_age") else {
            return sheet.skip("archiver", because: "this replica has not archived anything yet")
        }
        sheet.record(
            "archiver", .pass, observed: "the last file was archived \(timeText(age)) ago, none was refused since",
            expected: "archived WAL", phase: "query")
    }

    /// An idle server archives nothing for hours and is well: what counts is how long finished files wait, and how many.
    private func judgeArchive(_ row: PostgresRow, current: WALFile, _ sheet: inout CheckSheet) {
        let (check, expected) = ("archiver", "archived WAL")
        guard let age = row.number("archived_age") else {
            if current.number <= 1 {
                return sheet.record(
                    check, .pass, observed: "no WAL file is finished yet", expected: expected, phase: "query")
            }
            return sheet.record(
                check, .unknown, observed: "nothing was archived since the statistics began", expected: expected,
                reason: .notReady, phase: "query", fix: "SELECT pg_switch_wal(), and probe again")
        }
        let archived = row["archived"].flatMap { WALFile($0, segmentSize: row.number("segment_size")) }
        let backlog = archived.map { current.number > $0.number ? current.number - $0.number - 1 : 0 }
        // A history is archived right after a promotion, before the first file of the new timeline.
        let isIdle = backlog.map { $0 == 0 } ?? (row["archived"]?.hasSuffix(".history") == true)
        sheet.measure(
            check, isIdle ? 0 : age,
            observed: isIdle
                ? "every finished file is archived, the last one \(timeText(age)) ago"
                : "\(backlog.map { "\($0) " } ?? "")finished files wait; the last one was archived \(timeText(age)) ago",
            phase: "query", fix: Self.archiverFix)
        judgeBacklog(backlog ?? 0, archivedAge: age, &sheet)
    }

    /// An archiver that is slower than the server writes always archived something just now, and yet falls behind.
    private func judgeBacklog(_ files: UInt64, archivedAge: Double, _ sheet: inout CheckSheet) {
        let check = "archiver"
        guard files >= Self.backlogWarning, let result = sheet.results.first(where: { $0.shortName == check }),
            [.pass, .warn].contains(result.status)
        else { return }
        sheet.record(
            check, files >= Self.backlogFailure ? .fail : .warn,
            observed: "\(files) finished files wait, although one was archived \(timeText(archivedAge)) ago",
            expected: "fewer than \(Self.backlogWarning) (warn) or \(Self.backlogFailure) (fail) waiting files",
            reason: .limit, phase: "query",
            fix: "archive faster: archive more files at once (archive_command or archive_library), to a nearer place")
    }
}

/// A WAL file's place in the sequence of files, whatever its timeline; that of a backup's label is the file it began in. nil for
/// a timeline's history.
struct WALFile {
    let number: UInt64

    init?(_ name: String, segmentSize: Double?) {
        guard let segmentSize, segmentSize > 0, name.count >= 24,
            let high = UInt64(name.dropFirst(8).prefix(8), radix: 16),
            let low = UInt64(name.dropFirst(16).prefix(8), radix: 16)
        else { return nil }
        number = high * (0x1_0000_0000 / UInt64(segmentSize)) + low
    }
}
