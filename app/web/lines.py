"""NDJSON: one JSON value a line, each read as strictly as a body of its own. A line that cannot be read is
told in its place, and keeps no other from being taken."""

import hashlib
from typing import Any, Final, NamedTuple

from app.errors import Failure, Invalid
from app.web.faults import fault
from app.web.json_text import read, without_bom

MEDIA_TYPE: Final = "application/x-ndjson"
PUBLISHED: Final[dict[str, Any]] = {
    "requestBody": {"content": {MEDIA_TYPE: {"schema": {"type": "string", "minLength": 1}}}}
}
"""The body as the contract publishes it, beside the same records as a list."""


class Batch(NamedTuple):
    """The lines as one JSON document, its value, and what is wrong with those that could not be read."""

    body: bytes
    value: dict[str, list[Any]]
    unreadable: dict[int, Failure]


def as_batch(body: bytes, *, max_depth: int, max_items: int) -> Batch:
    """The lines as `{"records": […]}`, where `null` stands for what cannot be read. Empty lines are none."""
    lines = [line for one in without_bom(body).split(b"\n") if (line := one.strip())]
    if len(lines) > max_items:
        raise Invalid(faults=[fault("/records", "too_many", limit=max_items)])
    values: list[Any] = []
    unreadable: dict[int, Failure] = {}
    for place, line in enumerate(lines):
        try:
            values.append(read(line, max_depth=max_depth, max_items=max_items))
        except Failure as failure:
            unreadable[place], lines[place] = failure, b"null"
            values.append({"unreadable": hashlib.sha256(line).hexdigest()})
    return Batch(b'{"records":[' + b",".join(lines) + b"]}", {"records": values}, unreadable)
