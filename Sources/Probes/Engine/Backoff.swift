package import OpsModel

/// Growing pauses: each 1.6 times the one before, shortened by up to 25 % at random, so that many probes do not fall into step.
package struct Backoff: Sendable {
    private var next: Duration
    private let longest: Duration

    package init(from first: Duration, upTo longest: Duration) { (next, self.longest) = (first, longest) }

    package mutating func pause(using generator: inout some RandomNumberGenerator) -> Duration {
        let pause = next
        next = min(next * 1.6, longest)
        return pause * Double.random(in: 0.75...1, using: &generator)
    }

    package mutating func pause() -> Duration {
        var generator = SystemRandomNumberGenerator()
        return pause(using: &generator)
    }
}
