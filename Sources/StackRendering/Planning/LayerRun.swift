import Disk
import Foundation
import OpsModel
import ProcessClient

/// Terraform at work on one layer, in its folder of the workspace.
struct LayerRun: Sendable {
    static let upstreamFile = "upstream.auto.tfvars.json"

    let layer: StackLayer
    let environment: String
    let terraform: Terraform
    let folder: String
    let endpoint: EndpointOverride?

    /// An output as Terraform tells it.
    struct Output: Decodable, Sendable {
        let sensitive: Bool
        let value: PlainJSON
    }

    /// Where the state is: in the bucket, on disk while there is no bucket, or on its way from there.
    enum StateStyle { case bucket, local, migrating }

    func initialize(aliases: [String?], style: StateStyle = .bucket) async throws {
        guard !FileManager.default.fileExists(atPath: "\(folder)/\(TerraformApply.unsavedState)") else {
            throw StackError.unsavedState(layer: layer, folder: folder)
        }
        try layEndpoint(aliases)
        let isInBucket = style != .local
        let paths = endpoint == nil || !isInBucket ? [] : ["-backend-config=use_path_style=true"]
        // Terraform refuses JSON where it might have to ask.
        let mode = style == .migrating ? ["-migrate-state", "-force-copy"] : ["-json", "-reconfigure"]
        try await run("init", ["-input=false", "-no-color"] + mode + paths, timeout: .seconds(600))
    }

    private func layEndpoint(_ aliases: [String?]) throws {
        try failing(at: folder) {
            let file = "\(folder)/\(EndpointOverride.file)"
            if let endpoint {
                try DurableFile.write(endpoint.text(aliases: aliases), to: file)
            } else if FileManager.default.fileExists(atPath: file) {
                try FileManager.default.removeItem(atPath: file)
            }
        }
    }

    /// What the layer gives to others; empty when it was never applied.
    func outputs() async throws -> [String: Output] {
        let result = try await run("output", ["-json", "-no-color"], timeout: .seconds(300))
        do { return try JSONDecoder().decode([String: Output].self, from: Data(result.output.utf8)) } catch {
            throw failure("output", "its answer is not the JSON of outputs")
        }
    }

    /// Sets the variables of the layer.
    func take(_ upstream: [String: PlainJSON]) throws {
        let file = "\(folder)/\(Self.upstreamFile)"
        try DurableFile.write(try canonicalJSON(upstream), to: file)
    }

    /// Plans without the state's lock: a plan that was made while somebody applied is stale, and `apply` refuses it.
    func plan(to file: String) async throws {
        try await run(
            "plan", ["-input=false", "-no-color", "-json", "-lock=false", "-out=\(file)"], timeout: .seconds(3600))
    }

    /// The plan as JSON; it holds every secret of the layer in plain text.
    func show(_ file: String) async throws -> Data {
        Data(try await run("show", ["-json", "-no-color", file], timeout: .seconds(300)).output.utf8)
    }

    @discardableResult
    func run(_ step: String, _ arguments: [String], timeout: Duration) async throws -> CommandResult {
        let command = Command(
            terraform.path, [step] + arguments, environment: terraform.environment, workingDirectory: folder)
        let result = try await runCommand(command, timeout: timeout, outputLimit: 256 << 20)
        guard result.status == 0 else {
            let messages = TerraformMessages(lines: result.output)
            let first = messages.messages.first { $0.isError }
            throw failure(
                step, first.map { "\($0.summary): \($0.detail ?? "")" } ?? lastLines(result.errors + result.output, 12))
        }
        return result
    }

    private func failure(_ step: String, _ why: String) -> StackError {
        .terraform(step: step, layer: layer, environment: environment, why: why)
    }
}
