import Foundation
import OpsModel
import Testing

@testable import StackRendering

@Suite struct PolicyWaiverTests {
    private let sample = PlanSample().with("module.a.aws_kms_key.this[0]", after: ["enable_key_rotation": false])

    private func waiver(
        _ address: String = "module.a.aws_kms_key.*", rule: String = "kms.rotation", layer: String? = nil,
        environment: String? = nil, isForUnknownOnly: Bool = false, expires: String = "2026-12-01"
    ) throws -> PolicyWaiver {
        PolicyWaiver(
            rule: rule, address: address, layer: layer, environment: environment, isForUnknownOnly: isForUnknownOnly,
            signed: .init(owner: "ana", reason: "is replaced next week", expires: try #require(CalendarDay(expires))),
            place: "waivers.yaml:2:3")
    }

    private func report(_ waivers: [PolicyWaiver], today: String = "2026-11-23", hasAllLayers: Bool = true) throws
        -> PolicyReport
    {
        try judge(policyRules, waivers: waivers, today: today).judge([("app", sample.plan)], hasAllLayers: hasAllLayers)
    }

    @Test func aWaiverLetsItsFindingPassAndStaysVisible() throws {
        let report = try report([waiver()])
        #expect(report.verdict == .pass)
        #expect(report.waived.map(\.rule) == ["kms.rotation"])
        #expect(
            report.waived.first?.waiver == .init(owner: "ana", reason: "is replaced next week", expires: "2026-12-01"))
    }

    @Test func aWaiverHoldsOnItsLastDayAndNotAfterIt() throws {
        #expect(try report([waiver()], today: "2026-12-01").verdict == .pass)
        let late = try report([waiver()], today: "2026-12-02")
        #expect(late.verdict == .fail)
        #expect(Set(late.holding.map(\.rule)) == ["kms.rotation", "waiver.expired"])
        #expect(late.holding.contains { $0.place == "waivers.yaml:2:3" })
    }

    @Test func anExpiredWaiverFailsAlsoWhenItsFaultIsGone() throws {
        let report = try report([waiver(), waiver("module.gone.*", expires: "2026-11-22")])
        #expect(report.verdict == .fail)
        #expect(report.holding.map(\.rule) == ["waiver.expired"])
    }

    @Test(arguments: [
        ("other.*", "kms.rotation", "app"), ("*", "logs.retention", "app"), ("*", "kms.rotation", "data"),
    ])
    func aWaiverForSomethingElseIsNone(_ address: String, _ rule: String, _ layer: String) throws {
        let report = try report([waiver(address, rule: rule, layer: layer)])
        #expect(report.verdict == .fail)
        #expect(report.warnings.map(\.rule) == (layer == "data" ? [] : ["waiver.unused"]))
    }

    @Test func anUnusedWaiverIsOnlyToldWhenEverythingWasLookedAt() throws {
        #expect(try report([waiver(), waiver("x.*")]).warnings.map(\.rule) == ["waiver.unused"])
        #expect(try report([waiver(), waiver("x.*")]).verdict == .pass)
        #expect(try report([waiver(), waiver("x.*")], hasAllLayers: false).warnings == [])
    }

    @Test func aWaiverOfAnotherEnvironmentIsLeftOut() throws {
        let report = try report([waiver(environment: "dev-*", expires: "2020-01-01")])
        #expect(report.findings.map(\.rule) == ["kms.rotation"])
        #expect(try self.report([waiver(environment: "prod*")]).verdict == .pass)
    }

    @Test func aWaiverForWhatIsNotKnownDoesNotCoverWhatIs() throws {
        let waivers = [try waiver("*", isForUnknownOnly: true)]
        #expect(try report(waivers).verdict == .fail)
        let unknown = PlanSample().with("aws_kms_key.a", ["create"], after: [:], unknown: ["enable_key_rotation": true])
        #expect(try judge(policyRules, waivers: waivers).judge([("app", unknown.plan)]).verdict == .pass)
        #expect(try judge(policyRules, waivers: waivers).judge([("app", PlanSample().plan)]).findings == [])
    }

    @Test func aWaiverCanBeForAFamilyOfRules() throws {
        #expect(try report([waiver("*", rule: "kms.*")]).verdict == .pass)
    }

    @Test func whatIsBrokenWeighsMoreThanWhatIsUnknown() throws {
        let both = sample.with("aws_kms_key.b", ["create"], after: [:], unknown: ["enable_key_rotation": true])
        #expect(try judge(policyRules).judge([("app", both.plan)]).verdict == .fail)
    }

    @Test func nothingToLookAtIsInconclusive() throws {
        #expect(try judge(policyRules).judge([]).verdict == .inconclusive)
        var half = PlanSample()
        half.document["complete"] = false
        #expect(try judge(policyRules).judge([("app", half.plan)]).verdict == .inconclusive)
    }

    @Test(arguments: [
        ("a.b", "a.b", true), ("a.b", "a.*", true), ("a.b", "*", true), ("a.b", "a", false),
        ("a[\"x\"].b", "a[*].b", true),
        ("abcbd", "a*b?", true), ("", "*", true), ("a", "", false), ("aab", "*ab", true), ("ab", "a?b", false),
    ])
    func globsMatchWholeAddresses(_ text: String, _ pattern: String, _ matches: Bool) {
        #expect(matchesGlob(text, pattern) == matches)
    }

    @Test(arguments: ["2026-02-30", "2026-1-01", "26-01-01", "today", "2026-13-01", "2026-01-01T00:00:00Z", ""])
    func whatIsNoDayIsRefused(_ text: String) { #expect(CalendarDay(text) == nil) }

    @Test func daysAreCounted() throws {
        let (first, second) = (try #require(CalendarDay("2026-12-31")), try #require(CalendarDay("2027-01-02")))
        #expect(second.days(after: first) == 2 && first < second && second.description == "2027-01-02")
        #expect(CalendarDay(Date(timeIntervalSince1970: -1)).description == "1969-12-31")
    }
}
