import OpsModel

/// The layers of one environment in the workspace; each is initialised once in a run of opsctl, and asked for its outputs
/// once.
package actor LayerRuns {
    private let settings: StackSettings
    private let workspace: StackWorkspace
    private let terraform: Terraform
    private let endpoint: EndpointOverride?
    private var started: [StackLayer: Task<LayerRun, any Error>] = [:]
    private var told: [StackLayer: Task<[String: LayerRun.Output], any Error>] = [:]

    package init(settings: StackSettings, workspace: StackWorkspace, terraform: Terraform) {
        (self.settings, self.workspace, self.terraform) = (settings, workspace, terraform)
        endpoint = EndpointOverride(terraform.environment)
    }

    /// The layer, ready for Terraform's commands.
    func ready(_ layer: StackLayer) async throws -> LayerRun {
        if let task = started[layer] { return try await task.value }
        let run = handle(layer)
        let aliases = settings.providerAliases(of: layer)
        let task = Task {
            try await run.initialize(aliases: aliases)
            return run
        }
        started[layer] = task
        return try await task.value
    }

    nonisolated func handle(_ layer: StackLayer) -> LayerRun {
        LayerRun(
            layer: layer, environment: settings.environment, terraform: terraform,
            folder: workspace.folder(of: layer), endpoint: endpoint)
    }

    func outputs(of layer: StackLayer) async throws -> [String: LayerRun.Output] {
        if let task = told[layer] { return try await task.value }
        let task = Task { try await ready(layer).outputs() }
        told[layer] = task
        return try await task.value
    }

    /// Forgets what a layer gave out: it has been applied since.
    func changed(_ layer: StackLayer) { told[layer] = nil }
}
