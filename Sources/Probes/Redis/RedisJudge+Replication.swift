import OpsModel

extension RedisInfo {
    func judgeReplication(_ expectation: RedisExpectation, _ sheet: inout CheckSheet) {
        let role = role ?? "not in INFO"
        sheet.expect(
            "role", role == expectation.role.rawValue, observed: role, expected: expectation.role.rawValue,
            reason: .role, phase: "command", fix: "point the URL at the \(expectation.role.rawValue)")
        guard role == expectation.role.rawValue else {
            return sheet.block(["replication_link", "replication_lag"], by: "role")
        }
        switch expectation.role {
        case .replica: judgeReplica(&sheet)
        case .master: judgeMaster(expectation, &sheet)
        }
    }

    private func judgeReplica(_ sheet: inout CheckSheet) {
        let master = "\(self["master_host"] ?? "?"):\(self["master_port"] ?? "?")"
        let state = self["master_link_status"] ?? "not in INFO"
        let isSyncing = self["master_sync_in_progress"] == "1"
        var observed = "link to \(master) \(state)"
        if isSyncing { observed += ", first copy in progress" }
        if let down = self["master_link_down_since_seconds"], down != "-1" { observed += ", down for \(down) s" }
        if let last = self["master_last_io_seconds_ago"], last != "-1" { observed += ", last heard of \(last) s ago" }
        // A master says something every 10 s (repl-ping-replica-period); a link that is silent for longer is dying.
        let isSilent = (number("master_last_io_seconds_ago") ?? 0) > 30
        let isUp = state == "up" && !isSyncing && !isSilent
        sheet.expect(
            "replication_link", isUp, observed: observed, expected: "link up", reason: .notReady, phase: "command",
            fix: "see the replica's log; check masteruser, masterauth and the network to \(master)")
        guard isUp else { return sheet.block(["replication_lag"], by: "replication_link") }
        guard let read = number("slave_read_repl_offset"), let applied = number("slave_repl_offset") else {
            return sheet.skip("replication_lag", because: "this version does not tell it on a replica")
        }
        measureLag(read - applied, "read from the master, not yet applied", &sheet)
    }

    private func judgeMaster(_ expectation: RedisExpectation, _ sheet: inout CheckSheet) {
        let replicas = replicas
        let online = replicas.filter(\.isInStep)
        guard let wanted = expectation.replicas ?? (replicas.isEmpty ? nil : 0) else {
            sheet.skip("replication_link", because: "no replicas asked for, and none there")
            return sheet.skip("replication_lag", because: "no replicas asked for, and none there")
        }
        let good = number("min_slaves_good_slaves").map { Int($0) }
        let others = replicas.filter { !$0.isInStep }.map(\.text)
        let lag = online.compactMap(\.lag).max().map { ", lag \(numberText($0)) s" } ?? ""
        let goodText = good.map { ", \($0) good for min-replicas-to-write" } ?? ""
        sheet.expect(
            "replication_link", online.count >= wanted && others.isEmpty && (good ?? wanted) >= wanted,
            observed: (["\(online.count) online\(lag)"] + others).joined(separator: ", ") + goodText,
            expected: "at least \(wanted) replicas, all online with a lag of at most 10 s", reason: .notReady,
            phase: "command",
            fix: "see the logs of the replicas; on each: INFO replication, REPLICAOF")
        guard let end = number("master_repl_offset"), let last = online.compactMap(\.offset).min() else {
            return sheet.block(["replication_lag"], by: "replication_link")
        }
        measureLag(max(0, end - last), "behind: the slowest of \(online.count)", &sheet)
    }

    private func measureLag(_ bytes: Double, _ what: String, _ sheet: inout CheckSheet) {
        sheet.measure(
            "replication_lag", bytes, observed: "\(numberText(bytes)) B \(what)", phase: "command",
            fix: "look at the network and the load of the replica; INFO replication")
    }
}
