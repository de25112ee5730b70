"""Imports: an office's own file is previewed with what is wrong in it, and taken as its records would be."""

import csv
import io
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from pathlib import Path
from typing import Any

import httpx
import pytest
from openpyxl import load_workbook
from xlsxwriter import Workbook

from app.web.large import LARGE
from app.web.long_files import AT_ONCE
from tests.books import CSV, HEADINGS, ROW, XLSX, by_hand, counts, csv_of, nasty, row_xml, sheet_xml, xlsx_of
from tests.service import PLAN, Service, push
from tests.sheets import no_place_for_long_files, rows_of
from tests.walks import items
from tests.web.test_sheet_files import FILES, WORKBOOKS
from tests.writing import record, twin_of

FORMS = {"csv": CSV, "xlsx": XLSX}


def send(client: httpx.Client, body: bytes, media: str = CSV, **asked: Any) -> httpx.Response:
    """Send a file."""
    return client.post(f"{PLAN}/imports", content=body, headers={"Content-Type": media}, params=asked)


def errors(row: dict[str, Any]) -> list[tuple[str | None, str]]:
    return [(error["column"], error["code"]) for error in row["errors"]]


def test_the_file_of_the_issue_is_previewed_with_clear_messages_and_imported_right(service: Service) -> None:
    client, body = service["SVHTTDL"], nasty()
    preview = send(client, body, XLSX, dry_run=True)
    assert counts(preview) == {"created": 4, "refused": 3}
    assert items(client, f"{PLAN}/activities") == []
    said = preview.json()
    assert (said["sheet"], said["heading_row"], said["rows_read"]) == ("Quý I", 3, 7)
    assert said["columns_not_read"] == ["Người lập biểu"]
    assert said["sheets_not_read"] == ["Quý II"]
    assert [column["field"] for column in said["columns_read"]] == [
        "task", "output", "occurred_on", "kind", "title", "quantity"
    ]  # fmt: skip
    rows = {row["row"]: row for row in said["rows"]}
    assert [(note["column"], note["message_vi"]) for note in rows[4]["notes"]] == [
        ("Ngày thực hiện", "Hiểu là ngày 1 tháng 2 năm 2023"),
        ("Số lượng", "Hiểu là số 1200"),
    ]
    assert [note["column"] for note in rows[7]["notes"]] == ["Ngày thực hiện", "Tiêu đề"]
    assert errors(rows[8]) == [("Số lượng", "not_whole")]
    assert errors(rows[9]) == [("Loại hoạt động", "not_allowed_value")]
    assert "Tập huấn" in rows[9]["errors"][0]["offered"]
    assert errors(rows[10]) == [("Tiêu đề", "formula_without_value")]
    assert 5 not in rows
    assert 6 not in rows

    done = send(client, body, XLSX)
    assert len(done.json()["receipts"]) == 1
    assert {**done.json(), "applied": False, "rows": [], "receipts": []} == {**said, "rows": []}
    stored = {item["title"]: item for item in items(client, f"{PLAN}/activities")}
    assert {
        title: (item["task"]["code"], item["output"], item["occurred_on"], item["quantity"])
        for title, item in stored.items()
    } == {
        "Tập huấn lễ hội": ("IV.7.a", "M1", "2023-02-01", 1200),
        "Hội nghị tập huấn": ("IV.7.a", "M1", "2023-02-01", 3),
        "Lớp ba": ("IV.7.a", "M1", "2023-02-03", 1),
        "Lớp bốn": ("IV.7.a", "M1", "2023-02-04", 1),
    }
    assert counts(send(client, body, XLSX)) == {"unchanged": 4, "refused": 3}


@pytest.mark.parametrize("form", FORMS)
def test_what_was_exported_comes_back_unchanged(service: Service, form: str) -> None:
    client = service["SVHTTDL"]
    for more in (
        {},
        {
            "title": "=1+1",
            "link": "https://travinh.example/a",
            "languages": ["vi", "km"],
            "marks": "E11-2023",
        },
        {"title": "'=x", "quantity": 1200, "channel": "print"},
        {"source_system": "qlvb", "external_id": "007"},
        {"source_system": "qlvb", "external_id": "8", "source_updated_at": "2023-05-12T08:30:00.123456Z"},
        {"task": "IV.7.c", "output": None},
    ):
        assert push(client, **more).status_code == 201
    gone = push(client, title="Rút").json()["activity"]["id"]
    assert client.post(f"{PLAN}/activities/{gone}/withdrawals", json={"reason": "Nhầm"}).status_code == 201
    before = items(client, f"{PLAN}/activities")
    file = client.get(f"{PLAN}/activities", params={"format": form})
    for _ in range(2):
        answer = send(client, file.content, FORMS[form])
        assert counts(answer) == {"unchanged": 7}
        assert answer.json()["rows"] == []
    assert items(client, f"{PLAN}/activities") == before


@pytest.mark.parametrize("form", FORMS)
def test_what_was_exported_without_its_ids_is_known_by_its_sources_keys(service: Service, form: str) -> None:
    client = service["SVHTTDL"]
    assert push(client, source_system="qlvb", external_id="007").status_code == 201
    headings, *rows = rows_of(client.get(f"{PLAN}/activities", params={"format": form}))
    assert headings[-1] == "Mã bản ghi"
    make = csv_of if form == "csv" else xlsx_of
    body = make(
        *([cell if cell is not None else "" for cell in row[:-1]] for row in rows), headings=headings[:-1]
    )
    assert counts(send(client, body, FORMS[form])) == {"unchanged": 1}


@pytest.mark.parametrize("form", FORMS)
def test_a_row_that_names_its_record_corrects_it_in_what_differs(service: Service, form: str) -> None:
    client = service["SVHTTDL"]
    made = push(client, channel="print", languages=["vi"]).json()["activity"]
    headings, row = rows_of(client.get(f"{PLAN}/activities", params={"format": form}))
    row = [cell if cell is not None else "" for cell in row]
    row[headings.index("Tiêu đề")] = "Tên đã sửa"
    row[headings.index("Số lượng")] = "3"
    row[headings.index("Kênh")] = ""
    del row[headings.index("Ngôn ngữ")], headings[headings.index("Ngôn ngữ")]
    body = (csv_of if form == "csv" else xlsx_of)(row, headings=headings)
    assert counts(send(client, body, FORMS[form], dry_run=True)) == {"updated": 1}
    assert client.get(f"{PLAN}/activities/{made['id']}").json() == made
    assert counts(send(client, body, FORMS[form])) == {"updated": 1}
    now = client.get(f"{PLAN}/activities/{made['id']}").json()
    assert now == {**made, "title": "Tên đã sửa", "quantity": 3, "channel": None, "channel_label": None}
    assert counts(send(client, body, FORMS[form])) == {"unchanged": 1}


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("emptied", [(), ("Mã bản ghi",)])
def test_a_row_copied_down_in_the_template_does_not_overwrite_the_one_it_came_from(
    service: Service, form: str, emptied: tuple[str, ...]
) -> None:
    client = service["SVHTTDL"]
    before = push(client, source_system="qlvb", external_id="7").json()["activity"]
    headings, row = rows_of(client.get(f"{PLAN}/activities", params={"format": form}))
    row = [cell if cell is not None else "" for cell in row]
    copied = ["" if name in emptied else cell for name, cell in zip(headings, row, strict=True)]
    copied[headings.index("Tiêu đề")] = "Lớp hai"
    make = csv_of if form == "csv" else xlsx_of
    for dry_run in (True, False):
        told = send(client, make(row, row, copied, headings=headings), FORMS[form], dry_run=dry_run)
        assert counts(told) == {"unchanged": 2, "refused": 1}
        named = [name for name in ("Mã bản ghi", "Mã ở hệ thống nguồn") if name not in emptied]
        assert errors(told.json()["rows"][0]) == [(name, "row_differs") for name in named]
        assert "Dòng 2 " in told.json()["rows"][0]["errors"][0]["message_vi"]
    assert items(client, f"{PLAN}/activities") == [before]
    for name in ("Mã bản ghi", "Hệ thống nguồn", "Mã ở hệ thống nguồn"):
        copied[headings.index(name)] = ""
    assert counts(send(client, make(row, copied, headings=headings), FORMS[form])) == {
        "created": 1, "unchanged": 1,
    }  # fmt: skip


