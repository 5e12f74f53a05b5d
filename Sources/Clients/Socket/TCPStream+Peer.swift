import Blocking
import Glibc

extension TCPStream {
    /// The address at the other end; empty for a unix socket.
    package var peerAddress: String {
        var address = sockaddr_storage()
        var size = socklen_t(MemoryLayout<sockaddr_storage>.size)
        var buffer = [CChar](repeating: 0, count: Int(NI_MAXHOST))
        let code = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { generic -> Int32 in
                guard getpeername(descriptor, generic, &size) == 0 else { return -1 }
                return getnameinfo(generic, size, &buffer, socklen_t(buffer.count), nil, 0, NI_NUMERICHOST)
            }
        }
        return code == 0 ? String(decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self) : ""
    }
}

extension ByteStream {
    func say(_ text: String, _ waiter: Waiter) throws {
        try Array(text.utf8).withUnsafeBytes { try write($0, waiter) }
    }

    /// One byte; nil when the peer has closed.
    func readByte(_ waiter: Waiter) throws -> UInt8? {
        var byte: UInt8 = 0
        return try withUnsafeMutableBytes(of: &byte) { try read(into: $0, waiter) } == 1 ? byte : nil
    }
}
