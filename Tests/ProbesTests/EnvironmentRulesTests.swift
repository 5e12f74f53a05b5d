import OpsModel
import Probes
import Testing

@Suite struct EnvironmentRulesTests {
    private let strong = "9f2c4b7e1d8a6035c4e7f9021b3d5a687c8e9f0a1b2c3d4e5f60718293a4b5c6"
    private let other = "0a1b2c3d4e5f60718293a4b5c6d7e8f90f1e2d3c4b5a69788796a5b4c3d2e1f0"

    private func variable(
        _ name: String, _ value: String?, _ form: EnvironmentVariable.Form = .string,
        _ change: (inout EnvironmentVariable) -> Void = { _ in }
    ) -> EnvironmentVariable {
        var variable = EnvironmentVariable(
            name: name, form: form,
            value: value.map { .present(Secret($0)) } ?? .missing(why: "not set", fix: "set it"),
            place: "f.yaml:1:1")
        change(&variable)
        return variable
    }

    private func judge(
        _ variables: [EnvironmentVariable], _ context: EnvironmentContext = EnvironmentContext()
    ) -> [String: CheckResult] {
        let results = EnvironmentJudge(isStrict: true, context: context).judge(variables)
        return Dictionary(results.map { (String($0.check.dropFirst(12)), $0) }, uniquingKeysWith: { first, _ in first })
    }

    @Test(arguments: [
        (EnvironmentVariable.Form.number, "1.5", "1,5"), (.email, "a@b.example", "a@b"),
        (.host, "db-1.example", "db 1"),
        (.host, "10.0.0.1", "-x"), (.json, "{\"a\": [1]}", "{a}"), (.base64(bytes: 4), "AAECAw==", "AAEC"),
        (.base64(bytes: nil), "AAEC", "%%"), (.hex(bytes: 2), "00ff", "00f"), (.hex(bytes: 2), "0aF9", "0aF901"),
    ])
    func valuesHaveTheirForm(_ form: EnvironmentVariable.Form, _ good: String, _ bad: String) {
        #expect(judge([variable("X", good, form)])["X"]?.status == .pass)
        #expect(judge([variable("X", bad, form)])["X"]?.status == .fail)
    }

    @Test func anOptionalVariableMayHaveNoValueAndARequiredOneMayNot() {
        #expect(judge([variable("X", nil)])["X"]?.status == .fail)
        #expect(judge([variable("X", nil) { $0.isRequired = false }])["X"]?.status == .skipped)
        #expect(judge([variable("X", "", .integer) { $0.isRequired = false }])["X"]?.status == .fail)
    }

    @Test func aPatternIsMatchedByTheWholeValue() {
        #expect(judge([variable("X", "pk_live_1") { $0.pattern = "pk_live_[0-9]+" }])["X"]?.status == .pass)
        #expect(judge([variable("X", "xpk_live_1y") { $0.pattern = "pk_live_[0-9]+" }])["X"]?.status == .fail)
    }

    @Test func whatOneVariableNeedsMustHaveAValue() {
        let user = variable("SMTP_USER", "ann") { $0.needs = ["SMTP_PASSWORD"] }
        let lacking = judge([user, variable("SMTP_PASSWORD", nil) { $0.isRequired = false }])
        #expect(lacking["SMTP_USER.needs"]?.status == .fail)
        #expect(judge([user, variable("SMTP_PASSWORD", "x")])["SMTP_USER.needs"]?.status == .pass)
        let unset = variable("SMTP_USER", nil) { ($0.isRequired, $0.needs) = (false, ["SMTP_PASSWORD"]) }
        #expect(judge([unset, variable("SMTP_PASSWORD", nil)])["SMTP_USER.needs"] == nil)
    }

    @Test func variablesThatMustDifferAreCompared() {
        let primary = variable("A", "postgresql://h/a") { $0.differsFrom = ["B"] }
        #expect(judge([primary, variable("B", "postgresql://h/a")])["A.differs"]?.status == .fail)
        #expect(judge([primary, variable("B", "postgresql://h/b")])["A.differs"]?.status == .pass)
    }

    @Test func aSecretOfAnotherEnvironmentIsRefusedAndOneThatCannotBeComparedIsUnknown() {
        var context = EnvironmentContext()
        func theirs(_ name: String, _ value: String?, _ source: String) -> EnvironmentVariable {
            variable(name, value, .secret(minimumBits: 256)) { $0.sources = [source] }
        }
        let mine = [theirs("KEY", strong, "PRODUCTION_KEY")]
        let cases: [(EnvironmentVariable, CheckStatus)] = [
            (theirs("KEY", strong, "STAGING_KEY"), .fail), (theirs("OTHER", strong, "X"), .fail),
            (theirs("KEY", other, "STAGING_KEY"), .pass), (theirs("OTHER", other, "X"), .pass),
            (theirs("KEY", nil, "STAGING_KEY"), .unknown), (theirs("KEY", strong, "PRODUCTION_KEY"), .unknown),
        ]
        for (their, status) in cases {
            context.others = [("staging", [their])]
            #expect(judge(mine, context)["KEY.distinct_from_staging"]?.status == status, "\(their.name)")
        }
        #expect(!"\(judge(mine, context))".contains(strong))
    }

    @Test func theValueOfTheExampleFileIsNoSecret() {
        var context = EnvironmentContext()
        context.examples = ["SOME_KEY": strong]
        #expect(judge([variable("KEY", strong, .secret(minimumBits: 256))], context)["KEY"]?.status == .fail)
        #expect(judge([variable("KEY", other, .secret(minimumBits: 256))], context)["KEY"]?.status == .pass)
        #expect(judge([variable("MODE", strong)], context)["MODE"]?.status == .pass)
    }

    @Test func aForbiddenVariableMustNotBeDeclared() {
        var context = EnvironmentContext()
        context.forbidden = ["DEBUG"]
        #expect(judge([variable("DEBUG", "1")], context)["DEBUG.forbidden"]?.status == .fail)
        #expect(judge([variable("X", "1")], context)["DEBUG.forbidden"]?.status == .pass)
    }
}
