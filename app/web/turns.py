"""Turns: one request computes what many ask for at once.

An answer serves all who asked before it was begun, since it holds what was committed before they asked. Who
comes while it is computed waits for the next one, which the first of those who wait computes.
"""

import asyncio
import threading
from collections.abc import Hashable
from concurrent.futures import Future

from app.web.shelf import Kept


class Turn:
    """One computation. `follows`: it was waited for, so the state of the database is to be asked anew."""

    def __init__(self, follows: "Turn | None") -> None:
        self.follows = follows is not None
        self.state: Hashable | None = None
        """Of the database, before it begins."""
        self.answer: Future[Kept | None] = Future()
        """None where what came of it cannot be shared."""


class Turns:
    """Under each name one computation that has begun, and at most one that is waited for."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._of: dict[bytes, list[Turn]] = {}

    async def take(self, name: bytes) -> Turn | Kept | None:
        """A turn to compute, to be ended; or what another computed since this was asked; or None, where
        that cannot be shared."""
        with self._lock:
            turns = self._of.setdefault(name, [])
            before = turns[-1] if turns else None
            mine = Turn(before) if len(turns) < 2 else None
            if mine is not None:
                turns.append(mine)
        if before is None:
            return mine
        try:
            found = await asyncio.shield(asyncio.wrap_future(before.answer))
        except asyncio.CancelledError:
            if mine is not None:
                self.end(name, mine, None)
            raise
        return found if mine is None else mine

    def end(self, name: bytes, turn: Turn, answer: Kept | None) -> None:
        """It has been computed; ended twice is the same as once."""
        with self._lock:
            turns = self._of.get(name, [])
            if turn not in turns:
                return
            turns.remove(turn)
            if not turns:
                del self._of[name]
        turn.answer.set_result(answer)
