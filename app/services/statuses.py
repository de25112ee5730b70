"""Statuses: in which parts of status-only duties there is a period that can be told of now, or judged."""

from collections.abc import Collection
from typing import NamedTuple

from sqlalchemy import and_, bindparam, func, or_, select
from sqlalchemy.orm import Session

from app.models import Agency, Assignment, Output, Task
from app.rules.ownership import Action
from app.rules.vocabulary import AgencyKind, Level, Role, TaskKind
from app.services import grounds
from app.services.grounds import Ground

ACTIONS = (Action.STATUS_REPORT, Action.STATUS_DECIDE)
_PARTS = (
    select(
        *(Assignment.task_id, Agency.code),
        or_(
            func.count(Output.id).filter(or_(~Output.claimed, ~Output.confirmed)) > 0,
            and_(
                Task.kind == TaskKind.TRIGGERED, Agency.kind != AgencyKind.GROUP, grounds.current(grounds.ON)
            ),
        ),
        func.count(Output.id).filter(Output.level != Level.NONE) > 0,
    )
    .join(Task, Task.id == Assignment.task_id)
    .join(Agency, Agency.id == Assignment.agency_id)
    .outerjoin(Output, and_(Output.assignment_id == Assignment.id, ~Output.dropped))
    .where(
        Assignment.task_id.in_(bindparam("tasks", expanding=True)),
        *(Assignment.role == Role.LEAD, ~Assignment.fans_out),
    )
    .group_by(Assignment.id, Task.id, Agency.id)
)
"""Of a triggered duty more may come up, for whoever answers for it now; a group owes through its members."""


class Part(NamedTuple):
    """A lead's part of a status-only duty: the body, and what there is a period for."""

    agency: str
    can: frozenset[Action]


def parts(session: Session, here: Ground, tasks: Collection[int]) -> dict[int, list[Part]]:
    """The parts of these duties, by the number of the duty."""
    found: dict[int, list[Part]] = {id_: [] for id_ in tasks}
    for task, agency, *open_ in session.execute(_PARTS, {"tasks": list(tasks), "day": here.today}):
        can = (action for action, one in zip(ACTIONS, open_, strict=True) if one)
        found[task].append(Part(agency, frozenset(can)))
    return found
