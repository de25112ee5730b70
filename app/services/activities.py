"""Activities as they stand: found, read, shown. What changes them is in `recording`."""

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Select, select
from sqlalchemy.orm import Session, aliased

from app.errors import NotFound
from app.models import Activity, Agency, Assignment, Output, Plan, Task, Withdrawal
from app.rules.parties import Actor
from app.rules.vocabulary import ActivityStatus, AgencyKind, Role, TaskKind
from app.schemas.activities import ActivityFilter, ActivityOut, ActivityPage, WithdrawalOut
from app.schemas.base import AgencyRef, TaskRef
from app.schemas.lists import several
from app.services import grounds, last_evidence, listing, sections, settling, sight
from app.services.dockets import Docket
from app.services.grounds import Ground
from app.services.permissions import Permissions

_RECORDER, _WITHDRAWER = aliased(Agency), aliased(Agency)
ORDERS = {
    "id": Activity.public_id,
    "occurred_on": Activity.occurred_on,
    "title": Activity.sort_key,
}


def find(session: Session, actor: Actor, slug: str, ask: ActivityFilter) -> ActivityPage:
    """List records, the latest first unless asked otherwise. Withdrawn ones stay, marked."""
    here = grounds.find(session, actor, slug)
    query = _query(here, actor, *listing.matching(Activity.search_text, ask.q))
    for column, wanted in (
        (Output.public_id, ask.output),
        (Activity.kind, ask.kind),
        (Activity.channel, ask.channel),
        (Activity.status, ask.status),
        (Activity.marks, ask.marks),
        (Activity.source_system, ask.source_system),
    ):
        if wanted:
            query = query.where(column.in_(several(wanted)))
    if ask.task:  # by their numbers, which lead through an index into the midst of a million
        duties = select(Task.id).where(Task.plan_id == here.plan.id, Task.code.in_(several(ask.task)))
        query = query.where(Activity.task_id.in_(session.scalars(duties).all()))
    if ask.agency:
        bodies = select(Agency.id).where(Agency.code.in_(several(ask.agency)))
        query = query.where(Activity.agency_id.in_(session.scalars(bodies).all()))
    if ask.external_id:
        query = query.where(Activity.external_id == ask.external_id)
    if ask.section:
        query = query.where(Task.section_id.in_(sections.below(session, here, several(ask.section))))
    if ask.can:
        query = query.where(Permissions(session, here, actor).activities(several(ask.can)))
    if ask.occurred_from:
        query = query.where(Activity.occurred_on >= ask.occurred_from)
    if ask.occurred_to:
        query = query.where(Activity.occurred_on <= ask.occurred_to)
    found = listing.page(session, query, ask, ORDERS, by="-id", last=[Activity.public_id], place=slug)
    items = _out(session, here, actor, found.rows)
    return ActivityPage(items=items, next_cursor=found.next_cursor, total=found.total)


def latest(session: Session, here: Ground, actor: Actor, how_many: int) -> list[ActivityOut]:
    """The records that came in last and still stand."""
    query = _query(here, actor, Activity.status == ActivityStatus.STANDING)
    query = query.order_by(Activity.public_id.desc()).limit(listing.at_most(how_many))
    return _out(session, here, actor, session.execute(query).all())


def get(session: Session, actor: Actor, slug: str, public_id: str) -> tuple[ActivityOut, int]:
    """One record, and its version."""
    here = grounds.find(session, actor, slug)
    return one(session, here, actor, public_id)


def one(session: Session, here: Ground, actor: Actor, public_id: str) -> tuple[ActivityOut, int]:
    """The same, in a plan already found."""
    row = session.execute(_query(here, actor, Activity.public_id == public_id)).one_or_none()
    if row is None:
        raise NotFound()
    return _out(session, here, actor, [row])[0], row[0].version


def filed(session: Session, actor: Actor, docket: Docket, activity: Activity) -> ActivityOut:
    """A standing record of the docket that is in hand, of which nothing has to be looked up."""
    output = next((output for output in docket.outputs if output.id == activity.output_id), None)
    row = (
        activity,
        docket.task,
        docket.agency,
        session.get_one(Agency, activity.recorded_by_id),
        output.code if output else None,
        output.dropped if output else None,
        docket.assignment.role,
        None,
        None,
        output is not None and output.confirmed and output.evidence == 1,
    )
    known = {docket.task.id: docket.item}
    may = Permissions(session, docket.here, actor, known=known, spare=_to_spare(docket))
    return _one(docket.here, may, row)


