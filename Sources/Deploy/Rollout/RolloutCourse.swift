/// How a rollout goes from no traffic to all of it.
package struct RolloutCourse: Codable, Sendable, Equatable {
    /// The candidate's shares of new requests in 0.01 %, rising; the last one is all of them: the cutover.
    package var shares: [Int] = [Route.all]
    /// Indices of the shares before which somebody has to approve.
    package var approvals: [Int] = []
    /// Whether somebody is asked when a verdict is inconclusive; otherwise traffic goes back.
    package var asksWhenInconclusive = false
    /// Whether a watchdog is armed before the first share.
    package var isWatched = true

    package init() {}

    private enum CodingKeys: String, CodingKey {
        case shares, approvals
        case asksWhenInconclusive = "asks_when_inconclusive"
        case isWatched = "is_watched"
    }

    var lastShift: Int { shares.count - 1 }

    /// The share before the shift of that index.
    func share(before index: Int) -> Int { index == 0 ? 0 : shares[index - 1] }
}
