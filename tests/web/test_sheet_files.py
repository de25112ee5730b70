"""Sheets as they are read, without a service: what a cell means, what a file may do, and a second opinion."""
# ruff: noqa: DTZ001 - sheets know no offsets

import io
import struct
import zipfile
from collections.abc import Callable
from datetime import date, datetime, time
from pathlib import Path
from typing import Any
from unicodedata import normalize

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook as SecondHand
from openpyxl import load_workbook
from xlsxwriter import Workbook

from app.errors import Invalid
from app.rules.vietnamese import fold
from app.rules.vocabulary import ActivityKind
from app.schemas.imports import ImportAsk
from app.seal import Seal
from app.services import activity_rows
from app.services.activity_sheet import WANTED
from app.services.importing import Import
from app.services.receipts import Received
from app.sheets import archive, csv_rows, days, found, old_fonts, values, xlsx_rows
from app.sheets.found import Found
from app.sheets.package import Package, unescaped
from app.sheets.table import Kind, Table, opened
from app.sheets.values import Unfit
from app.web.validation import parsed
from tests.books import HEADINGS, LINKS, ROW, WORKBOOK, by_hand, csv_of, row_xml, sheet_xml, xlsx_of


def read(body: bytes) -> dict[int, dict[int, Any]]:
    """The values of the first visible sheet, by row and column."""
    package = Package(body)
    sheet = package.sheets[0]
    return {
        row.number: {place: cell.value for place, cell in row.cells.items()}
        for row in xlsx_rows.rows(package, sheet.member)
    }


def read_again(body: bytes) -> dict[int, dict[int, Any]]:
    """The same by another program."""
    [sheet] = load_workbook(io.BytesIO(body), data_only=True).worksheets
    rows: dict[int, dict[int, Any]] = {}
    for row in sheet.iter_rows():
        for cell in row:
            if cell.value is not None and str(cell.value).strip():
                value = cell.value
                is_day = isinstance(value, datetime) and value == datetime(value.year, value.month, value.day)
                rows.setdefault(cell.row or 0, {})[cell.column or 0] = value.date() if is_day else value  # type: ignore[union-attr]
    return rows


CELLS = st.one_of(
    st.text(st.characters(exclude_categories=("Cs", "Cc")), max_size=12).map(lambda text: text.strip()),
    st.integers(-(10**14), 10**14),
    st.floats(allow_nan=False, allow_infinity=False, width=32),
    st.booleans(),
    st.dates(date(1900, 3, 1), date(2200, 1, 1)),
    st.datetimes(datetime(1901, 1, 1), datetime(2200, 1, 1)).map(lambda at: at.replace(microsecond=0)),
    st.none(),
)


@given(st.lists(st.lists(CELLS, max_size=6), max_size=8), st.booleans())
def test_a_second_program_reads_the_same(rows: list[list[Any]], by_another: bool) -> None:
    file = io.BytesIO()
    if by_another:
        book = SecondHand()
        sheet = book.active
        assert sheet is not None
        for place, row in enumerate(rows, 1):
            for column, value in enumerate(row, 1):
                cell = sheet.cell(place, column)
                cell.value = value
                if isinstance(value, str):
                    cell.data_type = "s"
        book.save(file)
    else:
        with Workbook(file, {"default_date_format": "dd/mm/yyyy hh:mm", "strings_to_urls": False}) as written:
            tab = written.add_worksheet()
            for place, row in enumerate(rows):
                for column, value in enumerate(row):
                    if isinstance(value, str):
                        tab.write_string(place, column, value)
                    elif value is not None:
                        tab.write(place, column, value)
    assert read(file.getvalue()) == _unescaped(read_again(file.getvalue()))


def _unescaped(rows: dict[int, dict[int, Any]]) -> dict[int, dict[int, Any]]:
    """The other program leaves `_x000A_` as it is written, and calls 3.0 a real number."""

    def plain(value: Any) -> Any:
        if isinstance(value, str):
            return unescaped(value)
        return int(value) if isinstance(value, float) and value.is_integer() else value

    return {row: {place: plain(value) for place, value in cells.items()} for row, cells in rows.items()}


def table(body: bytes, kind: Kind = "xlsx") -> Table:
    return opened(body, kind, WANTED)


def test_a_merged_range_has_its_first_value_everywhere() -> None:
    rows = row_xml(1, *HEADINGS) + row_xml(2, *ROW) + '<row r="3"><c r="E3" t="str"><v>Hai</v></c></row>'
    rows += '<row r="4"><c r="A4" s="0"/></row><row r="5"><c r="E5"><v>7</v></c></row>'
    merged = (
        '<mergeCells><mergeCell ref="A2:D4"/><mergeCell ref="F2:F3"/><mergeCell ref="A9:C9"/></mergeCells>'
    )
    found_rows = list(table(by_hand(sheet_xml(rows, merged))).rows)
    assert [row.number for row in found_rows] == [2, 3, 5]
    assert {place: cell.value for place, cell in found_rows[1].cells.items()} == {
        1: "IV.7.a", 2: "IV.7.a", 3: "IV.7.a", 4: "IV.7.a", 5: "Hai", 6: "1"
    }  # fmt: skip
    assert {place: cell.value for place, cell in found_rows[2].cells.items()} == {5: 7}