def _to_spare(docket: Docket) -> dict[int, int]:
    places = [place for place, one in enumerate(settling.pieces_of(docket.outputs), 1) if one.confirmed]
    held = docket.assignment
    return {held.id: held.recorded_quantity - places[-1]} if places else {}


def by_ids(session: Session, actor: Actor, slug: str, public_ids: Collection[str]) -> dict[str, ActivityOut]:
    """Those of these records that there are for this caller, by their ids."""
    here = grounds.find(session, actor, slug)
    rows = session.execute(_query(here, actor, Activity.public_id.in_(public_ids))).all()
    return {shown.id: shown for shown in _out(session, here, actor, rows)}


def _query(here: Ground, actor: Actor, *conditions: ColumnElement[bool]) -> Select[*tuple[Any, ...]]:
    return (
        select(
            *(Activity, Task, Agency, _RECORDER, Output.code, Output.dropped, Assignment.role),
            *(Withdrawal, _WITHDRAWER, last_evidence.ALONE),
        )
        .join(Task, Task.id == Activity.task_id)
        .join(Agency, Agency.id == Activity.agency_id)
        .join(_RECORDER, _RECORDER.id == Activity.recorded_by_id)
        .join(Assignment, Assignment.id == Activity.assignment_id)
        .outerjoin(Output, Output.id == Activity.output_id)
        .outerjoin(Withdrawal, Withdrawal.activity_id == Activity.id)
        .outerjoin(_WITHDRAWER, _WITHDRAWER.id == Withdrawal.withdrawn_by_id)
        .where(Activity.plan_id == here.plan.id, sight.seen_whole(here, actor), *conditions)
    )


def _out(session: Session, here: Ground, actor: Actor, rows: Sequence[Any]) -> list[ActivityOut]:
    may = Permissions(session, here, actor, [task for _, task, *_ in rows])
    return [_one(here, may, row) for row in rows]


def counts(plan: Plan, task: Task, agency: Agency, role: Role, activity: Activity, found: bool) -> bool:
    """Whether a record is evidence of something that is owed: of an output that it `found`, or of pieces,
    which a group never owes, only its members."""
    in_time = activity.occurred_on >= plan.period_from
    has_pieces = task.kind is TaskKind.COUNTED and task.target is not None
    fills_pieces = has_pieces and agency.kind is not AgencyKind.GROUP and in_time
    stands = activity.status is ActivityStatus.STANDING
    return stands and role is Role.LEAD and (found or fills_pieces)


def _one(here: Ground, may: Permissions, row: Any) -> ActivityOut:
    activity, task, agency, recorder, output, dropped, role, withdrawal, withdrawer, alone = row
    return ActivityOut(
        id=activity.public_id,
        task=TaskRef(code=task.code, title_vi=task.title_vi),
        agency=AgencyRef(code=agency.code, name_vi=agency.name_vi),
        recorded_by=AgencyRef(code=recorder.code, name_vi=recorder.name_vi),
        status=activity.status,
        counts=counts(here.plan, task, agency, role, activity, output is not None and not dropped),
        output=output,
        occurred_on=activity.occurred_on,
        kind=activity.kind,
        title=activity.title,
        quantity=activity.quantity,
        channel=activity.channel,
        languages=activity.languages,
        link=activity.link,
        marks=activity.marks,
        source_system=activity.source_system,
        external_id=activity.external_id,
        source_updated_at=activity.source_updated_at,
        recorded_at=activity.recorded_at,
        withdrawal=withdrawal
        and WithdrawalOut(
            id=withdrawal.public_id,
            by=AgencyRef(code=withdrawer.code, name_vi=withdrawer.name_vi),
            reason=withdrawal.reason,
            withdrawn_at=withdrawal.withdrawn_at,
        ),
        can=may.on_activity(task, agency.code, activity, alone=bool(alone)),
    )
