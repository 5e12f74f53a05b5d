import Blocking
import Cryptography
import Disk
import Foundation
import Glibc

/// This process' own folder for files on their way. A lock shows that its owner lives: what dead processes left behind is
/// removed by the next one that starts.
final class Spool: Sendable {
    let folder: String
    private let lock: FileLock

    /// Creates `root` when missing, cleans up after the dead, and takes a fresh folder below it.
    init(root: String) throws {
        try Self.makeFolder(root)
        try Self.removeAbandoned(in: root)
        folder = "\(root)/\(getpid())-\(hex(randomBytes(4)))"
        try Self.makeFolder(folder)
        guard let lock = try FileLock(path: "\(folder)/.lock", wait: false) else {
            throw AppServerError.spool(action: "lock the spool folder", path: folder, why: "another process holds it")
        }
        self.lock = lock
    }

    func newPath() -> String { "\(folder)/\(hex(randomBytes(12)))" }

    /// A folder of its own for one attempt at one job.
    func makeWorkspace() throws -> Workspace {
        let path = newPath()
        try Self.makeFolder(path)
        return Workspace(folder: path)
    }

    /// Bytes left on the spool's disk.
    func freeBytes() throws -> Int {
        let facts = try FileManager.default.attributesOfFileSystem(forPath: folder)
        return (facts[.systemFreeSize] as? NSNumber)?.intValue ?? 0
    }

    /// Removes the folder at a regular end; a crash leaves it to `removeAbandoned`.
    func close() throws { try FileManager.default.removeItem(atPath: folder) }

    private static func makeFolder(_ path: String) throws {
        do {
            try FileManager.default.createDirectory(
                atPath: path, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        } catch {
            throw AppServerError.spool(action: "create a folder", path: path, why: error.localizedDescription)
        }
    }

    private static func removeAbandoned(in root: String) throws {
        for name in try FileManager.default.contentsOfDirectory(atPath: root) {
            let path = "\(root)/\(name)"
            guard FileManager.default.fileExists(atPath: "\(path)/.lock") else { continue }
            guard try FileLock(path: "\(path)/.lock", wait: false) != nil else { continue }
            try FileManager.default.removeItem(atPath: path)
        }
    }
}

/// Input and output of one attempt; removed with everything in it.
struct Workspace: Sendable {
    let folder: String
    var input: String { "\(folder)/input" }
    var output: String { "\(folder)/output" }

    func remove() throws { try FileManager.default.removeItem(atPath: folder) }
}
