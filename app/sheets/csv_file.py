"""CSV as Excel opens it by a double click: UTF-8 with its mark, RFC 4180, days as dd/MM/yyyy.

A text that a spreadsheet would take for a formula gets an apostrophe before it, which is taken off again when
the file comes back (OWASP, CSV Injection).
"""

import csv
import io
import re
from codecs import BOM_UTF8
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import IO, Final

from app.sheets.columns import Cell

_FORMULA: Final = re.compile(r"'*[=+\-@\t\r＝＋－＠]")
"""What begins like this, or like this behind apostrophes, gets one more: so one can always be taken off."""


def write(file: IO[bytes], headings: Sequence[str], rows: Iterable[Sequence[Cell]]) -> None:
    """Write all rows below the headings."""
    file.write(BOM_UTF8)
    text = io.TextIOWrapper(file, encoding="utf-8", newline="")
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(headings)
    writer.writerows([_written(cell) for cell in row] for row in rows)
    text.detach()


def guarded(text: str) -> str:
    """The text as no spreadsheet takes it for a formula."""
    return f"'{text}" if _FORMULA.match(text) else text


def unguarded(text: str) -> str:
    """The text as it was before it was guarded."""
    return text[1:] if text.startswith("'") and _FORMULA.match(text) else text


def dated(value: date) -> str:
    """A day as Vietnam writes it; of an instant, the time too."""
    day = f"{value.day:02}/{value.month:02}/{value.year:04}"
    return f"{day} {value:%H:%M:%S}" if isinstance(value, datetime) else day


def _written(cell: Cell) -> str | int | float:
    if cell is None:
        return ""
    if isinstance(cell, date):
        return dated(cell)
    return guarded(cell) if isinstance(cell, str) else cell
