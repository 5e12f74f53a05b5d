import Foundation
import LocalServices
import OpsModel
import ProcessClient
import TestSupport
import Testing

@testable import Drills

private let requirement = Requirement(all: [.postgres, Requirement("pgbackrest")])

@Suite(.enabled(if: requirement.isMet, "PostgreSQL or pgBackRest is not installed")) struct PgBackRestDrillTests {
    @Test func theNewestBackupOfPgBackRestPasses() async throws {
        try await DrillFixture.with { fixture in
            let config = try await fixture.setUpPgBackRest()
            let report = try await fixture.drill(.pgBackRest(stanza: "demo", config: config, repository: nil))
            #expect(report.verdict == .pass, "\(String(describing: report.why))")
            #expect(report.backup?.label.hasSuffix("F") == true)
            try await fixture.expectNothingIsLeft()
        }
    }

    @Test func aPgBackRestRepositoryWithoutBackupFails() async throws {
        try await DrillFixture.with { fixture in
            let config = try await fixture.setUpPgBackRest(makesBackup: false)
            let report = try await fixture.drill(.pgBackRest(stanza: "demo", config: config, repository: nil))
            #expect(report.verdict == .fail)
            #expect(report.why?.id == "drill.no_backup", "\(String(describing: report.why))")
        }
    }
}

extension DrillFixture {
    /// Makes a repository beside the server, archives into it, and takes a full backup. - Returns: the configuration file.
    fileprivate func setUpPgBackRest(makesBackup: Bool = true) async throws -> String {
        let base = "\(cluster.archiveFolder)/pgbackrest"
        try await asServer(["mkdir", "-p", "\(base)/repo", "\(base)/lock", "\(base)/log", "\(base)/spool"])
        let text = """
            [global]
            repo1-path=\(base)/repo
            log-path=\(base)/log
            lock-path=\(base)/lock
            spool-path=\(base)/spool
            log-level-console=warn
            start-fast=y
            [demo]
            pg1-path=\(cluster.dataFolder(of: .primary))
            pg1-port=\(cluster.port)
            pg1-socket-path=\(cluster.socketFolder)
            """
        let config = "\(base)/pgbackrest.conf"
        try text.write(toFile: config, atomically: false, encoding: .utf8)
        try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: config)
        try await asServer(["pgbackrest", "--config=\(config)", "--stanza=demo", "stanza-create"])
        try await set("archive_command", to: "pgbackrest --config=\(config) --stanza=demo archive-push %p")
        if makesBackup {
            try await asServer(["pgbackrest", "--config=\(config)", "--stanza=demo", "--type=full", "backup"])
        }
        return config
    }
}
