"""Feeds: a plan's calendar as entries of a day each, for whatever program people look into.

The anniversaries of the plan or of one country; of one agency those it prepares or has a task for, and what
it owes beside them: deadlines, periods, and urges to be answered.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.errors import Text
from app.models import Agency, Assignment, Event, Output, Task, Urge
from app.rules.calendar import occurrence
from app.rules.lifecycle import DONE
from app.rules.parties import Actor
from app.rules.vocabulary import Level, OutputKind, Role, Stage, TaskStatus
from app.schemas.subscriptions import CalendarFilter
from app.services import anniversaries, calendars, events, grounds, sight, subscriptions
from app.services.grounds import Ground
from app.services.looking_up import office
from app.services.standings import AT_LEAST

YEARS_AHEAD = 10
"""How far a feed looks: from the plan's first year until so many years from now."""
NOBODY = Text("chưa giao", "nobody named yet")
DEADLINE, URGE = Text("Thời hạn", "Deadline"), Text("Đôn đốc", "Urge")


@dataclass(frozen=True, slots=True)
class Entry:
    """One day in a calendar. `uid` never changes; `sequence` rises with every change (RFC 5545 §3.8.7.4)."""

    uid: str
    on: date
    title: Text
    notes: Text
    categories: tuple[Text, ...]
    sequence: int
    changed_at: datetime
    cancelled: bool = False
    alarm_days: int | None = None


@dataclass(frozen=True, slots=True)
class Feed:
    """A calendar: what it is called, and its entries in the order of their days."""

    name: Text
    entries: list[Entry]


def find(session: Session, actor: Actor, slug: str, ask: CalendarFilter) -> Feed:
    """The calendar that is asked for, or that the subscription is for."""
    here = grounds.find(session, actor, slug)
    agency, country = ask.agency, ask.country
    if ask.sig is not None:
        agency, country = subscriptions.meant(session, slug, ask.sig)
    body = office(session, agency, "query:agency") if agency else None
    entries = list(_occurrences(session, here, actor, body, country))
    if body is not None:
        entries += [*_deadlines(session, here, actor, body), *_urges(session, here, actor, body)]
    whose = "".join(f" · {part}" for part in (agency, country) if part)
    name = Text(f"Kế hoạch {here.plan.number}{whose}", f"Plan {here.plan.number}{whose}")
    return Feed(name, sorted(entries, key=lambda entry: (entry.on, entry.uid)))


def _occurrences(
    session: Session, here: Ground, actor: Actor, body: Agency | None, country: str | None
) -> Iterator[Entry]:
    only = [Event.counterpart == country] if country else []
    own = calendars.concern(session, here, actor, [body.code]) if body is not None else None
    years = range(here.plan.year, max(here.plan.year, here.today.year) + YEARS_AHEAD + 1)
    bodies = select(Agency).join(Event, Event.steward_id == Agency.id).where(Event.plan_id == here.plan.id)
    named = {one.id: Text(one.name_vi, one.name_en) for one in session.scalars(bodies)}
    for marked in calendars.read(session, here, actor, *only).values():
        event = marked.event
        if own is not None and not own.has(marked.steward, marked.tasks):
            continue
        for year in years:
            found, decided = occurrence(event.true_date, year), marked.decided.get(year)
            if found is None:
                continue
            by = named[event.steward_id] if event.steward_id else NOBODY
            tasks = ", ".join(task.code for task in marked.tasks) or "—"
            stage = anniversaries.stage(marked, found.on, year, here.today)
            yield Entry(
                uid=f"{event.code}-{year}.{here.plan.slug}@ttdn",
                on=found.on,
                title=Text(*events.label(event, found.ordinal)),
                notes=Text(f"Chủ trì: {by.vi}\nNhiệm vụ: {tasks}", f"Prepared by: {by.en}\nTasks: {tasks}"),
                categories=tuple(
                    Text(word.label_vi, word.label_en) for word in (found.year_class, event.kind)
                ),
                sequence=event.version - 1 + (decided.version if decided else 0),
                changed_at=max(event.changed_at, decided.changed_at) if decided else event.changed_at,
                cancelled=stage is Stage.CANCELLED,
                alarm_days=event.preparation_days,
            )


