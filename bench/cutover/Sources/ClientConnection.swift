import Glibc
import OpsModel

/// HTTP/1.1 on one connection, which is kept until the server says that it closes it. Nothing is sent twice.
struct ClientConnection {
    enum Answer {
        case answered(Slot)
        case serverError
        case lost(String)
    }

    private let port: Int
    private var descriptor: Int32 = -1
    private var buffer = [UInt8](repeating: 0, count: 8192)

    private static let request = Array("GET /load HTTP/1.1\r\nhost: bench\r\n\r\n".utf8)
    /// After which a request counts as lost.
    private static let patience = timeval(tv_sec: 10, tv_usec: 0)

    init(port: Int) { self.port = port }

    mutating func ask() -> Answer {
        if descriptor >= 0, isClosedByServer { close() }
        if descriptor < 0, let why = connect() { return lost("connect: \(why)") }
        let sent = Self.request.withUnsafeBytes { send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
        guard sent == Self.request.count else { return lost("send: \(reason())") }
        var length = 0
        while true {
            let received = buffer.withUnsafeMutableBytes {
                recv(descriptor, $0.baseAddress! + length, $0.count - length, 0)
            }
            guard received > 0 else {
                return lost(received < 0 ? "receive: \(reason())" : length > 0 ? "cut off" : "closed without an answer")
            }
            length += received
            guard let head = Head(buffer[..<length]) else {
                guard length < buffer.count else { return lost("no end of the headers") }
                continue
            }
            guard length >= head.end + head.contentLength else { continue }
            if head.closes { close() }
            guard head.status < 500 else { return .serverError }
            guard head.status == 200, let slot = head.slot else { return lost("status \(head.status) of nobody") }
            return .answered(slot)
        }
    }

    /// A server may close a connection that has nothing to do, and a client that sees it in time loses nothing (RFC 9112, section 9.3).
    private var isClosedByServer: Bool {
        var byte: UInt8 = 0
        return recv(descriptor, &byte, 1, Int32(MSG_PEEK) | Int32(MSG_DONTWAIT)) == 0
    }

    mutating func close() {
        if descriptor >= 0 { Glibc.close(descriptor) }
        descriptor = -1
    }

    private mutating func lost(_ why: String) -> Answer {
        close()
        return .lost(why)
    }

    private mutating func connect() -> String? {
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { return reason() }
        var (on, patience) = (Int32(1), Self.patience)
        setsockopt(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &on, socklen_t(MemoryLayout<Int32>.size))
        for option in [SO_RCVTIMEO, SO_SNDTIMEO] {
            setsockopt(descriptor, SOL_SOCKET, option, &patience, socklen_t(MemoryLayout<timeval>.size))
        }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(UInt16(port).bigEndian)
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        let result = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                Glibc.connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        return result == 0 ? nil : reason()
    }

    private func reason() -> String { String(cString: strerror(errno)) }
}

/// What is needed of a response's head.
private struct Head {
    let status: Int
    let slot: Slot?
    let contentLength: Int
    let closes: Bool
    /// Where the body begins.
    let end: Int

    /// Nil until the head is whole.
    init?(_ bytes: ArraySlice<UInt8>) {
        let blank = Array("\r\n\r\n".utf8)
        guard let end = bytes.firstRange(of: blank)?.upperBound else { return nil }
        self.end = end
        let lines = String(decoding: bytes[..<end], as: UTF8.self).lowercased().split(separator: "\r\n")
        status = lines.first?.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0
        var (slot, length, closes): (Slot?, Int, Bool) = (nil, 0, false)
        for line in lines.dropFirst() {
            if line.hasPrefix("x-opsctl-slot: ") { slot = Slot(rawValue: String(line.dropFirst(15))) }
            if line.hasPrefix("content-length: ") { length = Int(line.dropFirst(16)) ?? 0 }
            if line == "connection: close" { closes = true }
        }
        (self.slot, contentLength, self.closes) = (slot, length, closes)
    }
}
