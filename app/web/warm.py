"""Warm reads: an answer that was computed is given again while nothing has been committed since.

Who called, with which key, for which address and how late at most, is part of what an answer is kept under,
and nothing but equality is asked of it: permissions, sight and parameters were judged when it was computed,
from the same rows. An answer ends with its day, since days are part of many figures, and with the key it was
given to.
"""

from collections.abc import Hashable
from datetime import datetime
from hashlib import blake2b
from typing import Final, NamedTuple

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.db import Database
from app.web.answers import matches
from app.web.shelf import Kept, Shelf
from app.web.turns import Turn, Turns

_ANSWERED: Final = frozenset((b"content-type", b"content-length", b"etag", b"link", b"consistency-token"))
_OF_304: Final = frozenset((b"etag", b"link"))
_UNUSUAL: Final = frozenset((b"content-length", b"transfer-encoding", b"expect", b"range"))
"""With any of these a request is for the rooms further in to judge."""


class WarmReads:
    """Pure ASGI, before anything is looked up. What it does not know goes on as if it were not there."""

    def __init__(self, app: ASGIApp, *, most_bytes: int) -> None:
        self.app, self._shelf, self._turns = app, Shelf(most_bytes), Turns()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer from the shelf; or with what another computes meanwhile; or let it be computed."""
        asked = _Asked.of(scope)
        state = None if asked is None else await _database(scope).freshness.state()
        if asked is None or state is None:
            await self.app(scope, receive, send)
            return
        match self._fresh(asked, state, scope) or await self._turn(asked, state, scope):
            case Kept() as found:
                scope["state"]["operation"] = found.operation
                await _give(found, asked.if_none_match, send)
            case Turn() as turn:
                await self._compute(scope, receive, send, asked, turn)
            case None:
                await self.app(scope, receive, send)

    def _fresh(self, asked: "_Asked", state: Hashable, scope: Scope) -> Kept | None:
        """What is kept, if it is of this state and its day has not ended."""
        kept = self._shelf.get(asked.name)
        still = kept is not None and kept.state == state and _database(scope).now() < kept.until
        return kept if still else None

    async def _turn(self, asked: "_Asked", state: Hashable, scope: Scope) -> Turn | Kept | None:
        """A turn to compute, and of which state; or what another's came to."""
        turn = await self._turns.take(asked.name)
        if not isinstance(turn, Turn):
            return turn
        try:
            turn.state = await _database(scope).freshness.state() if turn.follows else state
        except BaseException:
            self._turns.end(asked.name, turn, None)
            raise
        kept = self._fresh(asked, turn.state, scope)
        if kept is not None:
            self._turns.end(asked.name, turn, kept)
        return kept or turn

    async def _compute(self, scope: Scope, receive: Receive, send: Send, asked: "_Asked", turn: Turn) -> None:
        """Let it be computed. It is kept before it is sent: nobody waits for a slow reader."""

        async def computed(message: Message) -> None:
            if message["type"] == "http.response.start":
                kept = _kept(scope, turn.state)
                if kept is not None:
                    self._shelf.keep(asked.name, kept)
                self._turns.end(asked.name, turn, kept)
            await send(message)

        try:
            await self.app(scope, receive, computed)
        finally:
            self._turns.end(asked.name, turn, None)


def keep(request: Request, until: datetime, response: Response) -> None:
    """Say of an answer that it holds until then while nothing is committed."""
    request.state.keep = until, response


def _database(scope: Scope) -> Database:
    database: Database = scope["app"].state.database
    return database


def _kept(scope: Scope, state: Hashable) -> Kept | None:
    """The whole answer, also where its reader has it already; None if none was said to hold."""
    if state is None or "keep" not in scope["state"]:
        return None
    until, response = scope["state"]["keep"]
    headers = [(name, value) for name, value in response.raw_headers if name in _ANSWERED]
    etag = response.headers["etag"]
    return Kept(scope["state"]["operation"], state, until, headers, etag, bytes(response.body))


class _Asked(NamedTuple):
    """What is asked for, as an answer to it is named, and the one condition it may have."""

    name: bytes
    if_none_match: str | None

    @classmethod
    def of(cls, scope: Scope) -> "_Asked | None":
        """None for all that is no plain read of what the service keeps, and for who names nobody, to whom
        nothing is given that is kept: a process tells that it lives without a database, whoever asks."""
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
        if len(conditions) > 1 or len(callers) > 1 or not (callers or b"sig=" in scope["query_string"]):
            return None
        # As it was spelt: an address that leads nowhere may read like one that leads somewhere (`%2F`).
        path = scope.get("raw_path") or scope["path"].encode()
        if b"/v1/" not in path:
            return None
        parts = (*callers, path, scope["query_string"], *tokens)
        name = blake2b(b"\0".join(parts), digest_size=24).digest()
        return cls(name, conditions[0].decode("latin-1") if conditions else None)


async def _give(kept: Kept, if_none_match: str | None, send: Send) -> None:
    if if_none_match is not None and matches(if_none_match, kept.etag):
        headers = [pair for pair in kept.headers if pair[0] in _OF_304]
        await send({"type": "http.response.start", "status": 304, "headers": headers})
        await send({"type": "http.response.body", "body": b""})
        return
    await send({"type": "http.response.start", "status": 200, "headers": list(kept.headers)})
    await send({"type": "http.response.body", "body": kept.body})
