"""Asking of work: what can be done to a task, to one body's part of it, to an output, to a record; and what
stands in the way of the rest. What the caller may not see is not there.
"""

from collections.abc import Callable, Collection
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
from app.rules.vocabulary import ActivityStatus, Role, TaskFamily
from app.services import claimants, facts, grounds, last_evidence, obstacles, sight, statuses
from app.services.grounds import Ground
from app.services.permissions import OF_A_LEAD, ON_A_TASK, ON_AN_ACTIVITY, ON_AN_OUTPUT, Permissions


@dataclass(frozen=True, slots=True)
class Thing:
    """What the rules need to know of a thing, and what the caller can do with it now.

    `unfit`: what is not done to such a thing at all, whoever asks. `obstacle`: what else stands in the way of
    an act that the rules allow. `here` and `task` are where it belongs. `instead`: what can be offered, where
    that is about the thing itself.
    """

    item: Item
    can: Collection[Action]
    unfit: Callable[[Action], Obstacle | None]
    obstacle: Callable[[Action], Obstacle] = lambda _action: obstacles.NOT_DONE_HERE
    here: Ground | None = None
    task: Task | None = None
    instead: dict[str, object] | None = None


def only(usual: Collection[Action]) -> Callable[[Action], Obstacle | None]:
    """Nothing but these is done to such a thing."""
    return lambda action: None if action in usual else obstacles.NOT_DONE_HERE


def task(session: Session, actor: Actor, slug: str, code: str) -> Thing:
    """A task, as a whole. A programme item is carried out through its duties."""
    here = grounds.find(session, actor, slug)
    found = sight.task(session, here, actor, code)
    can = Permissions(session, here, actor, [found]).on_task(found)
    own = found.family is not TaskFamily.PROGRAMME

    def unfit(action: Action) -> Obstacle | None:
        if own or action not in ON_A_TASK or action in (Action.PLAN_AMEND, Action.PLAN_PROPOSE):
            return only(ON_A_TASK)(action)
        return obstacles.CARRIED_OUT

    return Thing(grounds.item(session, here, found), can, unfit, _of_a_task, here, found)


def _of_a_task(action: Action) -> Obstacle:
    if action in statuses.ACTIONS:
        return obstacles.NO_PERIOD
    return obstacles.NOT_TRIGGERED if action is Action.OCCURRENCE_OPEN else obstacles.NOBODY_TO_URGE


def assignment(session: Session, actor: Actor, slug: str, public_id: str) -> Thing:
    """One body's part of a task, or its power over others."""
    here = grounds.find(session, actor, slug)
    query = select(Assignment, Task, Agency.code).join(Agency, Agency.id == Assignment.agency_id)
    query = query.join(Task, Task.id == Assignment.task_id).where(sight.own_part(here, actor))
    given, of, body = _row(session, here, actor, query, Assignment.public_id, public_id)
    can = Permissions(session, here, actor, [of]).on_assignment(of, given.role, body)
    power, lead = given.role not in (Role.LEAD, Role.COORDINATE), given.role is Role.LEAD

    def unfit(action: Action) -> Obstacle | None:
        if action in ON_A_TASK and (power or (action in OF_A_LEAD and not lead)):
            return obstacles.POWER if power else obstacles.CONTRIBUTION
        return only(ON_A_TASK)(action)

    def obstacle(action: Action) -> Obstacle:
        return obstacles.GROUP if given.fans_out else _of_a_task(action)

    return Thing(part_of(grounds.item(session, here, of), body), can, unfit, obstacle, here, of)


def output(session: Session, actor: Actor, slug: str, public_id: str) -> Thing:
    """What a body owes; its state decides what can become of it."""
    here = grounds.find(session, actor, slug)
    query = select(Output, Task, Agency.code).join(Assignment, Assignment.id == Output.assignment_id)
    query = query.join(Agency, Agency.id == Assignment.agency_id).join(Task, Task.id == Output.task_id)
    query = query.where(sight.own_part(here, actor))
    owed, of, body = _row(session, here, actor, query, Output.public_id, public_id)
    by = claimants.of(session, here, Output.id == owed.id)
    item = part_of(grounds.item(session, here, of), body, by)
    can = Permissions(session, here, actor, [of]).on_output(of, body, owed, by)

    def obstacle(action: Action) -> Obstacle:
        afters = (acts.after(kind, facts.of(owed, of)) for kind in ON_AN_OUTPUT[action])
        return next((one for one in afters if isinstance(one, Obstacle)), obstacles.ALREADY_SO)

    return Thing(item, can, only(ON_AN_OUTPUT), obstacle, here, of)


def activity(session: Session, actor: Actor, slug: str, public_id: str) -> Thing:
    """A record, standing or withdrawn."""
    here = grounds.find(session, actor, slug)
    query = select(Activity, Task, Agency.code, last_evidence.ALONE)
    query = query.join(Agency, Agency.id == Activity.agency_id).join(Task, Task.id == Activity.task_id)
    query = query.outerjoin(Output, Output.id == Activity.output_id)
    record, of, body, alone = _row(session, here, actor, query, Activity.public_id, public_id)
    can = Permissions(session, here, actor, [of]).on_activity(of, body, record, alone=bool(alone))

    def obstacle(action: Action) -> Obstacle:
        if record.status is ActivityStatus.STANDING:
            return obstacles.LAST_EVIDENCE
        return obstacles.ALREADY_SO if action is Action.ACTIVITY_WITHDRAW else obstacles.WITHDRAWN

    return Thing(
        part_of(grounds.item(session, here, of), body), can, only(ON_AN_ACTIVITY), obstacle, here, of
    )


def _row(
    session: Session, here: Ground, actor: Actor, query: Select[*tuple[Any, ...]], column: Any, public_id: str
) -> Any:
    """The one row of the plan with this id, if the caller may see its task."""
    wanted = (Task.plan_id == here.plan.id, column == public_id, sight.seen_whole(here, actor))
    found = session.execute(query.where(*wanted)).one_or_none()
    if found is None:
        raise NotFound()
    return found
