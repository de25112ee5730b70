"""Calendars: the events of a plan with all that belongs to them, read once for whatever is made of them."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from sqlalchemy import ColumnElement, bindparam, or_, select
from sqlalchemy.orm import Session

from app.models import Agency, Event, EventLink, Occurrence, Task
from app.rules.gaps import GapKind
from app.rules.judging import allowed, who_can
from app.rules.ownership import Action
from app.rules.parties import Actor
from app.schemas.base import AgencyRef, TaskRef
from app.schemas.gaps import GapOut, RepairOut
from app.schemas.occurrences import EventRef
from app.services import grounds, sight
from app.services.grounds import Ground

ON_AN_EVENT = (Action.CALENDAR_EDIT, Action.CALENDAR_STEWARD)


@dataclass(frozen=True, slots=True)
class Marked:
    """An event, who prepares it, the tasks that mark it and are seen, and what was decided, by year."""

    event: Event
    steward: AgencyRef | None
    tasks: list[TaskRef]
    decided: dict[int, Occurrence] = field(default_factory=dict)

    def is_cancelled(self, year: int) -> bool:
        """Whether its anniversary of a year is not held: taken off with it, or decided so."""
        decided = self.decided.get(year)
        return self.event.withdrawn or (decided is not None and decided.cancelled)


def read(session: Session, here: Ground, actor: Actor, *conditions: ColumnElement[bool]) -> dict[str, Marked]:
    """The events of the plan that fulfil the conditions, by code, in the order of their codes."""
    rows = session.execute(
        select(Event, Agency.code, Agency.name_vi)
        .outerjoin(Agency, Agency.id == Event.steward_id)
        .where(Event.plan_id == here.plan.id, *conditions)
        .order_by(Event.code)
    ).all()
    return with_all(session, here, actor, rows)


def standing(session: Session, here: Ground, actor: Actor) -> dict[str, Marked]:
    """All that were not taken off."""
    return read(session, here, actor, ~Event.withdrawn)


def with_all(
    session: Session, here: Ground, actor: Actor, rows: Iterable[tuple[Event, str | None, str | None]]
) -> dict[str, Marked]:
    """What belongs to these events; each stands beside its steward's code and name."""
    found = list(rows)
    ids = [event.id for event, *_ in found]
    tasks = defaultdict(list)
    for event_id, code, title in session.execute(
        select(EventLink.event_id, Task.code, Task.title_vi)
        .join(Task, Task.id == EventLink.task_id)
        .where(EventLink.event_id.in_(ids), EventLink.stands, sight.seen_whole(here, actor))
        .order_by(Task.order_key)
    ):
        tasks[event_id].append(TaskRef(code=code, title_vi=title))
    decided: dict[int, dict[int, Occurrence]] = defaultdict(dict)
    for row in session.scalars(select(Occurrence).where(Occurrence.event_id.in_(ids))):
        decided[row.event_id][row.year] = row
    return {
        event.code: Marked(
            event,
            AgencyRef(code=code, name_vi=name) if code and name else None,
            tasks[event.id],
            decided[event.id],
        )
        for event, code, name in found
    }


_WITHOUT_STEWARD = (
    select(Event)
    .outerjoin(Agency, Agency.id == Event.steward_id)
    .where(
        Event.plan_id == bindparam("plan"),
        ~Event.withdrawn,
        or_(Event.steward_id.is_(None), Agency.valid_to < grounds.ON),
    )
    .order_by(Event.code)
)


def without_steward(session: Session, here: Ground) -> Iterator[GapOut]:
    """Events whose anniversaries nobody is named to prepare."""
    who = list(who_can(Action.CALENDAR_STEWARD, here.item))
    for event in session.scalars(_WITHOUT_STEWARD, {"plan": here.plan.id, "day": here.today}):
        yield GapOut(
            kind=GapKind.EVENT_WITHOUT_STEWARD,
            tasks=[],
            agencies=[],
            events=[EventRef(code=event.code, name_vi=event.name_vi, name_en=event.name_en)],
            text_vi=f"Chưa cơ quan nào chủ trì chuẩn bị kỷ niệm: {event.name_vi}",
            text_en=f"Nobody is named to prepare the anniversaries of: {event.name_en}",
            repair=RepairOut(
                method="PATCH",
                path=f"/v1/plans/{here.plan.slug}/events/{event.code}",
                headers={"If-Match": "*"},
                body={"steward": None, "reason": None},
                fill=["/steward", "/reason"],
                who_can=who,
            ),
        )


def can(here: Ground, actor: Actor) -> list[Action]:
    """What the caller may do to the calendar: the same for everything on it."""
    return allowed(actor, ON_AN_EVENT, here.item)
