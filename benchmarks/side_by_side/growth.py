"""Growth: the service computing anew over few activities and over many, page by page in turn."""

from collections.abc import Sequence
from contextlib import ExitStack

import httpx

from benchmarks.side_by_side import ours
from benchmarks.side_by_side.rounds import Cell, Turn, read
from benchmarks.side_by_side.subjects import Subject
from benchmarks.side_by_side.wrk import Request
from tests.conftest import Seeded
from tests.service import PLAN

JOBS = (*ours.PATHS, "activities, first page", "activities, half way down")
AT = 1
_FIRST = f"{PLAN}/activities?limit=50"


def name(size: int) -> str:
    """How a database of so many is called in the tables."""
    return f"ttdn, anew, of {size:,}"


def turns(
    stack: ExitStack, seeds: Sequence[Seeded], cluster: int, sizes: Sequence[int], seconds: float
) -> list[tuple[Cell, Turn]]:
    """Fill copies until they hold so many; the seeds hold as many as the smallest of `sizes`."""
    found = []
    for seeded in seeds:
        subjects = []
        for size in sizes:
            url = seeded.copy()
            ours.load(seeded, url, range(min(sizes), size))
            subjects.append(_grown(stack, seeded, url, size, cluster))
        found += [
            (Cell(one.name, one.database, job, AT), _turn(one, job, seconds))
            for job in JOBS
            for one in subjects
        ]
    return found


def _turn(subject: Subject, job: str, seconds: float) -> Turn:
    return lambda: read(subject, job, AT, 2 * seconds)


def _grown(stack: ExitStack, seeded: Seeded, url: str, size: int, cluster: int) -> Subject:
    subject = ours.serving(stack, seeded, url, name(size), ours.ANEW, cluster)
    headers = dict(subject.reads["tasks"].headers)
    reads = {job: request for job, request in subject.reads.items() if job in ours.PATHS}
    reads["activities, first page"] = Request(_FIRST, headers)
    with httpx.Client(base_url=subject.base_url, headers=headers, timeout=60) as client:
        reads["activities, half way down"] = Request(_half_way(client, size), headers)
    grown = Subject(subject.name, subject.database, subject.base_url, subject.roots, reads)
    grown.look()
    return grown


def _half_way(client: httpx.Client, size: int) -> str:
    """The address of the page in the middle, reached as anybody would: one page after the other."""
    path = f"{PLAN}/activities?limit=200"
    cursor = client.get(path).json()["next_cursor"]
    for _ in range(size // 200 // 2 - 1):
        cursor = client.get(f"{path}&cursor={cursor}").json()["next_cursor"]
    return f"{_FIRST}&cursor={cursor}"
