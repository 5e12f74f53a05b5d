import Statistics
import Testing

/// Numbers that others have published, or that the tables of the research for this part state.
@Suite struct PublishedValueTests {
    /// Statistics in Medicine 1998, 873, table II, method 10; 95 %, two-sided.
    @Test(arguments: [
        (Proportion(56, of: 70), Proportion(48, of: 80), 0.0524, 0.3339),
        (Proportion(9, of: 10), Proportion(3, of: 10), 0.1705, 0.8090),
        (Proportion(6, of: 7), Proportion(2, of: 7), 0.0582, 0.8062),
        (Proportion(5, of: 56), Proportion(0, of: 29), -0.0381, 0.1926),
        (Proportion(0, of: 10), Proportion(0, of: 20), -0.1611, 0.2775),
        (Proportion(0, of: 10), Proportion(0, of: 10), -0.2775, 0.2775),
        (Proportion(10, of: 10), Proportion(0, of: 20), 0.6791, 1.0000),
        (Proportion(10, of: 10), Proportion(0, of: 10), 0.6075, 1.0000),
    ])
    func newcombesExamplesAreReproduced(_ row: (Proportion, Proportion, Double, Double)) {
        let bounds = row.0.newcombeBounds(minus: row.1, quantile: normalQuantile(0.975))
        #expect(isClose(bounds.lower, row.2, 0.00006))
        #expect(isClose(bounds.upper, row.3, 0.00006))
    }

    /// Statistics in Medicine 1998, 857, table I, method 3.
    @Test(arguments: [
        (Proportion(81, of: 263), 0.2553, 0.3662), (Proportion(15, of: 148), 0.0624, 0.1605),
        (Proportion(0, of: 20), 0.0000, 0.1611), (Proportion(1, of: 29), 0.0061, 0.1718),
    ])
    func wilsonsBoundsAreThosePublished(_ row: (Proportion, Double, Double)) {
        let bounds = row.0.wilsonBounds(quantile: normalQuantile(0.975))
        #expect(isClose(bounds.lower, row.1, 0.00006))
        #expect(isClose(bounds.upper, row.2, 0.00006))
    }

    @Test func nothingSeenBoundsNothing() {
        #expect(Proportion(0, of: 0).wilsonBounds(quantile: 1.645) == (0, 1))
        #expect(Proportion(0, of: 0).newcombeBounds(minus: Proportion(0, of: 500), quantile: 1.645).upper == 1)
    }

    /// The two checks that the algorithm's author gives, and the well-known ones.
    @Test(arguments: [
        (0.25, -0.6744897501960817), (0.001, -3.090232306167814), (1e-20, -9.262340089798408), (0.5, 0),
        (0.975, 1.959963984540054), (0.95, 1.6448536269514722), (0.9, 1.2815515655446004),
    ])
    func normalQuantilesAreExact(_ probability: Double, _ quantile: Double) {
        #expect(isClose(normalQuantile(probability), quantile, 1e-14 * max(1, abs(quantile))))
    }

    @Test(arguments: [(0.05, 59), (0.02, 149), (0.01, 299), (0.005, 598), (0.001, 2995)])
    func requestsWithoutErrors(_ margin: Double, _ requests: Int) {
        #expect(SampleSize.withoutErrors(margin: margin) == requests)
    }

    @Test(arguments: [(0.005, 0.005, 3409), (0.01, 0.01, 1696), (0.001, 0.005, 685)])
    func requestsPerArmWithErrors(_ errorRatio: Double, _ margin: Double, _ requests: Int) {
        #expect(SampleSize.nonInferiority(errorRatio: errorRatio, margin: margin) == requests)
    }

    @Test func aLargerBaselineNeedsAtMostHalfOfTheCandidatesRequests() {
        func needed(_ baselinePerCandidate: Double) -> Int {
            SampleSize.nonInferiority(errorRatio: 0.01, margin: 0.01, baselinePerCandidate: baselinePerCandidate)
        }
        #expect(needed(9) == 943)
        #expect(needed(1e9) == 848)
    }

    @Test func valuesForAQuantile() { #expect(SampleSize.quantiles(error: 0.01) == 18_445) }

    @Test func sevenPairsAgainstTheCandidate() {
        #expect(isClose(mcNemarProbability(candidateOnly: 7, baselineOnly: 0), 0.0078125, 1e-12))
        #expect(isClose(mcNemarProbability(candidateOnly: 3, baselineOnly: 1), 5.0 / 16, 1e-12))
        #expect(mcNemarProbability(candidateOnly: 0, baselineOnly: 9) == 1)
        #expect(mcNemarProbability(candidateOnly: 0, baselineOnly: 0) == 1)
    }

    @Test(arguments: [(0.01, 2), (0.05, 3), (0.1, 3), (0.25, 4), (0.5, 8), (0.95, 103)])
    func fewestBadEventsThatDecide(_ share: Double, _ events: Int) {
        #expect(RateRatioEvidence.fewestBadEvents(share: share) == events)
    }
}

func isClose(_ value: Double, _ expected: Double, _ tolerance: Double) -> Bool { abs(value - expected) <= tolerance }
