"""Proposing: offices ask for a change, and the plan's owner accepts it by a decision, or declines it."""

from typing import Literal

from pydantic import TypeAdapter
from sqlalchemy.orm import Session

from app.errors import Conflict, Failure, Invalid, Text
from app.models import Amendment, Proposal
from app.models.unit import instant
from app.rules.amending import ProposalState
from app.rules.judging import Permit
from app.rules.ownership import Action
from app.rules.parties import Actor
from app.schemas.amendments import (
    AcceptanceIn,
    AmendmentResult,
    Changes,
    DecisionIn,
    ProposalIn,
    ProposalResult,
)
from app.schemas.changing import Change
from app.services import access, amending, grounds, offers, proposals, sight
from app.services.grounds import Ground

_CHANGES: TypeAdapter[list[Change]] = TypeAdapter(Changes)


def propose(session: Session, actor: Actor, slug: str, body: ProposalIn) -> tuple[ProposalResult, int]:
    """Ask for changes of one's own tasks. They are tried out first: what cannot be decided is not asked. A
    decision may be entered meanwhile: leave is asked, and all is read, again when the plan is locked."""
    here = grounds.find(session, actor, slug)
    _may_propose(session, here, actor, body)
    _said_once(body)
    with session.begin_nested() as rehearsal:
        amending.taken_up(session, here.plan)
        session.expire_all()
        here = grounds.find(session, actor, slug)
        permit = _may_propose(session, here, actor, body)
        amending.apply(session, permit, here.plan, body.changes)
        rehearsal.rollback()
    proposal = Proposal(
        plan_id=here.plan.id,
        proposed_by_id=actor.agency_id,
        reason=body.reason,
        changes=[change.model_dump(mode="json", exclude_unset=True) for change in body.changes],
        state=ProposalState.OPEN,
        proposed_at=instant(session),
    )
    access.add(session, permit, [proposal])
    return _result(session, here, actor, proposal, "proposed")


def accept(
    session: Session, actor: Actor, slug: str, public_id: str, body: AcceptanceIn
) -> tuple[ProposalResult, int]:
    """The owner's decision makes an amendment of it, in one call; again by the same decision is the same as
    once. By another one it is refused: nothing of that would be on record."""
    here = grounds.find(session, actor, slug)
    proposal, permit = _taken_up(session, here, actor, public_id, Action.PROPOSAL_DECIDE)
    if _is_accepted_by(session, proposal, body.decision):
        return _result(session, here, actor, proposal, "unchanged")
    _still_open(proposal)
    changes = _CHANGES.validate_python(proposal.changes)
    try:
        told, amendment = amending.enter(
            session, here, actor, body.decision, body.summary, changes, body.amends_revision
        )
    except Invalid as fault:
        raise _no_longer(fault) from fault
    _settle(session, actor, permit, proposal, ProposalState.ACCEPTED, None, amendment)
    here = grounds.find(session, actor, slug)
    return _result(session, here, actor, proposal, "accepted", told)


def _is_accepted_by(session: Session, proposal: Proposal, decision: DecisionIn) -> bool:
    if proposal.amendment_id is None:
        return False
    made = session.get_one(Amendment, proposal.amendment_id)
    known = (made.decision_number, made.decided_on, made.issuer)
    return known == (decision.number, decision.decided_on, decision.issuer)


def _no_longer(fault: Invalid) -> Failure:
    """What was possible when it was proposed may not be any more: then nothing is wrong with the request, and
    the pointers lead into the proposal."""
    if not any(one.pointer.startswith("/changes") for one in fault.faults):
        return fault
    return Conflict(
        Text(
            "Kế hoạch đã thay đổi nên không còn thực hiện được đề xuất này: hãy từ chối",
            "The plan has changed, so this proposal can be carried out no more: decline it",
        ),
        faults=fault.faults,
        facts={**fault.facts, "reason": "proposal_no_longer_possible"},
    )


def decline(
    session: Session, actor: Actor, slug: str, public_id: str, reason: str
) -> tuple[ProposalResult, int]:
    """The owner says no, and why."""
    return _end(session, actor, slug, public_id, Action.PROPOSAL_DECIDE, ProposalState.DECLINED, reason)


