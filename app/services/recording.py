"""Recording: an office's record moves the roll-up; a correction or a withdrawal moves it back.

Every act locks the one assignment it belongs to, so acts on the same assignment follow each other and acts
on different ones do not wait.
"""

from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from app.errors import Conflict, Fault, Invalid, Stale, Text
from app.models import Activity, Output, Withdrawal
from app.models.unit import instant, today
from app.rules import versions
from app.rules.judging import Permit
from app.rules.ownership import Action
from app.rules.parties import Actor
from app.rules.versions import Version
from app.rules.vietnamese import fold, sort_key
from app.rules.vocabulary import ActivityStatus
from app.schemas.activities import ActivityIn, ActivityPatch, ActivityResult, Moved, WithdrawalIn
from app.services import access, evidence, filing, grounds, outcomes, settling, standings
from app.services.dockets import Docket
from app.services.outcomes import Outcome

FIELDS = ("occurred_on", "kind", "title", "quantity", "channel", "languages", "link")
"""What a record says, apart from what it belongs to: what a correction may change."""


def record(session: Session, actor: Actor, slug: str, body: ActivityIn) -> tuple[ActivityResult, int]:
    """Record an activity, or bring up to date the one with the same natural key."""
    docket, permit = filing.for_record(session, actor, grounds.find(session, actor, slug), body)
    return outcomes.told(session, actor, take(session, actor, docket, permit, body))


def take(session: Session, actor: Actor, docket: Docket, permit: Permit, body: ActivityIn) -> Outcome:
    """The same, where the docket is open and leave is given."""
    _not_ahead(session, body.occurred_on)
    known = filing.on_file(session, docket, body)
    if known is not None:
        return _again(session, actor, docket, known, body)
    access.open_for_change(session, permit, [docket.assignment, *docket.outputs])
    output = evidence.find(session, permit, docket, body.occurred_on, body.output, body.opens_occurrence)
    moved = _covered(session, docket, body.quantity, body.occurred_on, output)
    standings.heard(session, docket.assignment)
    session.flush()  # an occurrence that this record opens is known by its number from here on
    activity = Activity(
        plan_id=docket.here.plan.id,
        task_id=docket.task.id,
        assignment_id=docket.assignment.id,
        agency_id=docket.agency.id,
        recorded_by_id=actor.agency_id,
        output_id=output.id if output else None,
        source_system=body.source_system,
        external_id=body.external_id,
        source_updated_at=body.source_updated_at,
        recorded_at=instant(session),
        **_worded({name: getattr(body, name) for name in FIELDS}),
    )
    access.add(session, permit, [activity])
    return Outcome(docket, activity, "created", moved)


def revise(
    session: Session,
    actor: Actor,
    slug: str,
    public_id: str,
    patch: ActivityPatch,
    versions: frozenset[int] | None,
) -> tuple[ActivityResult, int]:
    """Correct a record that is still at one of `versions` (None: at any)."""
    docket, activity, permit = filing.for_activity(session, actor, slug, public_id, Action.ACTIVITY_REVISE)
    if versions is not None and activity.version not in versions:
        raise Stale()
    if activity.status is ActivityStatus.WITHDRAWN:
        raise _withdrawn()
    values = {name: getattr(patch, name) for name in FIELDS if name in patch.model_fields_set}
    wanted = patch.output if "output" in patch.model_fields_set else evidence.kept(docket, activity)
    if not _differs(activity, values) and evidence.stays(docket, activity, wanted):
        return outcomes.told(session, actor, Outcome(docket, activity, "unchanged", []))
    return outcomes.told(session, actor, _change(session, permit, docket, activity, values, wanted))


def withdraw(
    session: Session, actor: Actor, slug: str, public_id: str, body: WithdrawalIn
) -> tuple[ActivityResult, int]:
    """Withdraw a record: it stays, with the reason, and no longer counts. Twice is the same as once."""
    docket, activity, permit = filing.for_activity(session, actor, slug, public_id, Action.ACTIVITY_WITHDRAW)
    if activity.status is ActivityStatus.WITHDRAWN:
        return outcomes.told(session, actor, Outcome(docket, activity, "unchanged", []))
    _uncover(session, permit, docket, activity)
    moved = _settled(session, docket)
    standings.unheard(session, docket.assignment, activity)
    activity.status = ActivityStatus.WITHDRAWN
    withdrawal = Withdrawal(
        plan_id=docket.here.plan.id,
        task_id=docket.task.id,
        activity_id=activity.id,
        withdrawn_by_id=actor.agency_id,
        reason=body.reason,
        withdrawn_at=instant(session),
    )
    access.add(session, permit, [withdrawal])
    return outcomes.told(session, actor, Outcome(docket, activity, "withdrawn", moved))


