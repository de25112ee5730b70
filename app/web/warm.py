"""Warm reads: an answer that was computed is given again while nothing has been committed since.

Who called, with which key, for which address and how late at most, is part of what an answer is kept under,
and nothing but equality is asked of it: permissions, sight and parameters were judged when it was computed,
from the same rows. An answer ends with its day, since days are part of many figures, and with the key it was
given to.
"""

import threading
from collections import OrderedDict
from collections.abc import Hashable
from datetime import datetime
from hashlib import blake2b
from typing import Final, NamedTuple

from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.db import Database
from app.web.answers import matches

MOST_BYTES_EACH: Final = 1024 * 1024
_ANSWERED: Final = frozenset((b"content-type", b"content-length", b"etag", b"link"))
_OF_304: Final = frozenset((b"etag", b"link"))
_UNUSUAL: Final = frozenset((b"content-length", b"transfer-encoding", b"expect", b"range"))
"""With any of these a request is for the rooms further in to judge."""

Headers = list[tuple[bytes, bytes]]


class Kept(NamedTuple):
    """An answer, to which operation, the state of the database it is of, and until when it may be given."""

    operation: str
    state: Hashable
    until: datetime
    headers: Headers
    etag: str
    body: bytes


class Shelf:
    """The answers that are kept, the longest unused given up first when they are too much."""

    def __init__(self, most_bytes: int) -> None:
        self._most, self._bytes = most_bytes, 0
        self._kept: OrderedDict[bytes, Kept] = OrderedDict()
        self._turn = threading.Lock()

    def get(self, name: bytes) -> Kept | None:
        """What is kept under a name."""
        with self._turn:
            found = self._kept.get(name)
            if found is not None:
                self._kept.move_to_end(name)
            return found

    def keep(self, name: bytes, kept: Kept) -> None:
        """Keep an answer in the place of the one before."""
        if len(kept.body) > min(MOST_BYTES_EACH, self._most):
            return
        with self._turn:
            self._forget(name)
            self._kept[name] = kept
            self._bytes += len(kept.body)
            while self._bytes > self._most:
                self._forget(next(iter(self._kept)))

    def _forget(self, name: bytes) -> None:
        gone = self._kept.pop(name, None)
        if gone is not None:
            self._bytes -= len(gone.body)


class WarmReads:
    """Pure ASGI, before anything is looked up. What it does not know goes on as if it were not there."""

    def __init__(self, app: ASGIApp, *, most_bytes: int) -> None:
        self.app, self._shelf = app, Shelf(most_bytes)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer from the shelf; or let it be computed, and keep it if it says until when it may be kept."""
        asked = _Asked.of(scope)
        if asked is None:
            await self.app(scope, receive, send)
            return
        database: Database = scope["app"].state.database
        state = await database.freshness.state()
        kept = self._shelf.get(asked.name)
        if kept is not None and kept.state == state and database.now() < kept.until:
            scope["state"]["operation"] = kept.operation
            await _give(kept, asked.if_none_match, send)
            return
        if state is None:
            await self.app(scope, receive, send)
            return
        copy = _Copy(send)
        await self.app(scope, receive, copy.send)
        until = scope["state"].get("keep_until")
        if until is not None and (said := copy.whole()) is not None:
            self._shelf.keep(asked.name, Kept(scope["state"]["operation"], state, until, *said))


def keep(request: Request, until: datetime) -> None:
    """Say of the answer to a request that it holds until then while nothing is committed."""
    request.state.keep_until = until


class _Asked(NamedTuple):
    """What is asked for, as an answer to it is named, and the one condition it may have."""

    name: bytes
    if_none_match: str | None

    @classmethod
    def of(cls, scope: Scope) -> "_Asked | None":
        """None for all that is no plain read."""
        if scope["type"] != "http" or scope["method"] != "GET":
            return None
        conditions, callers, tokens = [], [], list[bytes]()
        for name, value in scope["headers"]:
            if name in _UNUSUAL:
                return None
            if name == b"if-none-match":
                conditions.append(value)
            elif name == b"authorization":
                callers.append(value)
            elif name == b"consistency-token":
                tokens.append(value)
        if len(conditions) > 1 or len(callers) > 1:
            return None
        parts = (*callers, scope["path"].encode(), scope["query_string"], *tokens)
        name = blake2b(b"\0".join(parts), digest_size=24).digest()
        return cls(name, conditions[0].decode("latin-1") if conditions else None)


class _Copy:
    """What is sent, looked at as it passes."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self._start: Message | None = None
        self._body: bytes | None = None

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self._start = message
        elif message["type"] == "http.response.body" and not message.get("more_body", False):
            self._body = message.get("body", b"")
        await self._send(message)

    def whole(self) -> tuple[Headers, str, bytes] | None:
        """The headers that are the answer's own, its tag, its body; None if it is not one that can be given
        again. An answer in pieces is not, nor is one without a tag."""
        if self._start is None or self._start["status"] != 200 or self._body is None:
            return None
        headers = [(name, value) for name, value in self._start["headers"] if name in _ANSWERED]
        found = dict(headers)
        if b"etag" not in found or int(found.get(b"content-length", b"-1")) != len(self._body):
            return None
        return headers, found[b"etag"].decode("latin-1"), self._body


async def _give(kept: Kept, if_none_match: str | None, send: Send) -> None:
    if if_none_match is not None and matches(if_none_match, kept.etag):
        headers = [pair for pair in kept.headers if pair[0] in _OF_304]
        await send({"type": "http.response.start", "status": 304, "headers": headers})
        await send({"type": "http.response.body", "body": b""})
        return
    await send({"type": "http.response.start", "status": 200, "headers": list(kept.headers)})
    await send({"type": "http.response.body", "body": kept.body})
