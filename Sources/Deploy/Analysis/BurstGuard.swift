import Statistics

/// Counts bursts: bad events within one burst's length of its first one are one burst. A hiccup is one, wherever it falls.
struct BurstCounter: Codable, Sendable, Equatable {
    private(set) var bursts = 0
    private var start: Duration?

    mutating func bad(at time: Duration, length: Duration) {
        if let start, time - start < length { return }
        start = time
        bursts += 1
    }
}

/// Evidence to which no single burst adds more than a part: what is taken off can only delay an alarm.
struct BurstCap: Codable, Sendable, Equatable {
    private(set) var logValue = 0.0
    private var start: Duration?
    /// At the start: this value, and the evidence as it was.
    private var valueThen = 0.0
    private var fullThen = 0.0
    private var full = 0.0

    /// - Parameters:
    ///   - full: log of the evidence as it is.
    ///   - most: what may be gained within `length`.
    mutating func follow(_ full: Double, at time: Duration, length: Duration, most: Double) {
        if start.map({ time - $0 >= length }) ?? true { (start, valueThen, fullThen) = (time, logValue, self.full) }
        self.full = full
        logValue = valueThen + min(full - fullThen, most)
    }
}
