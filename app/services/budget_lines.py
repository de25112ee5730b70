"""The lines of the plan's money: where each stands, as far as the caller sees them (`line_sight`)."""

from collections.abc import Collection, Iterable, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, false, or_, select
from sqlalchemy.orm import Session

from app.errors import Invalid, NotFound
from app.models import Agency, BudgetLine, BudgetLink, Task
from app.rules.judging import allowed
from app.rules.ledger import Balance, EntryKind
from app.rules.ownership import Action
from app.rules.parties import Actor
from app.schemas.base import AgencyRef
from app.schemas.budget import BudgetLineFilter, BudgetLineOut, BudgetLinePage
from app.schemas.lists import several
from app.services import budget_links, grounds, line_sight, line_use, listing, sight
from app.services.grounds import Ground
from app.services.line_use import ON_A_LINE

ORDERS = {
    "code": BudgetLine.code,
    "allocated_vnd": BudgetLine.allocated_vnd,
    "spent_vnd": BudgetLine.spent_vnd,
}
Known = tuple[BudgetLine, Agency | None]
"""A line, and whose it is."""


def balance(line: BudgetLine) -> Balance:
    """Where a line stands."""
    return Balance.of(_amounts(line))


def total(lines: Iterable[BudgetLine]) -> Balance:
    """Where some lines stand together; summed here, as no database promises more than 64 bits."""
    return Balance.of((kind, amount) for line in lines for kind, amount in _amounts(line))


def _amounts(line: BudgetLine) -> Iterable[tuple[EntryKind, int]]:
    return (
        (EntryKind.NEED, line.needed_vnd),
        (EntryKind.ALLOCATION, line.allocated_vnd),
        (EntryKind.COMMITMENT, line.committed_vnd),
        (EntryKind.SPENDING, line.spent_vnd),
        (EntryKind.SETTLEMENT, line.settled_vnd),
    )


def find(session: Session, actor: Actor, slug: str, ask: BudgetLineFilter) -> BudgetLinePage:
    """List the lines the total is broken down to; none where the plan has no breakdown."""
    here = grounds.find(session, actor, slug)
    query = _query(here, actor, *listing.matching(BudgetLine.search_text, ask.q))
    if ask.agency:
        query = query.where(Agency.code.in_(several(ask.agency)))
    if ask.task:
        query = query.where(_for_task(here, actor, several(ask.task)))
    if ask.can:
        wanted = several(ask.can)
        ways = (
            and_(line_sight.can(here, actor, [one]), line_use.in_sql(one))
            for one in ON_A_LINE
            if one in wanted
        )
        query = query.where(or_(false(), *ways))
    found = listing.page(session, query, ask, ORDERS, by="code", last=[BudgetLine.code], place=slug)
    items = shown(session, here, actor, [(line, agency) for line, agency in found.rows])
    return BudgetLinePage(items=items, next_cursor=found.next_cursor, total=found.total)


def get(session: Session, actor: Actor, slug: str, code: str) -> tuple[BudgetLineOut, int]:
    """One line, and its version."""
    here = grounds.find(session, actor, slug)
    known = one(session, here, actor, code)
    return shown(session, here, actor, [known])[0], known[0].version


def by_codes(session: Session, here: Ground, actor: Actor, codes: Collection[str]) -> dict[str, Known]:
    """Those of these lines that there are for this caller, by their codes."""
    rows = session.execute(_query(here, actor, BudgetLine.code.in_(codes)))
    return {line.code: (line, agency) for line, agency in rows}


def every(session: Session, here: Ground, actor: Actor) -> list[Known]:
    """All lines that the caller sees, by their codes."""
    rows = session.execute(_query(here, actor).order_by(BudgetLine.code))
    return [(line, agency) for line, agency in rows]


def one(session: Session, here: Ground, actor: Actor, code: str) -> Known:
    """The line with this code, if the caller may see it; otherwise there is none."""
    found = session.execute(_query(here, actor, BudgetLine.code == code)).one_or_none()
    if found is None:
        raise NotFound()
    return found[0], found[1]


def named(session: Session, here: Ground, actor: Actor, code: str, pointer: str = "/line") -> Known:
    """The line that a request names."""
    try:
        return one(session, here, actor, code)
    except NotFound as none:
        raise unknown(pointer) from none


def unknown(pointer: str) -> Invalid:
    """No such line, or none that this caller sees."""
    return Invalid.at(
        pointer, "unknown_line", "Kế hoạch không có dòng kinh phí này", "The plan has no such budget line"
    )


def can_now(session: Session, here: Ground, actor: Actor, known: Sequence[Known]) -> dict[int, list[Action]]:
    """The same, by the number of each line, and as far as its figures leave room for it."""
    return line_use.now(
        session, [(line, allowed(actor, ON_A_LINE, line_sight.item(here, agency))) for line, agency in known]
    )


def shown(session: Session, here: Ground, actor: Actor, known: Sequence[Known]) -> list[BudgetLineOut]:
    """Lines on the wire."""
    links = budget_links.of(session, here, actor, [line.id for line, _ in known])
    usable = can_now(session, here, actor, known)
    columns = [name for name in BudgetLineOut.model_fields if name in BudgetLine.__table__.columns]
    return [
        BudgetLineOut(
            **{name: getattr(line, name) for name in columns},
            **links[line.id],
            agency=AgencyRef(code=agency.code, name_vi=agency.name_vi) if agency else None,
            can=usable[line.id],
        )
        for line, agency in known
    ]


def _query(here: Ground, actor: Actor, *conditions: ColumnElement[bool]) -> Select[*tuple[Any, ...]]:
    return (
        select(BudgetLine, Agency)
        .outerjoin(Agency, Agency.id == BudgetLine.agency_id)
        .where(BudgetLine.plan_id == here.plan.id, line_sight.seen(here, actor), *conditions)
    )


def _for_task(here: Ground, actor: Actor, codes: Sequence[str]) -> ColumnElement[bool]:
    """What its `tasks` say, as the roll-up does: a line for an event is not for the task that marks it."""
    return (
        exists()
        .where(
            BudgetLink.line_id == BudgetLine.id,
            BudgetLink.stands,
            BudgetLink.event_id.is_(None),
            Task.id == BudgetLink.task_id,
            Task.code.in_(codes),
            sight.seen_whole(here, actor),
        )
        .correlate(BudgetLine)
    )
