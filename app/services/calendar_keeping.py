"""Keeping the calendar: events are added, corrected and taken off, an anniversary is cancelled or held after
all; each with its reason."""

from datetime import date
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from app.errors import Conflict, Invalid, Stale, Text
from app.models import Activity, Event, Occurrence
from app.models.unit import instant
from app.rules.calendar import occurrence
from app.rules.ownership import Action
from app.rules.parties import Actor
from app.rules.vietnamese import fold, sort_key
from app.rules.vocabulary import ActivityStatus
from app.schemas.events import EventIn, EventOut, EventPatch
from app.schemas.occurrences import OccurrenceDecisionIn, OccurrenceOut
from app.services import access, anniversaries, event_links, events, grounds, obstacles
from app.services.grounds import Ground
from app.services.looking_up import office, still_there

PLAIN = (
    *("kind", "name_vi", "name_en", "counterpart", "date_verified", "verified_by", "note_vi", "note_en"),
    *("preparation_days", "withdrawn"),
)
"""What a correction may change in the event's own row, apart from its steward."""


def add(session: Session, actor: Actor, slug: str, body: EventIn) -> tuple[EventOut, int]:
    """Add an event that the printed list does not have."""
    here = grounds.find_held(session, actor, slug)
    permit = access.permit(actor, Action.CALENDAR_EDIT, here.item)
    if body.steward is not None:
        access.permit(actor, Action.CALENDAR_STEWARD, here.item)
    if session.scalars(_coded(here, body.code)).one_or_none() is not None:
        raise Conflict(
            Text("Lịch đã có sự kiện mang mã này", "The calendar has an event of this code already"),
            facts={"reason": "code_taken"},
        )
    _check_day(here, body.date_verified)
    event = Event(
        plan_id=here.plan.id,
        steward_id=_steward(session, here, body.steward),
        code=body.code,
        date_printed=None,
        reason=body.reason,
        changed_at=instant(session),
        **_worded(body.code, {name: getattr(body, name) for name in PLAIN if name != "withdrawn"}),
    )
    access.add(session, permit, [event])
    session.flush()
    event_links.relink(session, here, actor, permit, event, body.tasks)
    return events.one(session, here, actor, event.code)


def correct(
    session: Session, actor: Actor, slug: str, code: str, patch: EventPatch, versions: frozenset[int] | None
) -> tuple[EventOut, int]:
    """Change what is named, if the event is still at one of `versions` (None: at any)."""
    here = grounds.find_held(session, actor, slug)
    events.one(session, here, actor, code)
    named = patch.model_fields_set - {"reason"}
    permits = [access.permit(actor, action, here.item) for action in _actions(named)]
    event = _held(session, here, code)
    if versions is not None and event.version not in versions:
        raise Stale()
    values: dict[str, Any] = {name: getattr(patch, name) for name in PLAIN if name in named}
    if "date_verified" in values:
        _check_day(here, values["date_verified"])
        _check_years(session, here, event, values["date_verified"])
    if "steward" in named:
        values["steward_id"] = _steward(session, here, patch.steward)
    moved = (
        event_links.relink(session, here, actor, permits[0], event, patch.tasks)
        if "tasks" in named
        else False
    )
    if moved or any(getattr(event, name) != value for name, value in values.items()):
        access.open_for_change(session, permits[0], [event])
        for name, value in {**_worded(code, values, event), "reason": patch.reason}.items():
            setattr(event, name, value)
        event.changed_at = instant(session)
        session.flush()
    return events.one(session, here, actor, code)


def decide(session: Session, actor: Actor, slug: str, name: str, body: OccurrenceDecisionIn) -> OccurrenceOut:
    """Say that an anniversary is not marked this year, or that it is after all. Twice is the same as once."""
    here = grounds.find_held(session, actor, slug)
    anniversaries.one(session, here, actor, name)
    permit = access.permit(actor, Action.CALENDAR_EDIT, here.item)
    code, year = anniversaries.named(name)
    event = _held(session, here, code)
    if event.withdrawn:
        raise obstacles.conflict(obstacles.EVENT_WITHDRAWN)
    query = select(Occurrence).where(Occurrence.event_id == event.id, Occurrence.year == year)
    decided = session.scalars(query).one_or_none()
    if decided is None:
        decided = Occurrence(
            plan_id=here.plan.id,
            event_id=event.id,
            year=year,
            label=name,
            cancelled=body.cancelled,
            reason=body.reason,
            changed_at=instant(session),
        )
        access.add(session, permit, [decided])
    elif (decided.cancelled, decided.reason) != (body.cancelled, body.reason):
        access.open_for_change(session, permit, [decided])
        decided.cancelled, decided.reason = body.cancelled, body.reason
        decided.changed_at = instant(session)
    session.flush()
    return anniversaries.one(session, here, actor, name)


def _actions(named: set[str]) -> list[Action]:
    """What has to be allowed. The steward is named by the plan's owner alone."""
    edits = [Action.CALENDAR_EDIT] if named - {"steward"} else []
    return [*edits, *([Action.CALENDAR_STEWARD] if "steward" in named else [])]


def _coded(here: Ground, code: str) -> Select[Event]:
    return select(Event).where(Event.plan_id == here.plan.id, Event.code == code)


def _held(session: Session, here: Ground, code: str) -> Event:
    """The event as it is now, which nobody else changes or marks until this unit of work ends."""
    query = _coded(here, code).with_for_update().execution_options(populate_existing=True)
    return session.scalars(query).one()


def _worded(code: str, values: dict[str, Any], before: Event | None = None) -> dict[str, Any]:
    """The values with what follows from the names: the keys the event is searched and sorted by."""
    if not {"name_vi", "name_en"} & values.keys():
        return values
    vi, en = (values.get(name, getattr(before, name, "")) for name in ("name_vi", "name_en"))
    return {**values, "sort_key": sort_key(vi), "search_text": fold(f"{code} {vi} {en}")}


def _check_day(here: Ground, day: date) -> None:
    if day > here.today:
        raise Invalid.at("/date_verified", "in_the_future", "Ngày này chưa đến", "This day has not come")


def _check_years(session: Session, here: Ground, event: Event, day: date) -> None:
    """A correction takes away no anniversary that something marks, or that was decided on."""
    marked = select(Activity.marks).where(
        Activity.plan_id == here.plan.id,
        Activity.status == ActivityStatus.STANDING,
        Activity.marks.startswith(f"{event.code}-", autoescape=True),
    )
    decided = select(Occurrence.label).where(Occurrence.event_id == event.id)
    names = {*session.scalars(marked.distinct()), *session.scalars(decided)}
    gone = sorted(
        name
        for name in names
        if anniversaries.named(name)[0] == event.code
        and occurrence(day, anniversaries.named(name)[1]) is None
    )
    if gone:
        raise Conflict(
            Text(
                f"Các kỷ niệm sau đã có hoạt động hoặc quyết định: {', '.join(gone)}",
                f"These anniversaries are marked or decided on already: {', '.join(gone)}",
            ),
            facts={"reason": "anniversary_in_use", "occurrences": gone},
        )


def _steward(session: Session, here: Ground, code: str | None) -> int | None:
    """The body that prepares it: one that can act."""
    return still_there(office(session, code, "/steward"), here.today, "/steward").id if code else None
