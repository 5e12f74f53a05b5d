#!/usr/bin/env python3
"""The Kubernetes API as opsctl uses it, for tests (package `cluster`). Prints `listening PORT`, serves until SIGTERM.

It is no cluster: nothing runs. It enforces what a client can get wrong: authentication, versions, `test` of JSON patches, field
managers, and the published schemas.
"""

import argparse
import json
import ssl
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

sys.dont_write_bytecode = True  # no __pycache__ in the source tree

from cluster.controllers import Controllers  # noqa: E402
from cluster.store import Refused, Store  # noqa: E402

store = Store()
controllers = Controllers(store)
lock = threading.RLock()


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    token = ""

    def log_message(self, *arguments):
        """Tests ask the objects, not a log."""

    def answer(self, status, body, kind="application/json"):
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def handle_request(self):
        url = urlsplit(self.path)
        query = {name: values[0] for name, values in parse_qs(url.query).items()}
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        try:
            with lock:
                self.authenticate()
                result = self.route(url.path, query, body)
        except Refused as error:
            status = {"kind": "Status", "apiVersion": "v1", "status": "Failure", "message": str(error),
                      "reason": error.reason, "code": error.status}
            return self.answer(error.status, json.dumps(status).encode())
        if isinstance(result, str):
            return self.answer(200, result.encode(), "text/plain")
        self.answer(200, json.dumps(result).encode())

    do_GET = do_PATCH = do_DELETE = do_POST = handle_request

    def authenticate(self):
        has_certificate = isinstance(self.connection, ssl.SSLSocket) and self.connection.getpeercert()
        sent = self.headers.get("Authorization", "")
        if sent == f"Bearer {self.token}-readonly" and self.command != "GET":
            raise Refused(403, "Forbidden", f'User "reader" cannot {self.command.lower()} resource')
        if not has_certificate and sent not in (f"Bearer {self.token}", f"Bearer {self.token}-readonly"):
            raise Refused(401, "Unauthorized", "Unauthorized")

    def route(self, path, query, body):
        if path.startswith("/opsctl-test/"):
            return self.control(path.split("/")[2], query)
        if self.command == "GET":
            return self.read(path, query)
        if self.command == "DELETE":
            store.get(path)
            store.remove(lambda p: p == path)
            return {"kind": "Status", "status": "Success"}
        if self.command != "PATCH" or query.get("fieldValidation") != "Strict" or not query.get("fieldManager"):
            raise Refused(400, "BadRequest", "PATCH with fieldManager and fieldValidation=Strict, please")
        return self.change(path, query, json.loads(body))

    def read(self, path, query):
        parts = path.split("/")
        if parts[-1] == "log":
            pod = path.removesuffix("/log")
            store.get(pod)
            return "\n".join(controllers.logs[pod][-int(query["tailLines"]):]) + "\n"
        if parts[-3] == "namespaces":
            wanted = dict(pair.split("=") for pair in query.get("labelSelector", "").split(",") if pair)
            items = [o for p, o in sorted(store.objects.items()) if p.rpartition("/")[0] == path
                     and wanted.items() <= o["metadata"].get("labels", {}).items()]
            return {"kind": "List", "apiVersion": "v1", "metadata": {}, "items": items}
        controllers.looked(path)
        return store.get(path)

    def change(self, path, query, content):
        kind = self.headers.get("Content-Type")
        if kind == "application/json-patch+json":
            document = store.patch(path, content, query["fieldManager"])
        elif kind == "application/apply-patch+yaml":
            document = store.apply(path, content, query["fieldManager"], query.get("force") == "true")
        else:
            raise Refused(415, "UnsupportedMediaType", f"the body of the request was in an unknown format: {kind}")
        controllers.wrote(path, document)
        return document

    def control(self, name, query):
        """What tests do behind the API's back."""
        if name == "hold":
            controllers.is_holding = query["on"] == "true"
        elif name == "crash":
            controllers.crash(query["namespace"], query["deployment"])
        return {}


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--token", required=True)
    parser.add_argument("--certificate", help="PEM file of certificate and key: serve TLS")
    parser.add_argument("--authority", help="PEM file of who signs clients' certificates")
    options = parser.parse_args()
    Handler.token = options.token
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    if options.certificate:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(options.certificate)
        if options.authority:
            context.load_verify_locations(options.authority)
            context.verify_mode = ssl.CERT_OPTIONAL
        server.socket = context.wrap_socket(server.socket, server_side=True)
    print(f"listening {server.server_port}", flush=True)
    server.serve_forever()


if __name__ == "__main__":
    main()
