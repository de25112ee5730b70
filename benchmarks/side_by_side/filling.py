"""Many activities in a short time: some thousands through the service, and copies of them by the driver.

A copy has a name, a title and a place in the journal of its own. What counts them is then brought up to date
by the service's own rules, journaled, and everything stored is computed anew as `ttdn doctor` does it.
"""

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session
from ulid import ULID

from app.db import Database
from app.models import Activity, Agency, Assignment, Plan, Task
from app.rules.judging import Permit
from app.rules.ownership import Action
from app.rules.parties import Actor, Relation
from app.rules.vietnamese import fold, sort_key
from app.rules.vocabulary import Scope
from app.services import access, audit, outputs, settling, standings
from app.settings import Settings
from benchmarks import driver
from benchmarks.side_by_side import ours
from tests.conftest import Seeded

THROUGH_THE_SERVICE = len(ours.OFFICES) * ours.BATCH
"""A batch of each office; what is beyond are copies."""


def fill(seeded: Seeded, url: str, there: int, size: int) -> None:
    """Bring a database from `there` to `size` activities; fails if anything stored is not what they say."""
    ours.load(seeded, url, range(there, min(size, THROUGH_THE_SERVICE)))
    if size <= THROUGH_THE_SERVICE:
        return
    _multiply(url, size)
    database = Database(Settings(DATABASE_URL=url))
    with database.writing() as session:
        _count(session)
    with database.reading() as session:
        differences = list(audit.differences(session))
    database.dispose()
    assert not differences, differences[:3]
    if not url.startswith("sqlite"):
        ours.settle(url)


def _multiply(url: str, size: int) -> None:
    """Copy what is there, all of it in one transaction for each table, again and again."""
    records, entries = _Sample(url, "activities"), _Sample(url, "changes")
    told = {entry["ref"]: _read(entry) for entry in entries.rows if entry["subject"] == "activity"}
    numbers = iter(range(len(records.rows), size))
    with driver.opened(url) as connection:
        while pairs := list(zip(records.rows, numbers, strict=False)):
            made = [_copy(row, told[row["public_id"]], number) for row, number in pairs]
            records.put(connection, [record for record, _ in made])
            entries.put(connection, [entry for _, entry in made], horizon=_horizon(connection, url))
        if not url.startswith("sqlite"):
            for table in ("activities", "changes"):
                connection.execute(
                    f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), max(id)) FROM {table}"
                )


class _Sample:
    """The rows of a table that copies are made of, and the next number in it."""

    def __init__(self, url: str, table: str) -> None:
        self._url, self._table, self._names = url, table, driver.columns(table)
        self.rows = [dict(zip(self._names, row, strict=True)) for row in driver.stored(url, table)]
        self._last: int = self.rows[-1]["id"]

    def put(self, connection: Any, copies: Sequence[dict[str, Any]], **same: Any) -> None:
        """Put copies in, each under a number of its own."""
        rows = (tuple((copy | same | {"id": id_}).values()) for id_, copy in self._numbered(copies))
        driver.put(connection, self._url, self._table, rows)

    def _numbered(self, copies: Sequence[dict[str, Any]]) -> Iterator[tuple[int, dict[str, Any]]]:
        for copy in copies:
            self._last += 1
            yield self._last, copy


def _read(entry: dict[str, Any]) -> dict[str, Any]:
    """An entry with what it says as data; one driver gives it as text."""
    after = entry["after"]
    return entry | {"after": json.loads(after) if isinstance(after, str) else after.obj}


def _copy(
    record: dict[str, Any], entry: dict[str, Any], number: int
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Another record like this one, and what the journal says of it."""
    public_id, external_id = str(ULID()), f"filled/{number}"
    title = record["title"].replace(record["external_id"], external_id)
    named = {"public_id": public_id, "external_id": external_id, "title": title}
    after = json.dumps(entry["after"] | named)
    return (
        record | named | {"sort_key": sort_key(title), "search_text": fold(title)},
        entry | {"public_id": str(ULID()), "ref": public_id, "after": after},
    )


def _horizon(connection: Any, url: str) -> int:
    """The number of a transaction after all before it; there is none on SQLite."""
    if url.startswith("sqlite"):
        return 0
    [number] = connection.execute("SELECT pg_current_xact_id()::text::bigint").fetchone()
    return int(number)


def _count(session: Session) -> None:
    """Bring every duty with records up to date, as one act of its body."""
    query = (
        select(Assignment, Task, Plan, Agency)
        .join(Task, Task.id == Assignment.task_id)
        .join(Plan, Plan.id == Assignment.plan_id)
        .join(Agency, Agency.id == Assignment.agency_id)
        .where(Assignment.id.in_(select(Activity.assignment_id)))
    )
    for assignment, task, plan, agency in session.execute(query).all():
        actor = Actor(agency.code, agency.kind, agency.id, frozenset({Scope.PUSH}), "cli:benchmark")
        owed = outputs.owed_by(session, assignment)
        permit = Permit(Action.ACTIVITY_RECORD, actor, Relation.ACCOUNTABLE)
        access.open_for_change(session, permit, [assignment, *owed])
        of_it = Activity.assignment_id == assignment.id
        by_output = select(Activity.output_id, func.count()).where(of_it).group_by(Activity.output_id)
        found = Counter({row[0]: int(row[1]) for row in session.execute(by_output)})
        for output in owed:
            if output.id in found:
                output.evidence = found[output.id]
        if assignment.recorded_quantity:
            pieces = settling.pieces_of(owed)
            pieces_made = select(func.sum(Activity.quantity)).where(of_it)
            assignment.recorded_quantity = int(session.scalars(pieces_made).one())
            days = settling.days_of_pieces(session, plan, assignment, len(pieces))
            settling.fill(assignment, pieces, days)
        standing = settling.stand(session, task, assignment, owed)
        standings.heard(session, standing, found.total() - standing.records)
