"""Columns: how an item of a list lies flat in a row, read once off the item's own model.

What is inside an item gets columns of its own; of a code and its label, or of a text in two languages, the
one that an official reads. A list of things is their names in one cell, of sentences and of changes a line
each. Opaque ids come last.
"""

import json
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from functools import cache
from types import NoneType
from typing import Any, Final, NamedTuple, get_args, get_origin

from pydantic import BaseModel

from app.rules.calendar import OFFICE_TIME
from app.rules.vocabulary import Word
from app.sheets.headings import heading

Cell = str | int | float | date | datetime | None
"""What a cell can hold. An instant is Vietnam's, to the second, without an offset: a sheet knows none."""

YES, NO = "Có", "Không"

_LEFT_OUT: Final = frozenset(
    {
        *("can", "TaskOut.progress.state_label", "AmendmentOut.changes", "ProposalOut.changes"),
        *(
            "GapOut.repair.method",
            "GapOut.repair.path",
            "GapOut.repair.headers",
            "GapOut.repair.body",
            "GapOut.repair.fill",
        ),
    }
)
"""What may be done is the caller's business of the moment; a task's state stands beside its progress; what a
decision changes is said in Vietnamese; a request is for programs."""
_NAMES: Final = ("text_vi", "code", "name_vi", "agency", "task")
"""By which of its members a thing is named among others in one cell."""


_FOLDED: Final = frozenset(
    {
        *("id", "assignment", "withdrawal", "recorded_by", "request_id"),
        *("numerator", "denominator", "formula", "as_of", "coverage", "verification"),
        *("line", "lines", "number_printed", "due_source_label"),
        *("transfer", "settlement", "entry"),
    }
)
"""What is for programs and for a closer look: a workbook shows it when it is unfolded."""


_OF_MONEY: Final = frozenset({"LedgerEntryOut.line", "SettlementOut.line", "BudgetRow.lines"})
"""Lines that are money's, and not those of the plan's printed text."""
_LINES: Final = frozenset({"changes_vi"})
"""Lists of sentences, with commas of their own."""
_NO_CODES: Final = frozenset({"shared", "unlinked", "no_agency", "unallocated", "status_only"})
"""Keys by which programs know the rows that sum up what has no code: people are told by the title."""


class Column(NamedTuple):
    """One column: the members that lead to it, and what stands above it."""

    path: tuple[str, ...]
    heading: str
    on_demand: bool
    """Whether items have it only where it was asked for."""
    folded: bool
    """Whether it is folded away at first."""

    def of(self, item: object) -> Cell:
        """What the item says here."""
        for name in self.path:
            item = getattr(item, name, None)
        if self.path[-1] in _LINES and isinstance(item, list):
            return "\n".join(item)
        return None if self.path == ("key",) and item in _NO_CODES else cell(item)


@cache
def columns_of(model: type[BaseModel]) -> tuple[Column, ...]:
    """The columns of a list of such items."""
    found = [
        Column(path, heading(model.__name__, path), on_demand, _folded(model.__name__, path))
        for path, on_demand in _paths(model, model, ())
    ]
    return tuple(sorted(found, key=lambda column: column.path == ("id",)))


def cell(value: object) -> Cell:
    """A value as a cell shows it."""
    if isinstance(value, bool):
        return YES if value else NO
    if isinstance(value, Word):
        return value.label_vi
    if isinstance(value, datetime):
        return value.astimezone(OFFICE_TIME).replace(tzinfo=None, microsecond=0)
    if isinstance(value, list) and any(hasattr(one, "text_vi") for one in value):
        return "\n".join(one.text_vi for one in value)  # sentences, with commas of their own
    if isinstance(value, list):
        return ", ".join(str(cell(_name(one))) for one in value)
    if isinstance(value, Mapping):
        return json.dumps(value, ensure_ascii=False)
    return value if isinstance(value, str | int | date) else None


def _paths(
    root: type[BaseModel], model: type[BaseModel], above: tuple[str, ...]
) -> Iterator[tuple[tuple[str, ...], bool]]:
    for name, field in model.model_fields.items():
        path = (*above, name)
        if not _shown(root, model, path):
            continue
        inside = _inside(field.annotation)
        if inside is None:
            yield path, not field.is_required() and field.default is None and not name.endswith("_label")
        else:
            yield from _paths(root, inside, path)


def _folded(item: str, path: tuple[str, ...]) -> bool:
    return not _FOLDED.isdisjoint(path) and ".".join((item, *path)) not in _OF_MONEY


def _shown(root: type[BaseModel], model: type[BaseModel], path: tuple[str, ...]) -> bool:
    name = path[-1]
    if name in _LEFT_OUT or ".".join((root.__name__, *path)) in _LEFT_OUT:
        return False
    said_twice = f"{name}_label" in model.model_fields
    said_in_vietnamese = name.endswith("_en") and f"{name[:-3]}_vi" in model.model_fields
    return not said_twice and not said_in_vietnamese


def _inside(annotation: Any) -> type[BaseModel] | None:
    """The model of a member that is a thing itself, or may be one."""
    choices = [one for one in get_args(annotation) or (annotation,) if one is not NoneType]
    if get_origin(annotation) is list or len(choices) != 1:
        return None
    [only] = choices
    return only if isinstance(only, type) and issubclass(only, BaseModel) else None


def _name(thing: object) -> object:
    """What a thing is called; what is no thing is called what it is."""
    while isinstance(thing, BaseModel):
        thing = getattr(thing, next(name for name in _NAMES if name in type(thing).model_fields))
    return thing
