"""Gaps in money: what is left on lines that are for nothing but work that is no longer to be done."""

from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnElement, Select, bindparam, exists, select
from sqlalchemy.orm import Session

from app.models import Agency, BudgetLine, BudgetLink, Task
from app.rules.gaps import GapKind
from app.rules.judging import who_can
from app.rules.ownership import Action
from app.rules.parties import Actor, Item
from app.rules.vocabulary import TaskStatus
from app.schemas.base import AgencyRef
from app.schemas.gaps import GapOut, RepairOut
from app.services import budget_links, line_sight
from app.services.budget_lines import Known
from app.services.grounds import Ground

_GIVEN_UP = (TaskStatus.CANCELLED, TaskStatus.SUPERSEDED)


def every(session: Session, here: Ground, actor: Actor) -> Iterator[GapOut]:
    """What was allocated to such lines and is not spent, by the lines' codes. What was spent stays spent."""
    lines = session.execute(_left_over(line_sight.seen(here, actor)), {"plan": here.plan.id})
    found: list[Known] = [(line, agency) for line, agency in lines]
    links = budget_links.of(session, here, actor, [line.id for line, _ in found]) if found else {}
    for line, agency in found:
        left, open_ = line.allocated_vnd - line.spent_vnd, line.committed_vnd - line.spent_vnd
        yield GapOut(
            kind=GapKind.MONEY_LEFT_OVER,
            tasks=links[line.id]["tasks"],
            agencies=[AgencyRef(code=agency.code, name_vi=agency.name_vi)] if agency is not None else [],
            events=[],
            text_vi=f"Dòng {line.code} dành cho việc đã hủy hoặc được thay thế, còn {_dong(left)} chưa chi,"
            f" trong đó đã cam kết {_dong(open_)}: giảm cam kết rồi điều chuyển, hoặc gắn dòng với việc khác",
            text_en=f"Line {line.code} is for what was cancelled or superseded, and {left:,} đồng of it is"
            f" not spent, {open_:,} of it committed: release and transfer it, or let it be for other work",
            repair=_repair(here, line, line_sight.item(here, agency)),
        )


@lru_cache(maxsize=1024)
def _left_over(seen: ColumnElement[bool]) -> Select[BudgetLine, Agency]:
    """Said once for each condition: to say it takes longer than to ask it."""
    return (
        select(BudgetLine, Agency)
        .outerjoin(Agency, Agency.id == BudgetLine.agency_id)
        .where(
            BudgetLine.plan_id == bindparam("plan"),
            BudgetLine.spent_vnd < BudgetLine.allocated_vnd,
            _is_for(BudgetLink.task_id == Task.id, Task.status.in_(_GIVEN_UP)),
            ~_is_for(BudgetLink.task_id == Task.id, Task.status.not_in(_GIVEN_UP)),
            ~_is_for(BudgetLink.event_id.is_not(None)),
            seen,
        )
        .order_by(BudgetLine.code)
    )


def _is_for(*what: ColumnElement[bool]) -> ColumnElement[bool]:
    """A condition on the line: it is for such a thing."""
    own = (BudgetLink.line_id == BudgetLine.id, BudgetLink.stands)
    return exists().where(*own, *what).correlate(BudgetLine)


def _dong(amount: int) -> str:
    return f"{amount:,} đồng".replace(",", ".")


def _repair(here: Ground, line: BudgetLine, item: Item) -> RepairOut:
    """What the line's agency has committed it releases first; what is free the funding decider moves."""
    if (committed := line.committed_vnd - line.spent_vnd) > 0:
        said = {"line": line.code, "amount_vnd": -committed, "occurred_on": None}
        return _request(here, "commitments", said, ["/occurred_on"], Action.SPENDING_RECORD, item)
    decision = {"number": None, "decided_on": None, "issuer": None}
    said = {
        "from_line": line.code,
        "to_line": None,
        "amount_vnd": line.allocated_vnd - line.spent_vnd,
        "occurred_on": None,
        "decision": decision,
    }
    fill = ["/to_line", "/occurred_on", *(f"/decision/{name}" for name in decision)]
    return _request(here, "transfers", said, fill, Action.ALLOCATION_DECIDE, item)


def _request(
    here: Ground, noun: str, body: dict[str, Any], fill: list[str], action: Action, item: Item
) -> RepairOut:
    return RepairOut(
        method="POST",
        path=f"/v1/plans/{here.plan.slug}/budget/{noun}",
        headers={},
        body=body,
        fill=fill,
        who_can=list(who_can(action, item)),
    )
