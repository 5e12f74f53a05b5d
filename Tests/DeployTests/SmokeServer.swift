import Foundation
import ProcessClient
import TestSupport

@testable import Deploy

/// A small HTTP server for smoke suites: it echoes what it got, streams events, and forgets nothing.
enum SmokeServer {
    /// The folder holds `requests`, a line for each request that came.
    static func run(_ body: (_ url: String, _ folder: String) async throws -> Void) async throws {
        try await withScratchDirectory { folder async throws in
            let port = try freeLoopbackPorts(1)[0]
            try program.write(toFile: "\(folder)/server.py", atomically: true, encoding: .utf8)
            try await withProgram(
                "python3", ["\(folder)/server.py", "\(port)", folder], name: "server", in: folder, port: port
            ) {
                try await body("http://127.0.0.1:\(port)", folder)
            }
        }
    }

    static func requests(_ folder: String) throws -> [String] {
        guard FileManager.default.fileExists(atPath: "\(folder)/requests") else { return [] }
        return try String(contentsOfFile: "\(folder)/requests", encoding: .utf8).split(separator: "\n").map(String.init)
    }

    private static let program = #"""
        import http.server, json, sys, time
        from email.parser import BytesParser
        folder = sys.argv[2]
        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            def answer(self, status, body, kind="application/json", headers={}):
                body = body if isinstance(body, bytes) else body.encode()
                self.send_response(status)
                self.send_header("content-type", kind)
                self.send_header("content-length", str(len(body)))
                for name, value in headers.items(): self.send_header(name, value)
                self.end_headers()
                self.wfile.write(body)
            def events(self, lines, pause=0.02, hold=False):
                self.send_response(200)
                self.send_header("content-type", "text/event-stream")
                self.send_header("connection", "close")
                self.end_headers()
                for line in lines:
                    self.wfile.write(line.encode()); self.wfile.flush(); time.sleep(pause)
                while hold: self.wfile.write(b": beat\n\n"); self.wfile.flush(); time.sleep(0.05)
            def handle_any(self):
                size = int(self.headers.get("content-length") or 0)
                body = self.rfile.read(size)
                with open(folder + "/requests", "a") as log: log.write(self.command + " " + self.path + "\n")
                if self.path.startswith("/slow"): time.sleep(20)
                if self.path == "/form":
                    head = ("content-type: " + self.headers["content-type"] + "\r\n\r\n").encode()
                    parts = BytesParser().parsebytes(head + body).get_payload()
                    return self.answer(200, json.dumps([{
                        "name": p.get_param("name", header="content-disposition"), "file": p.get_filename(),
                        "type": p.get_content_type(), "text": p.get_payload(decode=True).decode()} for p in parts]))
                if self.path == "/json":
                    return self.answer(200, '{"status": "ready", "count": 7, "tags": ["a", "b"], "deep": {"x": null}}',
                        headers={"x-version": "1.4.2", "etag": "\"abc\""})
                if self.path == "/page": return self.answer(200, "<p>token=t0k3n-1234;</p>", "text/html")
                if self.path == "/echo":
                    return self.answer(200, "got " + (self.headers.get("authorization") or "") + " " + body.decode())
                if self.path == "/job":
                    return self.events(['event: queued\ndata: {"id": 1}\n\n'] + ['event: processing\ndata: {"done": %d}\n\n' % n for n in range(3)]
                        + ['event: completed\ndata: {"status": "completed", "pages": 3}\n\n'], hold=True)
                if self.path == "/failing": return self.events(['event: queued\ndata: {}\n\n', 'event: failed\ndata: {"why": "x"}\n\n'])
                if self.path == "/silent": return self.events(['event: queued\ndata: {}\n\n'], hold=True)
                if self.path.startswith("/gone"): return self.answer(404, "no such thing")
                self.answer(200, '{"id": "job-17"}')
            do_GET = do_POST = do_DELETE = do_PUT = handle_any
            def log_message(self, *a): pass
        class Server(http.server.ThreadingHTTPServer):
            daemon_threads = True
            request_queue_size = 64
        Server(("127.0.0.1", int(sys.argv[1])), Handler).serve_forever()
        """#
}

extension SmokeStep {
    /// A step that asks for a path.
    init(_ path: String, method: String = "GET", _ change: (inout SmokeStep) -> Void = { _ in }) {
        self.init(name: path, request: .init(path: path), expectation: .init())
        request.method = method
        change(&self)
    }
}
