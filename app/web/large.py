"""Large bodies: one is worked on at a time in a process, and the others wait as the bytes they came in.

A thousand records take a hundred times their bytes once they are read, judged and written. Several at once
are no faster where one interpreter works on all of them, and what they took is never given back whole.
"""

from types import TracebackType
from typing import Final, Self

from anyio import Semaphore
from anyio.lowlevel import RunVar
from starlette.types import Message, Send

LARGE: Final = 64 * 1024
"""Bytes from which on a body waits for its turn."""

_ROOM: RunVar[Semaphore] = RunVar("large bodies")
"""One for each event loop."""


class Turn:
    """A request's turn, by the length of its body; a small one has it at once.

    It ends where the answer begins: nobody waits for a slow reader.
    """

    def __init__(self, length: int) -> None:
        self._room = _room() if length >= LARGE else None

    async def __aenter__(self) -> Self:
        if self._room is not None:
            await self._room.acquire()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._end()

    def until_answered(self, send: Send) -> Send:
        """The same way out; what is sent first ends the turn."""

        async def answering(message: Message) -> None:
            self._end()
            await send(message)

        return answering

    def _end(self) -> None:
        if self._room is not None:
            self._room.release()
            self._room = None


def _room() -> Semaphore:
    try:
        return _ROOM.get()
    except LookupError:
        _ROOM.set(room := Semaphore(1))
        return room
