"""Large bodies: one at a time is worked on, and nobody else waits for it."""

from collections.abc import Callable, Coroutine, Iterator
from typing import Any

import anyio
import pytest
from starlette.types import Message, Receive, Scope, Send

from app.web.large import LARGE
from app.web.reader import StrictReader


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


class Room:
    """An application in which every request stays until it is let go; `inside` are those that are there."""

    def __init__(self) -> None:
        self.inside, self.most, self.go = 0, 0, anyio.Event()

    async def __call__(self, _scope: Scope, _receive: Receive, send: Send) -> None:
        self.inside += 1
        self.most = max(self.most, self.inside)
        await self.go.wait()
        self.inside -= 1
        await send({"type": "http.response.start", "status": 200, "headers": []})


def request(length: int) -> tuple[Scope, Receive]:
    body = b'"' + b"x" * (length - 2) + b'"'
    headers = [(b"content-type", b"application/json"), (b"content-length", str(length).encode())]
    parts: Iterator[Message] = iter([{"type": "http.request", "body": body, "more_body": False}])

    async def receive() -> Message:
        return next(parts)

    return {"type": "http", "method": "POST", "path": "/", "headers": headers}, receive


async def unread(_message: Message) -> None:
    """A reader who takes the head of the answer and then nothing for a long time."""
    await anyio.sleep_forever()


async def taken(_message: Message) -> None:
    """One who takes it."""


def asking(app: StrictReader, length: int, send: Send = taken) -> Callable[[], Coroutine[Any, Any, None]]:
    async def ask() -> None:
        await app(*request(length), send)

    return ask


@pytest.mark.anyio
@pytest.mark.parametrize(("length", "at_once"), [(LARGE, 1), (LARGE - 1, 5)])
async def test_of_large_bodies_one_is_worked_on_at_a_time(length: int, at_once: int) -> None:
    room = Room()
    async with anyio.create_task_group() as group:
        for _ in range(5):
            group.start_soon(asking(StrictReader(room), length))
        await anyio.wait_all_tasks_blocked()
        assert room.inside == at_once
        room.go.set()
    assert (room.inside, room.most) == (0, at_once)


@pytest.mark.anyio
async def test_a_small_one_does_not_wait_for_a_large_one() -> None:
    room = Room()
    async with anyio.create_task_group() as group:
        group.start_soon(asking(StrictReader(room), LARGE))
        group.start_soon(asking(StrictReader(room), 10))
        await anyio.wait_all_tasks_blocked()
        assert room.inside == 2
        room.go.set()


@pytest.mark.anyio
async def test_nobody_waits_for_who_does_not_read_the_answer() -> None:
    room, done = Room(), anyio.Event()
    room.go.set()
    async with anyio.create_task_group() as group:
        group.start_soon(asking(StrictReader(room), LARGE, unread))
        await anyio.wait_all_tasks_blocked()

        async def second() -> None:
            await asking(StrictReader(room), LARGE)()
            done.set()

        with anyio.fail_after(20):
            await second()
        group.cancel_scope.cancel()
    assert done.is_set()


@pytest.mark.anyio
async def test_a_failure_ends_the_turn() -> None:
    async def failing(_scope: Scope, _receive: Receive, _send: Send) -> None:
        raise RuntimeError

    for _ in range(2):
        with anyio.fail_after(20), pytest.raises(RuntimeError):
            await asking(StrictReader(failing), LARGE)()
