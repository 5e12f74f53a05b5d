import OpsModel
import Statistics

/// Whether the step may be followed by the next one. A lack of alarm is not enough: that the candidate is not worse by the
/// margin has to be shown.
extension Analysis {
    /// Requests that count for the promotion.
    var counted: SlotTally { window.countedCandidate }

    /// What it is compared with: the baseline at the same time, or before, when it has no traffic any more.
    var compared: SlotTally { step.share < Route.all ? window.countedBaseline : reference.errors }

    /// How much worse than the baseline the candidate may still be, with the policy's confidence (Newcombe).
    var upperBound: Double {
        let candidate = Proportion(counted.bad, of: counted.requests)
        let baseline = Proportion(compared.bad, of: compared.requests)
        return candidate.newcombeBounds(minus: baseline, quantile: policy.quantile).upper
    }

    /// Requests of the candidate that will probably show the margin, if it is no worse; or as many as were asked for.
    package var requestsNeeded: Int {
        if let asked = policy.minimumRequests { return asked }
        guard compared.bad > 0, counted.requests > 0 else { return policy.leastRequests }
        let perCandidate = Double(compared.requests) / Double(counted.requests)
        return max(
            policy.leastRequests,
            SampleSize.nonInferiority(
                errorRatio: compared.errorRatio, margin: policy.margin, alpha: 1 - policy.confidence,
                baselinePerCandidate: perCandidate))
    }

    /// The opinion on a candidate without a regression.
    var promotion: Opinion {
        guard window.elapsed >= step.duration || endsEarly else { return .goOn }
        guard let objection else { return .over(.pass, why: promotionText) }
        return window.elapsed >= step.limit ? .over(.inconclusive, why: objection) : .goOn
    }

    private var endsEarly: Bool { policy.promotesEarly && counted.requests >= max(1, policy.requestsForMargin) }

    /// What stands against a promotion now; nil when nothing does.
    var objection: String? {
        if window.elapsed < policy.warmUp { return "the warm-up is not over" }
        if counted.requests < policy.leastRequests {
            return "\(counted.requests) requests, \(policy.leastRequests) are needed"
        }
        if totalEvidence >= policy.warnAt { return "there is evidence against it: \(evidenceText)" }
        // A loss in the last reading is real if two more readings show it; only the limit does not wait for them.
        if window.hasDoubt { return "a request may have been lost" }
        return marginObjection
    }

    private var marginObjection: String? {
        if upperBound <= policy.margin { return nil }
        guard isTooFewForMargin else {
            return "\(counted.text) failed, the baseline's \(compared.text): it may be worse by "
                + "\(percentagePoints(upperBound)), \(percentagePoints(policy.margin)) are allowed"
        }
        // Who asks for so few requests accepts that the margin is not shown; what was seen must not be worse by it.
        guard counted.errorRatio - compared.errorRatio > policy.margin else { return nil }
        return "\(counted.text) failed, too few to tell"
    }

    /// Whether the policy asks for fewer requests than the margin takes, and there are fewer.
    private var isTooFewForMargin: Bool { counted.requests < policy.requestsForMargin }

    private var promotionText: String {
        let latency = policy.latency != nil && !hasLatency ? "; latency is not judged" : ""
        return errorText + latency
    }

    private var errorText: String {
        guard counted.requests > 0 else { return "no traffic: promoted on smoke and health alone" }
        let seen = "\(counted.requests) requests, \(counted.errors) errors, \(counted.lost) lost"
        if upperBound <= policy.margin {
            return "\(seen); worse by at most \(percentagePoints(upperBound)); \(evidenceText)"
        }
        return "\(seen); too few to show the margin of \(percentagePoints(policy.margin)), as the policy allows"
    }
}
