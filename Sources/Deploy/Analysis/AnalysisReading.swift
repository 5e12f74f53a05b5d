package import Statistics

/// One step of a rollout: a share of the traffic, for a time.
package struct AnalysisStep: Codable, Sendable, Equatable {
    /// The candidate's share of new requests, in 0.01 %: 0…10000.
    package let share: Int
    /// The least time.
    package let duration: Duration
    /// When a step that could not be judged ends as inconclusive.
    package let limit: Duration

    package init(share: Int, duration: Duration, limit: Duration? = nil) {
        (self.share, self.duration) = (share, duration)
        self.limit = max(duration, limit ?? duration)
    }

    /// Whether so little is left to the baseline that it is no comparison: then the candidate is also held to the line.
    var isMostTraffic: Bool { share > Route.all / 2 }
}

/// Requests of both slots by how slow they were: up to the baseline's frozen median, up to its 95th percentile, and above.
package struct LatencyCounts: Codable, Sendable, Equatable {
    package var baseline: OrderedCounts
    package var candidate: OrderedCounts

    package init(baseline: OrderedCounts = OrderedCounts(), candidate: OrderedCounts = OrderedCounts()) {
        (self.baseline, self.candidate) = (baseline, candidate)
    }
}

/// What the baseline did shortly before it lost its traffic: what a candidate with most of the traffic is compared with.
package struct AnalysisReference: Codable, Sendable, Equatable {
    package var errors: SlotTally
    package var latency: OrderedCounts

    package init(errors: SlotTally = SlotTally(), latency: OrderedCounts = OrderedCounts()) {
        (self.errors, self.latency) = (errors, latency)
    }
}

/// Everything that has happened since the window began: since `Analysis.begin` or `restartWindow`.
package struct AnalysisReading: Codable, Sendable, Equatable {
    package var elapsed: Duration
    package var baseline: SlotTally
    package var candidate: SlotTally
    /// Nil while latency cannot be looked at.
    package var latency: LatencyCounts?
    /// Starts of the candidate that nobody asked for.
    package var restarts: Int

    package init(
        elapsed: Duration, baseline: SlotTally, candidate: SlotTally, latency: LatencyCounts? = nil, restarts: Int = 0
    ) {
        (self.elapsed, self.baseline, self.candidate) = (elapsed, baseline, candidate)
        (self.latency, self.restarts) = (latency, restarts)
    }
}
