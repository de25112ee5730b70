"""Calendars: the events of a plan with all that belongs to them, read once for whatever is made of them."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field

from sqlalchemy import ColumnElement, Select, bindparam, or_, select
from sqlalchemy.orm import Session

from app.models import Agency, Assignment, Event, EventLink, Implementation, Occurrence, Task
from app.rules.gaps import GapKind
from app.rules.judging import allowed, who_can
from app.rules.ownership import Action
from app.rules.parties import Actor
from app.rules.vocabulary import Role
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


@dataclass(frozen=True, slots=True)
class Concern:
    """What of the calendar concerns some bodies: what they prepare, and what they have a task for."""

    bodies: frozenset[str]
    tasks: frozenset[str]
    """Those they have a part in, and the programme items that these carry out, as far as they are seen."""

    def has(self, steward: AgencyRef | None, tasks: Iterable[TaskRef]) -> bool:
        """Whether an event with this steward and these tasks is of it."""
        prepared = steward is not None and steward.code in self.bodies
        return prepared or any(task.code in self.tasks for task in tasks)


def concern(session: Session, here: Ground, actor: Actor, agencies: Collection[str]) -> Concern:
    """What concerns these bodies."""
    duties = (
        select(Task.id)
        .join(Assignment, Assignment.task_id == Task.id)
        .join(Agency, Agency.id == Assignment.agency_id)
        .where(
            Assignment.plan_id == here.plan.id,
            Agency.code.in_(agencies),
            Assignment.role.in_((Role.LEAD, Role.COORDINATE)),
            grounds.current(here.today),
            sight.seen_whole(here, actor),
        )
    )
    return Concern(frozenset(agencies), _with_items(session, duties))


def concern_of_tasks(session: Session, here: Ground, actor: Actor, codes: Collection[str]) -> Concern:
    """What these tasks are there for."""
    asked = (Task.plan_id == here.plan.id, Task.code.in_(codes), sight.seen_whole(here, actor))
    return Concern(frozenset(), _with_items(session, select(Task.id).where(*asked)))


def concerns(
    session: Session, here: Ground, actor: Actor, agencies: Collection[str], tasks: Collection[str]
) -> Iterator[Concern]:
    """What concerns these bodies, and what these tasks are there for, as far as either is asked for."""
    if agencies:
        yield concern(session, here, actor, agencies)
    if tasks:
        yield concern_of_tasks(session, here, actor, tasks)


def _with_items(session: Session, duties: Select[int]) -> frozenset[str]:
    """The codes of these tasks, and of the programme items that they carry out."""
    items = select(Implementation.task_id).where(Implementation.duty_id.in_(duties))
    query = select(Task.code).where(or_(Task.id.in_(duties), Task.id.in_(items)))
    return frozenset(session.scalars(query))


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
