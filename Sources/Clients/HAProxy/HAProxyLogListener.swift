package import Blocking
import Glibc
package import OpsModel
import Synchronization

/// The unix datagram socket to which HAProxy logs while something wants to read it.
///
/// HAProxy never waits for a reader: what does not fit into the socket's queue (`net.unix.max_dgram_qlen`, often 10 lines) it
/// drops and counts (`HAProxyClient.droppedLogs`). A HAProxy that is chrooted looks the path up inside of its chroot.
package final class HAProxyLogListener: Sendable {
    package let path: String
    private let descriptor: Int32
    private let file: FileIdentity
    private let unreadableCount = Mutex(0)

    /// Lines that were not of our format, or cut off by the socket.
    package var unreadable: Int { unreadableCount.withLock { $0 } }

    /// Takes the place of a socket that an earlier run left behind; another kind of file is left alone.
    /// - Parameters:
    ///   - path: at most 107 bytes; its folder must be open to HAProxy's user.
    ///   - owner: the user that HAProxy runs as, who alone may write to the socket; nil for our own.
    package init(path: String, owner: UInt32? = nil) throws(HAProxyError) {
        self.path = path
        try removeStaleSocket(path)
        let kind = Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_NONBLOCK.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
        let descriptor = socket(AF_UNIX, kind, 0)
        guard descriptor >= 0 else { throw .noLogSocket(path: path, why: reason(errno)) }
        do {
            try bindSocket(descriptor, to: path, owner: owner)
            file = try FileIdentity(path)
        } catch {
            Glibc.close(descriptor)
            throw error
        }
        self.descriptor = descriptor
    }

    /// Removes the socket, unless another listener has taken its place.
    deinit {
        if FileIdentity(existing: path) == file { unlink(path) }
        Glibc.close(descriptor)
    }

    /// Hands over lines, one after the other, until the task is cancelled. `take` holds up the next line.
    package func run(_ take: @escaping @Sendable (HAProxyLogLine) -> Void) async throws {
        do {
            // Ends by cancellation only.
            try await blocking(timeout: .seconds(365 * 86_400)) { waiter in
                var buffer = [UInt8](repeating: 0, count: 4 * HAProxyLogLine.longest)
                while true {
                    try waiter.wait(self.descriptor, for: POLLIN, phase: "log")
                    self.readAll(&buffer, take)
                }
            }
        } catch WaitError.cancelled {
            return
        } catch let error as WaitError {
            throw HAProxyError.unanswered(socket: path, command: "log", error)
        }
    }

    private func readAll(_ buffer: inout [UInt8], _ take: (HAProxyLogLine) -> Void) {
        while true {
            let count = recv(descriptor, &buffer, buffer.count, Int32(MSG_TRUNC))
            guard count >= 0 else { return }
            let text = String(decoding: buffer.prefix(count), as: UTF8.self)
            if count <= buffer.count, let line = HAProxyLogLine(text) {
                take(line)
            } else {
                unreadableCount.withLock { $0 += 1 }
            }
        }
    }
}

extension HAProxyClient {
    /// Log lines that HAProxy could not hand over since its start.
    package func droppedLogs() async throws -> Int {
        let lines = try await ask("show info").split(separator: "\n")
        guard let text = lines.first(where: { $0.hasPrefix("DroppedLogs: ") })?.dropFirst("DroppedLogs: ".count),
            let count = Int(text)
        else { throw HAProxyError.unreadable(what: "DroppedLogs", text: String(lines.first ?? "")) }
        return count
    }
}

/// Which socket a path leads to.
private struct FileIdentity: Sendable, Equatable {
    private let device: UInt
    private let inode: UInt

    init(_ path: String) throws(HAProxyError) {
        guard let identity = FileIdentity(existing: path) else { throw .noLogSocket(path: path, why: reason(errno)) }
        self = identity
    }

    init?(existing path: String) {
        var status = stat()
        guard lstat(path, &status) == 0 else { return nil }
        (device, inode) = (UInt(status.st_dev), UInt(status.st_ino))
    }
}

/// Nobody else can write to it before its owner is set: bind(2) makes the file with the mode of the descriptor.
private func bindSocket(_ descriptor: Int32, to path: String, owner: UInt32?) throws(HAProxyError) {
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    guard path.utf8.count < MemoryLayout.size(ofValue: address.sun_path) else {
        throw .noLogSocket(path: path, why: "a unix socket path has at most 107 bytes")
    }
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
    guard fchmod(descriptor, 0o600) == 0 else { throw .noLogSocket(path: path, why: reason(errno)) }
    let isBound = withUnsafePointer(to: &address) { pointer in
        pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
            bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size)) == 0
        }
    }
    guard isBound, chmod(path, 0o600) == 0, owner.map({ chown(path, $0, gid_t.max) == 0 }) ?? true else {
        throw .noLogSocket(path: path, why: reason(errno))
    }
}

private func removeStaleSocket(_ path: String) throws(HAProxyError) {
    var status = stat()
    guard lstat(path, &status) == 0 else {
        guard errno == ENOENT else { throw .noLogSocket(path: path, why: reason(errno)) }
        return
    }
    guard status.st_mode & S_IFMT == S_IFSOCK else {
        throw .noLogSocket(path: path, why: "there is a file that is not a socket")
    }
    guard unlink(path) == 0 else { throw .noLogSocket(path: path, why: reason(errno)) }
}

private func reason(_ code: Int32) -> String { "\(String(cString: strerror(code))) (errno \(code))" }
