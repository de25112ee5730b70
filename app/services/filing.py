"""Filing: whose record it is, and the docket it belongs to."""

from collections.abc import Iterable
from typing import NamedTuple

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from app.errors import Fault, Invalid, NotFound, Text
from app.models import Activity, Agency, Assignment, Task
from app.models.unit import today
from app.rules.judging import Permit
from app.rules.ownership import Action
from app.rules.parties import Actor, Item
from app.rules.vocabulary import Role
from app.schemas.activities import ActivityIn
from app.services import access, dockets, grounds, offers, sight
from app.services.dockets import Docket
from app.services.grounds import Ground


class Leave(NamedTuple):
    """Leave to record for a body, and what it was judged by."""

    permit: Permit
    item: Item


File = dict[tuple[str | None, str | None], Activity]
"""A body's records by their natural keys."""


def for_record(session: Session, actor: Actor, here: Ground, body: ActivityIn) -> tuple[Docket, Leave]:
    """The docket of a record that is pushed now, if its pusher may record for that body."""
    task = sight.duty_named(session, here, actor, body.task)

    def permitted() -> Leave:
        item = grounds.item(session, here, task, body.agency)
        if not _bodies(item):
            item = grounds.item(session, here, task)
        permit = access.permit(
            actor,
            Action.ACTIVITY_RECORD,
            item,
            lambda: offers.instead(session, here, actor, Action.ACTIVITY_RECORD, task),
        )
        return Leave(permit, item)

    whose = _whose(actor, body, _bodies(permitted().item))
    locked = dockets.lock(session, task, _of_body(session, task, whose))
    leave = permitted()  # a decision may have come between: what holds is what holds now
    return dockets.opened(session, here, task, *locked), leave


def for_activity(
    session: Session, actor: Actor, slug: str, public_id: str, action: Action
) -> tuple[Docket, Activity, Permit]:
    """The docket of a record on file, if the caller may do this to it; the record as it is now."""
    here = grounds.find(session, actor, slug)
    found = session.execute(
        select(Activity.id, Activity.assignment_id, Task, Agency.code)
        .join(Task, Task.id == Activity.task_id)
        .join(Agency, Agency.id == Activity.agency_id)
        .where(
            Activity.plan_id == here.plan.id,
            Activity.public_id == public_id,
            sight.seen_whole(here, actor),
        )
    ).one_or_none()
    if found is None:
        raise NotFound()
    activity_id, assignment_id, task, agency_code = found

    def permitted() -> Permit:
        item = grounds.item(session, here, task, agency_code)
        return access.permit(actor, action, item, lambda: offers.instead(session, here, actor, action, task))

    permitted()
    locked = dockets.lock(session, task, assignment_id)
    permit = permitted()
    activity = session.scalars(
        select(Activity).where(Activity.id == activity_id).execution_options(populate_existing=True)
    ).one()
    return dockets.opened(session, here, task, *locked), activity, permit


_PUSHED = select(Activity).where(
    Activity.plan_id == bindparam("plan"),
    Activity.agency_id == bindparam("agency"),
    Activity.source_system.in_(bindparam("systems", expanding=True)),
    Activity.external_id.in_(bindparam("ids", expanding=True)),
)


def on_file(session: Session, docket: Docket, bodies: Iterable[ActivityIn]) -> File:
    """The records with the same natural keys that this body has pushed before. Read under the lock."""
    keys = {(body.source_system, body.external_id) for body in bodies if body.external_id is not None}
    if not keys:
        return {}
    found = session.scalars(
        _PUSHED,
        {
            "plan": docket.here.plan.id,
            "agency": docket.agency.id,
            "systems": list({system for system, _ in keys}),
            "ids": list({id_ for _, id_ in keys}),
        },
    )
    return {(one.source_system, one.external_id): one for one in found}


def _bodies(item: Item) -> tuple[str, ...]:
    """The bodies assigned to the item itself."""
    return (*item.roles.get(Role.LEAD, ()), *item.roles.get(Role.COORDINATE, ()))


_OF_BODY = (
    select(Assignment.id)
    .join(Agency, Agency.id == Assignment.agency_id)
    .where(
        Assignment.task_id == bindparam("task"),
        Agency.code == bindparam("agency"),
        Assignment.role.in_((Role.LEAD, Role.COORDINATE)),
        ~Assignment.fans_out,
        grounds.current(grounds.ON),
    )
    .order_by(Assignment.role.desc(), Assignment.id)  # lead before coordinate
    .limit(1)
)


def _of_body(session: Session, task: Task, agency_code: str) -> int:
    """The number of a body's own assignment, as lead if it is one."""
    return session.scalars(_OF_BODY, {"task": task.id, "agency": agency_code, "day": today(session)}).one()


def _whose(actor: Actor, body: ActivityIn, assigned: tuple[str, ...]) -> str:
    """The body whose activity it is: the caller, or the one it records for."""
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
