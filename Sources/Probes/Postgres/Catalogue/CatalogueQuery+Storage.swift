extension CatalogueQuery {
    static let storage = [
        CatalogueQuery(
            .wraparound, for: ["xid_wraparound", "mxid_wraparound"],
            """
            SELECT datname AS name, age(datfrozenxid) AS xid, mxid_age(datminmxid) AS mxid FROM pg_database
            ORDER BY greatest(age(datfrozenxid), mxid_age(datminmxid)) DESC
            """),
        // An index that is being built is not valid yet; of those that others build, only some roles see the table.
        CatalogueQuery(
            .indexes, for: ["invalid_indexes"],
            """
            SELECT indexrelid::regclass AS name, indrelid::regclass AS "table", count(*) OVER () AS total,
            EXISTS (SELECT FROM pg_stat_progress_create_index p JOIN pg_database d ON d.oid = p.datid
            WHERE d.datname = current_database() AND p.relid IS NULL) AS hidden FROM pg_index i
            JOIN pg_class c ON c.oid = indexrelid AND c.relkind = 'i' WHERE NOT (indisvalid AND indisready) AND NOT EXISTS
            (SELECT FROM pg_stat_progress_create_index p WHERE p.relid = i.indrelid) ORDER BY 1 LIMIT 5
            """),
        CatalogueQuery(
            .triggers, for: ["disabled_triggers"],
            """
            SELECT tgname AS name, tgrelid::regclass AS "table", count(*) OVER () AS total FROM pg_trigger
            WHERE tgenabled = 'D' ORDER BY 2, 1 LIMIT 5
            """),
        // The column that owns a sequence may end before it does: a serial of type integer.
        CatalogueQuery(
            .sequences, for: ["sequence_exhaustion"],
            """
            WITH s AS (SELECT seqrelid AS id, seqmin AS least, least(seqmax, (SELECT min(CASE atttypid
            WHEN 'int4'::regtype THEN 2147483647 WHEN 'int2'::regtype THEN 32767 END) FROM pg_depend d JOIN pg_attribute a
            ON a.attrelid = d.refobjid AND a.attnum = d.refobjsubid WHERE d.classid = 'pg_class'::regclass
            AND d.objid = seqrelid AND d.deptype IN ('a', 'i'))) AS most,
            has_sequence_privilege(seqrelid, 'SELECT, USAGE') AS readable,
            relnamespace::regnamespace::text AS schema FROM pg_sequence JOIN pg_class c ON c.oid = seqrelid
            WHERE seqincrement > 0 AND NOT seqcycle AND relpersistence = 'p')
            SELECT id::regclass AS name, readable, count(*) FILTER (WHERE NOT readable) OVER () AS hidden,
            (SELECT string_agg(DISTINCT schema, ', ') FROM s WHERE NOT readable) AS schemas,
            CASE WHEN readable THEN coalesce(100 * (pg_sequence_last_value(id) - least::numeric)
            / nullif(most::numeric - least, 0), 0) END AS used FROM s ORDER BY used DESC NULLS LAST LIMIT 5
            """),
        CatalogueQuery(
            .checksums, for: ["checksum_failures"],
            """
            SELECT current_setting('data_checksums') AS enabled, sum(checksum_failures) AS failures,
            string_agg(datname, ', ') FILTER (WHERE checksum_failures > 0) AS databases FROM pg_stat_database
            """),
    ]
}
