"""What budget lines are for: tasks, outputs, records, events; found for a line, and named for one."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, cast

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from app.errors import Invalid
from app.models import Activity, BudgetLine, BudgetLink, Event, EventLink, Output, Task
from app.rules.judging import Permit
from app.rules.parties import Actor
from app.rules.vocabulary import Visibility
from app.schemas.base import TaskRef
from app.schemas.budget import BudgetLineIn, BudgetLinePatch
from app.services import access, sight
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
        .where(BudgetLink.line_id.in_(line_ids), BudgetLink.stands)
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


def drawn(
    session: Session, here: Ground, actor: Actor, code: str, body: BudgetLineIn | BudgetLinePatch
) -> list[dict[str, Any]]:
    """What a line is to be for, as the columns of its links. What the caller may not see is as unknown as
    what is not there; of a duty tracked by status only nothing is stored, so no money either."""
    return [
        {**facts, "label": f"{code}/{noun}/{name}"}
        for noun, find in _FOUND.items()
        for name in dict.fromkeys(getattr(body, noun))
        for facts in _each(find(session, here, actor, name), f"/{noun}/{getattr(body, noun).index(name)}")
    ]


def relink(
    session: Session, here: Ground, actor: Actor, permit: Permit, line: BudgetLine, patch: BudgetLinePatch
) -> bool:
    """Make what the patch names what a line, which is locked, is for; whether anything moved. A list that is
    not named stays, and so does a link that the caller does not see."""
    wanted = {facts["label"]: facts for facts in drawn(session, here, actor, line.code, patch)}
    rows = session.execute(
        select(BudgetLink, or_(BudgetLink.task_id.is_(None), sight.seen_whole(here, actor)))
        .outerjoin(Task, Task.id == BudgetLink.task_id)
        .where(BudgetLink.line_id == line.id)
    ).all()
    known = {link.label: link for link, _ in rows}
    gone = [
        link
        for link, seen in rows
        if link.stands and seen and _noun(link.label) in patch.model_fields_set and link.label not in wanted
    ]
    standing = {link.label for link, _ in rows if link.stands} - {link.label for link in gone}
    told = {facts["task_id"] for label, facts in wanted.items() if _noun(label) in _PARTS}
    told |= {known[label].task_id for label in standing if _noun(label) in _PARTS}
    new = [
        facts
        for label, facts in wanted.items()
        if label not in standing and not (_noun(label) == "tasks" and facts["task_id"] in told)
    ]
    again = [known[facts["label"]] for facts in new if facts["label"] in known]
    access.open_for_change(session, permit, [*gone, *again])
    for link in gone:
        link.stands = False
    for link in again:
        link.stands, link.task_id = True, wanted[link.label]["task_id"]
    made = [facts for facts in new if facts["label"] not in known]
    access.add(
        session, permit, [BudgetLink(plan_id=here.plan.id, line_id=line.id, **facts) for facts in made]
    )
    return bool(gone or new)


def _noun(label: str) -> str:
    """What kind of thing a link leads to."""
    return label.split("/")[1]


_PARTS = ("outputs", "activities")
"""What tells the task it belongs to as well: a line for an output is shown as one for its task."""

Found = tuple[Task | None, dict[str, Any]] | None
Finder = Callable[[Session, Ground, Actor, str], Found]


def _each(found: Found, pointer: str) -> Iterator[dict[str, Any]]:
    if found is None:
        raise Invalid.at(pointer, "unknown_thing", "Kế hoạch không có mục này", "The plan has no such thing")
    task, facts = found
    if task is not None and task.visibility is Visibility.STATUS_ONLY:
        raise Invalid.at(
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


_FOUND: Mapping[str, Finder] = {
    "tasks": _task,
    "outputs": _of_a_task(Output, "output_id"),
    "activities": _of_a_task(Activity, "activity_id"),
    "events": _event,
}
"""Each member of a line that says what it is for, and how what it names is found."""
