import Foundation
import OpsModel
import StackRendering
import Testing

@testable import opsctl

/// Every form of output of the three reports, with texts that hold what each form must escape.
@Suite struct PlanOutputTests {
    private static let evil = "a|b `c` <d> \"e\" 100%\n```x"

    private func folder(_ layer: String) -> String { "Stacks/aws/environments/dev/\(layer)" }

    private func overview(policy: PolicyReport? = nil) throws -> PlanOverview {
        let sample = PlanSample()
            .with("aws_sns_topic.a", ["update"], before: ["display_name": "x"], after: ["display_name": Self.evil])
            .with("aws_s3_bucket.a", ["delete"], before: ["bucket": "b"])
            .output("topic", ["update"], before: "x", after: Self.evil)
        let replaced = PlanSummary(try PlanDocument(json: fixture("replace")), layer: "app")
        return PlanOverview(
            plan: "p-1", environment: "dev",
            layers: [
                .init(
                    layer: "data", outcome: "changes", why: nil, summary: PlanSummary(try sample.plan, layer: "data")),
                .init(layer: "app", outcome: "changes", why: nil, summary: replaced),
                .init(layer: "edge", outcome: "failed", why: "no <credentials>", summary: nil),
            ], policy: policy)
    }

    private func policy() throws -> PolicyReport {
        let sample = PlanSample().with("aws_kms_key.a", after: ["enable_key_rotation": false])
            .with("aws_kms_key.b", after: ["enable_key_rotation": false])
            .with("aws_kms_key.c", ["create"], after: [:], unknown: ["enable_key_rotation": true])
        let waiver = PolicyWaiver(
            rule: "kms.rotation", address: "aws_kms_key.b",
            signed: .init(
                owner: "ana", reason: "is replaced | next <week>", expires: try #require(CalendarDay("2026-12-01"))),
            place: "w.yaml:1:1")
        return try judge(policyRules, waivers: [waiver]).judge([("data", sample.plan)])
    }

    private func drift() throws -> DriftReport {
        let owned = OwnedAttribute(
            type: "aws_lb_listener", attribute: "default_action", owner: "opsctl deploy", reason: "moves traffic")
        return try DriftReport(
            environment: "dev",
            layers: [
                ("network", PlanDocument(json: fixture("drift"))), ("app", PlanDocument(json: fixture("weights"))),
            ],
            owned: [owned])
    }

    private func all() throws -> [any StackReporting] { [try overview(policy: policy()), try policy(), try drift()] }

    @Test(arguments: 0..<3) func junitIsWellFormedAndCountsItsCases(_ index: Int) throws {
        let text = try all()[index].document(.junit, folder: folder)
        let root = try XMLElementNode.parse(text)
        #expect(root.name == "testsuites" && root.children.allSatisfy { $0.name == "testsuite" })
        let cases = root.children.flatMap(\.children)
        #expect(root.attributes["tests"] == "\(cases.count)" && !cases.isEmpty)
        let failures = cases.count { $0.children.contains { $0.name == "failure" } }
        #expect(root.attributes["failures"] == "\(failures)")
    }

    @Test(arguments: 0..<3) func sarifNamesARuleAPlaceAndAFingerprintForEveryResult(_ index: Int) throws {
        let text = try all()[index].document(.sarif, folder: folder)
        let log = try PlanValue(sarif: text)
        let run = try #require(log["runs"]?.elements?.first)
        let rules = Set((run["tool"]?["driver"]?["rules"]?.elements ?? []).compactMap { $0["id"]?.string })
        let results = run["results"]?.elements ?? []
        #expect(!results.isEmpty)
        for result in results {
            #expect(rules.contains(result["ruleId"]?.string ?? ""))
            let location = result["locations"]?.elements?.first?["physicalLocation"]
            #expect(location?["artifactLocation"]?["uri"]?.string?.hasPrefix("Stacks/aws/environments/dev/") == true)
        }
        let prints = results.compactMap { $0["partialFingerprints"]?["opsctlStack/v1"]?.string }
        #expect(Set(prints).count == results.count)
    }

    @Test(arguments: 0..<3) func jsonHasASchemaAndAVerdict(_ index: Int) throws {
        let value = try PlanValue(sarif: all()[index].document(.json, folder: folder))
        #expect(
            value["schema"] == .number("1") && value["verdict"]?.string != nil && value["environment"]?.string != nil)
    }

    @Test(arguments: 0..<3) func annotationsAreOneLineEachAndAtMostTenOfALevel(_ index: Int) throws {
        let lines = try all()[index].annotations(folder: folder)
        #expect(!lines.isEmpty)
        #expect(lines.allSatisfy { $0.hasPrefix("::error file=Stacks/") || $0.hasPrefix("::warning file=Stacks/") })
        #expect(lines.allSatisfy { !$0.contains("\n") })
        #expect(lines.count { $0.hasPrefix("::error") } <= 10)
    }

    @Test(arguments: 0..<3) func markdownClosesWhatItOpens(_ index: Int) throws {
        let text = try all()[index].document(.markdown, folder: folder)
        #expect(text.ranges(of: "<details").count == text.ranges(of: "</details>").count)
        #expect(text.ranges(of: "```").count % 2 == 0)
        #expect(!text.contains("<d>") || text.contains("```diff"))
        #expect(text.hasPrefix("### "))
    }

