import Blocking
import Disk
import Foundation
import Glibc
import OpsModel

/// A bucket as a folder: each object is one file whose name is its key, percent-encoded so that any key is one name.
package struct DirectoryBucket: Bucket {
    package let folder: String

    /// Creates the folder (mode 0700) when it is missing.
    package init(folder: String) throws {
        self.folder = folder
        try FileManager.default.createDirectory(
            atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
    }

    /// Uses a folder that is there already and touches nothing: `put` and `list` fail with `NoSuchBucket` when it is missing.
    package init(existing folder: String) { self.folder = folder }

    package var location: String { "file://\(folder)" }

    package func put(_ key: String, _ content: BucketContent, contentType: String) async throws {
        let path = try path(key)
        try requireFolder(for: "store an object")
        try await blocking(timeout: .seconds(600)) { _ in
            switch content {
            case .bytes(let bytes): try DurableFile.write(bytes, to: path)
            case .file(let source): try DurableFile.copy(source, to: path)
            }
        }
    }

    package func get(_ key: String, limit: Int) async throws -> [UInt8] {
        guard let facts = try await facts(of: key) else { throw BucketError.absent(location: location, key: key) }
        guard facts.bytes <= limit else { throw BucketError.tooLarge(location: location, key: key, limit: limit) }
        let path = try path(key)
        return try await blocking(timeout: .seconds(60)) { _ in Array(try Data(contentsOf: URL(filePath: path))) }
    }

    package func download(_ key: String, to path: String) async throws {
        guard try await facts(of: key) != nil else { throw BucketError.absent(location: location, key: key) }
        let source = try self.path(key)
        try await blocking(timeout: .seconds(600)) { _ in try DurableFile.copy(source, to: path) }
    }

    package func facts(of key: String) async throws -> ObjectFacts? {
        let path = try path(key)
        return try await blocking(timeout: .seconds(60)) { _ in try Self.facts(of: key, at: path) }
    }

    package func delete(_ key: String) async throws {
        let path = try path(key)
        try await blocking(timeout: .seconds(60)) { _ in
            guard unlink(path) == 0 || errno == ENOENT else {
                throw DiskError.failed(action: "delete a file", path: path, errno: errno)
            }
        }
    }

    package func list(prefix: String, limit: Int) async throws -> [ObjectFacts] {
        try requireFolder(for: "list objects")
        return try await blocking(timeout: .seconds(60)) { _ in
            let names = try FileManager.default.contentsOfDirectory(atPath: folder)
            let keys = names.filter { !$0.contains(".tmp.") }.compactMap { $0.removingPercentEncoding }
            return try keys.filter { $0.hasPrefix(prefix) }.sorted().prefix(limit).compactMap {
                try Self.facts(of: $0, at: try path($0))
            }
        }
    }

    private func requireFolder(for action: String) throws(BucketError) {
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: folder, isDirectory: &isFolder), isFolder.boolValue else {
            throw .refused(
                location: location, action: action, status: 404, code: "NoSuchBucket", message: "no such folder")
        }
    }

    private func path(_ key: String) throws(BucketError) -> String {
        try validate(key: key)
        // `.tmp.` marks unfinished files: a key's own dots before `tmp` are encoded too.
        let name = SigV4.encoded(key, keepingSlash: false).replacing(".tmp.", with: "%2Etmp.")
        guard name.utf8.count <= 255 else { throw .invalidKey(key) }
        return "\(folder)/\(name)"
    }

    private static func facts(of key: String, at path: String) throws -> ObjectFacts? {
        var facts = stat()
        guard stat(path, &facts) == 0 else {
            if errno == ENOENT { return nil }
            throw DiskError.failed(action: "look at a file", path: path, errno: errno)
        }
        let date = Date(timeIntervalSince1970: Double(facts.st_mtim.tv_sec))
        return ObjectFacts(key: key, bytes: Int(facts.st_size), modified: rfc3339(date))
    }
}
