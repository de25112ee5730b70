"""What a sheet of activities has: its columns, what their cells mean, and what a row is known by.

The template is the export of the list. A row that names its record is about that record; one that brings its
source's key is known by it; any other is known by what it says, so that a file sent twice doubles nothing.
"""

import hashlib
import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

from app.rules.vocabulary import ActivityKind, Channel
from app.sheets import values
from app.sheets.columns import Cell
from app.sheets.drafts import Draft, Finding
from app.sheets.found import Found, Row
from app.sheets.headings import heading
from app.sheets.table import Table, Wanted
from app.sheets.values import Meant, Unfit

OURS: Final = "sheet"
"""The source system of rows that bring no key of their own."""
ERROR, PLACE = "Lỗi", "Dòng"
"""The two columns that are added to rows that were refused."""

_ITEM: Final = "ActivityOut"
_NEW_OCCURRENCE: Final = "Mở lần phát sinh mới"
WANTED: Final = Wanted(
    headings={
        "task": heading(_ITEM, ("task", "code")),
        "agency": heading(_ITEM, ("agency", "code")),
        "output": heading(_ITEM, ("output",)),
        "opens_occurrence": _NEW_OCCURRENCE,
        "occurred_on": heading(_ITEM, ("occurred_on",)),
        "kind": heading(_ITEM, ("kind_label",)),
        "title": heading(_ITEM, ("title",)),
        "quantity": heading(_ITEM, ("quantity",)),
        "channel": heading(_ITEM, ("channel_label",)),
        "languages": heading(_ITEM, ("languages",)),
        "link": heading(_ITEM, ("link",)),
        "marks": heading(_ITEM, ("marks",)),
        "source_system": heading(_ITEM, ("source_system",)),
        "external_id": heading(_ITEM, ("external_id",)),
        "source_updated_at": heading(_ITEM, ("source_updated_at",)),
        "id": heading(_ITEM, ("id",)),
    },
    needed=("task", "occurred_on", "kind", "title"),
    ours=(ERROR, PLACE),
)
_LANGUAGES: Final[Mapping[str, str]] = {
    said: code
    for code, names in {
        "vi": ("viet", "tieng viet"),
        "km": ("khmer", "tieng khmer"),
        "en": ("anh", "tieng anh"),
        "zh": ("hoa", "trung", "tieng hoa", "tieng trung"),
        "fr": ("phap", "tieng phap"),
        "lo": ("lao", "tieng lao"),
    }.items()
    for said in names
}
_MARK_LENGTH: Final = 24


def drafts(table: Table) -> Iterator[Draft]:
    """What every row says; a row that says nothing in a known column is passed over."""
    seen: Counter[str] = Counter()
    meanings = _meanings(table.is_typed)
    for row in table.rows:
        named = table.named(row)
        if named:
            yield _keyed(_draft(table, row, named, meanings), seen)


def _meanings(is_typed: bool) -> dict[str, Callable[[Found], Meant]]:
    """What a cell of each field means, where that is not simply its text."""
    return {
        "occurred_on": lambda found: values.day(found, is_typed=is_typed),
        "opens_occurrence": values.yes_or_no,
        "kind": lambda found: values.word(found, ActivityKind),
        "channel": lambda found: values.word(found, Channel),
        "quantity": values.whole,
        "languages": lambda found: values.several(found, _LANGUAGES),
        "source_updated_at": values.instant,
    }


def _draft(
    table: Table, row: Row, named: Mapping[str, Found], meanings: Mapping[str, Callable[[Found], Meant]]
) -> Draft:
    said: dict[str, Any] = {}
    findings: list[Finding] = []
    for field, found in named.items():
        try:
            meant = meanings.get(field, values.text)(found)
        except Unfit as unfit:
            findings.append(Finding(field, unfit.code, *unfit.text, unfit.offered))
            continue
        said[field] = meant.value
        notes = (meant.note, values.of_formula(found))
        findings += [Finding(field, "", *note, []) for note in notes if note is not None]
    return Draft(row.number, said.pop("id", None), said, findings, _cells(table, row))


def _cells(table: Table, row: Row) -> list[Cell]:
    """The row as it was sent, below every heading."""
    shown = [row.cells.get(place) for place in table.headings]
    return [values.shown(found) if found else None for found in shown]


def _keyed(draft: Draft, seen: Counter[str]) -> Draft:
    """The draft with a key made from what it says; rows that say the same are numbered."""
    values_ = draft.values
    if draft.id is not None or not values_.keys().isdisjoint(("source_system", "external_id")):
        return draft
    text = json.dumps(values_, sort_keys=True, ensure_ascii=False)
    mark = hashlib.sha256(text.encode()).hexdigest()[:_MARK_LENGTH]
    seen[mark] += 1
    key = {"source_system": OURS, "external_id": f"{mark}/{seen[mark]}"}
    return draft._replace(values={**values_, **key})
