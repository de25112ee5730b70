"""The table in a file: where its headings are, which of them are known, and the rows below.

What a heading is called is compared as people read it: without tone marks and case, however it was encoded.
A field's own name is as good as its heading.
"""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import chain, islice
from typing import Final, Literal, NamedTuple
from unicodedata import normalize

from app.rules.vietnamese import fold
from app.sheets import csv_rows, no_table, numbering, old_fonts, units, xlsx_rows
from app.sheets.archive import Archive
from app.sheets.found import Found, Row, unfit
from app.sheets.package import Package

LOOKED_AT: Final = 20
"""Rows, from the top, among which the headings are looked for."""
_LONGEST_HEADING: Final = 100
_REMARK: Final = re.compile(
    r"\s*\((?:(?:(?:don vi(?: tinh)?|dvt) ?:? ?)?(?:dong|d|vnd|₫)|\*+|bat buoc"
    r"|d{1,2}([/.-])m{1,2}\1y{2,4}|ngay/thang/nam)\)[\s*:]*\Z"
)
"""What a heading may have behind it and be the same: amounts are in đồng, days of a form, it is needed."""
_BRACKETS: Final = re.compile(r"\s*\([^()]*\)[\s*:]*\Z")

Kind = Literal["csv", "xlsx"]


def _plain(heading: str) -> str:
    return _REMARK.sub("", fold(heading)).strip(" *:")


@dataclass(frozen=True)
class Wanted:
    """What a table is to have: by what its fields are headed, and which of them it cannot do without."""

    headings: Mapping[str, str]
    """Field → its heading."""
    needed: Collection[str]
    exported: str
    """What the list is called that is exported as its template."""
    ours: Collection[str]
    """Headings of columns that were added for people, and are passed over without a word."""
    in_dong: bool = False
    """Whether it has amounts, which are in đồng."""

    def field(self, heading: str) -> str | None:
        """The field that a heading means. That amounts are in đồng may be said otherwise, or not at all."""
        return self._fields.get(_plain(heading))

    @cached_property
    def _fields(self) -> dict[str, str]:
        named = {_plain(field): field for field in self.headings}
        return named | {_plain(heading): field for field, heading in self.headings.items()}


class Table(NamedTuple):
    """A table that was found."""

    tab: str | None
    """The sheet's name; None for CSV, which has none."""
    other_tabs: list[str]
    """The other sheets that can be seen, none of which is read."""
    heading_row: int
    headings: dict[int, str]
    """Every column that has a heading, by its place."""
    fields: dict[int, str]
    """The field of each column that is known."""
    beside: Collection[int]
    """The columns whose heading is one cell with a known one to its left."""
    numbered_in: int | None
    """The row in which a form numbers its columns, which is passed over."""
    rows: Iterator[Row]
    is_typed: bool
    """Whether cells say themselves what they are."""

    def named(self, row: Row) -> dict[str, Found]:
        """The cells of a row that are known, by their fields. Two of them below one heading are refused."""
        apart = [place for place in self.beside if place in row.cells and not row.cells[place].is_beside]
        if apart:
            raise no_table.twice(self.headings[max(place for place in self.fields if place < apart[0])])
        return {field: row.cells[place] for place, field in self.fields.items() if place in row.cells}


def inflated(body: bytes, kind: Kind) -> int:
    """How many bytes there are to be read: of a workbook what it inflates to; Invalid (422) where it is
    none."""
    return Archive(body).inflated if body and kind == "xlsx" else len(body)


def opened(body: bytes, kind: Kind, wanted: Wanted) -> Table:
    """The first table in the file that has what is needed; Invalid (422) when there is none."""
    if not body:
        raise unfit("empty_file", "Tệp trống", "The file is empty")
    best: list[str] = []
    almost: set[str] = set()
    in_old_font = False
    for tab, others, rows in _sheets(body, kind, wanted):
        first = list(islice(rows, LOOKED_AT))
        known = [_known(row, wanted) for row in first]
        for place in range(len(first)):
            row, fields, last = _whole(first, known, place, wanted)
            if set(wanted.needed) <= set(fields.values()):
                headings, beside = _headed(row, fields, wanted)
                _check_remarks(row, wanted, fields)
                below = chain(first[last + 1 :], rows)
                under = list(islice(below, numbering.LOOKED_AT))
                numbers = numbering.of(under, headings)
                numbered_in = None if numbers is None else under.pop(numbers).number
                if wanted.in_dong:
                    _check_unit(first[:place], under[: (numbers or 0) + 1], fields, wanted.needed)
                below = chain(under, below)
                return Table(
                    tab, others, row.number, headings, fields, beside, numbered_in, below, kind == "xlsx"
                )
            best = max(best, list(fields.values()), key=len)
        for row in first:
            almost |= _almost(row, wanted).keys()
            in_old_font = in_old_font or any(map(old_fonts.is_one_in, _texts(row, row.cells)))
    missing = [field for field in wanted.needed if field not in best]
    hints = no_table.Hints(almost.intersection(missing), in_old_font)
    raise no_table.missing(missing, wanted.headings, wanted.exported, LOOKED_AT, hints)


