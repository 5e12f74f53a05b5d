import OpsModel

/// What is recorded while the candidate has traffic: enough for another run to go on.
struct WatchRecord: Codable, Sendable {
    let elapsedMilliseconds: Int64
    let snapshot: WatchSnapshot?
    let analysis: Analysis?
    /// The evidence so far, for people.
    let evidence: String
    let latency: LatencyMeter.Frozen?

    init(_ actions: RolloutActions, elapsed: Duration, evidence: String) {
        elapsedMilliseconds = elapsed.milliseconds
        (snapshot, analysis) = actions.memory.read { ($0.snapshot, $0.analysis) }
        self.evidence = evidence
        latency = actions.latency?.frozen
    }

    private enum CodingKeys: String, CodingKey {
        case snapshot, analysis, evidence, latency
        case elapsedMilliseconds = "elapsed_ms"
    }
}
