import Foundation
import OpsConfiguration
import Testing

@Suite struct JSONSchemaTests {
    @Test func theSchemaIsClosedAndNamesEveryTopLevelKey() throws {
        let data = try JSONSchema.document(for: .environment, title: "t")
        let root = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
        #expect(root["additionalProperties"] as? Bool == false)
        let properties = try #require(root["properties"] as? [String: Any])
        #expect(
            Set(properties.keys) == [
                "version", "protection", "env_file", "app", "maintenance", "probes", "deploy", "smoke", "stack",
                "drills", "notify",
            ])
        #expect(Set(root["required"] as? [String] ?? []) == ["version", "protection"])
    }

    @Test func theSchemaIsTheSameEveryTime() throws {
        #expect(
            try JSONSchema.document(for: .environment, title: "t") == JSONSchema.document(for: .environment, title: "t")
        )
    }
}

@Suite struct NearestNameTests {
    @Test(arguments: [("deplyo", "deploy"), ("probe", "probes"), ("smok", "smoke"), ("protecton", "protection")])
    func aSlipFindsItsWord(_ text: String, _ word: String) {
        #expect(nearestName(to: text, among: ["deploy", "probes", "smoke", "protection", "stack"]) == word)
    }

    @Test func aStrangeWordFindsNone() {
        #expect(nearestName(to: "kubernetes", among: ["deploy", "probes"]) == nil)
    }
}
