"""Amending: the plan's owner enters a decision, and the plan changes by all of it or by nothing of it."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.errors import Conflict, Failure, Text
from app.models import Amendment, Plan, Task
from app.models.unit import instant
from app.rules.judging import Permit
from app.rules.ownership import Action
from app.rules.parties import Actor
from app.rules.vocabulary import TaskKind
from app.schemas import changing as wire
from app.schemas.amendments import AmendmentIn, AmendmentResult, DecisionIn
from app.schemas.base import In
from app.schemas.progress import Levels
from app.services import (
    access,
    amendments,
    days,
    drafting,
    extending,
    figures,
    grounds,
    holding,
    offers,
    parts,
    reassigning,
    regrouping,
    renaming,
    reshaping,
)
from app.services.drafting import Draft
from app.services.grounds import Ground

_DO: Mapping[type[In], Callable[[Draft, Any], None]] = {
    wire.WeightChange: reshaping.set_weight,
    wire.TargetChange: reshaping.set_target,
    wire.MilestonesChange: reshaping.set_milestones,
    wire.DeadlineChange: reshaping.set_deadline,
    wire.PeriodChange: reshaping.set_period,
    wire.VisibilityChange: reshaping.set_visibility,
    wire.StatusChange: reshaping.set_status,
    wire.LeadsChange: reassigning.set_leads,
    wire.CoordinatorsChange: reassigning.set_coordinators,
    wire.MemberChange: regrouping.set_member,
    wire.SuccessionChange: regrouping.succeed,
    wire.AgencyChange: extending.add_agency,
    wire.NameChange: renaming.rename,
    wire.PowerChange: reassigning.set_power,
    wire.ApproverChange: extending.set_approver,
    wire.DutyChange: extending.add_duty,
    wire.ImplementationChange: extending.link,
    wire.ThresholdsChange: extending.set_thresholds,
}
_OF_AGENCIES = (wire.MemberChange, wire.SuccessionChange, wire.AgencyChange, wire.NameChange)
_EVERYWHERE = (wire.MemberChange, wire.SuccessionChange, wire.PowerChange)
"""What takes up every task of the plan."""


def amend(
    session: Session, actor: Actor, slug: str, body: AmendmentIn, *, dry_run: bool = False
) -> AmendmentResult:
    """Enter a decision; or rehearse it, and keep nothing."""
    here = grounds.find(session, actor, slug)
    facts = (body.decision, body.summary, body.changes, body.amends_revision)
    if not dry_run:
        return enter(session, here, actor, *facts)[0]
    with session.begin_nested() as rehearsal:
        result, _ = enter(session, here, actor, *facts)
        rehearsal.rollback()
    return result.model_copy(update={"applied": False})


def _leave(session: Session, here: Ground, actor: Actor, changes: Sequence[In]) -> Permit:
    """Ask leave to amend; agencies, groups and succession are a power of their own."""
    if _of_agencies(changes):
        access.permit(actor, Action.AGENCY_EDIT, here.item)
    return access.permit(
        actor, Action.PLAN_AMEND, here.item, lambda: offers.instead(session, here, actor, Action.PLAN_AMEND)
    )


def _of_agencies(changes: Sequence[In]) -> bool:
    return any(isinstance(change, _OF_AGENCIES) for change in changes)


def enter(
    session: Session,
    here: Ground,
    actor: Actor,
    decision: DecisionIn,
    summary: str | None,
    changes: Sequence[In],
    amends_revision: int | None,
) -> tuple[AmendmentResult, Amendment]:
    """One amendment of a plan at a time, and one about agencies of all plans; records go on beside it.
    Another decision may have come between, and with it another owner: leave is asked before the plan is
    locked, and again under the lock."""
    _leave(session, here, actor, changes)
    if _of_agencies(changes):
        drafting.hold_groups(session)
    plan = taken_up(session, here.plan, amends_revision)
    here = grounds.find(session, actor, plan.slug)
    permit = _leave(session, here, actor, changes)
    days.check(session, plan, ("/decision/decided_on", decision.decided_on))
    before = _figure(session, here, actor)
    access.open_for_change(session, permit, [plan])
    apply(session, permit, plan, changes)
    plan.revision += 1
    amendment = Amendment(
        plan_id=plan.id,
        revision=plan.revision,
        decision_number=decision.number,
        decided_on=decision.decided_on,
        issuer=decision.issuer,
        summary=summary,
        changes=[change.model_dump(mode="json", exclude_unset=True) for change in changes],
        entered_by_id=actor.agency_id,
        entered_at=instant(session),
        label=f"{plan.slug}/{plan.revision}",
    )
    access.add(session, permit, [amendment])
    session.flush()
    # Who decided is told by what it saw when it did: an owner that is followed loses no figure by that.
    now = replace(grounds.find(session, actor, plan.slug), insider=here.insider)
    result = AmendmentResult(
        applied=True,
        amendment=amendments.out(session, now, actor, amendment),
        before=before,
        after=_figure(session, now, actor),
    )
    return result, amendment


def apply(session: Session, permit: Permit, plan: Plan, changes: Sequence[In]) -> None:
    """Make the changes, one after the other; what is wrong with one is told at its place in the list."""
    draft = holding.reopened(session, permit, plan)
    holding.lock(draft, _taken_by(draft, changes))
    for place, change in enumerate(changes):
        try:
            _DO[type(change)](draft, change)
        except Failure as failure:
            failure.faults = tuple(
                fault._replace(pointer=f"/changes/{place}{fault.pointer}") for fault in failure.faults
            )
            raise
        session.flush()


def _taken_by(draft: Draft, changes: Sequence[In]) -> Iterator[Task]:
    """The tasks that the changes take up, as far as there are such."""
    named = {getattr(change, "task", None) for change in changes}
    everywhere = any(isinstance(change, _EVERYWHERE) for change in changes)
    rhythm = any(isinstance(change, wire.PeriodChange) and change.task is None for change in changes)
    for code, task in draft.tasks.items():
        if everywhere or code in named or (rhythm and task.kind is TaskKind.CONTINUOUS):
            yield task


def taken_up(session: Session, plan: Plan, amends_revision: int | None = None) -> Plan:
    """Lock the plan against other amendments; it must be the revision the decision was written for."""
    found = session.scalars(
        select(Plan)
        .where(Plan.id == plan.id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    ).one()
    if amends_revision not in (None, found.revision):
        raise Conflict(
            Text(
                f"Kế hoạch đã được điều chỉnh: hiện là lần {found.revision}; hãy đọc lại rồi gửi lại",
                f"The plan has been amended since: it is at revision {found.revision}; read it again",
            ),
            facts={"reason": "plan_amended_since", "revision": found.revision},
        )
    return found


def _figure(session: Session, here: Ground, actor: Actor) -> Levels:
    return figures.levels(here, parts.visible(session, here, actor))
