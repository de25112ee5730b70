"""The plan's money as a whole: its total, where its lines stand together, and what is left."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.errors import NotFound, Text
from app.models import Budget, BudgetLine
from app.rules import money_words
from app.rules.parties import Actor
from app.schemas.budget import BudgetOut
from app.services import budget_lines, grounds, line_sight
from app.services.grounds import Ground


def get(session: Session, actor: Actor, slug: str) -> BudgetOut:
    """The total, where its lines stand, and the explicit rest."""
    return of_plan(session, grounds.find(session, actor, slug), actor)


def of_plan(session: Session, here: Ground, actor: Actor) -> BudgetOut:
    """The same, for a plan already found."""
    if (told := stated(session, here, actor)) is None:
        raise no_total()
    return told


def stated(session: Session, here: Ground, actor: Actor) -> BudgetOut | None:
    """The same; None where the plan says nothing of money."""
    budget = session.scalars(select(Budget).where(Budget.plan_id == here.plan.id)).one_or_none()
    if budget is None:
        return None
    query = select(BudgetLine).where(BudgetLine.plan_id == here.plan.id, line_sight.seen(here, actor))
    rows = session.scalars(query).all()
    sums = budget_lines.total(rows)
    left = budget.total_vnd - sums.allocated
    return BudgetOut(
        plan=here.plan.slug,
        total_vnd=budget.total_vnd,
        total_words_vi=money_words.written(budget.total_vnd),
        needed_vnd=sums.needed,
        allocated_vnd=sums.allocated,
        unallocated_vnd=left,
        unallocated_words_vi=money_words.written(left),
        committed_vnd=sums.committed,
        spent_vnd=sums.spent,
        settled_vnd=sums.settled,
        printed=budget.printed,
        words_printed=budget.words_printed,
        source_vi=budget.source_vi,
        source_en=budget.source_en,
        line=budget.line,
        lines=len(rows),
    )


def no_total() -> NotFound:
    """The plan says nothing of money: nothing is allocated of it, and there is no rest."""
    return NotFound(
        Text(
            "Kế hoạch này không nêu tổng kinh phí; các dòng kinh phí, nếu có, ở budget/lines",
            "This plan states no total of money; its lines, if there are any, are at budget/lines",
        ),
        facts={"reason": "no_total"},
    )
