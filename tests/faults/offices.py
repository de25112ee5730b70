"""Offices that push without pause and remember what they were promised; and the tally of what was kept."""

import random
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from itertools import count
from typing import Any, Protocol

import httpx
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.db import Database
from app.models import Activity, Agency, Change, Output
from app.services import audit
from app.settings import Settings
from tests.service import PLAN

SYSTEM = "faults"
DAYS = ("2023-02-03", "2023-05-12", "2023-08-19", "2023-11-23")

WORK: dict[str, Callable[[int], dict[str, Any]]] = {
    "SVHTTDL": lambda _: {"task": "IV.7.a", "output": "M1", "kind": "training"},
    "SCT": lambda n: {"task": "IV.6.a", "kind": "publication", "quantity": 1 + n % 3},
    "BAOTV": lambda n: {"task": "IV.9.1", "kind": "broadcast", "occurred_on": DAYS[n % 4]},
    "VPUBND": lambda _: {"task": "IV.3.a", "kind": "conference", "opens_occurrence": True},
}
"""Four bodies, four kinds of tasks: a deliverable, pieces, periods, occurrences."""


SIZES = (1, 1, 1, 5, 20)


class Office(threading.Thread):
    """One client: pushes new records, one by one or as atomic batches of 5 and 20, and now and then a new
    wording of the last one, until told to stop.

    After a torn connection it sometimes sends the same record again and sometimes lets it be, as people do.
    """

    def __init__(self, agency: str, secret: str, address: Callable[[], str], seed: int) -> None:
        super().__init__(name=agency, daemon=True)
        self._agency, self._secret, self._address = agency, secret, address
        self._chance = random.Random(f"{agency} {seed}")
        self._ended = threading.Event()
        self._series = f"{seed}-"
        self.acknowledged: dict[str, tuple[str, str]] = {}
        """external_id → the id and the title of the last acknowledgement."""
        self.unknown: dict[str, set[str]] = {}
        """external_id → titles sent since, of which nobody said what became."""
        self.torn = 0
        """Requests that were on their way when the connection went."""
        self.statuses: Counter[int] = Counter()
        self.strange: list[str] = []
        self.batches: list[list[str]] = []
        """The external ids of every batch that was sent."""
        self.pushes = 0
        """Acknowledged pushes of something new, batches and single records alike."""

    def run(self) -> None:
        with httpx.Client(headers={"Authorization": f"Bearer {self._secret}"}, timeout=30) as client:
            for first in count(1, max(SIZES)):
                if self._ended.is_set():
                    return
                numbers = range(first, first + self._chance.choice(SIZES))
                known = self._push(client, numbers, "Lần đầu")
                if known and self._chance.random() < 0.25:
                    self._push(client, numbers[-1:], "Sửa lại")

    def end(self) -> None:
        """Finish the push in hand and stop."""
        self._ended.set()
        self.join(60)
        assert not self.is_alive(), f"{self.name} still waits for an answer"

    def _push(self, client: httpx.Client, numbers: Sequence[int], title: str) -> bool:
        """Whether it was acknowledged in the end."""
        records = [
            {
                "occurred_on": "2023-05-12",
                "title": f"{title} {self._series}{number}",
                "source_system": SYSTEM,
                "external_id": f"{self._series}{number}",
                **WORK[self._agency](number),
            }
            for number in numbers
        ]
        if len(records) > 1:
            self.batches.append([record["external_id"] for record in records])
        while not self._tried(client, records) and not self._ended.wait(0.1):
            if self._chance.random() < 0.5:
                return False
        return records[-1]["external_id"] in self.acknowledged

    def _tried(self, client: httpx.Client, records: list[dict[str, Any]]) -> bool:
        """Whether there was a final answer."""
        for record in records:
            self.unknown.setdefault(record["external_id"], set()).add(record["title"])
        whole = ("", records[0]) if len(records) == 1 else ("/batch?mode=atomic", {"records": records})
        try:
            answer = client.post(f"{self._address()}{PLAN}/activities{whole[0]}", json=whole[1])
        except httpx.ConnectError:
            return False
        except httpx.TransportError:
            self.torn += 1
            return False
        self.statuses[answer.status_code] += 1
        if answer.is_success:
            said = answer.json()
            ids = (
                [row["activity"] for row in said["results"]] if len(records) > 1 else [said["activity"]["id"]]
            )
            for record, public_id in zip(records, ids, strict=True):
                self.acknowledged[record["external_id"]] = (public_id, record["title"])
                self.unknown[record["external_id"]] = set()
            self.pushes += len(records) > 1 or answer.status_code == 201
        elif answer.status_code != 503 or not answer.headers.get("retry-after", "").isdigit():
            self.strange.append(f"{answer.status_code} {answer.text}")
        return answer.is_success


@contextmanager
def at_work(secrets: dict[str, str], address: Callable[[], str], seed: int = 0) -> Iterator[Sequence[Office]]:
    """Four offices that push while the block runs."""
    offices = [Office(agency, secrets[agency], address, seed) for agency in WORK]
    for office in offices:
        office.start()
    try:
        yield offices
    finally:
        for office in offices:
            office.end()


