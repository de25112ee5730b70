"""Sheets as a test opens them, and what they should say: JSON items laid flat by rules written down again."""

import csv
import io
import json
import re
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from datetime import date, datetime, timedelta
from typing import Any

import httpx
from openpyxl import load_workbook
from openpyxl.worksheet.worksheet import Worksheet

from app.web import long_files

FORMULA = ("=", "+", "-", "@", "\t", "\r")
_DAY = re.compile(r"\d{4}-\d\d-\d\d")
_INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|\+00:00)")


@contextmanager
def no_place_for_long_files() -> Iterator[None]:
    """As many long files as may be are being worked on."""
    with ExitStack() as held:
        for _ in range(long_files.AT_ONCE):
            held.enter_context(long_files.Place()).need(True)
        yield


def rows_of_csv(content: bytes) -> list[list[str]]:
    """The cells of a CSV file, its headings first."""
    assert content.startswith(b"\xef\xbb\xbf")
    text = content.decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(text, newline="")))
    assert text.count("\r\n") == len(rows), "a line break within a cell is no end of a row"
    return rows


def sheet_of(content: bytes) -> Worksheet:
    """The one sheet of an XLSX file."""
    book = load_workbook(io.BytesIO(content))
    [sheet] = book.worksheets
    return sheet


def rows_of_xlsx(content: bytes) -> list[list[Any]]:
    """The cells of an XLSX file, its headings first; none of them a formula."""
    rows = list(sheet_of(content).iter_rows())
    assert not [cell.coordinate for row in rows for cell in row if cell.data_type == "f"]
    return [[_as_written(cell.value, cell.number_format) for cell in row] for row in rows]


def rows_of(answer: httpx.Response) -> list[list[Any]]:
    """The cells of a file that was answered."""
    assert answer.status_code == 200, answer.text
    read = rows_of_csv if answer.headers["content-type"].startswith("text/csv") else rows_of_xlsx
    return read(answer.content)


def _as_written(value: Any, form: str) -> Any:
    """openpyxl gives midnight for a day; the cell's own format says which was meant."""
    return value.date() if isinstance(value, datetime) and "hh" not in form else value


def expected(item: dict[str, Any], path: Sequence[str], form: str) -> Any:
    """What the cell at the end of this way has to hold in a file of this form."""
    value: Any = item
    for name in path:
        value = value.get(name) if isinstance(value, dict) else None
    if tuple(path) == ("key",) and re.fullmatch("[a-z_]+", value):
        value = None  # a row that sums up what has no code: what programs know it by
    found = "\n".join(value) if path[-1] == "changes_vi" else _plain(value)
    if form == "xlsx":
        return None if found == "" else found
    if found is None:
        return ""
    if isinstance(found, date):
        return f"{found:%d/%m/%Y %H:%M:%S}" if isinstance(found, datetime) else f"{found:%d/%m/%Y}"
    text = str(found)
    return f"'{text}" if isinstance(found, str) and text.lstrip("'").startswith(FORMULA) else text


def _plain(value: Any) -> Any:
    if isinstance(value, bool):
        return "Có" if value else "Không"
    if isinstance(value, str) and _DAY.fullmatch(value):
        return date.fromisoformat(value)
    if isinstance(value, str) and _INSTANT.fullmatch(value):
        instant = datetime.fromisoformat(value)
        return (instant + timedelta(hours=7)).replace(tzinfo=None, microsecond=0)
    if isinstance(value, dict):
        return json.dumps(value, ensure_ascii=False)
    sentences = isinstance(value, list) and any(isinstance(one, dict) and "text_vi" in one for one in value)
    return ("\n" if sentences else ", ").join(map(_name, value)) if isinstance(value, list) else value


def _name(thing: Any) -> str:
    if not isinstance(thing, dict):
        return str(thing)
    named = next(thing[name] for name in ("text_vi", "code", "name_vi", "agency", "task") if name in thing)
    return str(named["code"] if isinstance(named, dict) else named)
