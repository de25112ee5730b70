"""The rows of a sheet of a workbook, one after the other, each held no longer than it is read.

Empty rows cost nothing, however many there are. A cell of a merged range has the value of its first one, as
the eye reads it; a row that has nothing but such values is empty.
"""

import math
import re
from collections import deque
from collections.abc import Iterator, Mapping
from datetime import date, datetime, time, timedelta
from typing import Final, NamedTuple

from app.sheets.archive import Archive, broken
from app.sheets.found import ERRORS, MOST_COLUMNS, MOST_ROWS, Found, Row, Value, too_many_rows
from app.sheets.package import Look, Package, unescaped
from app.sheets.xml_events import Runs, listen

_LAST_ROW, _LAST_COLUMN = 1_048_576, 16_384
_LEAP_DAY_THAT_NEVER_WAS: Final = 60
_PLACE: Final = re.compile(r"([A-Z]{1,3})([0-9]{1,7})")
_MERGED: Final = re.compile(
    rb"""<(?:\w{1,20}:)?mergeCell\s[^<>]{0,200}?ref\s?=\s?["']([A-Z]{1,3}[0-9]{1,7}:[A-Z]{1,3}[0-9]{1,7})["']"""
)
_OVERLAP: Final = 300
_MOST_MERGED: Final = 100_000


class Range(NamedTuple):
    """A merged range; the first and last row and column that belong to it."""

    top: int
    left: int
    bottom: int
    right: int


def rows(package: Package, member: str) -> Iterator[Row]:
    """The rows that are not empty, from the top."""
    waiting = deque(_merged(package.archive, member))
    active: list[tuple[Range, Found]] = []
    for how_many, row in enumerate(_written(package, member), 1):
        if how_many > MOST_ROWS:
            raise too_many_rows()
        active = [(range_, value) for range_, value in active if range_.bottom >= row.number]
        while waiting and waiting[0].top <= row.number:
            range_ = waiting.popleft()
            if range_.top == row.number and range_.left in row.cells:
                spread = range_.bottom > range_.top
                active.append((range_, row.cells[range_.left]._replace(is_spread=spread)))
        if sum(min(range_.right, MOST_COLUMNS) - range_.left + 1 for range_, _ in active) > MOST_COLUMNS:
            raise broken()  # ranges that lie over each other
        cells = dict(row.cells)
        for range_, value in active:
            if range_.top == row.number:
                cells[range_.left] = value
            cells.setdefault(range_.left, value)
            beside = value._replace(is_beside=True)
            for column in range(range_.left + 1, min(range_.right, MOST_COLUMNS) + 1):
                cells.setdefault(column, beside)
        yield Row(row.number, cells)


def _written(package: Package, member: str) -> Iterator[Row]:
    sheet = _Sheet(package)
    for _ in listen(package.archive, member, sheet):
        while sheet.ready:
            yield sheet.ready.popleft()


