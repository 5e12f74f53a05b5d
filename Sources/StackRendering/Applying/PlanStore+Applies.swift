import Foundation
import OpsModel
import ProcessClient

extension PlanStore {
    /// How far a layer has come, as Terraform's log says; nil when nothing was written.
    package func log(of layer: StackLayer, _ open: OpenApply) throws -> ApplyLog? {
        let path = "\(path(of: open.plan))/\(layer.rawValue).apply.log"
        guard FileManager.default.fileExists(atPath: path) else { return nil }
        return ApplyLog(
            text: String(decoding: try failing(at: path) { try Data(contentsOf: URL(filePath: path)) }, as: UTF8.self))
    }
}

extension StackWorkspace {
    /// Layers in whose folders a program works, ours or one that outlived its opsctl: known by its working directory, so that
    /// no record can be missing or stale. Programs of other users cannot be seen.
    package func busyLayers() throws -> [StackLayer] {
        let folders = try workingDirectories()
        return StackLayer.allCases.filter {
            folders.contains(URL(filePath: folder(of: $0)).resolvingSymlinksInPath().path)
        }
    }
}