def withdraw(
    session: Session, actor: Actor, slug: str, public_id: str, reason: str
) -> tuple[ProposalResult, int]:
    """The office that proposed it takes it back."""
    return _end(session, actor, slug, public_id, Action.PROPOSAL_WITHDRAW, ProposalState.WITHDRAWN, reason)


def _end(
    session: Session,
    actor: Actor,
    slug: str,
    public_id: str,
    action: Action,
    state: Literal[ProposalState.DECLINED, ProposalState.WITHDRAWN],
    reason: str,
) -> tuple[ProposalResult, int]:
    here = grounds.find_held(session, actor, slug)
    proposal, permit = _taken_up(session, here, actor, public_id, action)
    if (proposal.state, proposal.answer) == (state, reason):
        return _result(session, here, actor, proposal, "unchanged")
    _still_open(proposal)
    _settle(session, actor, permit, proposal, state, reason, None)
    result: Literal["declined", "withdrawn"] = "declined" if state is ProposalState.DECLINED else "withdrawn"
    return _result(session, here, actor, proposal, result)


def _may_propose(session: Session, here: Ground, actor: Actor, body: ProposalIn) -> Permit:
    """Every change must be of a task the office answers for; what it may not see does not exist for it."""
    permit = None
    for place, change in enumerate(body.changes):
        code = getattr(change, "task", None)
        if code is None:
            raise Invalid.at(
                f"/changes/{place}",
                "not_of_a_task",
                "Chỉ đề xuất được thay đổi của một nhiệm vụ",
                "Only changes of a task can be proposed",
            )
        task = sight.task_named(session, here, actor, code, f"/changes/{place}/task")
        instead = getattr(change, "superseded_by", None)
        if instead is not None:
            sight.task_named(session, here, actor, instead, f"/changes/{place}/superseded_by")
        item = grounds.item(session, here, task)
        permit = access.permit(
            actor,
            Action.PLAN_PROPOSE,
            item,
            lambda: offers.instead(session, here, actor, Action.PLAN_PROPOSE),
        )
    assert permit is not None  # noqa: S101 -- the schema asks for one change at least
    return permit


def _said_once(body: ProposalIn) -> None:
    """To try changes out takes as long as to make them, and others wait: no task is taken up again and again
    in one proposal."""
    said = set()
    for place, change in enumerate(body.changes):
        what = (change.change, getattr(change, "task", None), getattr(change, "power", None))
        if what in said:
            raise Invalid.at(
                f"/changes/{place}",
                "repeated",
                "Đề xuất đã nêu thay đổi này của nhiệm vụ: chỉ nêu một lần",
                "The proposal has this change of the task already: say it once",
            )
        said.add(what)


def _taken_up(
    session: Session, here: Ground, actor: Actor, public_id: str, action: Action
) -> tuple[Proposal, Permit]:
    proposal, by = proposals.one(session, here, actor, public_id, lock=True)
    permit = access.permit(
        actor,
        action,
        proposals.item(here, by.code),
        lambda: proposals.offer(here, actor, proposal, by),
    )
    return proposal, permit


def _still_open(proposal: Proposal) -> None:
    if proposal.state is not ProposalState.OPEN:
        raise Conflict(
            Text(
                f"Đề xuất này đã kết thúc: {proposal.state.label_vi}",
                f"This proposal is settled: {proposal.state.label_en}",
            ),
            facts={"reason": "proposal_settled", "state": proposal.state.value},
        )


def _settle(
    session: Session,
    actor: Actor,
    permit: Permit,
    proposal: Proposal,
    state: ProposalState,
    answer: str | None,
    amendment: Amendment | None,
) -> None:
    access.open_for_change(session, permit, [proposal])
    proposal.state, proposal.answer = state, answer
    proposal.settled_at, proposal.settled_by_id = instant(session), actor.agency_id
    proposal.amendment_id = amendment.id if amendment is not None else None


def _result(
    session: Session,
    here: Ground,
    actor: Actor,
    proposal: Proposal,
    result: Literal["proposed", "accepted", "declined", "withdrawn", "unchanged"],
    amendment: AmendmentResult | None = None,
) -> tuple[ProposalResult, int]:
    session.flush()
    shown = proposals.out(session, here, actor, proposal)
    return ProposalResult(result=result, proposal=shown, amendment=amendment), proposal.version
