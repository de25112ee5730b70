"""The rows of a CSV file, as Excel in Vietnam writes them: UTF-8 with or without its mark, `,` `;` or TAB."""

import csv
import io
import re
from collections.abc import Callable, Iterator, Sequence
from itertools import chain, islice
from typing import Final

from app.errors import Invalid
from app.sheets.csv_file import unguarded
from app.sheets.found import MOST_COLUMNS, MOST_ROWS, Found, Row, too_many_rows, unfit

MOST_LINES: Final = 1_048_576
"""Empty ones included: as many as Excel itself has, so that an endless tail keeps nobody busy."""
_DELIMITERS: Final = (",", ";", "\t")
_SAID: Final = re.compile(r'sep=([^\r\n"]?)[^\r\n]*(?:\r\n?|\n|\Z)', re.IGNORECASE)
_UTF_16: Final = (b"\xff\xfe", b"\xfe\xff")
_ZIP: Final = b"PK\x03\x04"


def rows(body: bytes, known: Callable[[Row], int], looked_at: int) -> Iterator[Row]:
    """The rows that are not empty, parted by the sign at which one of the first ones is `known` best."""
    text, above = _decoded(body), 0
    said = _SAID.match(text)
    if said:  # Excel's own way to say it
        text, above = text[said.end() :], 1
        if said[1]:
            return _rows(text, said[1], above)

    def fit(delimiter: str) -> int:
        found = filter(None, map(_found, csv.reader(_lines(text), delimiter=delimiter)))
        try:
            return max((known(Row(0, cells)) for cells in islice(found, looked_at)), default=0)
        except csv.Error:
            return 0

    return _rows(text, max(_DELIMITERS, key=fit), above)


def _rows(text: str, delimiter: str, above: int) -> Iterator[Row]:
    number = how_many = 0
    try:
        for number, cells in enumerate(_records(text, delimiter), 1):
            if number > MOST_LINES:
                raise too_many_rows()
            found = _found(cells)
            if found:
                how_many += 1
                if how_many > MOST_ROWS:
                    raise too_many_rows()
                yield Row(above + number, found)
    except csv.Error as error:
        row = above + number + 1
        raise unfit(
            "not_a_csv",
            f"Không đọc được CSV từ dòng {row}: có dấu ngoặc kép không đóng hoặc ô quá dài",
            f"The CSV cannot be read from row {row}: a quotation mark is not closed, or a cell is too long",
        ) from error


def _records(text: str, delimiter: str) -> Iterator[list[str]]:
    """The cells of each row. One that goes on over several lines has every mark in its place: where one was
    left open, the rows below would be of its cell."""
    taken: list[str] = []

    def lines() -> Iterator[str]:
        for line in chain(_lines(text), ("\n",)):  # an end that whatever is open takes in
            taken.append(line)
            yield line

    for cells in csv.reader(lines(), delimiter=delimiter):
        if len(taken) > 1:
            list(csv.reader(taken, delimiter=delimiter, strict=True))
        taken.clear()
        yield cells


def _lines(text: str) -> Iterator[str]:
    return io.StringIO(text, newline="")


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
        "Tệp không phải UTF-8: trong Excel lưu thành kiểu “CSV UTF-8”; không có kiểu này thì gửi tệp .xlsx",
        "The file is not UTF-8: in Excel save it as “CSV UTF-8”; where there is no such type, send .xlsx",
    )
