import Foundation
import OpsModel
import StackRendering
import Testing

@Suite struct DriftReportTests {
    private let weights = OwnedAttribute(
        type: "aws_lb_listener", attribute: "default_action", owner: "opsctl deploy",
        reason: "the rollout moves traffic")

    private func report(_ json: Data, owned: [OwnedAttribute] = []) throws -> DriftReport {
        try DriftReport(environment: "dev", layers: [("app", PlanDocument(json: json))], owned: owned)
    }

    private func report(_ sample: PlanSample, owned: [OwnedAttribute] = []) throws -> DriftReport {
        try report(sample.json, owned: owned)
    }

    private func lines(_ report: DriftReport) -> [String] {
        report.entries.map { "\($0.class.rawValue) \($0.address) \($0.attribute)" }
    }

    @Test func aRealPlanIsClassedAttributeByAttribute() throws {
        let report = try report(fixture("drift"))
        #expect(report.verdict == .fail)
        #expect(
            lines(report) == [
                "reverted aws_security_group.inline ingress[+]", "reverted aws_security_group.separate tags",
                "reverted aws_sns_topic.this display_name", "reverted aws_ssm_parameter.password value",
                "reverted module.files.aws_s3_bucket_public_access_block.this ",
                "reverted module.files.aws_s3_bucket_versioning.this versioning_configuration[0].status",
                "swallowed aws_security_group.separate ingress[+]",
            ])
        #expect(report.pending == [])
    }

    @Test func theRogueRuleIsToldAndTheOneWithItsOwnResourceIsNot() throws {
        let rogue = try #require(report(fixture("drift")).entries.last)
        #expect(rogue.state == "null" && rogue.planned == "left as it is")
        #expect(rogue.live.contains(#""from_port":22"#) && rogue.live.contains("0.0.0.0/0"))
    }

    @Test func stateLiveAndPlanAreToldForEachAttribute() throws {
        let entries = try report(fixture("drift")).entries
        let topic = try #require(entries.first { $0.attribute == "display_name" })
        #expect(topic.state == "\"alarms\"" && topic.live == "\"by hand\"" && topic.planned == "\"alarms\"")
        let group = try #require(entries.first { $0.address == "aws_security_group.inline" })
        #expect(group.state == "null" && group.planned == "null")
    }

    @Test(arguments: ["drift", "vanished", "first-apply-noise", "weights"])
    func secretsAreNeverShown(_ name: String) throws {
        let text = String(decoding: try canonicalJSON(report(fixture(name))), as: UTF8.self)
        #expect(!text.contains("made-up"))
        if name == "drift" { #expect(text.contains(sensitiveText)) }
    }

    @Test func weightsOfTheRolloutAreOwnedAndNoFault() throws {
        let report = try report(fixture("weights"), owned: [weights])
        #expect(report.verdict == .pass)
        #expect(Set(report.entries.map(\.class)) == [.owned])
        #expect(report.entries.first?.owner == "opsctl deploy")
        #expect(try self.report(fixture("weights")).entries.allSatisfy { $0.class == .swallowed })
    }

    @Test func anOwnedAttributeThatAnApplyWouldChangeIsReverted() throws {
        let sample = PlanSample()
            .drifted("aws_lb_listener.a", before: ["default_action": "x"], after: ["default_action": "y"])
            .with("aws_lb_listener.a", ["update"], before: ["default_action": "y"], after: ["default_action": "x"])
        let report = try report(sample, owned: [weights])
        #expect(report.entries.map(\.class) == [.reverted])
        #expect(report.verdict == .fail)
    }

    @Test func aVanishedResourceIsDeletedOutOfBand() throws {
        let report = try report(fixture("vanished"))
        #expect(
            lines(report) == [
                "reverted aws_sns_topic.this ", "reverted module.files.aws_s3_bucket_public_access_block.this ",
            ])
        #expect(report.entries.allSatisfy { $0.live == "deleted out of band" && $0.planned == "made again" })
        #expect(report.pending == [])
    }

    @Test func whatAProviderOnlyNowReadsBackIsNoDrift() throws {
        let report = try report(fixture("first-apply-noise"))
        #expect(
            lines(report) == ["reverted aws_iam_role_policy_attachments_exclusive.task policy_arns[+]"])
    }

    @Test func aRogueAttachmentWithoutAnExclusiveResourceIsSwallowed() throws {
        let role: [String: Any] = ["id": "task", "name": "task"]
        func arns(_ list: [String]) -> [String: Any] { role.merging(["managed_policy_arns": list]) { $1 } }
        let sample = PlanSample().drifted("aws_iam_role.a", before: arns([]), after: arns(["own", "rogue"]))
            .with("aws_iam_role_policy_attachment.a", after: ["role": "task", "policy_arn": "own"])
        let entries = try report(sample).entries
        #expect(entries.map(\.class) == [.swallowed])
        #expect(entries.map(\.live) == ["\"rogue\""])
    }

    @Test func aBucketPolicyThatNothingManagesIsSwallowed() throws {
        let sample = PlanSample().drifted(
            "aws_s3_bucket.a", before: ["bucket": "b", "policy": ""], after: ["bucket": "b", "policy": "{\"x\":1}"])
        #expect(try report(sample).entries.map(\.class) == [.swallowed])
        let managed = sample.with("aws_s3_bucket_policy.a", after: ["bucket": "b"])
        #expect(try report(managed).entries == [])
    }

    @Test(arguments: [
        (#"null"#, #"{}"#), ("null", "[]"), ("null", #""""#), ("[]", "{}"), ("1", #""1""#),
        (#"["b","a"]"#, #"["a","b"]"#),
        ("null", "false"), (#"[{"a":null}]"#, #"[{"a":[]}]"#), (#""{\"a\": 1}""#, #""{\"a\":1}""#),
    ])
    func twoWaysToWriteTheSameAreNoDrift(_ before: String, _ after: String) throws {
        func value(_ json: String) throws -> [String: Any] {
            ["v": try JSONSerialization.jsonObject(with: Data(json.utf8), options: .fragmentsAllowed)]
        }
        let sample = PlanSample().drifted("a_b.c", before: try value(before), after: try value(after))
        #expect(try report(sample).entries == [])
    }

    @Test(arguments: [
        ("null", "true"), ("1", "2"), (#"["a"]"#, #"["b"]"#), (#"[{"a":1},{"a":2}]"#, #"[{"a":2},{"a":1}]"#),
        ("null", "0"),
    ])
    func otherValuesAreDrift(_ before: String, _ after: String) throws {
        func value(_ json: String) throws -> [String: Any] {
            ["v": try JSONSerialization.jsonObject(with: Data(json.utf8), options: .fragmentsAllowed)]
        }
        let sample = PlanSample().drifted("a_b.c", before: try value(before), after: try value(after))
        #expect(try !report(sample).entries.isEmpty)
    }

    @Test func tagsAreToldOnce() throws {
        let sample = PlanSample().drifted(
            "a_b.c", before: ["tags": NSNull(), "tags_all": ["E": "1"]],
            after: ["tags": ["H": "2"], "tags_all": ["E": "1", "H": "2"]])
        #expect(try report(sample).entries.map(\.attribute) == ["tags"])
    }

    @Test func aDefaultTagThatWasRemovedByHandIsReverted() throws {
        let sample = PlanSample()
            .drifted("a_b.c", before: ["tags_all": ["E": "1"]], after: ["tags_all": [:] as [String: Any]])
            .with("a_b.c", ["update"], before: ["tags_all": [:] as [String: Any]], after: ["tags_all": ["E": "1"]])
        #expect(try report(sample).entries.map(\.class) == [.reverted])
    }

    @Test func changedFilesArePendingAndNoDrift() throws {
        let sample = PlanSample().with(
            "a_b.c", ["update"], before: ["x": 1, "arn": "a"], after: ["x": 2], unknown: ["arn": true]
        )
        .with("a_b.d", ["create"], after: ["x": 1]).with("a_b.e", ["delete"], before: ["x": 1])
        let report = try report(sample)
        #expect(report.verdict == .pass)
        #expect(report.entries == [])
        #expect(
            report.pending.map { "\($0.address) \($0.attribute) \($0.planned)" } == [
                "a_b.c x 2", "a_b.d  made", "a_b.e  destroyed",
            ])
    }

    @Test func driftAndChangedFilesOfOneResourceAreKeptApart() throws {
        let sample = PlanSample().drifted("a_b.c", before: ["x": "1", "y": "1"], after: ["x": "9", "y": "1"])
            .with("a_b.c", ["update"], before: ["x": "9", "y": "1"], after: ["x": "1", "y": "2"])
        let report = try report(sample)
        #expect(report.entries.map(\.attribute) == ["x"] && report.pending.map(\.attribute) == ["y"])
    }

    @Test func driftOfAMovedResourceIsToldUnderItsNewAddress() throws {
        let sample = PlanSample().drifted("a_b.old", before: ["x": "1"], after: ["x": "2"])
            .with("a_b.new", ["update"], before: ["x": "2"], after: ["x": "1"], more: ["previous_address": "a_b.old"])
        #expect(try lines(report(sample)) == ["reverted a_b.new x"])
    }

    @Test(arguments: [("complete", false), ("errored", true)])
    func whatCouldNotAllBeLookedAtIsInconclusive(_ key: String, _ value: Bool) throws {
        var sample = PlanSample()
        sample.document[key] = value
        let report = try report(sample)
        #expect(report.verdict == .inconclusive && report.incomplete == ["app"])
        #expect(try self.report(sample.drifted("a_b.c", before: ["x": 1], after: ["x": 2])).verdict == .fail)
    }

    @Test func noLayerIsInconclusive() throws {
        #expect(try DriftReport(environment: "dev", layers: [], owned: []).verdict == .inconclusive)
    }

    @Test func aPlanWithoutDriftPasses() throws {
        let report = try report(fixture("no-change"))
        #expect(report.verdict == .pass && report.entries == [] && report.pending == [])
    }

    @Test(arguments: [
        ("default_action", true), ("default_action[0].forward", true), ("default_actions", false), ("tags", false),
    ])
    func ownershipIsByWholeSteps(_ path: String, _ isOwned: Bool) throws {
        let name = path.split(whereSeparator: { "[.".contains($0) }).first.map(String.init) ?? ""
        let sample = PlanSample().drifted("aws_lb_listener.a", before: [name: "x"], after: [name: "y"])
        #expect(try report(sample, owned: [weights]).entries.first?.class == (isOwned ? .owned : .swallowed))
    }
}
