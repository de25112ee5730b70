"""Recording: an office's record moves the roll-up; a correction or a withdrawal moves it back.

Every act locks the one assignment it belongs to, so acts on the same assignment follow each other and acts
on different ones do not wait.
"""

from typing import Any

from sqlalchemy.orm import Session

from app.errors import Conflict, Stale, Text
from app.models import Activity, Withdrawal
from app.models.base import new_public_id
from app.models.unit import instant
from app.rules import versions
from app.rules.judging import Permit
from app.rules.ownership import Action
from app.rules.parties import Actor, part_of
from app.rules.versions import Version
from app.rules.vietnamese import fold, sort_key
from app.rules.vocabulary import ActivityStatus
from app.schemas.activities import ActivityIn, ActivityPatch, ActivityResult, WithdrawalIn
from app.services import (
    access,
    anniversaries,
    days,
    dockets,
    evidence,
    filing,
    obstacles,
    outcomes,
    standings,
)
from app.services.dockets import Docket
from app.services.outcomes import Outcome
from app.services.tallying import Tally

FIELDS = ("occurred_on", "kind", "title", "quantity", "channel", "languages", "link", "marks")
"""What a record says, apart from what it belongs to: what a correction may change."""


def record(session: Session, actor: Actor, slug: str, body: ActivityIn) -> tuple[ActivityResult, int]:
    """Record an activity, or bring up to date the one with the same natural key."""
    docket, permit = filing.for_record(session, actor, filing.ground(session, actor, slug, [body]), body)
    tally = Tally(session, docket, filing.on_file(session, docket, [body]))
    outcome = take(session, actor, tally, permit, body)
    tally.close()
    return outcomes.told(session, actor, outcome)


def take(session: Session, actor: Actor, tally: Tally, permit: Permit, body: ActivityIn) -> Outcome:
    """The same, where the docket is open and permission given. What is refused has touched nothing."""
    days.check(session, tally.docket.here.plan, ("/occurred_on", body.occurred_on))
    docket, key = tally.docket, (body.source_system, body.external_id)
    if body.external_id is not None and key in tally.file:
        return _again(session, actor, tally, tally.file[key], body)
    if body.marks is not None:
        anniversaries.check_mark(session, docket.here, body.marks)
    output = evidence.find(session, permit, docket, body.occurred_on, body.output, body.opens_occurrence)
    moved = tally.count(permit, None, tally.by(output, body.occurred_on, body.quantity))
    if body.opens_occurrence:
        session.flush()  # an occurrence that this record opens is known by its number from here on
    activity = Activity(
        public_id=new_public_id(),
        plan_id=docket.here.plan.id,
        task_id=docket.task.id,
        assignment_id=docket.assignment.id,
        agency_id=docket.agency.id,
        recorded_by_id=actor.agency_id,
        output_id=output.id if output else None,
        status=ActivityStatus.STANDING,
        source_system=body.source_system,
        external_id=body.external_id,
        source_updated_at=body.source_updated_at,
        recorded_at=instant(session),
        **_worded({name: getattr(body, name) for name in FIELDS}),
    )
    access.add(session, permit, [activity])
    tally.file[key] = activity
    tally.in_hand[activity] = None
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
        raise obstacles.conflict(obstacles.WITHDRAWN)
    values = {name: getattr(patch, name) for name in FIELDS if name in patch.model_fields_set}
    wanted = patch.output if "output" in patch.model_fields_set else evidence.kept(docket, activity)
    if not _differs(activity, values) and evidence.stays(docket, activity, wanted):
        return outcomes.told(session, actor, Outcome(docket, activity, "unchanged", []))
    tally = Tally(session, docket)
    outcome = _change(session, permit, tally, activity, values, wanted)
    tally.close()
    return outcomes.told(session, actor, outcome)


