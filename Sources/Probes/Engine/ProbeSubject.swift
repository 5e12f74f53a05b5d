package import HTTPClient
package import OpsModel

/// One kind of dependency: what is expected of it, how to look at it once, and how to judge what was seen.
///
/// `look` touches the network and never judges; `judge` is pure, so that a saved snapshot can be judged again offline.
/// Neither `Expectation` nor `Snapshot` ever holds a secret: both are written to files.
package protocol ProbeSubject: Sendable {
    associatedtype Expectation: Codable & Sendable
    associatedtype Snapshot: Codable & Sendable

    /// The key of the environment file: `postgres`, `redis`, …
    static var kind: String { get }
    /// Every check of this kind, in the order of the report.
    static var checks: [CheckDefinition] { get }

    /// Where it is, without credentials.
    var endpoint: String { get }
    /// Host names that must resolve before anything else can be seen; addresses and names without a network are left out.
    var hosts: [String] { get }
    var expectation: Expectation { get }

    func look(_ visit: Visit) async -> Snapshot
    static func judge(_ snapshot: Snapshot, _ expectation: Expectation, _ sheet: inout CheckSheet)

    /// Round trips of the main connection after TCP, where they are counted.
    static func roundTrips(_ snapshot: Snapshot) -> Int?
    /// A healthy snapshot, and for each check a flaw that it must notice.
    static var selfTest: SelfTest<Self> { get }
}

extension ProbeSubject {
    package static func roundTrips(_ snapshot: Snapshot) -> Int? { nil }

    /// The results of the checks that `plan` asks for; pure.
    package static func results(
        of snapshot: Snapshot, _ expectation: Expectation, target: String, plan: CheckPlan = CheckPlan(profile: .deep)
    ) -> [CheckResult] {
        var sheet = CheckSheet(target: target, checks: checks, plan: plan)
        judge(snapshot, expectation, &sheet)
        return sheet.results
    }
}

/// What one look may use.
package struct Visit: Sendable {
    package let plan: CheckPlan
    /// Names of the checks that are asked for: a look skips what only others need.
    package let asked: Set<String>
    package let time: TimeBudget
    /// 32 hex digits, unique in this run; names canaries.
    package let canaryID: String
    package let http: HTTPClient
    /// Addresses of the hosts that the run resolved, in the resolver's order.
    package let addresses: [String: [String]]

    package init(
        plan: CheckPlan, checks: [CheckDefinition], time: TimeBudget, canaryID: String, http: HTTPClient,
        addresses: [String: [String]]
    ) {
        (self.plan, self.time, self.canaryID, self.http) = (plan, time, canaryID, http)
        (self.addresses, asked) = (addresses, Set(checks.filter { plan.includes($0) }.map(\.name)))
    }

    package func asks(_ names: String...) -> Bool { names.contains { asked.contains($0) } }
}

/// Proof that each check can fail: `opsctl probe --selftest` judges the healthy snapshot and then each flaw.
package struct SelfTest<Subject: ProbeSubject>: Sendable {
    package struct Flaw: Sendable {
        let check: String
        let what: String
        /// What the check must say of it.
        let status: CheckStatus
        let apply: @Sendable (inout Subject.Snapshot, inout Subject.Expectation) -> Void

        package init(
            _ check: String, _ what: String, gives status: CheckStatus = .fail,
            _ apply: @escaping @Sendable (inout Subject.Snapshot, inout Subject.Expectation) -> Void
        ) {
            (self.check, self.what, self.status, self.apply) = (check, what, status, apply)
        }
    }

    package let expectation: Subject.Expectation
    package let healthy: Subject.Snapshot
    package let flaws: [Flaw]

    package init(expectation: Subject.Expectation, healthy: Subject.Snapshot, flaws: [Flaw]) {
        (self.expectation, self.healthy, self.flaws) = (expectation, healthy, flaws)
    }
}
