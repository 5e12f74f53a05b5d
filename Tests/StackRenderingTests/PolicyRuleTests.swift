import OpsModel
import StackRendering
import Testing

@Suite struct PolicyRuleTests {
    @Test(arguments: PolicyCase.all) func rulesFindWhatTheyAreFor(_ test: PolicyCase) throws {
        let rule = try #require(policyRules.first { $0.id == test.rule })
        let report = try judge([rule], protection: test.protection).judge([("app", test.sample().plan)])
        switch test.outcome {
        case .holds: #expect(report.findings == [] && report.verdict == .pass)
        case .broken:
            #expect(report.findings.contains { !$0.isUnknown })
            #expect(report.verdict == .fail)
        case .unknown:
            #expect(!report.findings.isEmpty && report.findings.allSatisfy(\.isUnknown))
            #expect(report.findings.allSatisfy { $0.reason.hasPrefix("unknown: ") })
            #expect(report.verdict == .inconclusive)
        }
    }

    @Test(arguments: policyRules.map(\.id)) func everyRuleHasACaseThatHoldsAndOneThatDoesNot(_ id: String) {
        let outcomes = Set(PolicyCase.all.filter { $0.rule == id }.map(\.outcome))
        #expect(outcomes.contains(.holds))
        #expect(outcomes.contains(.broken) || id == "iam.opaque")
    }

    /// Rules over statements leave what cannot be seen to `iam.opaque`; a destruction is always known, and so is a binding.
    @Test(arguments: policyRules.map(\.id)) func everyRuleThatNeedsAValueHasAnUnknownCase(_ id: String) {
        let alwaysKnown: Set = ["iam.wildcard", "iam.negated", "policy.public", "stateful.destroyed", "place.account"]
        let hasCase = PolicyCase.all.contains { $0.rule == id && $0.outcome == .unknown }
        #expect(hasCase != alwaysKnown.contains(id))
    }

    @Test func ruleNamesAreUniqueAndTheirWordsComplete() {
        #expect(Set(policyRules.map(\.id)).count == policyRules.count)
        for rule in policyRules {
            #expect(rule.id.wholeMatch(of: #/[a-z]+\.[a-z_]+/#) != nil)
            #expect(![rule.what, rule.why, rule.fix, rule.reference].contains(""))
        }
    }

    @Test func whatIsAlreadyAppliedIsLookedAtToo() throws {
        let resource: [String: Any] = [
            "address": "aws_kms_key.old", "mode": "managed", "type": "aws_kms_key", "name": "old",
            "values": ["enable_key_rotation": false], "sensitive_values": [:],
        ]
        let sample = PlanSample().setting("planned_values", to: ["root_module": ["resources": [resource]]])
        let report = try judge(policyRules).judge([("app", sample.plan)])
        #expect(report.findings.map(\.rule) == ["kms.rotation"])
    }

    @Test func whatWillBeDestroyedIsNotLookedAt() throws {
        let sample = PlanSample().with("aws_kms_key.old", ["delete"], before: ["enable_key_rotation": false])
        let report = try judge(policyRules, protection: .ephemeral).judge([("app", sample.plan)])
        #expect(report.findings == [])
    }

    @Test(arguments: [("edge", Verdict.pass), ("data", .fail)])
    func onlyTheCDNMayBeWhereItsCertificateMustBe(_ layer: String, _ verdict: Verdict) throws {
        let sample = PlanSample().with("aws_acm_certificate.a", after: ["arn": "arn:aws:acm:us-east-1:123456789012:a"])
        let rule = try #require(policyRules.first { $0.id == "place.region" })
        #expect(try judge([rule]).judge([(layer, sample.plan)]).verdict == verdict)
    }

    @Test func aFindingNeverShowsASecret() throws {
        let secret = "made-up-secret-user"
        let sample = PlanSample().with("aws_ssm_parameter.a", after: ["value": secret], sensitive: ["value": true])
            .with("aws_lb_listener.a", after: ["protocol": "HTTPS", "ssl_policy": secret])
        let report = try judge(policyRules).judge([("app", sample.plan)])
        #expect(!String(decoding: try canonicalJSON(report), as: UTF8.self).contains(secret))
    }

    @Test func aRealFirstPlanIsReadThroughItsModules() throws {
        let report = try judge(policyRules).judge([("app", PlanDocument(json: fixture("first-plan")))])
        let found = Set(report.findings.map { "\($0.rule) \($0.address)" })
        #expect(found.contains("iam.opaque aws_iam_policy.opaque"))
        #expect(found.contains("secrets.in_state aws_ssm_parameter.password"))
        #expect(!found.contains { $0.contains("aws_iam_role_policy.task") })
        #expect(!found.contains { $0.hasPrefix("bucket.") })
    }
}

func judge(
    _ rules: [PolicyRule], waivers: [PolicyWaiver] = [], environment: String = "production",
    protection: Protection = .critical, today: String = "2026-11-23"
) throws -> PolicyJudge {
    PolicyJudge(
        rules: rules, waivers: waivers, environment: environment, protection: protection,
        place: PolicyPlace(accountID: "123456789012", regions: ["eu-west-1"], edgeRegion: "us-east-1"),
        today: try #require(CalendarDay(today)))
}
