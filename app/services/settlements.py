"""Settlements as they stand: found, read, shown. What submits and decides them is in `settlement_steps`."""

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, select
from sqlalchemy.orm import Session, aliased

from app.errors import NotFound
from app.models import Agency, BudgetLine, LedgerEntry, Settlement
from app.rules import decisions, money_words
from app.rules.judging import allowed
from app.rules.ledger import SettlementState
from app.rules.ownership import Action
from app.rules.parties import Actor
from app.schemas.amendments import DecisionOut
from app.schemas.base import AgencyRef
from app.schemas.lists import several
from app.schemas.settlements import SettlementFilter, SettlementOut, SettlementPage
from app.services import grounds, line_sight, listing
from app.services.grounds import Ground

_BY, _DECIDER = aliased(Agency), aliased(Agency)
ON_A_SETTLEMENT = (Action.SETTLEMENT_WITHDRAW, Action.SETTLEMENT_DECIDE)
Known = tuple[Settlement, BudgetLine, Agency | None]
"""A settlement, its line, and whose that is."""


def find(session: Session, actor: Actor, slug: str, ask: SettlementFilter) -> SettlementPage:
    """List settlements, the latest first."""
    here = grounds.find(session, actor, slug)
    query = _query(here, actor, *_wanted(here, actor, ask))
    orders = {"id": Settlement.public_id}
    found = listing.page(session, query, ask, orders, by="-id", last=[], place=slug)
    items = [_out(here, actor, row) for row in found.rows]
    return SettlementPage(items=items, next_cursor=found.next_cursor, total=found.total)


def get(session: Session, actor: Actor, slug: str, public_id: str) -> tuple[SettlementOut, int]:
    """One settlement, and its version."""
    here = grounds.find(session, actor, slug)
    known = one(session, here, actor, public_id)
    return shown(session, here, actor, known[0]), known[0].version


def one(session: Session, here: Ground, actor: Actor, public_id: str) -> Known:
    """The settlement with this id, if the caller may see its line; otherwise there is none."""
    row = session.execute(_query(here, actor, Settlement.public_id == public_id)).one_or_none()
    if row is None:
        raise NotFound()
    return row[0], row[1], row[2]


def shown(session: Session, here: Ground, actor: Actor, settlement: Settlement) -> SettlementOut:
    """One that the caller sees, on the wire."""
    return _out(here, actor, session.execute(_query(here, actor, Settlement.id == settlement.id)).one())


def to_decide(session: Session, here: Ground, actor: Actor) -> int:
    """As many as `budget/settlements?can=settlement.decide` lists."""
    waits = _can(here, actor, [Action.SETTLEMENT_DECIDE])
    query = select(func.count()).select_from(Settlement).join(BudgetLine, BudgetLine.id == Settlement.line_id)
    query = query.where(Settlement.plan_id == here.plan.id, line_sight.seen(here, actor), waits)
    return session.scalars(query).one()


def _wanted(here: Ground, actor: Actor, ask: SettlementFilter) -> Iterable[ColumnElement[bool]]:
    for column, wanted in (
        (BudgetLine.code, ask.line),
        (Agency.code, ask.agency),
        (Settlement.state, ask.state),
    ):
        if wanted:
            yield column.in_(several(wanted))
    if ask.can:
        yield _can(here, actor, several(ask.can))


def _can(here: Ground, actor: Actor, wanted: Sequence[str]) -> ColumnElement[bool]:
    """`can` as a condition: what waits, and could be withdrawn or decided by the caller."""
    actions = [action for action in ON_A_SETTLEMENT if action in wanted]
    return and_(Settlement.state == SettlementState.SUBMITTED, line_sight.can(here, actor, actions))


def _query(here: Ground, actor: Actor, *conditions: ColumnElement[bool]) -> Select[*tuple[Any, ...]]:
    accepted = and_(LedgerEntry.settlement_id == Settlement.id, LedgerEntry.reverses_id.is_(None))
    return (
        select(Settlement, BudgetLine, Agency, _BY, _DECIDER, LedgerEntry.public_id)
        .select_from(Settlement)
        .join(BudgetLine, BudgetLine.id == Settlement.line_id)
        .outerjoin(Agency, Agency.id == BudgetLine.agency_id)
        .join(_BY, _BY.id == Settlement.submitted_by_id)
        .outerjoin(_DECIDER, _DECIDER.id == Settlement.decided_by_id)
        .outerjoin(LedgerEntry, accepted)
        .where(Settlement.plan_id == here.plan.id, line_sight.seen(here, actor), *conditions)
    )


def _out(here: Ground, actor: Actor, row: Any) -> SettlementOut:
    settlement, line, agency, by, decider, entry = row[:6]
    columns = [name for name in SettlementOut.model_fields if name in Settlement.__table__.columns]
    waits = settlement.state is SettlementState.SUBMITTED
    return SettlementOut(
        **{name: getattr(settlement, name) for name in columns if name != "id"},
        id=settlement.public_id,
        line=line.code,
        agency=AgencyRef(code=agency.code, name_vi=agency.name_vi) if agency else None,
        amount_words_vi=money_words.written(settlement.amount_vnd),
        submitted_by=AgencyRef(code=by.code, name_vi=by.name_vi),
        decided_by=AgencyRef(code=decider.code, name_vi=decider.name_vi) if decider else None,
        decision=_decision(settlement),
        entry=entry,
        can=allowed(actor, ON_A_SETTLEMENT, line_sight.item(here, agency)) if waits else [],
    )


def _decision(settlement: Settlement) -> DecisionOut | None:
    number, day, issuer = settlement.decision_number, settlement.decided_on, settlement.issuer
    if number is None or day is None or issuer is None:
        return None
    return DecisionOut(
        number=number, type_label=decisions.parse(number).type_label.vi, decided_on=day, issuer=issuer
    )
