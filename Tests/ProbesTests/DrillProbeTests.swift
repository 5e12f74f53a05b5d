import Foundation
import OpsModel
import Testing

@testable import Probes

@Suite struct DrillProbeTests {
    private struct Locked: Error {}

    private func checks(_ lastGood: @escaping @Sendable () async throws -> Date?) async -> [CheckResult] {
        let subject = DrillSubject(drill: "pitr", environment: "test", lastGood: lastGood)
        let target = ProbeTarget(name: "restore", subject: subject, timeout: .seconds(5))
        return await ProbeRun(environment: "test", targets: [target]).once().checks
    }

    @Test(arguments: [(1.0, CheckStatus.pass), (40, .warn), (100, .fail)])
    func theAgeOfTheLastGoodDrillIsJudged(_ days: Double, _ status: CheckStatus) async {
        let checks = await checks { Date() - days * 86_400 }
        #expect(checks.map(\.status) == [.pass, status])
    }

    @Test func aDrillThatNeverPassedFailsWithTheCommandToRun() async {
        let checks = await checks { nil }
        #expect(checks[0].status == .fail)
        #expect(checks[0].fix == "opsctl drill pitr --env test")
        #expect(checks[1].status == .blocked)
    }

    @Test func aLedgerThatCannotBeReadSaysNothingAboutTheDrill() async {
        let checks = await checks { throw Locked() }
        #expect(checks[0].status == .unknown)
    }

    @Test func everyCheckOfTheKindIsProven() {
        for result in selfTestResults(of: DrillSubject.self) { #expect(result.isProven, "\(result)") }
    }
}
