"""Settling: how records cover what is owed, on which day each output was evidenced, and what that moves.

Whoever calls has locked the assignment's row.
"""

from collections.abc import Iterable, Sequence
from datetime import date
from itertools import chain, islice, repeat
from typing import Any

from sqlalchemy import exists, func, select
from sqlalchemy.orm import Session

from app.models import Activity, Assignment, Output, Plan, Task
from app.models.unit import instant, permits, today
from app.rules import lifecycle
from app.rules.vocabulary import ActivityStatus, Level, OutputKind, Role, TaskKind
from app.schemas.activities import Moved
from app.services import access, facts, standings
from app.services.dockets import Docket
from app.services.lines import Lines
from app.services.outputs import owed_by


def settle(
    session: Session, task: Task, assignment: Assignment, outputs: Sequence[Output], *, alone: bool = False
) -> list[Moved]:
    """Bring every output to the level its facts give it, and the standing to them; tell which ones moved.

    `alone`: whoever calls sees to the shares of those that handed over or took over.
    """
    moved = []
    for output in outputs:
        before = output.level
        owed = lifecycle.owed(
            opened_by_record=output.opened_by_record,
            claimed=output.claimed,
            evidence=output.evidence,
            dropped=output.dropped,
        )
        _say(output, owed=owed)
        level = facts.of(output, task).level
        _say(output, level=level, self_confirmed=output.self_confirmed and level is Level.EVIDENCED)
        if level is not before:
            output.moved_at = instant(session)
            moved.append(Moved(output=output.code, before=before, after=output.level))
    owes = sum(output.weight for output in outputs if output.owed)
    follows = not alone and task.kind is TaskKind.TRIGGERED and owes != _owed_before(session, assignment)
    standings.write(session, task, assignment, outputs)
    if follows:
        _follow(session, task, assignment)
    return moved


def _say(output: Output, **values: Any) -> None:
    """Set what is not so already: of many pieces a record moves few, and only those are to be looked at."""
    for name, value in values.items():
        if getattr(output, name) != value:
            setattr(output, name, value)


def _owed_before(session: Session, assignment: Assignment) -> int:
    known = standings.current(session, assignment.id)
    return known.owed if known is not None else 0


def _follow(session: Session, task: Task, assignment: Assignment) -> None:
    """A triggered duty owes more as it comes up: those that handed it over share by that as well, or what
    comes up after a handover would weigh nothing."""
    of_the_task = (Assignment.task_id == task.id, Assignment.role == Role.LEAD, ~Assignment.fans_out)
    if not session.scalars(select(exists().where(*of_the_task, Assignment.succeeds_id.is_not(None)))).one():
        return
    session.flush()
    query = select(Assignment).where(*of_the_task).order_by(Assignment.id).with_for_update()
    rows = session.scalars(query.execution_options(populate_existing=True)).all()
    access.open_for_change(session, permits(session)[assignment], rows)
    known = {row.id: owed_by(session, row) for row in rows}
    before = {row.id: row.share for row in rows}
    Lines(rows, today(session)).rebalance(
        lambda row: sum(output.weight for output in known[row.id] if output.owed)
    )
    for row in rows:
        if row.share != before[row.id]:
            standings.write(session, task, row, known[row.id])


def cover(
    session: Session,
    docket: Docket,
    one: Output | None,
    pieces: int,
    day: date,
    corrected: Activity | None = None,
) -> None:
    """Take a record into account: as evidence of the one output it found, or by the pieces it fills; one that
    is being `corrected` has been taken out of account before.

    Pieces are filled from the first on; what is beyond the last is surplus, kept and shown.
    """
    if one is not None:
        one.evidence += 1
        one.evidenced_on = min(one.evidenced_on or day, day)
    if pieces:
        docket.assignment.recorded_quantity += pieces
        fill(session, docket.here.plan, docket.assignment, docket.outputs, (day, pieces), corrected)


def uncover(session: Session, docket: Docket, activity: Activity, pieces: int) -> None:
    """Take a record out of account again."""
    one = next((output for output in docket.outputs if output.id == activity.output_id), None)
    if one is not None:
        one.evidence -= 1
        others = select(func.min(Activity.occurred_on)).where(
            Activity.output_id == one.id,
            Activity.status == ActivityStatus.STANDING,
            Activity.id != activity.id,
        )
        one.evidenced_on = session.scalars(others).one()
    if pieces:
        docket.assignment.recorded_quantity -= pieces
        fill(session, docket.here.plan, docket.assignment, docket.outputs, without=activity)


def fill(
    session: Session,
    plan: Plan,
    assignment: Assignment,
    outputs: Sequence[Output],
    plus: tuple[date, int] | None = None,
    without: Activity | None = None,
) -> None:
    """Fill the pieces with what is recorded. A record fills pieces on the day of what it tells, whenever it
    came in; one that is later than all before it is the usual case, and costs no look at the others."""
    pieces = pieces_of(outputs)
    days = [piece.evidenced_on for piece in pieces if piece.evidenced_on]
    if plus is not None and plus[0] >= max(days, default=date.min):
        known: list[date] = [*days, *repeat(plus[0], plus[1])]
    else:
        known = days_of_pieces(session, plan, assignment, len(pieces), plus, without)
    for place, piece in enumerate(pieces, 1):
        filled = lifecycle.filled(place, assignment.recorded_quantity)
        _say(piece, evidence=int(filled), evidenced_on=known[place - 1] if filled else None)


def pieces_of(outputs: Iterable[Output]) -> list[Output]:
    """The pieces that records fill, in order. One that was returned and then handed on is somebody else's to
    make again; what was recorded for it is no other piece."""
    return [one for one in outputs if one.kind is OutputKind.PIECE and (one.returned or not one.dropped)]


def days_of_pieces(
    session: Session,
    plan: Plan,
    assignment: Assignment,
    most: int,
    plus: tuple[date, int] | None = None,
    without: Activity | None = None,
) -> list[date]:
    """On which day each of the first `most` pieces was done, by the standing records in the order of time."""
    query = (
        select(Activity.occurred_on, Activity.quantity)
        .where(
            Activity.assignment_id == assignment.id,
            Activity.status == ActivityStatus.STANDING,
            Activity.occurred_on >= plan.period_from,
            *([Activity.id != without.id] if without else []),
        )
        .order_by(Activity.occurred_on, Activity.id)
        .limit(most)
    )
    done = sorted([*((row[0], row[1]) for row in session.execute(query)), *([plus] if plus else [])])
    return list(islice(chain.from_iterable(repeat(day, quantity) for day, quantity in done), most))
