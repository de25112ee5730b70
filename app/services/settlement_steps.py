"""The steps of a settlement: its agency submits what it has spent, or takes that back; the settlement checker
accepts or returns it."""

from typing import Literal

from sqlalchemy.orm import Session

from app.errors import Fault, Invalid, Text
from app.models import BudgetLine, Settlement
from app.models.unit import instant
from app.rules.judging import Permit
from app.rules.ledger import EntryKind, SettlementState
from app.rules.ownership import Action
from app.rules.parties import Actor
from app.schemas.settlements import (
    AcceptanceOfSettlementIn,
    ReturnOfSettlementIn,
    SettlementIn,
    SettlementOut,
    WithdrawalOfSettlementIn,
)
from app.services import (
    access,
    budget_lines,
    grounds,
    ledger,
    line_sight,
    line_use,
    obstacles,
    posting,
    settlements,
)
from app.services.grounds import Ground
from app.services.ledger import Draft
from app.services.settlements import Known

Withdrawn = Literal["withdrawn", "unchanged"]


def submit(session: Session, actor: Actor, slug: str, body: SettlementIn) -> tuple[SettlementOut, int]:
    """Hand in what has been spent; no more than that, with what has been handed in and waits."""
    here = grounds.find_held(session, actor, slug)
    line, agency = budget_lines.named(session, here, actor, body.line)
    permit = access.permit(actor, Action.SETTLEMENT_SUBMIT, line_sight.item(here, agency))
    ledger.lock(session, here, [line], allocating=False)
    waits = line_use.waiting(session, line)
    ledger.has_room(line, EntryKind.SETTLEMENT, body.amount_vnd, waits=waits)
    settlement = Settlement(
        plan_id=here.plan.id,
        line_id=line.id,
        amount_vnd=body.amount_vnd,
        note=body.note,
        state=SettlementState.SUBMITTED,
        submitted_by_id=actor.agency_id,
        submitted_at=instant(session),
    )
    access.add(session, permit, [settlement])
    session.flush()
    return settlements.shown(session, here, actor, settlement), settlement.version


def accept(
    session: Session, actor: Actor, slug: str, public_id: str, body: AcceptanceOfSettlementIn
) -> tuple[SettlementOut, int]:
    """Accept it as it was submitted: an entry in the ledger, by the document that says so."""
    here, (settlement, line, _), permit = _waiting(session, actor, slug, public_id)
    draft = Draft(
        EntryKind.SETTLEMENT,
        settlement.amount_vnd,
        body.occurred_on,
        posting.cited(body.decision),
        body.note,
        settlement_id=settlement.id,
    )
    ledger.post(session, here, permit, line, draft)
    _check_days(session, line, body)
    settlement.decision_number, settlement.decided_on = body.decision.number, body.decision.decided_on
    settlement.issuer = body.decision.issuer
    return _decided(session, here, actor, permit, settlement, SettlementState.ACCEPTED)


def send_back(
    session: Session, actor: Actor, slug: str, public_id: str, body: ReturnOfSettlementIn
) -> tuple[SettlementOut, int]:
    """Return it, with what is missing; its agency submits another."""
    here, (settlement, _, _), permit = _waiting(session, actor, slug, public_id)
    settlement.missing = body.missing
    return _decided(session, here, actor, permit, settlement, SettlementState.RETURNED)


def withdraw(
    session: Session, actor: Actor, slug: str, public_id: str, body: WithdrawalOfSettlementIn
) -> tuple[Withdrawn, SettlementOut, int]:
    """Take back what waits; what it was about can be submitted again. Twice is the same as once."""
    here, known, permit = _taken_up(session, actor, slug, public_id, Action.SETTLEMENT_WITHDRAW)
    settlement = known[0]
    if settlement.state is SettlementState.WITHDRAWN:
        return "unchanged", settlements.shown(session, here, actor, settlement), settlement.version
    _check_waiting(settlement)
    access.open_for_change(session, permit, [settlement])
    settlement.reason = body.reason
    said = _decided(session, here, actor, permit, settlement, SettlementState.WITHDRAWN)
    return "withdrawn", *said


def _waiting(session: Session, actor: Actor, slug: str, public_id: str) -> tuple[Ground, Known, Permit]:
    """The settlement and its line, locked, if the caller may decide it and nobody has."""
    here, known, permit = _taken_up(session, actor, slug, public_id, Action.SETTLEMENT_DECIDE)
    _check_waiting(known[0])
    access.open_for_change(session, permit, [known[0]])
    return here, known, permit


def _taken_up(
    session: Session, actor: Actor, slug: str, public_id: str, action: Action
) -> tuple[Ground, Known, Permit]:
    """The settlement and its line, locked, if the caller may do this to it."""
    here = grounds.find_held(session, actor, slug)
    known = settlements.one(session, here, actor, public_id)
    settlement, line, agency = known
    permit = access.permit(actor, action, line_sight.item(here, agency))
    ledger.lock(session, here, [line], allocating=False)
    session.refresh(settlement, with_for_update=True)
    return here, known, permit


def _check_waiting(settlement: Settlement) -> None:
    if settlement.state is not SettlementState.SUBMITTED:
        raise obstacles.conflict(obstacles.OF_SETTLEMENT[settlement.state], state=settlement.state.value)


def _check_days(session: Session, line: BudgetLine, body: AcceptanceOfSettlementIn) -> None:
    """Nothing is accepted before it was spent: by then the line had spent what is settled now."""
    said = (("/occurred_on", body.occurred_on), ("/decision/decided_on", body.decision.decided_on))
    faults = [
        Fault(
            pointer,
            "before_the_spending",
            Text(
                "Trước ngày chi: đến ngày này dòng chưa chi đủ số được quyết toán",
                "Before it was spent: by this day the line had not spent what is settled",
            ),
        )
        for pointer, day in said
        if ledger.spent_by(session, line, day) < line.settled_vnd
    ]
    if faults:
        raise Invalid(faults=faults)


def _decided(
    session: Session,
    here: Ground,
    actor: Actor,
    permit: Permit,
    settlement: Settlement,
    state: SettlementState,
) -> tuple[SettlementOut, int]:
    settlement.state = state
    settlement.decided_by_id, settlement.decided_at = permit.actor.agency_id, instant(session)
    session.flush()
    return settlements.shown(session, here, actor, settlement), settlement.version
