"""The overview: all that a dashboard's first page shows, from one snapshot."""

from collections import Counter

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.models import Task
from app.rules.parties import Actor
from app.rules.rag import Colour
from app.rules.rollup import COUNTED_STATUSES
from app.rules.vocabulary import NOTHING_OWED, State, Visibility
from app.schemas.overview import ColourCount, OverviewOut, StateCount, UrgeCount
from app.schemas.progress import By, ProgressFilter
from app.services import (
    activities,
    agencies,
    amendments,
    anniversaries,
    budget,
    calendars,
    events,
    figures,
    gaps,
    grounds,
    plans,
    progress,
    urges,
    waiting,
)
from app.services.grounds import Ground
from app.services.progress import Scene

LATEST = 10


def get(session: Session, actor: Actor, slug: str) -> OverviewOut:
    """The plan, how far it is and by when, what waits for whom, its gaps, its money, what is new."""
    here = grounds.find(session, actor, slug)
    whole = progress.scene(session, here, actor)
    calendar = calendars.standing(session, here, actor)
    return OverviewOut(
        plan=plans.brief(here.plan, agencies.ref(session, here.plan.owner_id)),
        progress=progress.compute(whole, ProgressFilter(by=By.SECTION)),
        agencies=progress.compute(whole, ProgressFilter(by=By.AGENCY)),
        states=_states(whole),
        colours=_colours(whole),
        waiting=waiting.counts(session, here, actor),
        urges=[
            UrgeCount(state=state, urges=count)
            for state, count in urges.open_count(session, here, actor).items()
        ],
        gaps=gaps.counted(gaps.every(session, here, actor)),
        deadlines=waiting.due_next(session, here, actor, LATEST),
        amendments=amendments.latest(session, here, actor, LATEST),
        status_only_tasks=_status_only(session, here),
        budget=budget.stated(session, here, actor),
        latest=activities.latest(session, here, actor, LATEST),
        anniversaries=events.of_the_year(here, actor, calendar),
        unprepared=anniversaries.unprepared(session, here, actor, calendar),
    )


def _states(whole: Scene) -> list[StateCount]:
    """Duties by state, undefined last. Those the caller may only see in a sum are not counted here."""
    duties = [id_ for id_, task in whole.tree.tasks.items() if not task.is_view]
    counts = Counter(figures.state(whole.here, whole.of({duty}).parts) for duty in duties)
    named = [StateCount(state=state, state_label=state.label_vi, tasks=counts[state]) for state in State]
    return [*named, StateCount(state=None, state_label=NOTHING_OWED[1], tasks=counts[None])]


def _colours(whole: Scene) -> list[ColourCount]:
    """Obligations by colour, but for those the caller may only see in a sum."""
    some = (part for part in whole.parts if part.held and not part.in_sum)
    counts = Counter(figures.colour(whole.here, part).colour for part in some)
    return [ColourCount(rag=colour, obligations=counts[colour]) for colour in Colour]


def _status_only(session: Session, here: Ground) -> int:
    query = select(func.count()).where(
        Task.plan_id == here.plan.id,
        Task.visibility == Visibility.STATUS_ONLY,
        Task.status.in_(COUNTED_STATUSES),
    )
    return session.scalars(query.select_from(Task)).one()
