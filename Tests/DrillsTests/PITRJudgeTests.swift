import OpsModel
import Testing

@testable import Drills

@Suite struct PITRJudgeTests {
    private func findings(
        before: Bool = true, after: Bool = false, system: String = "7", tables: Int = 3
    ) -> PITRFindings {
        var findings = PITRFindings()
        findings.systemIdentifier = "7"
        findings.expectedCounts = ClusterCounts(databases: 2, tables: 3)
        findings.archived = ArchiveWait(exposure: .seconds(2), isForced: true)
        findings.archiveTimeout = .seconds(60)
        findings.recovery = .seconds(5)
        findings.restored = .init(
            hasRowBefore: before, hasRowAfter: after, systemIdentifier: system,
            counts: ClusterCounts(databases: 2, tables: tables))
        return findings
    }

    private func broken(_ findings: PITRFindings, rpo: Duration? = nil, rto: Duration? = nil) -> [String] {
        PITRJudge(rpo: rpo, rto: rto).judge(findings).filter { $0.verdict != .pass }.map(\.check)
    }

    @Test func eachDifferenceBreaksExactlyItsCheck() {
        #expect(broken(findings()) == [])
        #expect(broken(findings(before: false)) == ["row_before_target"])
        #expect(broken(findings(after: true)) == ["row_after_target"])
        #expect(broken(findings(system: "8")) == ["system_identifier"])
        #expect(broken(findings(tables: 2)) == ["contents"])
    }

    @Test func aForcedSwitchCountsTheWaitThatItSpared() {
        #expect(broken(findings(), rpo: .seconds(61)) == ["rpo"])
        #expect(broken(findings(), rpo: .seconds(62)) == [])
        var natural = findings()
        natural.archived = ArchiveWait(exposure: .seconds(2), isForced: false)
        #expect(broken(natural, rpo: .seconds(2)) == [])
    }

    @Test func anUnboundedExposureNeverKeepsAnObjective() {
        var unbounded = findings()
        unbounded.archiveTimeout = .zero
        #expect(broken(unbounded, rpo: .seconds(1_000_000)) == ["rpo"])
    }

    @Test func theTimeToRestoreIsHeldAgainstItsObjective() {
        #expect(broken(findings(), rto: .seconds(5)) == [])
        #expect(broken(findings(), rto: .milliseconds(4999)) == ["rto"])
    }

    @Test func withoutARestoredCopyThereIsNothingToJudge() {
        #expect(PITRJudge(rpo: .seconds(1), rto: .seconds(1)).judge(PITRFindings()).isEmpty)
    }
}
