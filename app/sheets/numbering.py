"""Numbering: the row in which a printed form numbers its columns, below the headings: `(1)`, `A`, `3=1+2`.

It is no record. Only a row that says nothing else is one: each of its cells is the mark of a column, each
mark comes shortly after the one to its left, and more than half of the columns have one.
"""

import re
from collections.abc import Collection, Sequence
from datetime import date
from typing import Final

from app.rules.vietnamese import fold
from app.sheets.found import Found, Row

LOOKED_AT: Final = 3
"""Rows below the headings among which it is looked for: the headings may go on above it."""
_FEWEST: Final = 3
_WIDEST_STEP: Final = 3
"""Who took columns out of a form left their numbers out with them."""
_LONGEST: Final = 60
_BRACKETS: Final = re.compile(r"[\s()\[\]*]")
_MARK: Final = re.compile(r"(?:cot|-)?([0-9]{1,2}|(?<!-)[a-z])\.?(?:=.+)?")
"""A number or a letter; behind it how the column is worked out from others."""
_FIRST_DAYS: Final = (1900, 1)
"""Where a column is of days, Excel shows its number as a day of this month."""


def of(rows: Sequence[Row], headed: Collection[int]) -> int | None:
    """Which of the first rows below the headings numbers the columns that have one."""
    return next((place for place, row in enumerate(rows[:LOOKED_AT]) if _numbers(row, headed)), None)


def _numbers(row: Row, headed: Collection[int]) -> bool:
    own = [row.cells[place] for place in sorted(row.cells) if not row.cells[place].is_beside]
    marks = [_mark(found) for found in own if not found.is_spread]
    ranks = [mark for mark in marks if mark is not None]
    marked = [place for place in headed if place in row.cells]
    whole = len(ranks) == len(own) and len(ranks) >= _FEWEST and 2 * len(marked) > len(headed)
    return whole and _goes_up(ranks)


def _mark(found: Found) -> tuple[bool, int] | None:
    """A column's mark: whether it is a number, and which place it names; None where there is none. To Excel a
    number in brackets is one below zero."""
    if isinstance(found.value, int) and not isinstance(found.value, bool):
        return True, abs(found.value)
    if type(found.value) is date and (found.value.year, found.value.month) == _FIRST_DAYS:
        return True, found.value.day
    if not isinstance(found.value, str) or len(found.value) > _LONGEST:
        return None
    said = _MARK.fullmatch(_BRACKETS.sub("", fold(found.value)))
    if said is None:
        return None
    return (True, int(said[1])) if said[1].isdigit() else (False, ord(said[1]) - ord("a") + 1)


def _goes_up(ranks: Sequence[tuple[bool, int]]) -> bool:
    """Whether letters come before numbers, and each mark shortly after the one before it."""
    before = False, 0
    for mark in ranks:
        if mark[0] and not before[0]:
            before = True, 0
        if mark[0] != before[0] or not 0 < mark[1] - before[1] <= _WIDEST_STEP:
            return False
        before = mark
    return True
