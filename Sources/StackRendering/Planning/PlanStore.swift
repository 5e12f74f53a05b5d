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

    /// Completes a bundle: without its manifest it is none. - Returns: the digest of the manifest.
    package func finish(_ manifest: PlanManifest) throws -> String {
        let bytes = try canonicalJSON(manifest)
        try write(bytes, as: Self.manifest, of: manifest.id)
        return digest(bytes)
    }

    /// SHA-256 of a bundle's manifest as it is now.
    package func manifestDigest(_ id: String) throws -> String {
        let path = "\(path(of: id))/\(Self.manifest)"
        return digest(try failing(at: path) { try Data(contentsOf: URL(filePath: path)) })
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
    /// - Parameter only: looks at the files of one layer alone.
    package func tampered(
        _ manifest: PlanManifest, only: StackLayer? = nil, reportsOnly: Bool = false
    ) throws -> [(file: String, why: String)] {
        var wanted = only == nil ? manifest.reports.mapValues(String?.some) : [:]
        let layers = reportsOnly ? [] : manifest.layers
        for layer in layers where layer.outcome != .failed && (only ?? layer.layer) == layer.layer {
            wanted.updateValue(layer.planDigest, forKey: "\(layer.layer.rawValue).tfplan")
            wanted.updateValue(layer.documentDigest, forKey: "\(layer.layer.rawValue).plan.json")
        }
        return try wanted.sorted { $0.key < $1.key }.compactMap { name, digest in
            guard let digest else { return (name, "the manifest has no digest of it") }
            let path = "\(path(of: manifest.id))/\(name)"
            guard FileManager.default.fileExists(atPath: path) else { return (name, "it is missing") }
            let bytes = try failing(at: path) { try Data(contentsOf: URL(filePath: path)) }
            return StackRendering.digest(bytes) == digest ? nil : (name, "its digest is another one")
        }
    }

    /// Removes bundles beyond the newest `keep`, but not `open`, and what is left of plans that were never finished: the
    /// caller works on this environment alone.
    package func prune(keeping keep: Int, open: String?) throws {
        guard FileManager.default.fileExists(atPath: folder) else { return }
        let complete = try ids()
        let kept = Set(complete.suffix(keep) + [open].compactMap(\.self))
        for id in try failing(at: folder, { try FileManager.default.contentsOfDirectory(atPath: folder) })
        where !kept.contains(id) {
            try failing(at: path(of: id)) { try FileManager.default.removeItem(atPath: path(of: id)) }
        }
    }

    /// A plan that was applied can never be applied again, and its file holds secrets.
    func forgetPlan(of layer: StackLayer, _ id: String) throws {
        let file = "\(path(of: id))/\(layer.rawValue).tfplan"
        try failing(at: file) { try FileManager.default.removeItem(atPath: file) }
    }
}
