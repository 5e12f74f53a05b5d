package import Foundation
package import OpsModel

/// Everything that one run saw, without judgement and without secrets: `--save` writes it, `probe judge` reads it.
package struct SavedRun: Codable, Sendable {
    package let schema: Int
    package let environment: String
    package let takenAt: Date
    package private(set) var elapsedMilliseconds: Int64
    /// Looks taken at the target that was looked at most often.
    package private(set) var attempts: Int
    /// When the last look began, and how long it took.
    package private(set) var lookedAt: Date
    private var lookMilliseconds: Int64
    /// Earlier looks that had troubles.
    package private(set) var history: [ProbeReport.Attempt] = []
    /// Judgement of the environment's variables; their values are never kept.
    package let variables: [CheckResult]
    package let names: [NameLookup]
    package private(set) var targets: [SavedTarget]

    private enum CodingKeys: String, CodingKey {
        case schema, environment, attempts, history, variables, names, targets
        case takenAt = "taken_at"
        case lookedAt = "looked_at"
        case lookMilliseconds = "look_ms"
        case elapsedMilliseconds = "elapsed_ms"
    }

    package init(
        environment: String, takenAt: Date, elapsed: Duration, attempts: Int, variables: [CheckResult],
        names: [NameLookup], targets: [SavedTarget]
    ) {
        (schema, self.variables) = (1, variables)
        (lookedAt, lookMilliseconds) = (takenAt, elapsed.milliseconds)
        (self.environment, self.takenAt, self.attempts) = (environment, takenAt, attempts)
        (self.names, self.targets, elapsedMilliseconds) = (names, targets, elapsed.milliseconds)
    }

    /// Changes the limit of a measured check. - Returns: false when there is no such check.
    package mutating func setLimit(target: String, check: String, isFail: Bool, to value: Double) -> Bool {
        guard let index = targets.firstIndex(where: { $0.name == target }),
            let kind = probeKinds.first(where: { [targets] in $0.kind == targets[index].kind }),
            targets[index].asked.contains(check),
            kind.checks.contains(where: { $0.name == check && $0.limits != nil })
        else { return false }
        var setting = targets[index].plan.setting(check)
        if isFail { setting.fail = value } else { setting.warn = value }
        targets[index].plan.settings[check] = setting
        return true
    }

    /// Judges what was seen; pure.
    package func judged() -> ProbeReport {
        let names = NamesJudge.judge(names)
        let variables =
            variables.isEmpty
            ? nil
            : ProbeReport.Target(
                name: "environment", kind: "environment", endpoint: "app.environment", place: nil,
                elapsedMilliseconds: 0, roundTrips: nil, checks: variables)
        let judged = targets.map { $0.judged(missingNames: NamesJudge.missing(in: self.names)) }
        var report = ProbeReport(
            environment: environment, startedAt: takenAt, elapsed: .milliseconds(elapsedMilliseconds),
            attempts: attempts, targets: [variables, names].compactMap { $0 } + judged)
        report.history = history
        report.markRecovered()
        return report
    }

    /// The same run with newer looks at some targets; what the looks before said goes into the history.
    func replacing(with newer: SavedRun) -> SavedRun {
        var run = SavedRun(
            environment: environment, takenAt: takenAt, elapsed: .milliseconds(elapsedMilliseconds),
            attempts: attempts + 1, variables: variables,
            names: names.map { old in newer.names.first { $0.host == old.host } ?? old },
            targets: targets.map { old in newer.targets.first { $0.name == old.name } ?? old })
        var attempt = judged().asAttempt
        (attempt.startedAt, attempt.elapsedMilliseconds) = (lookedAt, lookMilliseconds)
        (run.lookedAt, run.lookMilliseconds) = (newer.takenAt, newer.elapsedMilliseconds)
        run.history = Array((history + [attempt]).prefix(1) + (history + [attempt]).dropFirst().suffix(19))
        return run
    }

    func lasting(_ elapsed: Duration) -> SavedRun {
        var run = self
        run.elapsedMilliseconds = elapsed.milliseconds
        return run
    }
}

