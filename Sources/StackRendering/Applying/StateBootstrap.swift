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

    private var run: LayerRun { runs.handle(.bootstrap) }
    private var overrideFile: String { "\(run.folder)/\(Self.override)" }
    private var localFile: String { "\(run.folder)/bootstrap.tfstate" }

    /// - Parameter logs: a folder for Terraform's logs.
    /// - Throws: `StackError`, `BootstrapError`. What was made stays, and the next run goes on from there: the local state is
    ///   kept until it was read back from the bucket.
    package func run(logs: String) async throws -> Outcome {
        if let left = try BootstrapState(file: localFile) {
            tell("an earlier run was cut off: going on from its state on disk")
            if try await hasMoved(left) {
                try removeLocalFiles()
                return .made
            }
        } else {
            try removeIfThere(overrideFile)
            if try await exists() { return .exists }
            tell("the bucket of the states is not there: making it, with its state on disk at first")
        }
        try await make(logs: logs)
        try await move()
        return .made
    }

    /// - Throws: `BootstrapError.otherState`, before anything is changed.
    private func hasMoved(_ left: BootstrapState) async throws -> Bool {
        guard let kept = try await inBucket() else { return false }
        try kept.refuseStranger(left, environment: workspace.environment)
        return (kept.lineage != left.lineage || kept.serial >= left.serial) && !kept.outputs.isEmpty
    }

    private func make(logs: String) async throws {
        try DurableFile.write(
            "terraform {\n  backend \"local\" {\n    path = \"bootstrap.tfstate\"\n  }\n}\n", to: overrideFile)
        try await run.initialize(aliases: [nil], style: .local)
        try workspace.makeFolder(logs)
        let ending = try await TerraformApply(run: run, folder: logs, name: "bootstrap").perform(
            ["-auto-approve"]
        ) { [tell] event in
            if case .completed(let address, let action, _) = event, action != "read" {
                tell("bootstrap: \(action) \(address)")
            }
        }
        guard case .applied = ending else { throw failure(ending) }
    }

    /// Terraform is told to overwrite what it finds, so it is looked at first, and afterwards whether it arrived.
    private func move() async throws {
        guard let local = try BootstrapState(file: localFile) else {
            throw BootstrapError.notMoved(environment: workspace.environment, why: "there is no state on disk")
        }
        if let kept = try await inBucket() {
            try kept.refuseStranger(local, environment: workspace.environment)
            guard kept.lineage != local.lineage || kept.serial <= local.serial else {
                throw BootstrapError.notMoved(
                    environment: workspace.environment,
                    why: "the bucket's state has serial \(kept.serial), the one on disk \(local.serial)")
            }
        }
        tell("bootstrap: moving its state into the bucket")
        try removeIfThere(overrideFile)
        try await run.initialize(aliases: [nil], style: .migrating)
        guard let moved = try await run.state(), moved.isSame(as: local), !moved.outputs.isEmpty else {
            throw BootstrapError.notMoved(
                environment: workspace.environment, why: "what was read back from the bucket is not what was on disk")
        }
        try removeLocalFiles()
    }

    /// Whether the layer's state, and so the bucket, can be reached.
    private func exists() async throws -> Bool {
        do {
            try await run.initialize(aliases: [nil])
            guard let state = try await run.state() else { return false }
            guard !state.outputs.isEmpty else {
                throw BootstrapError.emptyState(environment: workspace.environment, lineage: state.lineage)
            }
            return true
        } catch let error as StackError where error.saysNoBucket {
            return false
        }
    }

    /// The state in the bucket, read from a folder of its own, so that the layer keeps its state on disk; nil when there is
    /// none, or no bucket.
    private func inBucket() async throws -> BootstrapState? {
        let reader = try run.bucketReader(folder: "\(workspace.root)/bootstrap.destination")
        let result: Result<BootstrapState?, any Error>
        do {
            try await reader.initialize(aliases: [])
            result = .success(try await reader.state())
        } catch let error as StackError where error.saysNoBucket {
            result = .success(nil)
        } catch {
            result = .failure(error)
        }
        try removeIfThere(reader.folder)
        return try result.get()
    }

    private func failure(_ ending: TerraformApply.Ending) -> StackError {
        let why = if case .failed(let why) = ending { why } else { "terraform ended without saying how" }
        return .terraform(step: "apply", layer: .bootstrap, environment: workspace.environment, why: why)
    }

    /// The state comes last: without it nothing says that an earlier run was cut off.
    private func removeLocalFiles() throws {
        for file in [overrideFile, "\(localFile).backup", localFile] { try removeIfThere(file) }
    }

    private func removeIfThere(_ path: String) throws {
        guard FileManager.default.fileExists(atPath: path) else { return }
        try failing(at: path) { try FileManager.default.removeItem(atPath: path) }
    }
}
