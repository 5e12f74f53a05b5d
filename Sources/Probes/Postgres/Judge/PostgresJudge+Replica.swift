import OpsModel
import PostgresClient

/// The replica's side of replication.
extension PostgresJudge {
    func judgeReplica(_ sheet: inout CheckSheet) {
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

    private static let lagFix =
        "see the replica's log and primary_conninfo; on the primary: SELECT * FROM pg_stat_replication"

    private func judgeLag(_ row: PostgresRow, _ sheet: inout CheckSheet) {
        let (check, age) = ("replication_lag", row.number("replay_age"))
        if let why = cut(row) {
            let last =
                age.map { "the last replayed commit is \(timeText($0)) old" }
                ?? "no commit was replayed since it started"
            return sheet.record(
                check, .fail, observed: "\(why); \(last)", expected: "a primary that streams", reason: .unreachable,
                phase: "query", fix: Self.lagFix)
        }
        guard row["receiver"] != nil else {
            guard row["streams"] != nil else {
                return sheet.lacksPrivilege(
                    check, observed: "no WAL receiver, and \(url.user) does not see primary_conninfo",
                    expected: "a role that does", fix: grantMonitor)
            }
            guard let age else { return lacks("commit replayed from the archive", for: [check], &sheet) }
            return measureLag(age, "from the archive: age of the last replayed commit", &sheet)
        }
        guard row["status"] != nil else {
            return sheet.lacksPrivilege(
                check, observed: "pg_stat_wal_receiver shows nothing", expected: "its columns", fix: grantMonitor)
        }
        guard let silence = row.number("silence"), let behind = row.number("behind") else {
            return lacks("position of the WAL receiver", for: [check], &sheet)
        }
        let heard = "heard the primary \(timeText(max(0, silence))) ago"
        if behind <= 0 { return measureLag(0, "all received WAL is replayed, \(heard)", &sheet) }
        if let seconds = caughtUp(from: row) {
            return measureLag(seconds, "it replayed meanwhile what was there at first, \(heard)", &sheet)
        }
        guard let age else {
            return sheet.record(
                check, .unknown, observed: "\(sizeText(behind)) behind, and no commit was replayed since it started",
                expected: "a replayed commit", reason: .notReady, phase: "query",
                fix: "probe again when it has caught up")
        }
        measureLag(age, "age of the last replayed commit, \(sizeText(behind)) behind, \(heard)", &sheet)
    }

    private func measureLag(_ seconds: Double, _ method: String, _ sheet: inout CheckSheet) {
        sheet.measure(
            "replication_lag", seconds, observed: "\(timeText(seconds)) (\(method))", phase: "query", fix: Self.lagFix)
    }

    /// Why nothing comes from the primary any more, whatever was replayed; nil when it streams, or when the role cannot see it.
    private func cut(_ row: PostgresRow) -> String? {
        guard row["receiver"] != nil else {
            return row.holds("streams") == true ? "no WAL receiver: the link to the primary is cut" : nil
        }
        if let status = row["status"], status != "streaming" { return "the WAL receiver is \(status)" }
        // A live link is never silent for longer: at half its timeout the receiver asks for a sign of life. Without a timeout
        // it never asks.
        guard let timeout = row.number("receiver_timeout"), timeout > 0, let silence = row.number("silence"),
            silence > timeout / 2 + 5
        else { return nil }
        return "the primary has been silent for \(timeText(silence))"
    }

    /// Seconds after which a later look found replayed what was there at the first one; nil when it did not.
    private func caughtUp(from first: PostgresRow) -> Double? {
        guard let again = snapshot.answers[PostgresCatalogue.replicationAgain.rawValue]?.facts?.first,
            let target = first.replayTarget, let reached = again["replayed"].flatMap(walPosition),
            let start = first.number("now"), let end = again.number("now"), reached >= target
        else { return nil }
        return max(0, end - start)
    }
}

extension PostgresRow {
    /// Where the primary was, as far as the replica knew; nil when all of that is replayed.
    var replayTarget: UInt64? {
        guard let replayed = self["replayed"].flatMap(walPosition), let behind = number("behind"), behind > 0 else {
            return nil
        }
        return replayed + UInt64(behind)
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
