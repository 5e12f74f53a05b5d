import Drills
import OpsModel

/// Tells a drill's steps as they happen; on a terminal also their beginnings.
struct DrillStory: Sendable {
    let story = Story.standard

    @Sendable func tell(_ progress: DrillProgress) {
        switch progress {
        case .began(let step):
            if story.isTerminal { story.tell(story.paint("· \(step)", .dim)) }
        case .ended(let step):
            let isGood = step.verdict == .pass
            let mark = isGood ? story.paint("✓", .green) : story.paint("✗", .red)
            let elapsed = Duration.milliseconds(step.elapsedMilliseconds).text
            story.tell("\(mark) \(step.step) (\(elapsed)): \(step.detail)")
        }
    }
}

extension PITRReport {
    func text(hasColor: Bool) -> String {
        let color: Color =
            switch verdict {
            case .pass: .green
            case .fail: .red
            case .inconclusive: .yellow
            }
        let words =
            switch verdict {
            case .pass: "the database can be restored to \(targetTime ?? "the target")"
            case .fail: "the restore does not hold\(why.map { ": \($0.what)" } ?? "")"
            case .inconclusive: "could not determine\(why.map { ": \($0.what)" } ?? "")"
            }
        var table = TextTable()
        if let backup {
            let size = Double(backup.sizeBytes * 10 / 1_048_576) / 10
            table.add(["backup", "\(backup.label), \(size) MiB\(backup.isVerified ? ", every file verified" : "")"])
        }
        if let serverVersion { table.add(["server", "PostgreSQL \(serverVersion)"]) }
        if rpoMilliseconds != nil { table.add(["rpo", judged("rpo") + rpoText]) }
        if let rtoMilliseconds {
            let objective = rtoObjectiveMilliseconds.map { "; objective \(text($0))" } ?? ""
            table.add([
                "rto",
                judged("rto")
                    + "\(text(rtoMilliseconds)) from the start of the restore to the proof of the row\(objective)",
            ])
        }
        for check in checks where check.check != "rpo" && check.check != "rto" {
            table.add([check.check, "\(check.verdict.rawValue): \(check.observed), expected \(check.expected)"])
        }
        let head = "\(color.paint(verdict.rawValue, isOn: hasColor)): \(words) (drill \(id), \(elapsedMilliseconds) ms)"
        return table.text.isEmpty
            ? head : head + "\n" + table.text.split(separator: "\n").map { "  \($0)" }.joined(separator: "\n")
    }

    /// The verdict on a figure that has an objective.
    private func judged(_ name: String) -> String {
        checks.first { $0.check == name }.map { "\($0.verdict.rawValue): " } ?? ""
    }

    /// What the figure means depends on who closed the segment.
    private var rpoText: String {
        let measured = "\(text(rpoMilliseconds ?? 0)) from the commit until its WAL was in the archive"
        let timeout = archiveTimeoutMilliseconds ?? 0
        let bound =
            switch (isSwitchForced ?? false, timeout) {
            case (false, _): "; the server closed the segment itself (archive_timeout \(text(timeout)))"
            case (true, 0): "; the drill closed the segment itself, and archive_timeout = 0 sets no bound"
            case (true, _):
                "; the drill closed the segment itself, an idle server waits archive_timeout \(text(timeout)) first: at most \(text(rpoBoundMilliseconds ?? 0))"
            }
        return measured + bound + (rpoObjectiveMilliseconds.map { "; objective \(text($0))" } ?? "")
    }

    private func text(_ milliseconds: Int64) -> String { Duration.milliseconds(milliseconds).text }
}