/// What one look at a target saw.
package struct SavedTarget: Codable, Sendable {
    package let name: String
    package let kind: String
    package let endpoint: String
    package let place: String?
    package fileprivate(set) var plan: CheckPlan
    package let hosts: [String]
    /// Names of the checks that the plan asked for.
    package let asked: [String]
    package let elapsedMilliseconds: Int64
    /// Expectation and snapshot; nil when nothing was looked at because of `blockedBy`.
    let content: (any SavedContent)?
    /// The check whose failure made looking pointless.
    package let blockedBy: String?

    init<Subject: ProbeSubject>(
        _ target: ProbeTarget, _ subject: Subject, snapshot: Subject.Snapshot?, blockedBy: String?, elapsed: Duration
    ) {
        (name, kind, endpoint, place) = (target.name, target.kind, target.endpoint, target.place)
        (plan, hosts, self.blockedBy) = (target.plan, subject.hosts, blockedBy)
        asked = target.askedDefinitions.map(\.name)
        elapsedMilliseconds = elapsed.milliseconds
        content = snapshot.map { Content<Subject>(expectation: subject.expectation, snapshot: $0) }
    }

    private enum CodingKeys: String, CodingKey {
        case name, kind, endpoint, place, plan, hosts, asked, content
        case elapsedMilliseconds = "elapsed_ms"
        case blockedBy = "blocked_by"
    }

    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        name = try container.decode(String.self, forKey: .name)
        kind = try container.decode(String.self, forKey: .kind)
        endpoint = try container.decode(String.self, forKey: .endpoint)
        place = try container.decodeIfPresent(String.self, forKey: .place)
        plan = try container.decode(CheckPlan.self, forKey: .plan)
        hosts = try container.decode([String].self, forKey: .hosts)
        asked = try container.decode([String].self, forKey: .asked)
        elapsedMilliseconds = try container.decode(Int64.self, forKey: .elapsedMilliseconds)
        blockedBy = try container.decodeIfPresent(String.self, forKey: .blockedBy)
        guard let subject = probeKinds.first(where: { [kind] in $0.kind == kind }) else {
            throw DecodingError.dataCorruptedError(
                forKey: .kind, in: container, debugDescription: "there is no kind of target `\(kind)`")
        }
        content =
            container.contains(.content) ? try Self.content(of: subject, in: container) : nil
    }

    private static func content<Subject: ProbeSubject>(
        of subject: Subject.Type, in container: KeyedDecodingContainer<CodingKeys>
    ) throws -> any SavedContent {
        try container.decode(Content<Subject>.self, forKey: .content)
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(name, forKey: .name)
        try container.encode(kind, forKey: .kind)
        try container.encode(endpoint, forKey: .endpoint)
        try container.encodeIfPresent(place, forKey: .place)
        try container.encode(plan, forKey: .plan)
        try container.encode(hosts, forKey: .hosts)
        try container.encode(asked, forKey: .asked)
        try container.encode(elapsedMilliseconds, forKey: .elapsedMilliseconds)
        try container.encodeIfPresent(blockedBy, forKey: .blockedBy)
        if let content { try container.encode(content, forKey: .content) }
    }

    /// - Parameter missingNames: hosts that did not resolve.
    func judged(missingNames: Set<String>) -> ProbeReport.Target {
        var checks: [CheckResult] = []
        if let content {
            checks = content.judge(target: name, plan: plan)
        } else {
            let cause = hosts.first { missingNames.contains($0) }.map { "\(NamesJudge.target).\($0)" } ?? blockedBy
            checks = asked.map { check in
                CheckResult(
                    check: "\(name).\(check)", target: name, status: .blocked, observed: "not looked at",
                    expected: "\(cause ?? "an earlier check") to pass first", blockedBy: cause)
            }
        }
        return ProbeReport.Target(
            name: name, kind: kind, endpoint: endpoint, place: place, elapsedMilliseconds: elapsedMilliseconds,
            roundTrips: content?.roundTrips, checks: checks)
    }
}

/// Expectation and snapshot of some kind.
protocol SavedContent: Codable, Sendable {
    func judge(target: String, plan: CheckPlan) -> [CheckResult]
    var roundTrips: Int? { get }
}

private struct Content<Subject: ProbeSubject>: SavedContent {
    let expectation: Subject.Expectation
    let snapshot: Subject.Snapshot

    func judge(target: String, plan: CheckPlan) -> [CheckResult] {
        Subject.results(of: snapshot, expectation, target: target, plan: plan)
    }

    var roundTrips: Int? { Subject.roundTrips(snapshot) }
}
