import Foundation
import OpsConfiguration
import OpsModel
import TestSupport
import Testing

@Suite struct ReferenceTests {
    private func section(_ url: String, environment: [String: String] = [:], folder: String = "/nowhere") throws
        -> ConfigurationValue?
    {
        let text =
            "version: 1\nprotection: ephemeral\nprobes:\n  - name: a\n    timeout: \"\(url)\"\n    http: {url: x}\n"
        let file = try ConfigurationFile(text: text, path: "x", displayPath: "x.yaml", shape: .environment)
        return try file.section("probes", environment: environment, folder: folder)
    }

    private func timeout(_ value: ConfigurationValue?) -> Duration? { value?.elements[0]["timeout"]?.duration }

    @Test func valuesComeFromTheEnvironmentAndFromFiles() throws {
        #expect(timeout(try section("${env:T}", environment: ["T": "3s"])) == .seconds(3))
        try withScratchDirectory { folder in
            try "4s\n".write(toFile: "\(folder)/t", atomically: true, encoding: .utf8)
            #expect(timeout(try section("${file:t}", folder: folder)) == .seconds(4))
            #expect(
                timeout(try section("${env:N}${file:unit}", environment: ["N": "5"], folder: try unit(folder)))
                    == .seconds(5))
        }
    }

    private func unit(_ folder: String) throws -> String {
        try "s".write(toFile: "\(folder)/unit", atomically: true, encoding: .utf8)
        return folder
    }

    @Test(arguments: ["${env:ABSENT}", "${file:absent}", "${vault:x}", "${env:}", "${env:T"])
    func aReferenceThatCannotBeResolvedIsAProblemAtItsPlace(_ text: String) throws {
        let error = #expect(throws: ConfigurationError.self) { try section(text) }
        #expect(try #require(error).problems[0].place == "x.yaml:5:5")
        #expect(try #require(error).problems[0].keyPath == "probes[0].timeout")
    }

    @Test func aResolvedValueOfTheWrongTypeIsDescribedAndNotQuoted() throws {
        let error = #expect(throws: ConfigurationError.self) { try section("${env:T}", environment: ["T": "hunter2"]) }
        #expect(!"\(try #require(error).diagnostics)".contains("hunter2"))
    }

    @Test func otherSectionsAreNotResolved() throws {
        let text =
            "version: 1\nprotection: ephemeral\napp:\n  artifact: a\n  environment:\n    X: {value: \"${env:ABSENT}\"}\n"
            + "probes:\n  - name: a\n    http: {url: x}\n"
        let file = try ConfigurationFile(text: text, path: "x", displayPath: "x.yaml", shape: .environment)
        #expect(try file.section("probes", environment: [:], folder: "/")?.elements.count == 1)
    }
}
