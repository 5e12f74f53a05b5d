import Foundation
import Testing

@testable import Probes

/// What the Terraform modules promise in their `probes.tf`, read as text.
private enum StackModules {
    static let folder =
        URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().path + "/Stacks/aws/modules"

    /// Since then modules promise what this file reads.
    static var areThere: Bool { FileManager.default.fileExists(atPath: "\(folder)/storage/probes.tf") }

    struct Promise: Sendable {
        let module: String
        let kind: String
        let locators: [String]
        let settings: [String]
    }

    static func promises() throws -> [Promise] {
        try FileManager.default.contentsOfDirectory(atPath: folder).sorted().flatMap { module in
            let path = "\(folder)/\(module)/probes.tf"
            guard FileManager.default.fileExists(atPath: path) else { return [Promise]() }
            return promises(in: try String(contentsOfFile: path, encoding: .utf8), of: module)
        }
    }

    /// Each innermost object with a `kind`, its keys, and the keys of its `expect`.
    private static func promises(in text: String, of module: String) -> [Promise] {
        let lines = text.split(separator: "\n").filter { !$0.contains(#/^\s*#/#) }.joined(separator: "\n")
        return lines.matches(of: #/kind\s*=\s*"(aws\.[a-z0-9_]+)"/#).compactMap { match in
            guard let expect = lines[match.range.upperBound...].firstRange(of: #/expect\s*=\s*\{/#) else { return nil }
            let between = lines[match.range.upperBound..<expect.lowerBound]
            var depth = 1
            let body = lines[expect.upperBound...].prefix { character in
                depth += character == "{" ? 1 : character == "}" ? -1 : 0
                return depth > 0
            }
            return Promise(
                module: module, kind: String(match.output.1), locators: keys(between), settings: keys(body))
        }
    }

    /// Names before `=` outside of brackets.
    private static func keys(_ text: Substring) -> [String] {
        var depth = 0
        let flat = text.filter { character in
            if "{[(".contains(character) { depth += 1 }
            if "}])".contains(character) { depth -= 1 }
            return depth == 0
        }
        return flat.matches(of: #/(?:^|[\n,{]|\s)([a-z_]+)\s*=(?!=)/#).map { String($0.output.1) }
    }
}

@Suite(.enabled(if: StackModules.areThere, "the modules in this checkout promise in an older form"))
struct StackModulesTests {
    @Test func everyPromiseOfAModuleHasACheck() throws {
        let promises = try StackModules.promises()
        #expect(promises.count >= 20)
        for promise in promises {
            guard let kind = awsKinds.first(where: { $0.kind == promise.kind }) else {
                Issue.record("\(promise.module): there is no kind \(promise.kind)")
                continue
            }
            let unknown = promise.settings.filter { key in !kind.settings.contains { $0.key == key } }
            #expect(unknown == [], "\(promise.module) promises of \(promise.kind)")
            let strange = promise.locators.filter { !(kind.locators + ["id", "region"]).contains($0) }
            #expect(strange == [], "\(promise.module) locates \(promise.kind)")
            #expect(Set(kind.locators).isSubset(of: promise.locators), "\(promise.module): \(promise.kind)")
        }
    }

    /// But the account, which the file of targets names.
    @Test func everyKindIsPromisedBySomeModule() throws {
        let promised = Set(try StackModules.promises().map(\.kind))
        #expect(awsKinds.map(\.kind).filter { !promised.contains($0) } == ["aws.account"])
    }
}