@pytest.mark.parametrize("form", FORMS)
def test_a_copied_row_that_was_refused_comes_back_without_what_is_anothers(
    service: Service, form: str
) -> None:
    client, make = service["SVHTTDL"], csv_of if form == "csv" else xlsx_of
    keyed = push(client, source_system="qlvb", external_id="7").json()["activity"]
    own = push(client, title="Lớp một").json()["activity"]
    before = items(client, f"{PLAN}/activities")
    headings = [*HEADINGS, "Mã bản ghi", "Hệ thống nguồn", "Mã ở hệ thống nguồn"]
    by_id = [[*ROW[:4], title, "1", own["id"], "", ""] for title in ("Lớp một", "Lớp hai")]
    by_key = [[*ROW[:4], title, "1", "", "qlvb", "7"] for title in (keyed["title"], "Lớp ba")]
    refused = send(client, make(*by_id, *by_key, headings=headings), FORMS[form], format=form)
    told, *back = rows_of(refused)
    assert [row[6:9] for row in back] in (
        [["trùng", "", ""], ["", "qlvb", ""]],
        [["trùng", None, None], [None, "qlvb", None]],
    )
    again = send(client, refused.content, FORMS[form])
    assert counts(again) == {"refused": 2}
    assert [errors(row)[0][1] for row in again.json()["rows"]] == ["unknown_record", "natural_key_incomplete"]
    assert items(client, f"{PLAN}/activities") == before
    unread = [*ROW[:2], "31/02/2023", *by_id[1][3:]]
    _, back_too = rows_of(send(client, make(by_id[0], unread, headings=headings), FORMS[form], format=form))
    assert back_too[6] == "trùng", "mended in its day alone it would overwrite the record"
    back[0][6], back[1][8] = "", "8"
    decided = [[cell if cell is not None else "" for cell in row] for row in back]
    assert counts(send(client, make(*decided, headings=told), FORMS[form])) == {"created": 2}


@pytest.mark.parametrize("copied", ["", "SVHTTDL"])
def test_a_copied_row_is_told_though_one_of_the_two_leaves_its_agency_out(
    service: Service, copied: str
) -> None:
    headings = ["Mã cơ quan", *HEADINGS, "Hệ thống nguồn", "Mã ở hệ thống nguồn"]
    first = ["SVHTTDL" if not copied else "", *ROW, "qlvb", "7"]
    second = [copied, *ROW[:4], "Lớp hai", "1", "qlvb", "7"]
    told = send(service["SVHTTDL"], csv_of(first, [copied, *first[1:]], second, headings=headings))
    assert counts(told) == {"created": 1, "unchanged": 1, "refused": 1}
    assert errors(told.json()["rows"][0]) == [("Mã ở hệ thống nguồn", "row_differs")]


def test_two_rows_of_one_key_are_versions_only_where_their_source_has_dated_them(service: Service) -> None:
    client = service["SVHTTDL"]
    headings = [*HEADINGS, "Hệ thống nguồn", "Mã ở hệ thống nguồn", "Hệ thống nguồn sửa lúc"]
    first, second = ([*ROW[:4], title, "1", "qlvb"] for title in ("Một", "Hai"))
    undated = csv_of([*first, "8"], [*second, "8"], headings=headings[:-1])
    for result in ("created", "unchanged"):
        told = send(client, undated)
        assert counts(told) == {result: 1, "refused": 1}
        assert errors(told.json()["rows"][0]) == [("Mã ở hệ thống nguồn", "row_differs")]
    days = ("01/06/2023 08:00:00", "02/06/2023 08:00:00")
    dated = csv_of([*second, "9", days[1]], [*first, "9", days[0]], headings=headings)
    assert counts(send(client, dated)) == {"created": 1, "stale": 1}
    alike = csv_of([*first, "10", days[0]], [*second, "10", days[0]], headings=headings)
    assert counts(send(client, alike)) == {"created": 1, "refused": 1}
    assert [item["title"] for item in items(client, f"{PLAN}/activities")].count("Hai") == 1


def test_a_row_may_not_change_what_is_anothers_nor_move_what_is_its_own(service: Service) -> None:
    own = push(service["SVHTTDL"]).json()["activity"]["id"]
    headings = ["Mã bản ghi", *HEADINGS]
    changed = [own, *ROW[:4], "Tên khác", "1"]
    for caller, row, column, code in (
        ("SCT", changed, "Mã nhiệm vụ", "not_permitted"),
        ("SVHTTDL", [own, "IV.7.b", *ROW[1:]], "Mã nhiệm vụ", "belongs_elsewhere"),
        ("SVHTTDL", ["01ARZ3NDEKTSV4RRFFQ69G5FAV", *ROW], "Mã bản ghi", "unknown_record"),
        ("SVHTTDL", ["không phải mã", *ROW], "Mã bản ghi", "unknown_record"),
        ("SVHTTDL", [own, *ROW[:2], "12/05/2099", *ROW[3:]], "Ngày thực hiện", "in_the_future"),
    ):
        answer = send(service[caller], csv_of(row, headings=headings))
        assert counts(answer) == {"refused": 1}, (caller, row)
        assert errors(answer.json()["rows"][0]) == [(column, code)]
    assert counts(send(service["SCT"], csv_of([own, *ROW], headings=headings))) == {"unchanged": 1}
    [stored] = items(service["SVHTTDL"], f"{PLAN}/activities")
    assert stored["title"] == ROW[4]


