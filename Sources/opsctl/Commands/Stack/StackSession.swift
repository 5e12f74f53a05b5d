import Disk
import Foundation
import OpsConfiguration
import OpsModel
import ProcessClient
import StackRendering

/// Terraform at hand for one environment: the workspace is ours, the files in it are the project's.
struct StackSession: Sendable {
    let project: Project
    let settings: StackSettings
    let folders: StackFolders
    let workspace: StackWorkspace
    let digests: StackDigests
    let terraform: Terraform
    let runs: LayerRuns
    /// Where AWS is, when it is not Amazon's.
    let endpoint: String?
    private let lock: FileLock

    /// - Throws: `StackError`, `RefusedError` when the rendered files are stale.
    init(_ composition: Composition) throws {
        project = composition.project
        settings = try StackSettings(project)
        folders = StackFolders(project)
        guard !(try composition.renderPlan().isStale) else {
            throw RefusedError(
                Diagnostic(
                    "stack.stale", what: "the rendered files are not what the environment file says",
                    place: folders.displayRendered,
                    why: "they were not rendered since it was edited, or edited by hand",
                    fix: "opsctl stack render --env \(folders.environment)"))
        }
        guard let program = findExecutable("terraform") else { throw StackError.noTerraform }
        workspace = folders.workspace
        lock = try workspace.lock()
        let busy = try workspace.busyLayers()
        guard busy.isEmpty else {
            throw RefusedError(
                Diagnostic(
                    "stack.apply_running", what: "the stacks are not touched", place: folders.environment,
                    why:
                        "a Terraform whose opsctl has ended still works on \(busy.map(\.rawValue).joined(separator: ", "))",
                    fix: "wait for it: opsctl stack status --env \(folders.environment)"))
        }
        digests = try workspace.synchronize(from: folders.root)
        terraform = try Terraform(path: program, environment: project.variables, scratch: workspace.root)
        runs = LayerRuns(settings: settings, workspace: workspace, terraform: terraform)
        endpoint = project.variables["AWS_ENDPOINT_URL"].flatMap { $0.isEmpty ? nil : $0 }
        if let endpoint { Story.standard.tell("endpoint: \(endpoint), not AWS") }
    }

    var store: PlanStore { PlanStore(workspace) }

    /// - Throws: `StackError.unknownLayer`.
    func layers(named names: [String]) throws -> Set<StackLayer> {
        let known = settings.layers.filter { $0 != .bootstrap }
        guard !names.isEmpty else { return Set(known) }
        return Set(
            try names.map { name in
                guard let layer = known.first(where: { $0.rawValue == name }) else {
                    throw StackError.unknownLayer(name: name, known: known)
                }
                return layer
            })
    }

    /// What this run keeps of the outputs, for probes and references.
    func keepOutputs() async throws -> (StackOutputs, StackTargetList) {
        let (outputs, targets) = try await StackOutputsReader(settings: settings, runs: runs, endpoint: endpoint).read()
        try workspace.keep(outputs, targets)
        return (outputs, targets)
    }
}

extension StackFolders {
    var workspace: StackWorkspace {
        StackWorkspace(root: "\(projectFolder)/\(StackOutputsFile.folder(of: environment))", environment: environment)
    }
}

/// Something that is not done, though it could be: exit code 3.
struct RefusedError: DiagnosableError {
    let diagnostic: Diagnostic
    init(_ diagnostic: Diagnostic) { self.diagnostic = diagnostic }
}

/// `name@host`, as Terraform writes into its locks.
func operatorName(_ variables: [String: String]) -> String {
    "\(variables["USER"] ?? variables["LOGNAME"] ?? NSUserName())@\(ProcessInfo.processInfo.hostName)"
}
