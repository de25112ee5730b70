"""What budget lines are for: tasks, outputs, records, events; found for a line, and named for a new one."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, cast

from sqlalchemy import and_, select
from sqlalchemy.orm import Session

from app.models import Activity, BudgetLink, Event, EventLink, Output, Task
from app.rules.parties import Actor
from app.rules.vocabulary import Visibility
from app.schemas.base import TaskRef
from app.schemas.budget import BudgetLineIn
from app.services import sight
from app.services.grounds import Ground
from app.services.looking_up import refuse

_Row = tuple[BudgetLink, Task | None, str | None, str | None, str | None]
Links = dict[str, Any]
"""The members of a line that say what it is for."""


def of(session: Session, here: Ground, actor: Actor, line_ids: Sequence[int]) -> dict[int, Links]:
    """What each of these lines is for, as far as the caller may see it."""
    query = (
        select(BudgetLink, Task, Output.public_id, Activity.public_id, Event.code)
        .select_from(BudgetLink)
        .outerjoin(Task, and_(Task.id == BudgetLink.task_id, sight.seen_whole(here, actor)))
        .outerjoin(Output, Output.id == BudgetLink.output_id)
        .outerjoin(Activity, Activity.id == BudgetLink.activity_id)
        .outerjoin(Event, Event.id == BudgetLink.event_id)
        .where(BudgetLink.line_id.in_(line_ids))
        .order_by(BudgetLink.id)
    )
    found: dict[int, Links] = {
        id_: {"tasks": [], "outputs": [], "activities": [], "events": []} for id_ in line_ids
    }
    named: dict[int, set[str]] = defaultdict(set)
    for row in session.execute(query):
        link, task, output, activity, event = cast("_Row", tuple(row))
        links = found[link.line_id]
        if link.task_id is not None and task is None:
            continue
        if task is not None and event is None and task.code not in named[link.line_id]:
            named[link.line_id].add(task.code)
            links["tasks"].append(TaskRef(code=task.code, title_vi=task.title_vi))
        for name, said in (("outputs", output), ("activities", activity), ("events", event)):
            links[name] += [said] if said else []
    return found


def drawn(session: Session, here: Ground, actor: Actor, body: BudgetLineIn) -> list[dict[str, Any]]:
    """What a new line is for, as the columns of its links. What the caller may not see is as unknown as what
    is not there; of a duty tracked by status only nothing is stored, so no money either."""
    return [
        {**facts, "label": f"{body.code}/{noun}/{name}"}
        for noun, names, find in (
            ("tasks", body.tasks, _task),
            ("outputs", body.outputs, _of_a_task(Output, "output_id")),
            ("activities", body.activities, _of_a_task(Activity, "activity_id")),
            ("events", body.events, _event),
        )
        for name in dict.fromkeys(names)
        for facts in _each(find(session, here, actor, name), f"/{noun}/{names.index(name)}")
    ]


def tasks(links: Iterable[dict[str, Any]]) -> set[int]:
    """The tasks among what a line is for."""
    return {link["task_id"] for link in links if link.get("task_id") is not None}


Found = tuple[Task | None, dict[str, Any]] | None
Finder = Callable[[Session, Ground, Actor, str], Found]


def _each(found: Found, pointer: str) -> Iterator[dict[str, Any]]:
    if found is None:
        raise refuse(pointer, "unknown_thing", "Kế hoạch không có mục này", "The plan has no such thing")
    task, facts = found
    if task is not None and task.visibility is Visibility.STATUS_ONLY:
        raise refuse(
            pointer,
            "status_only",
            "Nhiệm vụ này chỉ theo dõi trạng thái: không gắn kinh phí",
            "This duty is tracked by status only: it carries no money here",
        )
    yield {"task_id": task.id if task else None, **facts}


def _task(session: Session, here: Ground, actor: Actor, code: str) -> Found:
    found = session.scalars(
        select(Task).where(Task.plan_id == here.plan.id, Task.code == code, sight.seen_whole(here, actor))
    ).one_or_none()
    return None if found is None else (found, {})


def _of_a_task(thing: type[Output] | type[Activity], fact: str) -> Finder:
    """How something is found that belongs to a task, which has to be seen."""

    def find(session: Session, here: Ground, actor: Actor, public_id: str) -> Found:
        found = session.execute(
            select(Task, thing.id)
            .select_from(Task)
            .join(thing, thing.task_id == Task.id)
            .where(thing.plan_id == here.plan.id, thing.public_id == public_id, sight.seen_whole(here, actor))
        ).one_or_none()
        return None if found is None else (found[0], {fact: found[1]})

    return find


def _event(session: Session, here: Ground, actor: Actor, code: str) -> Found:
    """An event, with the task that marks it where there is only one: money is not divided by guessing."""
    event = select(Event.id).where(Event.plan_id == here.plan.id, Event.code == code)
    id_ = session.scalars(event).one_or_none()
    marking = session.execute(
        select(Task, sight.seen_whole(here, actor))
        .join(EventLink, EventLink.task_id == Task.id)
        .where(EventLink.event_id == id_, EventLink.stands)
    ).all()
    only = marking[0][0] if len(marking) == 1 and marking[0][1] else None
    return None if id_ is None else (only, {"event_id": id_})
