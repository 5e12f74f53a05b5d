/// How much more bad events vary between windows of time than independent ones would: variance over mean.
///
/// Pearson's χ² over its degrees of freedom, so that windows may have different numbers of requests (McCullagh and Nelder,
/// Generalized linear models, 1989, section 6.2.3).
package struct Overdispersion: Codable, Sendable, Equatable {
    private var windows = 0
    private var bad = 0
    private var requests = 0
    private var squares = 0.0

    package init() {}

    /// Windows without requests say nothing.
    package mutating func add(bad: Int, requests: Int) {
        guard requests > 0 else { return }
        windows += 1
        self.bad += bad
        self.requests += requests
        squares += Double(bad) * Double(bad) / Double(requests)
    }

    /// Variance over mean; 1 with too little to tell.
    package var estimate: Double {
        guard windows > 1, bad > 0 else { return 1 }
        // Σ (k − n p)² / (n p) with p = Σk / Σn.
        let square = squares * Double(requests) / Double(bad) - Double(bad)
        return square / Double(windows - 1)
    }

    /// What to divide evidence by: the estimate where it stands out of its own noise, else 1; never below 1.
    ///
    /// Of independent events the estimate has a standard deviation of √(2/(windows−1) + 1/events).
    package var divisor: Double {
        guard bad >= Self.fewestEvents, windows > 1 else { return 1 }
        let noise = (2 / Double(windows - 1) + 1 / Double(bad)).squareRoot()
        return estimate > 1 + 2 * noise ? estimate : 1
    }

    private static let fewestEvents = 20
}
