"""What is found in a file that was sent: rows of cells, as the file has them, and why one cannot be read."""

from collections.abc import Mapping
from datetime import date
from typing import Final, NamedTuple

from app.errors import Fault, Invalid, Text

MOST_COLUMNS: Final = 100
"""What stands further to the right is not read."""
MOST_ROWS: Final = 200_000
"""Rows with something in them."""

Value = str | int | float | bool | date


ERRORS: Final = frozenset({
    "#NULL!", "#DIV/0!", "#VALUE!", "#REF!", "#NAME?", "#NUM!", "#N/A", "#GETTING_DATA", "#SPILL!", "#CALC!",
    "#FIELD!", "#BLOCKED!", "#CONNECT!", "#BUSY!", "#UNKNOWN!", "#EXTERNAL!", "#PYTHON!",
})  # fmt: skip
"""What Excel shows in a cell that has failed (ECMA-376 Part 1, §18.17.3, and those that came later)."""


class Found(NamedTuple):
    """A cell that is not empty. Its value is None where a formula has none yet, or where it has failed and
    not said how."""

    value: Value | None
    is_formula: bool = False
    is_error: bool = False
    is_spread: bool = False
    """Whether it is one cell over several rows."""
    is_beside: bool = False
    """Whether it is one cell with the one to its left."""
    is_in_part: bool = False
    """Whether it is a day that is shown without its day, or without its year."""


class Row(NamedTuple):
    """A row that is not empty: its number as people see it, and its cells by their places from 1."""

    number: int
    cells: Mapping[int, Found]


def unfit(code: str, vi: str, en: str) -> Invalid:
    """Why the file as a whole cannot be taken. Nothing of it is repeated."""
    return Invalid(Text(vi, en), faults=[Fault("", code, Text(vi, en))])


def too_many_rows() -> Invalid:
    """A sheet longer than is taken at once."""
    return unfit(
        "too_many_rows",
        f"Tệp có hơn {MOST_ROWS} dòng: hãy chia thành nhiều tệp",
        f"The file has more than {MOST_ROWS} rows: send it in parts",
    )