def _sheets(body: bytes, kind: Kind, wanted: Wanted) -> Iterator[tuple[str | None, list[str], Iterator[Row]]]:
    """Each sheet: its name, those of the others, its rows."""
    if kind == "csv":
        yield None, [], csv_rows.rows(body, lambda row: len(_known(row, wanted)), LOOKED_AT)
        return
    package = Package(body)
    for sheet in package.sheets:
        others = [one.name[:_LONGEST_HEADING] for one in package.sheets if one is not sheet]
        yield sheet.name, others, xlsx_rows.rows(package, sheet.member)


def _known(row: Row, wanted: Wanted) -> dict[int, str]:
    said = {place: wanted.field(_said(found)) for place, found in row.cells.items() if not found.is_beside}
    return {place: field for place, field in said.items() if field is not None}


def _said(found: Found) -> str:
    """What stands in a cell, if it is short enough to be a heading."""
    return found.value if isinstance(found.value, str) and len(found.value) <= _LONGEST_HEADING else ""


def _whole(
    rows: Sequence[Row], known: Sequence[dict[int, str]], place: int, wanted: Wanted
) -> tuple[Row, dict[int, str], int]:
    """The row of headings that begins at a place, with the rows in which it goes on, what of it is known as
    of each row, and where it ends: under a word for several columns stand the headings of each."""
    whole, fields = rows[place], known[place]
    for last, row in enumerate(rows[place + 1 :], place):
        more = known[last + 1] if fields else {}
        if more.keys() <= fields.keys() and not _goes_on(whole, row, fields):
            return whole, fields, last
        other = {field for at, field in fields.items() if at in row.cells and more.get(at) != field}
        if other:
            is_data = other.issuperset(wanted.needed)  # one of its other cells happens to read like a heading
            if set(wanted.needed) <= set(fields.values()) and not is_data:
                raise no_table.in_doubt(whole, row)
            return whole, fields, last
        whole, both = Row(row.number, {**whole.cells, **row.cells}), {**fields, **more}
        fields = {at: both[at] for at in whole.cells if at in both}
    return whole, fields, len(rows) - 1


def _goes_on(above: Row, row: Row, known: Collection[int]) -> bool:
    """Whether headings that are one cell over several rows stand in this one too, beside those of other
    columns."""
    own = [(above.cells[place], row.cells[place]) for place in known if place in row.cells]
    return bool(own) and all(found.is_spread and found.value == head.value for head, found in own)


def _check_unit(
    above: Sequence[Row], below: Sequence[Row], fields: Mapping[int, str], needed: Collection[str]
) -> None:
    """Whether a line above the headings, or one right below them in a column that is read, says that amounts
    are in another unit than đồng."""
    said = [row.number for row in above if any(map(units.names_another, _texts(row, row.cells)))]
    for row in below:
        own = {fields[place] for place in fields if place in row.cells and not row.cells[place].is_beside}
        found = filter(units.is_another, _texts(row, fields))
        if not all(own.issuperset(needed) and units.is_an_amount(text) for text in found):
            said.append(row.number)
    if said:
        raise unfit(
            "another_unit",
            f"Dòng {said[0]} ghi đơn vị tính khác đồng: hãy đổi các số tiền ra đồng và bỏ dòng này",
            f"Row {said[0]} says that amounts are not in đồng: turn them into đồng and take that row out",
        )


def _texts(row: Row, places: Collection[int]) -> Iterator[str]:
    found = (row.cells[place].value for place in places if place in row.cells)
    return (text for text in found if isinstance(text, str))


def _headed(row: Row, fields: Mapping[int, str], wanted: Wanted) -> tuple[dict[int, str], list[int]]:
    """The headings in a row of which these fields are known, and where such a one goes on to the right; two
    for one field are refused."""
    twice = {field for field in fields.values() if list(fields.values()).count(field) > 1}
    if twice:
        raise no_table.twice(", ".join(wanted.headings[field] for field in sorted(twice)))
    beside = [place for place, found in row.cells.items() if found.is_beside and wanted.field(_said(found))]
    headings = {
        place: " ".join(normalize("NFC", str(found.value)[:_LONGEST_HEADING]).split())
        for place, found in row.cells.items()
        if place not in beside
        and found.value is not None
        and fold(str(found.value)) not in map(fold, wanted.ours)
    }
    return headings, beside


def _check_remarks(row: Row, wanted: Wanted, fields: Mapping[int, str]) -> None:
    """Whether a heading is one of ours and says more in brackets, as a unit: the column could be meant
    otherwise, and without it what it holds would be taken for left out."""
    for field, place in _almost(row, wanted).items():
        if place not in fields and field not in fields.values():
            raise no_table.says_more(wanted.headings[field])


def _almost(row: Row, wanted: Wanted) -> dict[str, int]:
    """The fields that headings mean, whatever they say in brackets."""
    said = {place: wanted.field(_BRACKETS.sub("", _said(found))) for place, found in row.cells.items()}
    return {field: place for place, field in said.items() if field is not None}
