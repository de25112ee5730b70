"""Settling: which level each output stands on, on which days pieces were done, and where that leaves the
assignment.

Whoever calls has locked the assignment's row.
"""

from collections.abc import Collection, Iterable, Sequence
from datetime import date
from itertools import chain, islice, repeat
from typing import Any

from sqlalchemy import ColumnElement, exists, inspect, select, true
from sqlalchemy.orm import Session

from app.models import Activity, Assignment, Output, Plan, Standing, Task
from app.models.unit import instant, permits, today
from app.rules import lifecycle
from app.rules.vocabulary import ActivityStatus, Level, OutputKind, Role, TaskKind
from app.schemas.activities import Moved
from app.services import access, facts, standings
from app.services.outputs import owed_by
from app.services.successions import Successions


def settle(
    session: Session, task: Task, assignment: Assignment, outputs: Sequence[Output], *, alone: bool = False
) -> list[Moved]:
    """Bring every output to the level its facts give it, and the standing to them; tell which ones moved.

    `alone`: whoever calls sees to the shares of those that handed over or took over.
    """
    moved = move(session, task, outputs)
    stand(session, task, assignment, outputs, alone=alone)
    return moved


def stand(
    session: Session, task: Task, assignment: Assignment, outputs: Sequence[Output], *, alone: bool = False
) -> Standing:
    """Bring the standing to where the outputs are."""
    before = standings.current(session, assignment.id)
    owed = before.owed if before is not None else 0
    standing = standings.write(session, before, task, assignment, outputs)
    if not alone and task.kind is TaskKind.TRIGGERED and standing.owed != owed:
        _follow(session, task, assignment)
    return standing


def move(session: Session, task: Task, outputs: Iterable[Output]) -> list[Moved]:
    """Bring these outputs to the level their facts give them; tell which ones moved."""
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
    return moved


def _say(output: Output, **values: Any) -> None:
    """Set what is not so already: of many pieces a record moves few, and only those are to be looked at."""
    for name, value in values.items():
        if getattr(output, name) != value:
            setattr(output, name, value)


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
    Successions(rows, today(session)).rebalance(
        lambda row: sum(output.weight for output in known[row.id] if output.owed)
    )
    for row in rows:
        if row.share != before[row.id]:
            standings.write(session, standings.current(session, row.id), task, row, known[row.id])


def fill(assignment: Assignment, pieces: Sequence[Output], days: Sequence[date]) -> None:
    """Fill the pieces that its records cover, on the days of what these tell."""
    for place, piece in enumerate(pieces, 1):
        filled = lifecycle.filled(place, assignment.recorded_quantity)
        _say(piece, evidence=int(filled), evidenced_on=days[place - 1] if filled else None)


def pieces_of(outputs: Iterable[Output]) -> list[Output]:
    """The pieces that records fill, in order. One that was returned and then handed on is somebody else's to
    make again; what was recorded for it is no other piece."""
    return [one for one in outputs if one.kind is OutputKind.PIECE and (one.returned or not one.dropped)]


def days_of_pieces(
    session: Session, plan: Plan, assignment: Assignment, most: int, in_hand: Collection[Activity] = ()
) -> list[date]:
    """On which day each of the first `most` pieces was done, by the standing records in the order of time;
    by those `in_hand` as they are now, not as they are on record."""
    query = (
        select(Activity.occurred_on, Activity.quantity)
        .where(
            Activity.assignment_id == assignment.id,
            Activity.status == ActivityStatus.STANDING,
            Activity.occurred_on >= plan.period_from,
            not_among(in_hand),
        )
        .order_by(Activity.occurred_on, Activity.id)
        .limit(most)
    )
    done = [(day, quantity) for day, quantity in session.execute(query)]
    done += [
        (one.occurred_on, one.quantity)
        for one in in_hand
        if one.status is ActivityStatus.STANDING and one.occurred_on >= plan.period_from
    ]
    return list(islice(chain.from_iterable(repeat(day, quantity) for day, quantity in sorted(done)), most))


def not_among(records: Iterable[Activity]) -> ColumnElement[bool]:
    """A condition on Activity: it is none of these, of which some may not be on record yet."""
    known = [one.id for one in records if inspect(one).has_identity]
    return Activity.id.not_in(known) if known else true()
