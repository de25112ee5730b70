"""Outputs: what is owed, how records cover it, and what that moves."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, Select, select
from sqlalchemy.orm import Session

from app.errors import NotFound
from app.models import Agency, Assignment, Output, Task
from app.rules import lifecycle
from app.rules.parties import Actor
from app.rules.vocabulary import Level, OutputKind
from app.schemas.activities import Moved
from app.schemas.lists import several
from app.schemas.tasks import OutputFilter, OutputOut, OutputPage
from app.services import access, listing
from app.services.access import Ground


def find(
    session: Session, actor: Actor, slug: str, ask: OutputFilter, assignment: str | None = None
) -> OutputPage:
    """List outputs of the plan, or of one assignment."""
    here = access.ground(session, actor, slug)
    query = _query(here, actor)
    if assignment is not None:
        _known(session, here, actor, assignment)
        query = query.where(Assignment.public_id == assignment)
    for column, wanted in (
        (Task.code, ask.task),
        (Agency.code, ask.agency),
        (Output.kind, ask.kind),
        (Output.level, ask.level),
    ):
        if wanted:
            query = query.where(column.in_(several(wanted)))
    if ask.due_from:
        query = query.where(Output.due_on >= ask.due_from)
    if ask.due_to:
        query = query.where(Output.due_on <= ask.due_to)
    orders = {"task": Assignment.order_key, "due_on": Output.due_on}
    last = (Assignment.order_key, Output.number, Output.public_id)
    found = listing.page(session, query, ask, orders, by="task", last=last, place=(slug, assignment))
    items = [out(*row) for row in found.rows]
    return OutputPage(items=items, next_cursor=found.next_cursor, total=found.total)


def get(session: Session, actor: Actor, slug: str, public_id: str) -> OutputOut:
    """One output."""
    here = access.ground(session, actor, slug)
    found = session.execute(_query(here, actor, Output.public_id == public_id)).one_or_none()
    if found is None:
        raise NotFound()
    return out(*found)


def _query(here: Ground, actor: Actor, *conditions: ColumnElement[bool]) -> Select[Output, str, str, str]:
    return (
        select(Output, Assignment.public_id, Task.code, Agency.code)
        .join(Assignment, Assignment.id == Output.assignment_id)
        .join(Task, Task.id == Output.task_id)
        .join(Agency, Agency.id == Assignment.agency_id)
        .where(
            Output.plan_id == here.plan.id,
            access.seen_whole(here, actor),
            access.own_part(here, actor),
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
            access.seen_whole(here, actor),
            access.own_part(here, actor),
        )
    )
    if session.execute(query).first() is None:
        raise NotFound()


def out(output: Output, assignment: str, task: str, agency: str) -> OutputOut:
    """An output on the wire."""
    columns = {
        name: getattr(output, name)
        for name in OutputOut.model_fields
        if hasattr(output, name) and name not in ("id", "assignment", "task", "agency", "claimed")
    }
    return OutputOut(
        id=output.public_id,
        assignment=assignment,
        task=task,
        agency=agency,
        claimed=output.level is not Level.NONE,  # a record that finds its output is a claim as well
        **columns,
    )


def owed_by(session: Session, assignment: Assignment) -> list[Output]:
    """All outputs of an assignment, in order. Whoever changes them has locked the assignment's row."""
    query = select(Output).where(Output.assignment_id == assignment.id)
    return list(session.scalars(query.order_by(Output.number, Output.id)))


def cover(assignment: Assignment, outputs: Sequence[Output], pieces: int, one: Output | None) -> None:
    """Take a standing record into account: as evidence of the one output it found, or by the pieces it fills.

    Pieces are filled from the first on; what is beyond the last is surplus, kept and shown.
    """
    if one is not None:
        one.evidence += 1
    _fill(assignment, outputs, pieces)


def uncover(assignment: Assignment, outputs: Sequence[Output], pieces: int, one: Output | None) -> None:
    """Take it out of account; `pieces` is negative."""
    if one is not None:
        one.evidence -= 1
    _fill(assignment, outputs, pieces)


def _fill(assignment: Assignment, outputs: Sequence[Output], pieces: int) -> None:
    if not pieces:
        return
    assignment.recorded_quantity += pieces
    for output in outputs:
        if output.kind is OutputKind.PIECE:
            output.evidence = int(lifecycle.filled(output.number, assignment.recorded_quantity))


def settle(outputs: Iterable[Output], now: datetime) -> list[Moved]:
    """Bring every output to the level its claims and evidence give it; tell which ones moved."""
    moved = []
    for output in outputs:
        before = output.level
        output.owed = lifecycle.owed(
            opened_by_record=output.opened_by_record, claimed=output.claimed, evidence=output.evidence
        )
        output.level = lifecycle.level(
            claimed=output.claimed,
            evidence=output.evidence,
            confirmed=output.confirmed,
            status_only=False,
        )
        if output.level is not before:
            output.moved_at = now
            moved.append(Moved(output=output.code, before=before, after=output.level))
    return moved
