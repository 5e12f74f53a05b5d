import OpsModel
import PostgresClient

/// Where the two rows are, and the moment between them.
struct Heartbeats: Sendable {
    struct Row: Sendable {
        let id: String
        /// Taken on the server's clock just before the commit.
        let writtenAt: String
        /// The segment in which the commit's record ends.
        let segment: String
    }
    let before: Row
    let after: Row
    /// On the server's clock, later than the commit of `before` and earlier than that of `after`.
    let target: String
    /// The counts, when they were the same before and after; nil when somebody changed the schema meanwhile.
    let counts: ClusterCounts?
}

extension LiveServer {
    /// Makes the heartbeat's schema and table where they are missing.
    /// - Throws: `DrillError.missingRight` with the statement that gives the right.
    func prepareHeartbeat(role: String) async throws {
        let found = try await connection.query(
            """
            SELECT n.oid IS NOT NULL AS has_schema, t.oid IS NOT NULL AS has_table,
                coalesce(has_schema_privilege(n.oid, 'usage'), false) AS may_use,
                coalesce(has_schema_privilege(n.oid, 'create'), false) AS may_create,
                coalesce(has_table_privilege(t.oid, 'select') AND has_table_privilege(t.oid, 'insert')
                    AND has_table_privilege(t.oid, 'delete'), false) AS may_write,
                has_database_privilege(current_database(), 'create') AS may_create_schema
            FROM (SELECT 1) one LEFT JOIN pg_namespace n ON n.nspname = 'opsctl_probe'
                LEFT JOIN pg_class t ON t.relnamespace = n.oid AND t.relname = 'heartbeat'
            """)
        func holds(_ column: String) throws -> Bool { try found.text(column) == "t" }
        let name = "\"\(role.replacing("\"", with: "\"\""))\""
        func missing(_ need: String, _ fix: String) -> DrillError { .missingRight(role: role, need: need, fix: fix) }
        if try !holds("has_schema") {
            guard try holds("may_create_schema") else {
                throw missing(
                    "the schema opsctl_probe is missing and the role may not create it",
                    "CREATE SCHEMA opsctl_probe; GRANT USAGE, CREATE ON SCHEMA opsctl_probe TO \(name)")
            }
            _ = try await connection.query("CREATE SCHEMA IF NOT EXISTS opsctl_probe")
        } else if try !holds("may_use") || (!holds("has_table") && !holds("may_create")) {
            throw missing(
                "it may not create a table in the schema opsctl_probe",
                "GRANT USAGE, CREATE ON SCHEMA opsctl_probe TO \(name)")
        }
        if try !holds("has_table") {
            _ = try await connection.query(
                """
                CREATE TABLE IF NOT EXISTS opsctl_probe.heartbeat
                    (id text PRIMARY KEY, written_at timestamptz NOT NULL DEFAULT clock_timestamp())
                """)
        } else if try !holds("may_write") {
            throw missing(
                "it may not write the table opsctl_probe.heartbeat",
                "GRANT SELECT, INSERT, DELETE ON opsctl_probe.heartbeat TO \(name)")
        }
    }

    /// Writes the first row, notes the target time, and writes the second row once the server's clock has passed it.
    func writeHeartbeats(_ drill: String) async throws -> Heartbeats {
        let before = try await writeRow("\(drill)-before")
        let countsBefore = try ClusterCounts(try await connection.query(Self.countsQuery))
        let target = try await connection.query("SELECT clock_timestamp() AS now").text("now")
        while try await connection.query(
            "SELECT clock_timestamp() > $1::timestamptz + interval '2 milliseconds' AS passed", [target]
        ).text("passed") != "t" {
            try Task.checkCancellation()  // each question takes a round trip; the clock passes within milliseconds
        }
        let countsAfter = try ClusterCounts(try await connection.query(Self.countsQuery))
        let after = try await writeRow("\(drill)-after")
        return Heartbeats(
            before: before, after: after, target: target, counts: countsBefore == countsAfter ? countsAfter : nil)
    }

    private func writeRow(_ id: String) async throws -> Heartbeats.Row {
        let row = try await connection.query(
            "INSERT INTO opsctl_probe.heartbeat (id, written_at) VALUES ($1, clock_timestamp()) RETURNING written_at",
            [id])
        let segment = try await connection.query("SELECT pg_walfile_name(pg_current_wal_insert_lsn()) AS segment")
        return Heartbeats.Row(
            id: id, writtenAt: try row.text("written_at"), segment: try segment.text("segment"))
    }

    /// Removes the rows of this drill, and those that killed ones left.
    func removeHeartbeats(_ drill: String) async throws {
        _ = try await connection.query(
            """
            DELETE FROM opsctl_probe.heartbeat
            WHERE id IN ($1, $2) OR written_at < clock_timestamp() - interval '1 day'
            """, ["\(drill)-before", "\(drill)-after"])
    }
}
