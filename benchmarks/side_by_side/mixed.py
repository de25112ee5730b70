"""Eight readers beside eight writers: one wrk reads the roll-up while another pushes activities."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

from benchmarks.side_by_side.processes import cpu_seconds, wait_until_idle
from benchmarks.side_by_side.rounds import Cell, Figure, Turn
from benchmarks.side_by_side.subjects import Subject
from benchmarks.side_by_side.wrk import fire

JOB, READ = "8 readers beside 8 writers", "roll-up"
EACH = 8


def both(subject: Subject, seconds: float) -> Figure:
    """The readers' figures; CPU is of reads and writes together, by each request of either kind."""
    wait_until_idle(subject.roots)
    counts, before = subject.counts(), cpu_seconds(subject.roots)
    with ThreadPoolExecutor(2) as pool:
        reading = pool.submit(fire, subject.base_url, [subject.reads[READ]], EACH, seconds)
        writing = pool.submit(fire, subject.base_url, subject.writes, EACH, seconds)
        read, written = reading.result(), writing.result()
    wait_until_idle(subject.roots)
    used = cpu_seconds(subject.roots) - before
    stored = subject.counts().rows - counts.rows
    if read.failed or written.failed or not read.requests:
        return Figure(fault=f"{read.failed} reads and {written.failed} writes failed")
    if not written.requests <= stored <= written.requests + EACH:
        return Figure(fault=f"{written.requests} acknowledged, {stored} stored")
    every = read.requests + EACH + stored
    return Figure(read.requests / read.seconds, used / every * 1e6, read.p50, read.p99)


def turns(subjects: Sequence[Subject], seconds: float) -> list[tuple[Cell, Turn]]:
    """Each that is read and written."""

    def turn(subject: Subject) -> Turn:
        return lambda: both(subject, seconds)

    return [
        (Cell(one.name.partition(",")[0], one.database, JOB, 2 * EACH), turn(one))
        for one in subjects
        if one.batch
    ]