def _again(session: Session, actor: Actor, docket: Docket, known: Activity, body: ActivityIn) -> Outcome:
    """The same natural key again: nothing new, a correction, one that is overtaken, or a contradiction."""
    version = versions.of(body.source_updated_at, known.source_updated_at)
    if version in (Version.SAME, Version.STALE):
        return Outcome(docket, known, "unchanged" if version is Version.SAME else "stale", [])
    if known.task_id != docket.task.id:
        raise Conflict(
            Text(
                "Mã này thuộc bản ghi của nhiệm vụ khác: rút bản ghi đó rồi ghi lại bằng external_id mới",
                "This external_id is another task's: withdraw that record and use a new external_id",
            )
        )
    values = {name: getattr(body, name) for name in (*FIELDS, "source_updated_at")}
    opens = body.opens_occurrence and known.output_id is None
    wanted = body.output if "output" in body.model_fields_set else evidence.kept(docket, known)
    if not opens and not _differs(known, values) and evidence.stays(docket, known, wanted):
        return Outcome(docket, known, "unchanged", [])
    if known.status is ActivityStatus.WITHDRAWN:
        raise _withdrawn()
    item = grounds.item(session, docket.here, docket.task, docket.agency.code)
    permit = access.permit(actor, Action.ACTIVITY_REVISE, item)
    return _change(session, permit, docket, known, values, wanted, opens=opens)


def _change(
    session: Session,
    permit: Permit,
    docket: Docket,
    activity: Activity,
    values: dict[str, Any],
    wanted: str | None,
    *,
    opens: bool = False,
) -> Outcome:
    """Take the record out of account as it was, change it, and take it into account as it is now."""
    day, quantity = values.get("occurred_on", activity.occurred_on), values.get("quantity", activity.quantity)
    _not_ahead(session, day)
    _uncover(session, permit, docket, activity)
    output = evidence.find(session, permit, docket, day, wanted, opens)
    moved = _covered(session, docket, quantity, day, output, activity)
    if opens:
        session.flush()  # the occurrence is known by its number from here on
    for name, value in _worded(values).items():
        setattr(activity, name, value)
    activity.output_id = output.id if output else None
    return Outcome(docket, activity, "updated", moved)


def _uncover(session: Session, permit: Permit, docket: Docket, activity: Activity) -> None:
    """Take a standing record out of account. Nothing moves by that alone: see `_settled`."""
    access.open_for_change(session, permit, [activity, docket.assignment, *docket.outputs])
    pieces = activity.quantity if evidence.fills_pieces(docket, activity.occurred_on) else 0
    settling.uncover(session, docket, activity, pieces)


def _covered(
    session: Session,
    docket: Docket,
    quantity: int,
    day: date,
    output: Output | None,
    corrected: Activity | None = None,
) -> list[Moved]:
    """Take a standing record into account, and move what it moves."""
    pieces = quantity if evidence.fills_pieces(docket, day) else 0
    settling.cover(session, docket, output, pieces, day, corrected)
    return _settled(session, docket)


def _settled(session: Session, docket: Docket) -> list[Moved]:
    """Move the outputs to where they stand when all is said.

    The last evidence of a confirmed output stays until the monitor returns it (model §2).
    """
    if any(output.confirmed and not output.evidence for output in docket.outputs):
        raise Conflict(
            Text(
                "Bản ghi là minh chứng cuối cùng của đầu ra đã xác nhận: cơ quan theo dõi phải trả lại trước",
                "This is the last evidence of a confirmed output: the monitor has to return it first",
            )
        )
    return settling.settle(session, docket.task, docket.assignment, docket.outputs)


def _worded(values: dict[str, Any]) -> dict[str, Any]:
    """The values with what follows from the title: the keys it is searched and sorted by."""
    if "title" not in values:
        return values
    return {**values, "search_text": fold(values["title"]), "sort_key": sort_key(values["title"])}


def _differs(activity: Activity, values: dict[str, Any]) -> bool:
    return any(getattr(activity, name) != value for name, value in values.items())


def _not_ahead(session: Session, day: date) -> None:
    if day > today(session):
        raise Invalid(
            faults=[
                Fault(
                    "/occurred_on",
                    "in_the_future",
                    Text(
                        "Chưa đến ngày này: chỉ ghi việc đã làm",
                        "This day has not come: record what has been done",
                    ),
                )
            ]
        )


def _withdrawn() -> Conflict:
    return Conflict(
        Text(
            "Bản ghi đã được rút lại: hãy ghi một bản ghi mới",
            "The record has been withdrawn: make a new one",
        )
    )
