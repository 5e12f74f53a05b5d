import Foundation
import OpsModel
import PostgresClient
import SocketClient

private typealias Flaw = SelfTest<PostgresSubject>.Flaw

extension PostgresSnapshot {
    /// Changes one value of the first row of an answer.
    fileprivate mutating func set(_ answer: String, _ column: String, _ value: String?, row: Int = 0) {
        guard var table = answers[answer]?.facts, let index = table.columns.firstIndex(of: column) else { return }
        table.rows[row][index] = value
        answers[answer] = .seen(table)
    }

    /// Puts one row in place of an answer.
    fileprivate mutating func put(_ answer: String, _ row: [String: String?]) {
        let columns = row.keys.sorted()
        answers[answer] = .seen(PostgresTable(columns: columns, rows: [columns.map { row[$0] ?? nil }]))
    }

    fileprivate mutating func setSetting(_ name: String, _ value: String, pending: Bool = false) {
        let rows = answers["settings"]?.facts?.all ?? []
        guard let row = rows.firstIndex(where: { $0["name"] == name }) else { return }
        set("settings", "setting", value, row: row)
        set("settings", "shown", value, row: row)
        set("settings", "pending", pending ? "t" : "f", row: row)
    }

    fileprivate mutating func forbid(_ answer: String) {
        answers[answer] = .failed(
            LookFailure(reason: .authorization, phase: "query", message: "permission denied", code: "42501"))
    }
}

extension PostgresSubject {
    /// One value of one answer is off.
    private static func flaw(
        _ check: String, _ answer: String, _ column: String, _ value: String?, gives status: CheckStatus = .fail
    ) -> SelfTest<PostgresSubject>.Flaw {
        Flaw(check, "\(answer).\(column) is \(value ?? "NULL")", gives: status) { snapshot, _ in
            snapshot.set(answer, column, value)
        }
    }

    private static func forbidden(_ check: String, _ answer: String) -> SelfTest<PostgresSubject>.Flaw {
        Flaw(check, "\(answer) is forbidden", gives: .unknown) { snapshot, _ in snapshot.forbid(answer) }
    }

    static var configurationFlaws: [SelfTest<PostgresSubject>.Flaw] {
        [
            Flaw("version", "15.9 is older than 15.21") { _, expectation in expectation.minimumVersion = "15.21" },
            Flaw("settings", "another value") { snapshot, _ in snapshot.setSetting("max_connections", "20") },
            Flaw("pending_restart", "a changed setting", gives: .warn) { snapshot, _ in
                snapshot.setSetting("max_connections", "100", pending: true)
            },
            Flaw("autovacuum", "autovacuum is off") { snapshot, _ in snapshot.setSetting("autovacuum", "off") },
            Flaw("password_encryption", "md5") { snapshot, _ in snapshot.setSetting("password_encryption", "md5") },
            flaw("cluster_identity", "identity", "id", "8"), forbidden("cluster_identity", "identity"),
            flaw("extensions", "extensions", "version", "1.7"), flaw("extensions", "extensions", "name", "other"),
            flaw("migrations", "migrations", "version", "6"), flaw("migrations", "migrations", "dirty", "1"),
            flaw("migrations", "migrations", "version", nil), forbidden("migrations", "migrations"),
        ]
    }

    static var accessFlaws: [SelfTest<PostgresSubject>.Flaw] {
        [
            flaw("auth_methods", "access", "method", "trust"), flaw("auth_methods", "access", "error", "bad mask"),
            forbidden("auth_methods", "access"), flaw("least_privilege", "roles", "superuser", "t"),
            flaw("least_privilege", "roles", "powers", "pg_execute_server_program"),
            flaw("least_privilege", "roles", "public_create", "t"),
            flaw("role_password_expiry", "roles", "seconds_left", "86400"),
            flaw("role_connections", "roles", "sessions", "10"),
            Flaw("superuser_session", "a superuser probes", gives: .warn) { snapshot, _ in
                guard var session = snapshot.session.facts else { return }
                session.isSuperuser = true
                snapshot.session = .seen(session)
            },
        ]
    }
}

extension PostgresSubject {
    /// The archiver has archived file 4 a second ago, and the server is in this one.
    private static func backlog(of current: String, gives status: CheckStatus = .fail) -> SelfTest<PostgresSubject>.Flaw
    {
        Flaw("archiver", "file 4 is archived, \(current) written", gives: status) { snapshot, _ in
            snapshot.set("archiver", "archived_age", "1")
            snapshot.set("archiver", "current", current)
        }
    }

