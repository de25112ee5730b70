"""Asking of work: what can be done to a task, to one body's part of it, to an output, to a record; and what stands
in the way of the rest. What the caller may not see is not there.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from app.errors import NotFound
from app.models import Activity, Agency, Assignment, Output, Task
from app.rules import acts
from app.rules.acts import Obstacle
from app.rules.ownership import Action
from app.rules.parties import Actor, Item, part_of
from app.rules.vocabulary import Role, TaskFamily
from app.services import facts, grounds, obstacles, sight
from app.services.grounds import Ground
from app.services.permissions import ON_A_TASK, ON_AN_ACTIVITY, ON_AN_OUTPUT, Permissions


@dataclass(frozen=True, slots=True)
class Thing:
    """What the rules need to know of a thing, what the caller can do with it now, and what stands in the way
    of the rest, whoever asks. `here` and `task` are where it belongs."""

    item: Item
    can: Sequence[Action]
    obstacle: Callable[[Action], Obstacle]
    here: Ground | None = None
    task: Task | None = None


def task(session: Session, actor: Actor, slug: str, code: str) -> Thing:
    here = grounds.find(session, actor, slug)
    task = sight.task(session, here, actor, code)
    can = Permissions(session, here, actor, [task]).on_task(task)
    return Thing(grounds.item(session, here, task), can, lambda action: _of_a_task(task, action), here, task)


def _of_a_task(task: Task, action: Action) -> Obstacle:
    if action not in ON_A_TASK:
        return obstacles.NOT_DONE_HERE
    if task.family is TaskFamily.PROGRAMME:
        return obstacles.CARRIED_OUT
    return obstacles.NOT_TRIGGERED if action is Action.OCCURRENCE_OPEN else obstacles.NOBODY_TO_URGE


def assignment(session: Session, actor: Actor, slug: str, public_id: str) -> Thing:
    here = grounds.find(session, actor, slug)
    query = select(Assignment, Task, Agency.code).join(Agency, Agency.id == Assignment.agency_id)
    query = query.join(Task, Task.id == Assignment.task_id).where(sight.own_part(here, actor))
    given, task, body = _row(session, here, actor, query, Assignment.public_id, public_id)
    can = Permissions(session, here, actor, [task]).on_assignment(task, given.role, body)
    of_work = given.role in (Role.LEAD, Role.COORDINATE)

    def obstacle(action: Action) -> Obstacle:
        return _of_a_task(task, action) if of_work else obstacles.POWER

    return Thing(part_of(grounds.item(session, here, task), body), can, obstacle, here, task)


def output(session: Session, actor: Actor, slug: str, public_id: str) -> Thing:
    here = grounds.find(session, actor, slug)
    query = select(Output, Task, Agency.code).join(Assignment, Assignment.id == Output.assignment_id)
    query = query.join(Agency, Agency.id == Assignment.agency_id).join(Task, Task.id == Output.task_id)
    query = query.where(sight.own_part(here, actor))
    output, task, body = _row(session, here, actor, query, Output.public_id, public_id)
    item = part_of(grounds.item(session, here, task), body, grounds.claimants(session, here, output))
    can = Permissions(session, here, actor, [task]).on_output(task, body, output)

    def obstacle(action: Action) -> Obstacle:
        if action not in ON_AN_OUTPUT:
            return obstacles.NOT_DONE_HERE
        after = acts.after(ON_AN_OUTPUT[action], facts.of(output, task))
        return after if isinstance(after, Obstacle) else obstacles.ALREADY_SO

    return Thing(item, can, obstacle, here, task)


def activity(session: Session, actor: Actor, slug: str, public_id: str) -> Thing:
    here = grounds.find(session, actor, slug)
    query = select(Activity, Task, Agency.code).join(Agency, Agency.id == Activity.agency_id)
    query = query.join(Task, Task.id == Activity.task_id)
    activity, task, body = _row(session, here, actor, query, Activity.public_id, public_id)
    can = Permissions(session, here, actor, [task]).on_activity(task, body, activity)

    def obstacle(action: Action) -> Obstacle:
        if action not in ON_AN_ACTIVITY:
            return obstacles.NOT_DONE_HERE
        return obstacles.ALREADY_SO if action is Action.ACTIVITY_WITHDRAW else obstacles.WITHDRAWN

    return Thing(part_of(grounds.item(session, here, task), body), can, obstacle, here, task)


def _row(
    session: Session, here: Ground, actor: Actor, query: Select[*tuple[Any, ...]], column: Any, public_id: str
) -> Any:
    """The one row of the plan with this id, if the caller may see its task."""
    wanted = (Task.plan_id == here.plan.id, column == public_id, sight.seen_whole(here, actor))
    found = session.execute(query.where(*wanted)).one_or_none()
    if found is None:
        raise NotFound()
    return found
