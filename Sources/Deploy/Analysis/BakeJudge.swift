package import OpsModel

/// Judges the candidate from the router's counters; pure.
package struct BakeJudge: Sendable {
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
    package func judge(_ readings: [SlotTally], isOver: Bool) -> Opinion {
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