class _Sheet:
    """Hears a sheet and makes rows of it."""

    def __init__(self, package: Package) -> None:
        self.ready: deque[Row] = deque()
        self._package = package
        self._row, self._column = 0, 0
        self._cells: dict[int, Found] = {}
        self._kind, self._look = "n", 0
        self._text, self._is_formula, self._spoken = Runs(), False, False

    def start(self, name: str, attributes: Mapping[str, str], /) -> None:
        if name == "c":
            self._kind, self._look = attributes.get("t", "n"), int(attributes.get("s", "0"))
            self._text.clear()
            self._is_formula = False
            place = attributes.get("r")
            self._column = self._column + 1 if place is None else column_of(place)
        elif name == "row":
            row = int(attributes.get("r", self._row + 1))
            if not self._row < row <= _LAST_ROW:
                raise broken()
            self._row, self._column = row, 0
        elif name == "f":
            self._is_formula = True
        elif name == "rPh":
            self._spoken = True

    def end(self, name: str, text: str, /) -> None:
        if name == "v":
            self._text.clear()
            self._text.add(text)
        elif name == "t" and not self._spoken:
            self._text.add(text)
        elif name == "rPh":
            self._spoken = False
        elif name == "c" and self._column <= MOST_COLUMNS:
            found = self._found()
            if found is not None:
                self._cells[self._column] = found
        elif name == "row" and self._cells:
            self.ready.append(Row(self._row, self._cells))
            self._cells = {}

    def _found(self) -> Found | None:
        text = self._text.whole()
        if not text:
            uncalculated = self._is_formula and self._kind != "str"  # an empty text is what it came to
            return Found(None, is_formula=True) if uncalculated else None
        if self._kind == "e":
            return Found(text if text in ERRORS else None, self._is_formula, is_error=True)
        value = self._value(text)
        if isinstance(value, str) and not value.strip():
            return None
        in_part = self._seen_as() is Look.DAY_IN_PART and isinstance(value, date)
        return Found(value, self._is_formula, is_error=value is None, is_in_part=in_part)

    def _seen_as(self) -> Look:
        looks = self._package.days
        return looks[self._look] if 0 <= self._look < len(looks) else Look.NUMBER

    def _value(self, text: str) -> Value | None:
        """What the cell holds (§18.18.11); None where it cannot be that."""
        if self._kind == "s":
            place = int(text)
            return self._package.texts[place] if 0 <= place < len(self._package.texts) else None
        if self._kind in ("str", "inlineStr"):
            return unescaped(text)
        if self._kind == "b":
            return text == "1"
        if self._kind == "d":
            return _day_or_instant(datetime.fromisoformat(text).replace(tzinfo=None))
        number = int(text) if text.isdigit() and len(text) < 16 else float(text)
        if not math.isfinite(number):
            return None
        if self._seen_as() is not Look.NUMBER:
            if 0 <= number < 1:
                return _time_of(number)
            return day_of(number, from_1904=self._package.counts_from_1904)
        return int(number) if number == int(number) and abs(number) < 10**15 else number


def column_of(place: str) -> int:
    """The column of `AB12`, from 1."""
    found = _PLACE.fullmatch(place)
    if found is None:
        raise broken()
    column = 0
    for letter in found[1]:
        column = 26 * column + ord(letter) - ord("A") + 1
    if column > _LAST_COLUMN:
        raise broken()
    return column


def day_of(number: float, *, from_1904: bool) -> date | None:
    """The day, or the instant to the second, that a number stands for (§18.17.4.1)."""
    if number < 0:
        return None
    first = datetime(1904, 1, 1) if from_1904 else datetime(1899, 12, 30)  # noqa: DTZ001 - sheets know no offset
    if not from_1904 and number < _LEAP_DAY_THAT_NEVER_WAS:
        first += timedelta(days=1)
    try:
        return _day_or_instant(first + timedelta(seconds=round(number * 86_400)))
    except OverflowError:
        return None  # after the year 9999


def _day_or_instant(at: datetime) -> date:
    return at.date() if at.time() == time.min else at


def _time_of(number: float) -> str:
    """A time of no day, as it is shown."""
    minutes, seconds = divmod(int(number * 86_400 + 0.5) % 86_400, 60)
    return f"{minutes // 60:02}:{minutes % 60:02}" + (f":{seconds:02}" if seconds else "")


def _merged(archive: Archive, member: str) -> list[Range]:
    """The merged ranges, which a sheet tells of only after its rows; from the top."""
    found: set[bytes] = set()
    before = b""
    for piece in archive.pieces(member):
        text = before + piece
        found.update(_MERGED.findall(text))
        before = text[-_OVERLAP:]
        if len(found) > _MOST_MERGED:
            raise broken()
    return sorted(_range(one.decode("ascii")) for one in found)


def _range(reference: str) -> Range:
    first, last = reference.split(":")
    return Range(_row_of(first), column_of(first), _row_of(last), column_of(last))


def _row_of(place: str) -> int:
    return int(place.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ"))
