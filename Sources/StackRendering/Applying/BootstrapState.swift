import Foundation
import OpsModel
import ProcessClient

/// What a state of the layer bootstrap says about itself.
struct BootstrapState: Decodable, Sendable, Equatable {
    /// The same from a state's first write on, until it is moved to another backend.
    let lineage: String
    let serial: Int
    let outputs: [String: PlainJSON]

    /// nil when there is no such file.
    /// - Throws: `StackError.unreadable`.
    init?(file: String) throws {
        guard FileManager.default.fileExists(atPath: file) else { return nil }
        let bytes = try failing(at: file) { try Data(contentsOf: URL(filePath: file)) }
        do { self = try JSONDecoder().decode(Self.self, from: bytes) } catch {
            throw StackError.unreadable(path: file, why: "not a state of Terraform")
        }
    }

    /// Whether both tell of the same bucket and key. A state that Terraform has moved gets a lineage of its own.
    func isSame(as other: BootstrapState) -> Bool {
        lineage == other.lineage || (!outputs.isEmpty && outputs == other.outputs)
    }

    /// - Throws: `BootstrapError.otherState` when they have nothing to do with each other.
    func refuseStranger(_ local: BootstrapState, environment: String) throws(BootstrapError) {
        guard isSame(as: local) else {
            throw .otherState(environment: environment, inBucket: lineage, onDisk: local.lineage)
        }
    }
}

extension LayerRun {
    /// The state where the layer keeps it; nil when there is none.
    func state() async throws -> BootstrapState? {
        let text = try await run("state", ["pull"], timeout: .seconds(300)).output
        guard text.contains(where: { !$0.isWhitespace }) else { return nil }
        do {
            let state = try JSONDecoder().decode(BootstrapState.self, from: Data(text.utf8))
            // What Terraform writes of a place where nothing was ever kept.
            return state.lineage.isEmpty ? nil : state
        } catch {
            throw StackError.terraform(
                step: "state pull", layer: layer, environment: environment, why: "its answer is not a state")
        }
    }

    /// Terraform in a new folder that knows nothing but where the bucket is; the caller removes it.
    func bucketReader(folder target: String) throws -> LayerRun {
        let files = FileManager.default
        try failing(at: target) {
            if files.fileExists(atPath: target) { try files.removeItem(atPath: target) }
            try files.createDirectory(atPath: "\(target)/.terraform", withIntermediateDirectories: true)
            for name in try files.contentsOfDirectory(atPath: folder) where try isNeededToRead(name) {
                try files.copyItem(atPath: "\(folder)/\(name)", toPath: "\(target)/\(name)")
            }
            // What the layer has installed is not fetched again.
            let providers = "\(folder)/.terraform/providers"
            if files.fileExists(atPath: providers) {
                try files.createSymbolicLink(
                    atPath: "\(target)/.terraform/providers", withDestinationPath: providers)
            }
        }
        return LayerRun(
            layer: layer, environment: environment, terraform: terraform, folder: target, endpoint: endpoint)
    }

    private func isNeededToRead(_ name: String) throws -> Bool {
        if name == ".terraform.lock.hcl" { return true }
        guard name.hasSuffix(".tf") else { return false }
        return try String(contentsOfFile: "\(folder)/\(name)", encoding: .utf8).contains("backend \"s3\"")
    }
}

extension StackError {
    /// Whether Terraform says that the bucket of the states is not there.
    var saysNoBucket: Bool {
        guard case .terraform(_, _, _, let why) = self else { return false }
        return why.contains("NoSuchBucket") || why.contains(#/[Bb]ucket "[^"]*" does not exist/#)
    }
}
