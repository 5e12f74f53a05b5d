import Statistics

/// Evidence that the candidate fails more often than it may, over all steps of a rollout.
struct ErrorEvidence: Codable, Sendable, Equatable {
    private var ratio: RateRatioEvidence
    private var budget = BernoulliEvidence()
    /// What the two were fed with.
    private(set) var comparedBaseline = SlotTally()
    private(set) var comparedCandidate = SlotTally()
    private var heldToBudget = SlotTally()

    private var bursts = BurstCounter()
    private var overdispersion = Overdispersion()
    private var baselineOfBurst = SlotTally()
    private var burstStart: Duration = .zero

    init(_ policy: AnalysisPolicy) { ratio = RateRatioEvidence(toleratedRatio: policy.toleratedRatio) }

    var ratioLog: Double { ratio.logValue }
    var budgetLog: Double { budget.logValue }
    /// What evidence of events is divided by.
    var divisor: Double { overdispersion.divisor }

    /// - Parameter share: the candidate's share of the requests, as it was.
    mutating func compare(baseline: SlotTally, candidate: SlotTally, share: Double) {
        // The divisor is that of earlier windows.
        ratio.add(
            candidateBad: candidate.bad, baselineBad: baseline.bad, share: share, overdispersion: overdispersion.divisor
        )
        comparedBaseline += baseline
        comparedCandidate += candidate
    }

    mutating func hold(_ candidate: SlotTally, toLine line: Double) {
        budget.add(
            bad: candidate.bad, good: candidate.requests - candidate.bad, line: line,
            overdispersion: overdispersion.divisor)
        heldToBudget += candidate
    }

    /// Notes when bad events happened: `burst` is the longest time in which they may be consequences of one.
    mutating func note(
        baseline: SlotTally, candidate: SlotTally, at time: Duration, candidateBurst: Duration, burst: Duration
    ) {
        if candidate.bad > 0 { bursts.bad(at: time, length: candidateBurst) }
        baselineOfBurst += baseline
        guard time - burstStart >= burst else { return }
        overdispersion.add(bad: baselineOfBurst.bad, requests: baselineOfBurst.requests)
        (baselineOfBurst, burstStart) = (SlotTally(), time)
    }

    /// Whether the comparison may roll back: more than one burst, and a difference that matters.
    func ratioMatters(_ policy: AnalysisPolicy) -> Bool {
        bursts.bursts > 1
            && comparedCandidate.errorRatio - comparedBaseline.errorRatio > policy.minimumDifference
    }

    /// The same for the budget.
    func budgetMatters(_ leastRatio: Double) -> Bool { bursts.bursts > 1 && heldToBudget.errorRatio > leastRatio }

    var ratioText: String {
        "\(comparedCandidate.text) failed, the baseline's \(comparedBaseline.text)"
    }

    func budgetText(line: Double) -> String { "\(heldToBudget.text) failed, \(percent(line)) may" }
}

extension SlotTally {
    /// For people: `12 of 240 requests (5 %)`.
    var text: String { "\(bad) of \(requests) requests (\(percent(errorRatio)))" }
}
