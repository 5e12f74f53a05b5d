import Foundation
import LocalServices
import OpsModel
import PostgresClient
import ProcessClient
import TestSupport
import Testing

@testable import Drills

@Suite(.enabled(if: Requirement.postgres.isMet, "PostgreSQL is not installed")) struct PITRDrillTests {
    @Test func aHealthyClusterPassesAndNothingIsLeft() async throws {
        try await DrillFixture.with { fixture in
            let before = try fixture.cluster.process()
            let report = try await fixture.drill { ($0.rpo, $0.rto) = (.seconds(300), .seconds(300)) }
            #expect(report.verdict == .pass, "\(String(describing: report.why)) \(report.steps)")
            #expect(report.checks.count == 6)
            #expect(report.checks.allSatisfy { $0.verdict == .pass })
            #expect(report.isSwitchForced == true)
            #expect((report.rpoMilliseconds ?? 0) > 0 && (report.rtoMilliseconds ?? 0) > 0)
            #expect(report.rpoBoundMilliseconds == (report.rpoMilliseconds ?? 0) + 60_000)
            #expect(report.backup?.isVerified == true)
            #expect(report.leftBehind.isEmpty)
            try await fixture.expectNothingIsLeft()
            #expect(try fixture.cluster.process() == before)
            let archive = try FileManager.default.contentsOfDirectory(atPath: fixture.cluster.archiveFolder)
            #expect(!archive.contains { $0.hasPrefix("00000002") }, "the copy wrote into the live archive")
        }
    }

    @Test func aTablespaceOfTheLiveServerIsNeitherUsedNorHarmed() async throws {
        try await DrillFixture.with { fixture in
            try await fixture.asServer(["mkdir", "\(fixture.cluster.archiveFolder)/space"])
            let space = "\(fixture.cluster.archiveFolder)/space"
            try await fixture.cluster.sql("CREATE TABLESPACE fast LOCATION '\(space)'", database: "postgres")
            try await fixture.cluster.sql("CREATE TABLE kept TABLESPACE fast AS SELECT 7 AS seven")
            let report = try await fixture.drill()
            #expect(report.verdict == .pass, "\(String(describing: report.why))")
            try await fixture.expectNothingIsLeft()
            #expect(try await fixture.cluster.sql("SELECT seven FROM kept") == "7")
        }
    }

    @Test func settingsOfAlterSystemDoNotReachTheCopy() async throws {
        try await DrillFixture.with { fixture in
            try await fixture.set("restore_command", to: "false")
            try await fixture.set("recovery_min_apply_delay", to: "1h")
            #expect(try await fixture.drill().verdict == .pass)
        }
    }

    @Test func aSegmentMissingFromTheArchiveFailsWithTheServersWords() async throws {
        try await DrillFixture.with { fixture in
            let archive = fixture.cluster.archiveFolder
            let report = try await fixture.drill(began: { step in
                guard step == "restore" else { return }
                do {
                    let segment = try #require(try newestSegment(in: archive))
                    try FileManager.default.removeItem(atPath: "\(archive)/\(segment)")
                } catch { Issue.record(error) }
            })
            #expect(report.verdict == .fail)
            #expect(report.why?.id == "drill.not_recovered")
            #expect(report.why?.why.contains("before configured recovery target was reached") == true)
            #expect(report.rtoMilliseconds == nil)
            try await fixture.expectNothingIsLeft()
        }
    }

    @Test func anArchiveCommandThatOnlyClaimsToArchiveFails() async throws {
        try await DrillFixture.with { fixture in
            try await fixture.set("archive_command", to: "true")
            let report = try await fixture.drill()
            #expect(report.verdict == .fail)
            #expect(report.why?.id == "drill.not_recovered", "\(String(describing: report.why))")
            try await fixture.expectNothingIsLeft()
        }
    }

    @Test func aBrokenArchiveCommandFailsLongBeforeTheDeadline() async throws {
        try await DrillFixture.with { fixture in
            try await fixture.set("archive_command", to: "false")
            let report = try await fixture.drill()
            #expect(report.verdict == .fail)
            #expect(report.why?.id == "drill.archiver_fails", "\(String(describing: report.why))")
            #expect(report.elapsedMilliseconds < 60_000)
            try await fixture.expectNothingIsLeft()
            let again = try await fixture.drill()
            #expect(again.why?.id == "drill.archiver_fails")
            #expect(again.steps.map(\.step) == ["preflight"], "a server that fails already is not backed up")
        }
    }

    @Test func aServerWithoutArchiveFailsWithTheStatementThatMendsIt() async throws {
        try await withPostgresCluster { cluster async throws in
            try await withScratchDirectory { folder async throws in
                let fixture = DrillFixture(cluster: cluster, scratch: folder)
                let report = try await fixture.drill()
                #expect(report.verdict == .fail)
                #expect(report.why?.fix.contains("ALTER SYSTEM SET archive_mode = on") == true)
            }
        }
    }

    /// The role has no more than docs/drills.md asks for.
    @Test func withoutTheRightToSwitchTheServersOwnTimeoutIsMeasured() async throws {
        try await DrillFixture.with { fixture in
            try await fixture.cluster.sql("REVOKE pg_monitor FROM drill")
            try await fixture.cluster.sql("REVOKE EXECUTE ON FUNCTION pg_switch_wal() FROM drill")
            try await fixture.set("archive_timeout", to: "1s")
            let report = try await fixture.drill()
            #expect(report.verdict == .pass, "\(String(describing: report.why))")
            #expect(report.isSwitchForced == false)
            #expect(report.rpoBoundMilliseconds == report.rpoMilliseconds)
        }
    }

    @Test func aSlowArchiveShowsInTheFigure() async throws {
        try await DrillFixture.with { fixture in
            let archive = fixture.cluster.archiveFolder
            try await fixture.set("archive_command", to: "sleep 2 && cp %p \(archive)/%f")
            let report = try await fixture.drill()
            #expect(report.verdict == .pass, "\(String(describing: report.why))")
            #expect((report.rpoMilliseconds ?? 0) >= 2000)
        }
    }

    @Test func theDeadlineEndsItAndCleansUp() async throws {
        try await DrillFixture.with { fixture in
            try await fixture.cluster.sql("REVOKE EXECUTE ON FUNCTION pg_switch_wal() FROM drill")
            try await fixture.set("archive_timeout", to: "0")
            let report = try await fixture.drill { $0.timeout = .seconds(8) }
            #expect(report.verdict == .inconclusive)
            #expect(report.isPastDeadline)
            try await fixture.expectNothingIsLeft()
        }
    }

    @Test func anObjectiveWithoutBoundOrBelowTheFigureFails() async throws {
        try await DrillFixture.with { fixture in
            let short = try await fixture.drill { ($0.rpo, $0.rto) = (.milliseconds(1), .milliseconds(1)) }
            #expect(short.verdict == .fail)
            #expect(short.checks.filter { $0.verdict == .fail }.map(\.check) == ["rpo", "rto"])
            try await fixture.set("archive_timeout", to: "0")
            let unbounded = try await fixture.drill { $0.rpo = .seconds(3600) }
            #expect(unbounded.verdict == .fail)
            #expect(unbounded.why?.why.contains("archive_timeout is 0") == true)
            #expect(unbounded.rpoBoundMilliseconds == nil)
        }
    }
}