def test_the_first_sheet_that_can_be_seen_and_has_the_headings_is_read() -> None:
    file = io.BytesIO()
    with Workbook(file) as book:
        for name, hidden, headings in (("A", True, HEADINGS), ("B", False, ["x"]), ("C", False, HEADINGS)):
            sheet = book.add_worksheet(name)
            if hidden:
                sheet.hide()
            sheet.write_row(0, 0, headings)
        book.worksheets()[1].activate()
        book.add_worksheet("D" * 31).write_row(0, 0, HEADINGS)
    found = table(file.getvalue())
    assert (found.tab, found.other_tabs) == ("C", ["B", "D" * 31]), "what is hidden is not spoken of"
    assert table(csv_of(), "csv").other_tabs == []


def test_every_cell_among_which_headings_are_looked_for_is_read_as_one_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked: list[str] = []

    def counted(text: str) -> str:
        asked.append(text)
        return fold(text)

    monkeypatch.setattr("app.sheets.table.fold", counted)
    steps = [[*[""] * n, HEADINGS[0], *["Nội dung khác"] * (60 - n)] for n in range(20)]
    with pytest.raises(Invalid) as refused:
        table(xlsx_of(*steps[1:], headings=steps[0]))
    assert _codes(refused.value) == ["headings_missing"]
    cells = sum(len(list(filter(None, row))) for row in steps)
    assert len(asked) <= 2 * cells, "as it is and without brackets, whatever headings stand above"


def test_a_cell_in_the_last_corner_costs_nothing() -> None:
    far = '<row r="1048576"><c r="A1048576" t="str"><v>x</v></c><c r="XFD1048576"><v>1</v></c></row>'
    found_rows = list(table(by_hand(sheet_xml(row_xml(1, *HEADINGS) + far))).rows)
    assert [(row.number, dict(row.cells)) for row in found_rows] == [(1_048_576, {1: Found("x")})]


def _codes(error: Invalid) -> list[str]:
    return [fault.code for fault in error.faults]


_HEAD = row_xml(1, *HEADINGS)
_TEXTS_LINK = '<Relationship Id="r2" Type="/sharedStrings" Target="sharedStrings.xml"/>'
_ENTITY = '<!DOCTYPE worksheet [<!ENTITY x SYSTEM "file:///etc/hostname">]>'
_BILLION = '<!DOCTYPE w [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'


def _lying() -> bytes:
    """A zip whose member says it is larger than anything."""
    body = bytearray(by_hand(sheet_xml(_HEAD)))
    at = body.rindex(b"PK\x01\x02")
    struct.pack_into("<I", body, at + 24, 0xFFFFFFF0)
    return bytes(body)


def _locked() -> bytes:
    body = bytearray(by_hand(sheet_xml(_HEAD)))
    at = body.index(b"PK\x01\x02")
    struct.pack_into("<H", body, at + 8, 1)
    return bytes(body)


def _damaged() -> bytes:
    body = bytearray(xlsx_of(ROW))
    at = body.index(b"xl/worksheets/sheet1.xml") + 60
    body[at : at + 20] = bytes(20)
    return bytes(body)


def _crowd() -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as crowd:
        for number in range(archive.MOST_MEMBERS + 1):
            crowd.writestr(str(number), "")
    return file.getvalue()


