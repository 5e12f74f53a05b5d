package import Ledger
import OpsModel

extension DeployJournal {
    /// What an entry says, for people.
    package static func text(of entry: LedgerEntry) throws -> String {
        switch (entry.kind, entry.step) {
        case (.intent, _):
            let intent = try entry.decode(Intent.self)
            let share = intent.share.map { "the candidate's share becomes \(Route.percent($0))" }
            return [intent.slot, share, "epoch \(intent.epoch)"].compactMap(\.self).joined(separator: ", ")
        case (.done, _), (.verdict, _):
            let result = try entry.decode(StepResult.self)
            return "\(result.event) after \(result.elapsedMilliseconds) ms: \(result.detail)"
        case (.observed, "watch"):
            let record = try entry.decode(WatchRecord.self)
            return "watched for \(record.elapsedMilliseconds) ms at \(Route.percent(record.share))"
        case (.decision, Step.opened):
            let opened = try entry.decode(Opened.self)
            let way = opened.baseline.map { ", the way back is \($0.rawValue)" } ?? ""
            return "\(opened.kind) of release \(opened.release.name), candidate \(opened.candidate.rawValue)\(way)"
        case (.decision, Step.closed):
            let closed = try entry.decode(Closed.self)
            return "\(closed.outcome.rawValue): \(closed.why)"
        case (.decision, Step.stable):
            let stable = try entry.decode(Stable.self)
            return "release \(stable.release.name) in \(stable.slot.rawValue) is the stable one"
        case (.decision, let step) where Request.Kind(rawValue: step) != nil:
            let request = try entry.decode(Request.self)
            return "\(request.step.map { "\($0), " } ?? "")by \(request.by): \(request.why)"
        case (.observed, _), (.decision, _): return entry.payload
        }
    }
}
