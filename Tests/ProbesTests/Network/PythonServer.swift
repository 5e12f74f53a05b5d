import Foundation
import ProcessClient
import TestSupport

/// A web server of Python's standard library with many faces, one per path: a stranger's implementation of HTTP.
func withPythonServer<Value>(
    _ address: String = "127.0.0.1", isolation: isolated (any Actor)? = #isolation,
    _ body: (_ port: Int) async throws -> Value
) async throws -> Value {
    try await withScratchDirectory { folder in
        let port = try freeLoopbackPorts(1)[0]
        try pythonServer.write(toFile: "\(folder)/server.py", atomically: true, encoding: .utf8)
        return try await withProgram(
            "python3", ["\(folder)/server.py", "\(port)"], name: "python", in: folder, port: port
        ) { try await body(port) }
    }
}

private let pythonServer = #"""
    import json, sys, time
    from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
    from urllib.parse import urlsplit, parse_qs

    items = {}

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, *arguments): pass

        def answer(self, status, body=b"", type="application/json", headers={}):
            self.send_response(status)
            self.send_header("Content-Type", type)
            self.send_header("Content-Length", str(len(body)))
            for name, value in headers.items(): self.send_header(name, value)
            self.end_headers()
            if self.command != "HEAD": self.wfile.write(body)

        def route(self):
            url = urlsplit(self.path)
            query = {k: v[0] for k, v in parse_qs(url.query).items()}
            length = int(self.headers.get("Content-Length") or 0)
            sent = self.rfile.read(length)
            parts = [p for p in url.path.split("/") if p]
            head = parts[0] if parts else "ok"
            getattr(self, "do_" + head, self.do_missing)(parts[1:], query, sent)

        do_GET = do_HEAD = do_POST = do_DELETE = do_PUT = route

        def do_missing(self, parts, query, sent): self.answer(404, b"{}")

        def do_ok(self, parts, query, sent):
            body = {"status": "pass", "version": "1.4.2", "count": 3, "text": "3", "tags": ["a", "b"], "off": None}
            self.answer(200, json.dumps(body).encode(), headers={
                "Cache-Control": "no-store", "Set-Cookie": "sid=hunter2; Secure; HttpOnly"})

        def do_status(self, parts, query, sent): self.answer(int(parts[0]), b"{}")

        def do_echo(self, parts, query, sent):
            body = {"headers": {k.lower(): v for k, v in self.headers.items()}, "method": self.command,
                    "body": sent.decode()}
            self.answer(200, json.dumps(body).encode())

        def do_redirect(self, parts, query, sent):
            left = int(parts[0])
            self.answer(302, headers={"Location": "/redirect/%d?token=hunter2" % (left - 1) if left > 1 else "/ok"})

        def do_loop(self, parts, query, sent): self.answer(302, headers={"Location": "/loop"})

        def do_away(self, parts, query, sent):
            self.answer(307, headers={"Location": "http://127.0.0.1:%s/echo" % parts[0]})

        def do_slow(self, parts, query, sent):
            time.sleep(float(parts[0]))
            self.answer(200, b"{}")

        def do_health(self, parts, query, sent):
            body = {"status": parts[0], "checks": {"db:latency": [{"status": parts[1], "componentId": "n1"}]}}
            self.answer(200, json.dumps(body).encode(), type="application/health+json")

        def do_hsts(self, parts, query, sent):
            self.answer(200, b"{}", headers={"Strict-Transport-Security": "max-age=" + parts[0]})

        def do_items(self, parts, query, sent):
            if self.command == "POST":
                key = "k%d" % (len(items) + 1)
                items[key] = sent.decode()
                self.answer(201, json.dumps({"id": key}).encode(), headers={"X-Token": "t-" + key})
            elif not parts: self.answer(200, json.dumps(sorted(items)).encode())
            elif self.headers.get("X-Token") != "t-" + parts[0]: self.answer(403, b"{}")
            elif self.command == "DELETE":
                items.pop(parts[0], None)
                self.answer(204)
            elif "broken" in items.get(parts[0], ""): self.answer(500, b"{}")
            else: self.answer(200, json.dumps({"value": items[parts[0]]}).encode())

        def do_events(self, parts, query, sent):
            mode = parts[0]
            self.send_response(200)
            self.send_header("Content-Type", "text/plain" if mode == "plain" else "text/event-stream")
            self.send_header("Connection", "close")
            self.end_headers()
            ids = {"falling": [1, 3, 2, 4], "twice": [1, 2, 2, 3], "none": [None] * 4}.get(mode, [1, 2, 3, 4])
            held = b""
            if mode == "silent":
                time.sleep(float(query.get("s", "30")))
                return
            for id in ids:
                time.sleep(float(query.get("pause", "0.1")))
                event = ("id: %d\n" % id if id else "") + "event: tick\ndata: {\"n\": %s}\n\n" % json.dumps(id)
                if mode == "held": held += event.encode()
                else:
                    self.wfile.write(event.encode())
                    self.wfile.flush()
            self.wfile.write(held)
            if mode == "open": time.sleep(30)

    class Server(ThreadingHTTPServer):
        request_queue_size = 512
        daemon_threads = True

    Server(("127.0.0.1", int(sys.argv[1])), Handler).serve_forever()
    """#
