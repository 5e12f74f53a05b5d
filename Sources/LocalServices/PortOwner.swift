import Foundation
import Glibc
import ProcessClient

/// Who listens on `port` of this machine, for people: `python3 (pid 4711)`, or as much as can be seen.
func listener(on port: Int) throws -> String {
    let suffix = String(format: ":%04X", port)
    let lines = try String(contentsOfFile: "/proc/net/tcp", encoding: .utf8).split(separator: "\n").dropFirst()
    let sockets = lines.compactMap { line -> String? in
        let fields = line.split(separator: " ")
        // local address, remote address, state (0A is LISTEN), …, inode
        return fields.count > 9 && fields[1].hasSuffix(suffix) && fields[3] == "0A" ? "socket:[\(fields[9])]" : nil
    }
    guard let socket = sockets.first else { return "a process that does not listen" }
    for pid in try FileManager.default.contentsOfDirectory(atPath: "/proc").compactMap(Int32.init) {
        if holds(socket, pid), let name = try commandLine(of: pid).first { return "\(name) (pid \(pid))" }
    }
    return "a process of another user"
}

/// Whether `pid` has `socket` open; false when its descriptors are not ours to see.
private func holds(_ socket: String, _ pid: Int32) -> Bool {
    let folder = "/proc/\(pid)/fd"
    guard let entries = opendir(folder) else { return false }
    defer { closedir(entries) }
    while let entry = readdir(entries) {
        let name = withUnsafeBytes(of: entry.pointee.d_name) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
        var target = [UInt8](repeating: 0, count: 64)
        let count = target.withUnsafeMutableBytes {
            readlink("\(folder)/\(name)", $0.baseAddress!.assumingMemoryBound(to: CChar.self), $0.count)
        }
        if count > 0, String(decoding: target.prefix(count), as: UTF8.self) == socket { return true }
    }
    return false
}
