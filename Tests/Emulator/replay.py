#!/usr/bin/env python3
"""Plays a recording of motoshim.py into a fresh emulator: replay.py RECORDING HOST:PORT"""

import argparse
import base64
import http.client
import json
import sys
import time

HOP_BY_HOP = {"connection", "content-length", "expect", "host", "transfer-encoding"}


def send(connection: http.client.HTTPConnection, entry: dict) -> int:
    headers = {name: value for name, value in entry["headers"].items() if name.lower() not in HOP_BY_HOP}
    # moto tells some services apart by the host that was asked for.
    headers["Host"] = entry["headers"].get("Host", connection.host)
    # Dates of roles and certificates stand in states.
    headers["X-Shim-Time"] = entry["time"]
    connection.request(entry["method"], entry["path"], base64.b64decode(entry["body"]), headers)
    response = connection.getresponse()
    response.read()
    return response.status


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("recording")
    parser.add_argument("address", metavar="HOST:PORT")
    options = parser.parse_args()

    started = time.monotonic()
    requests = differing = 0
    connection = http.client.HTTPConnection(options.address, timeout=60)
    with open(options.recording) as recording:
        for line in recording:
            entry = json.loads(line)
            requests += 1
            differing += send(connection, entry) != entry["status"]
    print(f"replayed {requests} requests in {time.monotonic() - started:.1f} s, {differing} answered differently")
    return 1 if differing else 0


if __name__ == "__main__":
    sys.exit(main())
