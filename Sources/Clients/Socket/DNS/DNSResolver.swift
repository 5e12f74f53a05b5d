import Blocking
import Foundation
import Glibc
import OpsModel

/// A DNS server. Asks over UDP, and over TCP when the answer does not fit (RFC 1035, section 4.2).
package struct DNSResolver: Codable, Sendable, Equatable {
    package let address: String
    package let port: Int

    package init(address: String, port: Int = 53) { (self.address, self.port) = (address, port) }

    /// `192.0.2.53`, `192.0.2.53:5353`, `2001:db8::53`, `[2001:db8::53]:5353`.
    package init(_ text: String) throws(DNSError) {
        if isAddress(text) {
            self.init(address: text)
            return
        }
        guard let colon = text.lastIndex(of: ":"), let port = Int(text[text.index(after: colon)...]),
            (1...65535).contains(port)
        else { throw .resolver(text) }
        var host = String(text[..<colon])
        if host.hasPrefix("["), host.hasSuffix("]") { host = String(host.dropFirst().dropLast()) }
        guard isAddress(host) else { throw .resolver(text) }
        self.init(address: host, port: port)
    }

    package var text: String { address.contains(":") ? "[\(address)]:\(port)" : "\(address):\(port)" }

    /// The first `nameserver` of resolv.conf(5). - Throws: `DNSError.resolver` when there is none.
    package static func system(file: String = "/etc/resolv.conf") throws -> DNSResolver {
        let text = try String(contentsOfFile: file, encoding: .utf8)
        for line in text.split(whereSeparator: \.isNewline) {
            let words = line.split(whereSeparator: \.isWhitespace)
            if words.count >= 2, words[0] == "nameserver" { return try DNSResolver(String(words[1])) }
        }
        throw DNSError.resolver("no nameserver in \(file)")
    }

    /// - Throws: `SocketError`, `SocketInterruption`, `DNSError`.
    package func ask(_ question: DNSQuestion, timeout: Duration) async throws -> DNSExchange {
        try await exchanging(with: text, timeout: timeout) { waiter in
            let start = ContinuousClock.now
            let id = UInt16.random(in: .min ... .max)
            let query = try question.query(id: id)
            var reply = try askOverUDP(query, id: id, question, waiter)
            let isOverTCP = reply.isTruncated
            if isOverTCP { reply = try askOverTCP(query, id: id, question, waiter) }
            return DNSExchange(reply: reply, elapsed: .now - start, isOverTCP: isOverTCP)
        }
    }

    /// Sends up to three times; answers that do not belong to the question are passed over.
    private func askOverUDP(_ query: [UInt8], id: UInt16, _ question: DNSQuestion, _ waiter: Waiter) throws -> DNSReply
    {
        let link = try DatagramLink(to: self)
        for attempt in 1...3 {
            try link.send(query)
            let pause = attempt == 3 ? waiter.remaining : min(waiter.remaining, .seconds(1))
            let turn = Waiter(wake: waiter.wake, deadline: .now + pause)
            do {
                for _ in 0..<100 {
                    let bytes = try link.receive(turn)
                    guard let reply = try accepted(bytes, id: id, question) else { continue }
                    return reply
                }
            } catch WaitError.timedOut where attempt < 3 && waiter.remaining > .zero {
                continue
            }
        }
        throw WaitError.timedOut(phase: "query")
    }

    private func askOverTCP(_ query: [UInt8], id: UInt16, _ question: DNSQuestion, _ waiter: Waiter) throws -> DNSReply
    {
        let stream = try TCPStream.connect(host: address, port: port, waiter)
        let framed = [UInt8(query.count >> 8), UInt8(query.count & 255)] + query
        try framed.withUnsafeBytes { try stream.write($0, waiter) }
        let size = try stream.read(exactly: 2, waiter)
        let bytes = try stream.read(exactly: Int(size[0]) << 8 | Int(size[1]), waiter)
        guard let reply = try accepted(bytes, id: id, question) else {
            throw DNSError.malformed("it answers another question")
        }
        return reply
    }

    /// nil for one that somebody else may have sent.
    private func accepted(_ bytes: [UInt8], id: UInt16, _ question: DNSQuestion) throws(DNSError) -> DNSReply? {
        guard bytes.count >= 2, UInt16(bytes[0]) << 8 | UInt16(bytes[1]) == id else { return nil }
        let reply = try DNSReader.reply(bytes)
        return reply.question == question ? reply : nil
    }
}

/// One question and its answer.
package struct DNSExchange: Sendable, Equatable {
    package let reply: DNSReply
    package let elapsed: Duration
    package let isOverTCP: Bool
}

extension TCPStream {
    fileprivate func read(exactly count: Int, _ waiter: Waiter) throws -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: count)
        var offset = 0
        while offset < count {
            let got = try bytes.withUnsafeMutableBytes {
                try read(into: UnsafeMutableRawBufferPointer(rebasing: $0[offset...]), waiter)
            }
            guard got > 0 else { throw SocketError.closedByPeer(endpoint: endpoint, phase: "read") }
            offset += got
        }
        return bytes
    }
}