    @Test func textOfAPlanTellsReplacementsFirstAndWhy() throws {
        let text = try overview().text(hasColor: false)
        let replace = try #require(text.range(of: "± app aws_sns_topic.this  (forced by name)"))
        let update = try #require(text.range(of: "~ app aws_ssm_parameter.password"))
        #expect(replace.lowerBound < update.lowerBound)
        #expect(text.contains("- data aws_s3_bucket.a"))
        #expect(text.contains("no <credentials>"))
        #expect(text.hasSuffix("in 3 layers of dev, plan p-1"))
        #expect(text.contains("inconclusive"))
        #expect(!text.contains("\u{1B}"))
        #expect(try overview().text(hasColor: true).contains("\u{1B}[31m±"))
    }

    @Test func aPlanThatNobodyCouldMakeIsNeverAPass() throws {
        #expect(try overview().verdict == .inconclusive)
        #expect(PlanOverview(plan: nil, environment: "dev", layers: [], policy: nil).verdict == .inconclusive)
        let fine = PlanSummary(try PlanSample().plan, layer: "data")
        let layer = PlanOverview.Layer(layer: "data", outcome: "unchanged", why: nil, summary: fine)
        #expect(PlanOverview(plan: nil, environment: "dev", layers: [layer], policy: nil).verdict == .pass)
        #expect(try PlanOverview(plan: nil, environment: "dev", layers: [layer], policy: policy()).verdict == .fail)
    }

    @Test func textOfAPolicyTellsWhatHoldsAndWhatIsWaived() throws {
        let text = try policy().text(hasColor: false)
        #expect(
            text.contains("fail: kms.rotation data aws_kms_key.a\n  found: enable_key_rotation is false, expected true")
        )
        #expect(text.contains("unknown: kms.rotation data aws_kms_key.c"))
        #expect(text.contains("waived  kms.rotation  aws_kms_key.b  ana until 2026-12-01"))
        #expect(text.contains("fail: 1 broken, 1 not known yet, 0 warnings, 1 waived"))
    }

    @Test func junitOfAPolicyTellsFailuresFromWhatIsNotKnown() throws {
        let root = try XMLElementNode.parse(policy().document(.junit, folder: folder))
        let test = try #require(root.children.first?.children.first { $0.attributes["name"] == "kms.rotation" })
        #expect(test.children.map(\.name) == ["failure"])
        let unknown = PlanSample().with("aws_kms_key.c", ["create"], after: [:], unknown: ["enable_key_rotation": true])
        let report = try judge(policyRules).judge([("data", unknown.plan)])
        #expect(try XMLElementNode.parse(report.document(.junit, folder: folder)).attributes["errors"] == "1")
    }

    @Test func textOfDriftTellsStateLiveAndPlan() throws {
        let text = try drift().text(hasColor: false)
        #expect(
            text.contains(
                "reverted: network aws_sns_topic.this display_name\n  state: \"alarms\"\n  live:  \"by hand\"\n  apply: \"alarms\""
            ))
        #expect(text.contains("owned: app aws_lb_listener.this"))
        #expect(text.contains("  owner: opsctl deploy, moves traffic"))
        #expect(text.contains("6 reverted, 1 swallowed"))
    }

    @Test func noFormatShowsASecret() throws {
        for report in try all() {
            for format in StackFormat.allCases {
                #expect(!(try report.document(format, folder: folder)).contains("made-up"))
            }
            #expect(!(try report.annotations(folder: folder)).joined().contains("made-up"))
        }
    }

    @Test func aPageThatIsTooLongSaysWhatIsMissingAndStaysBelowItsLimit() throws {
        var sample = PlanSample()
        for index in 0..<2000 {
            sample = sample.with(
                "aws_sns_topic.topic[\(index)]", ["update"], before: ["display_name": "old"],
                after: ["display_name": "new \(index)"])
        }
        let layer = PlanOverview.Layer(
            layer: "data", outcome: "changes", why: nil, summary: PlanSummary(try sample.plan, layer: "data"))
        let text = try PlanOverview(plan: nil, environment: "dev", layers: [layer], policy: nil).document(
            .markdown, folder: folder)
        #expect(text.utf8.count < 60_000 && text.utf8.count > 50_000)
        #expect(text.contains("more did not fit here"))
        #expect(text.ranges(of: "<details").count == text.ranges(of: "</details>").count)
    }

    @Test func cellsAndCodeCannotLeaveTheirPlace() {
        #expect(MarkdownPage.row(["a|b", "c\nd", "<x>"]) == "| a\\|b | c<br>d | &lt;x> |")
        #expect(MarkdownPage.code("a`b\nc") == "`a'b c`")
        #expect(MarkdownPage.difference(["```"]).ranges(of: "```").count == 2)
    }
}

extension PlanValue {
    fileprivate init(sarif text: String) throws {
        self = try #require(PlanValue(jsonObject: JSONSerialization.jsonObject(with: Data(text.utf8))))
    }

    private init?(jsonObject: Any) {
        switch jsonObject {
        case let text as String: self = .string(text)
        case let list as [Any]: self = .list(list.compactMap(PlanValue.init(jsonObject:)))
        case let object as [String: Any]: self = .object(object.compactMapValues(PlanValue.init(jsonObject:)))
        case let number as NSNumber: self = .number("\(number)")
        default: self = .null
        }
    }
}
