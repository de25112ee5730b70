"""Reading the rows of a table: what each says, field by field, and what it is known by.

The template of a table is the export of its list. A row that names its record is about that record; one that
brings its source's key is known by it; any other is known by what it says, so that a file sent twice doubles
nothing.
"""

import hashlib
import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

from app.rules.vietnamese import fold
from app.sheets import old_fonts, values
from app.sheets.columns import Cell
from app.sheets.drafts import Draft, Finding
from app.sheets.found import Found, Row
from app.sheets.table import Table
from app.sheets.values import Meant, Unfit

OURS: Final = "sheet"
"""The source system of rows that bring no key of their own."""
ERROR, PLACE = "Lỗi", "Dòng"
"""The two columns that are added to rows that were refused."""
KEY: Final = ("source_system", "external_id")
COPIED: Final = "row_differs"
"""What is wrong with a row that bears the name of another."""
BLOTTED: Final[Mapping[str, Cell]] = {"id": "trùng", "external_id": None}
"""What it bears instead when it comes back, so that it is refused until somebody has decided whose it is."""
WHOLE_ROW: Final = ""
"""The field of what is said of no field."""
_MARK_LENGTH: Final = 24
_MOST_ASIDE: Final = 100
_NONE: Final[Mapping[str, str]] = {}

Meanings = Mapping[str, Callable[[Found], Meant]]
"""What a cell of a field means, where that is not simply its text."""


def drafts(table: Table, meanings: Meanings, aside: Mapping[str, str] = _NONE) -> Iterator[Draft]:
    """What every row says; a row that says nothing in a known column is passed over. Fields that are read
    `aside` by their headings are no part of a request."""
    named_aside = {fold(heading): field for field, heading in aside.items()}
    beside = {
        place: named_aside[fold(heading)]
        for place, heading in table.headings.items()
        if place not in table.fields and fold(heading) in named_aside
    }
    for row in table.rows:
        named = table.named(row)
        if named:
            said = {
                field: str(row.cells[place].value) for place, field in beside.items() if place in row.cells
            }
            yield _draft(table, row, named, meanings)._replace(aside=said)


def keyed(found: Iterator[Draft], *, equal_is_told: bool = False) -> Iterator[Draft]:
    """The drafts, each with a key: its own, or one made from what it says; rows that say the same are
    numbered, and told so where nobody else does."""
    seen: Counter[str] = Counter()
    first: dict[str, int] = {}
    for draft in found:
        if draft.id is not None or not draft.values.keys().isdisjoint(KEY):
            yield draft
            continue
        said = mark(draft.values)
        seen[said] += 1
        key = dict(zip(KEY, (OURS, f"{said}/{seen[said]}"), strict=True))
        above = first.setdefault(said, draft.number)
        told = [_again(above)] if equal_is_told and above != draft.number else []
        yield draft._replace(values={**draft.values, **key}, findings=[*draft.findings, *told])


def _again(number: int) -> Finding:
    return Finding(
        WHOLE_ROW,
        "",
        f"Giống hệt dòng {number} của tệp, được ghi thêm một lần: nếu chép thừa thì xóa dòng này",
        f"Equal to row {number} of the file, and taken once more: delete it if it was copied by mistake",
        [],
    )


def mark(said: Mapping[str, Any]) -> str:
    """A digest of what a row says."""
    text = json.dumps(said, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()[:_MARK_LENGTH]


def needs_its_key(draft: Draft) -> bool:
    """Whether a row cannot be told from an equal one before it but by the key that was made for it here."""
    made = draft.values.get("source_system") == OURS
    return draft.id is None and made and not str(draft.values.get("external_id")).endswith("/1")


def _draft(table: Table, row: Row, named: Mapping[str, Found], meanings: Meanings) -> Draft:
    said: dict[str, Any] = {}
    findings: list[Finding] = []
    for field, found in named.items():
        old = old_fonts.SAID if isinstance(found.value, str) and old_fonts.is_one_in(found.value) else None
        try:
            meant = meanings.get(field, values.text)(found)
        except Unfit as unfit:
            findings.append(Finding(field, unfit.code, *(old or unfit.text), unfit.offered))
            continue
        said[field] = meant.value
        notes = (meant.note, values.of_formula(found), old)
        findings += [Finding(field, "", *note, []) for note in notes if note is not None]
    return Draft(row.number, said.pop("id", None), said, findings, _cells(table, row), {})


def _cells(table: Table, row: Row) -> list[Cell]:
    """The row as it was sent, below every heading."""
    shown = [row.cells.get(place) for place in table.headings]
    return [values.shown(found) if found else None for found in shown]
