"""The time that goes into answers: a replay says when each request was recorded, so that states still fit."""

import contextlib
import datetime

import moto.acm.models
import moto.iam.models

HEADER = "X-Shim-Time"

_recorded: datetime.datetime | None = None


def install() -> None:
    """Lacking: dates of roles and certificates stand in states, and would be later ones after a replay."""
    moto.acm.models.utcnow = utcnow
    moto.iam.models.utcnow = utcnow


def utcnow() -> datetime.datetime:
    return _recorded or datetime.datetime.now(datetime.timezone.utc).replace(tzinfo=None)


@contextlib.contextmanager
def at(timestamp: str | None):
    """Runs a request at the time of its recording; requests come one at a time."""
    global _recorded
    _recorded = datetime.datetime.fromisoformat(timestamp) if timestamp else None
    try:
        yield
    finally:
        _recorded = None
