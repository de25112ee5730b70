"""Dockets: whose record it is, and the one assignment it is about, locked.

Acts on the same assignment follow each other; acts on different ones do not wait.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.errors import Fault, Invalid, NotFound, Text
from app.models import Activity, Agency, Assignment, Implementation, Output, Task
from app.rules.ownership import Action, Permit, judge
from app.rules.parties import Actor
from app.rules.vocabulary import Role, TaskFamily
from app.schemas.activities import ActivityIn
from app.services import access, outputs
from app.services.access import Ground


@dataclass(frozen=True, slots=True)
class Docket:
    """The one assignment an act is about: locked, with its task, its body and its outputs."""

    here: Ground
    task: Task
    assignment: Assignment
    agency: Agency
    outputs: list[Output]


def for_record(session: Session, actor: Actor, slug: str, body: ActivityIn) -> tuple[Docket, Permit]:
    """The docket of a record that is pushed now, if its pusher may record for that body."""
    here = access.ground(session, actor, slug)
    task = _task(session, here, actor, body.task)
    if task.family is TaskFamily.PROGRAMME:
        raise _carried_out_by(session, here, actor, task)
    item = access.item(session, here, task, body.agency)
    if not item.roles:
        item = access.item(session, here, task)
    permit = access.permit(actor, Action.ACTIVITY_RECORD, item, lambda: _instead(session, here, actor))
    return _locked(session, here, task, _whose(actor, body, item.roles)), permit


def for_activity(
    session: Session, actor: Actor, slug: str, public_id: str, action: Action
) -> tuple[Docket, Activity, Permit]:
    """The docket of a record on file, if the caller may do this to it; the record as it is now."""
    here = access.ground(session, actor, slug)
    found = session.execute(
        select(Activity.id, Task, Agency.code)
        .join(Task, Task.id == Activity.task_id)
        .join(Agency, Agency.id == Activity.agency_id)
        .where(
            Activity.plan_id == here.plan.id,
            Activity.public_id == public_id,
            access.seen_whole(here, actor),
        )
    ).one_or_none()
    if found is None:
        raise NotFound()
    activity_id, task, agency_code = found
    item = access.item(session, here, task, agency_code)
    permit = access.permit(actor, action, item, lambda: _instead(session, here, actor))
    docket = _locked(session, here, task, agency_code)
    activity = session.scalars(
        select(Activity).where(Activity.id == activity_id).execution_options(populate_existing=True)
    ).one()
    return docket, activity, permit


def on_file(session: Session, docket: Docket, body: ActivityIn) -> Activity | None:
    """The record with the same natural key, if this body has pushed it before."""
    if body.external_id is None:
        return None
    return session.scalars(
        select(Activity).where(
            Activity.plan_id == docket.here.plan.id,
            Activity.agency_id == docket.agency.id,
            Activity.source_system == body.source_system,
            Activity.external_id == body.external_id,
        )
    ).one_or_none()


def _locked(session: Session, here: Ground, task: Task, agency_code: str) -> Docket:
    """Lock the body's own assignment, as lead if it is one, and read what it owes."""
    found = session.execute(
        select(Assignment, Agency)
        .join(Agency, Agency.id == Assignment.agency_id)
        .where(
            Assignment.task_id == task.id,
            Agency.code == agency_code,
            Assignment.role.in_((Role.LEAD, Role.COORDINATE)),
            ~Assignment.fans_out,
        )
        .order_by(Assignment.role.desc(), Assignment.id)  # lead before coordinate
        .limit(1)
        .with_for_update(of=Assignment)
        .execution_options(populate_existing=True)
    ).one()
    assignment, agency = found
    return Docket(here, task, assignment, agency, outputs.owed_by(session, assignment))


def _task(session: Session, here: Ground, actor: Actor, code: str) -> Task:
    """The task a record names. One the caller may not see is as unknown as one that does not exist."""
    try:
        return access.task(session, here, actor, code)
    except NotFound as unknown:
        raise Invalid(
            faults=[
                Fault(
                    "/task",
                    "unknown_task",
                    Text("Kế hoạch không có nhiệm vụ này", "The plan has no such task"),
                )
            ]
        ) from unknown


def _carried_out_by(session: Session, here: Ground, actor: Actor, task: Task) -> Invalid:
    """A programme item takes no records: it looks at the duties that carry it out, which are named."""
    duties = session.scalars(
        select(Task.code)
        .join(Implementation, Implementation.duty_id == Task.id)
        .where(Implementation.task_id == task.id, access.seen_whole(here, actor))
        .order_by(Task.order_key)
    ).all()
    codes = ", ".join(duties)
    return Invalid(
        faults=[
            Fault(
                "/task",
                "carried_out_by_duties",
                Text(
                    f"Nhiệm vụ trọng tâm được thực hiện qua: {codes}",
                    f"A programme item is carried out by duties: {codes}",
                ),
            )
        ],
        facts={"duties": list(duties)},
    )


def _whose(actor: Actor, body: ActivityIn, roles: Mapping[Role, tuple[str, ...]]) -> str:
    """The body whose activity it is: the caller, or the one it records for."""
    assigned = (*roles.get(Role.LEAD, ()), *roles.get(Role.COORDINATE, ()))
    whose = body.agency or actor.agency
    if whose in assigned:
        return str(whose)
    raise Invalid(
        faults=[
            Fault(
                "/agency",
                "agency_not_assigned" if body.agency else "missing",
                Text(
                    f"Ghi thay thì phải nêu cơ quan được phân công: {', '.join(assigned)}",
                    f"On behalf, name an assigned agency: {', '.join(assigned)}",
                ),
            )
        ]
    )


def _instead(session: Session, here: Ground, actor: Actor) -> dict[str, object] | None:
    """What this caller could record on: its own tasks, as far as the same rules would let it."""
    own = session.scalars(
        select(Task)
        .where(
            Task.plan_id == here.plan.id,
            Task.id.in_(
                select(Assignment.task_id).where(
                    Assignment.agency_id == actor.agency_id,
                    Assignment.role.in_((Role.LEAD, Role.COORDINATE)),
                )
            ),
            access.seen_whole(here, actor),
        )
        .order_by(Task.order_key)
    )
    open_to_it = [
        task.code
        for task in own
        if isinstance(judge(actor, Action.ACTIVITY_RECORD, access.item(session, here, task)), Permit)
    ]
    return {"operation": "record_activity", "task": open_to_it} if open_to_it else None
