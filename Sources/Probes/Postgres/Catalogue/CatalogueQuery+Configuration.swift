extension CatalogueQuery {
    /// Settings that judges read beside those of the environment file.
    private static let watchedSettings = [
        "archive_mode", "autovacuum", "password_encryption", "synchronous_standby_names", "track_counts",
    ]

    static func configuration(_ expectation: PostgresExpectation) -> [CatalogueQuery] {
        var queries = [roles(expectation), settings(expectation)]
        if expectation.systemIdentifier != nil {
            queries.append(
                CatalogueQuery(
                    .identity, for: ["cluster_identity"], "SELECT system_identifier AS id FROM pg_control_system()"))
        }
        if !expectation.extensions.isEmpty {
            queries.append(
                CatalogueQuery(
                    .extensions, for: ["extensions"],
                    "SELECT extname AS name, extversion AS version FROM pg_extension WHERE extname = ANY($1::text[])",
                    [arrayLiteral(expectation.extensions.keys.sorted())]))
        }
        if let migrations = expectation.migrations { queries.append(self.migrations(migrations)) }
        if expectation.auditsAccess {
            // The options column is left out: those of LDAP lines hold passwords.
            queries.append(
                CatalogueQuery(
                    .access, for: ["auth_methods"],
                    "SELECT line_number AS line, type, auth_method AS method, error FROM pg_hba_file_rules"))
        }
        return queries
    }

    /// No app needs to be a member of these, whatever their attributes; those of RDS, Cloud SQL and Azure last.
    private static let powerfulRoles = [
        "pg_execute_server_program", "pg_read_server_files", "pg_write_server_files", "pg_write_all_data",
        "pg_read_all_data", "pg_signal_backend", "pg_create_subscription", "rds_superuser", "rds_replication",
        "cloudsqlsuperuser", "azure_pg_admin",
    ]

    private static func roles(_ expectation: PostgresExpectation) -> CatalogueQuery {
        CatalogueQuery(
            .roles, for: ["least_privilege", "role_password_expiry", "role_connections"],
            """
            SELECT rolname AS name, rolname = current_user AS mine, rolsuper AS superuser, rolcreatedb AS createdb,
            rolcreaterole AS createrole, rolreplication AS replication, rolbypassrls AS bypassrls,
            rolconnlimit AS "limit", (SELECT count(*) FROM pg_stat_activity WHERE usesysid = r.oid) AS sessions,
            CASE WHEN isfinite(rolvaliduntil) THEN extract(epoch FROM rolvaliduntil - now()) END AS seconds_left,
            (SELECT string_agg(m.rolname, ', ' ORDER BY m.rolname) FROM pg_roles m WHERE m.oid <> r.oid AND NOT r.rolsuper
            AND (m.rolsuper OR m.rolcreaterole OR m.rolcreatedb OR m.rolbypassrls OR m.rolreplication
            OR m.rolname = ANY($2::text[]))
            AND pg_has_role(r.oid, m.oid, 'MEMBER')) AS powers,
            EXISTS (SELECT FROM pg_namespace n, aclexplode(n.nspacl) a WHERE n.nspname = 'public' AND a.grantee = 0
            AND a.privilege_type = 'CREATE') AS public_create
            FROM pg_roles r WHERE rolname IN (current_user, $1)
            """, [expectation.appRole, arrayLiteral(powerfulRoles)])
    }

    private static func settings(_ expectation: PostgresExpectation) -> CatalogueQuery {
        CatalogueQuery(
            .settings,
            for: [
                "settings", "pending_restart", "password_encryption", "autovacuum", "standbys", "archiver",
                "write_canary",
            ],
            """
            SELECT name, setting, current_setting(name, true) AS shown, pending_restart AS pending, source
            FROM pg_settings WHERE pending_restart OR lower(name) = ANY($1::text[])
            """, [arrayLiteral(watchedSettings + expectation.settings.keys.map { $0.lowercased() }.sorted())])
    }

    /// The newest version: by the column that orders them, or numbers and dotted numbers by their size, or by their text. Rows
    /// without a version are repeatable migrations.
    private static func migrations(_ migrations: PostgresExpectation.Migrations) -> CatalogueQuery {
        let (table, column) = (quotedPath(migrations.table), quotedIdentifier(migrations.column))
        let marks =
            [
                migrations.dirtyColumn.map(quotedIdentifier),
                migrations.successColumn.map { "NOT \(quotedIdentifier($0))" },
            ]
            .compactMap { $0 }
        let dirty =
            marks.isEmpty ? "0" : "(SELECT count(*) FROM \(table) WHERE \(marks.joined(separator: " OR ")))"
        let order = migrations.orderColumn.map(quotedIdentifier) ?? "NULL::int"
        return CatalogueQuery(
            .migrations, for: ["migrations"],
            """
            WITH v AS (SELECT \(column)::text AS version, \(order) AS place FROM \(table) WHERE \(column) IS NOT NULL),
            n AS (SELECT bool_and(version ~ '^[0-9]+([.][0-9]+)*$') AS numbers FROM v)
            SELECT (SELECT version FROM v, n ORDER BY place DESC NULLS LAST,
            CASE WHEN numbers THEN string_to_array(version, '.')::numeric[] END DESC, version COLLATE "C" DESC LIMIT 1)
            AS version, \(dirty) AS dirty
            """)
    }
}
