"""Sight: what a caller may see, as conditions in SQL; the inverse of `rules.parties.sight`."""

from sqlalchemy import ColumnElement, and_, exists, false, or_, select, true
from sqlalchemy.orm import Session, aliased

from app.errors import NotFound
from app.models import Assignment, Task
from app.rules.parties import Actor
from app.rules.vocabulary import Role, Visibility
from app.services.grounds import Ground


def seen_whole(here: Ground, actor: Actor) -> ColumnElement[bool]:
    """The SQL inverse of `parties.sight(...) is WHOLE`: a condition on Task."""
    if here.insider:
        return true()
    return or_(Task.visibility == Visibility.NORMAL, leads(actor))


def seen_in_sum(here: Ground, actor: Actor) -> ColumnElement[bool]:
    """The SQL inverse of `parties.sight(...) is AGGREGATE`, for one body's part: on Task and Assignment."""
    if here.insider:
        return false()
    return and_(Task.visibility == Visibility.STATUS_ONLY, Assignment.agency_id != actor.agency_id)


def own_part(here: Ground, actor: Actor) -> ColumnElement[bool]:
    """A condition on Task and Assignment: of a status-only duty a body sees its own part and no other's."""
    if here.insider:
        return true()
    own = Assignment.agency_id == actor.agency_id
    return or_(Task.visibility != Visibility.STATUS_ONLY, own, Assignment.role != Role.LEAD)


def leads(actor: Actor) -> ColumnElement[bool]:
    """The caller is accountable for the Task of the surrounding query."""
    own = aliased(Assignment)
    return (
        exists()
        .where(own.task_id == Task.id, own.agency_id == actor.agency_id, own.role == Role.LEAD)
        .correlate(Task)
    )


def task(session: Session, here: Ground, actor: Actor, code: str) -> Task:
    """The task with this clause code, if the caller may see it whole; otherwise there is no such task."""
    found = session.scalars(
        select(Task).where(Task.plan_id == here.plan.id, Task.code == code, seen_whole(here, actor))
    ).one_or_none()
    if found is None:
        raise NotFound()
    return found
