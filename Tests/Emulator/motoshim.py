#!/usr/bin/env python3
"""AWS for tests: moto's server with what it lacks (package `shim`).

Prints `listening HOST:PORT` as its first line, serves until its standard input closes or it gets SIGTERM.
"""

import argparse
import os
import queue
import signal
import sys
import threading

sys.dont_write_bytecode = True  # no __pycache__ in the source tree

# moto reads these when it is imported.
os.environ.setdefault("MOTO_IAM_LOAD_MANAGED_POLICIES", "true")  # else no AWS managed policy can be attached
os.environ.setdefault("MOTO_ACM_VALIDATION_WAIT", "1")  # seconds until a certificate is issued; moto's own is 60

import shim  # noqa: E402
import shim.core  # noqa: E402
from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app  # noqa: E402
from shim.recording import OneAtATime  # noqa: E402
from werkzeug.serving import WSGIRequestHandler, make_server  # noqa: E402


class QuietHandler(WSGIRequestHandler):
    def log_request(self, code="-", size="-") -> None:
        """The log of SHIM_LOG names actions, which says more than paths."""


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("-H", "--host", default="127.0.0.1")
    parser.add_argument("-p", "--port", type=int, default=0, help="0 (the default) takes a free one")
    parser.add_argument("--record", metavar="FILE", help="write every request here, for replay.py")
    parser.add_argument("--seed", type=int, default=42, help="of all generated ids")
    parser.add_argument("--detached", action="store_true", help="go on when standard input closes")
    return parser.parse_args()


def wait_for_end(detached: bool) -> None:
    reason = queue.SimpleQueue()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda received, _: reason.put(signal.Signals(received).name))

    def watch_input() -> None:
        while os.read(sys.stdin.fileno(), 4096):
            pass
        reason.put("end of standard input")

    if not detached:
        threading.Thread(target=watch_input, daemon=True).start()
    print(f"ended by {reason.get()}", file=sys.stderr)


def main() -> None:
    options = arguments()
    shim.install()
    shim.core.seed(options.seed)
    application = OneAtATime(DomainDispatcherApplication(create_backend_app), options.record)
    server = make_server(options.host, options.port, application, threaded=True, request_handler=QuietHandler)
    os.environ.setdefault("MOTO_PORT", str(server.server_port))
    serving = threading.Thread(target=server.serve_forever, daemon=True)
    serving.start()
    print(f"listening {options.host}:{server.server_port}", flush=True)
    wait_for_end(options.detached)
    server.shutdown()
    serving.join()


if __name__ == "__main__":
    main()
