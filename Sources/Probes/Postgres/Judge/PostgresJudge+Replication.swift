import OpsModel

extension PostgresJudge {
    func judgeReplication(_ session: PostgresSnapshot.Session, _ sheet: inout CheckSheet) {
        judgeReplica(&sheet)
        judgeStandbys(session, &sheet)
        judgeSlots(&sheet)
        judgeArchiver(&sheet)
    }

    /// For which standbys commits wait; empty when for none.
    var synchronousStandbys: String {
        let settings = snapshot.answers[PostgresCatalogue.settings.rawValue]?.facts?.all ?? []
        return settings.first { $0["name"] == "synchronous_standby_names" }?["setting"] ?? ""
    }

    private func judgeStandbys(_ session: PostgresSnapshot.Session, _ sheet: inout CheckSheet) {
        let synchronous = synchronousStandbys
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
}
