import Foundation
import OpsModel

extension RedisInfo {
    func judgePersistence(_ expectation: RedisExpectation, at time: Date, _ sheet: inout CheckSheet) {
        let troubles = persistenceTroubles(expectation.persistence)
        let expected = expectation.persistence.map { "\($0.rawValue), the last writes ok" } ?? "the last writes ok"
        if expectation.persistence == RedisExpectation.Persistence.none {
            sheet.skip("persistence", because: "none asked for")
        } else {
            sheet.expect(
                "persistence", troubles.isEmpty,
                observed: troubles.isEmpty ? persistenceText : troubles.joined(separator: ", "), expected: expected,
                reason: .policy, phase: "command",
                fix: troubles.contains { $0.contains("off") }
                    ? "CONFIG SET appendonly yes, or CONFIG SET save; then CONFIG REWRITE"
                    : "see space and rights of the data folder, and the server's log; then BGSAVE or BGREWRITEAOF")
        }
        judgeSaveAge(expectation, at: time, &sheet)
    }

    private var isAppending: Bool { self["aof_enabled"] == "1" }
    /// INFO does not tell `save`: a snapshot that was made since the start is the only proof of it.
    private var hasSaved: Bool { (number("rdb_saves") ?? 0) > 0 }

    private var persistenceText: String {
        let ways = [isAppending ? "append-only file" : nil, hasSaved ? "snapshots" : nil].compactMap { $0 }
        return ways.isEmpty ? "nothing written yet, nothing failed" : ways.joined(separator: " and ")
    }

    private func persistenceTroubles(_ wanted: RedisExpectation.Persistence?) -> [String] {
        var troubles: [String] = []
        func demand(_ field: String, _ what: String) {
            if let status = self[field], status != "ok" { troubles.append("\(what): \(status)") }
        }
        demand("rdb_last_bgsave_status", "last snapshot")
        if isAppending {
            demand("aof_last_write_status", "last write to the append-only file")
            demand("aof_last_bgrewrite_status", "last rewrite of the append-only file")
        }
        switch wanted {
        case .aof where !isAppending: troubles.append("append-only file off")
        case .any where !isAppending && !hasSaved: troubles.append("append-only file off, no snapshot since the start")
        case .rdb, .aof, .any, .none?, nil: break
        }
        return troubles
    }

    private func judgeSaveAge(_ expectation: RedisExpectation, at time: Date, _ sheet: inout CheckSheet) {
        guard expectation.persistence == .rdb else { return sheet.skip("save_age", because: "no `persistence: rdb`") }
        guard let last = number("rdb_last_save_time") else { return lacks("save_age", "rdb_last_save_time", &sheet) }
        guard number("rdb_changes_since_last_save") != 0 else {
            return sheet.record(
                "save_age", .pass, observed: "no change since the last snapshot", expected: "a young snapshot",
                phase: "command")
        }
        // The server's own clock where it tells it: ours may differ.
        let now = number("server_time_usec").map { $0 / 1_000_000 } ?? time.timeIntervalSince1970
        let age = max(0, (now - last).rounded())
        sheet.measure(
            "save_age", age, phase: "command", fix: "BGSAVE, and CONFIG SET save so that it happens by itself")
    }
}
