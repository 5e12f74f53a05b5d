import Deploy
import OpsModel

/// Tells a rollout's steps on stderr as they end.
struct RolloutStory: Sendable {
    private let story = Story.standard

    @Sendable func tell(_ progress: RolloutProgress) {
        switch progress {
        case .opened(let id, let release, let candidate, let baseline):
            let way = baseline.map { "; the way back is \($0.rawValue)" } ?? "; there is no way back yet"
            story.tell("deploy \(id): release \(release), candidate \(candidate.rawValue)\(way)")
        case .watching(let sight):
            if story.isTerminal { story.replaceLine(story.paint("  \(sight.line)", .dim)) }
        case .waiting(let step, let what, let expires):
            story.tell(
                "? \(what): opsctl deploy approve \(step) --why …, or: opsctl deploy reject \(step) --why … "
                    + "(within \(expires.text))")
        case .closed: break
        case .began(let step, let slot):
            if story.isTerminal { story.tell(story.paint("· \(step)\(slot.map { " \($0.rawValue)" } ?? "")", .dim)) }
        case .ended(let step, let slot, let event, let detail, let elapsed):
            let isGood = event == "done" || event == "judged_pass"
            let mark = isGood ? story.paint("✓", .green) : story.paint("✗", .red)
            story.tell("\(mark) \(step)\(slot.map { " \($0.rawValue)" } ?? "") (\(elapsed.text)): \(detail)")
        }
    }
}

extension RolloutProgress.Sight {
    /// One line for a terminal.
    var line: String {
        func told(_ tally: SlotTally) -> String {
            "\(tally.requests) requests, \(tally.errors) errors, \(tally.lost) lost"
        }
        let time = "\(elapsed.text) of \(duration.text)"
        return "\(Route.percent(share)) · candidate \(told(candidate)) · baseline \(told(baseline)) · \(time)"
            + (evidence.isEmpty ? "" : " · \(evidence)")
    }
}

extension DeployReport {
    func text(hasColor: Bool) -> String {
        let color: Color = outcome == .promoted || outcome == .rolledBack ? .green : .red
        let words =
            switch outcome {
            case .promoted: "release \(release.name) has the traffic, in \(candidate.rawValue)"
            case .rejected:
                "release \(release.name) never got traffic; \(baseline.map { "\($0.rawValue) keeps it" } ?? "nothing serves yet")"
            case .refused: "nothing was started"
            case .rolledBack: "traffic is back on \(baseline?.rawValue ?? "the baseline")"
            case .blocked: "the way back is cut; \(candidate.rawValue) is left as it is: opsctl deploy status"
            case .held: "left as it is; opsctl deploy resume goes on, the watchdog goes back when nobody does"
            case .indeterminate: "who has the traffic is not certain, both slots stay up: opsctl deploy status"
            }
        var lines = [
            "\(color.paint(outcome.rawValue, isOn: hasColor)): \(words) (deploy \(deployID), \(elapsedMilliseconds) ms)"
        ]
        if outcome != .promoted, let step = steps.first(where: { $0.event != "done" && $0.event != "judged_pass" }) {
            lines.append("  because \(step.step): \(step.detail)")
        }
        return lines.joined(separator: "\n")
    }
}
