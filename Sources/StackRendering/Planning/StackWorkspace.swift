package import Disk
import Foundation

/// Where Terraform works on one environment: a copy of its files that keeps Terraform's own folders from run to run, so that
/// the project stays clean. Mode 0700, below `.opsctl/stacks/<environment>`.
package struct StackWorkspace: Sendable {
    package let root: String
    package let environment: String

    package init(root: String, environment: String) { (self.root, self.environment) = (root, environment) }

    private var work: String { "\(root)/work/aws" }
    package var plans: String { "\(root)/plans" }

    package func folder(of layer: StackLayer) -> String { "\(work)/environments/\(environment)/\(layer.rawValue)" }

    /// Takes the workspace for this process; nobody else may work in it meanwhile.
    /// - Throws: `StackError.busy`.
    package func lock() throws -> FileLock {
        try makeFolder(root)
        guard let lock = try FileLock(path: "\(root)/work.lock", wait: false) else {
            throw StackError.busy(environment: environment)
        }
        return lock
    }

    /// Makes the copy equal to the project's files. - Returns: digests of what was copied.
    package func synchronize(from stacks: String) throws -> StackDigests {
        guard FileManager.default.fileExists(atPath: "\(stacks)/modules") else {
            throw StackError.noModules(path: "\(stacks)/modules")
        }
        try makeFolder(work)
        let modules = try mirror("\(stacks)/modules", to: "\(work)/modules")
        let name = "environments/\(environment)"
        let manifest = try RenderedFolder(path: "\(stacks)/\(name)").snapshot().manifest
        let rendered = try mirror("\(stacks)/\(name)", to: "\(work)/\(name)") { path in
            Self.isRendered(path, manifest)
        }
        return StackDigests(modules: modules, rendered: rendered)
    }

    /// - Returns: digest of each file by its path.
    private func mirror(
        _ source: String, to target: String, where isWanted: (String) -> Bool = { _ in true }
    ) throws -> [String: String] {
        let wanted = try StackTree(source).files.filter { isWanted($0.key) }
        let found = try StackTree(target).files
        for path in found.keys where wanted[path] == nil && !Self.isOurs(path) {
            try failing(at: "\(target)/\(path)") { try FileManager.default.removeItem(atPath: "\(target)/\(path)") }
        }
        for (path, bytes) in wanted where found[path] != bytes {
            let file = "\(target)/\(path)"
            try failing(at: file) {
                try FileManager.default.createDirectory(
                    atPath: (file as NSString).deletingLastPathComponent, withIntermediateDirectories: true)
                try bytes.write(to: URL(filePath: file), options: .atomic)
            }
        }
        return wanted.mapValues { digest($0) }
    }

    /// What opsctl rendered, and the lock of the providers. Values of somebody else would override those of other layers.
    private static func isRendered(_ path: String, _ manifest: RenderManifest?) -> Bool {
        let name = (path as NSString).lastPathComponent
        if name == ".terraform.lock.hcl" { return true }
        if let manifest { return manifest.files[path] != nil }
        return name.hasSuffix(".tf") || name.hasSuffix(".tf.json")
    }

    /// Files that opsctl or Terraform put beside the copied ones. `errored.tfstate` is what Terraform could not write into
    /// the bucket, and the only copy of it.
    private static func isOurs(_ path: String) -> Bool {
        [
            ".terraform.lock.hcl", "bootstrap.tfstate", "errored.tfstate", LayerRun.upstreamFile, EndpointOverride.file,
            "zz_bootstrap_override.tf",
        ].contains(
            (path as NSString).lastPathComponent)
    }

    func makeFolder(_ path: String) throws {
        try failing(at: path) {
            try FileManager.default.createDirectory(
                atPath: path, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        }
    }
}

/// The files below a folder, without Terraform's own folders, states and plans.
private struct StackTree {
    let files: [String: Data]

    init(_ root: String) throws {
        var files: [String: Data] = [:]
        guard let walk = FileManager.default.enumerator(atPath: root) else {
            self.files = [:]
            return
        }
        while let path = walk.nextObject() as? String {
            let name = (path as NSString).lastPathComponent
            if name == ".terraform" {
                walk.skipDescendants()
                continue
            }
            guard walk.fileAttributes?[.type] as? FileAttributeType == .typeRegular, !name.contains(".tfstate"),
                !name.hasSuffix(".tfplan")
            else { continue }
            files[path] = try failing(at: "\(root)/\(path)") { try Data(contentsOf: URL(filePath: "\(root)/\(path)")) }
        }
        self.files = files
    }
}

/// What the files were that a plan was made from.
package struct StackDigests: Sendable, Equatable {
    private let modulesFiles: [String: String]
    private let renderedFiles: [String: String]

    init(modules: [String: String], rendered: [String: String]) { (modulesFiles, renderedFiles) = (modules, rendered) }

    /// Of all modules: a layer may use any of them.
    package var modules: String { Self.digest(of: modulesFiles) }

    package func layer(_ layer: StackLayer) -> String {
        Self.digest(of: renderedFiles.filter { $0.key.hasPrefix("\(layer.rawValue)/") })
    }

    private static func digest(of files: [String: String]) -> String {
        StackRendering.digest(files.sorted { $0.key < $1.key }.map { "\($0.key)\n\($0.value)\n" }.joined().utf8)
    }
}

func failing<Value>(at path: String, _ body: () throws -> Value) throws -> Value {
    do { return try body() } catch { throw StackError.folder(path: path, reason: error.localizedDescription) }
}
