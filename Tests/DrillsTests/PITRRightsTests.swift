import Foundation
import LocalServices
import OpsModel
import PostgresClient
import ProcessClient
import TestSupport
import Testing

@testable import Drills

@Suite(.enabled(if: Requirement.postgres.isMet, "PostgreSQL is not installed")) struct PITRRightsTests {
    @Test(arguments: [
        ("ALTER ROLE drill NOREPLICATION", #"ALTER ROLE "drill" REPLICATION"#),
        ("REVOKE CREATE ON SCHEMA opsctl_probe FROM drill", #"GRANT USAGE, CREATE ON SCHEMA opsctl_probe TO "drill""#),
        ("DROP SCHEMA opsctl_probe", #"GRANT USAGE, CREATE ON SCHEMA opsctl_probe TO "drill""#),
        (
            "CREATE TABLE opsctl_probe.heartbeat (id text PRIMARY KEY, written_at timestamptz)",
            #"GRANT SELECT, INSERT, DELETE ON opsctl_probe.heartbeat TO "drill""#
        ),
    ])
    func aMissingRightIsInconclusiveAndTheFixIsTheStatement(_ broken: String, _ fix: String) async throws {
        try await DrillFixture.with { fixture in
            try await fixture.cluster.sql(broken)
            let report = try await fixture.drill()
            #expect(report.verdict == .inconclusive)
            #expect(report.why?.id == "drill.missing_right", "\(String(describing: report.why))")
            #expect(report.why?.fix.contains(fix) == true, "\(report.why?.fix ?? "")")
            try await fixture.expectNothingIsLeft()
        }
    }

    @Test func aRefusedReplicationConnectionNamesTheLineOfTheAccessFile() async throws {
        try await DrillFixture.with { fixture in
            let path = "\(fixture.cluster.dataFolder(of: .primary))/pg_hba.conf"
            let lines = try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n")
            let kept = lines.filter { !$0.contains("replication drill") }.joined(separator: "\n") + "\n"
            try kept.write(toFile: path, atomically: false, encoding: .utf8)
            try await fixture.cluster.sql("SELECT pg_reload_conf()")
            let report = try await fixture.drill()
            #expect(report.verdict == .inconclusive)
            #expect(report.why?.fix.contains("hostssl replication drill") == true, "\(String(describing: report.why))")
        }
    }

    @Test func aWrongPasswordIsInconclusiveAndNeverPrinted() async throws {
        try await DrillFixture.with { fixture in
            let report = try await fixture.drill { settings in
                var url = settings.url
                url.password = Secret("guess-my-word")
                settings = PITRSettings(
                    environment: "test", url: url, method: settings.method, scratch: settings.scratch)
            }
            #expect(report.verdict == .inconclusive)
            #expect(!String(decoding: try canonicalJSON(report), as: UTF8.self).contains("guess-my-word"))
        }
    }

    @Test func anArchiveThatTheScratchUserCannotReadIsInconclusive() async throws {
        try await DrillFixture.with { fixture in
            try await withScratchDirectory { archive async throws in
                try FileManager.default.setAttributes([.posixPermissions: 0o700], ofItemAtPath: archive)
                let closed = "\(archive)/closed"
                try FileManager.default.createDirectory(
                    atPath: closed, withIntermediateDirectories: false, attributes: [.posixPermissions: 0])
                let report = try await fixture.drill(
                    .baseBackup(archive: closed, restoreCommand: PITRSettings.copying(from: closed)))
                #expect(report.verdict == .inconclusive)
                #expect(report.why?.id == "drill.closed")
                try await fixture.expectNothingIsLeft()
            }
        }
    }

    @Test func aReplicaIsRefused() async throws {
        var options = PostgresCluster.Options()
        (options.archivesWAL, options.hasReplica, options.isDurable) = (true, true, false)
        try await withPostgresCluster(options) { cluster async throws in
            try await withScratchDirectory { folder async throws in
                let fixture = DrillFixture(cluster: cluster, scratch: folder)
                let report = try await fixture.drill { settings in
                    var url = settings.url
                    url.port = cluster.replicaPort
                    settings = PITRSettings(
                        environment: "test", url: url, method: settings.method, scratch: settings.scratch)
                }
                #expect(report.why?.id == "drill.replica", "\(String(describing: report.why))")
            }
        }
    }

    @Test func programsOfAnotherVersionAreInconclusive() async throws {
        try await DrillFixture.with { fixture in
            let folder = "\(fixture.scratch)/bin"
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
            for name in ["postgres", "pg_basebackup", "pg_verifybackup"] {
                try "#!/bin/sh\necho 'postgres (PostgreSQL) 9.6.1'\n".write(
                    toFile: "\(folder)/\(name)", atomically: false, encoding: .utf8)
                try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: "\(folder)/\(name)")
            }
            let report = try await fixture.drill { $0.binaries = folder }
            #expect(report.verdict == .inconclusive)
            #expect(report.why?.id == "drill.missing_program")
            #expect(report.why?.why.contains("9.6.1") == true)
        }
    }

    /// The programs are wrapped in scripts that note how they were called.
    @Test func thePasswordIsOnNoCommandLineAndInNoEnvironment() async throws {
        try await DrillFixture.with { fixture in
            let (folder, notes) = ("\(fixture.scratch)/bin", "\(fixture.scratch)/notes")
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
            let real = try #require(postgresFolders().first)
            for name in ["postgres", "pg_basebackup", "pg_verifybackup"] {
                let script = "#!/bin/sh\n{ echo \"$@\"; env; } >> \(notes)\nexec \(real)/\(name) \"$@\"\n"
                try script.write(toFile: "\(folder)/\(name)", atomically: false, encoding: .utf8)
                try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: "\(folder)/\(name)")
            }
            try "".write(toFile: notes, atomically: false, encoding: .utf8)
            try FileManager.default.setAttributes([.posixPermissions: 0o666], ofItemAtPath: notes)
            let report = try await fixture.drill { $0.binaries = folder }
            #expect(report.verdict == .pass, "\(String(describing: report.why))")
            let seen = try String(contentsOfFile: notes, encoding: .utf8)
            let secret = fixture.cluster.password(of: .drill).reveal()
            #expect(seen.contains("PGPASSFILE=") && seen.contains("--wal-method=none"))
            #expect(!seen.contains(secret))
            #expect(!String(decoding: try canonicalJSON(report), as: UTF8.self).contains(secret))
        }
    }
}
