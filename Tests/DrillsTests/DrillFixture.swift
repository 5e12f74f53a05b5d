import Foundation
import Glibc
import LocalServices
import OpsModel
import PostgresClient
import ProcessClient
import Synchronization
import TestSupport
import Testing

@testable import Drills

/// A server of its own that archives its WAL, and a folder for drills.
struct DrillFixture: Sendable {
    let cluster: PostgresCluster
    let scratch: String

    static func with(_ body: (DrillFixture) async throws -> Void) async throws {
        var options = PostgresCluster.Options()
        (options.archivesWAL, options.isDurable) = (true, false)
        try await withPostgresCluster(options) { cluster async throws in
            try await withScratchDirectory { folder async throws in
                try await body(DrillFixture(cluster: cluster, scratch: folder))
            }
        }
    }

    func settings(
        _ method: PITRSettings.Method? = nil, _ change: (inout PITRSettings) -> Void = { _ in }
    ) throws -> PITRSettings {
        let archive = cluster.archiveFolder
        var settings = PITRSettings(
            environment: "test", url: try PostgresURL(cluster.url(.drill)),
            method: method
                ?? .baseBackup(archive: archive, restoreCommand: PITRSettings.copying(from: archive)),
            scratch: scratch)
        settings.timeout = .seconds(120)
        change(&settings)
        return settings
    }

    /// Runs a drill; `began` is called at the beginning of each step.
    func drill(
        _ method: PITRSettings.Method? = nil, _ change: (inout PITRSettings) -> Void = { _ in },
        began: @escaping @Sendable (String) -> Void = { _ in }
    ) async throws -> PITRReport {
        let drill = PITRDrill(try settings(method, change)) { progress in
            if case .began(let step) = progress { began(step) }
        }
        return await drill.run()
    }

    /// A change of the server's settings that is in force when this returns.
    func set(_ name: String, to value: String) async throws {
        try await cluster.sql("ALTER SYSTEM SET \(name) = '\(value)'", database: "postgres")
        try await cluster.sql("SELECT pg_reload_conf()", database: "postgres")
        try await eventually("\(name) is \(value)") {
            try await cluster.sql("SHOW \(name)", database: "postgres") == value
        }
    }

    func expectNothingIsLeft(_ place: SourceLocation = #_sourceLocation) async throws {
        #expect(try FileManager.default.contentsOfDirectory(atPath: scratch) == [], sourceLocation: place)
        let left = try runningProcesses(of: ["postgres", "pg_basebackup", "pgbackrest"], using: scratch)
        #expect(left.isEmpty, sourceLocation: place)
        let table = try await cluster.sql("SELECT to_regclass('opsctl_probe.heartbeat') IS NOT NULL")
        guard table == "t" else { return }
        #expect(try await cluster.sql("SELECT count(*) FROM opsctl_probe.heartbeat") == "0", sourceLocation: place)
    }

    /// Runs a command as the user of the servers.
    @discardableResult
    func asServer(_ line: [String]) async throws -> CommandResult {
        let prefix =
            geteuid() == 0 ? ["setpriv", "--reuid=postgres", "--regid=postgres", "--init-groups", "--"] : []
        let all = prefix + line
        let command = Command(
            all[0], Array(all.dropFirst()), environment: ["PATH": "/usr/bin:/bin", "HOME": "/nonexistent"],
            workingDirectory: "/")
        return try await runCommand(command, timeout: .seconds(120)).checked(command)
    }
}

/// The newest whole segment in an archive.
func newestSegment(in archive: String) throws -> String? {
    try FileManager.default.contentsOfDirectory(atPath: archive).filter { $0.count == 24 && !$0.contains(".") }.max()
}
