import Foundation
import ProcessClient
import StackRendering
import TestSupport

/// The built `opsctl`, which lies beside the test bundle, and projects to run it on.
enum OpsctlBinary {
    static let repository = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().path

    static func path() throws -> String {
        let bundle = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
        return URL(filePath: bundle).deletingLastPathComponent().appending(path: "opsctl").path
    }

    static func run(
        _ arguments: [String], project: String, environment changes: [String: String?] = [:],
        timeout: Duration = .seconds(300)
    ) async throws -> CommandResult {
        var environment = ProcessInfo.processInfo.environment
        for (name, value) in changes { environment[name] = value }
        let command = Command(try path(), arguments + ["--project", project], environment: environment)
        return try await runCommand(command, timeout: timeout)
    }
}

/// A copy of this repository's `production` with `edits` made to its environment file.
struct ProjectCopy {
    let folder: String
    var rendered: String { "\(folder)/Stacks/aws/environments/production" }

    static func with<Value>(
        edits: [(String, String)] = [], _ body: (ProjectCopy) async throws -> Value
    ) async throws -> Value {
        try await withScratchDirectory { folder in
            let copy = ProjectCopy(folder: folder)
            let files = FileManager.default
            for name in ["opsctl.yaml", "Stacks"] {
                try files.copyItem(atPath: "\(OpsctlBinary.repository)/\(name)", toPath: "\(folder)/\(name)")
            }
            try files.createDirectory(atPath: "\(folder)/environments", withIntermediateDirectories: true)
            try files.copyItem(
                atPath: "\(OpsctlBinary.repository)/environments/production.yaml",
                toPath: "\(folder)/environments/production.yaml")
            for (old, new) in edits { try copy.replace(old, with: new, in: "environments/production.yaml") }
            return try await body(copy)
        }
    }

    func read(_ path: String) throws -> String { try String(contentsOfFile: "\(folder)/\(path)", encoding: .utf8) }

    func write(_ text: String, to path: String) throws {
        try text.write(toFile: "\(folder)/\(path)", atomically: false, encoding: .utf8)
    }

    func replace(_ old: String, with new: String, in path: String) throws {
        let text = try read(path)
        guard text.contains(old) else { throw MissingText(text: old, path: path) }
        try write(text.replacing(old, with: new, maxReplacements: 1), to: path)
    }

    struct MissingText: Error {
        let text: String
        let path: String
    }

    func opsctl(_ arguments: String..., environment: [String: String?] = [:]) async throws -> CommandResult {
        try await OpsctlBinary.run(arguments + ["--env", "production"], project: folder, environment: environment)
    }
}

/// Terraform and a provider that needs no network; mandatory where live tests are.
enum TerraformRequirement {
    static var isMet: Bool {
        guard !Requirement.isMandatory else { return true }
        let source = ProviderSource.discover(
            environment: ProcessInfo.processInfo.environment, version: StackRenderer.providerVersion, on: .real)
        return findExecutable("terraform") != nil && source != .registry
    }

    /// Whether Terraform can get the provider, if need be from the registry.
    static let hasProvider: Bool = {
        guard findExecutable("terraform") != nil else { return false }
        let source = ProviderSource.discover(
            environment: ProcessInfo.processInfo.environment, version: StackRenderer.providerVersion, on: .real)
        guard source == .registry else { return true }
        let curl = Process()
        curl.executableURL = URL(filePath: "/usr/bin/curl")
        curl.arguments = [
            "-sf", "-m", "5", "-o", "/dev/null", "https://registry.terraform.io/.well-known/terraform.json",
        ]
        do { try curl.run() } catch { return false }  // no curl: nobody could ask the registry
        curl.waitUntilExit()
        return curl.terminationStatus == 0
    }()

    static let reason = "no terraform, or no local copy of hashicorp/aws \(StackRenderer.providerVersion)"
}
