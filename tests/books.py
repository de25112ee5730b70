"""Files as offices send them, made for tests: sheets of records, honest and otherwise; what came of them."""

import io
import zipfile
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from unicodedata import normalize

import httpx
from xlsxwriter import Workbook

CSV = "text/csv"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
HEADINGS = ["Mã nhiệm vụ", "Mã đầu ra", "Ngày thực hiện", "Loại hoạt động", "Tiêu đề", "Số lượng"]
ROW = ["IV.7.a", "M1", "12/05/2023", "Tập huấn", "Tập huấn quy định về lễ hội", "1"]


def csv_of(*rows: Sequence[str], headings: Sequence[str] = HEADINGS, delimiter: str = ";") -> bytes:
    """A CSV file as Excel in Vietnam writes it."""
    quoted = [['"' + cell.replace('"', '""') + '"' for cell in row] for row in (headings, *rows)]
    return "\r\n".join(delimiter.join(row) for row in quoted).encode("utf-8-sig")


def xlsx_of(*rows: Sequence[Any], headings: Sequence[str] = HEADINGS) -> bytes:
    """An Excel file; what begins with = is a formula without a value."""
    file = io.BytesIO()
    with Workbook(file, {"default_date_format": "dd/mm/yyyy"}) as book:
        sheet = book.add_worksheet("Báo cáo")
        for place, row in enumerate((headings, *rows)):
            for column, cell in enumerate(row):
                if isinstance(cell, str) and cell.startswith("="):
                    sheet.write_formula(place, column, cell, None, "")
                elif isinstance(cell, str):
                    sheet.write_string(place, column, cell)
                else:
                    sheet.write(place, column, cell)
    return file.getvalue()


def nasty() -> bytes:
    """The file of the issue: merged cells, NFD text, a date as text and as a date, 1.200, a formula in a
    title, a hidden sheet before it and another one behind, lines above the headings, and a tail of 10,000
    formatted rows."""
    file, day = io.BytesIO(), date(2023, 2, 1)
    with Workbook(file) as book:
        book.add_worksheet("Ẩn").hide()
        sheet = book.add_worksheet("Quý I")
        sheet.activate()  # the first sheet is not hidden while it is the one that is opened at
        bold, as_day = book.add_format({"bold": True}), book.add_format({"num_format": "dd/mm/yyyy"})
        sheet.merge_range("A1:G1", "BÁO CÁO QUÝ I NĂM 2023", bold)
        for column, heading in enumerate([*HEADINGS, "Người lập biểu"]):
            sheet.write_string(2, column, normalize("NFD", heading), bold)
        sheet.merge_range("A4:A7", "IV.7.a")
        sheet.merge_range("B4:B6", "M1")
        for row, title in ((3, "Tập huấn lễ hội"), (4, normalize("NFD", "Hội nghị tập huấn")), (5, "Lớp ba")):
            sheet.write_string(row, 3, normalize("NFD", "tập huấn"))
            sheet.write_string(row, 4, title)
        sheet.write_string(3, 2, "01/02/2023")
        sheet.write_datetime(4, 2, day, as_day)
        sheet.write_string(5, 2, "2023-02-03")
        sheet.write_string(3, 5, "1.200")
        sheet.write_number(4, 5, 3)
        sheet.write_string(5, 5, "1")
        sheet.write_string(6, 1, "M1")
        sheet.write_string(6, 2, "04/02/2023")
        sheet.write_string(6, 3, "Tập huấn")
        sheet.write_formula(6, 4, '="Lớp "&"bốn"', None, "Lớp bốn")
        for row, (number, kind, title) in enumerate(
            (("1.2", "tập huấn", "Số lẻ"), (1, "Tập hụt", "Loại lạ"), (1, "Tập huấn", "=1+1")), 7
        ):
            sheet.write_string(row, 0, "IV.7.a")
            sheet.write_string(row, 1, "M1")
            sheet.write_datetime(row, 2, day, as_day)
            sheet.write_string(row, 3, kind)
            sheet.write(row, 5, number)
            if title.startswith("="):
                sheet.write_formula(row, 4, title, None, "")
            else:
                sheet.write_string(row, 4, title)
        for row in range(10, 10_010):
            sheet.set_row(row, 20, bold)
            sheet.write_blank(row, 0, None, bold)
            sheet.write_string(row, 4, "   ")
        book.add_worksheet("Quý II")
    return file.getvalue()


_TYPES = """<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">\
<Default Extension="xml" ContentType="application/xml"/><Default Extension="rels" \
ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Override \
PartName="/xl/workbook.xml" \
ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/></Types>"""
_R = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_ROOT = f"""<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">\
<Relationship Id="r1" Type="{_R}/officeDocument" Target="xl/workbook.xml"/></Relationships>"""
WORKBOOK = f"""<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="{_R}">\
<sheets><sheet name="S" sheetId="1" r:id="r1"/></sheets></workbook>"""
LINKS = f"""<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">\
<Relationship Id="r1" Type="{_R}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>"""


def by_hand(sheet: str | bytes, more: Mapping[str, str | bytes] | None = None) -> bytes:
    """A workbook of one sheet, written as XML."""
    file = io.BytesIO()
    members: dict[str, str | bytes] = {
        "[Content_Types].xml": _TYPES,
        "_rels/.rels": _ROOT,
        "xl/workbook.xml": WORKBOOK,
        "xl/_rels/workbook.xml.rels": LINKS,
        "xl/worksheets/sheet1.xml": sheet,
        **(more or {}),
    }
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return file.getvalue()


def sheet_xml(rows: str, after: str = "") -> str:
    """The XML of a sheet with these rows."""
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    return f'<worksheet xmlns="{main}"><sheetData>{rows}</sheetData>{after}</worksheet>'


def row_xml(number: int, *cells: str) -> str:
    """A row of texts, written where they stand."""
    letters = "ABCDEFGHIJ"
    inline = "".join(
        f'<c r="{letters[place]}{number}" t="inlineStr"><is><t>{cell}</t></is></c>'
        for place, cell in enumerate(cells)
    )
    return f'<row r="{number}">{inline}</row>'


def counts(answer: httpx.Response) -> dict[str, int]:
    """How many rows came to what; what came to nothing is left out."""
    assert answer.status_code == 200, answer.text
    return {result: number for result, number in answer.json()["counts"].items() if number}
