"""The leaves of every roll-up: the counted lead assignments a caller may see, with what they owe and have."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from fractions import Fraction
from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, bindparam, case, func, or_, select
from sqlalchemy.orm import Session, aliased

from app.models import Agency, Assignment, Implementation, Output, Standing, Task
from app.rules import lifecycle
from app.rules.parties import Actor
from app.rules.rollup import COUNTED_STATUSES, Figure, Leaf, roll_up
from app.rules.timeliness import Obligation
from app.rules.vocabulary import Role, TaskKind, TaskStatus
from app.services import grounds, sight
from app.services.grounds import Ground

_GROUP = aliased(Agency)


@dataclass(frozen=True, slots=True, eq=False)
class Part:
    """A lead assignment with where it belongs. `in_sum`: the caller may only see it in a sum.

    What is as it was is the very same object (`_part`), so that what follows from it is found by it.

    As of now, `expected` is the weight of its outputs whose day has passed, and `done_on` the day of the last
    evidence of what it owes. `records` counts its standing records, `heard_on` is the day the last one came
    in; `as_of` is null until something has moved.
    """

    assignment: str
    task_id: int
    task: str
    section_id: int
    kind: TaskKind
    status: TaskStatus
    agency: str
    name_vi: str
    name_en: str
    group: str | None
    leaf: Leaf
    due_on: date
    done_on: date | None
    expected: int
    records: int
    heard_on: date | None
    as_of: datetime | None
    in_sum: bool

    @property
    def live(self) -> bool:
        """Whether its clock runs: what is suspended or carried over is counted, frozen."""
        return self.status is TaskStatus.ACTIVE

    @property
    def held(self) -> bool:
        """Whether its body has any of the task: who handed all of its part over has not."""
        return bool(self.leaf.share)

    @property
    def obligation(self) -> Obligation:
        """What it owes as a whole, and by when."""
        done = self.leaf.evidenced == self.leaf.owed > 0
        return Obligation(self.leaf.owed, self.leaf.evidenced, self.due_on, self.done_on if done else None)


def visible(
    session: Session, here: Ground, actor: Actor, at: datetime | None = None, *, left_out: bool = False
) -> list[Part]:
    """Every counted lead of the plan that this caller may see, if only in a sum; in the order of clauses.

    `at`: as it stood at that instant. `left_out`: those whose task is not counted, instead.
    """
    query = _leads(
        sight.seen_whole(here, actor), sight.seen_in_sum(here, actor), past=at is not None, left_out=left_out
    )
    given = {"plan": here.plan.id, "day": here.today, **({"at": at} if at else {})}
    return [_part(here.plan.year, tuple(row)) for row in session.execute(query, given)]


_LINKS = (
    select(Implementation.task_id, Implementation.duty_id)
    .where(Implementation.plan_id == bindparam("plan"))
    .order_by(Implementation.id)
)
_LEAF = ("weight", "share_numerator", "share_denominator", "owed", "reported", "evidenced", "confirmed")


_AT = bindparam("at", type_=Standing.since.type)
_PASSED = and_(Output.owed, Output.due_on < grounds.ON)
_SCHEDULE = (
    select(
        Output.assignment_id,
        func.sum(case((_PASSED, Output.weight), else_=0)).label("expected"),
        func.max(case((Output.owed, Output.evidenced_on))).label("done_on"),
    )
    .where(Output.plan_id == bindparam("plan"))
    .group_by(Output.assignment_id)
    .subquery()
)
"""For each assignment the weight of the outputs it owes whose day has passed, and the day of the last
evidence of any. Grows with what is owed, not with the records behind it."""


_HELD = and_(Standing.since <= _AT, or_(Standing.until.is_(None), Standing.until > _AT))
"""The stretch that was the present one at an instant."""


@lru_cache(maxsize=1024)
def _leads(
    seen: ColumnElement[bool], in_sum: ColumnElement[bool], *, past: bool, left_out: bool
) -> Select[*tuple[Any, ...]]:
    """Said once for each condition, which `sight` gives again and again."""
    counted = Standing.status.in_(COUNTED_STATUSES)
    return (
        select(
            *(getattr(Standing, name) for name in _LEAF),
            *(Standing.status, Standing.number, Standing.since, Standing.records, Standing.heard_on),
            *(Assignment.public_id.label("assignment"), Assignment.valid_from),
            *(Task.id.label("task_id"), Task.code.label("task"), Task.section_id, Task.kind, Task.due_on),
            *(Agency.code.label("agency"), Agency.name_vi, Agency.name_en),
            _GROUP.code.label("group"),
            *(_SCHEDULE.c.expected, _SCHEDULE.c.done_on),
            in_sum.label("in_sum"),
        )
        .join(Assignment, Assignment.id == Standing.assignment_id)
        .join(Task, Task.id == Assignment.task_id)
        .join(Agency, Agency.id == Assignment.agency_id)
        .outerjoin(_GROUP, _GROUP.id == Assignment.group_id)
        .outerjoin(_SCHEDULE, _SCHEDULE.c.assignment_id == Assignment.id)
        .where(
            Standing.plan_id == bindparam("plan"),
            _HELD if past else Standing.until.is_(None),
            Assignment.role == Role.LEAD,
            ~Assignment.fans_out,
            ~counted if left_out else counted,
            or_(seen, in_sum),
        )
        .order_by(Assignment.order_key, Assignment.id)
    )


@lru_cache(maxsize=2048)
def _part(year: int, row: tuple[Any, ...]) -> Part:
    """Kept: of a plan's parts a record moves one. By the values alone: a Row holds on to all that it came
    from, and to the session behind it."""
    weight, above, below, owed, reported, evidenced, confirmed = row[:7]
    status, number, since, records, heard_on, assignment, valid_from = row[7:14]
    task_id, task, section_id, kind, due_on = row[14:19]
    agency, name_vi, name_en, group, expected, done_on, in_sum = row[19:]
    return Part(
        assignment=assignment,
        task_id=task_id,
        task=task,
        section_id=section_id,
        kind=kind,
        status=status,
        agency=agency,
        name_vi=name_vi,
        name_en=name_en,
        group=group,
        leaf=Leaf(weight, Fraction(above, below), owed, reported, evidenced, confirmed),
        due_on=lifecycle.deadline(due_on, year)[0],
        done_on=done_on,
        expected=int(expected or 0),
        records=records,
        heard_on=heard_on,
        as_of=since if number > 1 or valid_from else None,
        in_sum=bool(in_sum),
    )


def by_task(session: Session, here: Ground, found: list[Part]) -> dict[int, list[Part]]:
    """The parts behind each task: a duty's own; for a programme item, those of the duties behind it."""
    own: dict[int, list[Part]] = defaultdict(list)
    for part in found:
        if not part.in_sum:
            own[part.task_id].append(part)
    views: dict[int, list[Part]] = defaultdict(list)
    for item, duty in session.execute(_LINKS, {"plan": here.plan.id}):
        views[item].extend(own.get(duty, ()))
    return {**own, **views}


def by_assignment(some: Iterable[Part]) -> dict[str, Part]:
    """Every part once, by the assignment it is of."""
    return {part.assignment: part for part in some}


def figure(some: Iterable[Part]) -> Figure:
    """Roll up a set of parts, each once."""
    return roll_up(part.leaf for part in by_assignment(some).values())
