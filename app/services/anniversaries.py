"""Anniversaries: what is coming up in any range of years, how far off, and what has been done for it."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from app.errors import Invalid, NotFound
from app.models import Activity, Agency, Event, Task
from app.rules import calendar
from app.rules.calendar import WEEKDAYS, occurrence
from app.rules.ownership import Action
from app.rules.parties import Actor
from app.rules.vocabulary import ActivityStatus, Stage, YearClass
from app.schemas.base import AgencyRef
from app.schemas.lists import several
from app.schemas.occurrences import EventRef, OccurrenceFilter, OccurrenceOut, OccurrencePage
from app.services import calendars, events, grounds, listing, sight
from app.services.calendars import Concern, Marked
from app.services.grounds import Ground

MOST_YEARS = 100


@dataclass(frozen=True, slots=True)
class Done:
    """What marks an anniversary so far."""

    records: int = 0
    by: dict[str, AgencyRef] = field(default_factory=dict)
    last: date | None = None


def find(session: Session, actor: Actor, slug: str, ask: OccurrenceFilter) -> OccurrencePage:
    """List the anniversaries of a range of days, in the order of the days."""
    here = grounds.find(session, actor, slug)
    known: dict[str, list[OccurrenceOut]] = session.info.setdefault("anniversaries", {})
    question = ask.model_dump_json(exclude={"cursor", "limit", "count"})
    if question not in known:  # once for all pages of a file, which is made in one session
        first, last = _range(here, ask)
        every = between(session, here, actor, first, last, *_of_events(ask))
        of = list(calendars.concerns(session, here, actor, several(ask.agency), several(ask.task)))
        known[question] = [one for one in every if _wanted(one, ask, of)]
    found = listing.page_of(known[question], ask, lambda one: (one.on.isoformat(), one.code), place=slug)
    return OccurrencePage(
        items=found.rows,
        next_cursor=found.next_cursor,
        total=found.total,
        list_is_open=here.plan.events_open,
    )


def get(session: Session, actor: Actor, slug: str, name: str) -> OccurrenceOut:
    """One anniversary by event and year."""
    return one(session, grounds.find(session, actor, slug), actor, name)


def one(session: Session, here: Ground, actor: Actor, name: str) -> OccurrenceOut:
    """The same, in a plan already found."""
    code, year = named(name)
    marked = calendars.read(session, here, actor, Event.code == code).get(code)
    done = _done(session, here, actor)
    found = _shown(here, marked, year, done, calendars.can(here, actor)) if marked and year else None
    if found is None:
        raise NotFound()
    return found


def named(name: str) -> tuple[str, int]:
    """The event's code and the year in the name of an anniversary; 0 where it is no such name."""
    code, _, year = name.rpartition("-")
    return (code, int(year)) if year.isascii() and year.isdecimal() and len(year) == 4 else (name, 0)


def check_mark(session: Session, here: Ground, name: str) -> None:
    """Whether the calendar has the anniversary that a record says it marks. Asked once in a unit of work, and
    until that ends the event is not corrected: it would not be seen what marks it."""
    known: set[tuple[int, str]] = session.info.setdefault("marks", set())
    if (here.plan.id, name) in known:
        return
    code, year = named(name)
    query = select(Event).where(Event.plan_id == here.plan.id, Event.code == code, ~Event.withdrawn)
    held = query.with_for_update(read=True, key_share=True).execution_options(populate_existing=True)
    event = session.scalars(held).one_or_none()
    if event is None or not year or occurrence(event.true_date, year) is None:
        raise Invalid.at(
            "/marks",
            "unknown_occurrence",
            "Lịch không có kỷ niệm này: xem danh sách kỷ niệm (occurrences)",
            "The calendar has no such anniversary: see occurrences",
        )
    known.add((here.plan.id, name))


def between(
    session: Session,
    here: Ground,
    actor: Actor,
    first: date,
    last: date,
    *conditions: ColumnElement[bool],
) -> list[OccurrenceOut]:
    """Every anniversary from the first day to the last, in order. Of an event that was taken off there are
    none."""
    marked = calendars.read(session, here, actor, ~Event.withdrawn, *conditions)
    return _between(session, here, actor, first, last, marked)


def _between(
    session: Session, here: Ground, actor: Actor, first: date, last: date, marked: Mapping[str, Marked]
) -> list[OccurrenceOut]:
    done, can = _done(session, here, actor), calendars.can(here, actor)
    found = [
        shown
        for one in marked.values()
        for year in range(first.year, last.year + 1)
        if (shown := _shown(here, one, year, done, can)) and first <= shown.on <= last
    ]
    return sorted(found, key=lambda one: (one.on, one.code))


