import OpsModel

/// How one check fared in the self-test.
package struct SelfTestResult: Codable, Sendable, Equatable {
    /// `<kind>.<check>`.
    package let check: String
    package let isProven: Bool
    /// What it was shown, and what it said.
    package let detail: String

    private enum CodingKeys: String, CodingKey {
        case check, detail
        case isProven = "proven"
    }
}

/// Proves for every check of every kind that it passes a healthy snapshot and notices each of its flaws. A check without a
/// flaw is not proven: one that cannot fail is worth nothing.
package func runSelfTest() -> [SelfTestResult] { probeKinds.flatMap { selfTestResults(of: $0) } }

func selfTestResults<Subject: ProbeSubject>(of subject: Subject.Type) -> [SelfTestResult] {
    let test = Subject.selfTest
    let healthy = statuses(of: subject, test.healthy, test.expectation)
    return Subject.checks.map { definition in
        let name = "\(Subject.kind).\(definition.name)"
        let before = healthy[definition.name] ?? .unknown
        guard before == .pass else {
            return SelfTestResult(check: name, isProven: false, detail: "says \(before.rawValue) of a healthy snapshot")
        }
        let flaws = test.flaws.filter { $0.check == definition.name }
        if flaws.isEmpty { return SelfTestResult(check: name, isProven: false, detail: "there is no flaw to show it") }
        for flaw in flaws {
            var (snapshot, expectation) = (test.healthy, test.expectation)
            flaw.apply(&snapshot, &expectation)
            let status = statuses(of: subject, snapshot, expectation)[definition.name] ?? .unknown
            guard status == flaw.status else {
                return SelfTestResult(
                    check: name, isProven: false,
                    detail: "says \(status.rawValue) of “\(flaw.what)”, expected \(flaw.status.rawValue)")
            }
        }
        return SelfTestResult(check: name, isProven: true, detail: flaws.map(\.what).joined(separator: "; "))
    }
}

private func statuses<Subject: ProbeSubject>(
    of subject: Subject.Type, _ snapshot: Subject.Snapshot, _ expectation: Subject.Expectation
) -> [String: CheckStatus] {
    let results = Subject.results(of: snapshot, expectation, target: "selftest")
    return Dictionary(results.map { ($0.shortName, $0.status) }, uniquingKeysWith: { first, _ in first })
}

/// What the flaws that a check notices look like, in words.
package func flaws<Subject: ProbeSubject>(noticedBy check: String, of subject: Subject.Type) -> [String] {
    Subject.selfTest.flaws.filter { $0.check == check }.map(\.what)
}
