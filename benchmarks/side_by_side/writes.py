"""Writing: one activity a request, and a thousand a request. What is stored is counted after each turn."""

import itertools
import json
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

import httpx

from benchmarks.side_by_side import ours
from benchmarks.side_by_side.counting import Counts
from benchmarks.side_by_side.processes import cpu_seconds, wait_until_idle
from benchmarks.side_by_side.rounds import CONNECTIONS, Cell, Figure, Turn
from benchmarks.side_by_side.subjects import Subject
from benchmarks.side_by_side.wrk import fire

SINGLE, BATCH = "one activity", "batch of 1,000"
_batches = itertools.count(time.time_ns() // 10**9)


def single(subject: Subject, connections: int, seconds: float) -> Figure:
    """One activity a request, each office in its own tasks in turn."""
    wait_until_idle(subject.roots)
    counts, before = subject.counts(), cpu_seconds(subject.roots)
    told = fire(subject.base_url, subject.writes, connections, seconds)
    wait_until_idle(subject.roots)
    used, after = cpu_seconds(subject.roots) - before, subject.counts()
    fault = mismatch(counts, after, told.requests, connections)
    if told.failed or not told.requests:
        fault = f"{told.failed} failed of {told.requests}"
    if fault:
        return Figure(fault=fault)
    cpu = used / (after.rows - counts.rows) * 1e6
    return Figure(told.requests / told.seconds, cpu, told.p50, told.p99)


def batch(subject: Subject, connections: int) -> Figure:
    """A thousand activities a request: a request on each connection, three on a single one.

    `per_second` and `cpu` are of one activity; `p50` and `p99` of a request.
    """
    wait_until_idle(subject.roots)
    bodies = [batch_of(number % len(ours.OFFICES)) for number in range(max(3, connections))]
    counts, before, started = subject.counts(), cpu_seconds(subject.roots), time.perf_counter()
    with (
        httpx.Client(base_url=subject.base_url, timeout=600) as client,
        ThreadPoolExecutor(connections) as pool,
    ):

        def send(given: tuple[int, bytes]) -> tuple[bool, float]:
            place, body = given
            begun = time.perf_counter()
            headers = {**subject.writes[place].headers, "Content-Type": "application/json"}
            answer = client.post(subject.batch, content=body, headers=headers)
            return answer.status_code == 200, (time.perf_counter() - begun) * 1e3

        answers = list(pool.map(send, bodies))
    seconds, used = time.perf_counter() - started, cpu_seconds(subject.roots) - before
    records, times = len(bodies) * ours.BATCH, sorted(took for _, took in answers)
    fault = mismatch(counts, subject.counts(), records, 0)
    if not all(good for good, _ in answers):
        fault = "a batch was refused"
    return Figure(records / seconds, used / records * 1e6, times[len(times) // 2], times[-1], fault)


def batch_of(place: int) -> tuple[int, bytes]:
    """A thousand records that were never sent before, of the office in that place."""
    name, task = next(_batches), ours.OFFICES[place][1]
    records = [ours.record(task, f"batch/{name}/{number}", number) for number in range(ours.BATCH)]
    return place, json.dumps({"records": records}, ensure_ascii=False).encode()


def mismatch(before: Counts, after: Counts, acknowledged: int, in_flight: int) -> str | None:
    """Stored is what was acknowledged, with at most what was on its way when wrk hung up."""
    stored = after.rows - before.rows
    if not acknowledged <= stored <= acknowledged + in_flight:
        return f"{acknowledged} acknowledged, {stored} stored"
    if after.counted - before.counted != stored:
        return f"{stored} stored, {after.counted - before.counted} counted"
    return None


def turns(subjects: Sequence[Subject], seconds: float) -> list[tuple[Cell, Turn]]:
    """Every subject that can be written to, at each number of connections."""

    def alone(subject: Subject, connections: int) -> Turn:
        return lambda: single(subject, connections, seconds)

    def together(subject: Subject, connections: int) -> Turn:
        return lambda: batch(subject, connections)

    return [
        *((_cell(one, SINGLE, number), alone(one, number)) for number in CONNECTIONS for one in subjects),
        *(
            (_cell(one, BATCH, number), together(one, number))
            for number in CONNECTIONS
            for one in subjects
            if one.batch
        ),
    ]


def _cell(subject: Subject, job: str, connections: int) -> Cell:
    return Cell(subject.name.partition(",")[0], subject.database, job, connections)
