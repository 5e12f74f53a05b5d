import HTTPClient
import OpsModel

@testable import Probes

/// Looks once and judges, with everything that the kind can check.
func results<Subject: ProbeSubject>(
    of subject: Subject, addresses: [String: [String]] = [:], timeout: Duration = .seconds(5),
    profile: ProbeProfile = .deep
) async -> [String: CheckResult] {
    let plan = CheckPlan(profile: profile)
    let visit = Visit(
        plan: plan, checks: Subject.checks, time: TimeBudget(timeout), canaryID: "00", http: HTTPClient(),
        addresses: addresses)
    let snapshot = await subject.look(visit)
    let results = Subject.results(of: snapshot, subject.expectation, target: "t", plan: plan)
    return Dictionary(results.map { ($0.shortName, $0) }, uniquingKeysWith: { first, _ in first })
}

extension [String: CheckResult] {
    /// The status of a check; a check that is not there is a mistake of the test.
    func status(_ check: String) -> CheckStatus? { self[check]?.status }

    /// Everything that neither passes nor was left out.
    var troubles: [String] {
        values.filter { ![.pass, .skipped].contains($0.status) }.map { "\($0.shortName) \($0.status.rawValue)" }
            .sorted()
    }
}
