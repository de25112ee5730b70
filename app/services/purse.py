"""The purse: who decides on money, or checks its settlement, spends none, and so has no line."""

from datetime import date

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from app.errors import Invalid
from app.models import Agency, Assignment, BudgetLine
from app.rules.vocabulary import Role
from app.services.grounds import current

POWERS = (Role.FUND, Role.SETTLE)


def is_held(session: Session, plan_id: int, agency: Agency, day: date) -> bool:
    """Whether a body holds a power over the plan's money."""
    powers = exists().where(
        Assignment.plan_id == plan_id,
        Assignment.agency_id == agency.id,
        Assignment.role.in_(POWERS),
        current(day),
    )
    return session.scalars(select(powers)).one()


def has_lines(session: Session, plan_id: int, agency: Agency) -> bool:
    """Whether a body has a line of the plan's money."""
    lines = exists().where(BudgetLine.plan_id == plan_id, BudgetLine.agency_id == agency.id)
    return session.scalars(select(lines)).one()


def apart(pointer: str) -> Invalid:
    """The two would meet in one body."""
    return Invalid.at(
        pointer,
        "holds_the_purse",
        "Cơ quan quyết định hoặc kiểm tra kinh phí không chi, nên không có dòng kinh phí",
        "Who decides on money or checks it spends none, so it has no line",
    )
