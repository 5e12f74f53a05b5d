package import OpsModel

/// Judges the candidate from the router's counters; pure.
///
/// `lost` is the identity of HAProxy's server counters: requests that were sent, are not under way, and have neither a response nor
/// a connection error. HAProxy itself counts such drops nowhere (research: finding 2).
package struct BakeJudge: Sendable {
    package struct Tally: Codable, Sendable, Equatable {
        package var requests: Int
        package var errors: Int
        package var lost: Int

        /// What happened between two readings of the same run of the router.
        package init(from start: SlotCounters, to end: SlotCounters) {
            let answered = zip(end.responses, start.responses).map { $0.0 - $0.1 }
            let refused = end.connectionErrors - start.connectionErrors
            requests = end.requests - start.requests
            errors = answered[4] + refused
            lost = max(0, requests + start.inFlight - answered.reduce(0, +) - refused - end.inFlight)
        }

        var errorRatio: Double { requests == 0 ? 0 : Double(errors + lost) / Double(requests) }
    }

    package enum Opinion: Sendable, Equatable {
        case goOn
        case over(Verdict, why: String)
    }

    /// Requests below which a ratio says nothing.
    static let fewRequests = 20

    let bake: DeploySettings.Bake

    package init(_ bake: DeploySettings.Bake) { self.bake = bake }

    /// Readings that must agree before a request counts as lost: one reading is not atomic over the router's threads, and a request
    /// that begins while it is taken looks lost for a moment. A request that is really lost stays lost.
    static let readingsForLost = 3

    /// - Parameters:
    ///   - readings: what has happened since the route moved, oldest first; not empty.
    ///   - isOver: whether the time of the bake has passed.
    package func judge(_ readings: [Tally], isOver: Bool) -> Opinion {
        var tally = readings[readings.count - 1]
        let recent = readings.suffix(Self.readingsForLost)
        tally.lost = recent.count < Self.readingsForLost && !isOver ? 0 : recent.map(\.lost).min() ?? 0
        if tally.lost > bake.maximumLost {
            return .over(.fail, why: "\(tally.lost) of \(tally.requests) requests were lost")
        }
        if tally.requests >= Self.fewRequests, tally.errorRatio > bake.maximumErrorRatio {
            return .over(.fail, why: "\(tally.errors) of \(tally.requests) requests failed")
        }
        guard isOver else { return .goOn }
        if tally.requests > 0, tally.errorRatio > bake.maximumErrorRatio {
            return .over(.fail, why: "\(tally.errors) of \(tally.requests) requests failed")
        }
        if tally.requests < bake.minimumRequests {
            return .over(.inconclusive, why: "\(tally.requests) requests, \(bake.minimumRequests) are needed")
        }
        return .over(.pass, why: "\(tally.requests) requests, \(tally.errors) errors, \(tally.lost) lost")
    }
}
