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

    private func load(_ text: String) -> [ConfigurationProblem] {
        do {
            _ = try ConfigurationFile(
                text: "version: 1\nprotection: ephemeral\n\(text)", path: "x", displayPath: "x.yaml",
                shape: .environment)
            return []
        } catch { return error.problems }
    }

    @Test(arguments: [
        ("probes:\n  - {name: a, timeout: '${capture:x}', http: {url: x}}\n", "${capture:x}"),
        ("probes:\n  - {name: a, postgres: {url: x, role: '${release:name}'}}\n", "${release:name}"),
        ("probes:\n  - {name: a, http: {url: '${slot:port}'}}\n", "${slot:port}"),
        ("app: {artifact: a, arguments: ['${slot:port}'], environment: {X: {value: x}}}\n", "${slot:port}"),
        ("app: {artifact: a, environment: {X: {value: '${capture:x}'}}}\n", "${capture:x}"),
        ("smoke:\n  - {name: a, request: {path: '/${slot:color}'}}\n", "${slot:color}"),
        ("smoke:\n  - {name: '${capture:x}', request: {path: /}}\n", "${capture:x}"),
    ])
    func aReferenceThatNothingFillsThereIsAProblemAtLoading(_ text: String, _ reference: String) {
        #expect(load(text).map(\.why) == ["\(reference) has no value here"])
    }

    @Test(arguments: [
        "app: {artifact: a, environment: {X: {value: '${slot:port} ${slot:color} ${release:name}'}}}\n",
        "smoke:\n  - {name: a, request: {path: '/${capture:x}', body: '${capture:x}', headers: {a: '${capture:x}'}}}\n",
    ])
    func aReferenceWhereADeployFillsItIsNone(_ text: String) {
        #expect(load(text).isEmpty)
    }

    @Test(arguments: [("slot:prot", "did you mean ${slot:port}?"), ("release:nmae", "did you mean ${release:name}?")])
    func anUnknownNameOfASlotOrReleaseNamesTheNearest(_ name: String, _ fix: String) {
        #expect(load("app: {artifact: a, environment: {X: {value: '${\(name)}'}}}\n").map(\.fix) == [fix])
    }

    @Test func aKeyThatIsReadAsItStandsTakesNoReference() throws {
        let error = #expect(throws: ConfigurationError.self) {
            _ = try ConfigurationFile(
                text: "version: 1\nprotection: '${env:P}'\n", path: "x", displayPath: "x.yaml", shape: .environment)
        }
        #expect(try #require(error).problems[0].keyPath == "protection")
    }

    @Test(arguments: ["${capture:x}", "${env:OTHER}", "${"])
    func contentThatLooksLikeAReferenceIsTypeCheckedAndNotReadAgain(_ content: String) throws {
        let error = #expect(throws: ConfigurationError.self) {
            try section("${env:T}", environment: ["T": content, "OTHER": "3s"])
        }
        #expect(try #require(error).problems[0].why.hasPrefix("the referenced value is not a duration"))
    }

    @Test(arguments: ["deploy", "bake", "retry"]) func anIntervalHasAtLeastTenMilliseconds(_ place: String) {
        let text =
            switch place {
            case "deploy": "deploy: {health: {interval: 9ms}}\n"
            case "bake": "deploy: {bake: {interval: 0s}}\n"
            default: "smoke:\n  - {name: a, request: {path: /}, retry: {deadline: 1s, interval: 1ms}}\n"
            }
        let problem = load(text).first { $0.keyPath.hasSuffix(".interval") }
        #expect(problem?.fix == "write a duration of at least 10ms, such as 250ms")
    }
}
