extension CatalogueQuery {
    static func activity(_ version: Int) -> [CatalogueQuery] {
        [connections, transactions, blocked(version), prepared, horizon]
    }

    /// Background processes have no user or no database; what others do is seen by anyone, how they fare is not.
    private static let connections = CatalogueQuery(
        .connections, for: ["connections"],
        """
        SELECT (SELECT count(*) FROM pg_stat_activity WHERE datid IS NOT NULL AND usesysid IS NOT NULL) AS used,
        current_setting('max_connections')::int AS most, current_setting('superuser_reserved_connections')::int
        + coalesce(current_setting('reserved_connections', true)::int, 0) AS reserved
        """)

    private static let transactions = CatalogueQuery(
        .activity, for: ["long_transactions", "idle_in_transaction"],
        """
        WITH s AS (SELECT pid, usename, application_name, state, xact_start, state_change,
        extract(epoch FROM now() - xact_start) AS age, extract(epoch FROM now() - state_change) AS idle
        FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND backend_type = 'client backend' AND xact_start IS NOT NULL)
        (SELECT 'long' AS kind, pid, usename AS "user", application_name AS application, state, age AS seconds FROM s
        ORDER BY age DESC LIMIT 1) UNION ALL (SELECT 'idle', pid, usename, application_name, state, idle FROM s
        WHERE state LIKE 'idle in transaction%' ORDER BY idle DESC LIMIT 1)
        """)

    /// For the session that waits longest: who holds what it waits for, those first who do not wait themselves. Only its
    /// blockers are asked for, because that stops the lock table for a moment.
    private static func blocked(_ version: Int) -> CatalogueQuery {
        let since =
            version >= 140_000
            ? "coalesce((SELECT min(waitstart) FROM pg_locks WHERE pid = w.pid AND NOT granted), w.query_start)"
            : "w.query_start"
        return CatalogueQuery(
            .blocked, for: ["blocked_locks"],
            """
            WITH v AS MATERIALIZED (SELECT w.pid, extract(epoch FROM clock_timestamp() - \(since)) AS seconds,
            count(*) OVER () AS total FROM pg_stat_activity w WHERE w.wait_event_type = 'Lock'
            ORDER BY seconds DESC NULLS LAST LIMIT 1)
            SELECT v.pid, v.seconds, v.total, p.pid AS blocker, b.usename AS blocker_user,
            b.application_name AS blocker_application, b.state AS blocker_state
            FROM v CROSS JOIN LATERAL unnest(pg_blocking_pids(v.pid)) AS p(pid) LEFT JOIN pg_stat_activity b ON b.pid = p.pid
            ORDER BY b.wait_event_type IS NOT DISTINCT FROM 'Lock' LIMIT 1
            """)
    }

    private static let prepared = CatalogueQuery(
        .prepared, for: ["prepared_transactions"],
        """
        SELECT gid, database, extract(epoch FROM now() - prepared) AS seconds, count(*) OVER () AS total
        FROM pg_prepared_xacts ORDER BY prepared LIMIT 1
        """)

    /// A standby with hot_standby_feedback holds the horizon through its WAL sender, or through the slot that it reads.
    private static let horizon = CatalogueQuery(
        .horizon, for: ["oldest_xmin"],
        """
        SELECT source, name, age FROM (
        SELECT CASE WHEN backend_type = 'walsender' THEN 'standby' ELSE 'session' END, CASE WHEN backend_type = 'walsender'
        THEN application_name || ' (pid ' || pid || ')' ELSE pid::text END, age(backend_xmin)
        FROM pg_stat_activity WHERE pid <> pg_backend_pid()
        UNION ALL SELECT CASE WHEN NOT active THEN 'slot' WHEN slot_type = 'physical' THEN 'standby with slot'
        ELSE 'active slot' END, slot_name::text, greatest(age(xmin), age(catalog_xmin)) FROM pg_replication_slots
        UNION ALL SELECT 'prepared transaction', gid, age(transaction) FROM pg_prepared_xacts) AS h(source, name, age)
        WHERE age IS NOT NULL ORDER BY age DESC LIMIT 1
        """)
}
