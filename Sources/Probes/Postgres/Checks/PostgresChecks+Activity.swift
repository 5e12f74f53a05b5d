extension PostgresSubject {
    private static let monitor = "GRANT pg_monitor TO <role>"

    static let activityChecks = [
        CheckDefinition(
            "connections", "How full is the server with connections, without the reserved ones?",
            why: "when it is full the next instance of the app gets none", in: .review,
            limits: .atMost(warn: 80, fail: 95, "%")),
        CheckDefinition(
            "role_connections", "How near are the probing and the app's role to their own connection limits?",
            why: "a role at its limit is refused although the server has room", in: .review,
            limits: .atMost(warn: 80, fail: 95, "%")),
        CheckDefinition(
            "long_transactions", "How long has the oldest transaction been open?",
            why: "it stops vacuum everywhere, and migrations behind its locks", in: .review, privilege: monitor,
            limits: .atMost(warn: 300, fail: 3600, "s")),
        CheckDefinition(
            "idle_in_transaction", "How long has a session sat idle inside a transaction?",
            why: "it holds its locks while nobody works", in: .review, privilege: monitor,
            limits: .atMost(warn: 60, fail: 600, "s")),
        CheckDefinition(
            "blocked_locks", "How long has a session waited for a lock, and who holds it?",
            why: "behind one such wait all others queue up", in: .review, privilege: monitor,
            limits: .atMost(warn: 5, fail: 60, "s")),
        CheckDefinition(
            "prepared_transactions", "How old is the oldest prepared transaction?",
            why: "a forgotten one keeps locks and dead rows for ever, across restarts", in: .review,
            limits: .atMost(warn: 300, fail: 3600, "s")),
        CheckDefinition(
            "oldest_xmin", "How many transactions back must dead rows be kept?",
            why: "vacuum removes nothing newer: tables and indexes bloat", in: .review, privilege: monitor,
            limits: .atMost(warn: 50_000_000, fail: 150_000_000)),
    ]

    static let storageChecks = [
        // 200 million (9 %) starts an anti-wraparound vacuum, 1.6 billion (75 %) its failsafe, at 2^31 writes are refused.
        CheckDefinition(
            "xid_wraparound", "How much of the transaction numbers is used up before a freeze?",
            why: "at the end the server takes no writes", in: .review, limits: .atMost(warn: 40, fail: 70, "%")),
        CheckDefinition(
            "mxid_wraparound", "How much of the multixact numbers is used up before a freeze?",
            why: "at the end the server takes no row locks", in: .review, limits: .atMost(warn: 40, fail: 70, "%")),
        CheckDefinition(
            "invalid_indexes", "How many indexes are invalid and not being built?",
            why: "one whose CREATE INDEX CONCURRENTLY failed costs every write and serves no read", in: .review,
            limits: .atMost(fail: 0)),
        CheckDefinition(
            "disabled_triggers", "How many triggers are disabled?",
            why: "after a bulk load, foreign keys may stay unchecked", in: .review, limits: .atMost(warn: 0)),
        CheckDefinition(
            "sequence_exhaustion", "How much of its numbers has the fullest sequence used?",
            why: "after the last one, also of an integer column, every insert fails", in: .review,
            privilege: "GRANT SELECT ON ALL SEQUENCES IN SCHEMA <schema> TO <role>",
            limits: .atMost(warn: 75, fail: 90, "%")),
        CheckDefinition(
            "checksum_failures", "How many pages had a wrong checksum?",
            why: "the disk or the memory returns other data",
            in: .review, limits: .atMost(fail: 0)),
    ]
}