def test_a_row_may_not_say_that_a_record_came_from_elsewhere(service: Service) -> None:
    client = service["SVHTTDL"]
    own = push(client, source_system="qlvb", external_id="1").json()["activity"]["id"]
    origin = ["Hệ thống nguồn", "Mã ở hệ thống nguồn"]
    for system, number, wrong in (
        ("khac", "1", origin[:1]),
        ("qlvb", "2", origin[1:]),
        ("khac", "2", origin),
    ):
        changed = [own, *ROW[:4], "Tên khác", "1", system, number]
        answer = send(client, csv_of(changed, headings=["Mã bản ghi", *HEADINGS, *origin]))
        assert errors(answer.json()["rows"][0]) == [(column, "belongs_elsewhere") for column in wrong]
    assert client.get(f"{PLAN}/activities/{own}").json()["title"] != "Tên khác"


def test_one_quantity_over_several_rows_is_counted_for_none(service: Service) -> None:
    client, file = service["SVHTTDL"], io.BytesIO()
    with Workbook(file) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, HEADINGS)
        for row, title in enumerate(("Lớp một", "Lớp hai", "Lớp ba"), 1):
            sheet.write_row(row, 0, [*ROW[:4], title])
        sheet.merge_range("F2:F3", 10)
        sheet.write_number("F4", 10)
    told = send(client, file.getvalue(), XLSX)
    assert counts(told) == {"created": 1, "refused": 2}
    assert [errors(row) for row in told.json()["rows"] if row["errors"]] == [
        [("Số lượng", "merged_amount")]
    ] * 2
    assert [item["quantity"] for item in items(client, f"{PLAN}/activities")] == [10]


def test_the_same_file_doubles_nothing_and_a_mended_one_adds_what_was_mended(service: Service) -> None:
    client = service["SVHTTDL"]
    rows = [
        ROW,
        ROW,
        [*ROW[:4], "Khác", "1"],
        [*ROW[:2], "31/02/2023", *ROW[3:]],
        [*ROW[:3], "Lạ", *ROW[4:]],
        ["", "", "", "", "", ""],
        ["IV.6.a", *ROW[1:]],
    ]
    assert counts(send(client, csv_of(*rows))) == {"created": 3, "refused": 3}
    assert counts(send(client, csv_of(*rows))) == {"unchanged": 3, "refused": 3}
    rows[3:5] = [[*ROW[:2], "28/02/2023", *ROW[3:]], [*ROW[:3], "hop bao", *ROW[4:]]]
    assert counts(send(client, csv_of(*rows))) == {"created": 2, "unchanged": 3, "refused": 1}
    assert counts(send(client, xlsx_of(*rows), XLSX)) == {"unchanged": 5, "refused": 1}
    assert len(items(client, f"{PLAN}/activities")) == 5


def test_what_was_withdrawn_is_not_recorded_again_and_says_so(service: Service) -> None:
    client = service["SVHTTDL"]
    assert counts(send(client, csv_of(ROW, [*ROW[:4], "Còn", "1"]))) == {"created": 2}
    [own] = [item["id"] for item in items(client, f"{PLAN}/activities") if item["title"] == ROW[4]]
    assert client.post(f"{PLAN}/activities/{own}/withdrawals", json={"reason": "Nhầm"}).status_code == 201
    told = send(client, csv_of(ROW, [*ROW[:4], "Còn", "1"]))
    assert counts(told) == {"unchanged": 2}
    [row] = told.json()["rows"]
    assert (row["row"], [note["message_vi"] for note in row["notes"]]) == (2, ["Bản ghi này đã được rút lại"])


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize(
    ("column", "said"),
    [
        ("Tình trạng", "Đã rút lại"),
        ("Tình trạng", "ĐÃ RÚT"),
        ("Lý do rút", "Ghi nhầm"),
        ("Tình trạng", "rút"),
    ],
)
def test_a_row_that_calls_a_standing_record_withdrawn_is_told_how_that_is_done(
    service: Service, form: str, column: str, said: str
) -> None:
    client, make = service["SVHTTDL"], csv_of if form == "csv" else xlsx_of
    push(client, source_system="qlvb", external_id="7")
    headings, row = rows_of(client.get(f"{PLAN}/activities", params={"format": form}))
    row = [cell if cell is not None else "" for cell in row]
    row[headings.index(column)] = said
    before = items(client, f"{PLAN}/activities")

    def told(row: list[Any]) -> tuple[str, str, list[tuple[str | None, str]]]:
        answer = send(client, make(row, headings=headings), FORMS[form])
        [came] = answer.json()["rows"]
        notes = [(note["column"], note["message_vi"]) for note in came["notes"]]
        return came["result"], came["activity"], notes

    result, activity, [(about, note)] = told(row)
    assert (result, activity, about) == ("unchanged", before[0]["id"], None)
    assert "tệp không rút được" in note
    assert "“Rút một hoạt động” (`POST …/activities/{id}/withdrawals`)" in note
    assert items(client, f"{PLAN}/activities") == before
    renamed = list(row)
    renamed[headings.index("Tiêu đề")] = "Tên khác"
    result, _, [(_, note)] = told(renamed)
    assert (result, note.startswith("Dòng này ghi là đã rút")) == ("updated", True)
    assert "Sửa bản ghi đã có" in note, "and what else was to be said"
    bare = list(row)
    bare[headings.index("Tiêu đề")] = "Lớp hai"
    for name in ("Mã bản ghi", "Hệ thống nguồn", "Mã ở hệ thống nguồn"):
        bare[headings.index(name)] = ""
    result, _, [(_, note)] = told(bare)
    assert (result, "bản ghi mới còn hiệu lực" in note) == ("created", True)


@pytest.mark.parametrize("form", FORMS)
def test_a_row_and_its_record_that_agree_on_being_withdrawn_are_told_nothing(
    service: Service, form: str
) -> None:
    client, make = service["SVHTTDL"], csv_of if form == "csv" else xlsx_of
    own, other = (push(client, title=title).json()["activity"]["id"] for title in ("Một", "Hai"))
    assert client.post(f"{PLAN}/activities/{own}/withdrawals", json={"reason": "Nhầm"}).status_code == 201
    sheet = client.get(f"{PLAN}/activities", params={"format": form})
    told = send(client, sheet.content, FORMS[form])
    assert (counts(told), told.json()["rows"]) == ({"unchanged": 2}, [])
    headings, *rows = rows_of(sheet)
    status, id_ = headings.index("Tình trạng"), headings.index("Mã bản ghi")
    rows = [[cell if cell is not None else "" for cell in row] for row in rows]
    for row in rows:
        row[status] = "Còn hiệu lực" if row[id_] == own else "Đã xong tháng 5"
        row[headings.index("Lý do rút")] = ""
    [told_row] = send(client, make(*rows, headings=headings), FORMS[form]).json()["rows"]
    assert (told_row["activity"], told_row["result"]) == (own, "unchanged")
    assert [note["message_vi"] for note in told_row["notes"]] == ["Bản ghi này đã được rút lại"]
    assert other != own


