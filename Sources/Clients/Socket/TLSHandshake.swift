import Blocking
import OpsModel

/// One TLS handshake with a server and what it showed, also when the certificate was not accepted.
package struct TLSHandshake: Sendable, Equatable {
    package let remoteAddress: String
    package let connect: Duration
    /// From connected to the end of the handshake.
    package let elapsed: Duration
    package let facts: TLSFacts
    /// Why the handshake was not finished; nil when it was.
    package let error: SocketError?
}

/// A server that is to be met with TLS.
package struct TLSServer: Sendable {
    package var host: String
    package var port: Int
    package var addresses: [String]
    package var expectation: TLSExpectation
    package var startTLS: StartTLS

    package init(
        host: String, port: Int, addresses: [String], expectation: TLSExpectation, startTLS: StartTLS = .none
    ) {
        (self.host, self.port, self.addresses) = (host, port, addresses)
        (self.expectation, self.startTLS) = (expectation, startTLS)
    }

    package var endpoint: String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }

    /// - Throws: `SocketError` when there is no connection, `SocketInterruption`; a refused handshake is a result.
    package func shakeHands(timeout: Duration) async throws -> TLSHandshake {
        try await exchanging(with: endpoint, timeout: timeout) { waiter in
            let start = ContinuousClock.now
            let stream = try TCPStream.connect(host: host, port: port, addresses: addresses, waiter)
            let connected = ContinuousClock.now
            let remote = stream.peerAddress
            var facts = TLSFacts(version: nil, cipher: nil, chain: [], refusal: nil)
            var failure: SocketError?
            do {
                try startTLS.negotiate(over: stream, waiter)
                _ = try TLSStream(over: stream, expecting: expectation, waiter) { facts = $0 }
            } catch let error as SocketError {
                failure = error
            }
            return TLSHandshake(
                remoteAddress: remote, connect: connected - start, elapsed: .now - connected, facts: facts,
                error: failure)
        }
    }
}
