import Foundation
import Glibc
import HTTPClient

/// A plain TCP connection, for requests that no client library would send.
enum RawConnection {
    struct Failed: Error { let errno: Int32 }

    /// Sends `text` and closes at once; returns the descriptor's last error, which may well be one.
    static func send(_ base: String, _ text: String) async throws -> Int32 {
        let descriptor = try connect(base)
        defer { close(descriptor) }
        return try write(Array(text.utf8), to: descriptor)
    }

    /// Opens connections that say nothing, and closes them after `body`.
    static func withIdle(_ count: Int, _ base: String, _ body: () async throws -> Void) async throws {
        var descriptors: [Int32] = []
        defer { descriptors.forEach { close($0) } }
        for _ in 0..<count { descriptors.append(try connect(base)) }
        try await body()
    }

    /// Sends `text` and reads until the server closes.
    static func exchange(_ base: String, _ text: String) async throws -> String {
        let descriptor = try connect(base)
        defer { close(descriptor) }
        _ = try write(Array(text.utf8), to: descriptor)
        return try answer(from: descriptor)
    }

    /// Uploads a PDF in two halves and calls `between` in the middle; returns the answer.
    static func slowUpload(_ base: String, _ bytes: [UInt8], between: @Sendable () throws -> Void) async throws
        -> String
    {
        let descriptor = try connect(base)
        defer { close(descriptor) }
        let head =
            "POST /api/v1/pdf/compress HTTP/1.1\r\nHost: x\r\nContent-Type: application/pdf\r\n"
            + "Content-Length: \(bytes.count)\r\n\r\n"
        let half = bytes.count / 2
        _ = try write(Array(head.utf8) + bytes[..<half], to: descriptor)
        // The head has surely been read when half of the body is on its way and the server has answered someone else.
        _ = try await HTTPClient().send(HTTPRequest("GET", base + "/healthz"))
        try between()
        _ = try write(Array(bytes[half...]), to: descriptor)
        return try answer(from: descriptor)
    }

    private static func answer(from descriptor: Int32) throws -> String {
        var answer: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65536)
        while true {
            let count = read(descriptor, &buffer, buffer.count)
            guard count > 0 else { return String(decoding: answer, as: UTF8.self) }
            answer += buffer[..<count]
        }
    }

    private static func connect(_ base: String) throws -> Int32 {
        let port = in_port_t(URLComponents(string: base)?.port ?? 0)
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var limit = timeval(tv_sec: 20, tv_usec: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr = in_addr(s_addr: INADDR_LOOPBACK.bigEndian)
        let result = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                Glibc.connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard result == 0 else { throw Failed(errno: errno) }
        return descriptor
    }

    private static func write(_ bytes: [UInt8], to descriptor: Int32) throws -> Int32 {
        var offset = 0
        while offset < bytes.count {
            let count = bytes[offset...].withUnsafeBytes {
                Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            guard count > 0 else { return errno }
            offset += count
        }
        return 0
    }
}
