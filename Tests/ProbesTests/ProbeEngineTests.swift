import Foundation
import Glibc
import HTTPClient
import OpsModel
import PostgresClient
import SocketClient
import Synchronization
import TestSupport
import Testing

@testable import Probes

@Suite struct ProbeEngineTests {
    typealias Sight = ScriptedSubject.Sight

    func run(_ targets: ProbeTarget...) -> ProbeRun { ProbeRun(environment: "test", targets: targets) }

    @Test func aFailureThatPassesOnASecondLookIsShownAsRecovered() async throws {
        let (target, script) = ProbeTarget.scripted("t", [.notReady, .good], attempts: 3)
        let report = await run(target).once()
        #expect(script.looks.withLock { $0 } == 2)
        #expect(report.verdict == .pass)
        let ready = try #require(report.checks.first)
        #expect(ready.recovered == true && ready.attempts == 2 && ready.firstFailedAt != nil)
        #expect(report.history.count == 1)
        #expect(report.history[0].troubles.map(\.check) == ["t.ready", "t.lag", "t.canary"])
    }

    @Test func aPassAtOnceIsNotCalledRecovered() async {
        let report = await run(ProbeTarget.scripted("t", [.good], attempts: 3).target).once()
        #expect(report.checks.allSatisfy { $0.recovered == nil && $0.attempts == nil })
        #expect(report.history.isEmpty)
    }

    @Test(arguments: [(Sight.wrongPassword, 1), (.notReady, 4), (.timedOut, 4)])
    func onlyWhatMayPassIsLookedAtAgain(_ sight: Sight, _ looks: Int) async {
        let (target, script) = ProbeTarget.scripted("t", [sight], attempts: 4)
        let report = await run(target).once()
        #expect(report.verdict != .pass)
        #expect(script.looks.withLock { $0 } == looks)
    }

    @Test func aCheckCanHaveFewerLooksThanItsTarget() async {
        let plan = CheckPlan(profile: .deep, settings: ["ready": CheckSetting(attempts: 2)])
        let (target, script) = ProbeTarget.scripted("t", [.notReady], attempts: 9, plan: plan)
        _ = await run(target).once()
        #expect(script.looks.withLock { $0 } == 2)
    }

    /// Two looks put together would show a health that the target never had.
    @Test func theResultsOfATargetAreThoseOfOneLookAndTheSavedRunSaysTheSame() async throws {
        let (target, _) = ProbeTarget.scripted("t", [.lagging, .notReady], attempts: 2)
        let (report, saved) = await run(target).examine()
        #expect(report.checks.map(\.status) == [.fail, .blocked, .blocked])
        let text = try canonicalJSON(saved)
        #expect(saved.judged().checks == report.checks)
        #expect(report.attempts == 2 && report.history.map(\.number) == [1])
        #expect(!text.isEmpty)
    }

    @Test func aFailureThatOnlyWarnsIsLookedAtAgain() async {
        let plan = CheckPlan(profile: .deep, settings: ["ready": CheckSetting(severity: .warn)])
        let (target, script) = ProbeTarget.scripted("t", [.notReady], attempts: 3, plan: plan)
        _ = await run(target).once()
        #expect(script.looks.withLock { $0 } == 3)
    }

    @Test func aChainOfNeedsRecoversWhateverItsOrder() async {
        let a = ProbeTarget.scripted("a", [.notReady, .good], attempts: 2).target
        let b = ProbeTarget.scripted("b", [.good], needs: ["a"]).target
        let c = ProbeTarget.scripted("c", [.good], needs: ["b"]).target
        for order in [[c, b, a], [a, b, c]] {
            let report = await ProbeRun(environment: "test", targets: order).once()
            #expect(report.verdict == .pass, "\(order.map(\.name))")
        }
    }

    @Test func aRoundKeepsTheFailuresOfTargetsThatItDoesNotLookAt() async {
        let a = ProbeTarget.scripted("a", [.notReady, .good], attempts: 2).target
        let b = ProbeTarget.scripted("b", [.wrongPassword]).target
        let (c, script) = ProbeTarget.scripted("c", [.good], needs: ["a", "b"])
        let report = await run(a, b, c).once()
        #expect(script.looks.withLock { $0 } == 0)
        #expect(report.targets[2].checks.allSatisfy { $0.blockedBy == "b.ready" })
    }

