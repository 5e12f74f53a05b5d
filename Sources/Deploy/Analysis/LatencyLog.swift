import HAProxyClient
import OpsModel

/// The router's log of requests, read while a rollout runs.
package struct LatencyLog: Sendable {
    /// Unix datagram socket that HAProxy logs to.
    package let path: String
    /// The user that HAProxy runs as; nil for our own.
    package let owner: UInt32?
    /// Answers of the baseline by which a class of routes is frozen.
    package let sample: Int

    package init(path: String, owner: UInt32?, sample: Int = 1000) {
        (self.path, self.owner, self.sample) = (path, owner, sample)
    }

    /// Runs `body` beside the reading of the log.
    func reading<Value>(
        baseline: Slot, frozen: LatencyMeter.Frozen?, _ body: (LatencyMeter) async throws -> Value
    ) async throws -> Value {
        let listener = try HAProxyLogListener(path: path, owner: owner)
        let meter = LatencyMeter(
            baseline: baseline, sample: sample, frozen: frozen ?? LatencyMeter.Frozen())
        // Not a child task: the body is not one either, and reading ends with it.
        let reading = Task { try await listener.run { meter.take($0) } }
        defer { reading.cancel() }
        return try await body(meter)
    }
}
