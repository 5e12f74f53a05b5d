import Foundation
import Glibc
package import OpsModel
package import ProcessClient

/// A real PostgreSQL server on loopback: TLS only, scram-sha-256, five roles, on request a streaming replica and a WAL archive.
///
/// Roles: `postgres` (superuser), `repl` (replication only), `app` (owns database `app`), `probe` (pg_monitor, may connect to
/// `app`, owns the schema `opsctl_probe` there), `drill` (replication, may make tables in that schema and switch the WAL segment).
package struct PostgresCluster: Sendable {
    package struct Options: Sendable {
        package var hasReplica = false
        package var archivesWAL = false
        /// False gives up crash safety for speed; for tests.
        package var isDurable = true
        /// Certificates to share with other services; nil makes own ones.
        package var tls: TLSMaterial?
        /// More settings of postgresql.conf; they win over ours.
        package var settings: [String: String] = [:]
        package init() {}
    }

    package enum Role: String, Sendable, CaseIterable {
        case superuser = "postgres"
        case replication = "repl"
        case app, probe, drill
    }

    package enum Member: String, Sendable, CaseIterable, Codable { case primary, replica }

    struct Record: Codable, Sendable {
        var primaryPort: Int
        var replicaPort: Int
        var passwords: [String: String]
        var processes: [String: ProcessIdentity] = [:]
        /// Whether roles and the database `app` were once made to the end.
        var isSetUp = false
    }

    package let folder: String
    package let options: Options
    package let port: Int
    /// The replica's port; meaningful only with `hasReplica`.
    package let replicaPort: Int
    /// `psql -h` of the superuser, as the service's own user, without a password.
    package let socketFolder: String
    /// The CA certificate to verify the server with.
    package let authority: String
    let account: ServiceAccount
    let passwords: [String: String]
    let programs: String

    package var archiveFolder: String { "\(folder)/archive" }
    var recordFile: RecordFile<Record> { RecordFile(path: "\(folder)/service.json") }

    package func dataFolder(of member: Member) -> String { "\(folder)/\(member.rawValue)" }
    package func port(of member: Member) -> Int { member == .primary ? port : replicaPort }
    package func password(of role: Role) -> Secret { Secret(passwords[role.rawValue] ?? "") }

    /// A libpq URL that verifies the server fully.
    package func url(_ role: Role = .app, database: String = "app", on member: Member = .primary) -> Secret {
        let password = password(of: role).reveal()
        return Secret(
            "postgresql://\(role.rawValue):\(password)@127.0.0.1:\(port(of: member))/\(database)?sslmode=verify-full&sslrootcert=\(authority)"
        )
    }

    /// The server process now, for signals (`SIGKILL`, `SIGSTOP`, …).
    package func process(_ member: Member = .primary) throws -> ProcessIdentity {
        guard let process = try running(member) else {
            throw LocalServiceError.notRunning(service: "postgres \(member.rawValue)", folder: folder)
        }
        return process
    }

    func running(_ member: Member) throws -> ProcessIdentity? {
        try daemon(member).running(recorded: recordFile.load()?.processes[member.rawValue])
    }

    func daemon(_ member: Member) -> Daemon {
        var arguments = ["-D", dataFolder(of: member), "-c", "port=\(port(of: member))"]
        if member == .replica { arguments += ["-c", "archive_mode=off"] }
        if !options.isDurable {
            arguments += ["-c", "fsync=off", "-c", "synchronous_commit=off", "-c", "full_page_writes=off"]
        }
        return Daemon(
            name: "postgres \(member.rawValue)", executable: "\(programs)/postgres", arguments: arguments,
            marks: ["-D", dataFolder(of: member)], account: account, folder: folder, ports: [port(of: member)])
    }
}
