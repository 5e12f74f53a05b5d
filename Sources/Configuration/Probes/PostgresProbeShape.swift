extension ObjectShape {
    static let postgresProbe = ObjectShape([
        .required("url", .secret, "postgresql:// URL of the probing role"),
        .optional("role", .choice(["primary", "replica"]), "expected role; default primary"),
        .optional(
            "tls", .choice(["required", "verified", "off"]), "expected protection of the session; default verified"),
        .optional(
            "refuse_plaintext", .boolean, "whether a session without TLS must be refused; default: unless tls is off"),
        .optional("canary", .boolean, "whether to write, read and remove a row; default true on a primary"),
        .optional("replica_url", .secret, "postgresql:// URL of a replica, which must show the canary's row"),
        .optional("minimum_version", .string, "least server version, for example \"15.9\""),
        .optional("settings", .map(.string), "settings of the server and their values, as SHOW prints them"),
        .optional(
            "system_identifier", .string, "the cluster's identity: SELECT system_identifier FROM pg_control_system()"),
        .optional("standbys", .integer(0...64), "how many standbys must stream from it"),
        .optional("standby_names", .list(.string), "application names of standbys that must stream from it"),
        .optional("archive", .boolean, "whether WAL must be archived; without it archiving is judged where it is on"),
        .optional("app_role", .string, "the app's role, which must have no more rights than it needs"),
        .optional("migrations", .object(postgresMigrations), "the schema version that the release expects"),
        .optional("extensions", .map(.string), "required extensions with their least versions, or any"),
        .optional("audit_access", .boolean, "whether to read pg_hba.conf through the server, which needs a grant"),
        .optional("sequences", .boolean, "whether every sequence must be readable for the probing role"),
    ])

    static let postgresMigrations = ObjectShape([
        .optional(
            "preset", .choice(["opsctl", "golang-migrate", "rails", "alembic", "flyway"]),
            "the tool that migrates, which gives table and columns"),
        .optional("table", .string, "table that holds the applied versions, perhaps with its schema"),
        .optional("column", .string, "its column with the version"),
        .optional("dirty", .string, "its boolean column that is true for a half-done migration"),
        .required("expected", .string, "the newest version that must be applied"),
    ])
}
