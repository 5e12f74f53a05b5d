import Blocking
import Glibc

/// A UDP socket connected to one server: the kernel picks a random source port and drops what others send.
final class DatagramLink {
    private let descriptor: Int32
    private let endpoint: String

    init(to resolver: DNSResolver) throws {
        endpoint = resolver.text
        var hints = addrinfo()
        hints.ai_socktype = Int32(SOCK_DGRAM.rawValue)
        hints.ai_flags = AI_NUMERICHOST
        var list: UnsafeMutablePointer<addrinfo>?
        let code = getaddrinfo(resolver.address, String(resolver.port), &hints, &list)
        guard code == 0, let address = list?.pointee else { throw DNSError.resolver(resolver.text) }
        defer { freeaddrinfo(list) }
        let kind = Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_NONBLOCK.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
        descriptor = socket(address.ai_family, kind, 0)
        guard descriptor >= 0, connect(descriptor, address.ai_addr, address.ai_addrlen) == 0 else {
            throw SocketError.failed(endpoint: endpoint, phase: "connect", errno: errno)
        }
    }

    deinit { if descriptor >= 0 { close(descriptor) } }

    func send(_ bytes: [UInt8]) throws {
        guard Glibc.send(descriptor, bytes, bytes.count, Int32(MSG_NOSIGNAL)) == bytes.count else {
            throw failure(errno)
        }
    }

    func receive(_ waiter: Waiter) throws -> [UInt8] {
        var buffer = [UInt8](repeating: 0, count: 65_535)
        while true {
            let count = recv(descriptor, &buffer, buffer.count, 0)
            if count >= 0 { return Array(buffer.prefix(count)) }
            switch errno {
            case EAGAIN: try waiter.wait(descriptor, for: POLLIN, phase: "query")
            case EINTR: continue
            default: throw failure(errno)
            }
        }
    }

    private func failure(_ code: Int32) -> SocketError {
        switch code {
        case ECONNREFUSED: .refused(endpoint: endpoint)
        case EHOSTUNREACH, ENETUNREACH: .unreachable(endpoint: endpoint, why: String(cString: strerror(code)))
        default: .failed(endpoint: endpoint, phase: "query", errno: code)
        }
    }
}
