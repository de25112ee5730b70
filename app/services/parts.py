"""The leaves of every roll-up: the counted lead assignments a caller may see, with what they owe and have."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from fractions import Fraction
from typing import Any

from sqlalchemy import ColumnElement, Row, Subquery, and_, case, func, or_, select
from sqlalchemy.orm import Session, aliased

from app.models import Agency, Assignment, Implementation, Output, Standing, Task
from app.rules import lifecycle
from app.rules.parties import Actor
from app.rules.rollup import COUNTED_STATUSES, Figure, Leaf, roll_up
from app.rules.timeliness import Obligation
from app.rules.vocabulary import Role, TaskKind, TaskStatus
from app.services import sight
from app.services.grounds import Ground

_GROUP = aliased(Agency)


@dataclass(frozen=True, slots=True)
class Part:
    """A lead assignment with where it belongs. `in_sum`: the caller may only see it in a sum.

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
    in_sum, schedule = sight.seen_in_sum(here, actor), _schedule(here)
    counted = Standing.status.in_(COUNTED_STATUSES)
    query = (
        select(
            *(getattr(Standing, name) for name in _LEAF),
            *(Standing.status, Standing.number, Standing.since, Standing.records, Standing.heard_on),
            *(Assignment.public_id.label("assignment"), Assignment.valid_from),
            *(Task.id.label("task_id"), Task.code.label("task"), Task.section_id, Task.kind, Task.due_on),
            *(Agency.code.label("agency"), Agency.name_vi, Agency.name_en),
            _GROUP.code.label("group"),
            *(schedule.c.expected, schedule.c.done_on),
            in_sum.label("in_sum"),
        )
        .join(Assignment, Assignment.id == Standing.assignment_id)
        .join(Task, Task.id == Assignment.task_id)
        .join(Agency, Agency.id == Assignment.agency_id)
        .outerjoin(_GROUP, _GROUP.id == Assignment.group_id)
        .outerjoin(schedule, schedule.c.assignment_id == Assignment.id)
        .where(
            Standing.plan_id == here.plan.id,
            _holds(at),
            Assignment.role == Role.LEAD,
            ~Assignment.fans_out,
            ~counted if left_out else counted,
            or_(sight.seen_whole(here, actor), in_sum),
        )
        .order_by(Assignment.order_key, Assignment.id)
    )
    return [_part(here, row) for row in session.execute(query)]


_LEAF = ("weight", "share_numerator", "share_denominator", "owed", "reported", "evidenced", "confirmed")


def _holds(at: datetime | None) -> ColumnElement[bool]:
    """The stretch that is the present one, or was at an instant."""
    if at is None:
        return Standing.until.is_(None)
    return and_(Standing.since <= at, or_(Standing.until.is_(None), Standing.until > at))


def _schedule(here: Ground) -> Subquery:
    """For each assignment the weight of the outputs it owes whose day has passed, and the day of the last
    evidence of any. Grows with what is owed, not with the records behind it."""
    passed = and_(Output.owed, Output.due_on < here.today)
    return (
        select(
            Output.assignment_id,
            func.sum(case((passed, Output.weight), else_=0)).label("expected"),
            func.max(case((Output.owed, Output.evidenced_on))).label("done_on"),
        )
        .where(Output.plan_id == here.plan.id)
        .group_by(Output.assignment_id)
        .subquery()
    )


def _part(here: Ground, row: Row[*tuple[Any, ...]]) -> Part:
    leaf = Leaf(
        row.weight,
        Fraction(row.share_numerator, row.share_denominator),
        row.owed,
        row.reported,
        row.evidenced,
        row.confirmed,
    )
    return Part(
        assignment=row.assignment,
        task_id=row.task_id,
        task=row.task,
        section_id=row.section_id,
        kind=row.kind,
        status=row.status,
        agency=row.agency,
        name_vi=row.name_vi,
        name_en=row.name_en,
        group=row.group,
        leaf=leaf,
        due_on=lifecycle.deadline(row.due_on, here.plan.year)[0],
        done_on=row.done_on,
        expected=int(row.expected or 0),
        records=row.records,
        heard_on=row.heard_on,
        as_of=row.since if row.number > 1 or row.valid_from else None,
        in_sum=bool(row.in_sum),
    )


def by_task(session: Session, here: Ground, found: list[Part]) -> dict[int, list[Part]]:
    """The parts behind each task: a duty's own; for a programme item, those of the duties behind it."""
    own: dict[int, list[Part]] = defaultdict(list)
    for part in found:
        if not part.in_sum:
            own[part.task_id].append(part)
    views: dict[int, list[Part]] = defaultdict(list)
    links = select(Implementation.task_id, Implementation.duty_id).where(
        Implementation.plan_id == here.plan.id
    )
    for item, duty in session.execute(links.order_by(Implementation.id)):
        views[item].extend(own.get(duty, ()))
    return {**own, **views}


def figure(some: Iterable[Part]) -> Figure:
    """Roll up a set of parts, each once."""
    return roll_up({part.assignment: part.leaf for part in some}.values())
