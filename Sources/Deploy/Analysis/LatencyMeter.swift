package import HAProxyClient
package import OpsModel
package import Statistics
import Synchronization

/// Counts slow requests of both slots from the router's log: slow by the baseline's own quantiles, which are frozen, per class
/// of routes, once it has answered enough. Until then latency is not judged.
///
/// Only answers count that are no server errors: errors are judged as such, and often quick. Times are HAProxy's `%Tr`: from
/// the end of the request to the response headers, without the clients' networks.
package final class LatencyMeter: Sendable {
    /// The quantiles of one class of routes: the median, and the 95th percentile.
    package struct Quantiles: Codable, Sendable, Equatable {
        package let median: Duration
        package let tail: Duration
    }

    /// What has to be stored so that another run can go on.
    package struct Frozen: Codable, Sendable, Equatable {
        package var quantiles: [String: Quantiles] = [:]
        /// The baseline's requests by these quantiles, while it had its traffic.
        package var reference = OrderedCounts()
        package init() {}
    }

    fileprivate struct State {
        var frozen: Frozen
        var samples: [String: [Duration]] = [:]
        var window = LatencyCounts()
        var unjudged = 0
    }

    private let state: Mutex<State>
    private let backends: [String: Slot]
    private let baseline: Slot
    private let sample: Int
    private let classes: RouteClasses

    /// Clients choose paths: only so many classes are kept, the others are not judged.
    private static let mostClasses = 128

    /// - Parameters:
    ///   - backends: HAProxy's backend of each slot; others, as those for previews, are not counted.
    ///   - sample: answers of the baseline by which a class is frozen.
    package init(
        backends: [String: Slot] = ["be_blue": .blue, "be_green": .green], baseline: Slot, sample: Int = 1000,
        classes: RouteClasses = RouteClasses(), frozen: Frozen = Frozen()
    ) {
        precondition(sample > 0, "a quantile needs a sample")
        (self.backends, self.baseline, self.sample, self.classes) = (backends, baseline, sample, classes)
        state = Mutex(State(frozen: frozen))
    }

    package func take(_ line: HAProxyLogLine) {
        guard let slot = backends[line.backend], (100...499).contains(line.status), let time = line.response else {
            return
        }
        let name = classes.name(method: line.method, path: line.path)
        state.withLock { state in
            if let quantiles = state.frozen.quantiles[name] {
                state.window[slot == baseline] = state.window[slot == baseline] + quantiles.sorted(time)
            } else {
                state.unjudged += 1
                if slot == baseline { state.collect(time, name, sample: sample, mostClasses: Self.mostClasses) }
            }
        }
    }

    /// Counts of the window; nil when no class is frozen: then latency is not judged.
    package var counts: LatencyCounts? {
        state.withLock { $0.frozen.quantiles.isEmpty ? nil : $0.window }
    }

    /// Requests of the window whose class is not frozen.
    package var unjudged: Int { state.withLock { $0.unjudged } }

    /// Begins a window: what the baseline has answered until now becomes part of the reference where `keepsReference`.
    package func beginWindow(keepsReference: Bool) {
        state.withLock { state in
            if keepsReference { state.frozen.reference = state.frozen.reference + state.window.baseline }
            (state.window, state.unjudged) = (LatencyCounts(), 0)
        }
    }

    /// To be stored with the rollout; its `reference` is that of `AnalysisReference`.
    package var frozen: Frozen { state.withLock { $0.frozen } }
}

extension LatencyMeter.State {
    fileprivate mutating func collect(_ time: Duration, _ name: String, sample: Int, mostClasses: Int) {
        guard samples[name] != nil || samples.count + frozen.quantiles.count < mostClasses else { return }
        samples[name, default: []].append(time)
        guard let times = samples[name], times.count >= sample else { return }
        samples[name] = nil
        let quantiles = LatencyMeter.Quantiles(of: times)
        frozen.quantiles[name] = quantiles
        frozen.reference = times.reduce(frozen.reference) { $0 + quantiles.sorted($1) }
    }
}

extension LatencyMeter.Quantiles {
    init(of times: [Duration]) {
        let sorted = times.sorted()
        func quantile(_ share: Double) -> Duration {
            sorted[min(sorted.count - 1, max(0, Int((share * Double(sorted.count)).rounded(.up)) - 1))]
        }
        self.init(median: quantile(0.5), tail: quantile(0.95))
    }

    fileprivate func sorted(_ time: Duration) -> OrderedCounts {
        if time <= median { return OrderedCounts(low: 1) }
        return time <= tail ? OrderedCounts(middle: 1) : OrderedCounts(high: 1)
    }
}

extension LatencyCounts {
    fileprivate subscript(isBaseline: Bool) -> OrderedCounts {
        get { isBaseline ? baseline : candidate }
        set { if isBaseline { baseline = newValue } else { candidate = newValue } }
    }
}
