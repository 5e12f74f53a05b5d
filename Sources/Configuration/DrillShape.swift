extension ObjectShape {
    static let drills = ObjectShape([
        .optional("pitr", .object(pitrDrill), "restore the database to a moment in the past on a scratch server"),
        .optional(
            "redis_failover", .object(redisFailoverDrill), "have sentinel promote a replica while a client writes"),
    ])

    static let redisFailoverDrill = ObjectShape([
        .required("sentinels", .list(.secret), "rediss:// URLs of all sentinels"),
        .required("master", .string, "name under which they watch the master"),
        .required(
            "data_url", .secret, "rediss:// URL with the credentials for the data nodes; host and port are sentinel's"),
        .optional("authority", .path, "CA file that signed the certificates of sentinels and data nodes"),
        .optional("key_prefix", .string, "prefix of the drill's one key; default opsctl:drill:"),
        .optional("outage", .duration, "objective: the longest time without an acknowledged write"),
        .optional("lost", .integer(0...1_000_000), "objective: how many acknowledged writes may be lost; default 0"),
        .optional("timeout", .duration, "limit of the whole drill; default 2m"),
    ])

    /// When a drill may disturb a critical environment.
    static let maintenanceWindow = ObjectShape([
        .required("from", .string, "RFC 3339 time with zone, such as 2026-12-01T02:00:00Z"),
        .required("until", .string, "RFC 3339 time with zone"),
        .required("why", .string, "what it is for, and who agreed"),
    ])

    static let pitrDrill = ObjectShape(
        [
            .required("url", .secret, "postgresql:// URL of the drill's role on the live primary"),
            .optional("base_backup", .object(baseBackup), "take a pg_basebackup; WAL comes from the archive"),
            .optional("pgbackrest", .object(pgBackRest), "restore the newest backup of a pgBackRest repository"),
            .optional("binaries", .path, "folder of the PostgreSQL programs; default: the server's version"),
            .optional("user", .string, "OS user of the scratch server when opsctl is root; default postgres"),
            .optional(
                "scratch", .path, "folder in which the drill makes its own; default: the system's for temporary files"),
            .optional("rpo", .duration, "objective: the most that may be lost"),
            .optional("rto", .duration, "objective: the longest that a restore may take"),
            .optional("timeout", .duration, "limit of the whole drill; default 1h"),
        ], exactlyOne: ["base_backup", "pgbackrest"])

    static let baseBackup = ObjectShape([
        .optional("wal_archive", .path, "folder that archive_command fills"),
        .optional("restore_command", .string, "how to fetch a segment, with %f and %p; default: copy from wal_archive"),
    ])

    static let pgBackRest = ObjectShape([
        .required("stanza", .string, "name of the stanza"),
        .optional("config", .path, "configuration file; default: that of pgbackrest"),
        .optional("repository", .integer(1...256), "number of the repository; default: pgbackrest chooses"),
    ])
}
