import Deploy
import Foundation
import OpsModel
import Statistics
import Testing

@Suite struct AnalysisTests {
    private let canary = AnalysisStep(share: 1000, duration: .seconds(60), limit: .seconds(600))
    private let cutover = AnalysisStep(share: Route.all, duration: .seconds(60), limit: .seconds(600))

    private func analysis(
        _ step: AnalysisStep? = nil, reference: SlotTally = SlotTally(requests: 5000, errors: 5, lost: 0),
        _ change: (inout AnalysisPolicy) -> Void = { _ in }
    ) -> Analysis {
        var policy = AnalysisPolicy()
        policy.latency = nil
        change(&policy)
        return Analysis(policy, step: step ?? canary, reference: AnalysisReference(errors: reference))
    }

    private func reading(
        _ seconds: Double, baseline: SlotTally = SlotTally(requests: 9000, errors: 0, lost: 0), requests: Int,
        errors: Int = 0, lost: Int = 0, restarts: Int = 0
    ) -> AnalysisReading {
        AnalysisReading(
            elapsed: .seconds(seconds), baseline: baseline,
            candidate: SlotTally(requests: requests, errors: errors, lost: lost), restarts: restarts)
    }

    /// The opinion after all of the readings.
    private func opinion(_ analysis: Analysis, _ readings: AnalysisReading...) -> Analysis.Opinion {
        var analysis = analysis
        return readings.map { analysis.observe($0) }.last ?? .goOn
    }

    // Promotion

    @Test func aCandidateWithEnoughGoodRequestsIsPromotedWhenItsTimeIsOver() {
        #expect(opinion(analysis(), reading(30, requests: 1000)) == .goOn)
        guard case .over(.pass, let why) = opinion(analysis(), reading(60, requests: 1000)) else {
            Issue.record("not promoted")
            return
        }
        #expect(why.hasPrefix("1000 requests, 0 errors, 0 lost; worse by at most 0.27 pp"))
    }

    @Test func aStepMayEndAsSoonAsTheMarginIsShown() {
        let early = analysis { $0.promotesEarly = true }
        #expect(opinion(early, reading(20, requests: 298)) == .goOn)
        #expect(opinion(early, reading(20, requests: 299)).verdict == .pass)
    }