    static var replicationFlaws: [SelfTest<PostgresSubject>.Flaw] {
        [
            flaw("replication_lag", "replication", "receiver", nil),
            flaw("replication_lag", "replication", "status", "waiting"),
            Flaw("replication_lag", "neither a receiver nor primary_conninfo is seen", gives: .unknown) { snapshot, _ in
                snapshot.set("replication", "receiver", nil)
                snapshot.set("replication", "streams", nil)
            },
            flaw("replication_lag", "replication", "status", nil, gives: .unknown),
            flaw("replication_lag", "replication", "silence", "40"),
            flaw("replication_lag", "replication", "behind", "500"), forbidden("replication_lag", "replication"),
            flaw("replication_lag_bytes", "replication", "behind", "2000000000"),
            flaw("replication_lag_bytes", "replication", "status", nil, gives: .unknown),
            flaw("replay_paused", "replication", "paused", "t"), flaw("standbys", "standbys", "state", "startup"),
            flaw("standbys", "standbys", "state", nil, gives: .unknown), flaw("standbys", "standbys", "sync", "async"),
            flaw("replication_slots", "slots", "status", "lost"),
            Flaw("replication_slots", "an inactive slot holds back 8 GiB") { snapshot, _ in
                snapshot.set("slots", "active", "f")
                snapshot.set("slots", "retained", "8589934592")
            },
            Flaw("archiver", "archive_mode is off") { snapshot, _ in snapshot.setSetting("archive_mode", "off") },
            flaw("archiver", "archiver", "failed_age", "10"),
            flaw("archiver", "archiver", "archived", "000000010000000000000001"),
            flaw("archiver", "archiver", "archived_age", nil, gives: .unknown),
            backlog(of: "000000010000000000000020", gives: .warn), backlog(of: "000000010000000100000000"),
            Flaw("archiver", "a replica that archives always was refused") { snapshot, _ in
                snapshot.setSetting("archive_mode", "always")
                snapshot.set("archiver", "current", nil)
                snapshot.set("archiver", "failed", "000000010000000000000005")
                snapshot.set("archiver", "failed_age", "10")
            },
        ]
    }

    static var activityFlaws: [SelfTest<PostgresSubject>.Flaw] {
        let blind = ["long_transactions", "idle_in_transaction", "blocked_locks", "oldest_xmin"].map { check in
            Flaw(check, "others are not seen", gives: .unknown) { snapshot, _ in
                guard var session = snapshot.session.facts else { return }
                session.seesStatistics = false
                snapshot.session = .seen(session)
            }
        }
        return blind + [
            flaw("connections", "connections", "used", "96"),
            flaw("connections", "connections", "used", "80", gives: .warn),
            Flaw("long_transactions", "open for two hours") { snapshot, _ in
                snapshot.put("activity", ["kind": "long", "pid": "5", "seconds": "7200"])
            },
            Flaw("idle_in_transaction", "idle for an hour") { snapshot, _ in
                snapshot.put("activity", ["kind": "idle", "pid": "5", "seconds": "3600"])
            },
            Flaw("idle_in_transaction", "idle for no known time", gives: .unknown) { snapshot, _ in
                snapshot.put("activity", ["kind": "idle", "pid": "5", "seconds": nil])
            },
            Flaw("blocked_locks", "a wait of two minutes") { snapshot, _ in
                snapshot.put("blocked", ["pid": "5", "seconds": "120", "total": "1", "blocker": "6"])
            },
            Flaw("prepared_transactions", "two hours old") { snapshot, _ in
                snapshot.put("prepared", ["gid": "g", "database": "app", "seconds": "7200", "total": "1"])
            },
            flaw("oldest_xmin", "horizon", "age", "190000000"),
        ]
    }

    static var storageFlaws: [SelfTest<PostgresSubject>.Flaw] {
        [
            flaw("xid_wraparound", "wraparound", "xid", "1700000000"),
            flaw("xid_wraparound", "wraparound", "xid", "1000000000", gives: .warn),
            flaw("mxid_wraparound", "wraparound", "mxid", "1700000000"),
            Flaw("invalid_indexes", "one") { snapshot, _ in
                snapshot.put("indexes", ["name": "i", "table": "t", "total": "1"])
            },
            Flaw("invalid_indexes", "one, perhaps being built", gives: .unknown) { snapshot, _ in
                snapshot.put("indexes", ["name": "i", "table": "t", "total": "1", "hidden": "t"])
            },
            Flaw("disabled_triggers", "one", gives: .warn) { snapshot, _ in
                snapshot.put("triggers", ["name": "g", "table": "t", "total": "1"])
            },
            flaw("sequence_exhaustion", "sequences", "used", "93"),
            flaw("sequence_exhaustion", "sequences", "hidden", "2", gives: .unknown),
            flaw("checksum_failures", "checksums", "failures", "1"),
        ]
    }
}
