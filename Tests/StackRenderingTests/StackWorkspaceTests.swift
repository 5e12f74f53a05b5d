import Foundation
@testable import StackRendering
import TestSupport
import Testing

struct StackWorkspaceTests {
    private static let network = RenderedFile(path: "network/main.tf", text: "one\n")

    /// A project with one rendered file, and `extra` beside it.
    private func lay(_ extra: [String], in folder: String, hasManifest: Bool = true) throws -> StackWorkspace {
        let rendered = "\(folder)/stacks/environments/prod"
        try write("module\n", to: "\(folder)/stacks/modules/network/main.tf")
        try write(Self.network.text, to: "\(rendered)/\(Self.network.path)")
        if hasManifest {
            try write(
                try RenderManifest(environment: "prod", files: [Self.network]).text(), to: "\(rendered)/manifest.json")
        }
        for path in extra { try write("by hand", to: "\(rendered)/\(path)") }
        return StackWorkspace(root: "\(folder)/work", environment: "prod")
    }

    private func write(_ text: String, to path: String) throws {
        try FileManager.default.createDirectory(
            atPath: (path as NSString).deletingLastPathComponent, withIntermediateDirectories: true)
        try text.write(toFile: path, atomically: true, encoding: .utf8)
    }

    private func names(_ workspace: StackWorkspace) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: workspace.folder(of: .network)).sorted()
    }

    @Test(arguments: ["terraform.tfvars", "z.auto.tfvars", "z.auto.tfvars.json", "extra.tf", "notes.txt"])
    func whatOpsctlDidNotRenderIsNotCopied(_ name: String) throws {
        try withScratchDirectory { folder in
            let workspace = try lay(["network/\(name)"], in: folder)
            let digests = try workspace.synchronize(from: "\(folder)/stacks")
            #expect(try names(workspace) == ["main.tf"])
            try FileManager.default.removeItem(atPath: "\(folder)/stacks/environments/prod/network/\(name)")
            #expect(try workspace.synchronize(from: "\(folder)/stacks") == digests)
        }
    }

    @Test func theLockOfTheProvidersIsCopied() throws {
        try withScratchDirectory { folder in
            let workspace = try lay(["network/.terraform.lock.hcl"], in: folder)
            _ = try workspace.synchronize(from: "\(folder)/stacks")
            #expect(try names(workspace) == [".terraform.lock.hcl", "main.tf"])
        }
    }

    @Test func withoutAManifestOnlyTerraformsFilesAreCopied() throws {
        try withScratchDirectory { folder in
            let workspace = try lay(["network/a.tf", "network/z.auto.tfvars"], in: folder, hasManifest: false)
            _ = try workspace.synchronize(from: "\(folder)/stacks")
            #expect(try names(workspace) == ["a.tf", "main.tf"])
        }
    }

    @Test(arguments: ["errored.tfstate", "bootstrap.tfstate", "upstream.auto.tfvars.json", "zz_endpoint_override.tf"])
    func whatTerraformLeftInTheWorkspaceSurvives(_ name: String) throws {
        try withScratchDirectory { folder in
            let workspace = try lay([], in: folder)
            _ = try workspace.synchronize(from: "\(folder)/stacks")
            try write("kept", to: "\(workspace.folder(of: .network))/\(name)")
            try write("x", to: "\(workspace.folder(of: .network))/terraform.tfvars")
            _ = try workspace.synchronize(from: "\(folder)/stacks")
            #expect(try names(workspace) == [name, "main.tf"].sorted())
        }
    }

    @Test(arguments: ["terraform.tfvars", "z.auto.tfvars", "z.auto.tfvars.json", "terraform.tfvars.json"])
    func valuesMadeByHandAreRefusedByARender(_ name: String) throws {
        try withScratchDirectory { folder in
            _ = try lay(["network/\(name)"], in: folder)
            let found = try RenderedFolder(path: "\(folder)/stacks/environments/prod").snapshot()
            let plan = try RenderPlan([Self.network], environment: "prod", found: found)
            #expect(plan.isStale)
            #expect(plan.refused.map(\.path) == ["network/\(name)"])
            #expect(plan.refused.map(\.reason) == ["opsctl did not write it"])
        }
    }
}
