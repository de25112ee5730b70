"""What budget lines are for: tasks, outputs, records, events; found for a line, and named for a new one."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, cast

from sqlalchemy import and_, select
from sqlalchemy.orm import Session

from app.errors import Fault, Invalid, Text
from app.models import Activity, BudgetLink, Event, EventLink, Output, Task
from app.rules.parties import Actor
from app.rules.vocabulary import Visibility
from app.schemas.base import TaskRef
from app.schemas.budget import BudgetLineIn
from app.services import sight
from app.services.grounds import Ground

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
            ("outputs", body.outputs, _output),
            ("activities", body.activities, _activity),
            ("events", body.events, _event),
        )
        for name in dict.fromkeys(names)
        for facts in _each(find(session, here, actor, name), f"/{noun}/{names.index(name)}")
    ]


def tasks(links: Iterable[dict[str, Any]]) -> set[int]:
    """The tasks among what a line is for."""
    return {link["task_id"] for link in links if link.get("task_id") is not None}


Found = tuple[Task | None, dict[str, Any]] | None


def _each(found: Found, pointer: str) -> Iterator[dict[str, Any]]:
    if found is None:
        raise _unknown(pointer)
    task, facts = found
    if task is not None and task.visibility is Visibility.STATUS_ONLY:
        raise Invalid(
            faults=[
                Fault(
                    pointer,
                    "status_only",
                    Text(
                        "Nhiệm vụ này chỉ theo dõi trạng thái: không gắn kinh phí",
                        "This duty is tracked by status only: it carries no money here",
                    ),
                )
            ]
        )
    yield {"task_id": task.id if task else None, **facts}


def _task(session: Session, here: Ground, actor: Actor, code: str) -> Found:
    found = session.scalars(
        select(Task).where(Task.plan_id == here.plan.id, Task.code == code, sight.seen_whole(here, actor))
    ).one_or_none()
    return None if found is None else (found, {})


def _output(session: Session, here: Ground, actor: Actor, public_id: str) -> Found:
    found = session.execute(
        select(Task, Output.id)
        .select_from(Task)
        .join(Output, Output.task_id == Task.id)
        .where(Output.plan_id == here.plan.id, Output.public_id == public_id, sight.seen_whole(here, actor))
    ).one_or_none()
    return None if found is None else (found[0], {"output_id": found[1]})


def _activity(session: Session, here: Ground, actor: Actor, public_id: str) -> Found:
    found = session.execute(
        select(Task, Activity.id)
        .select_from(Task)
        .join(Activity, Activity.task_id == Task.id)
        .where(
            Activity.plan_id == here.plan.id, Activity.public_id == public_id, sight.seen_whole(here, actor)
        )
    ).one_or_none()
    return None if found is None else (found[0], {"activity_id": found[1]})


def _event(session: Session, here: Ground, actor: Actor, code: str) -> Found:
    """An event, with the task that marks it where there is only one: money is not divided by guessing."""
    event = select(Event.id).where(Event.plan_id == here.plan.id, Event.code == code)
    id_ = session.scalars(event).one_or_none()
    tasks = session.execute(
        select(Task, sight.seen_whole(here, actor))
        .join(EventLink, EventLink.task_id == Task.id)
        .where(EventLink.event_id == id_, EventLink.stands)
    ).all()
    only = tasks[0][0] if len(tasks) == 1 and tasks[0][1] else None
    return None if id_ is None else (only, {"event_id": id_})


def _unknown(pointer: str) -> Invalid:
    return Invalid(
        faults=[
            Fault(
                pointer,
                "unknown_thing",
                Text("Kế hoạch không có mục này", "The plan has no such thing"),
            )
        ]
    )