def _deadlines(session: Session, here: Ground, actor: Actor, body: Agency) -> Iterator[Entry]:
    """The days on which something that a body owes is due; pieces that are due together are one entry. What
    it owes no more, since it was dropped, withdrawn or handed over, is cancelled."""
    rows = session.execute(
        select(Output, Task, Assignment.id)
        .join(Task, Task.id == Output.task_id)
        .join(Assignment, Assignment.id == Output.assignment_id)
        .where(
            Output.plan_id == here.plan.id,
            Assignment.agency_id == body.id,
            Assignment.role == Role.LEAD,
            sight.seen_whole(here, actor),
            sight.own_part(here, actor),
        )
        .order_by(Output.due_on, Output.id)
    ).all()
    together: dict[tuple[int, date], list[tuple[Output, Task]]] = {}
    changes: dict[int, int] = defaultdict(int)  # of the whole part: it never sinks, whatever leaves a day
    for output, task, assignment in rows:
        together.setdefault((assignment, output.due_on), []).append((output, task))
        changes[assignment] += output.version
    since = datetime.combine(here.plan.period_from, time.min, UTC)
    for (assignment, due_on), owed in together.items():
        task = owed[0][1]
        in_force = task.status is TaskStatus.ACTIVE
        live = [output for output, _ in owed if in_force and output.owed]
        yield Entry(
            uid=f"{owed[0][0].public_id}.{here.plan.slug}@ttdn",
            on=due_on,
            title=_title(task, live) if live else _title(task, [owed[0][0]]),
            notes=Text(task.title_vi, task.title_en),
            categories=(DEADLINE,),
            sequence=changes[assignment] + task.version,
            changed_at=since,
            cancelled=not live,
        )


def _title(task: Task, due: Sequence[Output]) -> Text:
    """What is due together, and whether all of it has been done."""
    vi, en = _name(due[0], task) if len(due) == 1 else (f"{len(due)} đầu ra", f"{len(due)} outputs")
    if all(output.owed and output.level in AT_LEAST["evidenced"] for output in due):
        done = Level.EVIDENCED
        vi, en = f"{vi} ({done.label_vi.lower()})", f"{en} ({done.label_en.lower()})"
    return Text(f"Hạn {task.code}: {vi}", f"Due {task.code}: {en}")


def _name(output: Output, task: Task) -> tuple[str, str]:
    """What is due; a milestone that nobody has named is the task, known by the English of its label, which
    has never changed."""
    is_named = output.kind is not OutputKind.MILESTONE or output.label_en != DONE.en
    return (output.label_vi, output.label_en) if is_named else (task.title_vi, task.title_en)


def _urges(session: Session, here: Ground, actor: Actor, body: Agency) -> Iterator[Entry]:
    """What a body is to answer; seen by itself and by the plan's insiders."""
    if not here.insider and actor.agency_id != body.id:
        return
    query = (
        select(Urge, Agency)
        .join(Agency, Agency.id == Urge.urged_by_id)
        .where(Urge.plan_id == here.plan.id, Urge.to_id == body.id)
    )
    for urge, by in session.execute(query.order_by(Urge.id)):
        ends = [at for at in (urge.urged_at, urge.answered_at, urge.closed_at) if at is not None]
        yield Entry(
            uid=f"{urge.public_id}.{here.plan.slug}@ttdn",
            on=urge.due_on,
            title=Text(f"Trả lời đôn đốc của {by.name_vi}", f"Answer the urge of {by.name_en}"),
            notes=Text(urge.message, urge.message),
            categories=(URGE,),
            sequence=urge.version - 1,
            changed_at=max(ends),
            cancelled=urge.closed_at is not None,
        )
