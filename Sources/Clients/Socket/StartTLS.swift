import Blocking
import OpsModel

/// How a server is asked to begin TLS on a connection that started in plain text.
package enum StartTLS: String, Codable, Sendable, CaseIterable {
    case none, postgres, smtp, imap

    /// Brings `stream` to the point where the handshake begins; reads no byte more.
    /// - Throws: `SocketError.tls` when the server does not offer it.
    func negotiate(over stream: TCPStream, _ waiter: Waiter) throws {
        switch self {
        case .none: return
        case .postgres: try negotiatePostgres(stream, waiter)
        case .smtp: try negotiateSMTP(stream, waiter)
        case .imap: try negotiateIMAP(stream, waiter)
        }
    }

    /// SSLRequest: PostgreSQL documentation, "Message Formats".
    private func negotiatePostgres(_ stream: TCPStream, _ waiter: Waiter) throws {
        let request: [UInt8] = [0, 0, 0, 8, 0x04, 0xD2, 0x16, 0x2F]
        try request.withUnsafeBytes { try stream.write($0, waiter) }
        guard try stream.readByte(waiter) == UInt8(ascii: "S") else {
            throw refusal(stream, "it answers no to SSLRequest")
        }
    }

    /// RFC 3207.
    private func negotiateSMTP(_ stream: TCPStream, _ waiter: Waiter) throws {
        try expect("220", of: try reply(stream, waiter), stream)
        try stream.say("EHLO opsctl.invalid\r\n", waiter)
        let offer = try reply(stream, waiter)
        try expect("250", of: offer, stream)
        guard offer.contains(where: { $0.dropFirst(4).uppercased() == "STARTTLS" }) else {
            throw refusal(stream, "it does not offer STARTTLS")
        }
        try stream.say("STARTTLS\r\n", waiter)
        try expect("220", of: try reply(stream, waiter), stream)
    }

    /// RFC 9051, section 6.2.1.
    private func negotiateIMAP(_ stream: TCPStream, _ waiter: Waiter) throws {
        try expect("* OK", of: [try line(stream, waiter)], stream)
        try stream.say("a1 STARTTLS\r\n", waiter)
        for _ in 0..<50 {
            let answer = try line(stream, waiter)
            if answer.hasPrefix("a1 ") { return try expect("a1 OK", of: [answer], stream) }
        }
        throw refusal(stream, "it does not answer STARTTLS")
    }

    private func expect(_ prefix: String, of lines: [String], _ stream: TCPStream) throws {
        guard lines.last?.hasPrefix(prefix) == true else {
            throw refusal(stream, "expected `\(prefix)`, it says `\((lines.last ?? "").prefix(80))`")
        }
    }

    /// The lines of one SMTP reply: `250-` goes on, `250 ` ends it.
    private func reply(_ stream: TCPStream, _ waiter: Waiter) throws -> [String] {
        var lines: [String] = []
        while lines.count < 100 {
            let line = try line(stream, waiter)
            lines.append(line)
            if line.dropFirst(3).first != "-" { break }
        }
        return lines
    }

    private func line(_ stream: TCPStream, _ waiter: Waiter) throws -> String {
        var bytes: [UInt8] = []
        while bytes.count < 2000, let byte = try stream.readByte(waiter), byte != UInt8(ascii: "\n") {
            bytes.append(byte)
        }
        if bytes.last == UInt8(ascii: "\r") { bytes.removeLast() }
        return String(decoding: bytes, as: UTF8.self)
    }

    private func refusal(_ stream: TCPStream, _ why: String) -> SocketError {
        .tls(endpoint: stream.endpoint, why: "the server does not begin TLS: \(why)")
    }
}
