"""Events and their anniversaries."""

from sqlalchemy import ColumnElement, and_, func, select
from sqlalchemy.orm import Session

from app.errors import NotFound
from app.models import Event, Task
from app.rules.calendar import occurrence
from app.rules.parties import Actor
from app.schemas.events import Anniversary, EventFilter, EventOut, EventPage
from app.schemas.lists import several
from app.services import grounds, listing, sight
from app.services.grounds import Ground

_TRUE_DATE = func.coalesce(Event.date_verified, Event.date_printed)
ORDERS = {
    "code": Event.code,
    "date_verified": _TRUE_DATE,
    "name": Event.sort_key,
}


def find(session: Session, actor: Actor, slug: str, ask: EventFilter) -> EventPage:
    """List events with their anniversary in a year."""
    here = grounds.find(session, actor, slug)
    query = (
        select(Event, Task.code)
        .outerjoin(Task, _seen_task(here, actor))
        .where(Event.plan_id == here.plan.id, *listing.matching(Event.search_text, ask.q))
    )
    if ask.kind:
        query = query.where(Event.kind.in_(several(ask.kind)))
    found = listing.page(session, query, ask, ORDERS, by="date_verified", last=[Event.code], place=slug)
    year = ask.year if ask.year is not None else here.plan.year
    return EventPage(
        items=[_out(event, task, year) for event, task in found.rows],
        next_cursor=found.next_cursor,
        total=found.total,
        list_is_open=here.plan.events_open,
    )


def get(session: Session, actor: Actor, slug: str, code: str, year: int | None) -> EventOut:
    """One event."""
    here = grounds.find(session, actor, slug)
    query = select(Event, Task.code).outerjoin(Task, _seen_task(here, actor))
    found = session.execute(query.where(Event.plan_id == here.plan.id, Event.code == code)).one_or_none()
    if found is None:
        raise NotFound()
    return _out(found[0], found[1], year if year is not None else here.plan.year)


def of_the_year(session: Session, here: Ground, actor: Actor) -> list[EventOut]:
    """Every event that has an anniversary in the plan's year, in the order of the year."""
    query = (
        select(Event, Task.code).outerjoin(Task, _seen_task(here, actor)).where(Event.plan_id == here.plan.id)
    )
    events = [
        _out(event, task, here.plan.year) for event, task in session.execute(query.order_by(Event.code))
    ]
    marked = [(event.anniversary.on, event) for event in events if event.anniversary]
    return [event for _, event in sorted(marked, key=lambda pair: (pair[0], pair[1].code))]


def _seen_task(here: Ground, actor: Actor) -> ColumnElement[bool]:
    return and_(Task.id == Event.task_id, sight.seen_whole(here, actor))


def _out(event: Event, task: str | None, year: int) -> EventOut:
    columns = {
        name: getattr(event, name)
        for name in EventOut.model_fields
        if hasattr(event, name) and name != "task"
    }
    return EventOut(**columns, task=task, anniversary=_anniversary(event, year))


def _anniversary(event: Event, year: int) -> Anniversary | None:
    found = occurrence(event.date_verified or event.date_printed, year)
    if found is None:
        return None
    return Anniversary(
        year=year,
        on=found.on,
        weekday=found.weekday,
        ordinal=found.ordinal,
        is_round=found.is_round,
        is_five_year=found.is_five_year,
        label_vi=f"Kỷ niệm {found.ordinal} năm: {event.name_vi}",
        label_en=f"{found.ordinal} years: {event.name_en}",
    )
