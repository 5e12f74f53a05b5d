import Foundation
import OpsModel
import PostgresClient
import ProcessClient

/// The restored copy: a server that only this drill can reach, and that can reach nothing but the archive.
struct ScratchServer: Sendable {
    let site: PITRSite
    let role: String
    let database: String

    private var socketFolder: String { "\(site.folder.work)/run" }

    /// Writes the whole configuration anew. That of the live server, and whatever the backup carries, is not read: no archiving, no
    /// replication, no listener beside the socket in our folder.
    func configure(target: String, restoreCommand: String, limits: [String: String]) throws {
        let work = site.folder.work
        let settings = [
            "listen_addresses": "", "port": "\(site.port)", "unix_socket_directories": socketFolder,
            "unix_socket_permissions": "0700", "hba_file": "\(work)/pg_hba.conf",
            "ident_file": "\(work)/pg_ident.conf", "archive_mode": "off", "archive_command": "",
            "primary_conninfo": "", "primary_slot_name": "", "hot_standby": "on", "restore_command": restoreCommand,
            "recovery_target_time": target, "recovery_target_action": "pause", "recovery_target_timeline": "latest",
            "dynamic_shared_memory_type": "mmap", "logging_collector": "off", "log_destination": "stderr",
            "log_min_messages": "log", "lc_messages": "C", "shared_preload_libraries": "", "TimeZone": "UTC",
        ].merging(limits) { $1 }
        let text = settings.sorted { $0.key < $1.key }.map { "\($0) = '\($1.replacing("'", with: "''"))'\n" }
        try site.account.write(text.joined(), to: "\(work)/postgresql.conf")
        // The socket lies in a folder of mode 0700: only root and the account get as far as this rule.
        try site.account.write("local all all trust\n", to: "\(work)/pg_hba.conf")
        try site.account.write("", to: "\(work)/pg_ident.conf")
        // Settings of ALTER SYSTEM would win over ours.
        try site.account.write("", to: "\(site.folder.data)/postgresql.auto.conf")
        for name in ["standby.signal", "postmaster.pid"] where exists("\(site.folder.data)/\(name)") {
            try FileManager.default.removeItem(atPath: "\(site.folder.data)/\(name)")
        }
        try site.account.write("", to: "\(site.folder.data)/recovery.signal")
    }

    private func exists(_ path: String) -> Bool { FileManager.default.fileExists(atPath: path) }

    var line: [String] {
        [site.programs.postgres, "-D", site.folder.data, "-c", "config_file=\(site.folder.work)/postgresql.conf"]
    }

    func start() throws -> ProcessIdentity {
        try site.account.startDetached(line, in: site.folder.work, log: site.folder.log)
    }

    /// Waits until recovery has stopped at the target. - Returns: a session on the restored copy.
    func waitUntilPaused(_ process: ProcessIdentity, target: String, major: Int) async throws -> PostgresConnection {
        let state = major >= 14 ? "pg_get_wal_replay_pause_state() = 'paused'" : "pg_is_wal_replay_paused()"
        var connection: PostgresConnection?
        var pause = Duration.milliseconds(10)
        while true {
            guard try process.isRunning else { throw try ending(target: target) }
            do {
                let session = if let connection { connection } else { try await open() }
                connection = session
                let recovers = try await session.query("SELECT pg_is_in_recovery() AS recovers").text("recovers")
                guard recovers == "t" else {
                    throw DrillError.notRecovered(target: target, evidence: "recovery ended without stopping there")
                }
                if try await session.query("SELECT \(state) AS paused").text("paused") == "t" { return session }
            } catch let error as PostgresError {
                // A server that still starts; whether it ended is seen at the next turn.
                guard Self.isEarly(error) else { throw error }
                connection = nil
            }
            try await Task.sleep(for: pause)
            pause = min(pause * 2, .milliseconds(250))
        }
    }

    private static func isEarly(_ error: PostgresError) -> Bool {
        switch error {
        case .lost, .timedOut: true
        case .connection(_, let state, _): state == nil || state == "57P03"
        case .tls, .passwordRequired, .query, .cancelled: false
        }
    }

    private func open() async throws -> PostgresConnection {
        let url = PostgresURL(
            host: socketFolder, port: site.port, user: role, password: nil, database: database, tlsMode: .disable,
            authorityFile: nil)
        return try await PostgresConnection.open(
            url, applicationName: "opsctl-drill", timeout: .seconds(10), options: ["TimeZone": "UTC"])
    }

    /// The server ended: in recovery that judges the backup, before it says only that the server could not be had.
    private func ending(target: String) throws -> DrillError {
        let log = try String(contentsOfFile: site.folder.log, encoding: .utf8)
        let complaints = log.split(separator: "\n").filter {
            $0.contains("FATAL") || $0.contains("PANIC") || $0.contains("cannot stat") || $0.contains("unable to")
        }
        let evidence = complaints.isEmpty ? lastLines(log, 3) : lastLines(complaints.joined(separator: "\n"), 3)
        let hasBegun = log.contains("starting point-in-time recovery") || log.contains("starting backup recovery")
        return hasBegun
            ? .notRecovered(target: target, evidence: evidence)
            : .notStarted(place: line.joined(separator: " "), evidence: evidence)
    }
}
