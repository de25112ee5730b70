"""Outputs: what is owed, as it stands. What moves them is in `acting`, `recording` and `settling`."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, bindparam, select
from sqlalchemy.orm import Session

from app.errors import NotFound
from app.models import Act, Agency, Assignment, Output, Task
from app.rules.acts import ActKind
from app.rules.parties import Actor
from app.rules.rollup import COUNTED_STATUSES
from app.rules.vocabulary import Level, TaskStatus
from app.schemas.base import AgencyRef
from app.schemas.lists import several
from app.schemas.outputs import OutputFilter, OutputOut, OutputPage, ReturnedOut
from app.services import claimants, grounds, listing, sections, sight
from app.services.grounds import Ground
from app.services.permissions import Permissions

_OWED = and_(Output.owed, Task.status.in_(COUNTED_STATUSES))
OPEN = and_(Output.owed, Task.status == TaskStatus.ACTIVE, Output.level.in_((Level.NONE, Level.REPORTED)))
"""Conditions on Output and Task. Owed is what counts below the line; open is what nothing stands for yet
while the clock of its task runs."""


def find(
    session: Session, actor: Actor, slug: str, ask: OutputFilter, assignment: str | None = None
) -> OutputPage:
    """List outputs of the plan, or of one assignment."""
    here = grounds.find(session, actor, slug)
    chosen = query(here, actor, *_wanted(here, ask))
    if assignment is not None:
        _known(session, here, actor, assignment)
        chosen = chosen.where(Assignment.public_id == assignment)
    if ask.section:
        chosen = chosen.where(Task.section_id.in_(sections.below(session, here, several(ask.section))))
    if ask.can:
        chosen = chosen.where(Permissions(session, here, actor).outputs(several(ask.can)))
    orders = {"task": Assignment.order_key, "due_on": Output.due_on}
    last = (Assignment.order_key, Output.number, Output.public_id)
    found = listing.page(session, chosen, ask, orders, by="task", last=last, place=(slug, assignment))
    items = shown(session, here, actor, found.rows)
    return OutputPage(items=items, next_cursor=found.next_cursor, total=found.total)


def _wanted(here: Ground, ask: OutputFilter) -> Iterable[ColumnElement[bool]]:
    for column, wanted in (
        (Task.code, ask.task),
        (Agency.code, ask.agency),
        (Task.status, ask.status),
        (Output.kind, ask.kind),
        (Output.level, ask.level),
    ):
        if wanted:
            yield column.in_(several(wanted))
    for flag, asked in (
        (_OWED, ask.owed),
        (Output.returned, ask.returned),
        (is_overdue(here), ask.overdue),
    ):
        if asked is not None:
            yield flag == asked
    if ask.due_from:
        yield Output.due_on >= ask.due_from
    if ask.due_to:
        yield Output.due_on <= ask.due_to


def is_overdue(here: Ground) -> ColumnElement[bool]:
    """A condition on Output and Task: open, and its day has passed."""
    return and_(OPEN, Output.due_on < here.today)


def get(session: Session, actor: Actor, slug: str, public_id: str) -> tuple[OutputOut, int]:
    """One output, and its version."""
    return one(session, grounds.find(session, actor, slug), actor, public_id)


def one(session: Session, here: Ground, actor: Actor, public_id: str) -> tuple[OutputOut, int]:
    """The same, in a plan already found."""
    found = session.execute(query(here, actor, Output.public_id == public_id)).one_or_none()
    if found is None:
        raise NotFound()
    return shown(session, here, actor, [found])[0], found[0].version


def query(
    here: Ground, actor: Actor, *conditions: ColumnElement[bool]
) -> Select[Output, str, Task, str, str]:
    """Outputs that this caller may see, each with its assignment's id, its task, its body's code and name."""
    return (
        select(Output, Assignment.public_id, Task, Agency.code, Agency.name_vi)
        .join(Assignment, Assignment.id == Output.assignment_id)
        .join(Task, Task.id == Output.task_id)
        .join(Agency, Agency.id == Assignment.agency_id)
        .where(
            Output.plan_id == here.plan.id,
            sight.seen_whole(here, actor),
            sight.own_part(here, actor),
            *conditions,
        )
    )


def _known(session: Session, here: Ground, actor: Actor, assignment: str) -> None:
    query = (
        select(Assignment.id)
        .join(Task, Task.id == Assignment.task_id)
        .where(
            Assignment.plan_id == here.plan.id,
            Assignment.public_id == assignment,
            sight.seen_whole(here, actor),
            sight.own_part(here, actor),
        )
    )
    if session.execute(query).first() is None:
        raise NotFound()


def shown(session: Session, here: Ground, actor: Actor, rows: Sequence[Any]) -> list[OutputOut]:
    """Outputs on the wire, from rows of (output, assignment's id, task, agency's code and name)."""
    returns = _returns(session, [output.id for output, *_ in rows if output.returned])
    may = Permissions(session, here, actor, [task for _, _, task, *_ in rows])
    by = claimants.of_each(session, here, [output.id for output, *_ in rows])
    return [
        OutputOut(
            **_columns(output),
            id=output.public_id,
            assignment=assignment,
            task=task.code,
            task_title_vi=task.title_vi,
            agency=agency,
            agency_name_vi=name,
            owed=output.owed and task.status in COUNTED_STATUSES,
            claimed=output.level is not Level.NONE,  # a record that finds its output is a claim as well
            claimed_explicitly=output.claimed,
            returned=returns.get(output.id),
            can=may.on_output(task, agency, output, by.get(output.id, ())),
        )
        for output, assignment, task, agency, name in rows
    ]


_APART = ("id", "owed", "claimed", "returned")


def _columns(output: Output) -> dict[str, Any]:
    return {
        name: getattr(output, name)
        for name in OutputOut.model_fields
        if hasattr(output, name) and name not in _APART
    }


def _returns(session: Session, ids: Sequence[int]) -> Mapping[int, ReturnedOut]:
    """The last return of each of these outputs."""
    if not ids:
        return {}
    query = (
        select(Act, Agency)
        .join(Agency, Agency.id == Act.by_id)
        .where(Act.output_id.in_(ids), Act.kind == ActKind.RETURN)
        .order_by(Act.id)
    )
    return {
        act.output_id: ReturnedOut(
            by=AgencyRef(code=by.code, name_vi=by.name_vi), missing=act.reason, returned_at=act.acted_at
        )
        for act, by in session.execute(query)
    }


_OWED_BY = (
    select(Output)
    .where(Output.assignment_id == bindparam("assignment"))
    .order_by(Output.number, Output.id)
    .execution_options(populate_existing=True)
)


def owed_by(session: Session, assignment: Assignment) -> list[Output]:
    """All outputs of an assignment, in order. Whoever changes them has locked the assignment's row."""
    return list(session.scalars(_OWED_BY, {"assignment": assignment.id}))
