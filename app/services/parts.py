"""The leaves of every roll-up: the counted lead assignments a caller may see, with what they owe and have."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction

from sqlalchemy import case, func, or_, select
from sqlalchemy.orm import Session, aliased

from app.models import Agency, Assignment, Implementation, Output, Task
from app.rules.parties import Actor
from app.rules.rollup import COUNTED_STATUSES, Figure, Leaf, roll_up
from app.rules.vocabulary import Level, Role, TaskKind
from app.schemas.progress import Levels
from app.services import access
from app.services.access import Ground


@dataclass(frozen=True, slots=True)
class Part:
    """A counted lead assignment with where it belongs. `in_sum`: the caller may only see it in a sum."""

    assignment: str
    task_id: int
    task: str
    section_id: int
    kind: TaskKind
    agency: str
    name_vi: str
    name_en: str
    group: str | None
    leaf: Leaf
    moved_at: datetime | None
    in_sum: bool


def visible(session: Session, here: Ground, actor: Actor) -> list[Part]:
    """Every counted lead of the plan that this caller may see, if only in a sum; in the order of clauses."""
    at_least = {
        "reported": (Level.REPORTED, Level.EVIDENCED, Level.CONFIRMED),
        "evidenced": (Level.EVIDENCED, Level.CONFIRMED),
        "confirmed": (Level.CONFIRMED,),
    }
    sums = (
        select(
            Output.assignment_id.label("assignment_id"),
            func.sum(case((Output.owed, Output.weight), else_=0)).label("owed"),
            *(
                func.sum(case((Output.owed & Output.level.in_(levels), Output.weight), else_=0)).label(name)
                for name, levels in at_least.items()
            ),
            func.max(Output.moved_at).label("moved_at"),
        )
        .where(Output.plan_id == here.plan.id)
        .group_by(Output.assignment_id)
        .subquery()
    )
    group, in_sum = aliased(Agency), access.seen_in_sum(here, actor)
    query = (
        select(
            Assignment.public_id,
            Task.id,
            Task.code,
            Task.section_id,
            Task.kind,
            Agency.code,
            Agency.name_vi,
            Agency.name_en,
            group.code,
            Task.weight,
            Assignment.share_numerator,
            Assignment.share_denominator,
            sums.c.owed,
            sums.c.reported,
            sums.c.evidenced,
            sums.c.confirmed,
            sums.c.moved_at,
            in_sum,
        )
        .join(Task, Task.id == Assignment.task_id)
        .join(Agency, Agency.id == Assignment.agency_id)
        .outerjoin(group, group.id == Assignment.group_id)
        .outerjoin(sums, sums.c.assignment_id == Assignment.id)
        .where(
            Assignment.plan_id == here.plan.id,
            Assignment.role == Role.LEAD,
            ~Assignment.fans_out,
            Task.status.in_(COUNTED_STATUSES),
            or_(access.seen_whole(here, actor), in_sum),
        )
        .order_by(Assignment.order_key, Assignment.id)
    )
    return [
        Part(
            *row[:9],
            Leaf(row[9], Fraction(row[10], row[11]), *(int(total or 0) for total in row[12:16])),
            row[16],
            bool(row[17]),
        )
        for row in session.execute(query)
    ]


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


def levels(here: Ground, some: Iterable[Part]) -> Levels:
    """The figure of a set of parts on the wire, with what it was computed by and from."""
    some = list(some)
    as_of = max((part.moved_at for part in some if part.moved_at), default=None)
    return Levels.of(figure(some), here.plan.revision, as_of)