def test_a_column_of_states_is_never_in_the_way(service: Service) -> None:
    """It is some other column of the office's own as often as not."""
    headings = [*HEADINGS, "Tình trạng", "Tình trạng", "Tình trạng (đến 30/6)"]
    told = send(service["SVHTTDL"], csv_of([*ROW, "Xong", "Đạt", "Rút"], headings=headings))
    assert (counts(told), told.json()["rows"]) == ({"created": 1}, [])
    assert told.json()["columns_not_read"] == headings[6:]


def test_the_same_file_twice_at_once_doubles_nothing(service: Service) -> None:
    body = csv_of(*([*ROW[:4], f"Lớp {number}", "1"] for number in range(20)))
    clients = [service["SVHTTDL"] for _ in range(4)]
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda client: send(client, body), clients))
    for answer in answers:
        assert answer.status_code in (200, 409, 503), answer.text
    assert counts(send(clients[0], body)) == {"unchanged": 20}
    assert len(items(clients[0], f"{PLAN}/activities")) == 20


@pytest.mark.parametrize("form", FORMS)
def test_refused_rows_come_back_as_the_same_sheet_and_are_taken_once_mended(
    service: Service, form: str
) -> None:
    client = service["SVHTTDL"]
    headings = [*HEADINGS, "Ghi chú riêng"]
    rows = [
        [*ROW, "một"],
        [*ROW[:2], "31/02/2023", *ROW[3:], "hai"],
        ["IV.6.a", *ROW[1:], "=ba"],
        [*ROW[:3], "Lạ", *ROW[4:], "bốn"],
    ]
    answer = send(client, csv_of(*rows, headings=headings), format=form)
    assert (
        answer.headers["content-disposition"] == f'attachment; filename="import-activities-ttdn-2023.{form}"'
    )
    told, *refused = rows_of(answer)
    assert told == [*headings, "Lỗi", "Dòng"]
    assert [str(row[-1]) for row in refused] == ["3", "4", "5"]
    assert refused[0][-2] == "Ngày thực hiện: Không có ngày này: ghi ngày trước, tháng sau"
    assert refused[1][-2].endswith("(nhận: IV.7.a | IV.7.b | IV.7.c)")
    assert "Họp báo" in refused[2][-2]
    own = [str(row[6]).lstrip("'") for row in refused]
    assert own == ["hai", "=ba", "bốn"]

    again = send(client, answer.content, FORMS[form])
    assert counts(again) == {"refused": 3}
    assert again.json()["columns_not_read"] == ["Ghi chú riêng"]
    refused[0][2], refused[1][0], refused[2][3] = "27/02/2023", "IV.7.b", "Họp báo"
    mended = (csv_of if form == "csv" else xlsx_of)(*refused, headings=told)
    last = send(client, mended, FORMS[form])
    assert counts(last) == {"created": 3}
    assert len(rows_of(send(client, mended, FORMS[form], format=form))) == 1


@pytest.mark.parametrize("form", FORMS)
def test_a_time_beside_a_day_is_left_out_of_a_sheet_that_comes_back_too(service: Service, form: str) -> None:
    client = service["SVHTTDL"]
    body = xlsx_of([*ROW[:2], datetime(2023, 5, 12, 8, 30), "Lạ", *ROW[4:]])  # noqa: DTZ001 - as sheets know it
    told, row = rows_of(send(client, body, XLSX, format=form))
    row[3] = "Họp báo"
    again = send(client, (csv_of if form == "csv" else xlsx_of)(row, headings=told), FORMS[form])
    assert counts(again) == {"created": 1}
    notes = [(note["column"], note["message_vi"]) for note in again.json()["rows"][0]["notes"]]
    assert notes == [("Ngày thực hiện", "Bỏ phần giờ của ô này")]
    assert [item["occurred_on"] for item in items(client, f"{PLAN}/activities")] == ["2023-05-12"]


def test_a_rehearsal_says_what_would_come_of_it_and_keeps_nothing(service: Service) -> None:
    client = service["SVHTTDL"]
    own = push(client, title="Có trước").json()["activity"]["id"]
    headings = [*HEADINGS, "Mã bản ghi"]
    body = csv_of([*ROW, ""], [*ROW[:4], "Đổi tên", "2", own], ["IV.6.a", *ROW[1:], ""], headings=headings)
    before = items(client, f"{PLAN}/activities")
    rehearsed = send(client, body, dry_run=True).json()
    assert items(client, f"{PLAN}/activities") == before
    done = send(client, body).json()
    assert (rehearsed["applied"], done["applied"]) == (False, True)
    assert rehearsed["counts"] == done["counts"]
    assert [row["errors"] for row in rehearsed["rows"]] == [row["errors"] for row in done["rows"]]


def test_all_or_nothing(service: Service) -> None:
    client = service["SVHTTDL"]
    own = push(client, title="Có trước").json()["activity"]["id"]
    headings = [*HEADINGS, "Mã bản ghi"]
    wrong = csv_of([*ROW[:4], "Đổi tên", "2", own], [*ROW, ""], ["IV.6.a", *ROW[1:], ""], headings=headings)
    refused = send(client, wrong, mode="atomic")
    assert (refused.status_code, refused.json()["code"]) == (422, "batch_refused")
    assert [(error["pointer"], error["code"]) for error in refused.json()["errors"]] == [
        ("/rows/4", "not_permitted")
    ]
    [stored] = items(client, f"{PLAN}/activities")
    assert stored["title"] == "Có trước"
    right = csv_of([*ROW[:4], "Đổi tên", "2", own], [*ROW, ""], headings=headings)
    assert counts(send(client, right, mode="atomic")) == {"created": 1, "updated": 1}
    long = csv_of(*([*ROW[:4], f"Lớp {number}", "1"] for number in range(1001)))
    answer = send(client, long, mode="atomic")
    assert [error["code"] for error in answer.json()["errors"]] == ["too_many_rows"]


def test_a_long_file_is_taken_in_parts(service: Service) -> None:
    client = service["SVHTTDL"]
    rows = [[*ROW[:2], "31/02/2023", *ROW[3:]] for _ in range(2500)]
    rows[5], rows[2400] = [*ROW[:4], "Đầu", "1"], [*ROW[:4], "Cuối", "1"]
    answer = send(client, csv_of(*rows))
    assert counts(answer) == {"created": 2, "refused": 2498}
    said = answer.json()
    assert (said["in_parts"], said["rows_read"], said["more"], len(said["rows"])) == (True, 2500, True, 1000)
    assert {item["title"] for item in items(client, f"{PLAN}/activities")} == {"Đầu", "Cuối"}
    file = send(client, csv_of(*rows), format="csv")
    assert len(rows_of(file)) == 1 + 2498


@pytest.mark.parametrize("path", ["imports", "budget/lines/imports", "budget/entries/imports"])
def test_few_long_files_are_taken_at_once_and_short_ones_always(service: Service, path: str) -> None:
    client = service["SVHTTDL"]
    long, short = csv_of([*ROW[:4], "x" * LARGE, "1"]), csv_of(ROW)

    def sent(body: bytes) -> httpx.Response:
        return client.post(f"{PLAN}/{path}", content=body, headers={"Content-Type": CSV})

    for _ in range(AT_ONCE + 1):
        assert sent(long).status_code != 503
    with no_place_for_long_files():
        busy = sent(long)
        assert (busy.status_code, busy.json()["code"], busy.headers["retry-after"]) == (503, "busy", "10")
        assert sent(short).status_code != 503


