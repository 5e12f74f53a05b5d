import PostgresClient

/// One statement that reads facts for some checks.
struct CatalogueQuery {
    let name: PostgresCatalogue
    /// It is sent when one of these is asked for.
    let checks: [String]
    let statement: PostgresStatement

    init(_ name: PostgresCatalogue, for checks: [String], _ sql: String, _ parameters: [String?] = []) {
        (self.name, self.checks, statement) = (name, checks, PostgresStatement(sql, parameters))
    }
}

/// The statements that are sent in one flight; their answers carry these names.
enum PostgresCatalogue: String {
    case roles, settings, identity, extensions, migrations, access
    case replication, replicationAgain, standbys, slots, archiver
    case connections, activity, blocked, prepared, horizon
    case wraparound, indexes, triggers, sequences, checksums

    /// What is asked of every server, before anything else: who and what it is. It runs before the session is made read-only,
    /// because it reads whether sessions are so by themselves: those of the app's role, or of one without settings of its own.
    /// What the probing role's own setting hides of the server's counts as the default, off.
    static func session(_ expectation: PostgresExpectation) -> PostgresStatement {
        PostgresStatement(
            """
            SELECT current_setting('server_version') AS version, current_setting('server_version_num') AS number,
            pg_is_in_recovery() AS replica, current_user AS "user", current_database() AS database,
            NOT coalesce((SELECT substr(line, 31)::boolean FROM pg_db_role_setting, unnest(setconfig) AS line
            WHERE line LIKE 'default\\_transaction\\_read\\_only=%'
            AND setrole IN (0, (SELECT oid FROM pg_roles WHERE rolname = $1))
            AND setdatabase IN (0, (SELECT oid FROM pg_database WHERE datname = current_database()))
            ORDER BY setrole = 0, setdatabase = 0 LIMIT 1), (SELECT (CASE WHEN source IN
            ('user', 'database user', 'client', 'session') THEN boot_val ELSE setting END)::boolean FROM pg_settings
            WHERE name = 'default_transaction_read_only')) AS writable,
            current_setting('is_superuser') = 'on' AS superuser,
            pg_has_role('pg_read_all_stats', 'USAGE') AS statistics,
            pg_has_role('pg_read_all_settings', 'USAGE') AS settings
            """, [expectation.appRole])
    }

    static let makeReadOnly = PostgresStatement("SET default_transaction_read_only = on")

    /// Every statement that fits this server, without those whose checks nobody asked for.
    static func queries(
        _ expectation: PostgresExpectation, isReplica: Bool, version: Int, asked: Set<String>
    ) -> [CatalogueQuery] {
        var all = CatalogueQuery.configuration(expectation) + CatalogueQuery.activity(version) + CatalogueQuery.storage
        if isReplica {
            // What the primary builds is not seen here.
            all.removeAll { $0.name == .indexes }
            all.append(.replication)
        }
        all += [.standbys, .slots(version), .archiver]
        return all.filter { query in query.checks.contains { asked.contains($0) } }
    }
}
