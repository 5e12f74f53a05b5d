import Deploy
import Foundation
import OpsModel
import Statistics
import TestSupport
import Testing

/// The judge against simulated traffic, on a simulated clock with fixed seeds. Latency is lognormal with σ = 0.6.
@Suite struct AnalysisSimulationTests {
    struct Traffic: Sendable {
        /// Requests per second.
        var baseline: Double
        var candidate: Double
        var tick: Double
        var baselineErrors = 0.001
        var candidateErrors = 0.001
        /// How many times as long the candidate takes.
        var slowness = 1.0
    }

    /// 10 % of 8.2 requests a second: section 3.2's 48 and 444 a minute.
    private let canary = Traffic(baseline: 444.0 / 60, candidate: 0.8, tick: 0.5)
    private let cutover = Traffic(baseline: 0, candidate: 500, tick: 0.25)

    private let canaryStep = AnalysisStep(share: 1000, duration: .seconds(600), limit: .seconds(1200))
    private let cutoverStep = AnalysisStep(share: Route.all, duration: .seconds(20), limit: .seconds(60))

    @Test func fivePercentErrorsOnATenPercentCanaryAreFoundWithin90Seconds() throws {
        var traffic = canary
        traffic.candidateErrors = 0.05
        let times = failures(of: traffic, canaryStep, runs: 201, seed: 1)
        report("errors, canary", times, runs: 201)
        #expect(times.count == 201)
        #expect(median(times) <= 90)
    }

    @Test func aReleaseThatIsHalfAsSlowAgainIsFoundOnACanaryWithin90Seconds() throws {
        var traffic = canary
        traffic.slowness = 1.5
        let times = failures(of: traffic, canaryStep, runs: 101, seed: 2)
        report("slowness, canary", times, runs: 101)
        #expect(times.count >= 100)
        #expect(median(times) <= 90)
    }

    @Test func fivePercentErrorsAfterAFullCutoverAreFoundWithin3Seconds() throws {
        var traffic = cutover
        traffic.candidateErrors = 0.05
        let times = failures(of: traffic, cutoverStep, runs: 60, seed: 3)
        report("errors, cutover", times, runs: 60)
        #expect(times.count == 60)
        #expect(times.allSatisfy { $0 <= 3 })
    }

    /// From the end of the warm-up, which is 5 s by default.
    @Test func aReleaseThatIsHalfAsSlowAgainIsFoundAfterAFullCutoverWithin3Seconds() throws {
        var traffic = cutover
        traffic.slowness = 1.5
        let times = failures(of: traffic, cutoverStep, runs: 40, seed: 4)
        report("slowness, cutover", times, runs: 40)
        #expect(times.count == 40)
        #expect(times.allSatisfy { $0 <= 5 + 3 })
    }

    @Test(arguments: [0.001, 0.005])
    func anEqualReleaseIsPromotedFromItsCanary(_ errors: Double) {
        var traffic = canary
        traffic.tick = 1
        (traffic.baselineErrors, traffic.candidateErrors) = (errors, errors)
        let ends = simulate(traffic, canaryStep, runs: 200, seed: 5)
        report("equal canary, \(errors * 100) % errors", ends)
        #expect(ends.filter { $0.verdict == .fail }.count <= 2)
        #expect(ends.filter { $0.verdict == .pass }.count >= 180)
    }

    @Test func anEqualReleaseIsPromotedAfterAFullCutover() {
        let ends = simulate(cutover, cutoverStep, runs: 40, seed: 6)
        report("equal cutover", ends)
        #expect(ends.allSatisfy { $0.verdict == .pass })
    }

    struct End: Sendable {
        var verdict: Verdict?
        var seconds: Double
    }

    private func simulate(_ traffic: Traffic, _ step: AnalysisStep, runs: Int, seed: UInt64) -> [End] {
        (0..<runs).map { run in
            var generator = SeededGenerator(seed: seed &* 7919 &+ UInt64(run) &* 104_729)
            var source = Source(traffic)
            var analysis = Analysis(AnalysisPolicy(), step: step, reference: Source.reference)
            var end = End(verdict: nil, seconds: 0)
            while end.verdict == nil {
                end.seconds += traffic.tick
                end.verdict = analysis.observe(source.next(at: end.seconds, &generator)).verdict
            }
            return end
        }
    }

    private func failures(of traffic: Traffic, _ step: AnalysisStep, runs: Int, seed: UInt64) -> [Double] {
        simulate(traffic, step, runs: runs, seed: seed).filter { $0.verdict == .fail }.map(\.seconds).sorted()
    }

    private func median(_ sorted: [Double]) -> Double { sorted.isEmpty ? .infinity : sorted[sorted.count / 2] }

    private func report(_ name: String, _ times: [Double], runs: Int) {
        print("\(name): \(times.count) of \(runs) rolled back, median \(median(times)) s, last \(times.last ?? 0) s")
    }

    private func report(_ name: String, _ ends: [End]) {
        let counts = Verdict.allCases.map { verdict in
            "\(ends.filter { $0.verdict == verdict }.count) \(verdict.rawValue)"
        }
        print("\(name): \(counts.joined(separator: ", ")), latest \(ends.map(\.seconds).max() ?? 0) s")
    }
}

/// Requests of both slots, drawn tick by tick.
private struct Source {
    static let reference = AnalysisReference(
        errors: SlotTally(requests: 5000, errors: 5, lost: 0), latency: OrderedCounts(low: 1000, middle: 900, high: 100)
    )

    private let traffic: AnalysisSimulationTests.Traffic
    private var reading = AnalysisReading(
        elapsed: .zero, baseline: SlotTally(), candidate: SlotTally(), latency: LatencyCounts())

    init(_ traffic: AnalysisSimulationTests.Traffic) { self.traffic = traffic }

    mutating func next(at seconds: Double, _ generator: inout SeededGenerator) -> AnalysisReading {
        reading.elapsed = .seconds(seconds)
        var latency = reading.latency ?? LatencyCounts()
        Self.draw(
            traffic.baseline * traffic.tick, traffic.baselineErrors, 1, &reading.baseline, &latency.baseline, &generator
        )
        Self.draw(
            traffic.candidate * traffic.tick, traffic.candidateErrors, traffic.slowness, &reading.candidate,
            &latency.candidate, &generator)
        reading.latency = latency
        return reading
    }

    private static func draw(
        _ mean: Double, _ errors: Double, _ slowness: Double, _ tally: inout SlotTally, _ latency: inout OrderedCounts,
        _ generator: inout SeededGenerator
    ) {
        let requests = generator.poisson(mean)
        let shift = log(slowness) / 0.6
        tally.requests += requests
        for _ in 0..<requests {
            if generator.uniform() < errors { tally.errors += 1 }
            let value = generator.normal() + shift
            if value <= 0 {
                latency.low += 1
            } else if value <= 1.6448536 {
                latency.middle += 1
            } else {
                latency.high += 1
            }
        }
    }
}
