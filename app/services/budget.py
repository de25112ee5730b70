"""The plan's money, as far as the plan says."""

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.errors import NotFound
from app.models import Agency, Budget, BudgetLine
from app.rules.parties import Actor
from app.schemas.base import AgencyRef
from app.schemas.budget import BudgetLineFilter, BudgetLineOut, BudgetLinePage, BudgetOut
from app.schemas.lists import several
from app.services import grounds, listing
from app.services.grounds import Ground

ORDERS = {"code": BudgetLine.code, "allocated_vnd": BudgetLine.allocated_vnd}


def get(session: Session, actor: Actor, slug: str) -> BudgetOut:
    """The total, what of it has been allocated to lines, and the explicit rest."""
    return of_plan(session, grounds.find(session, actor, slug))


def of_plan(session: Session, here: Ground) -> BudgetOut:
    """The same, for a plan already found."""
    budget = session.scalars(select(Budget).where(Budget.plan_id == here.plan.id)).one_or_none()
    if budget is None:
        raise NotFound()
    lines, allocated = session.execute(
        select(func.count(), func.coalesce(func.sum(BudgetLine.allocated_vnd), 0)).where(
            BudgetLine.plan_id == here.plan.id
        )
    ).one()
    return BudgetOut(
        plan=here.plan.slug,
        total_vnd=budget.total_vnd,
        allocated_vnd=int(allocated),
        unallocated_vnd=budget.total_vnd - int(allocated),
        printed=budget.printed,
        words_printed=budget.words_printed,
        source_vi=budget.source_vi,
        source_en=budget.source_en,
        line=budget.line,
        lines=lines,
    )


def lines(session: Session, actor: Actor, slug: str, ask: BudgetLineFilter) -> BudgetLinePage:
    """List the lines the total is broken down to; none where the plan has no breakdown."""
    here = grounds.find(session, actor, slug)
    query = (
        select(BudgetLine, Agency.code, Agency.name_vi)
        .outerjoin(Agency, Agency.id == BudgetLine.agency_id)
        .where(BudgetLine.plan_id == here.plan.id, *listing.matching(BudgetLine.search_text, ask.q))
    )
    if ask.agency:
        query = query.where(Agency.code.in_(several(ask.agency)))
    found = listing.page(session, query, ask, ORDERS, by="code", last=[BudgetLine.code], place=slug)
    items = [
        BudgetLineOut(
            code=line.code,
            agency=AgencyRef(code=code, name_vi=name) if code else None,
            title_vi=line.title_vi,
            title_en=line.title_en,
            allocated_vnd=line.allocated_vnd,
            line=line.line,
        )
        for line, code, name in found.rows
    ]
    return BudgetLinePage(items=items, next_cursor=found.next_cursor, total=found.total)
