import Foundation
import ProcessClient
import TestSupport
import Testing

/// Each test runs Terraform with the real provider: one at a time.
@Suite(.serialized, .enabled(if: TerraformRequirement.isMet, "\(TerraformRequirement.reason)"))
struct StackValidateCommandTests {
    @Test func productionIsValidAndTheProjectStaysClean() async throws {
        try await ProjectCopy.with { project in
            let before = try FileManager.default.subpathsOfDirectory(atPath: project.folder).sorted()
            // A configuration that does not exist, as on machines whose image was prepared for another user.
            let result = try await project.opsctl(
                "stack", "validate", "--format", "json", environment: ["TF_CLI_CONFIG_FILE": "/does/not/exist"])
            #expect(result.status == 0, "\(result.output)\(result.errors)")
            let report = try JSONDecoder().decode(Report.self, from: Data(result.output.utf8))
            #expect(
                report.checks.map(\.name) == ["render", "environments", "format"]
                    + ["bootstrap", "identity", "network", "storage", "supply", "data", "edge", "app", "observability"])
            #expect(report.checks.allSatisfy { $0.verdict == "pass" && $0.findings.isEmpty })
            #expect(try FileManager.default.subpathsOfDirectory(atPath: project.folder).sorted() == before)
        }
    }

    @Test func aPlantedErrorIsNamedWithItsFileAndLine() async throws {
        try await ProjectCopy.with { project in
            let path = "Stacks/aws/modules/postgres/main.tf"
            try project.replace("  publicly_accessible    = false", with: "  publicly_reachable     = false", in: path)
            let lines = try project.read(path).split(separator: "\n", omittingEmptySubsequences: false)
            let line = try #require(lines.firstIndex { $0.contains("publicly_reachable") }) + 1
            let result = try await project.opsctl("stack", "validate")
            #expect(result.status == 1)
            #expect(result.output.contains("\(path):\(line):3: error: Unsupported argument"))
            #expect(result.output.contains(#/fail +data/#))
            #expect(result.output.contains(#/pass +network/#))
        }
    }

    @Test func aFileInAnotherFormIsNamed() async throws {
        try await ProjectCopy.with { project in
            let path = "Stacks/aws/modules/redis/main.tf"
            try project.replace("nodes > 1", with: "nodes>1", in: path)
            let result = try await project.opsctl("stack", "validate")
            #expect(result.status == 1)
            #expect(result.output.contains("\(path): error: not in canonical form"))
            #expect(result.output.contains("fix: terraform fmt -recursive Stacks/aws"))
        }
    }

    @Test func aLayerThatWasNeverRenderedIsNotCalledValid() async throws {
        try await ProjectCopy.with { project in
            try FileManager.default.removeItem(atPath: "\(project.rendered)/storage")
            let result = try await project.opsctl("stack", "validate")
            #expect(result.status == 1)
            #expect(result.output.contains(#/inconclusive +storage +not rendered/#))
            #expect(result.output.contains(#/fail +render +5 of 46 files are stale/#))
        }
    }

    @Test func anUnreachableProviderIsInconclusive() async throws {
        try await ProjectCopy.with { project in
            let mirror = "\(project.folder)/empty"
            try FileManager.default.createDirectory(atPath: mirror, withIntermediateDirectories: true)
            try project.write(
                "provider_installation {\n  filesystem_mirror {\n    path = \"\(mirror)\"\n  }\n}\n", to: "tf.rc")
            let result = try await project.opsctl(
                "stack", "validate", environment: ["TF_CLI_CONFIG_FILE": "\(project.folder)/tf.rc"])
            #expect(result.status == 2)
            #expect(result.output.contains("OPSCTL_TERRAFORM_MIRROR"))
        }
    }
}

/// What holds without a provider.
@Suite struct StackValidateWithoutProviderTests {
    @Test func missingTerraformIsInconclusiveAndSaysHowToGetIt() async throws {
        try await ProjectCopy.with { project in
            let result = try await project.opsctl("stack", "validate", environment: ["PATH": "/nowhere"])
            #expect(result.status == 2)
            #expect(result.output.contains("https://developer.hashicorp.com/terraform/install"))
            #expect(result.output.contains(#/pass +render/#))
        }
    }

    @Test func staleFilesFailEvenWithoutTerraform() async throws {
        try await ProjectCopy.with(edits: [("replicas: 1", "replicas: 2")]) { project in
            let result = try await project.opsctl("stack", "validate", environment: ["PATH": "/nowhere"])
            #expect(result.status == 1)
            #expect(result.output.contains("fix: opsctl stack render --env production"))
        }
    }

    /// The modules' own tests take a minute: they run where live tests are mandatory, and by `OPSCTL_LIVE=1`.
    @Test(.enabled(if: Requirement.isMandatory, "set OPSCTL_LIVE=1 to run `terraform test` of each module"))
    func everyModulePassesItsOwnTests() async throws {
        try await ProjectCopy.with { project in
            let result = try await OpsctlBinary.run(
                ["stack", "validate", "--modules", "--format", "json", "--env", "production"], project: project.folder,
                timeout: .seconds(1200))
            let report = try JSONDecoder().decode(Report.self, from: Data(result.output.utf8))
            let modules = report.checks.filter { $0.name.hasPrefix("module ") }
            #expect(modules.count == 12)
            #expect(modules.allSatisfy { $0.verdict == "pass" }, "\(result.output)")
        }
    }
}

private struct Report: Decodable {
    struct Check: Decodable {
        let name: String
        let verdict: String
        let findings: [Finding]
    }
    struct Finding: Decodable { let place: String }
    let checks: [Check]
}
