extension CatalogueQuery {
    static let replication = CatalogueQuery(
        .replication, for: ["replication_lag", "replication_lag_bytes", "replay_paused"],
        """
        SELECT pg_last_wal_receive_lsn() AS received, pg_last_wal_replay_lsn() AS replayed,
        greatest(pg_wal_lsn_diff(pg_last_wal_receive_lsn(), pg_last_wal_replay_lsn()),
        pg_wal_lsn_diff(r.latest_end_lsn, pg_last_wal_replay_lsn())) AS behind,
        extract(epoch FROM clock_timestamp() - pg_last_xact_replay_timestamp()) AS replay_age,
        CASE WHEN pg_is_in_recovery() THEN pg_is_wal_replay_paused() END AS paused,
        r.pid AS receiver, r.status, extract(epoch FROM clock_timestamp() - r.last_msg_receipt_time) AS silence,
        (SELECT setting <> '' FROM pg_settings WHERE name = 'primary_conninfo') AS streams,
        (SELECT setting::float8 / 1000 FROM pg_settings WHERE name = 'wal_receiver_timeout') AS receiver_timeout,
        extract(epoch FROM clock_timestamp()) AS now
        FROM (SELECT) AS one LEFT JOIN pg_stat_wal_receiver r ON true
        """)

    static let standbys = CatalogueQuery(
        .standbys, for: ["standbys"],
        "SELECT pid, application_name AS name, state, sync_state AS sync FROM pg_stat_replication ORDER BY 2, 1")

    /// Before 13 a slot does not say how it fares.
    static func slots(_ version: Int) -> CatalogueQuery {
        CatalogueQuery(
            .slots, for: ["replication_slots"],
            """
            SELECT slot_name AS name, active, \(version >= 130_000 ? "wal_status" : "NULL::text") AS status,
            pg_wal_lsn_diff(CASE WHEN pg_is_in_recovery() THEN pg_last_wal_replay_lsn() ELSE pg_current_wal_lsn() END,
            restart_lsn) AS retained FROM pg_replication_slots ORDER BY retained DESC NULLS LAST
            """)
    }

    static let archiver = CatalogueQuery(
        .archiver, for: ["archiver"],
        """
        SELECT last_archived_wal AS archived, extract(epoch FROM now() - last_archived_time) AS archived_age,
        last_failed_wal AS failed, extract(epoch FROM now() - last_failed_time) AS failed_age,
        CASE WHEN NOT pg_is_in_recovery() THEN pg_walfile_name(pg_current_wal_lsn()) END AS current,
        (SELECT setting FROM pg_settings WHERE name = 'wal_segment_size') AS segment_size FROM pg_stat_archiver
        """)
}
