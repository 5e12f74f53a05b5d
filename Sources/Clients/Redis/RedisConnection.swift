import Blocking
import Glibc
import OpsModel
package import SocketClient
import Synchronization

/// One Redis session over TCP or TLS, authenticated at opening. Exchanges queue up behind each other.
package final class RedisConnection: Sendable {
    package let url: RedisURL
    /// TLS protocol version such as `TLSv1.3`; nil without TLS.
    package let tlsVersion: String?
    package let certificateDaysLeft: Int?
    private let link: Mutex<Link>

    private init(url: RedisURL, link: consuming sending Link, tlsVersion: String?, certificateDaysLeft: Int?) {
        (self.url, self.tlsVersion, self.certificateDaysLeft) = (url, tlsVersion, certificateDaysLeft)
        self.link = Mutex(link)
    }

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
    package static func connect(_ url: RedisURL, timeout: Duration) async throws -> RedisConnection {
        try await translating(url) {
            try await blocking(timeout: timeout) { waiter in
                let transport = try TCPStream.connect(
                    host: url.host, port: url.port, addresses: url.addresses, waiter)
                guard url.usesTLS else {
                    return RedisConnection(
                        url: url, link: Link(stream: transport, server: url.endpoint), tlsVersion: nil,
                        certificateDaysLeft: nil)
                }
                let expectation = TLSExpectation(authorityFile: url.authorityFile, serverName: url.host)
                let tls = try TLSStream(over: transport, expecting: expectation, waiter)
                let (version, days) = (tls.version, tls.certificateDaysLeft)
                return RedisConnection(
                    url: url, link: Link(stream: tls, server: url.endpoint), tlsVersion: version,
                    certificateDaysLeft: days)
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
    // Sound: the owner's Mutex lets one thread at a time use the stream.
    nonisolated(unsafe) private let stream: any ByteStream
    private let reader: ReplyReader
    private let server: String
    private(set) var isUsable = true

    init(stream: any ByteStream, server: String) {
        (self.stream, self.server) = (stream, server)
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
