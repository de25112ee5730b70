"""XLSX as an office prints it: A4 landscape, one page wide, the headings on every page and always in sight.

Rows go to the disk as they come, so memory does not grow with them. The same rows give the same bytes, which
is what an ETag is made of.
"""

from collections.abc import Collection, Iterable, Sequence
from datetime import date, datetime
from tempfile import TemporaryDirectory
from typing import IO, Any, Final

from xlsxwriter import Workbook
from xlsxwriter.worksheet import Worksheet

from app.errors import Invalid
from app.sheets.columns import Cell
from app.sheets.csv_file import dated

MOST_ROWS: Final = 1_048_576 - 1
"""Rows that the format has room for below the headings."""
_LONGEST_TEXT: Final = 32_767
_EXACT: Final = 10**15
"""Spreadsheets keep fifteen digits of a number; a longer one stays whole only as text."""
_LARGE: Final = 10_000
"""From here on digits are shown in groups; a year is not."""
_FIRST_DAY: Final = date(1900, 3, 1)
"""Before it Excel counts a 29 February 1900 that never was."""
_NARROWEST, _WIDEST = 9, 32
_LINE: Final = 15
"""The height of a line of text, in points."""
_A4: Final = 9
_MOST_LINES: Final = 12
_MADE: Final = datetime(1980, 1, 1)  # noqa: DTZ001 - the format knows no offsets; the same for every file
_LOOKS: Final[dict[str, dict[str, Any]]] = {
    "heading": {"bold": True, "text_wrap": True, "valign": "vcenter", "bg_color": "#DCE8F4", "border": 1},
    "text": {"text_wrap": True, "valign": "top"},
    "number": {"valign": "top", "align": "right", "indent": 1, "num_format": "General"},
    "large": {"valign": "top", "align": "right", "indent": 1, "num_format": "#,##0"},
    "day": {"valign": "top", "align": "left", "num_format": "dd/mm/yyyy"},
    "instant": {"valign": "top", "align": "left", "num_format": "dd/mm/yyyy hh:mm:ss"},
}


def write(
    file: IO[bytes],
    tab: str,
    headings: Sequence[str],
    rows: Iterable[Sequence[Cell]],
    folded: Collection[int] = (),
) -> None:
    """Write all rows below the headings; Invalid (422) when there are more than the format has room for.

    The columns at the places `folded` are there, and folded away.
    """
    with TemporaryDirectory() as folder:
        options = {"constant_memory": True, "tmpdir": folder, "strings_to_numbers": False}
        with Workbook(file, options) as workbook:
            workbook.set_properties({"created": _MADE})
            _Sheet(workbook, tab, headings).fill(rows, folded)


class _Sheet:
    """The one sheet of a workbook, growing downwards."""

    def __init__(self, workbook: Workbook, tab: str, headings: Sequence[str]) -> None:
        self._looks = {name: workbook.add_format(look) for name, look in _LOOKS.items()}
        self._widths = [
            len(max(heading.split(), key=len)) + 4 for heading in headings
        ]  # and the filter's arrow
        self._sheet: Worksheet = workbook.add_worksheet(tab)
        self._sheet.set_row(0, 3 * _LINE)
        for place, heading in enumerate(headings):
            self._sheet.write_string(0, place, heading, self._looks["heading"])

    def fill(self, rows: Iterable[Sequence[Cell]], folded: Collection[int]) -> None:
        """Write the rows, then what depends on them."""
        last = 0
        for last, row in enumerate(rows, 1):
            if last > MOST_ROWS:
                raise _too_many()
            lines = [
                self._write(last, place, cell) for place, cell in enumerate(row) if cell not in (None, "")
            ]
            self._sheet.set_row(last, _LINE * max(lines, default=1))
            for kept in (self._sheet.row_info, self._sheet.row_sizes):
                kept.pop(last - 1, None)  # on the disk already; the writer would keep the height of every row
        sheet = self._sheet
        for place, width in enumerate(self._widths):
            fold = {"level": 1, "hidden": True} if place in folded else {}
            sheet.set_column(place, place, min(max(width, _NARROWEST), _WIDEST), None, fold)
        sheet.freeze_panes(1, 0)
        sheet.autofilter(0, 0, last, len(self._widths) - 1)
        sheet.repeat_rows(0)
        sheet.set_landscape()
        sheet.set_paper(_A4)
        sheet.fit_to_pages(1, 0)
        sheet.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.6)
        sheet.set_footer("&L&A&RTrang &P/&N")

    def _write(self, row: int, place: int, cell: Cell) -> int:
        """Write a cell; says how many lines high it is."""
        sheet, looks = self._sheet, self._looks
        if isinstance(cell, date) and (cell.date() if isinstance(cell, datetime) else cell) >= _FIRST_DAY:
            look = "instant" if isinstance(cell, datetime) else "day"
            sheet.write_datetime(row, place, cell, looks[look])
            shown = dated(cell)
        elif isinstance(cell, int | float) and abs(cell) < _EXACT:
            sheet.write_number(row, place, cell, looks["large" if abs(cell) >= _LARGE else "number"])
            shown = f"{cell:,}"
        else:
            shown = dated(cell) if isinstance(cell, date) else str(cell)
            shown = shown if len(shown) <= _LONGEST_TEXT else shown[: _LONGEST_TEXT - 1] + "…"
            sheet.write_string(row, place, shown, looks["text"])
        self._widths[place] = max(self._widths[place], len(shown) + 2)
        return min(sum(-(-len(line) // (_WIDEST - 4)) for line in shown.split("\n")), _MOST_LINES)


def _too_many() -> Invalid:
    return Invalid.at(
        "query:format",
        "too_many_rows",
        f"Tệp Excel chứa được {MOST_ROWS} dòng: hãy lọc bớt, hoặc lấy CSV",
        f"An Excel file holds {MOST_ROWS} rows: filter the list, or ask for CSV",
    )
