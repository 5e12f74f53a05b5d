import Foundation
import OpsModel
import StackRendering
import Testing

@Suite struct PlanSummaryTests {
    private func summary(_ sample: PlanSample) throws -> PlanSummary { PlanSummary(try sample.plan, layer: "data") }

    @Test func everyActionIsCounted() throws {
        let summary = try summary(
            PlanSample().with("a_b.create", ["create"], after: [:])
                .with("a_b.update", ["update"], before: ["x": 1], after: ["x": 2])
                .with("a_b.replace", ["delete", "create"], before: ["x": 1], after: ["x": 2])
                .with("a_b.before", ["create", "delete"], before: ["x": 1], after: ["x": 2])
                .with("a_b.destroy", ["delete"], before: [:]).with("a_b.forget", ["forget"], before: [:])
                .with("data.a_b.read", ["read"], after: [:]).with("a_b.same", after: ["x": 1])
                .with("a_b.moved", after: ["x": 1], more: ["previous_address": "a_b.old"])
                .with("a_b.imported", after: ["x": 1], change: ["importing": ["id": "x"]]))
        let counts = summary.counts
        #expect((counts.add, counts.change, counts.replace, counts.destroy) == (1, 1, 2, 1))
        #expect((counts.read, counts.import, counts.move, counts.forget) == (1, 1, 1, 1))
        #expect(summary.items.first?.action == .replace)
        #expect(!summary.items.contains { $0.address == "a_b.same" })
    }

    @Test func aPlanThatOnlyReadsIsEmpty() throws {
        #expect(try summary(PlanSample().with("data.a_b.c", ["read"], after: [:]).with("a_b.c", after: [:])).isEmpty)
        #expect(try !summary(PlanSample().output("o", ["update"], before: 1, after: 2)).isEmpty)
        #expect(try !summary(PlanSample().with("a_b.c", after: [:], more: ["previous_address": "a_b.d"])).isEmpty)
    }

    @Test func aRealReplacementNamesTheAttributeThatForcesIt() throws {
        let summary = PlanSummary(try PlanDocument(json: fixture("replace")), layer: "x")
        let item = try #require(summary.items.first)
        #expect(item.address == "aws_sns_topic.this" && item.action == .replace)
        #expect(item.replacePaths == ["name"])
        #expect(item.actionReason == "replace_because_cannot_update")
        let forcing = item.changes.filter(\.forcesReplacement)
        #expect(forcing.map(\.path) == ["name"])
        #expect(forcing.map(\.before) == ["\"acme-dev\""] && forcing.map(\.after) == ["\"acme-dev-2\""])
        #expect(item.changes.contains { $0.path == "arn" && $0.after == unknownText })
    }

    @Test(arguments: ["first-plan", "drift", "replace", "vanished"])
    func aSummaryOfARealPlanHoldsNoSecret(_ name: String) throws {
        let text = String(
            decoding: try canonicalJSON(PlanSummary(try PlanDocument(json: fixture(name)), layer: "x")), as: UTF8.self)
        #expect(!text.contains("made-up"))
    }

    @Test func aPlanWithoutChangesIsEmpty() throws {
        #expect(PlanSummary(try PlanDocument(json: fixture("no-change")), layer: "x").isEmpty)
    }

    private func changes(
        _ before: [String: Any], _ after: [String: Any], unknown: [String: Any] = [:], sensitive: [String: Any] = [:]
    )
        throws -> [String]
    {
        let sample = PlanSample().with(
            "a_b.c", ["update"], before: before, after: after, unknown: unknown, sensitive: sensitive)
        return try summary(sample).items.flatMap(\.changes).map { "\($0.path): \($0.before) -> \($0.after)" }
    }

    @Test func leavesAreToldByTheirPaths() throws {
        #expect(
            try changes(["a": ["b": [["c": 1]]], "t": ["x y": "1"]], ["a": ["b": [["c": 2]]], "t": ["x y": "2"]])
                == ["a.b[0].c: 1 -> 2", "t[\"x y\"]: \"1\" -> \"2\""])
    }

    @Test func elementsOfListsComeAndGo() throws {
        #expect(
            try changes(["l": ["a", "b"], "s": [["p": 1]]], ["l": ["b", "c"], "s": [["p": 1], ["p": 2]]])
                == [#"l[-]: "a" -> null"#, #"l[+]: null -> "c""#, #"s[+]: null -> {"p":2}"#])
        #expect(try changes(["l": ["a", "b"]], ["l": ["b", "a"]]) == [#"l: ["a","b"] -> ["b","a"]"#])
    }

    @Test func whatApplyWillTellIsSaid() throws {
        #expect(
            try changes(["arn": "x", "l": [["id": "1"]]], ["l": [[:]]], unknown: ["arn": true, "l": [["id": true]]])
                == ["arn: \"x\" -> (known after apply)", "l[0].id: \"1\" -> (known after apply)"])
    }

    @Test func sensitiveSidesAreHiddenAlsoInsideElements() throws {
        #expect(
            try changes(
                ["p": "one", "l": [["k": "a1", "n": 1]]],
                ["p": "two", "l": [["k": "a1", "n": 1], ["k": "b2", "n": 2]]],
                sensitive: ["p": true, "l": [["k": true], ["k": true]]])
                == [#"l[+]: null -> {"k":"(sensitive)","n":2}"#, "p: (sensitive) -> (sensitive)"])
    }

    @Test func policiesAreComparedInside() throws {
        #expect(
            try changes(["policy": #"{"Statement":[{"Action":"a"}]}"#], ["policy": #"{"Statement":[{"Action":"b"}]}"#])
                == [#"policy.Statement[0].Action: "a" -> "b""#])
    }

    @Test func outputsThatChangeAreShownWithoutTheirSecrets() throws {
        let summary = try summary(
            PlanSample().output("postgres", ["update"], before: ["h": "a"], after: ["h": "b"])
                .output("redis", ["no-op"], before: 1, after: 1)
                .output("token", ["create"], before: nil, after: "hidden-token", isSensitive: true))
        #expect(summary.outputs.map(\.after) == [#"{"h":"b"}"#, sensitiveText])
    }
}
