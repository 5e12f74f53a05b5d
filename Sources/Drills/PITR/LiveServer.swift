import OpsModel
import PostgresClient

/// The live primary, seen and touched only through SQL: facts, two heartbeat rows, the archiver's statistics.
struct LiveServer: Sendable {
    let connection: PostgresConnection
    let server: String

    struct Tablespace: Sendable { let oid, location: String }

    struct Facts: Sendable {
        let version: String
        let versionNumber: Int
        let role: String
        let systemIdentifier: String
        let checksums: Bool
        let archiveMode: String
        let hasArchiver: Bool
        /// Zero when switched off.
        let archiveTimeout: Duration
        let mayReplicate: Bool
        let maySwitch: Bool
        /// Sum over the databases that the role may see.
        let size: Int64
        let isReplica: Bool
        /// What a hot standby must have at least as large as its primary.
        let limits: [String: String]
        let tablespaces: [Tablespace]

        var major: Int { versionNumber / 10_000 }
    }

    static func connect(to url: PostgresURL) async throws -> LiveServer {
        let options = ["TimeZone": "UTC", "lock_timeout": "5000", "synchronous_commit": "local"]
        let connection = try await PostgresConnection.open(
            url, applicationName: "opsctl-drill", timeout: .seconds(15), options: options)
        return LiveServer(connection: connection, server: url.endpoint)
    }

    static let limitNames = [
        "max_connections", "max_worker_processes", "max_wal_senders", "max_prepared_transactions",
        "max_locks_per_transaction",
    ]

    func facts() async throws -> Facts {
        let rows = try await connection.query(
            """
            SELECT current_setting('server_version') AS version, current_setting('server_version_num') AS number,
                current_user AS role, (SELECT system_identifier FROM pg_control_system()) AS system,
                current_setting('data_checksums') AS checksums, current_setting('archive_mode') AS archive_mode,
                current_setting('archive_command') NOT IN ('', '(disabled)')
                    OR coalesce(current_setting('archive_library', true), '') <> '' AS has_archiver,
                (SELECT setting FROM pg_settings WHERE name = 'archive_timeout') AS archive_timeout,
                (SELECT rolreplication OR rolsuper FROM pg_roles WHERE rolname = current_user) AS may_replicate,
                has_function_privilege('pg_switch_wal()', 'execute') AS may_switch,
                (SELECT coalesce(sum(pg_database_size(oid)), 0) FROM pg_database
                 WHERE has_database_privilege(oid, 'connect') OR pg_has_role('pg_read_all_stats', 'member')) AS size,
                pg_is_in_recovery() AS is_replica, \(Self.limitNames.map { "current_setting('\($0)') AS \($0)" }
                    .joined(separator: ", "))
            """, timeout: .seconds(60))
        let spaces = try await connection.query(
            "SELECT oid, pg_tablespace_location(oid) AS location FROM pg_tablespace WHERE pg_tablespace_location(oid) <> ''"
        )
        let tablespaces = try spaces.rows.indices.map { row in
            Tablespace(oid: try spaces.text("oid", row), location: try spaces.text("location", row))
        }
        return Facts(
            version: try rows.text("version"), versionNumber: try rows.integer("number"), role: try rows.text("role"),
            systemIdentifier: try rows.text("system"), checksums: try rows.text("checksums") == "on",
            archiveMode: try rows.text("archive_mode"), hasArchiver: try rows.text("has_archiver") == "t",
            archiveTimeout: .seconds(try rows.integer("archive_timeout")),
            mayReplicate: try rows.text("may_replicate") == "t", maySwitch: try rows.text("may_switch") == "t",
            size: Int64(try rows.integer("size")), isReplica: try rows.text("is_replica") == "t",
            limits: Dictionary(
                uniqueKeysWithValues: try Self.limitNames.map { ($0, try rows.text($0)) }), tablespaces: tablespaces)
    }

    /// Databases and user tables of this database.
    static let countsQuery = """
        SELECT (SELECT count(*) FROM pg_database WHERE NOT datistemplate) AS databases,
            (SELECT count(*) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
             WHERE c.relkind IN ('r', 'p') AND c.relpersistence <> 't' AND n.nspname !~ '^pg_'
                AND n.nspname <> 'information_schema') AS tables
        """
}

/// What must be the same before and after; counted in one database.
struct ClusterCounts: Sendable, Equatable {
    let databases: Int
    let tables: Int

    init(_ rows: PostgresRows) throws {
        (databases, tables) = (try rows.integer("databases"), try rows.integer("tables"))
    }

    init(databases: Int, tables: Int) { (self.databases, self.tables) = (databases, tables) }
}

extension PostgresRows {
    func text(_ column: String, _ row: Int = 0) throws -> String {
        guard let text = value(column, row: row) else {
            throw PostgresError.query(sqlState: nil, message: "no value of \(column) in the answer")
        }
        return text
    }

    func integer(_ column: String, _ row: Int = 0) throws -> Int {
        guard let number = Int(try text(column, row)) else {
            throw PostgresError.query(sqlState: nil, message: "\(column) is no whole number in the answer")
        }
        return number
    }
}
