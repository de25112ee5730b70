"""Kinds of bodies: what each media type is read into, how strictly, and how large it may be.

JSON is taken everywhere that takes a body; what else an address takes is said where the rooms are put
together.
"""

import hashlib
from collections.abc import Callable, Mapping
from typing import Any, Final, NamedTuple

from app.errors import Failure
from app.web import lines
from app.web.exports import MEDIA_TYPES
from app.web.json_text import read, without_bom


class Limits(NamedTuple):
    """How deep a JSON body may be, and how long its lists."""

    max_depth: int
    max_items: int


class Taken(NamedTuple):
    """A body that was read: as the route gets it; its value, for the fingerprint of an Idempotency-Key; what
    is wrong with parts of it; and its media type where the route gets another one."""

    body: bytes
    value: Any
    unreadable: Mapping[int, Failure] = {}
    media_type: str | None = None


class Kind(NamedTuple):
    """The bodies of some media types. `most_bytes` None: as much as everywhere."""

    media_types: tuple[str, ...]
    take: Callable[[bytes, Limits], Taken]
    most_bytes: int | None = None


def _json(body: bytes, limits: Limits) -> Taken:
    body = without_bom(body)
    return Taken(body, read(body, **limits._asdict()))


def _lines(body: bytes, limits: Limits) -> Taken:
    batch = lines.as_batch(body, **limits._asdict())
    return Taken(batch.body, batch.value, batch.unreadable, "application/json")


def _file(body: bytes, _limits: Limits) -> Taken:
    """A file goes through as it is: whoever it is for reads it, as strictly."""
    return Taken(body, {"sha256": hashlib.sha256(body).hexdigest()})


JSON: Final = Kind(("application/json",), _json)
PATCH: Final = Kind(("application/merge-patch+json", "application/json"), _json)
JSON_OR_LINES: Final = (JSON, Kind((lines.MEDIA_TYPE,), _lines))


def sheets(most_bytes: int) -> tuple[Kind, ...]:
    """Files of rows, and nothing else."""
    return (Kind(tuple(media.partition(";")[0] for media in MEDIA_TYPES.values()), _file, most_bytes),)
