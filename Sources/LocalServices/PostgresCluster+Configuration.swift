import Foundation
import ProcessClient

extension PostgresCluster {
    var replicaSlot: String { "replica" }

    var serverConfiguration: String {
        let archive =
            "test ! -f \(archiveFolder)/%f && cp %p \(archiveFolder)/.%f.tmp && mv \(archiveFolder)/.%f.tmp \(archiveFolder)/%f"
        return """
            listen_addresses = '127.0.0.1'
            unix_socket_directories = '\(socketFolder)'
            ssl = on
            ssl_cert_file = '\(folder)/tls/server.crt'
            ssl_key_file = '\(folder)/tls/server.key'
            ssl_ca_file = '\(folder)/tls/ca.crt'
            ssl_min_protocol_version = 'TLSv1.2'
            password_encryption = 'scram-sha-256'
            wal_level = replica
            archive_mode = \(options.archivesWAL ? "on" : "off")
            archive_command = '\(archive)'
            archive_timeout = 60
            max_wal_senders = 8
            wal_keep_size = 64MB
            max_slot_wal_keep_size = 1GB
            hot_standby = on
            shared_buffers = 32MB
            dynamic_shared_memory_type = mmap
            max_connections = 100
            min_wal_size = 80MB
            max_wal_size = 256MB
            logging_collector = off
            log_line_prefix = '%m [%p] %q%u@%d '

            """ + options.settings.sorted { $0.key < $1.key }.map { "\($0.key) = '\($0.value)'\n" }.joined()
    }

    /// Plain connections are refused; the socket is for the user who runs the server, as superuser.
    var accessRules: String {
        """
        local     all         all                    peer map=owner
        hostssl   replication repl    127.0.0.1/32   scram-sha-256
        hostssl   replication drill   127.0.0.1/32   scram-sha-256
        hostssl   all         repl    all            reject
        hostssl   all         all     127.0.0.1/32   scram-sha-256
        hostnossl all         all     all            reject

        """
    }

    /// Creates roles and the database `app`, or brings existing ones up to date.
    func createRoles() async throws {
        try await sql(
            """
            SET log_min_error_statement = panic;
            \(Role.allCases.filter { $0 != .superuser }.map { role in
                """
                SELECT 'CREATE ROLE \(role.rawValue) LOGIN' WHERE to_regrole('\(role.rawValue)') IS NULL \\gexec
                ALTER ROLE \(role.rawValue) PASSWORD '\(passwords[role.rawValue] ?? "")';
                """
            }.joined(separator: "\n"))
            ALTER ROLE repl REPLICATION;
            ALTER ROLE drill REPLICATION;
            GRANT pg_monitor TO probe, drill;
            """, database: "postgres")
        try await createDatabase("app")
    }

    /// Creates a database with the rights that the one called `app` has; does nothing when it exists.
    package func createDatabase(_ name: String) async throws {
        precondition(
            name.allSatisfy { $0.isASCII && ($0.isLowercase || $0.isNumber || $0 == "_") }, "not a plain database name")
        try await sql(
            """
            SELECT 'CREATE DATABASE \(name) OWNER app' WHERE NOT EXISTS
                (SELECT FROM pg_database WHERE datname = '\(name)') \\gexec
            REVOKE ALL ON DATABASE \(name) FROM PUBLIC;
            GRANT CONNECT ON DATABASE \(name) TO probe, drill;
            """, database: "postgres")
        try await sql(
            """
            CREATE SCHEMA IF NOT EXISTS opsctl_probe AUTHORIZATION probe;
            GRANT USAGE, CREATE ON SCHEMA opsctl_probe TO drill;
            GRANT EXECUTE ON FUNCTION pg_switch_wal() TO drill;
            """, database: name)
    }

    /// Removes a database together with the connections to it.
    package func dropDatabase(_ name: String) async throws {
        try await sql("DROP DATABASE IF EXISTS \(name) WITH (FORCE);", database: "postgres")
    }

    /// Runs psql as superuser over the socket.
    /// - Returns: unaligned rows, without the last line break.
    @discardableResult
    package func sql(_ text: String, database: String = "app", on member: Member = .primary) async throws -> String {
        let command = account.command(
            "\(programs)/psql",
            [
                "-qXAt", "-v", "ON_ERROR_STOP=1", "-h", socketFolder, "-p", "\(port(of: member))", "-U", "postgres",
                "-d", database,
            ],
            in: folder, input: text + "\n")
        let output = try await runCommand(command, timeout: .seconds(60)).checked(command).output
        return output.hasSuffix("\n") ? String(output.dropLast()) : output
    }
}
