import Disk
package import Foundation
import OpsModel

/// The bundles of plans that are kept of one environment; each a folder of mode 0700 with the plan files, their redacted
/// JSON, the reports and the manifest.
package struct PlanStore: Sendable {
    static let manifest = "manifest.json"

    let folder: String
    let environment: String

    package init(_ workspace: StackWorkspace) { (folder, environment) = (workspace.plans, workspace.environment) }

    package func path(of id: String) -> String { "\(folder)/\(id)" }

    /// Begins a bundle. - Returns: its folder.
    package func begin(_ id: String) throws -> String {
        let path = path(of: id)
        try failing(at: path) {
            try FileManager.default.createDirectory(
                atPath: path, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        }
        return path
    }

    /// Ids of the complete bundles, oldest first.
    package func ids() throws -> [String] {
        guard FileManager.default.fileExists(atPath: folder) else { return [] }
        return try failing(at: folder) { try FileManager.default.contentsOfDirectory(atPath: folder) }.filter {
            FileManager.default.fileExists(atPath: "\(folder)/\($0)/\(Self.manifest)")
        }.sorted()
    }

    package func write(_ bytes: Data, as name: String, of id: String) throws {
        try DurableFile.write(bytes, to: "\(path(of: id))/\(name)")
    }

    /// Completes a bundle: without its manifest it is none.
    package func finish(_ manifest: PlanManifest) throws {
        try write(try canonicalJSON(manifest), as: Self.manifest, of: manifest.id)
    }

    /// - Throws: `StackError.noPlan`, `.unreadable`.
    package func read(_ id: String) throws -> PlanManifest {
        let path = "\(path(of: id))/\(Self.manifest)"
        guard !id.contains("/"), FileManager.default.fileExists(atPath: path) else {
            throw StackError.noPlan(id: id, environment: environment, known: try ids())
        }
        let bytes = try failing(at: path) { try Data(contentsOf: URL(filePath: path)) }
        do { return try decodeCanonicalJSON(PlanManifest.self, from: bytes) } catch {
            throw StackError.unreadable(path: path, why: "not a manifest of this version of opsctl")
        }
    }

    /// Files of the bundle that are not what the manifest says, with why.
    package func tampered(_ manifest: PlanManifest) throws -> [(file: String, why: String)] {
        var wanted = manifest.reports
        for layer in manifest.layers {
            wanted["\(layer.layer.rawValue).tfplan"] = layer.planDigest
            wanted["\(layer.layer.rawValue).plan.json"] = layer.documentDigest
        }
        return try wanted.sorted { $0.key < $1.key }.compactMap { name, digest in
            let path = "\(path(of: manifest.id))/\(name)"
            guard FileManager.default.fileExists(atPath: path) else { return (name, "it is missing") }
            let bytes = try failing(at: path) { try Data(contentsOf: URL(filePath: path)) }
            return StackRendering.digest(bytes) == digest ? nil : (name, "its digest is another one")
        }
    }

    /// Removes bundles beyond the newest `keep`.
    package func prune(keeping keep: Int) throws {
        for id in try ids().dropLast(keep) {
            try failing(at: path(of: id)) { try FileManager.default.removeItem(atPath: path(of: id)) }
        }
    }
}
