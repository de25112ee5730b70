"""Standings: where an assignment stands is written down whenever it moves, so that every figure can be
computed for any instant."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from app.models import Activity, Assignment, Output, Standing, Task
from app.models.unit import instant, today
from app.rules.calendar import business_day
from app.rules.vocabulary import ActivityStatus, Level

AT_LEAST = {
    "reported": (Level.REPORTED, Level.EVIDENCED, Level.CONFIRMED),
    "evidenced": (Level.EVIDENCED, Level.CONFIRMED),
    "confirmed": (Level.CONFIRMED,),
}


def write(
    session: Session, before: Standing | None, task: Task, assignment: Assignment, outputs: Iterable[Output]
) -> Standing:
    """Bring an assignment's standing, as it was before, up to date with its outputs, its task and its share;
    it is on record with the next flush. Whoever calls holds the assignment's row."""
    after = facts(task, assignment, outputs)
    now = instant(session) if before is None else max(instant(session), before.since)
    if before is not None and before.since == now:  # within one instant there is one standing
        for name, value in after.items():
            setattr(before, name, value)
        return before
    if before is not None and all(getattr(before, name) == value for name, value in after.items()):
        return before
    standing = Standing(
        plan_id=assignment.plan_id,
        assignment_id=assignment.id,
        number=before.number + 1 if before else 1,
        since=now,
        records=before.records if before else 0,
        heard_on=before.heard_on if before else None,
        **after,
    )
    session.add(standing)
    if before is not None:
        before.until = now
    return standing


_CURRENT = select(Standing).where(Standing.assignment_id == bindparam("assignment"), Standing.until.is_(None))


def current(session: Session, assignment_id: int) -> Standing | None:
    """The present stretch."""
    return session.scalars(_CURRENT, {"assignment": assignment_id}).one_or_none()


def heard(session: Session, standing: Standing, records: int) -> None:
    """So many more records of the assignment stand, from today on."""
    standing.records += records
    standing.heard_on = today(session)


def unheard(session: Session, standing: Standing, activity: Activity) -> None:
    """One record less stands; what was heard last is what came in last of the others."""
    standing.records -= 1
    others = (
        select(Activity.recorded_at)
        .where(
            Activity.assignment_id == activity.assignment_id,
            Activity.status == ActivityStatus.STANDING,
            Activity.id != activity.id,
        )
        .order_by(Activity.id.desc())
        .limit(1)
    )
    last = session.scalars(others).one_or_none()
    standing.heard_on = business_day(last) if last else None


def facts(task: Task, assignment: Assignment, outputs: Iterable[Output]) -> dict[str, Any]:
    """What an assignment weighs and has, as of its outputs, its task and its share."""
    owed = [output for output in outputs if output.owed]
    return {
        "status": task.status,
        "weight": task.weight,
        "share_numerator": assignment.share_numerator,
        "share_denominator": assignment.share_denominator,
        "owed": sum(output.weight for output in owed),
        **{
            name: sum(output.weight for output in owed if output.level in levels)
            for name, levels in AT_LEAST.items()
        },
    }
