"""Every service: unimplemented actions fail fast, ids come from a seed, and a log line for each call."""

import json
import os
import time
import types

import moto.elasticache.models
import moto.rds.models
from moto.core.responses import BaseResponse
from moto.moto_api._internal import mock_random

_call_action = BaseResponse.call_action
_log = None


def install() -> None:
    global _log
    path = os.environ.get("SHIM_LOG")
    _log = open(path, "a", buffering=1) if path else None
    BaseResponse.call_action = call_action


def seed(number: int) -> None:
    """Lacking: elasticache takes plain `random`, rds plain `uuid`; a replay needs the same ids as the recording."""
    moto.elasticache.models.random = mock_random
    moto.rds.models.uuid = types.SimpleNamespace(uuid4=mock_random.uuid4)
    mock_random.seed(number)


def call_action(self):
    """Lacking: moto answers 500 to what it does not implement, and the provider retries that for minutes; not so 501."""
    started = time.monotonic()
    status = "error"
    try:
        answer = _call_action(self)
        status = answer[0]
        return answer
    except NotImplementedError as error:
        status = 501
        return not_implemented(self.headers.get("Content-Type", ""), error)
    finally:
        if _log:
            milliseconds = (time.monotonic() - started) * 1000
            print(f"{milliseconds:6.0f} ms {status} {self.service_name} {self._get_action()}", file=_log)


def not_implemented(content_type: str, error: NotImplementedError):
    if "json" in content_type:
        return 501, {"content-type": content_type}, json.dumps({"__type": "NotImplemented", "message": str(error)})
    body = (
        "<ErrorResponse><Error><Type>Sender</Type><Code>NotImplemented</Code>"
        f"<Message>{error}</Message></Error><RequestId>shim</RequestId></ErrorResponse>"
    )
    return 501, {"content-type": "text/xml"}, body
