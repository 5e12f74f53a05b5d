import OpsModel

/// The weights of two target groups, 0…999 each (ELBv2 API reference, TargetGroupTuple).
struct ELBv2Weights: Sendable, Equatable {
    static let maximum = 999
    let live: Int
    let other: Int

    /// Weights that send `share` (0.01 %) to the slot that is not live; nil when no pair is nearer to it than to its neighbours.
    ///
    /// Every multiple of 0.1 % is exact, as parts of a thousand, and so is whatever is a ratio of small numbers; 0 and 100 % leave
    /// one weight at 0. Below 0.1 % and above 99.9 % there is nothing, and near 50 % there are gaps.
    init?(share: Int) {
        guard (1..<Route.all).contains(share) else {
            (live, other) = share == 0 ? (Self.maximum, 0) : (0, Self.maximum)
            return
        }
        if share % 10 == 0, (1...Self.maximum).contains(share / 10) {
            (live, other) = (1000 - share / 10, share / 10)
            return
        }
        var best: (live: Int, other: Int, miss: Double)?
        for sum in 2...2 * Self.maximum {
            let other = Int((Double(share * sum) / Double(Route.all)).rounded())
            guard (1...Self.maximum).contains(other), (1...Self.maximum).contains(sum - other) else { continue }
            let miss = abs(Double(other) / Double(sum) - Double(share) / Double(Route.all))
            if miss < best?.miss ?? .infinity { best = (sum - other, other, miss) }
        }
        guard let best, Self.share(of: best.other, beside: best.live) == share else { return nil }
        (live, other) = (best.live, best.other)
    }

    /// The share (0.01 %) of a weight beside another one, rounded; never 0 for a weight that gets requests, nor all beside one.
    static func share(of weight: Int, beside other: Int) -> Int {
        guard weight > 0 else { return 0 }
        guard other > 0 else { return Route.all }
        let exact = Double(weight * Route.all) / Double(weight + other)
        return min(max(Int(exact.rounded()), 1), Route.all - 1)
    }
}

extension Route {
    /// The same traffic; all of it to the other slot makes that one the live slot.
    var settled: Route { share == Self.all ? Route(live: live.other, epoch: epoch) : self }

    /// How a route is kept in tags and annotations: `green 500 7`.
    var record: String { "\(live.rawValue) \(share) \(epoch)" }

    /// - Throws: `RouterError.unreadable`.
    init(record: String) throws(RouterError) {
        let parts = record.split(separator: " ")
        guard parts.count == 3, let live = Slot(rawValue: String(parts[0])), let share = Int(parts[1]),
            (0...Self.all).contains(share), let epoch = Int(parts[2])
        else { throw .unreadable(what: "pinned route", text: record) }
        self.init(live: live, share: share, epoch: epoch)
    }
}
