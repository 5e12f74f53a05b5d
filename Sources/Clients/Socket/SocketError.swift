import Glibc
package import OpsModel

/// Why a connection could not be made or used; `phase` is `resolve`, `connect`, `tls`, `read` or `write`.
package enum SocketError: DiagnosableError, Equatable {
    case unresolved(host: String, why: String)
    /// The resolver answered that there is no such name.
    case noSuchName(host: String)
    case resolverTimedOut(host: String)
    case refused(endpoint: String)
    case unreachable(endpoint: String, why: String)
    case certificate(endpoint: String, why: String)
    case tls(endpoint: String, why: String)
    case closedByPeer(endpoint: String, phase: String)
    case failed(endpoint: String, phase: String, errno: Int32)

    package var diagnostic: Diagnostic {
        switch self {
        case .unresolved(let host, let why):
            Diagnostic(
                "socket.unresolved", what: "cannot resolve the host name", place: host, why: why,
                fix: "check the name: getent hosts \(host)")
        case .noSuchName(let host):
            Diagnostic(
                "socket.no_such_name", what: "cannot resolve the host name", place: host, why: "there is no such name",
                fix: "correct the name: getent ahosts \(host)")
        case .resolverTimedOut(let host):
            Diagnostic(
                "socket.resolver_timeout", what: "cannot resolve the host name", place: host,
                why: "the resolver did not answer in time", fix: "check the resolver: /etc/resolv.conf")
        case .refused(let endpoint):
            Diagnostic(
                "socket.refused", what: "connection refused", place: endpoint, why: "nothing listens there",
                fix: "start the service, or correct host and port")
        case .unreachable(let endpoint, let why):
            Diagnostic(
                "socket.unreachable", what: "cannot connect", place: endpoint, why: why,
                fix: "check host, port and firewall")
        case .certificate(let endpoint, let why):
            Diagnostic(
                "socket.certificate", what: "the server's certificate is not accepted", place: endpoint, why: why,
                fix: "name the right CA file and host, or renew the certificate")
        case .tls(let endpoint, let why):
            Diagnostic(
                "socket.tls", what: "the TLS handshake failed", place: endpoint, why: why,
                fix: "check that the port speaks TLS")
        case .closedByPeer(let endpoint, let phase):
            Diagnostic(
                "socket.closed", what: "the server closed the connection", place: endpoint, why: "during \(phase)",
                fix: "see the server's log")
        case .failed(let endpoint, let phase, let code):
            Diagnostic(
                "socket.failed", what: "the connection broke", place: endpoint,
                why: "\(String(cString: strerror(code))) (errno \(code)) during \(phase)",
                fix: "retry; see the server's log")
        }
    }
}