def test_many_rows_in_few_bytes_are_long_too(service: Service) -> None:
    client, body = service["SVHTTDL"], xlsx_of(*[ROW] * 1001)
    assert len(body) < LARGE
    with no_place_for_long_files():
        assert send(client, body, XLSX, dry_run=True).status_code == 503
    assert counts(send(client, body, XLSX, dry_run=True)) == {"created": 1001}


@pytest.mark.parametrize("path", ["imports", "budget/lines/imports", "budget/entries/imports"])
def test_what_inflates_to_much_is_long_too(service: Service, path: str) -> None:
    client = service["SVHTTDL"]
    empty = by_hand(sheet_xml(row_xml(1, *HEADINGS) + '<row r="2"></row>' + "<row></row>" * 100_000))
    assert len(empty) < 10_000

    def sent(body: bytes) -> int:
        return client.post(f"{PLAN}/{path}", content=body, headers={"Content-Type": XLSX}).status_code

    with no_place_for_long_files():
        assert sent(empty) == 503
        assert sent(xlsx_of(*[ROW] * 900)) != 503
        assert sent(b"PK no workbook") == sent(b"") == 422
    assert sent(empty) == 422


@pytest.mark.parametrize("form", FORMS)
def test_a_row_of_cells_in_error_comes_back_as_it_stood(service: Service, form: str) -> None:
    client, shown = service["SVHTTDL"], ["#REF!", "#N/A", "#DIV/0!", "#NAME?", "#VALUE!", "#NUM!"]
    cells = (
        f'<c r="{column}2" t="e"><f>X1</f><v>{said}</v></c>'
        for column, said in zip("ABCDEF", shown, strict=True)
    )
    book = by_hand(sheet_xml(row_xml(1, *HEADINGS) + f'<row r="2">{"".join(cells)}</row>'))
    answer = send(client, book, XLSX, format=form)
    headings, back = rows_of(answer)
    assert back[: len(shown)] == shown
    wrong = back[headings.index("Lỗi")]
    assert all(f"{heading}: Ô báo lỗi" in wrong for heading in HEADINGS)
    again = rows_of(send(client, answer.content, FORMS[form], format=form))[1]
    assert (again[: len(shown)], again[headings.index("Lỗi")]) == (shown, wrong), (
        "it is no text when sent back"
    )


def test_a_repeated_request_gets_the_first_answer(service: Service) -> None:
    client, headers = service["SVHTTDL"], {"Content-Type": CSV, "Idempotency-Key": "tep 1"}
    first = client.post(f"{PLAN}/imports", content=csv_of(ROW), headers=headers)
    again = client.post(f"{PLAN}/imports", content=csv_of(ROW), headers=headers)
    assert (first.status_code, first.content) == (200, again.content)
    other = client.post(f"{PLAN}/imports", content=csv_of(ROW, ROW), headers=headers)
    assert (other.status_code, other.json()["code"]) == (422, "idempotency_key_reused")
    sheet = client.post(
        f"{PLAN}/imports?format=xlsx", content=csv_of(ROW), headers={**headers, "Idempotency-Key": "tep 2"}
    )
    twice = client.post(
        f"{PLAN}/imports?format=xlsx", content=csv_of(ROW), headers={**headers, "Idempotency-Key": "tep 2"}
    )
    assert sheet.content == twice.content
    assert load_workbook(io.BytesIO(twice.content)).worksheets


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
def test_every_csv_that_excel_writes_in_utf8_is_read(service: Service, delimiter: str, encoding: str) -> None:
    body = csv_of([*ROW[:4], 'Tên có ; , \t và "ngoặc"', "1"], delimiter=delimiter)
    answer = send(service["SVHTTDL"], body.decode("utf-8-sig").encode(encoding))
    assert counts(answer) == {"created": 1}
    said = "sep=|\r\n" + csv_of(ROW, delimiter="|").decode("utf-8-sig")
    assert counts(send(service["SVHTTDL"], said.encode(encoding))) == {"created": 1}


def test_a_formula_that_came_to_an_empty_text_is_an_empty_cell(service: Service) -> None:
    """As Excel saves `=IF(B3="","",…)` that was dragged down further than there are rows."""
    empty = '<c r="{}" t="str"><f>IF(1=1,"","x")</f>{}</c>'
    first = row_xml(2, *ROW[:5]).replace("</row>", empty.format("F2", "<v></v>") + "</row>")
    tail = (f'<row r="{row}">{empty.format(f"A{row}", "")}</row>' for row in range(3, 6))
    told = send(service["SVHTTDL"], by_hand(sheet_xml(row_xml(1, *HEADINGS) + first + "".join(tail))), XLSX)
    assert (counts(told), told.json()["rows_read"]) == ({"created": 1}, 1)


def test_headings_are_known_however_they_are_written(service: Service) -> None:
    client = service["SVHTTDL"]
    for number, headings in enumerate(
        (
            ["task", "output", "occurred_on", "kind", "title", "quantity"],
            [heading.upper() for heading in HEADINGS],
            [f" {heading} (*)".replace(" (*)", " *") for heading in HEADINGS],
            ["ma nhiem vu", "ma dau ra", "ngay thuc hien", "loai hoat dong", "tieu de", "so luong"],
        )
    ):
        answer = send(client, csv_of([*ROW[:4], f"Lớp {number}", "1"], headings=headings))
        assert counts(answer) == {"created": 1}, headings


def test_what_is_missing_or_doubled_in_the_headings_is_named(service: Service) -> None:
    client = service["SVHTTDL"]
    answer = send(client, csv_of(ROW[1:], headings=HEADINGS[1:]))
    assert answer.status_code == 422
    assert [error["code"] for error in answer.json()["errors"]] == ["headings_missing"]
    assert answer.json()["missing"] == ["Mã nhiệm vụ"]
    twice = send(client, csv_of([*ROW, "x"], headings=[*HEADINGS, "TIÊU ĐỀ"]))
    assert [error["code"] for error in twice.json()["errors"]] == ["heading_twice"]
    other = send(client, csv_of([*ROW, "x", "y"], headings=[*HEADINGS, "Ghi chú", "Ghi chú"]))
    assert other.json()["columns_not_read"] == ["Ghi chú", "Ghi chú"]