    @Test func theLimitsOfAWaitEndALookToo() async throws {
        let listener = try SilentListener()
        let url = "http://127.0.0.1:\(listener.port)/"
        let expectation = HTTPExpectation(url: url, answer: HTTPAnswerExpectation())
        let target = ProbeTarget(
            name: "web", subject: HTTPSubject(url: Secret(url), expectation), timeout: .seconds(60),
            plan: CheckPlan(profile: .readiness))
        let start = ContinuousClock.now
        let (report, isOver) = try await run(target).wait(deadline: .milliseconds(300), passes: 1) { _ in }
        // Far above the deadline, for a busy machine, and far below the target's own limit.
        #expect(ContinuousClock.now - start < .seconds(20))
        #expect(isOver && report.verdict == .inconclusive)
    }

    @Test func whatAServerAnswersCannotWriteToATerminal() {
        let check = CheckResult(
            check: "t.c", target: "t", status: .fail, observed: "ERR \u{1B}[2J\u{7}\n::error::injected", expected: "x",
            fix: "a\r\nb")
        #expect(check.observed == "ERR \u{FFFD}[2J\u{FFFD}; ::error::injected")
        #expect(check.fix == "a; b")
        #expect(printable("plain ü 漢") == "plain ü 漢")
    }

    @Test func aMachineThatHasRunOutOfDescriptorsSaysNothingOfTheServer() {
        for error in [
            SocketError.failed(endpoint: "h:1", phase: "connect", errno: EMFILE) as any Error,
            PostgresError.connection(
                server: "h:1", sqlState: nil, message: "could not create socket: Too many open files"),
            HTTPError.failed(url: "http://h/", why: "Too many open files"),
        ] {
            #expect(LookFailure(error).reason == .tool)
            #expect(!LookFailure(error).isVerdict)
        }
    }

    @Test func noLookBeginsAfterTheDeadlineOfTheRule() async {
        let (scripted, script) = ProbeTarget.scripted("t", [.notReady], attempts: 50)
        var target = scripted
        target.retry = RetryRule(attempts: 50, pause: .milliseconds(1), deadline: .zero)
        _ = await run(target).once()
        #expect(script.looks.withLock { $0 } == 1)
    }

    @Test func whatATargetNeedsBlocksItUnderItsRootCause() async {
        let database = ProbeTarget.scripted("database", [.wrongPassword]).target
        let (app, script) = ProbeTarget.scripted("app", [.good], needs: ["database"])
        let web = ProbeTarget.scripted("web", [.good], needs: ["app"]).target
        let report = await run(web, app, database).once()
        #expect(report.targets.map(\.name) == ["web", "app", "database"])
        #expect(script.looks.withLock { $0 } == 0)
        #expect(report.targets[1].checks.allSatisfy { $0.status == .blocked && $0.blockedBy == "database.ready" })
        #expect(report.targets[0].checks.allSatisfy { $0.status == .blocked })
        #expect(report.checks.count { $0.status == .fail } == 1)
    }

    @Test func whatWasBlockedIsLookedAtOnceItsCauseHasPassed() async {
        let database = ProbeTarget.scripted("database", [.notReady, .good], attempts: 2).target
        let app = ProbeTarget.scripted("app", [.good], needs: ["database"]).target
        let report = await run(app, database).once()
        #expect(report.verdict == .pass)
        #expect(report.checks.allSatisfy { $0.status == .pass })
    }

    @Test func aNameThatDoesNotResolveIsOneCauseForEveryTargetThatUsesIt() async {
        let one = ProbeTarget.scripted("one", [.good], names: ["absent.invalid"])
        let two = ProbeTarget.scripted("two", [.good], names: ["absent.invalid"])
        let report = await run(one.target, two.target).once()
        #expect(report.targets[0].name == "names")
        #expect(report.targets[0].checks.map(\.check) == ["names.absent.invalid"])
        #expect(report.targets[0].checks[0].status != .pass)
        let rest = report.targets.dropFirst().flatMap(\.checks)
        #expect(rest.count == 6)
        #expect(rest.allSatisfy { $0.blockedBy == "names.absent.invalid" })
        #expect(one.script.looks.withLock { $0 } == 0)
    }

    @Test func anAddressAsksNoResolver() {
        #expect(hostNames("127.0.0.1") == [] && hostNames("::1") == [] && hostNames("[::1]") == [])
        #expect(hostNames("db.example") == ["db.example"])
    }

    @Test(arguments: [
        (nil as CheckSetting?, CheckStatus.warn), (CheckSetting(warn: 8), .pass), (CheckSetting(fail: 6), .fail),
        (CheckSetting(severity: .warn, fail: 6), .warn),
    ])
    func theEnvironmentFileSetsLimitsAndSeverity(_ setting: CheckSetting?, _ status: CheckStatus) async {
        let plan = CheckPlan(profile: .deep, settings: setting.map { ["lag": $0] } ?? [:])
        let report = await run(ProbeTarget.scripted("t", [.slow], plan: plan).target).once()
        let lag = report.checks[1]
        #expect(lag.status == status)
        #expect(lag.measure?.value == 7 && lag.measure?.unit == "s")
    }