WORKBOOKS: dict[str, tuple[Callable[[], bytes], str]] = {
    "no zip": (lambda: b"rubbish", "not_a_workbook"),
    "a CSV": (lambda: csv_of(ROW), "not_a_workbook"),
    "a zip of something else": (_crowd, "inflates_too_much"),
    "an empty zip": (lambda: b"PK\x05\x06" + bytes(18), "not_a_workbook"),
    "cut off": (lambda: xlsx_of(ROW)[:-300], "not_a_workbook"),
    "damaged": (_damaged, "not_a_workbook"),
    "an old .xls": (lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "old_or_locked_workbook"),
    "locked": (_locked, "old_or_locked_workbook"),
    "larger than it may say": (_lying, "inflates_too_much"),
    "a bomb": (lambda: by_hand(b"<a>" + b" " * (archive.MOST_INFLATED + 1)), "inflates_too_much"),
    "no XML": (lambda: by_hand("rubbish"), "not_a_workbook"),
    "XML cut off": (lambda: by_hand(sheet_xml(_HEAD)[:-20]), "not_a_workbook"),
    "an entity from elsewhere": (lambda: by_hand(_ENTITY + sheet_xml(_HEAD)), "not_a_workbook"),
    "a billion laughs": (lambda: by_hand(_BILLION + sheet_xml(_HEAD)), "not_a_workbook"),
    "an entity in the workbook": (
        lambda: by_hand(sheet_xml(_HEAD), {"xl/workbook.xml": _ENTITY + "<workbook/>"}),
        "not_a_workbook",
    ),
    "a tag without end": (lambda: by_hand(sheet_xml(f'<row r="{"1" * 3_000_000}')), "not_a_workbook"),
    "a row that is nowhere": (lambda: by_hand(sheet_xml('<row r="99999999999"/>')), "not_a_workbook"),
    "a row that is no number": (lambda: by_hand(sheet_xml('<row r="x"/>')), "not_a_workbook"),
    "rows out of order": (lambda: by_hand(sheet_xml('<row r="2"/><row r="1"/>')), "not_a_workbook"),
    "a cell that is nowhere": (lambda: by_hand(sheet_xml('<row><c r="ZZZZ1"/></row>')), "not_a_workbook"),
    "a NUL": (lambda: by_hand(sheet_xml(row_xml(1, "a\x00b"))), "not_a_workbook"),
    "half a character": (lambda: by_hand(sheet_xml(row_xml(1, "&#xD800;"))), "not_a_workbook"),
    "a text without end": (lambda: by_hand(sheet_xml(row_xml(1, "a" * 200_000))), "not_a_workbook"),
    "no sheet to be seen": (
        lambda: by_hand(sheet_xml(_HEAD), {"xl/workbook.xml": "<workbook/>"}),
        "headings_missing",
    ),
    "no headings": (lambda: by_hand(sheet_xml(row_xml(1, "a", "b"))), "headings_missing"),
    "headings too far down": (
        lambda: by_hand(sheet_xml("".join(row_xml(n, "x") for n in range(1, 30)) + row_xml(40, *HEADINGS))),
        "headings_missing",
    ),
    "100 deep": (lambda: by_hand(sheet_xml("<a>" * 100 + "</a>" * 100)), "headings_missing"),
    "100,000 deep": (lambda: by_hand(sheet_xml("<a>" * 100_000 + "</a>" * 100_000)), "headings_missing"),
    "too many rows": (
        lambda: by_hand(
            sheet_xml(_HEAD + '<row><c t="b"><v>1</v></c></row>' * (found.MOST_ROWS + 1))
        ),
        "too_many_rows",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", WORKBOOKS)
def test_a_workbook_that_means_harm_is_refused_in_words(name: str) -> None:
    make, code = WORKBOOKS[name]
    with pytest.raises(Invalid) as refused:
        list(table(make()).rows)
    assert _codes(refused.value) == [code]


def test_elements_without_end_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.sheets.xml_events._MOST_ELEMENTS", 1000)
    with pytest.raises(Invalid) as refused:
        list(table(by_hand(sheet_xml(_HEAD + "<row>" + "<c/>" * 2000 + "</row>"))).rows)
    assert _codes(refused.value) == ["inflates_too_much"]


def test_one_part_is_not_read_again_for_every_sheet_that_names_it() -> None:
    sheets = "".join(f'<sheet name="S{n}" sheetId="{n}" r:id="r1"/>' for n in (1, 2))
    main = WORKBOOK.replace('<sheet name="S" sheetId="1" r:id="r1"/>', sheets)
    with pytest.raises(Invalid) as refused:
        table(by_hand(sheet_xml(_HEAD + row_xml(2, *ROW)), {"xl/workbook.xml": main}))
    assert _codes(refused.value) == ["not_a_workbook"]


def test_elements_are_counted_in_all_of_a_file(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.sheets.xml_events._MOST_IN_ALL", 1000)
    texts = f"<sst>{'<si/>' * 600}</sst>"
    links = LINKS.replace("</Relationships>", _TEXTS_LINK + "</Relationships>")
    sheet = sheet_xml(_HEAD + "<row>" + "<c/>" * 600 + "</row>")
    with pytest.raises(Invalid) as refused:
        list(table(by_hand(sheet, {"xl/_rels/workbook.xml.rels": links, "xl/sharedStrings.xml": texts})).rows)
    assert _codes(refused.value) == ["inflates_too_much"]


def test_links_without_end_are_refused() -> None:
    links = LINKS.replace("</Relationships>", "<Relationship/>" * 5000 + "</Relationships>")
    with pytest.raises(Invalid) as refused:
        table(by_hand(sheet_xml(_HEAD), {"xl/_rels/workbook.xml.rels": links}))
    assert _codes(refused.value) == ["not_a_workbook"]


@pytest.mark.parametrize("where", ["in the cell", "shared"])
def test_no_text_is_longer_than_a_cell_takes(where: str) -> None:
    """However many parts it comes in, each of which is short."""
    runs = f"<r><t>{'x' * 1000}</t></r>" * 101
    inside = f'<c r="A2" t="inlineStr"><is>{runs}</is></c>' if where == "in the cell" else "<c/>"
    links = LINKS.replace("</Relationships>", _TEXTS_LINK + "</Relationships>")
    more = {"xl/_rels/workbook.xml.rels": links, "xl/sharedStrings.xml": f"<sst><si>{runs}</si></sst>"}
    body = by_hand(sheet_xml(f'{_HEAD}<row r="2">{inside}</row>'), more if where == "shared" else None)
    with pytest.raises(Invalid) as refused:
        list(table(body).rows)
    assert _codes(refused.value) == ["not_a_workbook"]


def test_a_text_that_many_cells_share_does_not_fill_the_disk(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr("app.services.importing.MOST_ON_DISK", 100_000)
    body = xlsx_of(*([*ROW[:4], "x" * 9000, "1"] for _ in range(20)))
    received = Received("", len(body), Seal.open(tmp_path / "receipts.pem"))
    with pytest.raises(Invalid) as refused:
        Import(activity_rows.FORM, "SVHTTDL", body, "xlsx", ImportAsk(), parsed, received)
    assert _codes(refused.value) == ["inflates_too_much"]


def test_texts_without_end_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.sheets.package._MOST_TEXT", 1000)
    with pytest.raises(Invalid) as refused:
        table(xlsx_of(*([f"dòng {number}"] for number in range(100))))
    assert _codes(refused.value) == ["inflates_too_much"]


@pytest.mark.parametrize(("last", "how_many"), [("B", 99), ("CV", 2), ("XFD", 2)])
def test_ranges_that_lie_over_each_other_are_refused(last: str, how_many: int) -> None:
    """A few of them, all columns wide, would fill every row of a long sheet over and over."""
    merged = "".join(f'<mergeCell ref="A{n}:{last}9000"/>' for n in range(1, how_many + 1))
    rows = "".join(row_xml(n, "x") for n in range(1, how_many + 1))
    with pytest.raises(Invalid) as refused:
        read(by_hand(sheet_xml(rows, f"<mergeCells>{merged}</mergeCells>")))
    assert _codes(refused.value) == ["not_a_workbook"]


def test_ranges_beside_each_other_may_fill_a_row() -> None:
    merged = '<mergeCells><mergeCell ref="A1:B2"/><mergeCell ref="C1:XFD2"/></mergeCells>'
    rows = row_xml(1, "x", "", "y") + row_xml(2, "", "", "", "z")
    below = read(by_hand(sheet_xml(rows, merged)))[2]
    assert [below[place] for place in (1, 3, 4, 100)] == ["x", "y", "z", "y"]


def test_a_macro_is_never_looked_at() -> None:
    body = by_hand(sheet_xml(_HEAD + row_xml(2, *ROW)), {"xl/vbaProject.bin": b"\xd0\xcf\x11\xe0rubbish"})
    assert len(list(table(body).rows)) == 1


def _written(*titles: str) -> bytes:
    """A CSV file with these titles as they are."""
    rows = (HEADINGS, *([*ROW[:4], title, "1"] for title in titles))
    return "".join(";".join(row) + "\n" for row in rows).encode()


FILES: dict[str, tuple[bytes, str]] = {
    "empty": (b"", "empty_file"),
    "a mark alone": (b"\xef\xbb\xbf", "headings_missing"),
    "a workbook": (xlsx_of(ROW), "not_a_csv"),
    "UTF-16": (csv_of(ROW).decode("utf-8-sig").encode("utf-16"), "bad_encoding"),
    "Vietnamese of Windows": ("Mã nhiệm vụ".encode("cp1258", "replace") + b"\xd0", "bad_encoding"),
    "TCVN3": (b"M\xb7 nhi\xd6m v\xf4", "bad_encoding"),
    "a surrogate": (b"\xed\xa0\x80", "bad_encoding"),
    "a quote without end": (csv_of(ROW) + b'\r\n"' + b"a" * 200_000, "not_a_csv"),
    "a quote without end in the last row": (csv_of(ROW) + b'\r\nIV.7.a;M1;"', "not_a_csv"),
    "a quote without end above another row": (_written('"Phim một', "Phim hai"), "not_a_csv"),
    "a quote without end on two rows": (
        _written('"Phim một', "Phim hai", '"Phim ba', "Phim bốn"),
        "not_a_csv",
    ),
    "JSON": (b'{"task": "IV.7.a"}', "headings_missing"),
    "lines without end": (csv_of(ROW) + b"\n" * csv_rows.MOST_LINES, "too_many_rows"),
}


@pytest.mark.parametrize("name", FILES)
def test_a_csv_that_is_none_is_refused_in_words(name: str) -> None:
    body, code = FILES[name]
    with pytest.raises(Invalid) as refused:
        list(table(body, "csv").rows)
    assert _codes(refused.value) == [code]


def test_more_rows_than_are_taken_at_once_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(csv_rows, "MOST_ROWS", 3)
    with pytest.raises(Invalid) as refused:
        list(table(csv_of(*[ROW] * 4), "csv").rows)
    assert _codes(refused.value) == ["too_many_rows"]


def test_quotes_are_read_as_they_are_meant() -> None:
    written = {
        'Phim "Dừa sáp"': 'Phim "Dừa sáp"',
        '"Phim ""Dừa sáp"""': 'Phim "Dừa sáp"',
        '"Phim; một"': "Phim; một",
        '"Phim\nhai"': "Phim\nhai",
        '"Phim ""ba""\r\n\r\nhết"': 'Phim "ba"\r\n\r\nhết',
        '"Dừa sáp" và phim': "Dừa sáp và phim",
        '""': None,
    }
    rows = list(table(_written(*written), "csv").rows)
    assert [row.cells[5].value if 5 in row.cells else None for row in rows] == [*written.values()]


@pytest.mark.parametrize("first", ["sep=\n", "sep=\r\n", "sep=;\r\n", "SEP=;;;\n", 'sep="\n', "sep=;\r"])
def test_the_sign_that_parts_cells_may_be_said(first: str) -> None:
    assert [row.number for row in table(first.encode() + _written("Một", "Hai"), "csv").rows] == [3, 4]


def test_a_row_keeps_the_number_that_people_see() -> None:
    body = csv_of(ROW).decode("utf-8-sig") + "\r\n\r\n;;;;;\r\n" + ";".join(ROW)
    assert [row.number for row in table(body.encode(), "csv").rows] == [2, 5]


NUMBERED = [
    ["(1)", "(2)", "(3)", "(4)", "(5)", "(6)"],
    ["1", "2", "3", "4", "5", "6"],
    [1, 2, 3, 4, 5, 6],
    [-1, -2, -3, -4, -5, -6],
    ["A", "B", "C", "D", "E", "F"],
    ["A", "B", "1", "2", "3", "4"],
    ["(A)", "(B)", 1, 2, "3=1+2", 4],
    ["[1]", "[2]", "[3]", "[4]", "[5]", "[6] = [4] x [5]"],
    ["( 1 )", "(2)", "(3)", "(4)", "(5)=(3)+(4)", "(6 = 4 - 5)"],
    ["", "(1)", "(2)", "(3)", "(4)", "(5)"],
    ["(1)", "(2)", "(4)", "(5)", "(6)", "(8)=(5)*(6):100"],
    ["3", "4", "5", "6", "7", "8=6÷7%"],
    ["a", "b", "c", "", "1", "2=1"],
    ["1.", "2.", "3.", "4.", "5.", "6."],
    ["(1)*", "(2)", "(3)", "(4)", "(5)", "(6)=Tổng(1:5)"],
    ["Cột 1", "(cột 2)", "Cột 3", "Cột 4", "Cột 5", "CỘT 6 = 4 + 5 + ..."],
]
"""How forms number their columns: some were taken out, some added without a number."""
RECORDS = [
    ROW,
    ["1", "", "", "", "", "2"],
    ["1", "2", "3", "", "", ""],
    ["1", "2", "3", "4", "5", "150"],
    ["1", "2", "3", "4", "5", "5"],
    ["1", "2", "3", "4", "6", "5"],
    ["1", "2", "3", "4", "5", "sáu"],
    ["1", "2", "3", "4", "5", "năm=6"],
    ["1", "2", date(1901, 1, 3), "4", "5", "6"],
    ["Cột một", "Cột hai", "Cột 3", "Cột 4", "Cột 5", "Cột 6"],
    ["1", "2", "3", "A", "B", "C"],
    ["IV.7.a", "1", "2", "3", "4", "5"],
    ["1", "2", "01/02/2023", "4", "5", "6"],
    ["1.1", "1.2", "1.3", "1.4", "1.5", "1.6"],
    ["0", "1", "2", "3", "4", "5"],
    ["10", "11", "12", "13", "14", "15"],
    ["I", "II", "III", "IV", "V", "VI"],
]
"""What is none of this: a record, or what an office has to look at again."""


def above_a_record(row: list[Any]) -> list[tuple[bytes, Kind]]:
    """Files of both kinds in which this row stands between the headings and a record."""
    return [(xlsx_of(row, ROW), "xlsx"), (csv_of([str(cell) for cell in row], ROW), "csv")]


@pytest.mark.parametrize("row", NUMBERED, ids=str)
def test_the_row_in_which_a_form_numbers_its_columns_is_passed_over(row: list[Any]) -> None:
    for body, kind in above_a_record(row):
        assert table(body, kind).numbered_in == 2
        assert [found_row.number for found_row in table(body, kind).rows] == [3]


@pytest.mark.parametrize("row", RECORDS, ids=str)
def test_a_row_that_only_has_numbers_in_it_is_passed_over_by_nobody(row: list[Any]) -> None:
    for body, kind in above_a_record(row):
        assert table(body, kind).numbered_in is None
        assert [found_row.number for found_row in table(body, kind).rows] == [2, 3]


def test_a_number_in_a_column_of_days_is_a_number_of_a_column() -> None:
    found = table(xlsx_of([1, 2, date(1900, 1, 3), 4, 5, 6], ROW))
    assert (found.numbered_in, [row.number for row in found.rows]) == (2, [3])


def test_columns_are_numbered_right_under_their_headings_and_nowhere_else() -> None:
    numbers = ["1", "2", "3", "4", "5", "6"]
    assert table(csv_of(ROW, ROW, ROW, numbers), "csv").numbered_in is None
    low = csv_of(*([["Kính gửi"]] * 18), HEADINGS, numbers, ROW, headings=["Kính gửi"])
    found = table(low, "csv")
    assert (found.heading_row, found.numbered_in) == (20, 21), "as far down as headings are looked for"
    assert [row.number for row in found.rows] == [22]
    merged = row_xml(1, *HEADINGS) + row_xml(2, "(1)", "", "(2)", "(3)", "(4)", "(5)") + row_xml(3, *ROW)
    book = by_hand(sheet_xml(merged, '<mergeCells><mergeCell ref="A2:B2"/></mergeCells>'))
    assert table(book).numbered_in == 2


def test_headings_over_two_rows_go_on_beside_headings_of_others_own_columns() -> None:
    """As a form has them: one group of columns that are the office's own, and the rest one cell high."""
    rows = row_xml(1, *HEADINGS, "Kinh phí") + row_xml(2, *[""] * 6, "Trung ương", "Tỉnh")
    rows += row_xml(3, *(f"({n})" for n in range(1, 9))) + row_xml(4, *ROW, "5", "6")
    tall = "".join(f'<mergeCell ref="{column}1:{column}2"/>' for column in "ABCDEF")
    found = table(by_hand(sheet_xml(rows, f'<mergeCells>{tall}<mergeCell ref="G1:H1"/></mergeCells>')))
    assert (found.heading_row, found.numbered_in) == (2, 3)
    assert [*found.headings.values()] == [*HEADINGS, "Trung ương", "Tỉnh"]
    assert [row.number for row in found.rows] == [4]
    merged = '<mergeCells><mergeCell ref="A2:A3"/></mergeCells>'
    data = row_xml(1, *HEADINGS) + row_xml(2, *ROW) + row_xml(3, "", *ROW[1:])
    assert [row.number for row in table(by_hand(sheet_xml(data, merged))).rows] == [2, 3], "a record is none"


MEANINGS: dict[str, tuple[Callable[[Found], values.Meant], list[tuple[Any, Any]]]] = {
    "day": (lambda found: days.day(found, is_typed=True), [
        ("12/05/2023", "2023-05-12"), ("1/2/2023", "2023-02-01"), ("01-02-2023", "2023-02-01"),
        ("1.2.2023", "2023-02-01"), ("2023-02-01", "2023-02-01"), ("\u00a012/05/2023 ", "2023-05-12"),
        (date(2023, 2, 1), "2023-02-01"), (datetime(2023, 2, 1, 8), "2023-02-01"),
        ("12/05/2023 00:00:00", "2023-05-12"),
        ("05/13/2023", "not_a_date"), ("31/02/2023", "not_a_date"), ("1/2/23", "not_a_date"),
        (44958, "not_a_date"), (44958.5, "not_a_date"), (True, "not_a_date"), ("hôm qua", "not_a_date"),
        ("12/05/2023 08:30", "2023-05-12"), ("12/05/2023 24:30", "not_a_date"),
        ("ngày 12 tháng 5 năm 2023", "2023-05-12"), ("Ngày 1 tháng 02, năm 2023", "2023-02-01"),
        ("12 THÁNG 5 2023", "2023-05-12"), ("nga\u0300y 12 tha\u0301ng 5 na\u0306m 2023", "2023-05-12"),
        ("Ngày 12/5/2023", "2023-05-12"), ("12 / 5 / 2023", "2023-05-12"), ("2023/05/12", "2023-05-12"),
        ("ngày 31 tháng 2 năm 2023", "not_a_date"), ("1-5/2023", "not_a_date"), ("12/5-2023", "not_a_date"),
        ("Tháng 5", "not_a_date"), ("Quý II", "not_a_date"), ("12-14/5/2023", "not_a_date"),
        ("0/0/0000", "not_a_date"), ("１２/05/2023", "not_a_date"),
    ]),
    "whole number": (values.whole, [
        (1, 1), ("1", 1), ("1.200", 1200), ("1.200.000", 1_200_000), ("1 200", 1200), ("1\u00a0200", 1200),
        (-1, -1), ("12", 12),
        (1.2, "not_whole"), ("1,2", "not_whole"), ("1.2", "not_whole"), ("1,200", "not_whole"),
        ("0.500", "not_whole"), ("0.001", "not_whole"), ("020.000", "not_whole"), ("0 500", "wrong_type"),
        ("0.500.000", "wrong_type"), ("0,000,001", "wrong_type"), ("020.000.000", 20_000_000), ("007", 7),
        ("1.20", "not_whole"), ("một", "wrong_type"), ("1.200 000", "wrong_type"), (True, "wrong_type"),
        (date(2023, 1, 1), "wrong_type"), ("9" * 19, "wrong_type"), ("-1", "wrong_type"),
        ("9007199254740991", 2**53 - 1), ("9.007.199.254.740.991", 2**53 - 1), (1e15, "number_out_of_range"),
        ("9,007,199,254,740,991", 2**53 - 1),
        ("1.200.000,00", 1_200_000), ("1,200,000.0", 1_200_000), ("1.200,00", 1200),
        ("1.200.000,50", "not_whole"), ("1.200.000,000", "wrong_type"), ("1.200,000.00", "wrong_type"),
        ("１", "wrong_type"),
    ]),
    "word": (lambda found: values.word(found, ActivityKind), [
        ("Tập huấn", "training"), ("TAP HUAN", "training"), ("training", "training"), ("Khác", "other"),
        ("Ta\u0323\u0302p hua\u0302\u0301n", "training"),
        ("Tập", "not_allowed_value"), (1, "not_allowed_value"),
    ]),
    "several": (lambda found: values.several(found, {"anh": "en"}), [
        ("vi, km", ["vi", "km"]), ("vi;km/Anh", ["vi", "km", "en"]), ("VI", ["vi"]), (" , ", []),
    ]),
    "yes or no": (values.yes_or_no, [
        ("Có", True), ("x", True), (True, True), ("không", False), (0, False), ("maybe", "not_allowed_value"),
    ]),
    "instant": (days.instant, [
        ("12/05/2023 08:30:00", "2023-05-12T08:30:00+07:00"),
        (datetime(2023, 5, 12, 8, 30), "2023-05-12T08:30:00+07:00"),
        (date(2023, 5, 12), "2023-05-12T00:00:00+07:00"),
        ("2023-05-12T08:30:00Z", "2023-05-12T08:30:00Z"), ("31/02/2023 08:30:00", "not_a_date"),
    ]),
    "text": (values.text, [
        (" a ", "a"), ("a\nb\r\n c", "a b c"), (2023, "2023"), (1_234_567, "1234567"), (1.5, "1.5"),
        (date(2023, 5, 12), "12/05/2023"), (True, "Có"), ("e\u0302\u0301", "ế"), ("_xD800_", "_xD800_"),
        ("a\x00b", "control_character"), ("a\ud800", "lone_surrogate"), ("a\x9bb", "control_character"),
    ]),
}  # fmt: skip


@pytest.mark.parametrize("name", MEANINGS)
def test_what_a_cell_means(name: str) -> None:
    meaning, cases = MEANINGS[name]

    def said(value: Any) -> Any:
        try:
            return meaning(Found(value)).value
        except Unfit as unfit:
            return unfit.code

    assert [said(value) for value, _ in cases] == [meant for _, meant in cases]


def test_how_a_cell_was_understood_is_said_where_that_is_in_doubt_only() -> None:
    def note(meant: values.Meant) -> str | None:
        return meant.note.vi if meant.note else None

    assert note(days.day(Found("01/02/2023"), is_typed=True)) == "Hiểu là ngày 1 tháng 2 năm 2023"
    assert note(days.day(Found("01/02/2023"), is_typed=False)) is None
    assert note(days.day(Found("13/02/2023"), is_typed=True)) is None
    assert note(days.day(Found("02/02/2023"), is_typed=True)) is None
    assert note(days.day(Found(date(2023, 2, 1)), is_typed=True)) is None
    assert note(days.day(Found(datetime(2023, 2, 1, 8)), is_typed=True)) == "Bỏ phần giờ của ô này"
    assert note(days.day(Found("13/02/2023 08:00:00"), is_typed=False)) == "Bỏ phần giờ của ô này"
    assert note(days.day(Found("13/02/2023 00:00:00"), is_typed=False)) is None
    assert note(values.whole(Found("1.200"))) == "Hiểu là số 1200"
    assert note(values.whole(Found("1200"))) is None
    assert note(values.vnd(Found("-1.200.000,00 đ"))) == "Hiểu là số 1200000"


@pytest.mark.parametrize(
    ("said", "part"),
    [
        *(
            (one, "một ngày, dạng")
            for one in ("Tháng 5", "tháng 5/2023", "Quý II", "quý 2 năm 2023", "Q2/2023")
        ),
        *(
            (one, "một ngày, dạng")
            for one in ("Năm 2023", "2023", "5/2023", "05-2023", "1-5/2023", "tuần 20")
        ),
        *((one, "một ngày, dạng") for one in ("12-14/5/2023", "12/5–14/5/2023", "từ 12/5 đến 14/5/2023")),
        *((one, "Thiếu năm") for one in ("12/5", "ngày 12/5", "12 tháng 5", "ngày 12 tháng 05")),
        *((one, "bốn chữ số") for one in ("12/5/23", "12.05.23")),
        *((one, "Cần một ngày") for one in ("hôm qua", "12/05/20023", "thứ Sáu", "", "12-May-2023")),
        *((one, "Không có ngày này") for one in ("31/02/2023", "ngày 31 tháng 2 năm 2023", "05/13/2023")),
    ],
)
def test_what_is_no_day_is_told_why(said: str, part: str) -> None:
    for written in (said, normalize("NFD", said)):
        with pytest.raises(Unfit) as refused:
            days.day(Found(written), is_typed=False)
        assert (refused.value.code, part in refused.value.text.vi) == ("not_a_date", True)


@pytest.mark.parametrize(
    ("said", "part", "offered"),
    [
        ("1,25 tỷ", "không viết tắt", ["1250000000"]), ("1,25 tỉ đồng", "không viết tắt", ["1250000000"]),
        ("2 tỷ", "không viết tắt", ["2000000000"]), ("150tr", "không viết tắt", ["150000000"]),
        ("0,5 triệu đ", "không viết tắt", ["500000"]), ("1.25 tỷ", "không viết tắt", ["1250000000"]),
        ("250 nghìn", "không viết tắt", ["250000"]), ("1.250 triệu", "không viết tắt", []),
        ("1,2345 nghìn", "không viết tắt", []), ("1 tỷ 250 triệu", "không viết tắt", []),
        ("hai tỷ", "Cần một số nguyên", []), ("01 lớp", "không ghi đơn vị", ["1"]),
        ("2 lớp", "không ghi đơn vị", ["2"]), ("2 lớp/120 người", "Cần một số nguyên", []),
        ("120 người (nữ)", "không ghi đơn vị", ["120"]), ("(1.250.000)", "dấu trừ", []),
        ("1.250.000,-", "Cần một số nguyên", []), ("-", "Cần một số nguyên", []),
        ("một", "Cần một số nguyên", []), ("1.200 000", "Cần một số nguyên", []),
    ],
)  # fmt: skip
def test_a_number_with_words_is_told_how_it_is_written(said: str, part: str, offered: list[str]) -> None:
    for written in (said, normalize("NFD", said), said.upper()):
        with pytest.raises(Unfit) as refused:
            values.vnd(Found(written))
        why = refused.value
        assert (why.code, part in why.text.vi, why.offered) == ("wrong_type", True, offered), why.text


@pytest.mark.parametrize(
    "text",
    [
        "TËp huÊn quy ®Þnh vÒ lÔ héi", "M· nhiÖm vô", "Ngµy thùc hiÖn", "Lo¹i ho¹t ®éng", "Héi nghÞ khai m¹c",
        "Taäp huaán quy ñònh veà leã hoäi", "Maõ nhieäm vuï", "Ngaøy thöïc hieän", "Hoäi nghò trieån khai",
    ],
)  # fmt: skip
def test_a_text_in_an_old_font_is_known(text: str) -> None:
    assert old_fonts.is_one_in(text)


@pytest.mark.parametrize(
    "text",
    [
        "Tập huấn quy định về lễ hội", "Tap huan", "Hà Nam", "HÀ NAM", "Phim «Nam Sơn»", "Phim «Ba Na»", "",
        "Cà Mau – Sóc Trăng", "Köln, Düsseldorf và Genève", "São Paulo", "Quý Mão", "Hoà An", "Thuý Nga",
        "© 2023 Trà Vinh", "Café Đà Lạt", "TRÀ VINH", "Đoàn España, Muñoz", "25 m² × 3", "Noël", "Hội nghị®",
        "Khoá bồi dưỡng", "Xã Hoà Ân", "Ngày Quốc khánh nước CHDCND Lào", "Toà án", "Quê nhà", "GIÁO DỤC",
    ],
)  # fmt: skip
def test_a_text_of_today_is_none_of_an_old_font(text: str) -> None:
    for written in (text, normalize("NFD", text)):
        assert not old_fonts.is_one_in(written)


def test_headings_in_an_old_font_are_told_to_be() -> None:
    shown = ["M· nhiÖm vô", "Ngµy thùc hiÖn", "Lo¹i ho¹t ®éng", "Tiªu ®Ò"]
    for headings, told in ((shown, True), (["Tên", "Ngày"], False)):
        with pytest.raises(Invalid) as refused:
            table(xlsx_of(headings=headings))
        [fault] = refused.value.faults
        assert (fault.code, "phông cũ" in fault.message.vi) == ("headings_missing", told)


IN_ERROR = [
    (cell, "cell_in_error")
    for cell in (Found(None, is_error=True), Found("#N/A", is_error=True), Found("#N/A"), Found(" #REF! "))
]


@pytest.mark.parametrize(
    ("cell", "code"),
    [(Found(None, is_formula=True), "formula_without_value"), *IN_ERROR],
)
def test_a_cell_without_a_value_says_why(cell: Found, code: str) -> None:
    for meaning in (values.text, values.whole, values.vnd, days.instant, values.yes_or_no):
        with pytest.raises(Unfit) as refused:
            meaning(cell)
        assert refused.value.code == code


def test_formulas_and_errors_are_told_apart() -> None:
    cells = (
        '<c r="A1"><f>1+1</f><v>2</v></c><c r="B1"><f>A1</f></c><c r="C1" t="e"><v>#N/A</v></c>'
        '<c r="D1" t="s"><v>5</v></c><c r="E1" t="n"><v>1e999</v></c><c r="F1" t="d">'
        "<v>2023-05-12T00:00:00</v></c>"
        '<c r="G1" t="inlineStr"><is><r><t>a</t></r><rPh><t>x</t></rPh><r><t>b</t></r></is></c>'
    )
    package = Package(by_hand(sheet_xml(f'<row r="1">{cells}</row>')))
    [row] = xlsx_rows.rows(package, package.sheets[0].member)
    assert dict(row.cells) == {
        1: Found(2, is_formula=True),
        2: Found(None, is_formula=True),
        3: Found("#N/A", is_error=True),
        4: Found(None, is_error=True),
        5: Found(None, is_error=True),
        6: Found(date(2023, 5, 12)),
        7: Found("ab"),
    }


@pytest.mark.parametrize(
    ("form", "in_part"),
    [
        *((form, True) for form in ("mmm-yy", "mm/yyyy", '"Tháng "m/yyyy', "d-mmm", "dd/mm", "yyyy", 16, 17)),
        *(
            (form, False)
            for form in ("dd/mm/yyyy", '"ngày "dd" tháng "mm" năm "yyyy', "d-mmm-yy", 14, 15, 22)
        ),
        *((form, False) for form in ("hh:mm", "m/d/yy h:mm", "[h]:mm:ss", 20)),
    ],
)
def test_a_day_that_is_shown_without_all_of_it_is_said(form: str | int, in_part: bool) -> None:
    """As Excel keeps `5/2023`, and `12/5`, which is of the year in which it was typed."""
    file = io.BytesIO()
    with Workbook(file) as book:
        look = book.add_format({"num_format": form})
        book.add_worksheet().write_datetime(0, 0, datetime(2023, 5, 1), look)
    package = Package(file.getvalue())
    [row] = xlsx_rows.rows(package, package.sheets[0].member)
    assert (row.cells[1].value, row.cells[1].is_in_part) == (date(2023, 5, 1), in_part)
    note = days.day(row.cells[1], is_typed=True).note
    assert (note and note.vi) == ("Hiểu là ngày 1 tháng 5 năm 2023" if in_part else None)


@pytest.mark.parametrize(
    ("number", "from_1904", "day"),
    [
        (1, False, date(1900, 1, 1)),
        (59, False, date(1900, 2, 28)),
        (61, False, date(1900, 3, 1)),
        (44958, False, date(2023, 2, 1)),
        (44958.5, False, datetime(2023, 2, 1, 12)),
        (43496, True, date(2023, 2, 1)),
        (-1, False, None),
        (10**10, False, None),
        (2_958_465, False, date(9999, 12, 31)),
        (2_958_466, False, None),
        (2_957_003, True, date(9999, 12, 31)),
        (2_957_004, True, None),
        (1e308, True, None),
    ],
)
def test_the_day_behind_a_number(number: float, from_1904: bool, day: date | None) -> None:
    assert xlsx_rows.day_of(number, from_1904=from_1904) == day


@pytest.mark.parametrize(
    ("cell", "shown"), [(time(8, 30), "08:30"), (time(0), "00:00"), (time(23, 59, 30), "23:59:30")]
)
def test_a_time_of_no_day_is_no_day(cell: time, shown: str) -> None:
    file = io.BytesIO()
    with Workbook(file) as book:
        form = book.add_format({"num_format": "hh:mm:ss"})
        book.add_worksheet().write_datetime(0, 0, cell, form)
    [value] = read(file.getvalue())[1].values()
    assert value == shown
    with pytest.raises(Unfit) as refused:
        days.day(Found(value), is_typed=True)
    assert refused.value.code == "not_a_date"


def test_headings_of_a_table_are_all_different_when_folded() -> None:
    assert len({WANTED.field(heading) for heading in WANTED.headings.values()}) == len(WANTED.headings)
    assert all(WANTED.field(heading) == field for field, heading in WANTED.headings.items())
    assert all(WANTED.field(field) == field for field in WANTED.headings)


@pytest.mark.parametrize(("place", "column"), [("A1", 1), ("Z9", 26), ("AA1", 27), ("XFD1048576", 16_384)])
def test_the_column_of_a_place(place: str, column: int) -> None:
    assert xlsx_rows.column_of(place) == column
