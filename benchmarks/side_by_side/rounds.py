"""Rounds: every subject has its turn at every job before any has its next, and the median is told.

A run that failed in any way has no figure, and is counted.
"""

import statistics
import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from benchmarks.side_by_side.processes import cpu_seconds, wait_until_idle
from benchmarks.side_by_side.subjects import Subject
from benchmarks.side_by_side.wrk import fire, in_full

CONNECTIONS = (1, 8, 32)


@dataclass(frozen=True)
class Figure:
    """What one turn came to. Times in milliseconds, CPU in microseconds; `fault`: why it does not count."""

    per_second: float = 0
    cpu: float = 0
    p50: float = 0
    p99: float = 0
    fault: str | None = None


@dataclass(frozen=True)
class Cell:
    """Which subject did what, over how many connections."""

    subject: str
    database: str
    job: str
    connections: int


Turn = Callable[[], Figure]
Median = dict[Cell, Figure]
"""Medians of the turns that count; with a fault if one does not."""


def read(subject: Subject, job: str, connections: int, seconds: float) -> Figure:
    """Fire one read for so long.

    When wrk hangs up, each connection has one request under way, which the server does to its end: that is
    waited for, and counts as one where CPU is shared out.
    """
    wait_until_idle(subject.roots)
    before = cpu_seconds(subject.roots)
    told = fire(subject.base_url, [subject.reads[job]], connections, seconds)
    wait_until_idle(subject.roots)
    used = cpu_seconds(subject.roots) - before
    if told.failed or not told.requests:
        return Figure(fault=f"{told.failed} failed of {told.requests}")
    if not in_full(told, subject.bodies[job]):
        return Figure(fault=f"{told.bytes} bytes in {told.requests} answers of {subject.bodies[job]}")
    cpu = used / (told.requests + connections) * 1e6
    return Figure(told.requests / told.seconds, cpu, told.p50, told.p99)


def alternate(turns: Sequence[tuple[Cell, Turn]], rounds: int) -> Median:
    """So many rounds, the order turned round each time."""
    found: dict[Cell, list[Figure]] = {cell: [] for cell, _ in turns}
    for number in range(rounds):
        for cell, turn in turns if number % 2 == 0 else reversed(turns):
            found[cell].append(figure := turn())
            sys.stderr.write(
                f"{number + 1}/{rounds} {cell.subject} {cell.database} {cell.job} ×{cell.connections}: "
                + (figure.fault or f"{figure.per_second:.0f}/s {figure.cpu:.0f} µs p99 {figure.p99:.1f} ms")
                + "\n"
            )
    return {cell: median(figures) for cell, figures in found.items()}


def median(figures: Iterable[Figure]) -> Figure:
    """Of each figure by itself."""
    every = list(figures)
    sound = [figure for figure in every if figure.fault is None]
    faults = [figure.fault for figure in every if figure.fault is not None]
    fault = f"{len(faults)} of {len(every)} failed: {faults[0]}" if faults else None
    if not sound:
        return Figure(fault=fault)
    middle = [statistics.median(column) for column in zip(*map(_numbers, sound), strict=True)]
    return Figure(middle[0], middle[1], middle[2], middle[3], fault)


def _numbers(figure: Figure) -> tuple[float, float, float, float]:
    return figure.per_second, figure.cpu, figure.p50, figure.p99


def reads(subjects: Sequence[Subject], seconds: float) -> list[tuple[Cell, Turn]]:
    """Every read of every subject, at each number of connections."""

    def turn(subject: Subject, job: str, connections: int) -> Turn:
        return lambda: read(subject, job, connections, seconds)

    jobs = dict.fromkeys(job for subject in subjects for job in subject.reads)
    return [
        (Cell(subject.name, subject.database, job, connections), turn(subject, job, connections))
        for job in jobs
        for connections in CONNECTIONS
        for subject in subjects
        if job in subject.reads
    ]
