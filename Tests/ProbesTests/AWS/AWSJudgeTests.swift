import AWSClient
import HTTPClient
import OpsModel
import Testing

@testable import Probes

@Suite struct AWSJudgeTests {
    @Test(arguments: awsKinds.map(\.kind) + ["stack.binding"])
    func everyCheckNoticesEveryFlawMadeForIt(_ kind: String) {
        let results = runSelfTest().filter { $0.check.hasPrefix("\(kind).") }
        #expect(!results.isEmpty)
        for result in results { #expect(result.isProven, "\(result.check): \(result.detail)") }
    }

    @Test(arguments: awsKinds.map(\.kind))
    func everySettingSaysWhatItAsksWhyAndWhatItNeeds(_ kind: String) throws {
        let type = try #require(probeKinds.first { $0.kind == kind })
        #expect(Set(type.checks.map(\.name)).count == type.checks.count)
        for check in type.checks {
            #expect(check.question.hasSuffix("?") && !check.why.isEmpty && !check.profiles.contains(.readiness))
            #expect(check.privilege?.wholeMatch(of: #/[a-z0-9]+:[A-Za-z0-9]+(, [a-z0-9]+:[A-Za-z0-9]+)*/#) != nil)
        }
    }

    private func judge(
        _ settings: [String: AWSValue], _ found: [String: AWSSight<AWSValue>], plan: CheckPlan? = nil
    ) -> [String: CheckResult] {
        let expectation = AWSExpectation(
            environment: "production", region: "eu-central-1", id: "db-1", locator: ["instance": "db-1"],
            settings: settings)
        let results = AWSSubject<RDSInstance>.results(
            of: AWSSnapshot(existence: .seen(true), settings: found), expectation, target: "t",
            plan: plan ?? CheckPlan(profile: .deployGate))
        return Dictionary(results.map { ($0.shortName, $0) }, uniquingKeysWith: { first, _ in first })
    }

    @Test func whatIsNotPromisedIsNotAsked() {
        let results = judge(["multi_az": .flag(true)], ["multi_az": .seen(.flag(true))])
        #expect(results["multi_az"]?.status == .pass)
        #expect(results["public"]?.status == .skipped)
    }

    @Test func aFailureNamesTheCommandThatMendsItAndTerraforms() {
        let result = judge(["public": .flag(false)], ["public": .seen(.flag(true))])["public"]
        #expect(
            result?.fix
                == "aws rds modify-db-instance --db-instance-identifier db-1 --apply-immediately "
                + "--no-publicly-accessible --region eu-central-1; or opsctl stack plan --env production, "
                + "then opsctl stack apply")
        #expect(result?.reason == .policy && result?.retryable == false)
    }

    @Test func whatAWSDoesNotTellIsUnknownAndNeverAFailure() {
        for error in [
            AWSErrorCase.denied, .busy, .timeout, .noCredentials,
        ] {
            let silence = AWSSilence(error.error, permission: "rds:DescribeDBInstances")
            let result = judge(["public": .flag(false)], ["public": .untold(silence)])["public"]
            #expect(result?.status == .unknown, "\(error)")
            #expect(result?.retryable == error.isRetryable, "\(error)")
            #expect(result?.fix?.isEmpty == false)
        }
    }

    @Test func aSettingThatTheLookForgotShowsAsOurMistake() {
        #expect(judge(["public": .flag(false)], [:])["public"]?.reason == .internalError)
    }

    @Test func aDeviationThatEndangersNothingOnlyWarns() {
        let results = judge(["log_exports": .list(["a", "b"])], ["log_exports": .seen(.list(["a"]))])
        #expect(results["log_exports"]?.status == .warn)
        #expect(results["log_exports"]?.observed == "missing: b")
    }

    @Test(arguments: [
        (AWSComparison.equal, AWSValue.list(["b", "a"]), AWSValue.list(["a", "b"]), true),
        (.equal, .number(8), .number(7), false), (.atLeast, .number(8), .number(7), true),
        (.atLeast, .number(6), .number(7), false), (.atLeast, .none, .number(7), false),
        (.sameName, .text("abc"), .text("arn:aws:kms:x:1:key/abc"), true),
        (.sameName, .text("host/path"), .text("https://host/path"), true),
        (.sameName, .text("arn:aws:kms:x:1:key/abd"), .text("arn:aws:kms:x:1:key/abc"), false),
        (.equal, .none, .none, true), (.equal, .text("a"), .none, false),
    ])
    func valuesAreComparedAsTheirSettingsSay(
        _ comparison: AWSComparison, _ observed: AWSValue, _ expected: AWSValue, _ holds: Bool
    ) {
        #expect(comparison.holds(observed, expected) == holds)
    }
}

/// Ways in which AWS does not tell.
enum AWSErrorCase: CaseIterable {
    case denied, busy, timeout, noCredentials

    var error: any Error {
        switch self {
        case .denied: AWSError.denied(action: "rds:DescribeDBInstances", message: "no")
        case .busy: AWSError.unavailable(action: "rds:DescribeDBInstances", status: 503, code: "Throttling")
        case .timeout: HTTPError.timedOut(url: "https://rds", phase: "transfer")
        case .noCredentials: AWSError.noCredentials(tried: "nothing")
        }
    }

    var isRetryable: Bool { self == .busy || self == .timeout }
}
