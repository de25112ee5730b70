"""An hour of mixed load on both databases at once, at a modest rate: what memory a process comes to.

Every office reads the same pages in turn, now unchanged and now computed anew, single records come in among
them, and now and then a batch of 1,000, a whole list as a file, and a file of records.
"""

import itertools
import sys
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, field

import httpx

from benchmarks.side_by_side import ours, writes
from benchmarks.side_by_side.processes import Memory, memory
from benchmarks.side_by_side.subjects import Subject
from tests.books import XLSX, xlsx_of
from tests.conftest import Seeded
from tests.service import PLAN

CONNECTIONS, EVERY = 8, 5
"""How many keep asking; seconds from one look at memory to the next."""
_READS = (*ours.PATHS.values(), f"{PLAN}/activities?limit=200", "/v1/changes?limit=200", f"{PLAN}/tasks")
_ROWS = 1000
_PATIENCE = 600


@dataclass
class Watched:
    """One server under load: what was seen of its memory, how much was asked, and what failed."""

    subject: Subject
    secrets: dict[str, str]
    seen: list[Memory] = field(default_factory=list)
    asked: int = 0
    faults: list[str] = field(default_factory=list)


def watch(
    stack: ExitStack, seeds: Sequence[Seeded], cluster: int, minutes: float, rate: float
) -> list[Watched]:
    """So many minutes at so many requests a second on each database; memory from before the first on."""
    every = [
        Watched(ours.serving(stack, one, one.copy(), ours.WARM, {}, cluster), one.secrets) for one in seeds
    ]
    until = time.monotonic() + minutes * 60
    with ThreadPoolExecutor(len(every) * (CONNECTIONS + 1)) as pool:
        done = [pool.submit(_look, one, until) for one in every]
        for one in every:
            load = _Load(one)
            done += [pool.submit(load.run, until, CONNECTIONS / rate) for _ in range(CONNECTIONS)]
        for each in done:
            each.result()
    for one in every:
        rows, counted = one.subject.counts()
        if rows != counted:
            one.faults.append(f"{rows} stored, {counted} counted")
        sys.stderr.write(f"{one.subject.database}: {one.asked} asked, {one.seen[-1]}, {one.faults[:3]}\n")
    return every


def _look(one: Watched, until: float) -> None:
    while True:
        one.seen.append(memory(one.subject.roots[0]))
        if time.monotonic() >= until:
            return
        time.sleep(min(EVERY, max(0.0, until - time.monotonic())))


class _Load:
    """What is asked of one server, in turn by all who ask."""

    def __init__(self, one: Watched) -> None:
        self._one, self._numbers, self._turn = one, itertools.count(), threading.Lock()
        self._rare: list[tuple[float, Callable[[httpx.Client, int], httpx.Response]]] = [
            (30, self._batch),  # so that after an hour the list still is within what an Excel file may hold
            (60, self._export),
            (120, self._import),
        ]
        begun = time.monotonic()
        self._due = [begun + seconds / 4 for seconds, _ in self._rare]

    def run(self, until: float, pause: float) -> None:
        """One who asks, and waits so long from one request to the next."""
        with httpx.Client(base_url=self._one.subject.base_url, timeout=_PATIENCE) as client:
            while (begun := time.monotonic()) < until:
                try:
                    answer = self._next()(client, next(self._numbers))
                    if answer.status_code >= 400:
                        self._one.faults.append(f"{answer.status_code} {answer.text[:200]}")
                except httpx.HTTPError as error:
                    self._one.faults.append(repr(error))
                with self._turn:
                    self._one.asked += 1
                time.sleep(max(0.0, begun + pause - time.monotonic()))

    def _next(self) -> Callable[[httpx.Client, int], httpx.Response]:
        now = time.monotonic()
        with self._turn:
            for place, (seconds, work) in enumerate(self._rare):
                if now >= self._due[place]:
                    self._due[place] = now + seconds
                    return work
        return self._usual

    def _usual(self, client: httpx.Client, number: int) -> httpx.Response:
        """Of five, one is a record and four are reads, two by two of the same page."""
        if number % 5 == 4:
            agency, task = ours.OFFICES[number // 5 % len(ours.OFFICES)]
            body = ours.record(task, f"hour/{number}", number)
            return client.post(f"{PLAN}/activities", json=body, headers=self._as(agency))
        reader = sorted(self._one.secrets)[number // 10 % len(self._one.secrets)]
        return client.get(_READS[number // 2 % len(_READS)], headers=self._as(reader))

    def _batch(self, client: httpx.Client, number: int) -> httpx.Response:
        place, body = writes.batch_of(number % len(ours.OFFICES))
        headers = {**self._as(ours.OFFICES[place][0]), "Content-Type": "application/json"}
        return client.post(f"{PLAN}/activities/batch", content=body, headers=headers)

    def _export(self, client: httpx.Client, number: int) -> httpx.Response:
        form = ("csv", "xlsx")[number % 2]
        path, headers = f"{PLAN}/activities?format={form}", self._as(ours.READER)
        with client.stream("GET", path, headers=headers) as answer:
            if answer.is_success:
                for _ in answer.iter_raw():
                    pass
            else:
                answer.read()
        return answer

    def _import(self, client: httpx.Client, number: int) -> httpx.Response:
        rows = (
            ["IV.9.1", "", "12/05/2023", "Tin, bài", f"Tin đối ngoại số {number}/{n}", 1]
            for n in range(_ROWS)
        )
        headers = {**self._as("BAOTV"), "Content-Type": XLSX}
        return client.post(f"{PLAN}/imports", content=xlsx_of(*rows), headers=headers, timeout=_PATIENCE)

    def _as(self, agency: str) -> dict[str, str]:
        return ours.bearer(self._one.secrets[agency])
