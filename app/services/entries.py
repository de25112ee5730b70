"""The ledger's entries as they stand: found, read, shown. What writes them is in `posting`."""

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Select, select
from sqlalchemy.orm import Session, aliased

from app.errors import NotFound
from app.models import Agency, BudgetLine, LedgerEntry, Settlement
from app.rules import money_words
from app.rules.judging import allowed
from app.rules.parties import Actor
from app.schemas.base import AgencyRef
from app.schemas.ledger import DocumentOut, LedgerEntryFilter, LedgerEntryOut, LedgerEntryPage, Posted, Result
from app.schemas.lists import several
from app.services import budget_lines, grounds, line_sight, listing, taking_back
from app.services.budget_lines import Known
from app.services.grounds import Ground
from app.services.taking_back import LEAVE, REVERSAL

_RECORDER, _REVERSED = aliased(Agency), aliased(LedgerEntry)
ORDERS = {"id": LedgerEntry.public_id, "occurred_on": LedgerEntry.occurred_on}


def find(session: Session, actor: Actor, slug: str, ask: LedgerEntryFilter) -> LedgerEntryPage:
    """List entries, the latest first unless asked otherwise."""
    here = grounds.find(session, actor, slug)
    query = _query(here, actor)
    for column, wanted in (
        (BudgetLine.code, ask.line),
        (Agency.code, ask.agency),
        (LedgerEntry.kind, ask.kind),
        (LedgerEntry.source_system, ask.source_system),
    ):
        if wanted:
            query = query.where(column.in_(several(wanted)))
    if ask.external_id:
        query = query.where(LedgerEntry.external_id == ask.external_id)
    if ask.occurred_from:
        query = query.where(LedgerEntry.occurred_on >= ask.occurred_from)
    if ask.occurred_to:
        query = query.where(LedgerEntry.occurred_on <= ask.occurred_to)
    if ask.can:
        query = query.where(taking_back.by(here, actor, several(ask.can)))
    found = listing.page(session, query, ask, ORDERS, by="-id", last=[LedgerEntry.public_id], place=slug)
    items = [_out(here, actor, row) for row in found.rows]
    return LedgerEntryPage(items=items, next_cursor=found.next_cursor, total=found.total)


def get(session: Session, actor: Actor, slug: str, public_id: str) -> tuple[LedgerEntryOut, int]:
    """One entry, and its version, which never rises."""
    here = grounds.find(session, actor, slug)
    row = session.execute(_query(here, actor, LedgerEntry.public_id == public_id)).one_or_none()
    if row is None:
        raise NotFound()
    return _out(here, actor, row), row[0].version


def by_ids(
    session: Session, here: Ground, actor: Actor, public_ids: Collection[str]
) -> dict[str, LedgerEntryOut]:
    """Those of these entries that there are for this caller, by their ids."""
    rows = session.execute(_query(here, actor, LedgerEntry.public_id.in_(public_ids)))
    return {row[0].public_id: _out(here, actor, row) for row in rows}


def posted(
    session: Session,
    here: Ground,
    actor: Actor,
    written: Sequence[LedgerEntry],
    lines: Sequence[Known],
    result: Result = "created",
) -> tuple[Posted, int]:
    """What came of writing entries, and the version of the first."""
    ids = [entry.id for entry in written]
    rows = {row[0].id: row for row in session.execute(_query(here, actor, LedgerEntry.id.in_(ids)))}
    said = Posted(
        result=result,
        entries=[_out(here, actor, rows[id_]) for id_ in ids],
        lines=budget_lines.shown(session, here, actor, lines),
    )
    return said, written[0].version


def _query(here: Ground, actor: Actor, *conditions: ColumnElement[bool]) -> Select[*tuple[Any, ...]]:
    return (
        select(
            LedgerEntry,
            BudgetLine.code,
            Agency,
            _RECORDER,
            _REVERSED.public_id,
            REVERSAL.public_id,
            Settlement.public_id,
            taking_back.still_can(),
        )
        .select_from(LedgerEntry)
        .join(BudgetLine, BudgetLine.id == LedgerEntry.line_id)
        .outerjoin(Agency, Agency.id == BudgetLine.agency_id)
        .join(_RECORDER, _RECORDER.id == LedgerEntry.recorded_by_id)
        .outerjoin(_REVERSED, _REVERSED.id == LedgerEntry.reverses_id)
        .outerjoin(REVERSAL, REVERSAL.reverses_id == LedgerEntry.id)
        .outerjoin(Settlement, Settlement.id == LedgerEntry.settlement_id)
        .where(LedgerEntry.plan_id == here.plan.id, line_sight.seen(here, actor), *conditions)
    )


def _out(here: Ground, actor: Actor, row: Any) -> LedgerEntryOut:
    entry, line, agency, recorder, reversed_, reversal, settlement, open_ = row[:8]
    columns = [name for name in LedgerEntryOut.model_fields if name in LedgerEntry.__table__.columns]
    document = entry.document_number and DocumentOut(
        number=entry.document_number, issued_on=entry.document_on, issuer=entry.document_issuer
    )
    return LedgerEntryOut(
        **{**{name: getattr(entry, name) for name in columns}, "id": entry.public_id},
        line=line,
        agency=AgencyRef(code=agency.code, name_vi=agency.name_vi) if agency else None,
        amount_words_vi=money_words.written(entry.amount_vnd),
        document=document,
        recorded_by=AgencyRef(code=recorder.code, name_vi=recorder.name_vi),
        reverses=reversed_,
        reversed_by=reversal,
        settlement=settlement,
        can=allowed(actor, [LEAVE[entry.kind]], line_sight.item(here, agency)) if open_ else [],
    )
