import OpsModel

extension PostgresJudge {
    private static let archiverFix = "see the server's log for archive_command; the next attempt comes within a minute"

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
        guard let current = row["current"].flatMap({ WALFile($0, segmentSize: row.number("segment_size")) }) else {
            return sheet.skip(check, because: "only a primary archives")
        }
        if let failedAge = row.number("failed_age"), failedAge <= row.number("archived_age") ?? .infinity {
            return sheet.record(
                check, .fail, observed: "\(row["failed"] ?? "") was refused \(timeText(failedAge)) ago",
                expected: expected, reason: .limit, phase: "query", fix: Self.archiverFix)
        }
        judgeArchive(row, current: current, &sheet)
    }

    /// An idle server archives nothing for hours and is well: what counts is how long finished files wait.
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
        // A history is archived right after a promotion, before the first file of the new timeline.
        let isIdle =
            archived.map { $0.number + 1 >= current.number } ?? (row["archived"]?.hasSuffix(".history") == true)
        sheet.measure(
            check, isIdle ? 0 : age,
            observed: isIdle
                ? "every finished file is archived, the last one \(timeText(age)) ago"
                : "finished files wait; the last one was archived \(timeText(age)) ago",
            phase: "query", fix: Self.archiverFix)
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