def test_a_heading_over_two_columns_is_one_where_its_cells_are(service: Service) -> None:
    client = service["SVHTTDL"]

    def sent(*, apart: bool) -> httpx.Response:
        file = io.BytesIO()
        with Workbook(file) as book:
            sheet = book.add_worksheet()
            sheet.write_row("A1", [*HEADINGS[:4], "", "", "Số lượng", "Riêng"])
            sheet.merge_range("E1:F1", "Tiêu đề")
            sheet.merge_range("H1:I1", "Riêng")
            for row, title in enumerate(("Một", "Hai"), 1):
                sheet.write_row(row, 0, [*ROW[:4], title, "", "3", "a", "b"])
            sheet.merge_range("E2:F2", "Một")
            if apart:
                sheet.write_string("F3", "Hai nữa")
        return send(client, file.getvalue(), XLSX)

    told = sent(apart=False)
    assert (counts(told), told.json()["columns_not_read"]) == ({"created": 2}, ["Riêng", "Riêng"])
    assert {(item["title"], item["quantity"]) for item in items(client, f"{PLAN}/activities")} == {
        ("Một", 3), ("Hai", 3),
    }  # fmt: skip
    assert [error["code"] for error in sent(apart=True).json()["errors"]] == ["heading_twice"]


def test_offers_are_what_this_caller_may_do(service: Service) -> None:
    for task in ("IV.99", "IV.12.1"):  # one that is not there, one that is hidden
        answer = send(service["SCT"], csv_of([task, *ROW[1:]]))
        [row] = answer.json()["rows"]
        assert errors(row) == [("Mã nhiệm vụ", "unknown_task")]
        assert row["errors"][0]["offered"] == ["IV.6.a"]
    read = service["MTTQ"]
    [row] = send(read, csv_of(ROW)).json()["rows"]
    assert row["result"] == "refused"
    assert row["errors"][0]["offered"] == []


def test_the_secretariat_records_on_behalf(service: Service) -> None:
    body = csv_of([*ROW, "SVHTTDL"], headings=[*HEADINGS, "Mã cơ quan"])
    assert counts(send(service["BPGV"], body)) == {"created": 1}
    [stored] = items(service["SVHTTDL"], f"{PLAN}/activities")
    assert (stored["agency"]["code"], stored["recorded_by"]["code"]) == ("SVHTTDL", "BPGV")
    assert counts(send(service["BPGV"], body)) == {"unchanged": 1}


def test_an_unknown_plan_and_no_key_are_told_before_the_file_is_looked_at(service: Service) -> None:
    headers = {"Content-Type": XLSX}
    for client, plan, status in ((service.anonymous, "ttdn-2023", 401), (service["SCT"], "khong-co", 404)):
        answer = client.post(f"/v1/plans/{plan}/imports", content=b"rubbish", headers=headers)
        assert answer.status_code == status


def test_a_csv_of_one_column_is_no_formula(service: Service) -> None:
    """What a file brings is written back guarded."""
    answer = send(service["SVHTTDL"], csv_of(["@x", *ROW[1:]]), format="csv")
    [_, row] = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"), newline="")))
    assert row[0] == "'@x"


@pytest.mark.parametrize("name", [*WORKBOOKS, *FILES])
def test_a_file_that_means_harm_is_a_problem_and_records_nothing(library: Service, name: str) -> None:
    make, code = WORKBOOKS[name] if name in WORKBOOKS else (lambda: FILES[name][0], FILES[name][1])
    answer = send(library["SVHTTDL"], make(), XLSX if name in WORKBOOKS else CSV)
    assert (answer.status_code, answer.headers["content-type"]) == (422, "application/problem+json")
    assert [(error["pointer"], error["code"]) for error in answer.json()["errors"]] == [("", code)]
    assert items(library["SVHTTDL"], f"{PLAN}/activities") == []


def test_a_file_without_rows_is_refused(library: Service) -> None:
    for body, media in ((csv_of(), CSV), (xlsx_of(), XLSX), (csv_of(["", " ", "", "", "", ""]), CSV)):
        answer = send(library["SVHTTDL"], body, media)
        assert [error["code"] for error in answer.json()["errors"]] == ["no_rows"]


@pytest.mark.parametrize(
    ("path", "media", "status"),
    [
        ("imports", "application/json", 415),
        ("imports", "application/x-ndjson", 415),
        ("imports", "text/csv; charset=windows-1258", 415),
        ("imports", "application/vnd.ms-excel", 415),
        ("imports", "multipart/form-data; boundary=x", 415),
        ("imports", None, 415),
        ("imports", "text/csv; charset=utf-8; header=present", 200),
        ("imports", "TEXT/CSV", 200),
        ("activities", CSV, 415),
        ("activities", XLSX, 415),
        ("activities/batch", CSV, 415),
    ],
)
def test_files_are_taken_at_their_address_alone(
    library: Service, path: str, media: str | None, status: int
) -> None:
    address = f"{PLAN}/{path}" if path == "activities" else f"{PLAN}/{path}?dry_run=true"
    request = library["SVHTTDL"].build_request("POST", address, content=csv_of(ROW))
    if media is not None:
        request.headers["Content-Type"] = media
    answer = library["SVHTTDL"].send(request)
    assert answer.status_code == status, answer.text
    if status == 415:
        taken = {"imports": [CSV, XLSX], "activities": ["application/json"]}
        wanted = taken.get(path, ["application/json", "application/x-ndjson"])
        assert answer.json()["accepted"] == wanted


