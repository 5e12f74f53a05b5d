import Blocking
import Glibc
package import SocketClient

extension PostgresConnection {
    /// Looks at the server's certificate without logging in; libpq names none that it does not accept.
    /// - Returns: nil when the server has no TLS.
    package static func handshake(with url: PostgresURL, timeout: Duration) async throws -> TLSFacts? {
        try await blocking(timeout: timeout) { waiter in
            let stream = try TCPStream.connect(host: url.host, port: url.port, addresses: url.addresses, waiter)
            guard try asksForTLS(stream, waiter) else { return nil }
            let expectation = TLSExpectation(
                authorityFile: url.authorityFile == "system" ? nil : url.authorityFile, serverName: url.host)
            var facts: TLSFacts?
            do {
                _ = try TLSStream(over: stream, expecting: expectation, waiter) { facts = $0 }
            } catch SocketError.certificate {
                // What is wrong with it is among the facts.
            }
            return facts
        }
    }

    /// SSLRequest (PostgreSQL documentation, section 55.7): length 8, code 80877103; the answer is one byte.
    private static func asksForTLS(_ stream: TCPStream, _ waiter: Waiter) throws -> Bool {
        let request: [UInt8] = [0, 0, 0, 8, 0x04, 0xD2, 0x16, 0x2F]
        try request.withUnsafeBytes { try stream.write($0, waiter) }
        var answer: [UInt8] = [0]
        let count = try answer.withUnsafeMutableBytes { try stream.read(into: $0, waiter) }
        return count == 1 && answer[0] == UInt8(ascii: "S")
    }
}
