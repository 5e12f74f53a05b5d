import Disk
import Foundation
import Glibc
import OpsModel
import ProcessClient

/// The folder of one drill. It exists as long as the drill: at the end, and when opsctl dies in whatever way, every program that
/// uses it is stopped and it is removed.
///
/// The folder itself belongs to us and holds the marker, the lock and the log; `work` below it belongs to the account, mode 0700.
final class DrillFolder: Sendable {
    let path: String
    /// Held by us as long as we live: the kernel drops it when we die, which wakes the janitor.
    private let lock: FileLock

    private struct Marker: Codable {
        var schema = 1
        let drill: String
        let owner: ProcessIdentity?
    }

    var work: String { "\(path)/work" }
    var log: String { "\(path)/postgres.log" }
    var data: String { "\(work)/data" }

    private init(path: String, lock: FileLock) { (self.path, self.lock) = (path, lock) }

    /// Makes the folder and starts its janitor, before anything that would have to be cleaned up.
    static func make(in parent: String, drill: String, for account: ScratchAccount) async throws -> DrillFolder {
        var template = Array("\(parent)/opsctl-drill.XXXXXX\0".utf8)
        let isMade = template.withUnsafeMutableBytes {
            mkdtemp($0.baseAddress!.assumingMemoryBound(to: CChar.self)) != nil  // never empty: it ends with 0
        }
        guard isMade else { throw DiskError.failed(action: "make a scratch folder", path: parent, errno: errno) }
        let path = String(decoding: template.dropLast(), as: UTF8.self)
        guard chmod(path, 0o711) == 0, let lock = try FileLock(path: "\(path)/lock", wait: false) else {
            throw DiskError.failed(action: "prepare a scratch folder", path: path, errno: errno)
        }
        let folder = DrillFolder(path: path, lock: lock)
        let marker = Marker(drill: drill, owner: try ProcessIdentity.of(pid: getpid()))
        try DurableFile.write(canonicalJSON(marker), to: "\(path)/drill.json")
        try Janitor.startWaiting(for: path)
        do {
            try account.makeFolder(folder.work)
            for name in ["run", "lock", "tablespaces"] { try account.makeFolder("\(folder.work)/\(name)") }
            guard try await account.can("-x", folder.work) else {
                throw DrillError.closed(path: parent, user: account.name, need: "enter the scratch folder")
            }
        } catch {
            try await folder.remove()
            throw error
        }
        return folder
    }

    /// Stops every program that uses the folder and removes it.
    func remove() async throws { try await Janitor.clean(path) }

    /// Removes folders of drills that have died together with their janitors (a power cut, a killed process tree).
    /// - Returns: how many.
    static func sweep(_ parent: String) async throws -> Int {
        var count = 0
        for name in try FileManager.default.contentsOfDirectory(atPath: parent) where name.hasPrefix("opsctl-drill.") {
            let path = "\(parent)/\(name)"
            var status = stat()
            guard lstat(path, &status) == 0, status.st_mode & S_IFMT == S_IFDIR, status.st_uid == geteuid(),
                FileManager.default.fileExists(atPath: "\(path)/drill.json"),
                let lock = try FileLock(path: "\(path)/lock", wait: false)
            else { continue }
            try await Janitor.clean(path)
            withExtendedLifetime(lock) {}
            count += 1
        }
        return count
    }
}
