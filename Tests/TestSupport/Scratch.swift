import Foundation
import Glibc

/// A fresh folder for the length of `body`, removed afterwards, pass or throw. It lies in memory where the machine has
/// `/dev/shm`, its path is short enough for unix sockets, and service users may traverse it.
package func withScratchDirectory<Value>(
    isolation: isolated (any Actor)? = #isolation, _ body: (String) async throws -> Value
) async throws -> Value {
    let path = try makeScratchDirectory()
    do {
        let value = try await body(path)
        try FileManager.default.removeItem(atPath: path)
        return value
    } catch {
        removeQuietly(path)
        throw error
    }
}

/// The same for tests that do not wait.
package func withScratchDirectory<Value>(_ body: (String) throws -> Value) throws -> Value {
    let path = try makeScratchDirectory()
    do {
        let value = try body(path)
        try FileManager.default.removeItem(atPath: path)
        return value
    } catch {
        removeQuietly(path)
        throw error
    }
}

package func makeScratchDirectory() throws -> String {
    let parent = access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp"
    var template = Array("\(parent)/opsctl-test.XXXXXX\0".utf8)
    let isMade = template.withUnsafeMutableBytes { mkdtemp($0.baseAddress!.assumingMemoryBound(to: CChar.self)) != nil }
    let path = String(decoding: template.dropLast(), as: UTF8.self)
    guard isMade, chmod(path, 0o711) == 0 else {
        throw CocoaError(.fileWriteUnknown, userInfo: [NSFilePathErrorKey: path])
    }
    return path
}

/// Removes after a failure, whose error matters more than one of this removal.
private func removeQuietly(_ path: String) {
    do { try FileManager.default.removeItem(atPath: path) } catch {
        print("scratch folder \(path) is left behind: \(error)")
    }
}