def test_a_file_may_be_ten_times_as_large_as_any_other_body(library: Service) -> None:
    most = 10 * 1024 * 1024
    blank = b" " * 9_999 + b"\n"
    body = (csv_of(ROW) + b"\r\n" + blank * (most // len(blank) + 1))[:most]
    assert counts(send(library["SVHTTDL"], body, dry_run=True)) == {"created": 1}
    answer = send(library["SVHTTDL"], body + b"\n")
    assert (answer.status_code, answer.json()["most_bytes"]) == (413, most)


def test_half_characters_and_controls_in_a_cell_are_refused_in_their_row(library: Service) -> None:
    rows = [[*ROW[:4], title, "1"] for title in ("a\x00b", "a\x9bb", "_xD800_", "dòng\nhai")]
    answer = send(library["SVHTTDL"], csv_of(*rows), dry_run=True)
    assert counts(answer) == {"created": 2, "refused": 2}
    assert [errors(row) for row in answer.json()["rows"] if row["errors"]] == [
        [("Tiêu đề", "control_character")]
    ] * 2


def test_a_row_that_counts_for_nothing_is_told_which_column_would_make_it_count(service: Service) -> None:
    """A file has columns, and no fields; a body has fields."""
    row = ["IV.7.b", "", "01/02/2023", "Phim, video clip", "Phim", "1"]
    [told] = send(service["SVHTTDL"], csv_of(row), dry_run=True).json()["rows"]
    assert [(note["column"], note["message_vi"]) for note in told["notes"]] == [
        (None, "Ghi cột “Mã đầu ra” để tính cho đầu ra: M1")
    ]
    assert record(service["SVHTTDL"], "IV.7.b")["hint_vi"] == "Ghi `output` để tính cho đầu ra: M1"


def test_a_row_that_overwrites_a_record_says_which_and_in_what(service: Service) -> None:
    """Last month's file is filled in anew, and the ids in its folded columns go with it."""
    client = service["SVHTTDL"]
    assert push(client, source_system="qlvb", external_id="7").status_code == 201
    headings, row = rows_of(client.get(f"{PLAN}/activities", params={"format": "csv"}))
    row[headings.index("Tiêu đề")] = "Lớp tháng sau"
    row[headings.index("Ngày thực hiện")] = "20/06/2023"
    [told] = send(client, csv_of(row, headings=headings), dry_run=True).json()["rows"]
    assert (told["result"], told["errors"]) == ("updated", [])
    [*_, note] = told["notes"]
    assert note["message_vi"] == (
        "Sửa bản ghi đã có, ngày 12/05/2023, “Tập huấn quy định về lễ hội”: đổi cột “Ngày thực hiện”, "
        "cột “Tiêu đề”; nếu là việc mới thì để trống cột “Mã bản ghi”, cột “Hệ thống nguồn”, "
        "cột “Mã ở hệ thống nguồn”"
    )
    for name in ("Mã bản ghi", "Hệ thống nguồn", "Mã ở hệ thống nguồn"):
        row[headings.index(name)] = ""
    assert counts(send(client, csv_of(row, headings=headings))) == {"created": 1}


def test_a_row_of_totals_is_told_to_go(service: Service) -> None:
    for row in (["Tổng cộng", "", "", "", "", "2"], ["", "", "", "", "Người lập biểu", ""]):
        [told] = send(service["SVHTTDL"], csv_of(row)).json()["rows"]
        *missing, last = errors(told)
        assert {code for _, code in missing} == {"missing"}
        assert last == (None, "row_of_no_record")
    [told] = send(service["SVHTTDL"], csv_of([*ROW[:4], "", "1"])).json()["rows"]
    assert errors(told) == [("Tiêu đề", "missing")]


def test_a_title_in_an_old_font_is_taken_and_pointed_out(service: Service) -> None:
    """On the screen it reads as it should; what is stored is what everybody else sees."""
    rows = ([*ROW[:4], "Héi nghÞ triÓn khai", "1"], [*ROW[:3], "TËp huÊn", *ROW[4:]], ROW)
    told = send(service["SVHTTDL"], csv_of(*rows))
    assert counts(told) == {"created": 2, "refused": 1}
    taken, refused = sorted(told.json()["rows"], key=lambda row: int(row["row"]))
    assert [(note["column"], "phông cũ" in note["message_vi"]) for note in taken["notes"]] == [
        ("Tiêu đề", True)
    ]
    [error] = refused["errors"]
    assert (error["column"], error["code"]) == ("Loại hoạt động", "not_allowed_value")
    assert "phông cũ" in error["message_vi"]


def test_totals_and_names_below_a_table_are_told_to_go_however_they_are_merged(service: Service) -> None:
    file = io.BytesIO()
    with Workbook(file) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, HEADINGS)
        sheet.write_row(1, 0, ROW)
        for row, text in enumerate(("Tổng cộng", "CỘNG (I+II)", "Tổng:", "Bằng chữ: hai lớp"), 2):
            sheet.merge_range(row, 0, row, 4, text)
            sheet.write_number(row, 5, 2)
        sheet.merge_range("A8:C8", "Nơi nhận:")
        sheet.merge_range("D9:F9", "KT. TRƯỞNG BAN")
        sheet.write_row(9, 0, [*ROW[:3], "Công tác", "Cộng đồng người Việt ở nước ngoài", "1"])
        sheet.merge_range("A11:F11", "II. Công tác tuyên truyền")
        sheet.write_row(11, 0, HEADINGS)
        sheet.merge_range("E13:F13", "TRƯỞNG PHÒNG")
        sheet.merge_range("E14:F14", "TRƯỞNG PHÒNG")
        sheet.merge_range("A15:C15", "Công tác tuyên truyền")
        sheet.write_row(14, 3, ["Tập huấn", "Đợt II"])
    told = send(service["SVHTTDL"], file.getvalue(), XLSX)
    assert counts(told) == {"created": 1, "refused": 12}
    assert all(row["notes"] == [] for row in told.json()["rows"] if row["row"] > 10), "what was not taken"
    last = {row["row"]: errors(row)[-1] for row in told.json()["rows"] if row["errors"]}
    assert last.pop(10) == ("Loại hoạt động", "not_allowed_value"), "a record with a fault is a record"
    assert set(last) == {3, 4, 5, 6, 8, 9, 11, 12, 13, 14, 15}
    assert set(last.values()) == {(None, "row_of_no_record")}


@pytest.mark.parametrize("form", FORMS)
def test_the_row_that_numbers_the_columns_is_told_and_is_neither_a_record_nor_refused(
    service: Service, form: str
) -> None:
    client, make = service["SVHTTDL"], csv_of if form == "csv" else xlsx_of
    body = make(["(1)", "(2)", "(3)", "(4)", "(5)", "(6)=(5)x1"], ROW, [*ROW[:3], "Lạ", *ROW[4:]])
    for dry_run in (True, False):
        told = send(client, body, FORMS[form], dry_run=dry_run)
        assert counts(told) == {"created": 1, "refused": 1}
        said = told.json()
        assert (said["rows_read"], [row["row"] for row in said["rows"] if row["errors"]]) == (2, [4])
        [passed] = said["rows_not_read"]
        assert (passed["row"], passed["message_vi"]) == (2, "Dòng đánh số cột, không phải bản ghi")
    assert [item["title"] for item in items(client, f"{PLAN}/activities")] == [ROW[4]]
    back = send(client, body, FORMS[form], format=form)
    assert [str(row[-1]) for row in rows_of(back)[1:]] == ["4"], "it does not come back as a refused one"
    assert counts(send(client, make(list("ABCDEF"), ROW), FORMS[form], mode="atomic")) == {"unchanged": 1}
    assert send(client, make(ROW), FORMS[form]).json()["rows_not_read"] == []
    alone = send(client, make(list("123456")), FORMS[form])
    assert [error["code"] for error in alone.json()["errors"]] == ["no_rows"]


def test_what_would_stand_in_place_of_a_wrong_code_is_offered_in_the_file_too(service: Service) -> None:
    client = service["BAOTV"]
    row = ["IV.9.1", "2023-Q1", "01/06/2023", "Tin, bài", "Bài", "1"]
    for output, offered in (("2023-Q1", ["2023-Q2"]), ("Q2", [f"2023-Q{number}" for number in range(1, 5)])):
        [told] = send(client, csv_of([row[0], output, *row[2:]])).json()["rows"]
        assert [(error["column"], error["offered"]) for error in told["errors"]] == [("Mã đầu ra", offered)]
    sheet = rows_of(send(client, csv_of(row), format="csv"))
    assert sheet[1][-2] == "Mã đầu ra: Ngày thực hiện không nằm trong kỳ này (nhận: 2023-Q2)"
    [told] = send(client, csv_of(["Tuyên truyền trọng tâm thông tin đối ngoại 2023", *row[1:]])).json()[
        "rows"
    ]
    assert told["errors"][0]["offered"] == ["IV.7.b", "IV.9.1", "IV.9.2", "IV.9.3"]
    assert counts(send(client, csv_of([row[0], "2023-q2", *row[2:]]))) == {"created": 1}


def test_equal_rows_are_taken_each_and_said_to_be_equal(service: Service) -> None:
    client = service["SVHTTDL"]
    told = send(client, csv_of(ROW, ROW, [*ROW[:4], "Lớp khác", "1"]))
    assert counts(told) == {"created": 3}
    [row] = told.json()["rows"]
    assert (row["row"], [note["column"] for note in row["notes"]]) == (3, [None])
    assert row["notes"][0]["message_vi"].startswith("Giống hệt dòng 2 của tệp")


def test_last_years_export_is_not_made_into_this_years_records(service: Service, tmp_path: Path) -> None:
    """Its rows name records of another plan: the advice to empty those cells would record them anew."""
    record(service["SVHTTDL"], "IV.7.a", output="M1")
    file = service["SVHTTDL"].get(f"{PLAN}/activities", params={"format": "csv"}).content
    other = f"{twin_of(service, tmp_path)}/imports"
    answer = service["SVHTTDL"].post(other, content=file, headers={"Content-Type": "text/csv"})
    assert counts(answer) == {"refused": 1}
    [told] = answer.json()["rows"][0]["errors"]
    assert (told["column"], told["code"]) == ("Mã bản ghi", "unknown_record")
    assert "kế hoạch khác" in told["message_vi"]


def test_a_day_after_the_plan_is_taken_and_pointed_out(service: Service) -> None:
    """What is late is done all the same; mostly it is the wrong year."""
    answer = send(service["SVHTTDL"], csv_of([*ROW[:2], "12/05/2024", *ROW[3:]], ROW))
    assert counts(answer) == {"created": 2}
    [told] = answer.json()["rows"]
    (note,) = told["notes"]
    assert "sau ngày cuối của kế hoạch (31/12/2023)" in note["message_vi"]
    again = send(service["SVHTTDL"], csv_of([*ROW[:2], "12/05/2024", *ROW[3:]], ROW))
    assert (counts(again), again.json()["rows"]) == ({"unchanged": 2}, [])


def test_all_that_is_wrong_with_the_cells_of_a_row_is_told_at_once(service: Service) -> None:
    headings = [*HEADINGS, "Kênh", "Ngôn ngữ", "Liên kết"]
    rows = [
        [*ROW[:4], "", "1,5", "Loa", "Nhật", "travinh.gov.vn"],
        [*ROW, "Truyền hình", "Tiếng Việt và tiếng Khmer", "https://travinh.gov.vn/"],
    ]
    answer = send(service["SVHTTDL"], csv_of(*rows, headings=headings))
    [told] = answer.json()["rows"]
    assert dict(errors(told)) == {
        "Số lượng": "not_whole",
        "Kênh": "not_allowed_value",
        "Tiêu đề": "missing",
        "Ngôn ngữ": "wrong_pattern",
        "Liên kết": "wrong_pattern",
    }
    [stored] = items(service["SVHTTDL"], f"{PLAN}/activities")
    assert stored["languages"] == ["vi", "km"]


def test_a_language_is_known_by_its_name_and_by_its_code(service: Service) -> None:
    said = {
        "vi": ("Việt", "tiếng Việt", "vi"),
        "km": ("Khmer", "Tiếng Khmer", "KM"),
        "en": ("Anh", "tiếng Anh", "en"),
        "zh": ("Hoa", "Trung", "tiếng Hoa", "Tiếng Trung", "zh"),
        "fr": ("Pháp", "tiếng Pháp", "fr"),
        "lo": ("Lào", "tiếng Lào", "lo"),
    }
    names = [(code, name) for code, some in said.items() for name in some]
    rows = [[*ROW[:4], f"Ấn phẩm bằng {name}", "1", name] for _, name in names]
    told = send(service["SVHTTDL"], csv_of(*rows, headings=[*HEADINGS, "Ngôn ngữ"]))
    assert counts(told) == {"created": len(names)}
    stored = {one["title"]: one["languages"] for one in items(service["SVHTTDL"], f"{PLAN}/activities")}
    assert stored == {f"Ấn phẩm bằng {name}": [code] for code, name in names}


def test_a_heading_may_say_that_it_is_needed_and_what_form_a_day_has(service: Service) -> None:
    headings = ["Mã nhiệm vụ (*)", "Mã đầu ra:", "Ngày thực hiện (dd/mm/yyyy) *", "Loại hoạt động (bắt buộc)"]
    headings += ["TIÊU ĐỀ (**)", "Người lập (ký tên)"]
    answer = send(service["SVHTTDL"], csv_of(ROW, headings=headings))
    assert counts(answer) == {"created": 1}
    assert answer.json()["columns_not_read"] == ["Người lập (ký tên)"]


@pytest.mark.parametrize("heading", ["Số lượng (nghìn tờ)", "SỐ LƯỢNG (chiếc) *", "so luong(bản)"])
def test_a_heading_that_says_more_is_not_passed_over(service: Service, heading: str) -> None:
    """A thousand sheets would have been taken as one record of one."""
    row = [*ROW[:5], "1000"]
    answer = send(service["SVHTTDL"], csv_of(row, headings=[*HEADINGS[:5], heading]))
    [fault] = answer.json()["errors"]
    assert (answer.status_code, fault["code"]) == (422, "heading_says_more")
    assert "“Số lượng”" in fault["message"]
    beside = csv_of([*row, "1"], headings=[*HEADINGS[:5], "Số lượng", heading])
    assert counts(send(service["SVHTTDL"], beside)) == {"created": 1}


def test_headings_far_below_are_not_found_and_it_is_said_how_far_is_looked(service: Service) -> None:
    body = csv_of(*([["Kính gửi"]] * 19), HEADINGS, ROW, headings=["Kính gửi"])
    answer = send(service["SVHTTDL"], body)
    said = answer.json()["errors"][0]["message"]
    assert "Trong 20 dòng đầu" in said
    assert said.endswith("Mẫu là tệp tải về từ danh sách “Hoạt động”")


def test_a_row_that_keeps_the_key_made_for_another_says_that_it_takes_its_place(service: Service) -> None:
    client = service["SVHTTDL"]
    assert counts(send(client, csv_of(ROW))) == {"created": 1}
    headings, row = rows_of(client.get(f"{PLAN}/activities", params={"format": "csv"}))
    row[headings.index("Mã bản ghi")], row[headings.index("Tiêu đề")] = "", "Lớp tháng sau"
    [told] = send(client, csv_of(row, headings=headings), dry_run=True).json()["rows"]
    assert told["result"] == "updated"
    assert told["notes"][-1]["message_vi"] == (
        "Ghi đè bản ghi đã có từ một tệp trước; nếu là việc mới thì để trống cột “Hệ thống nguồn”, "
        "cột “Mã ở hệ thống nguồn”"
    )
