import Blocking
import Glibc
import OpsModel
package import SocketClient
import Synchronization

/// One Redis session over TCP or TLS, authenticated at opening. Exchanges queue up behind each other.
package final class RedisConnection: Sendable {
    package let url: RedisURL
    /// The handshake; nil without TLS.
    package let tls: TLSFacts?
    private let link: Mutex<Link>

    private init(url: RedisURL, link: consuming sending Link, tls: TLSFacts?) {
        (self.url, self.tls) = (url, tls)
        self.link = Mutex(link)
    }

    /// TLS protocol version such as `TLSv1.3`; nil without TLS.
    package var tlsVersion: String? { tls?.version }
    /// Round trips so far, after TCP's own.
    package var roundTrips: Int { link.withLock { $0.roundTrips } }

    /// Connects, verifies the certificate for `rediss`, and sends AUTH and SELECT where the URL asks for them.
    /// - Throws: `SocketError`, `RedisError`.
    package static func open(_ url: RedisURL, timeout: Duration) async throws -> RedisConnection {
        let connection = try await connect(url, timeout: timeout)
        var greeting: [[String]] = []
        if let password = url.password {
            greeting.append(["AUTH"] + [url.user].compactMap { $0 } + [password.reveal()])
        }
        if url.database != 0 { greeting.append(["SELECT", String(url.database)]) }
        for (command, reply) in zip(greeting, try await connection.send(greeting, timeout: timeout)) {
            if case .error(let text) = reply {
                throw RedisError.refused(server: url.endpoint, command: command[0], reply: text)
            }
        }
        return connection
    }

    /// Connects without sending anything, for checks that expect to be refused.
    /// - Parameter report: takes the facts of the TLS handshake, also of one that fails over the certificate.
    package static func connect(
        _ url: RedisURL, timeout: Duration, report: @escaping @Sendable (TLSFacts) -> Void = { _ in }
    ) async throws -> RedisConnection {
        try await translating(url) {
            try await blocking(timeout: timeout) { waiter in
                let transport = try TCPStream.connect(
                    host: url.host, port: url.port, addresses: url.addresses, waiter)
                guard url.usesTLS else {
                    return RedisConnection(
                        url: url, link: Link(stream: transport, over: transport, server: url.endpoint), tls: nil)
                }
                let expectation = TLSExpectation(authorityFile: url.authorityFile, serverName: url.host)
                let tls = try TLSStream(over: transport, expecting: expectation, waiter, report: report)
                let facts = tls.facts
                return RedisConnection(
                    url: url, link: Link(stream: tls, over: transport, server: url.endpoint), tls: facts)
            }
        }
    }

    /// Sends all commands in one flight and returns their replies in order; error replies are values, not thrown.
    package func send(_ commands: [[String]], timeout: Duration = .seconds(5)) async throws -> [RedisValue] {
        try await sendBytes(commands.map { $0.map { Array($0.utf8) } }, timeout: timeout)
    }

    package func sendBytes(_ commands: [[[UInt8]]], timeout: Duration = .seconds(5)) async throws -> [RedisValue] {
        guard !commands.isEmpty else { return [] }
        return try await Self.translating(url) {
            try await blocking(timeout: timeout) { waiter in
                try self.link.withLock { try $0.exchange(commands, waiter) }
            }
        }
    }

    /// Sends one command and throws `RedisError.refused` for an error reply.
    package func command(_ words: String..., timeout: Duration = .seconds(5)) async throws -> RedisValue {
        let reply = try await send([words], timeout: timeout)[0]
        if case .error(let text) = reply {
            throw RedisError.refused(server: url.endpoint, command: words[0], reply: text)
        }
        return reply
    }

    package var isUsable: Bool { link.withLock { $0.isUsable } }

    private static func translating<Value>(_ url: RedisURL, _ body: () async throws -> Value) async throws -> Value {
        do {
            return try await body()
        } catch WaitError.timedOut(let phase) {
            throw RedisError.timedOut(server: url.endpoint, phase: phase)
        } catch WaitError.cancelled(let phase) {
            throw RedisError.cancelled(server: url.endpoint, phase: phase)
        } catch WaitError.failed(let phase, let code) {
            throw SocketError.failed(endpoint: url.endpoint, phase: phase, errno: code)
        }
    }
}

/// Stream and parser of one session.
private struct Link: ~Copyable {
    // Sound, both: the owner's Mutex lets one thread at a time use the stream and the socket below it.
    nonisolated(unsafe) private let stream: any ByteStream
    nonisolated(unsafe) private let transport: TCPStream
    private let reader: ReplyReader
    private let server: String
    private(set) var isUsable = true

    var roundTrips: Int { transport.roundTrips }

    init(stream: any ByteStream, over transport: TCPStream, server: String) {
        (self.stream, self.transport, self.server) = (stream, transport, server)
        reader = ReplyReader(server: server)
    }

    mutating func exchange(_ commands: [[[UInt8]]], _ waiter: Waiter) throws -> [RedisValue] {
        guard isUsable else { throw SocketError.closedByPeer(endpoint: server, phase: "write") }
        do {
            try commands.flatMap(wireForm).withUnsafeBytes { try stream.write($0, waiter) }
            return try commands.map { _ in try reader.next(from: stream, waiter) }
        } catch {
            isUsable = false  // replies may still be on their way: the next ones would be taken for others
            throw error
        }
    }
}
