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

    private static func roles(_ expectation: PostgresExpectation) -> CatalogueQuery {
        CatalogueQuery(
            .roles, for: ["least_privilege", "role_password_expiry", "role_connections"],
            """
            SELECT rolname AS name, rolname = current_user AS mine, rolsuper AS superuser, rolcreatedb AS createdb,
            rolcreaterole AS createrole, rolreplication AS replication, rolbypassrls AS bypassrls,
            rolconnlimit AS "limit", (SELECT count(*) FROM pg_stat_activity WHERE usesysid = r.oid) AS sessions,
            CASE WHEN isfinite(rolvaliduntil) THEN extract(epoch FROM rolvaliduntil - now()) END AS seconds_left,
            (SELECT string_agg(m.rolname, ', ' ORDER BY m.rolname) FROM pg_roles m WHERE m.oid <> r.oid AND NOT r.rolsuper
            AND (m.rolsuper OR m.rolname IN
            ('pg_execute_server_program', 'pg_read_server_files', 'pg_write_server_files'))
            AND pg_has_role(r.oid, m.oid, 'MEMBER')) AS powers,
            EXISTS (SELECT FROM pg_namespace n, aclexplode(n.nspacl) a WHERE n.nspname = 'public' AND a.grantee = 0
            AND a.privilege_type = 'CREATE') AS public_create
            FROM pg_roles r WHERE rolname IN (current_user, $1)
            """, [expectation.appRole])
    }

    private static func settings(_ expectation: PostgresExpectation) -> CatalogueQuery {
        CatalogueQuery(
            .settings,
            for: ["settings", "pending_restart", "password_encryption", "autovacuum", "standbys", "archiver"],
            """
            SELECT name, setting, current_setting(name, true) AS shown, pending_restart AS pending, source
            FROM pg_settings WHERE pending_restart OR lower(name) = ANY($1::text[])
            """, [arrayLiteral(watchedSettings + expectation.settings.keys.map { $0.lowercased() }.sorted())])
    }

    /// The newest version, numbers by their size and not by their spelling.
    private static func migrations(_ migrations: PostgresExpectation.Migrations) -> CatalogueQuery {
        let (table, column) = (quotedPath(migrations.table), quotedIdentifier(migrations.column))
        let dirty =
            migrations.dirtyColumn.map { "(SELECT count(*) FROM \(table) WHERE \(quotedIdentifier($0)))" } ?? "0"
        return CatalogueQuery(
            .migrations, for: ["migrations"],
            """
            SELECT (SELECT \(column)::text FROM \(table) ORDER BY length(\(column)::text) DESC, \(column)::text DESC
            LIMIT 1) AS version, \(dirty) AS dirty
            """)
    }
}
