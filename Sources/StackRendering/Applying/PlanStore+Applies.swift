import Foundation
import OpsModel
import ProcessClient

/// What a bundle's folder tells of an apply of it, also of one whose opsctl was killed.
extension PlanStore {
    /// Layers on which Terraform still works.
    package func stillRunning(_ open: OpenApply) throws -> [StackLayer] {
        try open.cutOff.filter { layer in
            guard let process = try process(of: layer, open) else { return false }
            return try process.isRunning
        }
    }

    /// How far a layer has come, as Terraform's log says; nil when nothing was written.
    package func log(of layer: StackLayer, _ open: OpenApply) throws -> ApplyLog? {
        let path = "\(path(of: open.plan))/\(layer.rawValue).apply.log"
        guard FileManager.default.fileExists(atPath: path) else { return nil }
        return ApplyLog(
            text: String(decoding: try failing(at: path) { try Data(contentsOf: URL(filePath: path)) }, as: UTF8.self))
    }

    private func process(of layer: StackLayer, _ open: OpenApply) throws -> ProcessIdentity? {
        let path = "\(path(of: open.plan))/\(layer.rawValue).apply.process.json"
        guard FileManager.default.fileExists(atPath: path) else { return nil }
        let bytes = try failing(at: path) { try Data(contentsOf: URL(filePath: path)) }
        do { return try decodeCanonicalJSON(ProcessIdentity.self, from: bytes) } catch {
            throw StackError.unreadable(path: path, why: "not the identity of a process")
        }
    }
}
