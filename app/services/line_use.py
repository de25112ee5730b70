"""Line use: which of the acts that the rules allow on a budget line its figures leave any room for."""

from collections.abc import Mapping, Sequence

from sqlalchemy import ColumnElement, bindparam, func, or_, select, true
from sqlalchemy.orm import Session

from app.models import BudgetLine, Settlement
from app.rules.acts import Obstacle
from app.rules.ledger import SettlementState
from app.rules.ownership import Action
from app.services import obstacles

ON_A_LINE = (
    Action.NEED_STATE,
    Action.LINE_CORRECT,
    Action.ALLOCATION_DECIDE,
    Action.SPENDING_RECORD,
    Action.SETTLEMENT_SUBMIT,
    Action.SETTLEMENT_DECIDE,
    Action.URGE_SETTLEMENT,
)
_SUM = func.coalesce(func.sum(Settlement.amount_vnd), 0)
_WAITS = Settlement.state == SettlementState.SUBMITTED
_WAITING = (
    select(Settlement.line_id, _SUM)
    .where(Settlement.line_id.in_(bindparam("lines", expanding=True)), _WAITS)
    .group_by(Settlement.line_id)
)
WAITING = (
    select(_SUM).where(Settlement.line_id == BudgetLine.id, _WAITS).correlate(BudgetLine).scalar_subquery()
)
"""How much of a line has been submitted and waits."""
_IN_SQL: Mapping[Action, ColumnElement[bool]] = {
    Action.SPENDING_RECORD: BudgetLine.settled_vnd + WAITING < BudgetLine.allocated_vnd,
    Action.SETTLEMENT_SUBMIT: BudgetLine.settled_vnd + WAITING < BudgetLine.spent_vnd,
    Action.SETTLEMENT_DECIDE: or_(BudgetLine.settled_vnd > 0, WAITING > 0),
}
"""`_is_open` as conditions."""
OBSTACLES: Mapping[Action, Obstacle] = {
    Action.SPENDING_RECORD: obstacles.NOTHING_TO_SPEND,
    Action.SETTLEMENT_SUBMIT: obstacles.NOTHING_TO_SETTLE,
    Action.SETTLEMENT_DECIDE: obstacles.NOTHING_SUBMITTED,
}


def now(session: Session, may: Sequence[tuple[BudgetLine, list[Action]]]) -> dict[int, list[Action]]:
    """Of what may be done with each line, what can be done, by the number of the line."""
    asked = [line.id for line, actions in may if not OBSTACLES.keys().isdisjoint(actions)]
    waits = _submitted(session, asked) if asked else {}
    return {
        line.id: [action for action in actions if _is_open(action, line, waits.get(line.id, 0))]
        for line, actions in may
    }


def waiting(session: Session, line: BudgetLine) -> int:
    """How much of one line has been submitted and waits; exact under its lock."""
    return _submitted(session, [line.id]).get(line.id, 0)


def _submitted(session: Session, lines: Sequence[int]) -> dict[int, int]:
    return {row[0]: int(row[1]) for row in session.execute(_WAITING, {"lines": lines})}


def in_sql(action: Action) -> ColumnElement[bool]:
    """The same as a condition on the line."""
    return _IN_SQL.get(action, true())


def _is_open(action: Action, line: BudgetLine, waiting: int) -> bool:
    """As long as not all that was allocated is settled or submitted, something can be committed, spent or
    taken back."""
    match action:
        case Action.SPENDING_RECORD:
            return line.settled_vnd + waiting < line.allocated_vnd
        case Action.SETTLEMENT_SUBMIT:
            return line.settled_vnd + waiting < line.spent_vnd
        case Action.SETTLEMENT_DECIDE:
            return line.settled_vnd > 0 or waiting > 0
        case _:
            return True
