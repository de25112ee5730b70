"""Sight: what a caller may see, as conditions in SQL; the inverse of `rules.parties.sight`."""

from collections.abc import Collection
from functools import lru_cache

from sqlalchemy import ColumnElement, Select, and_, bindparam, exists, false, or_, select, true
from sqlalchemy.orm import Session, aliased

from app.errors import Invalid, NotFound
from app.models import Assignment, Implementation, Task
from app.rules.parties import Actor
from app.rules.vocabulary import Role, TaskFamily, Visibility
from app.services.grounds import Ground


def seen_whole(here: Ground, actor: Actor) -> ColumnElement[bool]:
    """The SQL inverse of `parties.sight(...) is WHOLE`: a condition on Task."""
    return true() if here.insider else _seen_by(actor.agency_id)


def seen_in_sum(here: Ground, actor: Actor) -> ColumnElement[bool]:
    """The SQL inverse of `parties.sight(...) is AGGREGATE`, for one body's part: on Task and Assignment."""
    return false() if here.insider else _in_sum(actor.agency_id)


@lru_cache(maxsize=1024)
def _in_sum(agency_id: int | None) -> ColumnElement[bool]:
    return and_(Task.visibility == Visibility.STATUS_ONLY, Assignment.agency_id != agency_id)


def own_part(here: Ground, actor: Actor) -> ColumnElement[bool]:
    """A condition on Task and Assignment: of a status-only duty a body sees its own part and no other's."""
    if here.insider:
        return true()
    own = Assignment.agency_id == actor.agency_id
    return or_(Task.visibility != Visibility.STATUS_ONLY, own, Assignment.role != Role.LEAD)


@lru_cache(maxsize=1024)
def _seen_by(agency_id: int | None) -> ColumnElement[bool]:
    """Remembered: to say it takes longer than to ask it, and few bodies ask it again and again."""
    return or_(Task.visibility == Visibility.NORMAL, _led_by(agency_id))


def leads(actor: Actor) -> ColumnElement[bool]:
    """The caller is accountable for the Task of the surrounding query."""
    return _led_by(actor.agency_id)


_OWN = aliased(Assignment)


def _led_by(agency_id: int | None) -> ColumnElement[bool]:
    led = exists().where(_OWN.task_id == Task.id, _OWN.agency_id == agency_id, _OWN.role == Role.LEAD)
    return led.correlate(Task)


def task(session: Session, here: Ground, actor: Actor, code: str) -> Task:
    """The task with this clause code, if the caller may see it whole; otherwise there is no such task."""
    query = _by_code(seen_whole(here, actor))
    found = session.scalars(query, {"plan": here.plan.id, "code": code}).one_or_none()
    if found is None:
        raise NotFound()
    return found


@lru_cache(maxsize=1024)
def _by_code(seen: ColumnElement[bool]) -> Select[Task]:
    """One task that is `seen`; said once for each condition, which `seen_whole` gives again and again."""
    return select(Task).where(Task.plan_id == bindparam("plan"), Task.code == bindparam("code"), seen)


def known(session: Session, here: Ground, actor: Actor, codes: Collection[str]) -> set[str]:
    """Which of these codes name a task that this caller may see: wherever one thing names another."""
    if not codes:
        return set()
    query = select(Task.code).where(
        Task.plan_id == here.plan.id, Task.code.in_(codes), seen_whole(here, actor)
    )
    return set(session.scalars(query))


def task_named(session: Session, here: Ground, actor: Actor, code: str, pointer: str = "/task") -> Task:
    """The task that a request names. One the caller may not see is as unknown as one that does not exist."""
    try:
        return task(session, here, actor, code)
    except NotFound as unknown:
        raise unknown_task(pointer) from unknown


def unknown_task(pointer: str) -> Invalid:
    """There is no such task, or none for this caller."""
    return Invalid.at(pointer, "unknown_task", "Kế hoạch không có nhiệm vụ này", "The plan has no such task")


def duty_named(session: Session, here: Ground, actor: Actor, code: str) -> Task:
    """The same where it has to be a duty: a programme item is only looked at through those."""
    found = task_named(session, here, actor, code)
    if found.family is TaskFamily.PROGRAMME:
        raise _carried_out_by(session, here, actor, found)
    return found


def _carried_out_by(session: Session, here: Ground, actor: Actor, task: Task) -> Invalid:
    """A programme item takes nothing itself: it looks at the duties that carry it out, which are named."""
    duties = session.scalars(
        select(Task.code)
        .join(Implementation, Implementation.duty_id == Task.id)
        .where(Implementation.task_id == task.id, seen_whole(here, actor))
        .order_by(Task.order_key)
    ).all()
    codes = ", ".join(duties)
    return Invalid.at(
        "/task",
        "carried_out_by_duties",
        f"Nhiệm vụ trọng tâm được thực hiện qua: {codes}",
        f"A programme item is carried out by duties: {codes}",
        duties=list(duties),
    )
