import Foundation
import OpsConfiguration
import OpsModel
@testable import StackRendering
import TestSupport
import Testing

struct StackOutputsTests {
    private static let endpoint = "http://127.0.0.1:4566"
    private static let one: [String: [String: PlainJSON]] = ["edge": ["edge": .object(["domain": .string("3s")])]]

    /// Keeps `layers` in `folder`, as a project does.
    private func keep(
        _ layers: [String: [String: PlainJSON]], in folder: String, endpoint: String? = endpoint
    ) throws -> StackWorkspace {
        let settings = sampleSettings()
        let workspace = StackWorkspace(root: "\(folder)/.opsctl/stacks/prod", environment: "prod")
        try workspace.makeFolder(workspace.root)
        let terraform = try Terraform(path: "/nowhere", environment: [:], scratch: folder)
        let reader = StackOutputsReader(
            settings: settings, runs: LayerRuns(settings: settings, workspace: workspace, terraform: terraform),
            endpoint: endpoint)
        let (outputs, targets) = reader.gathered(layers, [])
        try workspace.keep(outputs, targets)
        return workspace
    }

    private func document(_ path: String) throws -> [String: PlainJSON] {
        try JSONDecoder().decode([String: PlainJSON].self, from: Data(contentsOf: URL(filePath: path)))
    }

    /// Reads `${stack:edge.domain}`; nil or why it has no value.
    private func problem(
        in folder: String, protection: String = "critical", environment: [String: String] = [:]
    ) throws -> String? {
        let text = """
            version: 1
            protection: \(protection)
            probes:
              - name: a
                timeout: "${stack:edge.domain}"
                http: {url: x}

            """
        let file = try ConfigurationFile(
            text: text, path: "prod.yaml", displayPath: "prod.yaml", shape: .environment)
        do {
            _ = try file.section("probes", environment: environment, folder: folder)
            return nil
        } catch { return try #require(error.problems.first).why }
    }

    @Test func bothFilesSayOfWhereTheyAreAndThatTheyBelongTogether() throws {
        try withScratchDirectory { folder in
            let workspace = try keep(Self.one, in: folder)
            let (outputs, targets) = (try document(workspace.outputsFile), try document(workspace.targetsFile))
            for key in ["account_id", "region", "endpoint", "environment", "generation"] {
                #expect(outputs[key] == targets[key] && outputs[key] != nil, "\(key)")
            }
            #expect(outputs["account_id"] == .string("123456789012"))
            #expect(outputs["endpoint"] == .string(Self.endpoint))
            _ = try keep(Self.one, in: folder)
            #expect(try document(workspace.outputsFile)["generation"] != outputs["generation"])
        }
    }

    @Test func outputsOfAnEmulatorAreNoneOfACriticalEnvironmentElsewhere() throws {
        try withScratchDirectory { folder in
            _ = try keep(Self.one, in: folder)
            let isOf = ".opsctl/stacks/prod/outputs.json is of \(Self.endpoint), and this works against"
            #expect(try problem(in: folder) == "\(isOf) AWS")
            #expect(try problem(in: folder, environment: ["AWS_ENDPOINT_URL": ""]) == "\(isOf) AWS")
            #expect(try problem(in: folder, environment: ["AWS_ENDPOINT_URL": "http://b"]) == "\(isOf) http://b")
            #expect(try problem(in: folder, environment: ["AWS_ENDPOINT_URL": Self.endpoint]) == nil)
            #expect(try problem(in: folder, protection: "standard") == nil)
        }
    }

    @Test func outputsOfAWSAreRead() throws {
        try withScratchDirectory { folder in
            _ = try keep(Self.one, in: folder, endpoint: nil)
            #expect(try problem(in: folder) == nil)
        }
    }

    @Test func anOutputOfTwoLayersHasNoValue() throws {
        try withScratchDirectory { folder in
            _ = try keep(Self.one.merging(["app": ["edge": .string("x")]]) { $1 }, in: folder, endpoint: nil)
            #expect(try problem(in: folder) == "the layers app and edge both have an output `edge`")
        }
    }
}
