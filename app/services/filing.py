"""Filing: whose record it is, and the docket it belongs to."""

from collections.abc import Iterable

from sqlalchemy import Boolean, bindparam, case, or_, select
from sqlalchemy.orm import Session

from app.errors import Invalid, NotFound
from app.models import Activity, Agency, Assignment, Task
from app.rules.judging import Permit
from app.rules.ownership import Action
from app.rules.parties import Actor, Item, part_of
from app.rules.vocabulary import Role
from app.schemas.activities import ActivityIn
from app.services import access, dockets, grounds, offers, sight
from app.services.dockets import Docket
from app.services.grounds import Ground

File = dict[tuple[str | None, str | None], Activity]
"""A body's records by their natural keys."""


def ground(session: Session, actor: Actor, slug: str, bodies: Iterable[ActivityIn]) -> Ground:
    """Where records are pushed now. Whoever records for another does it by a power, which nobody may lose
    meanwhile; a body's own part is locked by itself, and no row that all others would have to hold."""
    for_another = any(body.agency not in (None, actor.agency) for body in bodies)
    return (grounds.find_held if for_another else grounds.find)(session, actor, slug)


def for_record(session: Session, actor: Actor, here: Ground, body: ActivityIn) -> tuple[Docket, Permit]:
    """The docket of a record that is pushed now, if its pusher may record for that body; on behalf also for
    one that handed its part over, whose claims would want evidence for ever. Where that one coordinates now,
    what names an output is of the part that it handed over: a contribution has none."""
    whose = body.agency or actor.agency
    asked = {"plan": here.plan.id, "task": body.task, "agency": whose, "day": here.today}
    locked = session.execute(_PART, {**asked, "named": names_for_another(actor, body)}).one_or_none()
    task = sight.duty_named(session, here, actor, body.task)
    item = grounds.item(session, here, task)
    assigned = (*item.roles.get(Role.LEAD, ()), *item.roles.get(Role.COORDINATE, ()))
    known = (*assigned, *item.former)
    permit = access.permit(
        actor,
        Action.ACTIVITY_RECORD,
        part_of(item, body.agency) if body.agency in known else item,
        lambda: offers.instead(session, here, actor, Action.ACTIVITY_RECORD, task),
    )
    if whose not in known:
        raise _not_assigned(body, assigned)
    if locked is None:  # a decision came between, which gave this body its part
        return for_record(session, actor, here, body)
    return dockets.of_locked(session, here, task, item, *locked), permit


def names_for_another(actor: Actor, body: ActivityIn) -> bool:
    """Whether it is said, in another's name, which output a record is evidence of."""
    return body.agency not in (None, actor.agency) and body.output is not None


_NOW, _LEAD = grounds.current(grounds.ON), Assignment.role == Role.LEAD
_PART = (
    select(Assignment, Agency)
    .join(Agency, Agency.id == Assignment.agency_id)
    .join(Task, Task.id == Assignment.task_id)
    .where(
        Task.plan_id == bindparam("plan"),
        Task.code == bindparam("task"),
        Agency.code == bindparam("agency"),
        Assignment.role.in_((Role.LEAD, Role.COORDINATE)),
        ~Assignment.fans_out,
        or_(_NOW, _LEAD),
    )
    .order_by(
        case((_NOW & _LEAD, 0), (bindparam("named", type_=Boolean) & _LEAD, 1), (_NOW, 2), else_=3),
        Assignment.id,
    )
    .limit(1)
    .with_for_update(of=Assignment)
    .execution_options(populate_existing=True)
)
"""A body's own part of a duty, or the one it handed over, locked: what is read from here on, decisions
included, stays so."""


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

    def permitted(item: Item) -> Permit:
        part = part_of(item, agency_code)
        return access.permit(actor, action, part, lambda: offers.instead(session, here, actor, action, task))

    permitted(grounds.item(session, here, task))
    docket = dockets.opened(session, here, actor, task, assignment_id)
    permit = permitted(docket.item)
    activity = session.scalars(
        select(Activity).where(Activity.id == activity_id).execution_options(populate_existing=True)
    ).one()
    return docket, activity, permit


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


def _not_assigned(body: ActivityIn, assigned: tuple[str, ...]) -> Invalid:
    """Who records for others has to say for whom, and only those are named who have a part."""
    return Invalid.at(
        "/agency",
        "agency_not_assigned" if body.agency else "missing",
        f"Ghi thay thì phải nêu cơ quan được phân công: {', '.join(assigned)}",
        f"On behalf, name an assigned agency: {', '.join(assigned)}",
    )
