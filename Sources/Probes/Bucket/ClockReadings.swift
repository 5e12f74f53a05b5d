import BucketClient
import Synchronization

/// The skew of the exchange that says most: the one with the least of it.
final class ClockReadings: Sendable {
    private let best = Mutex<Double?>(nil)

    func note(_ exchange: S3Exchange) {
        guard let skew = exchange.skew else { return }
        best.withLock { best in
            if best.map({ abs(skew) < abs($0) }) ?? true { best = skew }
        }
    }

    var skew: Double? { best.withLock { $0 } }
}
