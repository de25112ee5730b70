"""Twins: entries that look like one another. A row of a file that was corrected and sent again is a new entry
beside the one it was to correct, and nobody would see it in the sums."""

from collections import defaultdict
from collections.abc import Mapping
from datetime import date
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from app.errors import Text
from app.models import LedgerEntry
from app.rules.ledger import EntryKind


class _Likeness(NamedTuple):
    line_id: int
    kind: EntryKind
    occurred_on: date
    document: str | None


def among(session: Session, written: Mapping[int, LedgerEntry]) -> dict[int, Text]:
    """What to say of those of these entries that have another one by the same paper, of the same day, line
    and kind, which stands."""
    alike: dict[_Likeness, list[LedgerEntry]] = defaultdict(list)
    reversal = aliased(LedgerEntry)
    query = (
        select(LedgerEntry)
        .outerjoin(reversal, reversal.reverses_id == LedgerEntry.id)
        .where(
            LedgerEntry.line_id.in_({entry.line_id for entry in written.values()}),
            LedgerEntry.occurred_on.in_({entry.occurred_on for entry in written.values()}),
            LedgerEntry.reverses_id.is_(None),
            reversal.id.is_(None),
        )
        .order_by(LedgerEntry.id)
    )
    for entry in session.scalars(query):
        alike[_likeness(entry)].append(entry)
    new = {entry.id for entry in written.values()}
    said = {}
    for place, entry in written.items():
        others = [one for one in alike[_likeness(entry)] if one.id != entry.id]
        if others:
            said[place] = _said(next((one for one in others if one.id not in new), None))
    return said


def _likeness(entry: LedgerEntry) -> _Likeness:
    return _Likeness(entry.line_id, entry.kind, entry.occurred_on, entry.document_number)


def _said(twin: LedgerEntry | None) -> Text:
    """`twin` was there before; None: both are new."""
    if twin is None:
        return Text(
            "Trong tệp có dòng khác cùng loại, cùng ngày, cùng văn bản trên dòng kinh phí này",
            "The file has another row of this kind, day and paper for the same budget line",
        )
    amount = f"{twin.amount_vnd:,}"
    return Text(
        f"Đã có bút toán cùng loại, cùng ngày, cùng văn bản trên dòng này: {amount.replace(',', '.')} đồng "
        f"({twin.public_id}). Nếu dòng này là sửa, hãy đảo bút toán ấy",
        f"The line has another entry of this kind, day and paper: {amount} đồng ({twin.public_id}). If this "
        "row is to correct it, reverse that entry",
    )
