import Glibc
import Synchronization

/// Sockets that hold our reservations until this process ends.
private let reservations = Mutex<[Int32]>([])

/// Ports of 127.0.0.1 on which nobody listens. They lie below the kernel's own range for outgoing connections, and are reserved
/// against every other caller of this function, in this process and in others, until this process ends.
package func freeLoopbackPorts(_ count: Int) throws -> [Int] {
    var ports: [Int] = []
    for port in (15_000...31_999).shuffled() where ports.count < count {
        guard isLoopbackPortFree(port), reserve(port) else { continue }
        ports.append(port)
    }
    guard ports.count == count else { throw ProcessError.noFreePort(asked: count) }
    return ports
}

/// The first of `count` free ports in a row, reserved in the same way.
package func freeLoopbackPortRange(_ count: Int) throws -> Int {
    for first in stride(from: 15_000, to: 32_000 - count, by: count).shuffled() {
        let ports = first..<first + count
        if ports.allSatisfy(isLoopbackPortFree), ports.allSatisfy(reserve) { return first }
    }
    throw ProcessError.noFreePort(asked: count)
}

/// Whether a server could listen on `port` of 127.0.0.1 now.
package func isLoopbackPortFree(_ port: Int) -> Bool {
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
    guard descriptor >= 0 else { return false }
    defer { close(descriptor) }
    var yes: Int32 = 1  // as servers do: connections of the last one in TIME_WAIT do not count
    setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &yes, socklen_t(MemoryLayout<Int32>.size))
    return withLoopbackAddress(port) { bind(descriptor, $0, $1) == 0 }
}

/// Whether somebody accepts connections on `port` of 127.0.0.1.
package func answersOnLoopback(_ port: Int) -> Bool {
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
    guard descriptor >= 0 else { return false }
    defer { close(descriptor) }
    return withLoopbackAddress(port) { connect(descriptor, $0, $1) == 0 }
}

private func withLoopbackAddress(_ port: Int, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Bool) -> Bool {
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = in_port_t(port).bigEndian
    address.sin_addr = in_addr(s_addr: INADDR_LOOPBACK.bigEndian)
    return withUnsafePointer(to: &address) {
        $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { body($0, socklen_t(MemoryLayout<sockaddr_in>.size)) }
    }
}

/// Binds a name in the abstract socket namespace: one owner on the machine, dropped by the kernel when the owner ends.
private func reserve(_ port: Int) -> Bool {
    let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
    guard descriptor >= 0 else { return false }
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    let name = Array("\0opsctl-port-\(port)".utf8)
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: name) }
    let length = socklen_t(MemoryLayout<sa_family_t>.size + name.count)
    let isBound = withUnsafePointer(to: &address) {
        $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { bind(descriptor, $0, length) == 0 }
    }
    guard isBound else {
        close(descriptor)
        return false
    }
    reservations.withLock { $0.append(descriptor) }
    return true
}
