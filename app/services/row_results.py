"""What came of the rows of a file, in the words of its sheet: which column, what is wrong, what is taken."""

import re
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from typing import Any

from app.errors import Fault, Text
from app.rules.vietnamese import fold
from app.schemas.batches import Came
from app.schemas.imports import ImportFault, ImportNote, ImportRow
from app.sheets.drafts import Draft

_BY_RECORD = 3
"""How deep `/records/0/` leads into a batch."""
_NAMED = ("activity", "task", "output", "line", "entry")
"""What a row may have come to; each kind of file has some of it."""
_IDS = ("activity", "entry")
_NO_CODE = ("too_long", "wrong_pattern")
"""What is wrong with a name that stands where its code belongs."""
_NO_RECORD = Fault(
    "",
    "row_of_no_record",
    Text(
        "Dòng đề mục, tiêu đề lặp lại, tổng cộng, ký tên hay ghi chú thì xóa khỏi bảng",
        "A row of a section, headings again, totals, names or notes is to be deleted from the table",
    ),
)
"""What else may be the matter with a row that leaves several of its columns empty."""
_BELOW = re.compile(
    r"(?:tong cong|tong so|bang chu|noi nhan|nguoi lap|ke toan truong|thu truong don vi)\b"
    r"|(?:tong|cong)(?: \([^()]*\))?[ :.]*\Z|(?:kt|tm|tl|tuq)\."
)
"""How totals, and the names below a table, begin."""
_LONGEST = 100
_LONGEST_CODE = 8
_MERGED = 3
"""So many cells that say the same are one cell that is merged over them."""
_FIELD = re.compile(r"`(\w+)`")


class Words:
    """The headings of a file, and what could stand in the column that decides who may."""

    def __init__(
        self,
        headings: Mapping[str, str],
        whose: str,
        offered: Callable[[str | None], Sequence[str]],
        *,
        needed: Collection[str] = (),
        by: str | None = None,
        rehearsed: bool = False,
    ) -> None:
        self._headings, self._whose, self._by, self._offers = headings, whose, by, offered
        self._needed, self._rehearsed = needed, rehearsed

    def told(self, draft: Draft, row: Came) -> ImportRow:
        """One row; what it moved, how it was understood, what is wrong with it."""
        return ImportRow(
            row=draft.number,
            result=row.result,
            **self._named(row),
            moved=getattr(row, "moved", []),
            notes=list(self._notes(draft, row)),
            errors=list(self._faults(draft, row)),
            facts=row.refusal.facts if row.refusal else {},
        )

    def _named(self, row: Came) -> dict[str, str | None]:
        """What the row came to; what a rehearsal has made does not last, and has no id."""
        named = {name: getattr(row, name, None) for name in _NAMED}
        gone = _IDS if self._rehearsed and row.result == "created" else ()
        return {**named, **dict.fromkeys(gone)}

    def _notes(self, draft: Draft, row: Came) -> Iterator[ImportNote]:
        for one in draft.findings:
            if not one.code and (one.field or row.result != "refused"):  # of a whole row: how it was taken
                yield ImportNote(column=self._headings.get(one.field), message_vi=one.vi, message_en=one.en)
        if row.hint_vi and row.hint_en:
            yield ImportNote(
                column=None,
                message_vi=self._in_columns(row.hint_vi, "cột "),
                message_en=self._in_columns(row.hint_en),
            )

    def _in_columns(self, hint: str, column: str = "") -> str:
        """What a hint says of a field, said of the column that has it."""
        return _FIELD.sub(
            lambda found: f"{column}“{self._headings[found[1]]}”" if found[1] in self._headings else found[0],
            hint,
        )

    def _faults(self, draft: Draft, row: Came) -> Iterator[ImportFault]:
        why = row.refusal
        if why is None:
            return
        offered = {(one.field, one.code): one.offered for one in draft.findings}
        for fault in why.errors:
            name = self._field(fault.pointer)
            yield ImportFault(
                column=self._headings.get(name),
                code=fault.code,
                message_vi=fault.message_vi,
                message_en=fault.message_en,
                offered=offered.get((name, fault.code)) or self._offered(draft, name, fault.code, why.facts),
            )
        if why.errors and self._is_no_record(draft):
            yield ImportFault(
                column=None,
                code=_NO_RECORD.code,
                message_vi=_NO_RECORD.message.vi,
                message_en=_NO_RECORD.message.en,
                offered=[],
            )
        if not why.errors:
            own = draft.values.get(self._whose)
            not_theirs = why.status == 403  # the plan gives it to others
            yield ImportFault(
                column=self._headings[self._whose] if not_theirs else None,
                code=why.code,
                message_vi=why.detail_vi,
                message_en=why.detail_en,
                offered=[one for one in self._could(draft) if one != own] if not_theirs else [],
            )

    def _is_no_record(self, draft: Draft) -> bool:
        """Whether a row that cannot be taken looks like one below a table: it leaves several columns empty
        that no record can do without, is one cell, repeats the headings, or says it is a total or a name."""
        told = {*draft.values, *(one.field for one in draft.findings)}
        texts = [fold(cell[:_LONGEST]) for cell in draft.cells if isinstance(cell, str)]
        headings = {fold(self._headings[field]) for field in self._needed}
        return (
            len(told.intersection(self._needed)) < len(self._needed) - 1
            or any(map(_BELOW.match, texts))
            or any(alike >= _MERGED and len(text) > _LONGEST_CODE for text, alike in Counter(texts).items())
            or sum(text in headings for text in texts) > 1
        )

    def _offered(self, draft: Draft, field: str, code: str, facts: Mapping[str, Any]) -> list[str]:
        if field == self._whose and code in (f"unknown_{field}", *_NO_CODE):
            return list(self._could(draft))
        return list(facts.get(f"offered_{field}s", ()))

    def _could(self, draft: Draft) -> Sequence[str]:
        """What could stand in the column that decides who may, in such a row."""
        return self._offers(draft.values.get(self._by) if self._by else None)

    def _field(self, pointer: str) -> str:
        """The field a pointer leads to, or into; empty where it is the whole row."""
        way = pointer.split("/")[_BY_RECORD:]
        names = (".".join(way[:deep]) for deep in range(len(way), 0, -1))
        return next((name for name in names if name in self._headings), "")


def in_one_line(row: ImportRow) -> str:
    """What is wrong with a row, for a cell beside it."""
    return "; ".join(map(_said, row.errors))


def _said(fault: ImportFault) -> str:
    where = f"{fault.column}: " if fault.column else ""
    taken = f" (nhận: {' | '.join(fault.offered)})" if fault.offered else ""
    return f"{where}{fault.message_vi.rstrip('.')}{taken}"