def until_some_are_stored(offices: Iterable[Office], more: int = 3, patience: float = 20) -> None:
    """Wait until every office got some more acknowledgements."""
    wanted = {office: office.pushes + more for office in offices}
    deadline = time.monotonic() + patience
    while any(office.pushes < aim for office, aim in wanted.items()):
        assert time.monotonic() < deadline, [office.statuses for office in wanted]
        assert not any(office.strange for office in wanted), [office.strange[:1] for office in wanted]
        time.sleep(0.01)


class Witness(Protocol):
    """Who pushed, and what it was promised."""

    name: str
    batches: list[list[str]]
    """The external ids of each atomic batch."""

    @property
    def acknowledged(self) -> Mapping[str, tuple[str, str]]:
        """external_id → the id and the title of the last acknowledgement."""

    @property
    def unknown(self) -> Mapping[str, set[str]]:
        """external_id → titles of which nobody said what became."""


@dataclass
class Tally:
    """What was promised, and what of it does not hold."""

    acknowledged: int = 0
    lost: list[str] = field(default_factory=list)
    doubled: list[str] = field(default_factory=list)
    torn: list[str] = field(default_factory=list)
    """Batches of which only a part is there."""
    wrong: list[str] = field(default_factory=list)
    """Counters, levels or journal entries that are not what the records say."""


def tally(url: str, offices: Iterable[Witness]) -> Tally:
    """Hold the promises against the database, by another way than the service came to it."""
    database = Database(Settings(DATABASE_URL=url))
    try:
        with database.reading() as session:
            return _tally(session, offices)
    finally:
        database.dispose()


def _tally(session: Session, offices: Iterable[Witness]) -> Tally:
    rows = session.scalars(select(Activity).where(Activity.source_system == SYSTEM)).all()
    by_id = {row.public_id: row for row in rows}
    times = Counter((row.recorded_by_id, row.external_id) for row in rows)
    found = Tally(doubled=[str(key) for key, how_often in times.items() if how_often > 1])
    found.torn = partial(session, offices)
    for office in offices:
        acknowledged = office.acknowledged
        found.acknowledged += len(acknowledged)
        for external_id, (public_id, title) in acknowledged.items():
            row = by_id.get(public_id)
            if row is None or row.external_id != external_id:
                found.lost.append(f"{office.name} {external_id}: no record {public_id}")
            elif row.title not in {title, *office.unknown.get(external_id, ())}:
                found.lost.append(f"{office.name} {external_id}: {row.title!r}, not {title!r}")
    found.wrong = [*(one.en for one in audit.differences(session)), *_uncounted(session)]
    return found


def partial(session: Session, offices: Iterable[Witness]) -> list[str]:
    """Atomic batches of which a part is there at this moment: whoever pushes again would mend them."""
    query = select(Agency.code, Activity.external_id).join(Agency, Agency.id == Activity.agency_id)
    stored = defaultdict(set)
    for agency, external_id in session.execute(query.where(Activity.source_system == SYSTEM)):
        stored[agency].add(external_id)
    counted = [
        (office.name, batch, len(stored[office.name].intersection(batch)))
        for office in offices
        for batch in list(office.batches)
    ]
    return [f"{name}: {there} of {batch}" for name, batch, there in counted if there not in (0, len(batch))]


def rolled_up(client: httpx.Client) -> dict[str, tuple[int | None, int | None]]:
    """The evidenced share of each office's own task, as the service says it."""
    shares = {}
    for agency, work in WORK.items():
        asked = client.get(f"{PLAN}/progress", params={"agency": agency, "task": work(0)["task"]})
        assert asked.status_code == 200, asked.text
        ratio = asked.json()["total"]["evidenced"]
        shares[agency] = (ratio["numerator"], ratio["denominator"])
    return shares


def recomputed(session: Session) -> dict[str, tuple[int | None, int | None]]:
    """The same by hand, from nothing but the standing records.

    One deliverable: there is a record or not. Pieces without a target: undefined. Periods: those with a
    record of four. Occurrences: all that were opened have their record; undefined before the first.
    """
    days: dict[str, set[date]] = {agency: set() for agency in WORK}
    query = select(Agency.code, Activity.occurred_on).join(Agency, Agency.id == Activity.agency_id)
    for agency, day in session.execute(query.where(Activity.status == "standing")):
        days[agency].add(day)
    periods = Fraction(len({(day.month - 1) // 3 for day in days["BAOTV"]}), 4)
    return {
        "SVHTTDL": (1, 1) if days["SVHTTDL"] else (0, 1),
        "SCT": (None, None),
        "BAOTV": (periods.numerator, periods.denominator),
        "VPUBND": (1, 1) if days["VPUBND"] else (None, None),
    }


def _uncounted(session: Session) -> Iterator[str]:
    """Counted once more without the service's own code: evidence by its records, versions by the journal."""
    evidence = dict(
        session.execute(
            select(Activity.output_id, func.count())
            .where(Activity.status == "standing")
            .group_by(Activity.output_id)
        ).all()
    )
    for output in session.scalars(select(Output).where(Output.kind != "piece")):
        if output.evidence != evidence.get(output.id, 0):
            yield f"{output.code}: {output.evidence} stored, {evidence.get(output.id, 0)} standing records"
    entries = dict(session.execute(select(Change.ref, func.count()).group_by(Change.ref)).all())
    for public_id, version in session.execute(select(Activity.public_id, Activity.version)):
        if entries.get(public_id) != version:
            yield f"activity {public_id}: version {version}, {entries.get(public_id)} journal entries"
