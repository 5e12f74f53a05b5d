import Foundation
import OpsConfiguration
import OpsModel
import StackRendering
import TestSupport
import Testing

@testable import opsctl

@Suite struct PolicyFileTests {
    private static let today = CalendarDay("2026-11-23")

    private func read(waivers: String? = nil, owned: String? = nil) throws -> StackPolicy {
        try withScratchDirectory { folder in
            let files = [
                ("opsctl.yaml", "version: 1\nservice: acme\n"),
                ("environments/dev.yaml", "version: 1\nprotection: ephemeral\n"),
                ("Stacks/aws/policy/waivers.yaml", waivers), ("Stacks/aws/policy/owned.yaml", owned),
            ]
            for case (let path, let text?) in files {
                let url = URL(filePath: "\(folder)/\(path)")
                try FileManager.default.createDirectory(
                    at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
                try Data(text.utf8).write(to: url)
            }
            let project = try Project(folder: folder, environmentName: "dev", variables: [:])
            return try StackPolicy(project, today: #require(Self.today))
        }
    }

    private func waiver(
        rule: String = "logs.encrypted", reason: String = "holds no personal data", expires: String = "2027-01-31",
        more: String = ""
    ) -> String {
        """
        version: 1
        waivers:
          - rule: \(rule)
            address: module.network.*
            reason: \(reason)
            owner: ana@example.com
            expires: \(expires)
        \(more)
        """
    }

    private func problems(_ text: String) -> [ConfigurationProblem] {
        do {
            _ = try read(waivers: text)
            return []
        } catch let error as ConfigurationError {
            return error.problems
        } catch {
            Issue.record(error)
            return []
        }
    }

    @Test func aProjectWithoutTheFilesHasNoWaivers() throws {
        let policy = try read()
        #expect(policy.waivers == [] && policy.owned == [])
        #expect(try read(waivers: "version: 1\n", owned: "version: 1\n").waivers == [])
    }

    @Test func aWaiverIsReadWithItsPlace() throws {
        let text = waiver(more: "    layer: network\n    environment: dev*\n    only: unknown")
        let waiver = try #require(read(waivers: text).waivers.first)
        #expect(waiver.rule == "logs.encrypted" && waiver.address == "module.network.*" && waiver.layer == "network")
        #expect(waiver.environment == "dev*" && waiver.isForUnknownOnly)
        #expect(waiver.owner == "ana@example.com" && waiver.expires.description == "2027-01-31")
        #expect(waiver.place == "Stacks/aws/policy/waivers.yaml:3:5")
    }

    @Test func anUnknownRuleIsRefusedAtItsLineWithTheNearestName() {
        let found = problems(waiver(rule: "logs.encryptet"))
        #expect(found.map(\.place) == ["Stacks/aws/policy/waivers.yaml:3:5"])
        #expect(found.map(\.fix) == ["did you mean logs.encrypted?"])
    }

    @Test func aFamilyOfRulesCanBeNamedIfThereIsOne() {
        #expect(problems(waiver(rule: "service.*")).isEmpty)
        #expect(problems(waiver(rule: "servce.*")).count == 1)
    }

    @Test(arguments: ["2026-02-30", "soon", "31.12.2026", "\"\""]) func whatIsNoDayIsRefused(_ day: String) {
        let found = problems(waiver(expires: day))
        #expect(found.map(\.place) == ["Stacks/aws/policy/waivers.yaml:7:5"])
    }

    @Test(arguments: [("2027-11-23", true), ("2027-11-24", false), ("2020-01-01", true)])
    func aWaiverHoldsForAYearAtMost(_ day: String, _ isAccepted: Bool) {
        #expect(problems(waiver(expires: day)).isEmpty == isAccepted)
    }

    @Test func aReasonMustExplain() {
        #expect(problems(waiver(reason: "because")).map(\.keyPath) == ["waivers[0].reason"])
    }

    @Test(arguments: [
        ("    layer: datta", "did you mean data?"), ("    only: broken", "write one of them"),
        ("    until: x", "valid keys"),
    ])
    func unknownLayersChoicesAndKeysAreRefused(_ line: String, _ fix: String) {
        let found = problems(waiver(more: line))
        #expect(found.count == 1 && found[0].fix.contains(fix))
        #expect(found.first?.place.hasPrefix("Stacks/aws/policy/waivers.yaml:8:") == true)
    }

    @Test func everythingThatIsWrongIsToldAtOnce() {
        #expect(problems(waiver(rule: "nothing.like_it", reason: "no", expires: "never")).count == 3)
    }

    @Test func ownedAttributesAreRead() throws {
        let policy = try read(
            owned: """
                version: 1
                owned:
                  - {type: aws_lb_listener, attribute: default_action, owner: opsctl deploy, reason: the rollout moves traffic}
                """)
        #expect(policy.owned.map(\.attribute) == ["default_action"])
        #expect(throws: ConfigurationError.self) {
            try read(owned: "version: 1\nowned:\n  - {type: a, attribute: b, owner: c, reason: short}\n")
        }
    }

    @Test func theFilesOfThisProjectAreInOrder() throws {
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        func text(_ name: String) throws -> String {
            try String(contentsOf: root.appending(path: "Stacks/aws/policy/\(name).yaml"), encoding: .utf8)
        }
        let policy = try read(waivers: text("waivers"), owned: text("owned"))
        #expect(policy.owned.contains { $0.type == "aws_lb_listener" })
    }
}
