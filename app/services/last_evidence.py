"""Last evidence: records on which a confirmed output rests; they stay until it is returned (model §2)."""

from collections.abc import Collection, Iterable

from sqlalchemy import ColumnElement, and_, bindparam, exists, false, func, or_, select
from sqlalchemy.orm import Session

from app.models import Activity, Assignment, Output
from app.rules.vocabulary import OutputKind
from app.services.grounds import Ground

ALONE: ColumnElement[bool] = and_(Output.confirmed, Output.evidence == 1)
"""A condition on the output that a record found: it is all that stands for it."""
_PLACED = (
    select(
        *(Output.assignment_id, Output.confirmed),
        func.row_number()
        .over(partition_by=Output.assignment_id, order_by=(Output.number, Output.id))
        .label("place"),
    )
    .where(
        Output.task_id.in_(bindparam("tasks", expanding=True)),
        *(Output.kind == OutputKind.PIECE, or_(Output.returned, ~Output.dropped)),
    )
    .subquery()
)
_TO_SPARE = (
    select(Assignment.id, Assignment.recorded_quantity - func.max(_PLACED.c.place))
    .join(_PLACED, _PLACED.c.assignment_id == Assignment.id)
    .where(_PLACED.c.confirmed)
    .group_by(Assignment.id)
)


def to_spare(session: Session, tasks: Collection[int]) -> dict[int, int]:
    """How many pieces may be taken back of those parts of these tasks that have confirmed ones: records fill
    pieces from the first on, and leave them from the last."""
    rows = session.execute(_TO_SPARE, {"tasks": list(tasks)}) if tasks else ()
    return {row[0]: row[1] for row in rows}


def fills_more(here: Ground, activity: Activity, spare: int) -> bool:
    """Whether a record of a counted task filled more pieces than there are to spare."""
    in_time = activity.occurred_on >= here.plan.period_from
    return activity.output_id is None and in_time and activity.quantity > spare


def in_sql(here: Ground, spare: Iterable[tuple[int, int]]) -> ColumnElement[bool]:
    """All of this as a condition on Activity."""
    alone = exists().where(ALONE, Output.id == Activity.output_id).correlate(Activity)
    filled = (
        and_(Activity.assignment_id == part, Activity.output_id.is_(None), Activity.quantity > most)
        for part, most in spare
    )
    return or_(alone, and_(Activity.occurred_on >= here.plan.period_from, or_(false(), *filled)))
