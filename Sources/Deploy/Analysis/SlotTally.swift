/// What happened to the requests of one slot between two readings.
///
/// `lost` is the identity of HAProxy's server counters: requests that were sent, are not under way, and have neither a response nor
/// a connection error. HAProxy itself counts such drops nowhere (research: finding 2).
package struct SlotTally: Codable, Sendable, Equatable {
    package var requests: Int
    package var errors: Int
    package var lost: Int

    package init(requests: Int, errors: Int, lost: Int) {
        (self.requests, self.errors, self.lost) = (requests, errors, lost)
    }

    package init() { self.init(requests: 0, errors: 0, lost: 0) }

    /// What happened between two readings of the same run of the router.
    package init(from start: SlotCounters, to end: SlotCounters) {
        let answered = zip(end.responses, start.responses).map { $0.0 - $0.1 }
        let refused = end.connectionErrors - start.connectionErrors
        requests = end.requests - start.requests
        errors = answered[4] + refused
        lost = max(0, requests + start.awaited - answered.reduce(0, +) - refused - end.inFlight)
    }

    /// Errors and lost ones per request; 0 without requests.
    package var errorRatio: Double { requests == 0 ? 0 : Double(bad) / Double(requests) }

    /// Errors and lost ones.
    var bad: Int { errors + lost }

    static func += (left: inout Self, right: Self) {
        left.requests += right.requests
        left.errors += right.errors
        left.lost += right.lost
    }

    /// Whether nothing was counted back since `start`: only then their difference means something.
    func isBehind(_ start: SlotTally) -> Bool {
        requests >= start.requests && errors >= start.errors && lost >= start.lost
    }

    /// What came after `start`; counts that shrank count as none.
    func since(_ start: SlotTally) -> SlotTally {
        SlotTally(
            requests: max(0, requests - start.requests), errors: max(0, errors - start.errors),
            lost: max(0, lost - start.lost))
    }
}

extension SlotCounters {
    /// Requests under way that had no response yet. HAProxy counts a response when its headers have come, and its request as under way
    /// until the body has ended: a download is both, and would look lost once it is over. Since the router's start nothing more can be
    /// awaited than was sent and not answered; repeated connection errors of one request make that number useless below zero.
    fileprivate var awaited: Int {
        let unanswered = requests - responses.reduce(0, +) - connectionErrors
        return unanswered < 0 ? inFlight : min(inFlight, unanswered)
    }
}
