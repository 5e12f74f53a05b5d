package import Blocking
package import OpsModel
import SocketClient

/// Speaks HAProxy's Runtime API on its unix socket: one command line, one reply, connection closed by the server.
package struct HAProxyClient: Sendable {
    package let socket: String
    package let timeout: Duration

    package init(socket: String, timeout: Duration = .seconds(5)) {
        (self.socket, self.timeout) = (socket, timeout)
    }

    /// Sends one command line (several commands may be joined with `;`) and returns the reply without trailing newlines.
    package func ask(_ command: String) async throws -> String {
        precondition(!command.contains("\n"), "a Runtime API command is one line")
        do {
            return try await blocking(timeout: timeout) { waiter in
                let stream = try TCPStream.connect(unixSocket: socket, waiter)
                try Array((command + "\n").utf8).withUnsafeBytes { try stream.write($0, waiter) }
                return try readToEnd(stream, waiter)
            }
        } catch let error as SocketError {
            throw HAProxyError.unreachable(socket: socket, why: error.diagnostic.why)
        } catch let error as WaitError {
            throw HAProxyError.unanswered(socket: socket, command: commandName(command), error)
        }
    }

    private func commandName(_ command: String) -> String {
        command.split(separator: " ").prefix(2).joined(separator: " ")
    }
}

private let replyLimit = 16 << 20

private func readToEnd(_ stream: TCPStream, _ waiter: Waiter) throws -> String {
    var reply: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 65536)
    while true {
        let count = try buffer.withUnsafeMutableBytes { try stream.read(into: $0, waiter) }
        if count == 0 { break }
        reply += buffer[..<count]
        guard reply.count <= replyLimit else {
            throw HAProxyError.unreadable(what: "reply", text: "longer than \(replyLimit) bytes")
        }
    }
    while reply.last == UInt8(ascii: "\n") { reply.removeLast() }
    return String(decoding: reply, as: UTF8.self)
}

package enum HAProxyError: DiagnosableError {
    case unreachable(socket: String, why: String)
    case unanswered(socket: String, command: String, WaitError)
    case unreadable(what: String, text: String)
    case noLogSocket(path: String, why: String)

    package var diagnostic: Diagnostic {
        switch self {
        case .unreachable(let socket, let why):
            Diagnostic(
                "haproxy.unreachable", what: "cannot reach the router's runtime socket", place: socket, why: why,
                fix: "start HAProxy, or correct deploy.router.haproxy.socket")
        case .unanswered(let socket, let command, let error):
            Diagnostic(
                "haproxy.unanswered", what: "the router did not answer `\(command)`", place: socket, why: error.text,
                fix: "check that HAProxy is not stopped: opsctl deploy status")
        case .unreadable(let what, let text):
            Diagnostic(
                "haproxy.unreadable", what: "cannot read the router's \(what)", place: "runtime socket", why: text,
                fix: "opsctl needs HAProxy 2.4 or later")
        case .noLogSocket(let path, let why):
            Diagnostic(
                "haproxy.no_log_socket", what: "cannot receive the router's log", place: path, why: why,
                fix: "give a path in a folder that is ours and that HAProxy's user may enter")
        }
    }
}

extension WaitError {
    fileprivate var text: String {
        switch self {
        case .timedOut(let phase): "deadline reached during \(phase)"
        case .cancelled(let phase): "cancelled during \(phase)"
        case .failed(let phase, let code): "errno \(code) during \(phase)"
        }
    }
}
