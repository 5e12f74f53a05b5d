import Foundation
import Glibc

/// The folder of a service's unix sockets: `<folder>/run`, or, where that is too long for the 107 bytes of a socket address, a
/// short folder below `/tmp` to which `<folder>/run` is a link.
func runtimeFolder(of folder: String, for account: ServiceAccount) throws -> String {
    let path = "\(folder)/run"
    if path.utf8.count <= 70 {
        try account.makeFolder(path, mode: 0o711)
        return path
    }
    if let target = linkTarget(of: path), isOwned(target, by: account) { return target }
    var template = Array("/tmp/opsctl-run.XXXXXX\0".utf8)
    let isMade = template.withUnsafeMutableBytes { mkdtemp($0.baseAddress!.assumingMemoryBound(to: CChar.self)) != nil }
    guard isMade else {
        throw LocalServiceError.failed(action: "make a folder for sockets", path: "/tmp", reason: lastError())
    }
    let target = String(decoding: template.dropLast(), as: UTF8.self)
    try account.makeFolder(target, mode: 0o711)
    if unlink(path) != 0, errno != ENOENT {
        throw LocalServiceError.failed(action: "renew a link", path: path, reason: lastError())
    }
    guard symlink(target, path) == 0 else {
        throw LocalServiceError.failed(action: "make a link", path: path, reason: lastError())
    }
    return target
}

/// Removes what `runtimeFolder` made outside of `folder`, if anything.
func removeRuntimeFolder(of folder: String) throws {
    guard let target = linkTarget(of: "\(folder)/run"), FileManager.default.fileExists(atPath: target) else { return }
    try FileManager.default.removeItem(atPath: target)
}

private func linkTarget(of path: String) -> String? {
    var buffer = [UInt8](repeating: 0, count: 256)
    let count = buffer.withUnsafeMutableBytes {
        readlink(path, $0.baseAddress!.assumingMemoryBound(to: CChar.self), $0.count)
    }
    return count > 0 ? String(decoding: buffer.prefix(count), as: UTF8.self) : nil
}

/// A folder that somebody else made under the same name after a reboot is not ours.
private func isOwned(_ path: String, by account: ServiceAccount) -> Bool {
    var status = stat()
    return lstat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR && status.st_uid == account.uid
}
