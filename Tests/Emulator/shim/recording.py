"""One request at a time, and each written to a file that replay.py plays back."""

import base64
import io
import json
import os
import threading

from . import clock


class OneAtATime:
    """A WSGI application around moto's: without an order, the seeded ids would differ from run to run."""

    def __init__(self, application, record: str | None):
        self.application = application
        self.lock = threading.RLock()
        # The bodies hold Terraform states: nobody else may read them.
        self.record = open(record, "w", buffering=1, opener=owner_only) if record else None

    def __call__(self, environ, start_response):
        with self.lock, clock.at(environ.get("HTTP_X_SHIM_TIME")):
            if not self.record or environ.get("PATH_INFO", "").startswith("/moto-api/"):
                return self.application(environ, start_response)
            request = entry(environ)

            def start(status, headers, exc_info=None):
                # The status lets a replay see that it went another way than the recording.
                print(json.dumps({**request, "status": int(status.split()[0])}), file=self.record)
                return start_response(status, headers, exc_info)

            return self.application(environ, start)


def owner_only(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


def entry(environ) -> dict:
    query = f"?{environ['QUERY_STRING']}" if environ.get("QUERY_STRING") else ""
    headers = {key[5:].replace("_", "-").title(): value for key, value in environ.items() if key.startswith("HTTP_")}
    if environ.get("CONTENT_TYPE"):
        headers["Content-Type"] = environ["CONTENT_TYPE"]
    return {
        "time": clock.utcnow().isoformat(),
        "method": environ["REQUEST_METHOD"],
        "path": environ.get("REQUEST_URI") or environ["PATH_INFO"] + query,
        "headers": headers,
        "body": base64.b64encode(body(environ)).decode(),
    }


def body(environ) -> bytes:
    """Reads the body and puts it back."""
    if environ.get("HTTP_TRANSFER_ENCODING") == "chunked":
        content = environ["wsgi.input"].read()
        del environ["HTTP_TRANSFER_ENCODING"]
    else:
        content = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
    environ["CONTENT_LENGTH"] = str(len(content))
    environ["wsgi.input"] = io.BytesIO(content)
    return content
