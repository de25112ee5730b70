"""The rows of a CSV file, as Excel in Vietnam writes them: UTF-8 with or without its mark, `,` `;` or TAB."""

import csv
import io
from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from typing import Final

from app.errors import Invalid
from app.sheets.csv_file import unguarded
from app.sheets.found import MOST_COLUMNS, MOST_ROWS, Found, Row, too_many_rows, unfit

MOST_LINES: Final = 1_048_576
"""Empty ones included: as many as Excel itself has, so that an endless tail keeps nobody busy."""
_DELIMITERS: Final = (",", ";", "\t")
_UTF_16: Final = (b"\xff\xfe", b"\xfe\xff")
_ZIP: Final = b"PK\x03\x04"


def rows(body: bytes, known: Callable[[Row], int], looked_at: int) -> Iterator[Row]:
    """The rows that are not empty, parted by the sign at which one of the first ones is `known` best."""
    text = _decoded(body)
    said = text[:6].lower()
    if said.startswith("sep=") and len(text) > 4:  # Excel's own way to say it
        first, _, rest = text.partition("\n")
        return _rows(rest, first[4], 1)

    def fit(delimiter: str) -> int:
        return max(map(known, islice(_rows(text, delimiter), looked_at)), default=0)

    return _rows(text, max(_DELIMITERS, key=fit))


def _rows(text: str, delimiter: str, above: int = 0) -> Iterator[Row]:
    how_many = 0
    try:
        for number, cells in enumerate(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter), 1):
            if number > MOST_LINES:
                raise too_many_rows()
            found = _found(cells)
            if found:
                how_many += 1
                if how_many > MOST_ROWS:
                    raise too_many_rows()
                yield Row(above + number, found)
    except csv.Error as error:
        raise unfit(
            "not_a_csv",
            "Không đọc được CSV: có dấu ngoặc kép không đóng hoặc ô quá dài",
            "The CSV cannot be read: a quotation mark is not closed, or a cell is too long",
        ) from error


def _found(cells: Sequence[str]) -> dict[int, Found]:
    return {
        place: Found(unguarded(cell)) for place, cell in enumerate(cells[:MOST_COLUMNS], 1) if cell.strip()
    }


def _decoded(body: bytes) -> str:
    if body.startswith(_ZIP):
        raise unfit(
            "not_a_csv",
            "Đây là tệp Excel, không phải CSV: hãy gửi với Content-Type của .xlsx",
            "This is an Excel file, not CSV: send it with the Content-Type of .xlsx",
        )
    if body.startswith(_UTF_16):
        raise _not_utf8()
    try:
        return body.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise _not_utf8() from error


def _not_utf8() -> Invalid:
    return unfit(
        "bad_encoding",
        "Tệp không phải UTF-8: trong Excel chọn Lưu thành, kiểu “CSV UTF-8”",
        "The file is not UTF-8: in Excel choose Save As, “CSV UTF-8”",
    )
