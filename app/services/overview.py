"""The overview: all that a dashboard's first page shows, from one snapshot."""

from collections import Counter

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.models import Task
from app.rules.parties import Actor
from app.rules.rollup import COUNTED_STATUSES
from app.rules.vocabulary import State, TaskFamily, Visibility
from app.schemas.overview import OverviewOut, StateCount
from app.schemas.progress import By, ProgressFilter
from app.services import access, activities, agencies, budget, events, parts, plans, progress
from app.services.access import Ground
from app.services.parts import Part

LATEST = 10


def get(session: Session, actor: Actor, slug: str) -> OverviewOut:
    """The plan, its completion by section and by agency, its duties by state, its money, what is new."""
    here = access.ground(session, actor, slug)
    found = parts.visible(session, here, actor)
    return OverviewOut(
        plan=plans.brief(here.plan, agencies.ref(session, here.plan.owner_id)),
        progress=progress.compute(session, here, actor, ProgressFilter(by=By.SECTION), found),
        agencies=progress.compute(session, here, actor, ProgressFilter(by=By.AGENCY), found),
        states=_states(session, here, actor, found),
        status_only_tasks=_status_only(session, here),
        budget=budget.of_plan(session, here),
        latest=activities.latest(session, here, actor, LATEST),
        anniversaries=events.of_the_year(session, here, actor),
    )


def _states(session: Session, here: Ground, actor: Actor, found: list[Part]) -> list[StateCount]:
    """Duties by state, undefined last. Those the caller may only see in a sum are not counted here."""
    behind = parts.by_task(session, here, found)
    duties = session.scalars(
        select(Task.id).where(
            Task.plan_id == here.plan.id,
            Task.family == TaskFamily.DUTY,
            Task.status.in_(COUNTED_STATUSES),
            access.seen_whole(here, actor),
        )
    )
    counts = Counter(parts.figure(behind.get(task_id, ())).state for task_id in duties)
    named = [
        StateCount(state=state.value, state_label=state.label_vi, tasks=counts[state]) for state in State
    ]
    return [*named, StateCount(state=None, state_label="Chưa xác định", tasks=counts[None])]


def _status_only(session: Session, here: Ground) -> int:
    query = select(func.count()).where(
        Task.plan_id == here.plan.id, Task.visibility == Visibility.STATUS_ONLY
    )
    return session.scalars(query.select_from(Task)).one()
