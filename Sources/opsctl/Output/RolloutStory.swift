import Deploy
import OpsModel

/// Tells a rollout's steps on stderr as they end.
struct RolloutStory: Sendable {
    private let story = Story.standard
    private let environment: String

    init(environment: String) { self.environment = environment }

    @Sendable func tell(_ progress: RolloutProgress) {
        switch progress {
        case .opened(let id, let release, let candidate, let baseline):
            let way = baseline.map { "; the way back is \($0.rawValue)" } ?? "; there is no way back yet"
            story.tell("deploy \(id): release \(release), candidate \(candidate.rawValue)\(way)")
        case .watching(let sight):
            if story.isTerminal { story.replaceLine(story.paint("  \(sight.line)", .dim)) }
        case .waiting(let step, let what, let expires):
            story.tell(
                "? \(what): opsctl deploy approve \(step) --env \(environment) --why …, "
                    + "or: opsctl deploy reject \(step) --env \(environment) --why … (within \(expires.text))")
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

extension AnalysisEvidence {
    /// One line for a terminal.
    var line: String {
        func told(_ tally: SlotTally) -> String { "\(tally.requests) (\(tally.errors) bad, \(tally.lost) lost)" }
        return "\(Route.percent(share)) · candidate \(told(candidate)) · baseline \(told(baseline)) · \(text)"
    }
}

extension DeployReceipt {
    /// What the change of routes cost; nil when the route did not move.
    fileprivate var text: String? {
        guard let last = switches.last else { return nil }
        let command = "\(last.route) after \(milliseconds(last.commandMilliseconds))"
        let answer = last.firstAnswerMilliseconds.map { ", first answer after \(milliseconds($0))" } ?? ""
        let counted = [candidate, baseline].compactMap(\.self)
        let router =
            counted.isEmpty
            ? "" : "; \(counted.map(\.requests).reduce(0, +)) requests, \(counted.map(\.lost).reduce(0, +)) lost"
        return "\(command)\(answer)\(router); \(clientRequests) of our own, \(clientFailures) failed"
    }

    private func milliseconds(_ value: Double) -> String { "\((value * 10).rounded() / 10) ms" }
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
        if let receipt = receipt.text { lines.append("  receipt: \(receipt)") }
        return lines.joined(separator: "\n")
    }
}