def unprepared(
    session: Session, here: Ground, actor: Actor, marked: Mapping[str, Marked]
) -> list[OccurrenceOut]:
    """Of these events the anniversaries of a round year or a five-year whose preparation should have begun,
    and nothing marks them yet."""
    last = here.today + timedelta(calendar.MOST_PREPARATION_DAYS)
    ahead = _between(session, here, actor, here.today, last, marked)
    return [
        one
        for one in ahead
        if one.stage is Stage.PREPARING and one.year_class is not YearClass.OTHER and not one.recorded
    ]


def stage(marked: Marked, on: date, year: int, today: date) -> Stage:
    """Where an anniversary stands today."""
    if marked.is_cancelled(year):
        return Stage.CANCELLED
    if on < today:
        return Stage.PAST
    return Stage.PREPARING if calendar.begins(on, marked.event.preparation_days) <= today else Stage.AHEAD


def _shown(
    here: Ground, marked: Marked, year: int, done: dict[str, Done], can: list[Action]
) -> OccurrenceOut | None:
    event, found = marked.event, occurrence(marked.event.true_date, year)
    if found is None:
        return None
    name, decided = f"{event.code}-{year:04}", marked.decided.get(year)
    what, (vi, en) = done.get(name, Done()), events.label(event, found.ordinal)
    stands = stage(marked, found.on, year, here.today)
    return OccurrenceOut(
        code=name,
        event=EventRef(code=event.code, name_vi=event.name_vi, name_en=event.name_en),
        kind=event.kind,
        counterpart=event.counterpart,
        year=year,
        on=found.on,
        weekday=found.weekday,
        weekday_label=WEEKDAYS[found.weekday - 1],
        ordinal=found.ordinal,
        year_class=found.year_class,
        label_vi=vi,
        label_en=en,
        days_left=(found.on - here.today).days,
        preparation_days=event.preparation_days,
        preparation_from=calendar.begins(found.on, event.preparation_days),
        stage=stands,
        cancelled=stands is Stage.CANCELLED,
        reason=event.reason if event.withdrawn else decided.reason if decided else None,
        steward=marked.steward,
        tasks=marked.tasks,
        recorded=what.records,
        recorded_by=list(what.by.values()),
        last_recorded_on=what.last,
        can=[] if event.withdrawn else can,
    )


def _done(session: Session, here: Ground, actor: Actor) -> dict[str, Done]:
    """What marks each anniversary, as far as the caller sees it."""
    found: dict[str, list[tuple[AgencyRef, int, date]]] = defaultdict(list)
    for name, code, title, count, last in session.execute(
        select(Activity.marks, Agency.code, Agency.name_vi, func.count(), func.max(Activity.occurred_on))
        .join(Agency, Agency.id == Activity.agency_id)
        .join(Task, Task.id == Activity.task_id)
        .where(
            Activity.plan_id == here.plan.id,
            Activity.marks.is_not(None),
            Activity.status == ActivityStatus.STANDING,
            sight.seen_whole(here, actor),
        )
        .group_by(Activity.marks, Agency.code, Agency.name_vi)
        .order_by(Agency.code)
    ):
        found[str(name)].append((AgencyRef(code=code, name_vi=title), count, last))
    return {
        name: Done(
            sum(count for _, count, _ in rows),
            {body.code: body for body, _, _ in rows},
            max(last for *_, last in rows),
        )
        for name, rows in found.items()
    }


def _of_events(ask: OccurrenceFilter) -> Iterator[ColumnElement[bool]]:
    yield from listing.matching(Event.search_text, ask.q)
    for column, wanted in ((Event.kind, ask.kind), (Event.code, ask.event), (Event.counterpart, ask.country)):
        if wanted:
            yield column.in_(several(wanted))


def _wanted(one: OccurrenceOut, ask: OccurrenceFilter, concerns: Iterable[Concern]) -> bool:
    return (
        all(of.has(one.steward, one.tasks) for of in concerns)
        and (not ask.year_class or one.year_class in several(ask.year_class))
        and (not ask.stage or one.stage in several(ask.stage))
        and (not ask.steward or (one.steward is not None and one.steward.code in several(ask.steward)))
        and (ask.recorded is None or ask.recorded is bool(one.recorded))
    )


def _range(here: Ground, ask: OccurrenceFilter) -> tuple[date, date]:
    """From the first day to the last; an end left out is that of its year, or of the plan's."""
    year = here.plan.year
    first = ask.from_ or date(min(year, ask.to.year if ask.to else year), 1, 1)
    last = ask.to or date(max(year, first.year), 12, 31)
    if last < first:
        raise Invalid.at(
            "query:to", "dates_reversed", "Kết thúc trước khi bắt đầu", "It ends before it begins"
        )
    if last.year - first.year >= MOST_YEARS:
        raise Invalid.at(
            "query:to",
            "too_many_years",
            f"Nhiều nhất {MOST_YEARS} năm một lần",
            f"At most {MOST_YEARS} years at once",
        )
    return first, last