    @Test func aCheckThatIsOffIsLeftOutAndAProfileTakesOnlyItsOwn() async {
        let off = CheckPlan(profile: .deep, settings: ["lag": CheckSetting(severity: .off)])
        #expect(await run(ProbeTarget.scripted("t", [.slow], plan: off).target).once().checks.count == 2)
        let readiness = ProbeTarget.scripted("t", [.good], plan: CheckPlan(profile: .readiness)).target
        #expect(readiness.checkNames == ["t.ready", "t.lag"])
        #expect(await run(readiness).once().checks.map(\.check) == ["t.ready", "t.lag"])
    }

    @Test func aRunbookIsNamedWhereACheckDidNotPass() async {
        let plan = CheckPlan(profile: .deep, settings: ["ready": CheckSetting(runbook: "runbooks/x.md")])
        let bad = await run(ProbeTarget.scripted("t", [.notReady], plan: plan).target).once()
        #expect(bad.checks[0].runbook == "runbooks/x.md")
        let good = await run(ProbeTarget.scripted("t", [.good], plan: plan).target).once()
        #expect(good.checks[0].runbook == nil)
    }

    @Test func aWaitShowsWhatFailedBeforeItPassed() async throws {
        let target = ProbeTarget.scripted("t", [.notReady, .timedOut, .good]).target
        let (report, isOver) = try await run(target).wait(deadline: .seconds(60), passes: 2) { _ in }
        #expect(!isOver)
        #expect(report.attempts == 4)
        #expect(report.checks[0].recovered == true)
        #expect(report.history.map(\.number) == [1, 2])
        #expect(report.history[0].verdict == .fail && report.history[1].verdict == .inconclusive)
    }

    @Test func pausesGrowByJitteredStepsToTheirLongest() {
        var backoff = Backoff(from: .milliseconds(10), upTo: .milliseconds(500))
        let pauses = (0..<20).map { _ in backoff.pause() }
        var full = Duration.milliseconds(10)
        for pause in pauses {
            #expect(pause <= full && pause >= full * 0.75)
            full = min(full * 1.6, .milliseconds(500))
        }
        #expect(full == .milliseconds(500))
    }

    @Test func aTimeoutCountsAsWhatTheTeamSays() async {
        let report = await run(ProbeTarget.scripted("t", [.timedOut]).target).once()
        #expect(report.verdict == .inconclusive)
        #expect(report.countingTimeouts(as: .fail).verdict == .fail)
        #expect(report.countingTimeouts(as: .fail).checks[0].status == .fail)
        let lost = await run(ProbeTarget.scripted("t", [.wrongPassword]).target).once()
        #expect(lost.countingTimeouts(as: .warn).checks[0].status == .fail)
    }

    @Test func aFlawlessCheckIsNotProven() {
        let results = selfTestResults(of: ScriptedSubject.self)
        #expect(results.map(\.isProven) == [true, true, false])
        #expect(results[2].detail == "there is no flaw to show it")
    }

    @Test func aDifferenceIsAStatusOrAFactAndNotATime() {
        func report(_ status: CheckStatus, _ observed: String, measured: Double? = nil) -> ProbeReport {
            var check = CheckResult(
                check: "t.c", target: "t", status: status, observed: observed, expected: "e")
            check.measure = measured.map { Measure($0, direction: .atMost, warn: nil, fail: nil) }
            let target = ProbeReport.Target(
                name: "t", kind: "k", endpoint: "e", place: nil, elapsedMilliseconds: 1, roundTrips: nil,
                checks: [check])
            return ProbeReport(environment: "e", startedAt: Date(), elapsed: .zero, attempts: 1, targets: [target])
        }
        func kinds(_ one: ProbeReport, _ two: ProbeReport) -> [ReportChange.Kind] {
            ReportChange.between(one, two).map(\.kind)
        }
        #expect(kinds(report(.pass, "12 ms"), report(.pass, "40 ms")) == [])
        #expect(kinds(report(.pass, "PostgreSQL 15.20"), report(.pass, "PostgreSQL 15.21")) == [.observed])
        #expect(kinds(report(.pass, "3", measured: 3), report(.pass, "9", measured: 9)) == [])
        #expect(kinds(report(.pass, "x"), report(.warn, "x")) == [.status])
    }
}
