"""Events and their anniversaries."""

from collections.abc import Mapping

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.errors import NotFound
from app.models import Agency, Event
from app.rules.calendar import WEEKDAYS, occurrence
from app.rules.ownership import Action
from app.rules.parties import Actor
from app.schemas.events import Anniversary, EventFilter, EventOut, EventPage
from app.schemas.lists import several
from app.services import calendars, grounds, listing
from app.services.calendars import Marked
from app.services.grounds import Ground

ORDERS = {
    "code": Event.code,
    "date_verified": func.coalesce(Event.date_verified, Event.date_printed),
    "name": Event.sort_key,
}
_PLAIN = tuple(name for name in EventOut.model_fields if hasattr(Event, name))


def find(session: Session, actor: Actor, slug: str, ask: EventFilter) -> EventPage:
    """List events with their anniversary in a year."""
    here = grounds.find(session, actor, slug)
    query = (
        select(Event, Agency.code, Agency.name_vi)
        .outerjoin(Agency, Agency.id == Event.steward_id)
        .where(Event.plan_id == here.plan.id, *listing.matching(Event.search_text, ask.q))
    )
    if ask.kind:
        query = query.where(Event.kind.in_(several(ask.kind)))
    found = listing.page(session, query, ask, ORDERS, by="date_verified", last=[Event.code], place=slug)
    marked = calendars.with_all(session, here, actor, ((row[0], row[1], row[2]) for row in found.rows))
    can, year = calendars.can(here, actor), ask.year if ask.year is not None else here.plan.year
    return EventPage(
        items=[out(one, year, can) for one in marked.values()],
        next_cursor=found.next_cursor,
        total=found.total,
        list_is_open=here.plan.events_open,
    )


def get(session: Session, actor: Actor, slug: str, code: str, year: int | None) -> tuple[EventOut, int]:
    """One event, and its version."""
    return one(session, grounds.find(session, actor, slug), actor, code, year)


def one(
    session: Session, here: Ground, actor: Actor, code: str, year: int | None = None
) -> tuple[EventOut, int]:
    """The same, in a plan already found."""
    marked = calendars.read(session, here, actor, Event.code == code).get(code)
    if marked is None:
        raise NotFound()
    shown = out(marked, year if year is not None else here.plan.year, calendars.can(here, actor))
    return shown, marked.event.version


def of_the_year(here: Ground, actor: Actor, marked: Mapping[str, Marked]) -> list[EventOut]:
    """Of these events every one that has an anniversary in the plan's year, in the order of the year."""
    can = calendars.can(here, actor)
    kept = [
        (event.anniversary.on, event)
        for event in (
            out(one, here.plan.year, can) for one in marked.values() if not one.is_cancelled(here.plan.year)
        )
        if event.anniversary
    ]
    return [event for _, event in sorted(kept, key=lambda pair: (pair[0], pair[1].code))]


def out(marked: Marked, year: int, can: list[Action]) -> EventOut:
    """An event as it is shown, with its anniversary in a year."""
    return EventOut(
        **{name: getattr(marked.event, name) for name in _PLAIN},
        steward=marked.steward,
        tasks=marked.tasks,
        anniversary=_anniversary(marked, year),
        can=can,
    )


def label(event: Event, ordinal: int) -> tuple[str, str]:
    """What an anniversary is called, in both languages."""
    return (
        f"Kỷ niệm {ordinal} năm: {event.name_vi}",
        f"{ordinal} year{'s' if ordinal > 1 else ''}: {event.name_en}",
    )


def _anniversary(marked: Marked, year: int) -> Anniversary | None:
    event = marked.event
    found = occurrence(event.true_date, year)
    if found is None:
        return None
    vi, en = label(event, found.ordinal)
    return Anniversary(
        year=year,
        on=found.on,
        weekday=found.weekday,
        weekday_label=WEEKDAYS[found.weekday - 1],
        ordinal=found.ordinal,
        is_round=found.is_round,
        is_five_year=found.is_five_year,
        cancelled=marked.is_cancelled(year),
        label_vi=vi,
        label_en=en,
    )