def withdraw(
    session: Session, actor: Actor, slug: str, public_id: str, body: WithdrawalIn
) -> tuple[ActivityResult, int]:
    """Withdraw a record: it stays, with the reason, and no longer counts. Twice is the same as once."""
    docket, activity, permit = filing.for_activity(session, actor, slug, public_id, Action.ACTIVITY_WITHDRAW)
    if activity.status is ActivityStatus.WITHDRAWN:
        return outcomes.told(session, actor, Outcome(docket, activity, "unchanged", []))
    tally = Tally(session, docket)
    moved = tally.count(permit, tally.of(activity), None)
    access.open_for_change(session, permit, [activity])
    tally.in_hand[activity] = None
    activity.status = ActivityStatus.WITHDRAWN
    if (standing := tally.close()) is not None:
        standings.unheard(session, standing, activity)
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


def _again(session: Session, actor: Actor, tally: Tally, known: Activity, body: ActivityIn) -> Outcome:
    """The same natural key again: nothing new, a correction, one that is overtaken, or a contradiction."""
    docket = tally.docket
    version = versions.of(body.source_updated_at, known.source_updated_at)
    is_own = known.assignment_id == docket.assignment.id
    if version in (Version.SAME, Version.STALE):
        its_own = docket if is_own else dockets.of_record(session, docket.here, actor, known)
        if its_own is not None:
            return Outcome(its_own, known, "unchanged" if version is Version.SAME else "stale", [])
    if known.task_id != docket.task.id:
        raise Conflict(
            Text(
                "Mã này thuộc bản ghi của nhiệm vụ khác: rút bản ghi đó rồi ghi lại bằng external_id mới",
                "This external_id is another task's: withdraw that record and use a new external_id",
            ),
            facts={"reason": "of_another_task"},
        )
    if not is_own:
        return _in_its_own_part(session, actor, docket, known, body)
    values = {name: getattr(body, name) for name in (*FIELDS, "source_updated_at")}
    opens = body.opens_occurrence and known.output_id is None
    names = "output" in body.model_fields_set and not body.opens_occurrence
    wanted = body.output if names else evidence.kept(docket, known)  # what it has opened it has
    if not opens and not _differs(known, values) and evidence.stays(docket, known, wanted):
        return Outcome(docket, known, "unchanged", [])
    if known.status is ActivityStatus.WITHDRAWN:
        raise obstacles.conflict(obstacles.WITHDRAWN)
    permit = access.permit(actor, Action.ACTIVITY_REVISE, part_of(docket.item, docket.agency.code))
    return _change(session, permit, tally, known, values, wanted, opens=opens)


def _in_its_own_part(
    session: Session, actor: Actor, docket: Docket, known: Activity, body: ActivityIn
) -> Outcome:
    """The same for a record of the time when this body had another role in the task: it stays what it was."""
    tally = Tally(session, dockets.opened(session, docket.here, actor, docket.task, known.assignment_id))
    outcome = _again(session, actor, tally, known, body)
    tally.close()
    session.flush()
    return outcome


def _change(
    session: Session,
    permit: Permit,
    tally: Tally,
    activity: Activity,
    values: dict[str, Any],
    wanted: str | None,
    *,
    opens: bool = False,
) -> Outcome:
    """Change a record, and take it into account as it is now."""
    docket = tally.docket
    day, quantity = values.get("occurred_on", activity.occurred_on), values.get("quantity", activity.quantity)
    days.check(session, docket.here.plan, ("/occurred_on", values.get("occurred_on")))
    if values.get("marks") not in (None, activity.marks):
        anniversaries.check_mark(session, docket.here, values["marks"])
    output = evidence.find(session, permit, docket, day, wanted, opens, evidence.of(docket, activity))
    moved = tally.count(permit, tally.of(activity), tally.by(output, day, quantity))
    if activity in tally.in_hand or opens:
        session.flush()  # each version goes on record; an occurrence is known by its number from here on
    access.open_for_change(session, permit, [activity])
    tally.in_hand[activity] = None
    for name, value in _worded(values).items():
        setattr(activity, name, value)
    activity.output_id = output.id if output else None
    return Outcome(docket, activity, "updated", moved)


def _worded(values: dict[str, Any]) -> dict[str, Any]:
    """The values with what follows from the title: the keys it is searched and sorted by."""
    if "title" not in values:
        return values
    return {**values, "search_text": fold(values["title"]), "sort_key": sort_key(values["title"])}


def _differs(activity: Activity, values: dict[str, Any]) -> bool:
    return any(getattr(activity, name) != value for name, value in values.items())
