"""Taking back: which entries of the ledger can still be reversed, and by whose power."""

from collections.abc import Collection

from sqlalchemy import ColumnElement, and_, false, or_
from sqlalchemy.orm import aliased

from app.models import BudgetLine, LedgerEntry
from app.rules.ledger import EntryKind
from app.rules.ownership import Action
from app.rules.parties import Actor
from app.services import line_sight, line_use
from app.services.grounds import Ground

LEAVE = {
    EntryKind.NEED: Action.NEED_STATE,
    EntryKind.ALLOCATION: Action.ALLOCATION_DECIDE,
    EntryKind.COMMITMENT: Action.SPENDING_RECORD,
    EntryKind.SPENDING: Action.SPENDING_RECORD,
    EntryKind.SETTLEMENT: Action.SETTLEMENT_DECIDE,
}
"""Whose power an entry of a kind is, and so its reversal."""
REVERSAL = aliased(LedgerEntry)
"""The entry that takes another one back; whoever asks joins it."""

_SPARE = {
    EntryKind.NEED: BudgetLine.needed_vnd,
    EntryKind.ALLOCATION: BudgetLine.allocated_vnd - BudgetLine.committed_vnd,
    EntryKind.COMMITMENT: BudgetLine.committed_vnd - BudgetLine.spent_vnd,
    EntryKind.SPENDING: BudgetLine.spent_vnd - BudgetLine.settled_vnd - line_use.WAITING,
    EntryKind.SETTLEMENT: BudgetLine.settled_vnd,
}
"""The most that may be taken back of a kind, as `rules.ledger` says it of a balance; what has been submitted
and waits is as settled."""


def still_can() -> ColumnElement[bool]:
    """A condition on an entry, its line and its `REVERSAL`: it stands by itself and took nothing back, is
    not taken back yet, and the line can spare it."""
    gave = and_(LedgerEntry.reverses_id.is_(None), LedgerEntry.amount_vnd > 0)
    once = and_(gave, LedgerEntry.transfer.is_(None), REVERSAL.id.is_(None))
    spared = [
        and_(LedgerEntry.kind == kind, LedgerEntry.amount_vnd <= spare) for kind, spare in _SPARE.items()
    ]
    return and_(once, or_(*spared))


def by(here: Ground, actor: Actor, wanted: Collection[str]) -> ColumnElement[bool]:
    """A condition on the same: the caller can take it back by one of these powers."""
    powers = [
        and_(LedgerEntry.kind == kind, line_sight.can(here, actor, [action]))
        for kind, action in LEAVE.items()
        if action in wanted
    ]
    return and_(or_(false(), *powers), still_can())
