import Foundation
import Testing

@testable import Probes

@Suite struct AWSDocumentationTests {
    private let text: String

    init() throws {
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent()
        text = try String(contentsOf: root.appending(path: "docs/probes-aws.md"), encoding: .utf8)
    }

    @Test(arguments: awsKinds.map(\.kind)) func everyCheckIsDescribedWithItsQuestionAndRight(_ kind: String) throws {
        let type = try #require(probeKinds.first { $0.kind == kind })
        let start = try #require(text.range(of: "### `\(kind)`"))
        let section = text[start.upperBound...].components(separatedBy: "\n### ")[0]
        for check in type.checks {
            #expect(
                section.contains("| `\(check.name)` | \(check.question) | `\(check.privilege ?? "")` |"),
                "\(kind).\(check.name)")
        }
    }

    @Test func thePolicyHoldsEveryRightAndNoOther() throws {
        let needed = Set(
            awsKinds.flatMap { $0.type.checks }.compactMap(\.privilege).flatMap {
                $0.components(separatedBy: ", ")
            }
        ).union(["sts:GetCallerIdentity"])
        let policy = try #require(text.components(separatedBy: "\"Action\": [").last)
        let granted = policy.matches(of: #/"([a-z0-9]+:[A-Za-z0-9]+)"/#).map { String($0.output.1) }
        #expect(granted == needed.sorted())
    }
}
