"""Dockets: the one assignment an act is about, locked, with all that belongs to it.

Acts on the same assignment follow each other; acts on different ones do not wait. What holds is what holds
under the lock: a decision may have come between. Where the lock has to be found by what is asked about, leave
is asked before it and again under it.
"""

from dataclasses import dataclass

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from app.errors import NotFound
from app.models import Activity, Agency, Assignment, Output, Task
from app.rules.judging import Permit, allowed
from app.rules.ownership import Action
from app.rules.parties import Actor, Item, part_of
from app.rules.vocabulary import Role
from app.services import access, claimants, grounds, offers, outputs, sight
from app.services.grounds import Ground


@dataclass(frozen=True, slots=True)
class Docket:
    """The one assignment an act is about: locked, with its task, what the rules know of that, its body and
    its outputs."""

    here: Ground
    task: Task
    item: Item
    assignment: Assignment
    agency: Agency
    outputs: list[Output]


def for_output(
    session: Session, actor: Actor, slug: str, public_id: str, action: Action
) -> tuple[Docket, Output, Permit]:
    """The docket of an output, if the caller may do this to it; the output as it is now."""
    return _for_output(session, actor, slug, public_id, (action,))


def for_confirmation(
    session: Session, actor: Actor, slug: str, public_id: str
) -> tuple[Docket, Output, Permit]:
    """The same to confirm it: in its own right, or, where the caller judges itself, marked as that."""
    actions = (Action.OUTPUT_CONFIRM, Action.OUTPUT_SELF_CONFIRM)
    return _for_output(session, actor, slug, public_id, actions)


def _for_output(
    session: Session, actor: Actor, slug: str, public_id: str, actions: tuple[Action, ...]
) -> tuple[Docket, Output, Permit]:
    here = grounds.find(session, actor, slug)
    found = session.execute(
        select(Output, Task, Agency.code)
        .join(Task, Task.id == Output.task_id)
        .join(Assignment, Assignment.id == Output.assignment_id)
        .join(Agency, Agency.id == Assignment.agency_id)
        .where(
            Output.plan_id == here.plan.id,
            Output.public_id == public_id,
            sight.seen_whole(here, actor),
            sight.own_part(here, actor),
        )
    ).one_or_none()
    if found is None:
        raise NotFound()
    output, task, body = found

    def permitted(here: Ground, item: Item) -> Permit:
        part = part_of(item, body, claimants.of(session, here, Output.id == output.id))
        action = next(iter(allowed(actor, actions, part)), actions[0])
        return access.permit(actor, action, part, lambda: offers.instead(session, here, actor, action, task))

    permitted(here, grounds.item(session, here, task))
    docket = opened(session, here, actor, task, output.assignment_id)
    return docket, output, permitted(docket.here, docket.item)


def for_assignment(
    session: Session, actor: Actor, slug: str, public_id: str, action: Action, period: str | None = None
) -> tuple[Docket, Permit]:
    """The docket of an accountable body's part, if the caller may do this to it, or to a period of it."""
    here = grounds.find(session, actor, slug)
    found = session.execute(
        select(Assignment.id, Task, Agency.code)
        .join(Task, Task.id == Assignment.task_id)
        .join(Agency, Agency.id == Assignment.agency_id)
        .where(
            Assignment.plan_id == here.plan.id,
            Assignment.public_id == public_id,
            Assignment.role == Role.LEAD,
            ~Assignment.fans_out,
            sight.seen_whole(here, actor),
            sight.own_part(here, actor),
        )
    ).one_or_none()
    if found is None:
        raise NotFound()
    assignment_id, task, body = found

    def permitted(here: Ground, item: Item) -> Permit:
        owed = (Output.assignment_id == assignment_id, Output.code == period)
        part = part_of(item, body, claimants.of(session, here, *owed))
        return access.permit(actor, action, part, lambda: offers.instead(session, here, actor, action, task))

    permitted(here, grounds.item(session, here, task))
    docket = opened(session, here, actor, task, assignment_id)
    return docket, permitted(docket.here, docket.item)


_LOCKED = (
    select(Assignment, Agency)
    .join(Agency, Agency.id == Assignment.agency_id)
    .where(Assignment.id == bindparam("id"))
    .with_for_update(of=Assignment)
    .execution_options(populate_existing=True)
)
_ANEW = select(Task).where(Task.id == bindparam("id")).execution_options(populate_existing=True)


def opened(session: Session, here: Ground, actor: Actor, task: Task, assignment_id: int) -> Docket:
    """Lock an assignment, and read its task anew, and who has which power: what an amendment changes, it
    changes under this lock."""
    assignment, agency = session.execute(_LOCKED, {"id": assignment_id}).one()
    session.scalars(_ANEW, {"id": task.id}).one()
    here = grounds.find(session, actor, here.plan.slug)
    return of_locked(session, here, task, grounds.item(session, here, task), assignment, agency)


def of_locked(
    session: Session, here: Ground, task: Task, item: Item, assignment: Assignment, agency: Agency
) -> Docket:
    """The docket of an assignment that is locked, its task and item read since."""
    return Docket(here, task, item, assignment, agency, outputs.owed_by(session, assignment))


def of_record(session: Session, here: Ground, actor: Actor, activity: Activity) -> Docket | None:
    """The docket of the part that a record on file belongs to, only looked at; None where the caller does not
    see its task."""
    found = session.execute(
        select(Assignment, Agency, Task)
        .join(Agency, Agency.id == Assignment.agency_id)
        .join(Task, Task.id == Assignment.task_id)
        .where(Assignment.id == activity.assignment_id, sight.seen_whole(here, actor))
    ).one_or_none()
    if found is None:
        return None
    assignment, agency, task = found
    owed = outputs.owed_by(session, assignment)
    return Docket(here, task, grounds.item(session, here, task), assignment, agency, owed)
