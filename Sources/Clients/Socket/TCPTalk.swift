import Blocking
import Glibc

/// A TCP connection, what was sent over it, and what came back.
package struct TCPTalk: Sendable, Equatable {
    package let remoteAddress: String
    package let connect: Duration
    /// What the server said until `isEnough` held, it closed, or the limit was reached.
    package let answer: [UInt8]

    /// Connects to `host`, sends `bytes`, and reads until `isEnough` holds; with nil it only connects.
    /// - Throws: `SocketError` when there is no connection; a server that says too little in time is no error.
    package static func hold(
        host: String, port: Int, addresses: [String], send bytes: [UInt8] = [],
        isEnough: (@Sendable ([UInt8]) -> Bool)? = nil, limit: Int = 64 << 10, timeout: Duration
    ) async throws -> TCPTalk {
        try await exchanging(with: "\(host):\(port)", timeout: timeout) { waiter in
            let start = ContinuousClock.now
            let stream = try TCPStream.connect(host: host, port: port, addresses: addresses, waiter)
            let connect = ContinuousClock.now - start
            if !bytes.isEmpty { try bytes.withUnsafeBytes { try stream.write($0, waiter) } }
            let answer = try isEnough.map { try listen(to: stream, until: $0, limit: limit, waiter) } ?? []
            return TCPTalk(remoteAddress: stream.peerAddress, connect: connect, answer: answer)
        }
    }

    private static func listen(
        to stream: TCPStream, until isEnough: ([UInt8]) -> Bool, limit: Int, _ waiter: Waiter
    ) throws -> [UInt8] {
        var answer: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 4096)
        while !isEnough(answer), answer.count < limit {
            do {
                let count = try buffer.withUnsafeMutableBytes { try stream.read(into: $0, waiter) }
                if count == 0 { break }
                answer.append(contentsOf: buffer.prefix(count))
            } catch WaitError.timedOut {
                break  // what was said so far is judged
            }
        }
        return answer
    }
}
