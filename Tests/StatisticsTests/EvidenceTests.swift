import Foundation
import Statistics
import TestSupport
import Testing

@Suite struct EvidenceTests {
    /// Over every outcome of a few events, weighed by the null at its edge, the evidence is 1 on average.
    @Test(arguments: [(0.1, 1.0), (0.1, 1.5), (0.5, 1.5), (0.9, 3.0)])
    func theRateRatiosEvidenceIsFairUnderItsNull(_ share: Double, _ ratio: Double) {
        let theta = ratio * share / (ratio * share + 1 - share)
        let mean = (0...6).reduce(0.0) { sum, bad in
            var evidence = RateRatioEvidence(toleratedRatio: ratio)
            evidence.add(candidateBad: bad, baselineBad: 6 - bad, share: share)
            return sum + choose(6, bad) * pow(theta, Double(bad)) * pow(1 - theta, Double(6 - bad))
                * exp(evidence.logValue)
        }
        #expect(isClose(mean, 1, 1e-9))
    }

    @Test(arguments: [0.01, 0.2, 0.8])
    func theBernoulliEvidenceIsFairOnItsLine(_ line: Double) {
        let mean = (0...8).reduce(0.0) { sum, bad in
            var evidence = BernoulliEvidence()
            evidence.add(bad: bad, good: 8 - bad, line: line)
            return sum + choose(8, bad) * pow(line, Double(bad)) * pow(1 - line, Double(8 - bad))
                * exp(evidence.logValue)
        }
        #expect(isClose(mean, 1, 1e-9))
    }

    /// Over every way to draw the candidate's four of nine requests.
    @Test func theShiftsEvidenceIsFairOverAllSamples() {
        let all = [0, 0, 0, 0, 1, 1, 1, 2, 2]
        var (sum, samples) = (0.0, 0.0)
        for set in 0..<(1 << all.count) where set.nonzeroBitCount == 4 {
            var (candidate, baseline) = (OrderedCounts(), OrderedCounts())
            for (index, value) in all.enumerated() {
                let one = OrderedCounts(low: value == 0 ? 1 : 0, middle: value == 1 ? 1 : 0, high: value == 2 ? 1 : 0)
                if set >> index & 1 == 1 { candidate = candidate + one } else { baseline = baseline + one }
            }
            var evidence = ShiftEvidence()
            evidence.add(candidate: candidate, baseline: baseline)
            (sum, samples) = (sum + exp(evidence.logValue), samples + 1)
        }
        #expect(samples == 126)
        #expect(isClose(sum / samples, 1, 1e-9))
    }

    @Test func theShiftsEvidenceStaysFiniteForLargeBlocks() {
        var evidence = ShiftEvidence()
        evidence.add(
            candidate: OrderedCounts(low: 0, middle: 0, high: 400),
            baseline: OrderedCounts(low: 2000, middle: 1800, high: 200))
        #expect(evidence.logValue.isFinite && evidence.logValue > 100)
        evidence.add(
            candidate: OrderedCounts(low: 4000, middle: 0, high: 0),
            baseline: OrderedCounts(low: 2000, middle: 1800, high: 200))
        #expect(evidence.logValue.isFinite)
    }

    @Test func slownessThatBothHaveIsNoEvidence() {
        var evidence = ShiftEvidence()
        for _ in 0..<50 {
            evidence.add(candidate: OrderedCounts(high: 10), baseline: OrderedCounts(high: 90))
            evidence.add(candidate: OrderedCounts(low: 10), baseline: OrderedCounts(low: 90))
        }
        #expect(isClose(evidence.logValue, 0, 1e-9))
    }

    @Test func aSlotWithoutRequestsIsNoComparison() {
        var evidence = RateRatioEvidence(toleratedRatio: 1.5)
        evidence.add(candidateBad: 50, baselineBad: 0, share: 1)
        evidence.add(candidateBad: 50, baselineBad: 0, share: 0)
        #expect(evidence.logValue == 0)
        var shift = ShiftEvidence()
        shift.add(candidate: OrderedCounts(high: 9), baseline: OrderedCounts())
        #expect(shift.logValue == 0)
    }

    @Test func evidenceGoesOnAfterARestart() throws {
        var whole = RateRatioEvidence(toleratedRatio: 1.5)
        whole.add(candidateBad: 2, baselineBad: 1, share: 0.1)
        var resumed = try JSONDecoder().decode(RateRatioEvidence.self, from: JSONEncoder().encode(whole))
        for share in [0.25, 0.5] {
            whole.add(candidateBad: 4, baselineBad: 0, share: share)
            resumed.add(candidateBad: 4, baselineBad: 0, share: share)
        }
        #expect(isClose(resumed.logValue, whole.logValue, 1e-9))
        #expect(whole.logValue > log(100))
    }

    @Test func dependentEventsAreWorthLess() {
        var (free, bound) = (RateRatioEvidence(toleratedRatio: 1.5), RateRatioEvidence(toleratedRatio: 1.5))
        free.add(candidateBad: 6, baselineBad: 0, share: 0.1)
        bound.add(candidateBad: 6, baselineBad: 0, share: 0.1, overdispersion: 2)
        #expect(bound.logValue < free.logValue - 3)
    }

    @Test func trialsThatTurnBadLaterAreTakenBack() {
        var (late, known) = (BernoulliEvidence(), BernoulliEvidence())
        late.add(bad: 0, good: 100, line: 0.01)
        late.add(bad: 10, good: -10, line: 0.01)
        known.add(bad: 10, good: 90, line: 0.01)
        #expect(isClose(late.logValue, known.logValue, 1e-9))
    }

    @Test func hugeNumbersAreSummedWithoutOverflow() {
        #expect(isClose(logSumExp([5000, 5000]), 5000 + log(2), 1e-9))
        #expect(logSumExp([-.infinity, -3000]) == -3000)
        #expect(logSumExp([]) == -.infinity)
    }

    private func choose(_ n: Int, _ k: Int) -> Double {
        (0..<k).reduce(1.0) { $0 * Double(n - $1) / Double($1 + 1) }
    }
}

@Suite struct OverdispersionTests {
    @Test func independentEventsDivideByOne() {
        var generator = SeededGenerator(seed: 11)
        var overdispersion = Overdispersion()
        for _ in 0..<500 { overdispersion.add(bad: generator.poisson(0.4), requests: 100) }
        #expect(isClose(overdispersion.estimate, 1, 0.25))
        #expect(overdispersion.divisor == 1)
    }

    /// Events that come in fives have five times the variance.
    @Test func burstsDivideByTheirLength() {
        var generator = SeededGenerator(seed: 12)
        var overdispersion = Overdispersion()
        for _ in 0..<500 { overdispersion.add(bad: 5 * generator.poisson(0.2), requests: 100) }
        #expect(isClose(overdispersion.divisor, 5, 1.2))
    }

    @Test func moreTrafficIsNotABurst() {
        var overdispersion = Overdispersion()
        for window in 0..<200 {
            let requests = window.isMultiple(of: 2) ? 100 : 2000
            overdispersion.add(bad: requests / 100, requests: requests)
        }
        #expect(overdispersion.divisor == 1)
        #expect(overdispersion.estimate < 0.1)
    }

    @Test func fewEventsTellNothing() {
        var overdispersion = Overdispersion()
        overdispersion.add(bad: 0, requests: 100)
        overdispersion.add(bad: 6, requests: 100)
        #expect(overdispersion.estimate > 3)
        #expect(overdispersion.divisor == 1)
    }
}
