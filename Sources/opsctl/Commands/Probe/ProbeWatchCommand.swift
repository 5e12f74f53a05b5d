import ArgumentParser
import Foundation
import Glibc
import OpsModel
import Probes

struct ProbeWatchCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "watch", abstract: "Look again and again, and show what changes.",
        discussion: """
            On a terminal it keeps one screen up to date; elsewhere it prints a line for each change. Ctrl-C ends it.

            Examples:
              opsctl probe watch
              opsctl probe watch database --profile oncall --interval 5s
              opsctl probe watch --count 30 > changes.log

            Exit codes: with --count as the last look: 0 pass, 1 a check failed, 2 could not determine; 78 invalid
            configuration, 130 interrupted.
            """)

    @OptionGroup var global: GlobalOptions
    @OptionGroup var selection: ProbeSelection
    @Option(name: .long, help: "Pause between two looks.") var interval: DurationArgument = .init(.seconds(2))
    @Option(name: .long, help: "Looks in all; without it until interrupted.") var count: Int?

    func validate() throws {
        if let count, count < 1 { throw ValidationError("--count must be at least 1") }
        if interval.value < .milliseconds(100) { throw ValidationError("--interval must be at least 100ms") }
    }

    func run() async throws {
        let run = try selection.run(try global.composition(), default: .readiness)
        let isTerminal = isatty(STDOUT_FILENO) == 1
        var board = WatchBoard(profile: selection.profile ?? .readiness, interval: interval.value)
        var looks = 0
        while true {
            looks += 1
            let report = try await interruptible { await run.once() }
            let changes = board.take(report, at: Date())
            if isTerminal {
                // Home, then clear to the end: nothing has to be put back when Ctrl-C ends us.
                show("\u{1B}[H\u{1B}[J" + board.screen(height: terminalHeight, hasColor: resultHasColor))
            } else {
                for change in changes { show(change.line) }
            }
            // A watcher that nobody reads any more must not go on asking.
            guard isResultRead else { return }
            if let count, looks >= count {
                let status = ExitStatus(report.verdict)
                if status != .pass { throw status }
                return
            }
            try await Task.sleep(for: interval.value)
        }
    }

    private var terminalHeight: Int {
        var size = winsize()
        return ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0 && size.ws_row > 0 ? Int(size.ws_row) : 24
    }
}

/// What a watcher knows: the state of every check, since when, and what changed last.
struct WatchBoard {
    struct Change {
        let at: Date
        let check: String
        let from: CheckStatus?
        let to: CheckStatus
        let observed: String

        var line: String {
            "\(rfc3339(at)) \(check) \(from.map { "\($0.rawValue) -> " } ?? "")\(to.rawValue): \(observed)"
        }
    }

    private let profile: ProbeProfile
    private let interval: Duration
    private var report: ProbeReport?
    private var looks = 0
    private var states: [String: (status: CheckStatus, since: Date)] = [:]
    private var changes: [Change] = []
    private var now = Date()

    init(profile: ProbeProfile, interval: Duration) { (self.profile, self.interval) = (profile, interval) }

    /// - Returns: what changed. The first report names what is not well, and the verdict.
    mutating func take(_ report: ProbeReport, at time: Date) -> [Change] {
        looks += 1
        var news: [Change] = []
        for check in report.checks {
            let before = states[check.check]
            guard before?.status != check.status else { continue }
            states[check.check] = (check.status, time)
            if before != nil || [.fail, .unknown, .warn].contains(check.status) {
                news.append(
                    Change(
                        at: time, check: check.check, from: before?.status, to: check.status, observed: check.observed))
            }
        }
        if self.report?.verdict != report.verdict {
            let words = "\(report.checks.count) checks on \(report.targets.count) targets of \(report.environment)"
            news.append(
                Change(
                    at: time, check: "verdict", from: nil, to: Self.status(of: report.verdict), observed: words))
        }
        (self.report, now) = (report, time)
        changes = Array((changes + news).suffix(50))
        return news
    }

    private static func status(of verdict: Verdict) -> CheckStatus {
        switch verdict {
        case .pass: .pass
        case .fail: .fail
        case .inconclusive: .unknown
        }
    }

    /// Targets, troubles and the latest changes, at most `height` lines.
    func screen(height: Int, hasColor: Bool) -> String {
        guard let report else { return "looking …" }
        let head =
            "opsctl probe watch  \(report.environment)  \(profile.rawValue)  every \(interval.text)  look \(looks)  \(rfc3339(now))"
        var table = TextTable()
        for target in report.targets {
            table.add([
                target.worst.painted(hasColor), target.name, target.endpoint, "\(target.elapsedMilliseconds) ms",
                target.counts,
            ])
        }
        var lines = [head, ""] + table.text.split(separator: "\n").map(String.init) + [""]
        for check in report.troubles {
            lines.append("\(check.status.painted(hasColor))  \(check.check) for \(age(check)): \(check.observed)")
            if let fix = check.fix { lines.append("         fix: \(fix)") }
        }
        let room = max(0, height - lines.count - 3)
        if room > 0, !changes.isEmpty {
            lines += [""] + changes.suffix(room).map(\.line)
        }
        return lines.prefix(max(3, height - 1)).joined(separator: "\n")
    }

    private func age(_ check: CheckResult) -> String {
        let since = states[check.check]?.since ?? now
        return Duration.seconds(Int(now.timeIntervalSince(since))).text
    }
}
