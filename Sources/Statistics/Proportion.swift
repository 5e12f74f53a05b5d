/// So many bad ones among so many.
package struct Proportion: Codable, Sendable, Equatable {
    package let bad: Int
    package let total: Int

    /// More bad ones than there are in total (both were read while they grew) count as all bad.
    package init(_ bad: Int, of total: Int) {
        self.total = max(0, total)
        self.bad = min(max(0, bad), self.total)
    }

    /// 0 for none at all.
    package var value: Double { total == 0 ? 0 : Double(bad) / Double(total) }
}

extension Proportion {
    /// Where the true proportion lies: `quantile` is 1.645 for two one-sided limits of 95 %. Nothing seen means 0…1.
    ///
    /// Wilson, Probable inference, JASA 1927; without continuity correction (Newcombe, Statistics in Medicine 1998, 857: method 3).
    package func wilsonBounds(quantile z: Double) -> (lower: Double, upper: Double) {
        guard total > 0 else { return (0, 1) }
        let (n, p) = (Double(total), value)
        let middle = 2 * n * p + z * z
        let reach = z * (z * z + 4 * n * p * (1 - p)).squareRoot()
        let scale = 2 * (n + z * z)
        return (bad == 0 ? 0 : max(0, (middle - reach) / scale), bad == total ? 1 : min(1, (middle + reach) / scale))
    }

    /// Where the difference `self − other` of two independent proportions lies.
    ///
    /// Newcombe, Interval estimation for the difference between independent proportions, Statistics in Medicine 1998, 873:
    /// method 10.
    package func newcombeBounds(minus other: Proportion, quantile: Double) -> (lower: Double, upper: Double) {
        let (own, theirs) = (wilsonBounds(quantile: quantile), other.wilsonBounds(quantile: quantile))
        func length(_ a: Double, _ b: Double) -> Double { (a * a + b * b).squareRoot() }
        let difference = value - other.value
        return (
            difference - length(value - own.lower, theirs.upper - other.value),
            difference + length(own.upper - value, other.value - theirs.lower)
        )
    }
}
