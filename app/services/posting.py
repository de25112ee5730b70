"""Posting: a need is stated, an allocation decided and moved, money committed and spent; and what was wrong
is taken back by another entry."""

from dataclasses import replace
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.errors import Invalid, NotFound
from app.models import Agency, BudgetLine, LedgerEntry, Settlement
from app.models.base import new_public_id
from app.rules.judging import Permit
from app.rules.ledger import EntryKind, SettlementState
from app.rules.ownership import Action
from app.rules.parties import Actor
from app.schemas.amendments import DecisionIn
from app.schemas.ledger import AllocationIn, DocumentIn, EntryIn, Posted, Result, ReversalIn, TransferIn
from app.services import access, budget_lines, entries, grounds, ledger, line_sight, obstacles
from app.services.budget_lines import Known
from app.services.grounds import Ground
from app.services.ledger import Draft
from app.services.looking_up import still_there
from app.services.taking_back import LEAVE

BY_DECISION = (EntryKind.ALLOCATION, EntryKind.SETTLEMENT)
"""What somebody else decides; an agency's own entries cite whatever paper they are by."""


def post(
    session: Session, actor: Actor, slug: str, kind: EntryKind, body: EntryIn | AllocationIn
) -> tuple[Posted, int]:
    """Write what one paper says of one line; once for each natural key."""
    here = grounds.find_held(session, actor, slug)
    known = budget_lines.named(session, here, actor, body.line)
    permit = leave(here, actor, kind, known)
    ledger.lock(session, here, [known[0]], allocating=kind is EntryKind.ALLOCATION)
    result, entry = take(session, here, permit, kind, body, known)
    return entries.posted(session, here, actor, [entry], [known], result)


def leave(here: Ground, actor: Actor, kind: EntryKind, known: Known) -> Permit:
    """Leave to write an entry of a kind on a line."""
    return access.permit(actor, LEAVE[kind], line_sight.item(here, known[1]))


def take(
    session: Session,
    here: Ground,
    permit: Permit,
    kind: EntryKind,
    body: EntryIn | AllocationIn,
    known: Known,
) -> tuple[Result, LedgerEntry]:
    """The same on a line that is locked, with leave given."""
    line, agency = known
    paper = body.decision if isinstance(body, AllocationIn) else body.document
    draft = Draft(
        kind,
        body.amount_vnd,
        body.occurred_on,
        cited(paper),
        body.note,
        key=(body.source_system, body.external_id),
    )
    on_file = ledger.on_file(session, here, permit.actor, line, draft)
    if on_file is not None:
        return "unchanged", on_file
    if kind is EntryKind.ALLOCATION and agency is not None:
        still_there(agency, here.today, "/line")
    return "created", ledger.post(session, here, permit, line, draft)


def cited(paper: DecisionIn | DocumentIn | None) -> tuple[str, date | None, str | None] | None:
    """What an entry keeps of the paper it is by."""
    if paper is None:
        return None
    day = paper.decided_on if isinstance(paper, DecisionIn) else paper.issued_on
    return paper.number, day, paper.issuer


def transfer(session: Session, actor: Actor, slug: str, body: TransferIn) -> tuple[Posted, int]:
    """Move an allocation from one line to another: both entries or none, by one decision."""
    here = grounds.find_held(session, actor, slug)
    giver = budget_lines.named(session, here, actor, body.from_line, "/from_line")
    taker = budget_lines.named(session, here, actor, body.to_line, "/to_line")
    if giver[0].id == taker[0].id:
        raise Invalid.at("/to_line", "same_line", "Cần hai dòng khác nhau", "Two different lines are needed")
    permit = access.permit(actor, Action.ALLOCATION_DECIDE, line_sight.item(here, giver[1]))
    access.permit(actor, Action.ALLOCATION_DECIDE, line_sight.item(here, taker[1]))
    if taker[1] is not None:
        still_there(taker[1], here.today, "/to_line")
    ledger.lock(session, here, [giver[0], taker[0]], allocating=True)
    given = Draft(
        EntryKind.ALLOCATION,
        -body.amount_vnd,
        body.occurred_on,
        cited(body.decision),
        body.note,
        transfer=new_public_id(),
    )
    written = [
        ledger.post(session, here, permit, giver[0], given),
        ledger.post(session, here, permit, taker[0], replace(given, amount=body.amount_vnd)),
    ]
    return entries.posted(session, here, actor, written, [giver, taker])


def reverse(
    session: Session, actor: Actor, slug: str, public_id: str, body: ReversalIn
) -> tuple[Posted, int]:
    """Take an entry back, once, by whoever may write one of its kind."""
    here = grounds.find_held(session, actor, slug)
    entry, line, agency = _seen(session, here, actor, public_id)
    permit = access.permit(actor, LEAVE[entry.kind], line_sight.item(here, agency))
    if entry.kind in BY_DECISION and body.decision is None:
        raise Invalid.at(
            "/decision",
            "missing",
            "Phải dẫn văn bản quyết định",
            "The document that decides it has to be cited",
        )
    if body.occurred_on < entry.occurred_on:
        raise Invalid.at(
            "/occurred_on",
            "before_the_entry",
            f"Trước ngày của bút toán bị đảo: {entry.occurred_on:%d/%m/%Y}",
            f"Before the entry that is taken back: {entry.occurred_on.isoformat()}",
        )
    ledger.lock(session, here, [line], allocating=entry.kind is EntryKind.ALLOCATION)
    _can_be_reversed(session, entry)
    settlement = _of_settlement(session, entry)
    draft = Draft(
        entry.kind,
        -entry.amount_vnd,
        body.occurred_on,
        cited(body.decision),
        body.reason,
        reverses=entry,
        settlement_id=entry.settlement_id,
    )
    reversal = ledger.post(session, here, permit, line, draft)
    if settlement is not None:
        access.open_for_change(session, permit, [settlement])
        settlement.state = SettlementState.REVERSED
        session.flush()
    return entries.posted(session, here, actor, [reversal], [(line, agency)])


def _seen(
    session: Session, here: Ground, actor: Actor, public_id: str
) -> tuple[LedgerEntry, BudgetLine, Agency | None]:
    """An entry, its line and whose that is, if the caller may see it."""
    found = session.execute(
        select(LedgerEntry, BudgetLine, Agency)
        .join(BudgetLine, BudgetLine.id == LedgerEntry.line_id)
        .outerjoin(Agency, Agency.id == BudgetLine.agency_id)
        .where(
            LedgerEntry.plan_id == here.plan.id,
            LedgerEntry.public_id == public_id,
            line_sight.seen(here, actor),
        )
    ).one_or_none()
    if found is None:
        raise NotFound()
    entry, line, agency = found
    return entry, line, agency


def _can_be_reversed(session: Session, entry: LedgerEntry) -> None:
    """Once, and not what is a reversal itself; of a transfer both ends move, by another transfer."""
    query = select(LedgerEntry.public_id).where(LedgerEntry.reverses_id == entry.id)
    reversal = session.scalars(query).first()
    if (why := obstacles.of_entry(entry.reverses_id, entry.transfer, entry.amount_vnd, reversal)) is not None:
        raise obstacles.conflict(why, **({"entry": reversal} if why is obstacles.REVERSED else {}))


def _of_settlement(session: Session, entry: LedgerEntry) -> Settlement | None:
    if entry.settlement_id is None:
        return None
    query = select(Settlement).where(Settlement.id == entry.settlement_id).with_for_update()
    return session.scalars(query.execution_options(populate_existing=True)).one()
