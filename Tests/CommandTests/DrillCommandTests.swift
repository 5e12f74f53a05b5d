import Foundation
import Glibc
import Ledger
import LocalServices
import OpsModel
import ProcessClient
import TestSupport
import Testing

@testable import opsctl

@Suite(.enabled(if: Requirement.postgres.isMet, "PostgreSQL is not installed")) struct DrillCommandTests {
    /// A project whose environment can be drilled; `method` and `more` go into `drills.pitr`.
    private func withDrill(
        method: String? = nil, more: String = "",
        _ body: (_ project: String, PostgresCluster, _ scratch: String) async throws -> Void
    ) async throws {
        var options = PostgresCluster.Options()
        (options.archivesWAL, options.isDurable) = (true, false)
        try await withPostgresCluster(options) { cluster async throws in
            try await withScratchDirectory { scratch async throws in
                let method = method ?? "base_backup: {wal_archive: \(cluster.archiveFolder)}"
                let file = """
                    version: 1
                    protection: ephemeral
                    drills:
                      pitr:
                        url: "${env:DRILL_URL}"
                        scratch: \(scratch)
                        \(method)
                        \(more)

                    """
                try await Program.withProject(file) { try await body($0, cluster, scratch) }
            }
        }
    }

    private func environment(_ cluster: PostgresCluster) -> [String: String] {
        ["DRILL_URL": cluster.url(.drill).reveal()]
    }

    @Test func aGoodDrillExits0AndTheLedgerKnowsIt() async throws {
        try await withDrill(more: "rpo: 5m\n    rto: 5m") { project, cluster, scratch in
            let run = try await Program.opsctl(
                "drill", "pitr", "--format", "json", in: project, environment: environment(cluster))
            #expect(run.status == 0, "\(run.output)\(run.errors)")
            let json = try #require(try JSONSerialization.jsonObject(with: Data(run.output.utf8)) as? [String: Any])
            #expect(json["schema"] as? Int == 1)
            #expect(json["verdict"] as? String == "pass")
            #expect(run.errors.contains("✓ recover"))
            #expect(!(run.output + run.errors).contains(cluster.password(of: .drill).reveal()))

            let ledger = try await Ledger.open(path: "\(project)/.opsctl/ledger.sqlite")
            let entries = try await ledger.entries(subjectPrefix: "drill:pitr:")
            #expect(entries.map(\.kind) == [.intent, .verdict])
            #expect(entries.map(\.step) == ["pitr", "pitr"])
            let good = try #require(try await lastGoodDrill("pitr", environment: "test", in: ledger))
            #expect(abs(good.timeIntervalSinceNow) < 120)
            #expect(try await lastGoodDrill("pitr", environment: "other", in: ledger) == nil)
            #expect(try FileManager.default.contentsOfDirectory(atPath: scratch).isEmpty)
        }
    }

    @Test func aMissedObjectiveExits1AndIsNoGoodDrill() async throws {
        try await withDrill(more: "rpo: 1ms") { project, cluster, _ in
            let run = try await Program.opsctl("drill", "pitr", in: project, environment: environment(cluster))
            #expect(run.status == 1, "\(run.output)\(run.errors)")
            #expect(run.output.hasPrefix("fail: "))
            #expect(run.output.contains("archive_timeout 1m00s"))
            #expect(run.errors.contains("fix:   lower archive_timeout"))
            let ledger = try await Ledger.open(path: "\(project)/.opsctl/ledger.sqlite")
            #expect(try await lastGoodDrill("pitr", environment: "test", in: ledger) == nil)
        }
    }

    @Test func aMissingRightExits2AndThePlanNeedsNone() async throws {
        try await withDrill { project, cluster, _ in
            try await cluster.sql("ALTER ROLE drill NOREPLICATION")
            let run = try await Program.opsctl("drill", "pitr", in: project, environment: environment(cluster))
            #expect(run.status == 2)
            #expect(run.errors.contains(#"fix:   ALTER ROLE "drill" REPLICATION"#))

            let plan = try await Program.opsctl(
                "drill", "pitr", "--dry-run", in: project, environment: environment(cluster))
            #expect(plan.status == 0, "\(plan.errors)")
            #expect(plan.output.contains("pg_basebackup") && plan.output.contains("--wal-method=none"))
            #expect(!plan.output.contains(cluster.password(of: .drill).reveal()))
            #expect(try await cluster.sql("SELECT to_regclass('opsctl_probe.heartbeat') IS NULL") == "t")
        }
    }

    @Test func theDeadlineExits124() async throws {
        try await withDrill(more: "timeout: 1s") { project, cluster, _ in
            try await cluster.sql("ALTER SYSTEM SET archive_command = 'sleep 60'", database: "postgres")
            try await cluster.sql("SELECT pg_reload_conf()", database: "postgres")
            let run = try await Program.opsctl("drill", "pitr", in: project, environment: environment(cluster))
            #expect(run.status == 124, "\(run.output)\(run.errors)")
        }
    }

    /// Where the drill hangs when it is struck.
    enum Phase: String, CaseIterable, Sendable { case backup, recover }

    /// Starts a drill that hangs in `phase`, and calls `body` with its process as soon as the program of that phase runs.
    private func struck(
        in phase: Phase, _ body: (ProcessIdentity) async throws -> Void
    ) async throws {
        let method = phase == .recover ? #"base_backup: {restore_command: "sleep 60; false %f %p"}"# : nil
        try await withDrill(method: method) { project, cluster, scratch in
            if phase == .backup {
                try await cluster.sql("ALTER SYSTEM SET archive_command = 'sleep 60'", database: "postgres")
                try await cluster.sql("SELECT pg_reload_conf()", database: "postgres")
            }
            let live = try cluster.process()
            let variables = ["PATH": "/usr/bin:/bin:/usr/sbin"].merging(environment(cluster)) { $1 }
            let drill = try DetachedProcess.start(
                executable: "\(try Program.folder)/opsctl", arguments: ["drill", "pitr"], environment: variables,
                folder: project, log: "\(project)/log")
            let program = phase == .recover ? "postgres" : "pg_basebackup"
            try await eventually("\(program) of the drill runs", within: .seconds(60)) {
                try !runningProcesses(of: [program], using: scratch).isEmpty
            }
            try await body(drill)
            try await eventually("everything of the drill is gone", within: .seconds(30)) {
                let programs = try runningProcesses(of: ["postgres", "pg_basebackup"], using: scratch)
                return try programs.isEmpty && FileManager.default.contentsOfDirectory(atPath: scratch).isEmpty
            }
            #expect(try cluster.process() == live)
            #expect(try await cluster.sql("SELECT 1") == "1")
        }
    }

    @Test(arguments: Phase.allCases)
    func killedInTheMiddleItLeavesNoServerAndNoFolder(_ phase: Phase) async throws {
        try await struck(in: phase) { drill in
            try drill.signal(SIGKILL)
            try await eventually("opsctl is dead") { try !drill.isRunning }
        }
    }

    @Test(arguments: [(SIGTERM, Int32(143)), (SIGINT, Int32(130))])
    func aSignalCleansUpAndExitsWithItsStatus(_ signal: Int32, _ status: Int32) async throws {
        let method = #"base_backup: {restore_command: "sleep 60; false %f %p"}"#
        try await withDrill(method: method) { project, cluster, scratch in
            // The shell tells the exit status; a detached process cannot.
            let program = "\(try Program.folder)/opsctl"
            let variables = ["PATH": "/usr/bin:/bin:/usr/sbin"].merging(environment(cluster)) { $1 }
            let shell = try DetachedProcess.start(
                executable: "bash",
                arguments: ["-c", "'\(program)' drill pitr & echo $! > pid; wait $!; echo $? > status"],
                environment: variables, folder: project, log: "\(project)/log")
            try await eventually("the scratch server runs", within: .seconds(60)) {
                try !runningProcesses(of: ["postgres"], using: scratch).isEmpty
            }
            let text = try String(contentsOfFile: "\(project)/pid", encoding: .utf8)
            let pid = try #require(Int32(text.trimmingCharacters(in: .whitespacesAndNewlines)))
            kill(pid, signal)
            try await eventually("opsctl has left", within: .seconds(30)) { try !shell.isRunning }
            #expect(try String(contentsOfFile: "\(project)/status", encoding: .utf8) == "\(status)\n")
            #expect(try FileManager.default.contentsOfDirectory(atPath: scratch).isEmpty)
            #expect(try runningProcesses(of: ["postgres"], using: scratch).isEmpty)
            #expect(try await cluster.sql("SELECT count(*) FROM opsctl_probe.heartbeat") == "0")
            let ledger = try await Ledger.open(path: "\(project)/.opsctl/ledger.sqlite")
            #expect(try await ledger.entries(subjectPrefix: "drill:pitr:").map(\.kind) == [.intent, .verdict])
        }
    }
}
