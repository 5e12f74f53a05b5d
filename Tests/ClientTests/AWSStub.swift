import Foundation
import ProcessClient
import TestSupport

/// A server that stands in for AWS where the emulator is always in good health: it is busy for two requests, below `/busy` for
/// ever, and hands out a container's credentials at `/keys`.
enum AWSStub {
    static func with(_ body: (String) async throws -> Void) async throws {
        try await withScratchDirectory { folder async throws in
            try script.write(toFile: "\(folder)/stub.py", atomically: true, encoding: .utf8)
            let process = try DetachedProcess.start(
                executable: "python3", arguments: ["\(folder)/stub.py"], environment: nil, folder: folder,
                log: "\(folder)/log")
            do {
                var port = ""
                try await eventually("the stub listens", within: .seconds(30)) {
                    port = try String(contentsOfFile: "\(folder)/log", encoding: .utf8)
                        .trimmingCharacters(in: .whitespacesAndNewlines)
                    return !port.isEmpty
                }
                try await body("http://127.0.0.1:\(port)")
            } catch {
                _ = try await process.stop(gracePeriod: .seconds(2))
                throw error
            }
            _ = try await process.stop(gracePeriod: .seconds(2))
        }
    }

    private static let script = """
        import http.server, json, sys
        seen = {}
        class Stub(http.server.BaseHTTPRequestHandler):
            def log_message(self, *words): pass
            def reply(self, status, body):
                self.send_response(status)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body.encode())
            def do_GET(self):
                if self.path == "/keys" and self.headers.get("Authorization") == "pod":
                    return self.reply(200, json.dumps({"AccessKeyId": "CK", "SecretAccessKey": "CS", "Token": "CT",
                                                       "Expiration": "2099-01-01T00:00:00Z"}))
                self.reply(403, "")
            def do_POST(self):
                self.rfile.read(int(self.headers.get("Content-Length", 0)))
                seen[self.path] = seen.get(self.path, 0) + 1
                if seen[self.path] <= 2 or self.path.startswith("/busy"):
                    return self.reply(503, "<ErrorResponse><Error><Code>Throttling</Code></Error></ErrorResponse>")
                self.reply(200, "<R><looks>%d</looks><key>%s</key></R>" % (
                    seen[self.path], self.headers.get("Authorization").split("Credential=")[1].split("/")[0]))
        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Stub)
        print(server.server_port, flush=True)
        server.serve_forever()
        """
}
