"""The log as one JSON object a line, each request with its id, its trace and its time.

Nothing that may be secret is in it: no query string, no header but the two ids, both of a form in which no
key fits, and of a path no key that somebody put there.
"""

import json
import logging
import re
from datetime import UTC, datetime
from typing import Any

from starlette.types import Scope

from app.rules.keys import PREFIX

_access = logging.getLogger("app.access")
_KEY = re.compile(rf"{PREFIX}[0-9A-Za-z]+")
_TRACE = re.compile(rb"(?!ff)[0-9a-f]{2}-(?!0{32})([0-9a-f]{32})-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}(-.*)?")


class JsonLines(logging.Formatter):
    """A record as one line of ASCII, whatever is in it."""

    def format(self, record: logging.LogRecord) -> str:
        """The record's own members first, then what is known of the request it belongs to."""
        at = datetime.fromtimestamp(record.created, UTC)
        said: dict[str, Any] = {
            "time": f"{at:%Y-%m-%dT%H:%M:%S}.{at.microsecond // 1000:03}Z",
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
            **getattr(record, "request", {}),
        }
        if record.exc_info:
            said["exception"] = self.formatException(record.exc_info)
        return json.dumps(said)


def access(scope: Scope, status: int | None, seconds: float) -> None:
    """Tell of a request that has ended."""
    told = of_request(scope)
    told["request"] |= {"status": status, "duration_ms": round(seconds * 1000, 2)}
    _access.info("request", extra=told)


def of_request(scope: Scope) -> dict[str, dict[str, Any]]:
    """What a record about a request says of it, as `extra` takes it."""
    client = scope.get("client")
    return {
        "request": {
            "request_id": scope["state"]["request_id"],
            "trace_id": trace_id(scope),
            "method": scope["method"],
            "path": without_key(scope["path"]),
            "client": client[0] if client else None,
        }
    }


def trace_id(scope: Scope) -> str | None:
    """The trace that the caller says this request is a part of (W3C Trace Context §3.2); None if it says none
    or says it wrongly. A later version may have more members, the first has none."""
    given = [value for name, value in scope["headers"] if name == b"traceparent"]
    found = _TRACE.fullmatch(given[0]) if len(given) == 1 else None
    if found is None or (found[2] is not None and given[0].startswith(b"00")):
        return None
    return found[1].decode()


def without_key(path: str) -> str:
    """A path without the keys that somebody put into it."""
    return _KEY.sub(f"{PREFIX}…", path) if PREFIX in path else path
