import Disk
import Foundation
import OpsModel

/// Makes the bucket of the states with Terraform itself: first with a state on disk, which then moves into the bucket.
package struct StateBootstrap: Sendable {
    private static let override = "zz_bootstrap_override.tf"

    let workspace: StackWorkspace
    let runs: LayerRuns
    let tell: @Sendable (String) -> Void

    package init(workspace: StackWorkspace, runs: LayerRuns, tell: @escaping @Sendable (String) -> Void) {
        (self.workspace, self.runs, self.tell) = (workspace, runs, tell)
    }

    package enum Outcome: String, Codable, Sendable { case made, exists }

    private var folder: String { workspace.folder(of: .bootstrap) }
    private var overrideFile: String { "\(folder)/\(Self.override)" }

    /// - Parameter logs: a folder for Terraform's logs.
    /// - Throws: `StackError`. What was made stays, and the next run goes on from there: the local state is kept until it has moved.
    package func run(logs: String) async throws -> Outcome {
        if try await exists() { return .exists }
        tell("the bucket of the states is not there: making it, with its state on disk at first")
        try DurableFile.write(
            "terraform {\n  backend \"local\" {\n    path = \"bootstrap.tfstate\"\n  }\n}\n", to: overrideFile)
        let local = runs.handle(.bootstrap)
        try await local.initialize(aliases: [nil], style: .local)
        try workspace.makeFolder(logs)
        let (ending, _) = try await TerraformApply(run: local, folder: logs, name: "bootstrap").perform(
            ["-auto-approve"]
        ) { [tell] event in
            if case .completed(let address, let action, _) = event, action != "read" {
                tell("bootstrap: \(action) \(address)")
            }
        }
        guard case .applied = ending else { throw failure(ending) }
        tell("bootstrap: moving its state into the bucket")
        try remove(overrideFile)
        try await local.initialize(aliases: [nil], style: .migrating)
        try removeLocalState()
        return .made
    }

    /// Whether the layer's state, and so the bucket, can be reached.
    private func exists() async throws -> Bool {
        guard !FileManager.default.fileExists(atPath: "\(folder)/bootstrap.tfstate") else { return false }
        do {
            let run = runs.handle(.bootstrap)
            try await run.initialize(aliases: [nil])
            return try await !run.outputs().isEmpty
        } catch let error as StackError {
            guard case .terraform(_, _, _, let why) = error,
                why.contains("bucket does not exist") || why.contains("NoSuchBucket")
            else { throw error }
            return false
        }
    }

    private func failure(_ ending: TerraformApply.Ending) -> StackError {
        let why = if case .failed(let why) = ending { why } else { "terraform ended without saying how" }
        return .terraform(step: "apply", layer: .bootstrap, environment: workspace.environment, why: why)
    }

    private func removeLocalState() throws {
        for name in ["bootstrap.tfstate", "bootstrap.tfstate.backup"] {
            let file = "\(folder)/\(name)"
            if FileManager.default.fileExists(atPath: file) { try remove(file) }
        }
    }

    private func remove(_ file: String) throws {
        try failing(at: file) { try FileManager.default.removeItem(atPath: file) }
    }
}
