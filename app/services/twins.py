"""Twins: entries that look like one another. A row of a file that was corrected and sent again is a new entry
beside the one it was to correct, and nobody would see it in the sums."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from datetime import date
from typing import NamedTuple

from sqlalchemy import func, select
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
    """What to say of those of these new entries that have another one by the same paper, of the same day,
    line and kind, which stands."""
    if not written:
        return {}
    older = _older(session, list(written.values()))
    new = Counter(map(_likeness, written.values()))
    said = {}
    for place, entry in written.items():
        like = _likeness(entry)
        before = older[like]
        if before:
            amount = entry.amount_vnd if entry.amount_vnd in before else min(before)
            said[place] = _said(amount, before[amount])
        elif new[like] > 1:
            said[place] = _IN_THE_FILE
    return said


def gone(session: Session, known: Mapping[int, LedgerEntry]) -> dict[int, Text]:
    """What to say of those of these entries, on record before, that have been taken back since."""
    ids = {entry.id for entry in known.values()}
    reversed_ = set(session.scalars(select(LedgerEntry.reverses_id).where(LedgerEntry.reverses_id.in_(ids))))
    return {place: _TAKEN_BACK for place, entry in known.items() if entry.id in reversed_}


_TAKEN_BACK = Text(
    "Bút toán này đã ghi rồi bị đảo, nên không ghi lại: muốn ghi lại hãy thêm mã nguồn mới",
    "This entry was written and reversed, so it is not written again: to do so give it another key",
)


def _older(session: Session, written: Sequence[LedgerEntry]) -> dict[_Likeness, dict[int, str]]:
    """What stood before: of each likeness its amounts, and of each the id of one entry."""
    reversal = aliased(LedgerEntry)
    like = (
        LedgerEntry.line_id,
        LedgerEntry.kind,
        LedgerEntry.occurred_on,
        LedgerEntry.document_number,
        LedgerEntry.amount_vnd,
    )
    query = (
        select(*like, func.min(LedgerEntry.public_id))
        .outerjoin(reversal, reversal.reverses_id == LedgerEntry.id)
        .where(
            LedgerEntry.line_id.in_({entry.line_id for entry in written}),
            LedgerEntry.occurred_on.in_({entry.occurred_on for entry in written}),
            LedgerEntry.id < min(entry.id for entry in written),
            LedgerEntry.reverses_id.is_(None),
            reversal.id.is_(None),
        )
        .group_by(*like)
    )
    found: dict[_Likeness, dict[int, str]] = defaultdict(dict)
    for line_id, kind, day, document, amount, public_id in session.execute(query):
        found[_Likeness(line_id, kind, day, document)][amount] = public_id
    return found


def _likeness(entry: LedgerEntry) -> _Likeness:
    return _Likeness(entry.line_id, entry.kind, entry.occurred_on, entry.document_number)


_IN_THE_FILE = Text(
    "Trong tệp có dòng khác cùng loại, cùng ngày, cùng văn bản trên dòng kinh phí này",
    "The file has another row of this kind, day and paper for the same budget line",
)


def _said(vnd: int, public_id: str) -> Text:
    amount = f"{vnd:,}"
    return Text(
        f"Đã có bút toán cùng loại, cùng ngày, cùng văn bản trên dòng này: {amount.replace(',', '.')} đồng "
        f"({public_id}). Nếu dòng này là sửa, hãy đảo bút toán ấy",
        f"The line has another entry of this kind, day and paper: {amount} đồng ({public_id}). If this "
        "row is to correct it, reverse that entry",
    )
