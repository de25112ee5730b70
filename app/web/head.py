"""What is checked in a request's head before anything is looked up: its size, its path, its query string."""

import re
from collections.abc import Collection, Iterator
from urllib.parse import unquote_to_bytes

from starlette.types import Scope

from app.errors import Fault, HeadersTooLarge, Invalid, NotFound, Text
from app.rules.keys import PREFIX
from app.web.faults import fault, is_a_name

MOST_HEAD_BYTES = 32 * 1024

_BROKEN_ESCAPE = re.compile(rb"%(?![0-9A-Fa-f]{2})")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")
_KEY_NAMES = frozenset(
    ("key", "apikey", "api_key", "api-key", "x-api-key", "token", "access_token", "bearer", "authorization")
)


def check_size(scope: Scope) -> None:
    """Refuse a head that is larger than any honest one (RFC 6585 §5)."""
    size = len(scope.get("raw_path") or b"") + len(scope["query_string"])
    size += sum(len(name) + len(value) + 4 for name, value in scope["headers"])
    if size > MOST_HEAD_BYTES:
        raise HeadersTooLarge(facts={"most_bytes": MOST_HEAD_BYTES})


def path_of(scope: Scope) -> str:
    """The path below the prefix this service is reached under. A path that is no text names nothing: 404."""
    raw = scope.get("raw_path")
    path: str = scope["path"]
    text = _text(raw if raw is not None else path.encode())
    if text is None or _CONTROL.search(text) or (raw is not None and b"%2f" in raw.lower()):
        raise NotFound
    prefix: str = scope.get("root_path", "").rstrip("/")
    return path[len(prefix) :] if path.startswith(prefix + "/") else path


def check_query(scope: Scope, known: Collection[str] | None) -> None:
    """Refuse what is unreadable, said twice, unknown (unless nothing is known), or a key out in the open."""
    faults = list(_query_faults(scope["query_string"], known)) if scope["query_string"] else []
    if faults:
        raise Invalid(faults=faults, facts={} if known is None else {"allowed_parameters": sorted(known)})


def _query_faults(query: bytes, known: Collection[str] | None) -> Iterator[Fault]:
    seen = set()
    for piece in query.split(b"&"):
        if not piece:
            continue
        raw_name, _, raw_value = piece.replace(b"+", b" ").partition(b"=")
        name, value = _text(raw_name), _text(raw_value)
        pointer = f"query:{name}" if name and is_a_name(name) else "query"
        if name is None or value is None:
            yield fault(pointer, "bad_encoding")
        elif name.lower() in _KEY_NAMES or PREFIX in name + value:
            yield fault(pointer, "key_in_url")
        elif _CONTROL.search(name + value):
            yield fault(pointer, "control_character")
        elif known is not None and name not in known:
            yield _unknown(pointer, name, known)
        elif name in seen:
            yield fault(pointer, "repeated_parameter")
        seen.add(name)


def _unknown(pointer: str, name: str, known: Collection[str]) -> Fault:
    """A parameter that is not there; the feed and the lists are gone through by two of different names."""
    if name == "cursor" and "after" in known:
        return Fault(
            pointer,
            "unknown_parameter",
            Text(
                "Ở đây đọc tiếp bằng `after`: ghi vào đó `next_cursor`, hoặc `id` cuối cùng đã đọc.",
                "Here one goes on with `after`: put `next_cursor` there, or the last `id` that was read.",
            ),
        )
    if name == "after" and "cursor" in known:
        return Fault(
            pointer,
            "unknown_parameter",
            Text(
                "Ở đây đọc tiếp bằng `cursor`: ghi vào đó `next_cursor` của trang trước.",
                "Here one goes on with `cursor`: put the `next_cursor` of the page before there.",
            ),
        )
    return fault(pointer, "unknown_parameter", allowed=", ".join(sorted(known)) or "—")


def _text(raw: bytes) -> str | None:
    """The text behind the percent signs (RFC 3986 §2.1), or None if it is not rightly encoded UTF-8."""
    if _BROKEN_ESCAPE.search(raw):
        return None
    try:
        return unquote_to_bytes(raw).decode()
    except UnicodeDecodeError:
        return None
