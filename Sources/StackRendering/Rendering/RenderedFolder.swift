import Disk
import Foundation

/// The folder of one environment's rendered files.
package struct RenderedFolder: Sendable {
    /// What lies in the folder.
    package struct Snapshot: Sendable, Equatable {
        /// Path and digest of every file that Terraform would read, and of the manifest.
        package var digests: [String: String]
        /// nil when there is none, or none that can be read: then no file counts as written by opsctl.
        package var manifest: RenderManifest?

        package init(digests: [String: String] = [:], manifest: RenderManifest? = nil) {
            (self.digests, self.manifest) = (digests, manifest)
        }
    }

    package let path: String

    package init(path: String) { self.path = path }

    /// Reads the folder; one that does not exist is empty.
    package func snapshot() throws -> Snapshot {
        var snapshot = Snapshot()
        for name in try terraformFiles(below: path) + [RenderManifest.name] {
            guard FileManager.default.fileExists(atPath: "\(path)/\(name)") else { continue }
            let bytes = try read(name)
            snapshot.digests[name] = digest(bytes)
            guard name == RenderManifest.name else { continue }
            do { snapshot.manifest = try JSONDecoder().decode(RenderManifest.self, from: bytes) } catch {
                snapshot.manifest = nil  // a broken manifest vouches for nothing
            }
        }
        return snapshot
    }

    /// The text of a file; nil when there is none.
    package func text(of name: String) throws -> String? {
        guard FileManager.default.fileExists(atPath: "\(path)/\(name)") else { return nil }
        return String(decoding: try read(name), as: UTF8.self)
    }

    /// Carries out a plan that refuses nothing. Each file is replaced as a whole and the manifest comes last, so that an
    /// interrupted run is finished by the next one.
    package func apply(_ plan: RenderPlan) throws {
        precondition(plan.refused.isEmpty, "a plan that refuses something is never applied")
        for entry in plan.entries {
            switch entry.change {
            case .unchanged, .refused: continue
            case .create, .update: try write(entry.text ?? "", to: entry.path)
            case .delete: try remove(entry.path)
            }
        }
    }

    private func write(_ text: String, to name: String) throws {
        let target = "\(path)/\(name)"
        do {
            try FileManager.default.createDirectory(
                atPath: (target as NSString).deletingLastPathComponent, withIntermediateDirectories: true)
        } catch {
            throw StackError.folder(path: target, reason: error.localizedDescription)
        }
        // The manifest vouches for the others, and they are rendered anew where a power cut has emptied them.
        try DurableFile.write(text.utf8, to: target, mode: 0o644, isFlushed: name == RenderManifest.name)
    }

    /// Removes a file, and its folder when that was the last one.
    private func remove(_ name: String) throws {
        let folder = ("\(path)/\(name)" as NSString).deletingLastPathComponent
        do {
            try FileManager.default.removeItem(atPath: "\(path)/\(name)")
            if folder != path, try FileManager.default.contentsOfDirectory(atPath: folder).isEmpty {
                try FileManager.default.removeItem(atPath: folder)
            }
        } catch {
            throw StackError.folder(path: "\(path)/\(name)", reason: error.localizedDescription)
        }
    }

    private func read(_ name: String) throws -> Data {
        do { return try Data(contentsOf: URL(filePath: "\(path)/\(name)")) } catch {
            throw StackError.folder(path: "\(path)/\(name)", reason: error.localizedDescription)
        }
    }
}

/// Relative paths of the files that Terraform would read, without its working folders and the values of other layers, which
/// opsctl writes anew in the workspace.
private func terraformFiles(below path: String) throws -> [String] {
    guard let walk = FileManager.default.enumerator(atPath: path) else { return [] }
    return walk.compactMap { $0 as? String }.filter { name in
        [".tf", ".tf.json", ".tfvars", ".tfvars.json"].contains { name.hasSuffix($0) }
            && !name.split(separator: "/").contains(".terraform")
            && (name as NSString).lastPathComponent != LayerRun.upstreamFile
    }.sorted()
}
