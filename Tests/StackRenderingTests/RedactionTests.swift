import Foundation
import Testing

@testable import StackRendering

@Suite struct RedactionTests {
    private let secret = "made-up-Hunter2-Password"

    private func redacted(_ sample: PlanSample) throws -> String {
        String(decoding: try PlanDocument.redacted(sample.json), as: UTF8.self)
    }

    @Test(arguments: ["first-plan", "no-change", "drift", "replace", "vanished"])
    func noSecretOfARealPlanIsLeft(_ name: String) throws {
        let json = try fixture(name)
        #expect(String(decoding: json, as: UTF8.self).contains(secret))
        let text = String(decoding: try PlanDocument.redacted(json), as: UTF8.self)
        #expect(!text.contains(secret))
        #expect(!text.contains("made-up-Changed-By-Hand"))
        #expect(text.contains(sensitiveText))
    }

    @Test(arguments: ["first-plan", "drift", "replace"])
    func aRedactedPlanIsStillAPlanAndRedactsToItself(_ name: String) throws {
        let once = try PlanDocument.redacted(fixture(name))
        let plan = try PlanDocument(json: once)
        #expect(
            plan.resourceChanges.map(\.address)
                == (try PlanDocument(json: fixture(name))).resourceChanges.map(\.address))
        #expect(try PlanDocument.redacted(once) == once)
    }

    @Test func nestedMarksHideOnlyWhatTheyMark() throws {
        let sample = PlanSample().with(
            "a_b.c", ["create"], after: ["users": [["name": "visible", "key": "hidden-key"], ["name": "second"]]],
            sensitive: ["users": [["key": true]]])
        let text = try redacted(sample)
        #expect(!text.contains("hidden-key"))
        #expect(text.contains("visible") && text.contains("second"))
    }

    @Test func whatIsSensitiveOnOneSideIsHiddenOnBoth() throws {
        let sample = PlanSample().with(
            "a_b.c", ["update"], before: ["v": "old-1"], after: ["v": "new-1"],
            change: ["before_sensitive": [:], "after_sensitive": ["v": true]])
        let text = try redacted(sample)
        #expect(!text.contains("old-1") && !text.contains("new-1"))
    }

    @Test func aSecretIsHiddenWhereNothingMarksIt() throws {
        let sample = PlanSample()
            .with("a_b.c", ["create"], after: ["password": secret], sensitive: ["password": true])
            .with("a_b.d", ["create"], after: ["url": "postgres://app:\(secret)@db", "\(secret)": 1])
        #expect(!(try redacted(sample)).contains(secret))
    }

    @Test func aSecretInsideADocumentIsHiddenWithItsEscapes() throws {
        let quoted = "made\"up\\zzyzx"
        let inner = String(decoding: try JSONSerialization.data(withJSONObject: ["p": quoted]), as: UTF8.self)
        let sample = PlanSample()
            .with("a_b.c", ["create"], after: ["password": quoted], sensitive: ["password": true])
            .with("a_b.d", ["create"], after: ["document": inner])
        #expect(!(try redacted(sample)).contains("zzyzx"))
    }

    @Test func shortSecretsAreHiddenWhereTheyAreMarkedOnly() throws {
        let sample = PlanSample()
            .with("a_b.c", ["create"], after: ["pin": "1234"], sensitive: ["pin": true])
            .with("a_b.d", ["create"], after: ["port": "1234"])
        let text = try redacted(sample)
        #expect(text.contains(#""pin":"(sensitive)""#) && text.contains(#""port":"1234""#))
    }

    @Test func aSecretThatIsAWordOfTheFormatLeavesTheFormatAlone() throws {
        let sample = PlanSample()
            .with(
                "a_b.c", ["create"], after: ["password": "managed", "mode": "managed"], sensitive: ["password": true])
        let plan = try PlanDocument(json: PlanDocument.redacted(sample.json))
        #expect(plan.resourceChanges.map(\.isData) == [false])
        #expect(!(try redacted(sample)).contains(#""after":{"mode":"managed"#))
    }

    @Test func variablesAreHiddenUnlessTheyAreDeclaredHarmless() throws {
        let sample = PlanSample()
            .setting("variables", to: ["a": ["value": "aaaaaa"], "b": ["value": "bbbbbb"], "c": ["value": "cccccc"]])
            .setting(
                "configuration",
                to: ["root_module": ["variables": ["a": ["sensitive": true, "default": "dddddd"], "b": [:]]]])
        let text = try redacted(sample)
        #expect(!text.contains("aaaaaa") && !text.contains("cccccc") && !text.contains("dddddd"))
        #expect(text.contains("bbbbbb"))
    }

    @Test func literalsOfSensitiveArgumentsAndProviderCredentialsAreHidden() throws {
        let sample = PlanSample()
            .with("a_b.c", ["create"], after: ["pin": "12345"], sensitive: ["pin": true])
            .setting(
                "configuration",
                to: [
                    "provider_config": [
                        "aws": [
                            "name": "aws",
                            "expressions": [
                                "secret_key": ["constant_value": "abc"], "region": ["constant_value": "eu-1"],
                            ],
                        ]
                    ],
                    "root_module": [
                        "resources": [
                            [
                                "address": "a_b.c", "mode": "managed", "type": "a_b", "name": "c",
                                "expressions": ["pin": ["constant_value": "12345"], "port": ["constant_value": 1]],
                            ]
                        ]
                    ],
                ])
        let text = try redacted(sample)
        #expect(!text.contains("12345") && !text.contains("\"abc\""))
        #expect(text.contains("eu-1") && text.contains(#""port":{"constant_value":1}"#))
    }

    @Test func sensitiveOutputsAreHiddenInChangesAndInTheState() throws {
        let sample = PlanSample().output("o", ["create"], before: nil, after: "out", isSensitive: true)
            .setting("planned_values", to: ["outputs": ["o": ["sensitive": true, "value": "out", "type": "string"]]])
            .setting(
                "prior_state",
                to: ["values": ["outputs": ["o": ["sensitive": true, "value": "out", "type": "string"]]]])
        #expect(!(try redacted(sample)).contains("\"out\""))
    }

    @Test func resourcesOfTheStateAreHiddenByTheirMarksAndWithoutMarksAsAWhole() throws {
        let resource: [String: Any] = ["address": "a_b.c", "mode": "managed", "type": "a_b", "name": "c"]
        let marked = resource.merging(["values": ["x": "abc", "y": "def"], "sensitive_values": ["x": true]]) { $1 }
        let unmarked = resource.merging(["values": ["x": "ghi"]]) { $1 }
        let module: [String: Any] = ["address": "module.m", "resources": [marked, unmarked]]
        let sample = PlanSample().setting("planned_values", to: ["root_module": ["child_modules": [module]]])
        let text = try redacted(sample)
        #expect(!text.contains("abc") && !text.contains("ghi") && text.contains("def"))
    }

    @Test func sectionsThatAreNotKnownAreHiddenAsAWhole() throws {
        let sample = PlanSample().setting("action_invocations", to: [["argument": "xyz"]])
        #expect(try redacted(sample).contains(#""action_invocations":"(sensitive)""#))
    }

    @Test func changesWithoutMarksAreHiddenAsAWhole() throws {
        var sample = PlanSample()
        sample.document["output_changes"] = ["o": ["actions": ["create"], "after": "xyz"]]
        #expect(!(try redacted(sample)).contains("xyz"))
    }

    @Test(arguments: [["after_sensitive": "yes"], ["after_sensitive": ["v": 1]]] as [[String: any Sendable]])
    func marksThatAreNotUnderstoodAreRefused(_ change: [String: any Sendable]) throws {
        let sample = PlanSample().with("a_b.c", ["create"], after: ["v": "x"], change: change)
        #expect(throws: PlanDocumentError.self) { try PlanDocument.redacted(sample.json) }
    }

    @Test func anAbsentSecretStaysVisibleAsNull() throws {
        let sample = PlanSample().with(
            "a_b.c", ["create"], after: ["password": NSNull()], sensitive: ["password": true])
        #expect(try redacted(sample).contains(#""password":null"#))
    }
}
