"""Growth: the service computing anew over few activities and over many, page by page in turn."""

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Iterator, Sequence
from contextlib import ExitStack

import httpx

from benchmarks import driver
from benchmarks.side_by_side import filling, ours
from benchmarks.side_by_side.rounds import Cell, Turn, read
from benchmarks.side_by_side.subjects import Subject
from benchmarks.side_by_side.wrk import Request
from tests.conftest import Seeded
from tests.service import PLAN

FIRST, MIDST, END = "first page", "half way down", "at the end"
JOBS = (
    *ours.PATHS,
    *(f"{what}, {where}" for what in ("activities", "changes") for where in (FIRST, MIDST, END)),
)
AT = 1
SIZE = "size "
"""How the figures that are sizes are called."""
_ACTIVITIES, _CHANGES = f"{PLAN}/activities?limit=50", "/v1/changes?limit=50"


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
            filling.fill(seeded, url, min(sizes), size)
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
    first = httpx.get(subject.base_url + _ACTIVITIES, headers=headers, timeout=60).json()["next_cursor"]
    reads |= {f"activities, {where}": Request(path, headers) for where, path in _activities(url, first)}
    reads |= {f"changes, {where}": Request(path, headers) for where, path in _changes(url)}
    grown = Subject(subject.name, subject.database, subject.base_url, subject.roots, reads)
    grown.look()
    return grown


def _activities(url: str, first: str) -> Iterator[tuple[str, str]]:
    """The pages of the list, latest first. A cursor has the question's mark and the row it comes after."""
    [mark, _] = json.loads(urlsafe_b64decode(first + "=" * (-len(first) % 4)))
    yield FIRST, _ACTIVITIES
    for where, row in _rows(url, "activities", "public_id DESC"):
        cursor = urlsafe_b64encode(json.dumps([mark, row], separators=(",", ":")).encode()).decode()
        yield where, f"{_ACTIVITIES}&cursor={cursor.rstrip('=')}"


def _changes(url: str) -> Iterator[tuple[str, str]]:
    """The pages of the feed, oldest first."""
    yield FIRST, _CHANGES
    for where, row in _rows(url, "changes", "horizon, id"):
        yield where, f"{_CHANGES}&after={row}"


def _rows(url: str, table: str, order: str) -> Iterator[tuple[str, str]]:
    """The rows after which the page in the midst and the last full page begin."""
    with driver.opened(url) as connection:
        [rows] = connection.execute(f"SELECT count(*) FROM {table}").fetchone()
        for where, place in ((MIDST, rows // 2), (END, rows - 51)):
            query = f"SELECT public_id FROM {table} ORDER BY {order} LIMIT 1 OFFSET {place}"
            [public_id] = connection.execute(query).fetchone()
            yield where, public_id
