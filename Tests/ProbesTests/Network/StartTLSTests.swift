import Foundation
import OpsModel
import ProcessClient
import SocketClient
import TestSupport
import Testing

@testable import Probes

/// Mail servers are played by a script; Postgres is real.
@Suite(.enabled(if: Requirement("openssl").isMet, "openssl is not installed")) struct StartTLSTests {
    private func subject(_ port: Int, _ protocol: StartTLS, authority: String) -> TLSSubject {
        TLSSubject(
            TLSProbeExpectation(
                host: "app.test", port: port, authorityFile: authority, startTLS: `protocol`))
    }

    private func withMailServer(_ mode: String, _ body: (Int, String) async throws -> Void) async throws {
        try await TLSServers.run { servers in
            let port = try freeLoopbackPorts(1)[0]
            try mailServer.write(toFile: "\(servers.folder)/mail.py", atomically: true, encoding: .utf8)
            try await withProgram(
                "python3", ["\(servers.folder)/mail.py", "\(port)", mode], name: "mail", in: servers.folder, port: port
            ) { try await body(port, servers.authority) }
        }
    }

    @Test(arguments: [("smtp", StartTLS.smtp), ("imap", .imap)])
    func mailServersAreMetAfterSTARTTLS(_ mode: String, _ protocol: StartTLS) async throws {
        try await withMailServer(mode) { port, authority in
            let seen = await results(
                of: subject(port, `protocol`, authority: authority), addresses: ["app.test": ["127.0.0.1"]])
            #expect(seen.troubles == [])
        }
    }

    @Test func aMailServerThatDoesNotOfferItFailsItsHandshake() async throws {
        try await withMailServer("plain") { port, authority in
            let seen = await results(
                of: subject(port, .smtp, authority: authority), addresses: ["app.test": ["127.0.0.1"]])
            #expect(seen.status("handshake") == .fail)
            #expect(seen["handshake"]?.observed.contains("does not offer STARTTLS") == true)
        }
    }
}

private let mailServer = #"""
    import socketserver, ssl, sys

    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain("good.pem")
    mode = sys.argv[2]

    class Handler(socketserver.StreamRequestHandler):
        def say(self, line): self.connection.sendall(line.encode() + b"\r\n")

        def handle(self):
            self.say("* OK ready" if mode == "imap" else "220-mail\r\n220 ready")
            for line in iter(self.rfile.readline, b""):
                word = line.decode().strip().upper()
                if word.startswith("EHLO"):
                    self.say("250-mail\r\n250-SIZE 1\r\n250 " + ("HELP" if mode == "plain" else "STARTTLS"))
                elif word.endswith("STARTTLS"):
                    self.say("a1 OK go" if mode == "imap" else "220 go")
                    try: context.wrap_socket(self.connection, server_side=True).recv(1)
                    except (OSError, ssl.SSLError): pass
                    return

    class Server(socketserver.ThreadingTCPServer):
        allow_reuse_address = daemon_threads = True

    Server(("127.0.0.1", int(sys.argv[1])), Handler).serve_forever()
    """#