    @Test func tooFewRequestsAreInconclusiveAtTheLimitAndNeverAPass() {
        #expect(opinion(analysis(), reading(60, requests: 298)) == .goOn)
        #expect(
            opinion(analysis(), reading(600, requests: 298))
                == .over(.inconclusive, why: "298 requests, 299 are needed"))
        #expect(opinion(analysis(), reading(600, requests: 0)).verdict == .inconclusive)
    }

    @Test func errorsThatAreNoEvidenceButHideTheMarginAreInconclusive() {
        let step = AnalysisStep(share: 1000, duration: .seconds(60))
        let end = opinion(analysis(step), reading(60, requests: 300, errors: 1))
        #expect(end.verdict == .inconclusive)
        #expect(end.why?.contains("it may be worse by") == true)
    }

    @Test func whoAsksForNoRequestsIsPromotedOnHealthAlone() {
        var idle = analysis { $0.minimumRequests = 0 }
        let end = idle.observe(reading(60, requests: 0))
        #expect(end == .over(.pass, why: "no traffic: promoted on smoke and health alone"))
        #expect(idle.evidence.text.hasPrefix("no traffic: smoke and health alone decide"))
    }

    @Test func whoAsksForFewRequestsIsToldThatTheyDoNotShowTheMargin() {
        let few = analysis { $0.minimumRequests = 20 }
        #expect(opinion(few, reading(60, requests: 20)).why?.contains("too few to show the margin") == true)
        #expect(opinion(few, reading(600, requests: 20, errors: 1)).verdict == .inconclusive)
    }

    @Test func aCandidateUnderSuspicionIsNotPromoted() {
        var suspected = analysis()
        _ = suspected.observe(reading(20, requests: 1000, errors: 1))
        #expect(suspected.observe(reading(60, requests: 3000, errors: 3)) == .goOn)
        #expect(suspected.evidence.isWarning)
        #expect(suspected.observe(reading(600, requests: 9000, errors: 3)).why?.contains("evidence against it") == true)
    }

    // Regression

    @Test func errorsThatFallOnTheCandidateRollBack() {
        var failing = analysis()
        #expect(failing.observe(reading(10, requests: 50, errors: 2)) == .goOn)
        let end = failing.observe(reading(20, requests: 100, errors: 5))
        #expect(end.verdict == .fail)
        #expect(end.why?.hasPrefix("5 of 100 requests (5 %) failed, the baseline's 0 of 9000 requests (0 %)") == true)
    }

    @Test func errorsThatBothHaveDoNot() {
        var ill = analysis()
        for second in 1...59 {
            let baseline = SlotTally(requests: 90 * second, errors: 18 * second, lost: 0)
            let opinion = ill.observe(
                reading(Double(second), baseline: baseline, requests: 10 * second, errors: 2 * second))
            #expect(opinion == .goOn)
        }
        #expect(ill.evidence.evidence < 1)
    }

    @Test func oneBurstRollsNobodyBack() {
        #expect(opinion(analysis(), reading(10, requests: 100, errors: 40)) == .goOn)
        #expect(
            opinion(analysis(), reading(10, requests: 90, errors: 39), reading(12, requests: 100, errors: 40)) == .goOn)
        let twice = opinion(analysis(), reading(10, requests: 90, errors: 39), reading(15, requests: 100, errors: 40))
        #expect(twice.verdict == .fail)
    }

    @Test func aDifferenceThatDoesNotMatterRollsNobodyBack() {
        var slightly = analysis { $0.minimumDifference = 0.002 }
        for minute in 1...50 {
            let baseline = SlotTally(requests: 900_000 * minute, errors: 180 * minute, lost: 0)
            let opinion = slightly.observe(
                reading(Double(minute), baseline: baseline, requests: 100_000 * minute, errors: 100 * minute))
            #expect(opinion == .goOn)
        }
        #expect(slightly.evidence.evidence > 1000)
    }

    @Test func dependentErrorsOfTheBaselineWeakenTheEvidence() {
        var bursty = analysis()
        for window in 1...40 {
            let baseline = SlotTally(requests: 450 * window, errors: (window / 4) * 8, lost: 0)
            _ = bursty.observe(reading(5 * Double(window), baseline: baseline, requests: 50 * window))
        }
        #expect(bursty.evidence.overdispersion > 4)
    }

    @Test func withAllTrafficTheErrorBudgetDecides() {
        var failing = analysis(cutover)
        let nobody = SlotTally()
        #expect(failing.observe(reading(1, baseline: nobody, requests: 500, errors: 25)) == .goOn)
        let end = failing.observe(reading(2.6, baseline: nobody, requests: 1300, errors: 65))
        #expect(end.verdict == .fail)
        #expect(end.why?.hasPrefix("65 of 1300 requests (5 %) failed, 1 % may") == true)
    }

    @Test func aBaselineThatFailsAsOftenRaisesTheLine() {
        let errors = SlotTally(requests: 5000, errors: 250, lost: 0)
        var same = analysis(cutover, reference: errors)
        for second in 1...50 {
            let opinion = same.observe(
                reading(Double(second), baseline: SlotTally(), requests: 500 * second, errors: 25 * second))
            #expect(opinion == .goOn)
        }
    }

    /// Ten requests say nothing about a baseline: the budget stays the line.
    @Test func aBaselineThatWasHardlySeenDoesNot() {
        var failing = analysis(cutover, reference: SlotTally(requests: 10, errors: 1, lost: 0))
        _ = failing.observe(reading(1, baseline: SlotTally(), requests: 500, errors: 25))
        #expect(failing.observe(reading(3, baseline: SlotTally(), requests: 1500, errors: 75)).verdict == .fail)
    }

    // Hard stops

    @Test func aRequestIsLostOnlyWhenItStaysLost() {
        let (clean, torn) = (reading(1, requests: 100), reading(2, requests: 101, lost: 1))
        #expect(opinion(analysis(), torn, torn) == .goOn)
        #expect(opinion(analysis(), torn, clean, torn, torn) == .goOn)
        #expect(opinion(analysis(), torn, torn, torn) == .over(.fail, why: "1 of 101 requests were lost"))
    }

    @Test func lossesThatTheBaselineHasTooAreNotTheCandidates() {
        let both = reading(1, baseline: SlotTally(requests: 900, errors: 0, lost: 2), requests: 100, lost: 2)
        #expect(opinion(analysis(), both, both, both) == .goOn)
    }

    @Test func aPassWaitsForALossInDoubt() {
        var doubted = analysis()
        _ = doubted.observe(reading(59, requests: 1000))
        #expect(doubted.observe(reading(60, requests: 1001, lost: 1)) == .goOn)
        #expect(doubted.observe(reading(61, requests: 1002)).verdict == .pass)
    }

    @Test func aRestartOfTheCandidateIsAFailure() {
        #expect(opinion(analysis(), reading(1, requests: 10, restarts: 1)).verdict == .fail)
    }

    @Test func theWarmUpIsNotCountedButStillWatched() {
        let warming = analysis { $0.warmUp = .seconds(10) }
        let cold = [reading(2, requests: 100, errors: 30), reading(8, requests: 200, errors: 60)]
        var begun = warming
        for reading in cold { #expect(begun.observe(reading) == .goOn) }
        #expect(begun.evidence.evidence < 2)
        _ = begun.observe(reading(11, requests: 300, errors: 60))
        #expect(begun.observe(reading(60, requests: 1300, errors: 60)).verdict == .pass)
        #expect(begun.evidence.candidate == SlotTally(requests: 1000, errors: 0, lost: 0))
        let lost = reading(1, requests: 100, lost: 1)
        #expect(opinion(warming, lost, lost, lost).verdict == .fail)
    }

    // Steps, restarts, words

    @Test func evidenceIsCarriedAcrossSteps() {
        var failing = analysis(AnalysisStep(share: 500, duration: .seconds(60)))
        _ = failing.observe(reading(30, requests: 40, errors: 1))
        let before = failing.evidence.evidence
        failing.begin(canary)
        _ = failing.observe(reading(1, requests: 10))
        #expect(failing.evidence.evidence == before)
        #expect(failing.evidence.candidate.requests == 10)
        _ = failing.observe(reading(9, requests: 50, errors: 1))
        #expect(failing.observe(reading(20, requests: 90, errors: 3)).verdict == .fail)
    }

    @Test func aRestartedRouterCostsTheCountsButNotTheEvidence() {
        var failing = analysis()
        _ = failing.observe(reading(30, requests: 500, errors: 2))
        let before = failing.evidence.evidence
        failing.restartWindow()
        #expect(failing.observe(reading(1, requests: 5)) == .goOn)
        #expect(failing.evidence.evidence == before)
        #expect(failing.evidence.candidate.requests == 5)
    }

    @Test func aStoredAnalysisGoesOnWhereItWas() throws {
        var whole = analysis(cutover)
        _ = whole.observe(reading(1, baseline: SlotTally(), requests: 500, errors: 9))
        var resumed = try JSONDecoder().decode(Analysis.self, from: JSONEncoder().encode(whole))
        let next = reading(4, baseline: SlotTally(), requests: 2000, errors: 30)
        #expect(resumed.observe(next) == whole.observe(next))
        #expect(abs(resumed.evidence.evidence - whole.evidence.evidence) < 1e-9 * whole.evidence.evidence)
    }

    @Test func theEvidenceSaysHowLongItTakes() {
        var waiting = analysis { $0.latency = .init() }
        _ = waiting.observe(reading(240, requests: 120))
        #expect(waiting.evidence.requestsNeeded == 299)
        #expect(waiting.evidence.remaining?.seconds.rounded() == 358)
        #expect(
            waiting.evidence.text
                == "need 299 requests, have 120, ~5m58s at the current rate; inconclusive in 6m00s; "
                + "E 1 of 100; latency is not judged")
    }

    // Latency

    private func slow(_ seconds: Double, share: Int = 1000, candidate: OrderedCounts, baseline: OrderedCounts)
        -> AnalysisReading
    {
        AnalysisReading(
            elapsed: .seconds(seconds), baseline: SlotTally(requests: baseline.total, errors: 0, lost: 0),
            candidate: SlotTally(requests: candidate.total, errors: 0, lost: 0),
            latency: LatencyCounts(baseline: baseline, candidate: candidate))
    }

    private func counts(_ factor: Int, _ low: Int, _ middle: Int, _ high: Int) -> OrderedCounts {
        OrderedCounts(low: low * factor, middle: middle * factor, high: high * factor)
    }

    @Test func aSlowerCandidateIsRolledBack() {
        var slower = analysis { $0.latency = .init() }
        let opinions = (1...20).map { tick in
            slower.observe(
                slow(5 * Double(tick), candidate: counts(tick, 5, 12, 3), baseline: counts(tick, 90, 81, 9)))
        }
        #expect(opinions.last?.verdict == .fail || opinions.contains { $0.verdict == .fail })
        #expect(opinions.compactMap(\.why).first?.contains("slower than the baseline's 95th percentile") == true)
    }

    @Test func oneSlowPauseRollsNobodyBack() {
        var paused = analysis { $0.latency = .init() }
        for second in 1...30 {
            let slowOnes = second >= 12 ? 200 : 0
            let candidate = OrderedCounts(low: 50 * second, middle: 45 * second, high: 5 * second + slowOnes)
            let opinion = paused.observe(
                slow(Double(second), candidate: candidate, baseline: counts(second, 450, 405, 45)))
            #expect(opinion == .goOn)
        }
    }

    @Test func withAllTrafficTheFrozenPercentileDecides() {
        var policy = AnalysisPolicy()
        policy.latency?.warmUp = .zero
        let reference = AnalysisReference(
            errors: SlotTally(requests: 2000, errors: 0, lost: 0),
            latency: OrderedCounts(low: 1000, middle: 900, high: 100))
        var (slower, same) = (
            Analysis(policy, step: cutover, reference: reference), Analysis(policy, step: cutover, reference: reference)
        )
        var verdict: Verdict?
        for tick in 1...20 {
            let (time, nobody) = (Double(tick) * 0.2, OrderedCounts())
            let slowly = slower.observe(slow(time, candidate: counts(tick, 25, 58, 17), baseline: nobody))
            verdict = verdict ?? slowly.verdict
            #expect(same.observe(slow(time, candidate: counts(tick, 50, 45, 5), baseline: nobody)) == .goOn)
        }
        #expect(verdict == .fail)
    }
}

extension Analysis.Opinion {
    var verdict: Verdict? { if case .over(let verdict, _) = self { verdict } else { nil } }
    var why: String? { if case .over(_, let why) = self { why } else { nil } }
}
