"""Where a request begins and ends (RFC 9112), judged more strictly than llhttp does.

Whoever reads an end elsewhere than the gateway before us does reads one office's bytes as another's request.
So what could be taken for two things is refused: a line end that is none, a folded line, a length said twice
or beside chunks, chunks within HTTP/1.0, a coding that we do not undo.
"""

import re
from collections.abc import Iterable
from typing import Final, NamedTuple

from app.errors import Malformed

_TOKEN = rb"[!#$%&'*+.^_`|~0-9A-Za-z-]++"
_HEAD: Final = re.compile(
    rb"(" + _TOKEN + rb") (?:/[!\"$-~]*+|\*) HTTP/1\.[01]\r\n"
    rb"(?:" + _TOKEN + rb":[\t -~\x80-\xff]*+\r\n)*+\r\n"
)
_END_OF_HEAD: Final = re.compile(rb"\n\r?\n")
_END_OF_CHUNKS: Final = b"\r\n\r\n"
_PART_OF_IT: Final = re.compile(rb"\r\n?\r?\Z")
_TRAILING_BLANKS: Final = re.compile(rb"[ \t]+\r\n")
_UPGRADE: Final = re.compile(rb"(?<=\n)upgrade:[^\n]*\n", re.IGNORECASE)
_KNOWN: Final = frozenset((b"GET", b"HEAD", b"POST", b"PUT", b"PATCH", b"DELETE", b"OPTIONS", b"TRACE"))
_LENGTH: Final = re.compile(rb"[0-9]{1,18}")
_FRAMING: Final = frozenset((b"host", b"content-length", b"transfer-encoding"))

_CONNECTION: Final = frozenset((b"connection", b"proxy-connection", b"keep-alive", b"upgrade"))


class Head(NamedTuple):
    """A whole head: its method, and what a parser that knows few methods may be told in its place."""

    method: str
    told: bytes


def end_of_head(held: bytearray, seen: int) -> int | None:
    """Where the first head ends, the first `seen` bytes having been searched before; None if it does not yet.

    Raises Malformed where it never will: no head begins with a blank or a control character, and TLS does.
    """
    if held[0] <= 0x20:
        raise Malformed
    found = _END_OF_HEAD.search(held, max(0, seen - 2))
    return found.end() if found else None


def head(raw: bytes) -> Head:
    """A head in which nothing is doubtful; raises Malformed.

    A method of which llhttp knows nothing, or too much (CONNECT, PRI), is told as POST. A wish to go over to
    another protocol is not told at all: we grant none (RFC 9110 §7.8), and llhttp would leave off reading.
    """
    found = _HEAD.fullmatch(raw)
    if found is None:
        raise Malformed
    method = found[1]
    told = raw if method in _KNOWN else b"POST" + raw[len(method) :]
    if b" \r\n" in told or b"\t\r\n" in told:
        told = _TRAILING_BLANKS.sub(b"\r\n", told)
    if b"\nupgrade:" in told.lower():
        told = _UPGRADE.sub(b"", told)
    return Head(method.decode("ascii"), told)


def length(version: str, headers: Iterable[tuple[bytes, bytes]]) -> int | None:
    """How many bytes of a body follow a head; None where chunks do (RFC 9112 §6.3). Raises Malformed."""
    said: dict[bytes, bytes] = {}
    for name, value in headers:
        if name in _FRAMING:
            if name in said:
                raise Malformed
            said[name] = value
    if b"host" not in said and version == "1.1":
        raise Malformed  # RFC 9112 §3.2
    announced, coding = said.get(b"content-length"), said.get(b"transfer-encoding")
    if coding is not None:
        if announced is not None or version != "1.1" or coding.lower() != b"chunked":
            raise Malformed
        return None
    if announced is None:
        return 0
    if not _LENGTH.fullmatch(announced):
        raise Malformed
    return int(announced)


def may_follow(trailers: Iterable[tuple[bytes, bytes]]) -> bool:
    """Whether what follows the chunks is of no consequence to the connection (RFC 9110 §6.5.1)."""
    return not any(name in _CONNECTION for name, _ in trailers)


def end_of_piece(held: bytearray) -> int:
    """As far as chunks may be read on: up to where their last may have ended. What may be the beginning of
    such an end waits for the rest of it."""
    found = held.find(_END_OF_CHUNKS)
    if found >= 0:
        return found + len(_END_OF_CHUNKS)
    part = _PART_OF_IT.search(held, max(0, len(held) - len(_END_OF_CHUNKS) + 1))
    return part.start() if part else len(held)
