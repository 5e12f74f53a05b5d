import Foundation
import HTTPClient
import ProcessClient
import TestSupport
import Testing

@Suite struct UserAgentTests {
    /// Answers with the user agent that it was asked by.
    private static let echo = """
        import http.server, sys
        class Echo(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                text = "|".join(self.headers.get_all("User-Agent") or []).encode()
                self.send_response(200)
                self.send_header("Content-Length", str(len(text)))
                self.end_headers()
                self.wfile.write(text)
        http.server.HTTPServer(("127.0.0.1", int(sys.argv[1])), Echo).serve_forever()
        """

    @Test func requestsSayWhoSendsThemUnlessTheCallerDoes() async throws {
        try await withScratchDirectory { folder in
            let port = try freeLoopbackPorts(1)[0]
            try await withProgram("python3", ["-c", Self.echo, "\(port)"], name: "echo", in: folder, port: port) {
                let url = "http://127.0.0.1:\(port)/"
                let silent = try await HTTPClient().send(HTTPRequest("GET", url))
                #expect(silent.text == userAgent)
                let named = HTTPRequest("GET", url, headers: [("user-agent", "aws-sdk")])
                #expect(try await HTTPClient().send(named).text == "aws-sdk")
            }
        }
    }

    @Test func theVersionIsThatOfTheCommand() throws {
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent()
        let command = try String(contentsOf: root.appending(path: "Sources/opsctl/Opsctl.swift"), encoding: .utf8)
        let version = try #require(command.firstMatch(of: #/version: "([0-9.]+)"/#)).output.1
        #expect(userAgent == "opsctl/\(version)")
    }
}
