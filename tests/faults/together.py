"""Many at one moment: every call waits for the last one to be ready, then all go."""

from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import httpx


def at_once(calls: Iterable[Callable[[], httpx.Response]]) -> list[httpx.Response]:
    """The answers, in the order of the calls."""
    waiting = list(calls)
    gate = Barrier(len(waiting))

    def one(call: Callable[[], httpx.Response]) -> httpx.Response:
        gate.wait(30)
        return call()

    with ThreadPoolExecutor(len(waiting)) as pool:
        return list(pool.map(one, waiting))


def statuses(answers: Sequence[httpx.Response]) -> dict[int, int]:
    """How often each status was answered."""
    counted = [answer.status_code for answer in answers]
    return {status: counted.count(status) for status in sorted(set(counted))}
