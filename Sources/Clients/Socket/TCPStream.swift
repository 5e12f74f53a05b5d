package import Blocking
import Glibc

/// A connected TCP or unix socket, non-blocking, owned by this object.
package final class TCPStream: ByteStream {
    package let descriptor: Int32
    package let endpoint: String
    /// How often this side has waited for an answer to something new that it sent: round trips, as the kernel counts bytes.
    package private(set) var roundTrips = 0
    private var sentBefore: UInt64 = 0

    private init(descriptor: Int32, endpoint: String) {
        (self.descriptor, self.endpoint) = (descriptor, endpoint)
    }

    deinit { close(descriptor) }

    /// Tries every address of `host` until one accepts: those given, or else the resolver's, in its order.
    package static func connect(host: String, port: Int, addresses: [String] = [], _ waiter: Waiter) throws
        -> TCPStream
    {
        var last: any Error = SocketError.unresolved(host: host, why: "no address")
        let names = addresses.isEmpty ? [host] : addresses
        for (index, name) in names.enumerated() {
            // An address that swallows packets must not use up the time of the others.
            let share = waiter.remaining / (names.count - index)
            let part = Waiter(wake: waiter.wake, deadline: min(waiter.deadline, .now + share))
            do { return try connect(to: name, of: host, port: port, part) } catch let error as SocketError {
                last = error
            } catch WaitError.timedOut(let phase) where index < names.count - 1 {
                last = WaitError.timedOut(phase: phase)
            }
        }
        throw last
    }

    private static func connect(to name: String, of host: String, port: Int, _ waiter: Waiter) throws -> TCPStream {
        let endpoint = host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
        var hints = addrinfo()
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        var list: UnsafeMutablePointer<addrinfo>?
        let code = getaddrinfo(name, String(port), &hints, &list)
        guard code == 0 else { throw SocketError.unresolved(host: host, why: String(cString: gai_strerror(code))) }
        defer { freeaddrinfo(list) }
        var last: any Error = SocketError.unresolved(host: host, why: "no address")
        var next = list
        while let address = next?.pointee {
            next = address.ai_next
            do {
                return try open(address.ai_family, address.ai_addr, address.ai_addrlen, endpoint: endpoint, waiter)
            } catch let error as SocketError {
                last = error
            }
        }
        throw last
    }

    /// Connects to a unix socket; the path is limited to 107 bytes by the kernel.
    package static func connect(unixSocket path: String, _ waiter: Waiter) throws -> TCPStream {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let capacity = MemoryLayout.size(ofValue: address.sun_path)
        guard path.utf8.count < capacity else {
            throw SocketError.unreachable(endpoint: path, why: "a unix socket path has at most \(capacity - 1) bytes")
        }
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
        return try withUnsafePointer(to: &address) { pointer in
            try pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                try open(AF_UNIX, $0, socklen_t(MemoryLayout<sockaddr_un>.size), endpoint: path, waiter)
            }
        }
    }

    private static func open(
        _ family: Int32, _ address: UnsafePointer<sockaddr>, _ length: socklen_t, endpoint: String, _ waiter: Waiter
    ) throws -> TCPStream {
        let kind = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_NONBLOCK.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
        let descriptor = socket(family, kind, 0)
        guard descriptor >= 0 else { throw SocketError.failed(endpoint: endpoint, phase: "connect", errno: errno) }
        let stream = TCPStream(descriptor: descriptor, endpoint: endpoint)
        if Glibc.connect(descriptor, address, length) != 0 {
            guard errno == EINPROGRESS else { throw stream.connectError(errno) }
            try waiter.wait(descriptor, for: POLLOUT, phase: "connect")
        }
        var code: Int32 = 0
        var size = socklen_t(MemoryLayout<Int32>.size)
        getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &code, &size)
        guard code == 0 else { throw stream.connectError(code) }
        var on: Int32 = 1
        if family != AF_UNIX {
            setsockopt(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &on, socklen_t(MemoryLayout<Int32>.size))
        }
        return stream
    }

    private func connectError(_ code: Int32) -> SocketError {
        switch code {
        case ECONNREFUSED, ENOENT: .refused(endpoint: endpoint)
        case EHOSTUNREACH, ENETUNREACH:
            .unreachable(endpoint: endpoint, why: String(cString: strerror(code)))
        default: .failed(endpoint: endpoint, phase: "connect", errno: code)
        }
    }

    package func read(into buffer: UnsafeMutableRawBufferPointer, _ waiter: Waiter) throws -> Int {
        noteRoundTrip()
        while true {
            let count = recv(descriptor, buffer.baseAddress, buffer.count, 0)
            if count >= 0 { return count }
            try recover(errno, waiting: POLLIN, phase: "read", waiter)
        }
    }

    package func write(_ bytes: UnsafeRawBufferPointer, _ waiter: Waiter) throws {
        var offset = 0
        while offset < bytes.count {
            let rest = UnsafeRawBufferPointer(rebasing: bytes[offset...])
            let count = send(descriptor, rest.baseAddress, rest.count, Int32(MSG_NOSIGNAL))
            if count >= 0 {
                offset += count
            } else {
                try recover(errno, waiting: POLLOUT, phase: "write", waiter)
            }
        }
    }

    /// Called before input is waited for.
    func noteRoundTrip() {
        let sent = bytesSent
        if sent > sentBefore { (roundTrips, sentBefore) = (roundTrips + 1, sent) }
    }

    /// Called after a TLS handshake, which takes one at least: on loopback the answer can be there before it is waited for.
    func noteHandshake() { roundTrips = max(roundTrips, 1) }

    /// `tcpi_bytes_sent` less `tcpi_bytes_retrans` of linux/tcp.h, which Glibc's older structure leaves out; 0 for a unix socket.
    private var bytesSent: UInt64 {
        let (sentOffset, resentOffset) = (200, 208)
        var info = [UInt8](repeating: 0, count: 256)
        var size = socklen_t(info.count)
        guard getsockopt(descriptor, Int32(IPPROTO_TCP), TCP_INFO, &info, &size) == 0, size >= resentOffset + 8 else {
            return 0
        }
        return info.withUnsafeBytes {
            $0.loadUnaligned(fromByteOffset: sentOffset, as: UInt64.self)
                &- $0.loadUnaligned(fromByteOffset: resentOffset, as: UInt64.self)
        }
    }

    private func recover(_ code: Int32, waiting events: Int32, phase: String, _ waiter: Waiter) throws {
        switch code {
        case EAGAIN: try waiter.wait(descriptor, for: events, phase: phase)
        case EINTR: return
        case ECONNRESET, EPIPE: throw SocketError.closedByPeer(endpoint: endpoint, phase: phase)
        default: throw SocketError.failed(endpoint: endpoint, phase: phase, errno: code)
        }
    }
}
