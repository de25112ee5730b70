"""Asking of money: what can be done to a line of the budget, to an entry of its ledger, to a settlement."""

from sqlalchemy.orm import Session

from app.errors import Text
from app.models import BudgetLine
from app.rules.acts import Obstacle
from app.rules.ledger import SettlementState
from app.rules.ownership import Action
from app.rules.parties import Actor
from app.schemas.ledger import LedgerEntryOut
from app.services import budget_lines, entries, grounds, ledger, line_sight, line_use, obstacles, settlements
from app.services.asking_of_work import Thing, only
from app.services.line_use import ON_A_LINE
from app.services.settlements import ON_A_SETTLEMENT
from app.services.taking_back import LEAVE


def line(session: Session, actor: Actor, slug: str, code: str) -> Thing:
    """A line of the budget, with the agency that spends it."""
    here = grounds.find(session, actor, slug)
    known = budget_lines.one(session, here, actor, code)
    can = budget_lines.can_now(session, here, actor, [known])[known[0].id]
    return Thing(line_sight.item(here, known[1]), can, only(ON_A_LINE), line_use.OBSTACLES.__getitem__, here)


def entry(session: Session, actor: Actor, slug: str, public_id: str) -> Thing:
    """An entry: whoever may write one of its kind may reverse it."""
    here = grounds.find(session, actor, slug)
    said, _ = entries.get(session, actor, slug, public_id)
    known = budget_lines.one(session, here, actor, said.line)
    item = line_sight.item(here, known[1])

    def final(_action: Action) -> Obstacle:
        alone = obstacles.of_entry(said.reverses, said.transfer, said.amount_vnd, said.reversed_by)
        return alone or _no_room(session, known[0], said)

    return Thing(item, said.can, only((LEAVE[said.kind],)), final, here)


def settlement(session: Session, actor: Actor, slug: str, public_id: str) -> Thing:
    """A settlement: while it waits, its agency takes it back and its checker decides."""
    here = grounds.find(session, actor, slug)
    row, _, agency = settlements.one(session, here, actor, public_id)
    can = settlements.shown(session, here, actor, row).can

    def over(action: Action) -> Obstacle:
        gone = row.state is SettlementState.WITHDRAWN and action is Action.SETTLEMENT_WITHDRAW
        return obstacles.ALREADY_SO if gone else obstacles.OF_SETTLEMENT[row.state]

    return Thing(line_sight.item(here, agency), can, only(ON_A_SETTLEMENT), over, here)


def _no_room(session: Session, line: BudgetLine, said: LedgerEntryOut) -> Obstacle:
    """What the line's figures do not spare."""
    waits = ledger.waiting(session, line, said.kind, -said.amount_vnd)
    bound = ledger.bound(line, said.kind, -said.amount_vnd, waits)
    if bound is None:
        return obstacles.NOT_DONE_HERE
    return Obstacle(bound.code, Text(f"{bound.why.vi}: {bound.then.vi}", f"{bound.why.en}: {bound.then.en}"))
