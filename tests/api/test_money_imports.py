"""Money by file: an accountant's sheet is previewed with what is wrong in it, and taken as its entries would
be, one by one."""

import io
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from typing import Any
from unicodedata import normalize

import httpx
import pytest
from xlsxwriter import Workbook

from app.rules.ledger import MOST
from tests.books import CSV, XLSX, counts, csv_of, xlsx_of
from tests.money import (
    BUDGET,
    CHECKED,
    DECISION,
    TOTAL,
    allocate,
    done,
    opened,
    post,
    stands,
    write,
)
from tests.service import PLAN, Service
from tests.sheets import rows_of
from tests.walks import NOWHERE, items
from tests.writing import differences, pushing

FORMS = {"csv": CSV, "xlsx": XLSX}
LINE = ["Mã", "Mã cơ quan", "Tên", "Mã nhiệm vụ", "Nhu cầu (VNĐ)"]
GIVEN = ["Đã bố trí (đồng)", "Ngày phát sinh", "Số văn bản", "Ngày văn bản", "Cơ quan ban hành"]
ENTRY = [
    "Mã dòng kinh phí",
    "Loại bút toán",
    "Số tiền",
    "Ngày phát sinh",
    "Số văn bản",
    "Ngày văn bản",
]
KEY = ["Hệ thống nguồn", "Mã ở hệ thống nguồn"]
DECIDED = ["15/QĐ-STC", "15/02/2023", "Sở Tài chính"]


def send(client: httpx.Client, noun: str, body: bytes, media: str = CSV, **asked: Any) -> httpx.Response:
    """Send a file of lines or entries."""
    path = f"{BUDGET}/{noun}/imports"
    return client.post(path, content=body, headers={"Content-Type": media}, params=asked)


def refusal(answer: httpx.Response) -> tuple[str | None, str]:
    """The one thing that is wrong with the one row: in which column, and what."""
    assert counts(answer) == {"refused": 1}, answer.text
    [row] = answer.json()["rows"]
    [error] = row["errors"]
    return error["column"], error["code"]


def entries(*rows: Sequence[str], more: Sequence[str] = ()) -> bytes:
    """A CSV file of entries."""
    headings = [*ENTRY, *more]
    return csv_of(*([*row, *[""] * (len(headings) - len(row))] for row in rows), headings=headings)


def test_a_year_of_an_office_comes_in_by_two_files(office: httpx.Client, funder: httpx.Client) -> None:
    lines = xlsx_of(
        ["SVHTTDL-01", "SVHTTDL", "Tập huấn", "IV.7.a", 0, 150_000_000, date(2023, 2, 20), *DECIDED],
        ["SVHTTDL-02", "SVHTTDL", "Xuất bản", "IV.7.a, IV.7.c", 0, "50.000.000 đ", "20/02/2023", *DECIDED],
        ["SCT-01", "SCT", "Hội chợ", "", 0, 10_000_000, date(2023, 2, 20), *DECIDED],
        headings=[*LINE, *GIVEN],
    )
    preview = send(funder, "lines", lines, XLSX, dry_run=True)
    assert counts(preview) == {"created": 3}
    assert items(funder, f"{BUDGET}/lines") == []
    told = send(funder, "lines", lines, XLSX)
    assert {**told.json(), "receipts": [], "applied": False} == preview.json()
    assert stands(office, "SVHTTDL-02") == (0, 50_000_000, 0, 0, 0)
    assert [task["code"] for task in office.get(f"{BUDGET}/lines/SVHTTDL-02").json()["tasks"]] == [
        "IV.7.a",
        "IV.7.c",
    ]

    year = entries(
        ["SVHTTDL-01", "Chi", "60.000.000", "12/05/2023", "21/PC", "12/05/2023"],
        ["SVHTTDL-01", "Chi", "40000000", "13/06/2023", "22/PC", "13/06/2023"],
        ["SVHTTDL-01", "Cam kết chi", "120.000.000 đồng", "01/03/2023", "05/HĐ", "28/02/2023"],
        ["SVHTTDL-02", "nhu cầu", "80.000.000", "01/03/2023"],
    )
    preview = send(office, "entries", year, dry_run=True)
    assert counts(preview) == {"created": 4}, "in whatever order they stand"
    assert stands(office, "SVHTTDL-01") == (0, 150_000_000, 0, 0, 0)
    told = send(office, "entries", year)
    assert counts(told) == {"created": 4}
    assert stands(office, "SVHTTDL-01") == (0, 150_000_000, 120_000_000, 100_000_000, 0)
    assert stands(office, "SVHTTDL-02") == (80_000_000, 50_000_000, 0, 0, 0)
    assert counts(send(office, "entries", year)) == {"unchanged": 4}
    assert counts(send(funder, "lines", lines, XLSX)) == {"unchanged": 3}
    assert stands(office, "SVHTTDL-01") == (0, 150_000_000, 120_000_000, 100_000_000, 0)


def test_each_part_of_a_file_has_a_receipt_that_names_its_entries(
    office: httpx.Client, funder: httpx.Client
) -> None:
    line = opened(office)["code"]
    allocate(funder, line, 10)
    told = send(
        office,
        "entries",
        entries([line, "Cam kết chi", "9", "01/03/2023"], [line, "Chi", "90", "01/03/2023"]),
    )
    [id_] = told.json()["receipts"]
    receipt = office.get(f"{PLAN}/receipts/{id_}").json()
    assert receipt["operation"] == "import_ledger_entries"
    [made] = items(office, f"{BUDGET}/entries", kind="commitment")
    assert [
        (row["index"], row["result"], row["entry"], row["line"], row["code"]) for row in receipt["results"]
    ] == [
        (2, "created", made["id"], line, None),
        (3, "refused", None, None, "conflict"),
    ]
    told = send(office, "lines", csv_of(["SVHTTDL-90", "", "Mới", "", "5"], headings=LINE))
    receipt = office.get(f"{PLAN}/receipts/{told.json()['receipts'][0]}").json()
    assert (receipt["operation"], receipt["results"][0]["line"]) == ("import_budget_lines", "SVHTTDL-90")


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("noun", ["lines", "entries"])
def test_what_was_exported_comes_back_unchanged(service: Service, form: str, noun: str) -> None:
    office, funder = service["SVHTTDL"], pushing(service, "STC")
    line = opened(
        office, needed_vnd=7, tasks=["IV.7.a"], events=["E11"], title_en="Training", category="160",
        subcategory="161", item="6650", subitem="6651", chapter="025", title_vi="=1+1",
    )["code"]  # fmt: skip
    write(office, "needs", line, 5)
    allocate(funder, line, 2_000, source_system="tabmis", external_id="007")
    other = opened(funder, allocation={"amount_vnd": 9, "occurred_on": "2023-03-01", "decision": DECISION})
    moved = {"from_line": line, "to_line": other["code"], "amount_vnd": 500, "occurred_on": "2023-03-02"}
    done(post(funder, "transfers", {**moved, "decision": DECISION}))
    paper = {"number": "1", "issued_on": "2023-02-01"}
    wrong = write(office, "commitments", line, 100, note="'=nhầm", document=paper)
    done(post(office, f"entries/{wrong['id']}/reversals", {"reason": "Nhầm", "occurred_on": "2023-03-05"}))
    write(office, "commitments", line, 400)
    write(office, "spendings", line, 300)
    settlement = done(post(office, "settlements", {"line": line, "amount_vnd": 300}))
    checker = pushing(service, "VPTU")
    done(
        post(
            checker,
            f"settlements/{settlement['id']}/acceptances",
            {"decision": CHECKED, "occurred_on": "2023-12-20"},
        )
    )
    before = items(office, f"{BUDGET}/{noun}")
    for client in (office, funder, service["SCT"]):
        file = client.get(f"{BUDGET}/{noun}", params={"format": form})
        for _ in range(2):
            answer = send(client, noun, file.content, FORMS[form])
            assert counts(answer) == {"unchanged": len(before)}, answer.text
            assert answer.json()["rows"] == []
    assert items(office, f"{BUDGET}/{noun}") == before
    assert differences(service) == []


@pytest.mark.parametrize(
    ("row", "wrong"),
    [
        (["SVHTTDL-1", "Quyết toán", "5", "01/03/2023"], ("Loại bút toán", "not_by_file")),
        (["SVHTTDL-1", "", "5", "01/03/2023"], ("Loại bút toán", "missing")),
        (["SVHTTDL-1", "Tạm ứng", "5", "01/03/2023"], ("Loại bút toán", "not_allowed_value")),
        (["SVHTTDL-9", "Chi", "5", "01/03/2023"], ("Mã dòng kinh phí", "unknown_line")),
        (["SCT-1", "Chi", "5", "01/03/2023"], ("Mã dòng kinh phí", "not_permitted")),
        (["SVHTTDL-1", "Bố trí", "5", "01/03/2023", *DECIDED], ("Mã dòng kinh phí", "not_permitted")),
        (["SVHTTDL-1", "Chi", "0", "01/03/2023"], ("Số tiền", "below_minimum")),
        (["SVHTTDL-1", "Chi", "-5", "01/03/2023"], ("Số tiền", "below_minimum")),
        (["SVHTTDL-1", "Chi", "1,5", "01/03/2023"], ("Số tiền", "not_whole")),
        (["SVHTTDL-1", "Chi", "1,500", "01/03/2023"], ("Số tiền", "not_whole")),
        (["SVHTTDL-1", "Chi", "0.500", "01/03/2023"], ("Số tiền", "not_whole")),
        (["SVHTTDL-1", "Chi", "1,500.000", "01/03/2023"], ("Số tiền", "wrong_type")),
        (["SVHTTDL-1", "Chi", "5 triệu", "01/03/2023"], ("Số tiền", "wrong_type")),
        (["SVHTTDL-1", "Chi", "", "01/03/2023"], ("Số tiền", "missing")),
        (["SVHTTDL-1", "Chi", "5", "30/02/2023"], ("Ngày phát sinh", "not_a_date")),
        (["SVHTTDL-1", "Chi", "5", "01/03/2099"], ("Ngày phát sinh", "in_the_future")),
        (["SVHTTDL-1", "Chi", "5", "01/03/2023", "", "01/02/2023"], ("Số văn bản", "missing")),
        (["SVHTTDL-1", "Chi", "5", "01/03/2023", "12/PC", ""], ("Ngày văn bản", "missing")),
        (["SVHTTDL-1", "Chi", "5", "01/03/2023", "12/PC", "01/03/2099"], ("Ngày văn bản", "in_the_future")),
        (["SVHTTDL-1", "Chi", "11", "01/03/2023"], (None, "conflict")),
        (
            ["SVHTTDL-1", "Chi", "5", "01/03/2023", "", "", "", "Sáu đồng"],
            ("Số tiền bằng chữ", "words_differ"),
        ),
        (["SVHTTDL-1", "Chi", "5", "01/03/2023", "", "", "", "", NOWHERE], ("Mã bản ghi", "unknown_record")),
    ],
)
def test_a_row_that_cannot_be_taken_says_where_and_why(
    service: Service, row: list[str], wrong: tuple[str | None, str]
) -> None:
    office, funder = service["SVHTTDL"], pushing(service, "STC")
    for code in ("SVHTTDL-1", "SCT-1"):
        given = {"amount_vnd": 10, "occurred_on": "2023-03-01", "decision": DECISION}
        opened(funder, code=code, agency=code.split("-")[0], allocation=given)
    write(office, "commitments", "SVHTTDL-1", 10)
    before = items(office, f"{BUDGET}/entries")
    more = ["Cơ quan ban hành", "Số tiền bằng chữ", "Mã bản ghi"]
    for dry_run in (True, False):
        assert refusal(send(office, "entries", entries(row, more=more), dry_run=dry_run)) == wrong
    assert items(office, f"{BUDGET}/entries") == before


def test_what_a_file_may_not_write_is_not_offered(office: httpx.Client) -> None:
    line = opened(office)["code"]
    [told] = send(office, "entries", entries([line, "Tạm ứng", "5", "01/03/2023"])).json()["rows"]
    assert told["errors"][0]["offered"] == ["Nhu cầu", "Bố trí", "Cam kết chi", "Chi"]


@pytest.mark.parametrize("amount", ["20.000.000", "20,000,000", "20 000 000", "20,000,000 đ", "020,000,000"])
def test_an_amount_is_read_however_its_digits_are_grouped(office: httpx.Client, amount: str) -> None:
    line = opened(office)["code"]
    told = send(office, "entries", entries([line, "Nhu cầu", amount, "01/03/2023"]))
    assert (counts(told), told.json()["rows"]) == ({"created": 1}, [])
    assert stands(office, line) == (20_000_000, 0, 0, 0, 0)


@pytest.mark.parametrize("form", FORMS)
def test_the_most_that_is_kept_goes_out_and_comes_back(office: httpx.Client, form: str) -> None:
    line = opened(office, needed_vnd=MOST)["code"]
    for noun, asked in (("entries", {"line": line}), ("lines", {"q": line})):
        sheet = office.get(f"{BUDGET}/{noun}", params={"format": form, **asked})
        assert counts(send(office, noun, sheet.content, FORMS[form])) == {"unchanged": 1}
    more = send(office, "entries", entries([line, "Nhu cầu", str(MOST + 1), "01/03/2023"]))
    assert refusal(more) == ("Số tiền", "above_maximum")


def test_what_was_committed_is_released_by_file_wherever_its_row_stands(
    service: Service, office: httpx.Client, funder: httpx.Client
) -> None:
    line = opened(office)["code"]
    allocate(funder, line, 100)
    rows_ = (
        [line, "Cam kết chi", "-30", "01/05/2023", "02/TL", "28/04/2023"],
        [line, "Chi", "50", "01/04/2023"],
        [line, "Cam kết chi", "80", "01/03/2023"],
    )
    assert counts(send(office, "entries", entries(*rows_))) == {"created": 3}
    assert stands(office, line) == (0, 100, 50, 50, 0)
    assert counts(send(office, "entries", entries(*rows_))) == {"unchanged": 3}
    over = send(office, "entries", entries([line, "Cam kết chi", "-1", "02/05/2023"]))
    assert refusal(over) == (None, "conflict"), "all that is committed is spent"
    none = send(office, "entries", entries([line, "Cam kết chi", "0", "02/05/2023"]))
    assert refusal(none) == ("Số tiền", "no_amount")
    sheet = office.get(f"{BUDGET}/entries", params={"format": "csv", "kind": "commitment"})
    assert counts(send(office, "entries", sheet.content, "text/csv")) == {"unchanged": 2}
    assert differences(service) == []


def test_an_amount_below_zero_is_told_how_an_entry_is_taken_back(office: httpx.Client) -> None:
    told = send(office, "entries", entries([opened(office)["code"], "Chi", "-5.000 đ", "01/03/2023"]))
    assert refusal(told) == ("Số tiền", "below_minimum")
    assert "đảo bút toán" in told.json()["rows"][0]["errors"][0]["message_vi"]


def test_who_cannot_write_on_a_line_is_told_the_lines_it_can(
    office: httpx.Client, funder: httpx.Client
) -> None:
    own, other = opened(office)["code"], opened(funder, agency="SCT", **given(1))["code"]
    for code in (other, "KHONG-CO"):
        told = send(office, "entries", entries([code, "Chi", "5", "01/03/2023"]))
        [error] = told.json()["rows"][0]["errors"]
        assert own in error["offered"]
        assert other not in error["offered"]
    for client, code, kind in ((office, own, "Bố trí"), (funder, other, "Nhu cầu"), (funder, own, "Chi")):
        body = entries([code, kind, "5", "01/03/2023", *DECIDED], more=["Cơ quan ban hành"])
        [error] = send(client, "entries", body).json()["rows"][0]["errors"]
        assert (error["code"], error["offered"]) == ("not_permitted", []), (
            "such an entry is not theirs anywhere"
        )


@pytest.mark.parametrize("line", ["", "KHONG-CO"])
@pytest.mark.parametrize(
    "row",
    [["5", "01/03/2023"], ["5", "30/02/2023"], ["", "01/03/2023"], ["5", "01/03/2023", "", "15/02/2023"]],
)
def test_who_may_not_allocate_is_told_so_before_what_the_row_lacks(
    office: httpx.Client, line: str, row: list[str]
) -> None:
    own = line or opened(office)["code"]
    told = send(office, "entries", entries([own, "Bố trí", *row]))
    assert refusal(told) == ("Mã dòng kinh phí", "not_permitted")
    assert told.json()["rows"][0]["facts"]["who_can"] == ["STC"]


def test_who_may_allocate_is_told_what_the_row_lacks(office: httpx.Client, funder: httpx.Client) -> None:
    line = opened(office)["code"]
    told = send(funder, "entries", entries([line, "Bố trí", "5", "01/03/2023"]))
    assert refusal(told) == ("Số văn bản", "missing")
    told = send(funder, "entries", entries([line, "Chi", "", "01/03/2023"]))
    assert refusal(told) == ("Mã dòng kinh phí", "not_permitted"), "of every kind"


def test_who_may_not_allocate_opens_no_line_with_an_allocation_and_is_told_so_first(
    office: httpx.Client, funder: httpx.Client
) -> None:
    headings = ["Mã", "Tên", "Mã cơ quan", "Đã bố trí"]
    row = ["SVHTTDL-77", "Hội nghị", "SVHTTDL", "5"]
    assert refusal(send(office, "lines", csv_of(row, headings=headings))) == ("Mã cơ quan", "not_permitted")
    told = send(funder, "lines", csv_of(row, headings=headings)).json()["rows"][0]["errors"]
    assert {one["code"] for one in told} == {"missing"}
    none = csv_of([*row[:3], "0"], headings=headings)
    assert counts(send(office, "lines", none)) == {"created": 1}, "no đồng are no allocation"
    assert counts(send(office, "lines", none)) == {"unchanged": 1}


def test_an_allocation_by_file_cites_its_decision_and_stays_within_the_total(funder: httpx.Client) -> None:
    line = opened(funder, agency="SVHTTDL", **given(1))["code"]
    row = [line, "Bố trí", str(TOTAL), "01/03/2023"]
    assert refusal(send(funder, "entries", entries(row))) == ("Số văn bản", "missing")
    more = ["Cơ quan ban hành"]
    told = send(funder, "entries", entries([*row, *DECIDED], more=more))
    assert refusal(told) == (None, "conflict")
    [refused] = told.json()["rows"]
    assert (refused["facts"]["reason"], refused["facts"]["left_vnd"]) == ("over_total", TOTAL - 1)
    assert "2.277.999.999 đồng" in refused["errors"][0]["message_vi"]
    row[2] = str(TOTAL - 1)
    assert counts(send(funder, "entries", entries([*row, *DECIDED], more=more))) == {"created": 1}
    wrong = ["15/QD", "15/02/2023", "Sở Tài chính"]
    assert refusal(send(funder, "entries", entries([*row, *wrong], more=more)))[0] == "Số văn bản"


def test_an_entry_on_record_is_never_changed_by_a_file(office: httpx.Client, funder: httpx.Client) -> None:
    line = opened(office)["code"]
    allocate(funder, line, 10)
    made = write(office, "commitments", line, 5)
    headings = ["Mã bản ghi", *ENTRY[:4]]
    row = [made["id"], line, "Cam kết chi", "5", "01/03/2023"]
    assert counts(send(office, "entries", csv_of(row, headings=headings))) == {"unchanged": 1}
    for place, other in ((2, "Chi"), (3, "6"), (4, "02/03/2023")):
        changed = [*row[:place], other, *row[place + 1 :]]
        told = send(office, "entries", csv_of(changed, headings=headings))
        assert refusal(told) == (None, "conflict")
        assert told.json()["rows"][0]["facts"] == {"reason": "entry_differs", "entry": made["id"]}
    rows = [[line, "Chi", amount, "01/03/2023", "", "", "misa", "7"] for amount in "12"]
    keyed, contrary = (entries(one, more=KEY) for one in rows)
    assert counts(send(office, "entries", keyed)) == {"created": 1}
    assert counts(send(office, "entries", keyed)) == {"unchanged": 1}
    assert refusal(send(office, "entries", contrary)) == (None, "conflict")
    assert stands(office, line) == (0, 10, 5, 1, 0)


def test_what_looks_like_a_correction_is_pointed_out(office: httpx.Client, funder: httpx.Client) -> None:
    line = opened(office)["code"]
    allocate(funder, line, 100)
    first = entries([line, "Cam kết chi", "5", "01/03/2023", "05/HĐ", "01/03/2023"])
    assert send(office, "entries", first).json()["rows"] == []
    second = entries([line, "Cam kết chi", "6", "01/03/2023", "05/HĐ", "01/03/2023"])
    told = send(office, "entries", second, dry_run=True)
    [note] = told.json()["rows"][0]["notes"]
    [made] = items(office, f"{BUDGET}/entries", kind="commitment")
    assert made["id"] in note["message_vi"]
    assert "5 đồng" in note["message_vi"]
    elsewhere = entries([line, "Cam kết chi", "6", "02/03/2023", "05/HĐ", "01/03/2023"])
    assert send(office, "entries", elsewhere).json()["rows"] == []
    done(post(office, f"entries/{made['id']}/reversals", {"reason": "Nhầm", "occurred_on": "2023-03-05"}))
    assert send(office, "entries", second).json()["rows"] == []
    row = [line, "Cam kết chi", "7", "03/03/2023"]
    told = send(office, "entries", entries(row, row), dry_run=True).json()
    assert [row["notes"][0]["message_vi"].startswith("Trong tệp có dòng khác") for row in told["rows"]] == [
        True,
        True,
    ]


def test_words_beside_an_amount_are_read_however_vouchers_write_them(
    office: httpx.Client, funder: httpx.Client
) -> None:
    line = opened(office)["code"]
    allocate(funder, line, 10**9)
    words = {
        "150000000": "Một trăm năm mươi triệu đồng chẵn./.",
        "1000001": "(Bằng chữ: một triệu không trăm lẻ một đồng)",
        "5": normalize("NFD", "Năm đồng"),
    }
    rows = [[line, "Cam kết chi", said, "01/03/2023", "", "", text] for said, text in words.items()]
    told = send(office, "entries", entries(*rows, more=["Số tiền bằng chữ"]))
    assert counts(told) == {"created": 3}
    assert told.json()["columns_not_read"] == []
    unread = entries([line, "Cam kết chi", "7", "01/03/2023", "", "", "chín"], more=["Số tiền bằng chữ"])
    assert refusal(send(office, "entries", unread)) == ("Số tiền bằng chữ", "words_differ")
    unread = entries([line, "Cam kết chi", "7", "01/03/2023", "", "", "theo HĐ"], more=["Số tiền bằng chữ"])
    told = send(office, "entries", unread)
    assert counts(told) == {"created": 1}
    assert told.json()["rows"][0]["notes"][0]["column"] == "Số tiền bằng chữ"


@pytest.mark.parametrize(
    ("row", "wrong"),
    [
        (["SCT-5", "", "Tập huấn", "", "5"], ("Mã", "not_named_after_agency")),
        (["SCT-5", "SCT", "Tập huấn", "", "5"], ("Mã cơ quan", "not_permitted")),
        (["SVHTTDL-5", "KHONGCO", "Tập huấn", "", "5"], ("Mã cơ quan", "not_a_body")),
        (["SVHTTDL-5", "", "", "", "5"], ("Tên", "missing")),
        (["SVHTTDL 5", "", "Tập huấn", "", "5"], ("Mã", "wrong_pattern")),
        (["SVHTTDL-5", "", "Tập huấn", "IV.7.a; IV.99", "5"], ("Mã nhiệm vụ", "unknown_thing")),
        (["SVHTTDL-5", "", "Tập huấn", "", "-5"], ("Nhu cầu (VNĐ)", "below_minimum")),
        (["SVHTTDL-1", "", "Khác", "", ""], (None, "conflict")),
        (["SVHTTDL-1", "", "Tập huấn", "", "8"], (None, "conflict")),
        (["SVHTTDL-5", "", "Tập huấn", "", "5", "9"], ("Mã cơ quan", "not_permitted")),
    ],
)
def test_a_line_that_cannot_be_opened_says_where_and_why(
    office: httpx.Client, row: list[str], wrong: tuple[str | None, str]
) -> None:
    opened(office, code="SVHTTDL-1", needed_vnd=7)
    before = items(office, f"{BUDGET}/lines")
    given = [*DECIDED[:2], DECIDED[2]]
    headings = [*LINE, *(GIVEN if len(row) > len(LINE) else ())]
    full = [*row, "01/03/2023", *given] if len(row) > len(LINE) else row
    for dry_run in (True, False):
        assert refusal(send(office, "lines", csv_of(full, headings=headings), dry_run=dry_run)) == wrong
    assert items(office, f"{BUDGET}/lines") == before


def test_what_a_line_is_given_needs_all_of_its_decision(funder: httpx.Client) -> None:
    headings = [*LINE[:3], *GIVEN]
    row = ["SVHTTDL-5", "SVHTTDL", "Tập huấn", "9", "01/03/2023", *DECIDED]
    for place, column in ((4, "Ngày phát sinh"), (5, "Số văn bản"), (6, "Ngày văn bản"), (3, GIVEN[0])):
        lacking = [*row[:place], "", *row[place + 1 :]]
        assert refusal(send(funder, "lines", csv_of(lacking, headings=headings))) == (column, "missing")
    alone = csv_of(row[:4], headings=headings[:4])
    assert {error["column"] for error in send(funder, "lines", alone).json()["rows"][0]["errors"]} == {
        "Ngày phát sinh",
        "Số văn bản",
    }
    needing = csv_of([*row, "5"], headings=[*headings, "Nhu cầu"])
    assert refusal(send(funder, "lines", needing)) == ("Mã cơ quan", "not_permitted")
    assert counts(send(funder, "lines", csv_of(row, headings=headings))) == {"created": 1}


@pytest.mark.parametrize("unit", ["triệu đồng", "nghìn đồng", "USD", "dự kiến"])
def test_an_amount_in_another_unit_is_not_taken_for_dong(office: httpx.Client, unit: str) -> None:
    headings = ["Mã dòng kinh phí", "Loại bút toán", f"Số tiền ({unit})", "Ngày phát sinh"]
    told = send(
        office, "entries", csv_of([opened(office)["code"], "Nhu cầu", "150", "01/03/2023"], headings=headings)
    )
    assert (told.status_code, told.json()["missing"]) == (422, ["Số tiền (đồng)"])


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("more", [(), KEY[:1], KEY[1:], KEY])
def test_equal_rows_come_back_each_as_itself(
    office: httpx.Client, funder: httpx.Client, more: Sequence[str], form: str
) -> None:
    """Whether the file has the columns of the key, as the template has, or not."""
    line = opened(office)["code"]
    allocate(funder, line, 100)
    write(office, "commitments", line, 5)
    row = [line, "Chi", "5", "01/03/2023", "05/PC", "01/03/2023"]
    body = entries(row, row, more=more)
    sheet = send(office, "entries", body, format=form)
    headings, back = rows_of(sheet)
    assert headings == [*ENTRY, *more, *(name for name in KEY if name not in more), "Lỗi", "Dòng"]
    assert back[:4] == row[:4]
    write(office, "commitments", line, 5)
    assert counts(send(office, "entries", sheet.content, FORMS[form])) == {"created": 1}
    assert counts(send(office, "entries", body)) == {"unchanged": 2}
    assert stands(office, line) == (0, 100, 10, 10, 0)


@pytest.mark.parametrize(
    "said",
    [
        "Đơn vị tính: triệu đồng",
        "ĐVT: 1.000 đ",
        "BẢNG NHU CẦU KINH PHÍ (Đơn vị: Nghìn đồng)",
        "(tỷ đồng)",
        "Đơn vị tính: 1.000.000 VNĐ",
        "Đơn vị tính số tiền: ngàn đ",
        "trđ",
        "ĐVT: USD",
        f"{'BẢNG NHU CẦU ' * 20}(triệu đồng)",
    ],
)
def test_a_unit_above_the_table_other_than_dong_is_refused(office: httpx.Client, said: str) -> None:
    row = ["SVHTTDL-1", "Nhu cầu", "150", "01/03/2023"]
    for noun, headings in (("entries", ENTRY[:4]), ("lines", ["Ghi chú", "Tên", "Nhu cầu", "Mã"])):
        for text, make, media in ((said, csv_of, CSV), (normalize("NFD", said), xlsx_of, XLSX)):
            above = ["", "", text, ""]
            told = send(office, noun, make(["x", "", "", ""], headings, row, headings=above), media)
            assert [error["code"] for error in told.json()["errors"]] == ["another_unit"], (noun, media)


@pytest.mark.parametrize("said", ["ĐVT: đồng", "đơn vị: đồng", "Đơn vị tính: VNĐ", "đ", "đồng", "dvt đ"])
def test_an_amount_whose_heading_says_that_it_is_in_dong_is_read(office: httpx.Client, said: str) -> None:
    row = [opened(office)["code"], "Nhu cầu", "150", "01/03/2023"]
    headings = [*ENTRY[:2], f"Số tiền\n({said})", ENTRY[3]]
    assert counts(send(office, "entries", csv_of(row, headings=headings), dry_run=True)) == {"created": 1}


@pytest.mark.parametrize("said", ["triệu đồng", "nghìn đồng", "ĐVT: 1.000 đ", "USD"])
def test_an_amount_whose_heading_says_another_unit_is_told_so(office: httpx.Client, said: str) -> None:
    """To whoever sees it stand there it is not enough to say that it is missing."""
    row = [opened(office)["code"], "Nhu cầu", "150", "01/03/2023"]
    headings = [*ENTRY[:2], f"Số tiền ({said})", ENTRY[3]]
    told = send(office, "entries", csv_of(row, headings=headings))
    [error] = told.json()["errors"]
    assert error["code"] == "headings_missing"
    assert "Có cột tên như vậy mà trong ngoặc ghi khác: hãy ghi đúng “Số tiền (đồng)”" in error["message"]


def test_a_unit_right_below_the_headings_is_refused_as_well(office: httpx.Client) -> None:
    row = [opened(office)["code"], "Nhu cầu", "150", "01/03/2023"]
    told = send(office, "entries", csv_of(["", "", "(Triệu đồng)", ""], row, headings=ENTRY[:4]))
    assert [error["code"] for error in told.json()["errors"]] == ["another_unit"]


@pytest.mark.parametrize("amount", ["1.000 đ", "1.000.000đ", "1.000.000.000 VNĐ", "1000 đồng"])
def test_a_round_amount_in_the_first_row_is_no_unit(office: httpx.Client, amount: str) -> None:
    """It is one where nothing stands beside it."""
    line = opened(office)["code"]
    row = [line, "Nhu cầu", amount, "01/03/2023"]
    for body, media in ((csv_of(row, headings=ENTRY[:4]), CSV), (xlsx_of(row, headings=ENTRY[:4]), XLSX)):
        assert counts(send(office, "entries", body, media, dry_run=True)) == {"created": 1}
    lines = csv_of(["SVHTTDL-77", "Hội nghị", amount], headings=["Mã", "Tên", "Nhu cầu"])
    assert counts(send(office, "lines", lines, dry_run=True)) == {"created": 1}
    of_all = csv_of(["", "", amount, ""], [line, "Nhu cầu", "5", "01/03/2023"], headings=ENTRY[:4])
    told = send(office, "entries", of_all)
    assert [error["code"] for error in told.json()["errors"]] == ["another_unit"]


@pytest.mark.parametrize("form", FORMS)
def test_the_row_that_numbers_the_columns_of_a_sheet_of_money_is_no_amount(
    office: httpx.Client, form: str
) -> None:
    line, make = opened(office)["code"], csv_of if form == "csv" else xlsx_of
    row = [line, "Nhu cầu", "150", "31/03/2023"]
    for numbers in (["1", "2", "3", "4"], ["(A)", "(B)", "1", "2=1"], ["", "(1)", "(2)", "(3)"]):
        told = send(office, "entries", make(numbers, row, headings=ENTRY[:4]), FORMS[form], dry_run=True)
        assert (counts(told), told.json()["rows"]) == ({"created": 1}, [])
        assert [passed["row"] for passed in told.json()["rows_not_read"]] == [2]
    lines = make(["1", "2", "3"], ["SVHTTDL-77", "Hội nghị", "150"], headings=["Mã", "Tên", "Nhu cầu"])
    told = send(office, "lines", lines, FORMS[form], dry_run=True)
    assert (counts(told), [one["row"] for one in told.json()["rows_not_read"]]) == ({"created": 1}, [2])


def test_a_first_row_of_small_numbers_is_a_row_of_its_own(office: httpx.Client) -> None:
    line = opened(office)["code"]
    for row, wrong in (
        ([line, "Nhu cầu", "3", "01/03/2023"], None),
        (["1", "Nhu cầu", "3", "01/03/2023"], ("Mã dòng kinh phí", "unknown_line")),
        (["1", "2", "3", "01/03/2023"], ("Loại bút toán", "not_allowed_value")),
        (["1", "2", "150", ""], ("Loại bút toán", "not_allowed_value")),
    ):
        told = send(office, "entries", csv_of(row, headings=ENTRY[:4]), dry_run=True)
        assert (counts(told), told.json()["rows_not_read"]) == (
            {"refused" if wrong else "created": 1}, [],
        )  # fmt: skip
        if wrong:
            assert wrong in [(one["column"], one["code"]) for one in told.json()["rows"][0]["errors"]]
    lines = csv_of(["1", "2", "150"], headings=["Mã", "Tên", "Nhu cầu"])
    assert refusal(send(office, "lines", lines, dry_run=True))[0] == "Mã"


def test_a_unit_below_the_row_that_numbers_the_columns_is_refused_too(office: httpx.Client) -> None:
    row = [opened(office)["code"], "Nhu cầu", "150", "01/03/2023"]
    numbers, unit = ["1", "2", "3", "4"], ["", "", "(Triệu đồng)", ""]
    for above in ([numbers, unit], [unit, numbers]):
        told = send(office, "entries", csv_of(*above, row, headings=ENTRY[:4]))
        assert [error["code"] for error in told.json()["errors"]] == ["another_unit"]


def test_a_unit_merged_over_the_row_below_the_headings_is_refused(office: httpx.Client) -> None:
    file = io.BytesIO()
    with Workbook(file) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ENTRY[:4])
        sheet.merge_range(1, 0, 1, 3, "1.000 đồng")
        sheet.write_row(2, 0, [opened(office)["code"], "Nhu cầu", 5, "01/03/2023"])
    told = send(office, "entries", file.getvalue(), XLSX)
    assert [error["code"] for error in told.json()["errors"]] == ["another_unit"]


@pytest.mark.parametrize(
    "said",
    [
        "Đơn vị tính: đồng",
        "ĐVT: VNĐ",
        "Đơn vị: Công ty Tỷ Đồng",
        "Tổng số: 2.278.000.000 đồng (hai tỷ hai trăm bảy mươi tám triệu đồng)",
        "Dự toán 150 triệu đồng",
        "Đơn vị: Sở Văn hóa, Thể thao và Du lịch",
        "Trường Đại học Trà Vinh",
    ],
)
def test_other_words_above_the_table_are_no_unit(office: httpx.Client, said: str) -> None:
    line = opened(office)["code"]
    body = csv_of(ENTRY[:4], [line, "Nhu cầu", "5", "01/03/2023"], headings=["", "", said, ""])
    assert counts(send(office, "entries", body, dry_run=True)) == {"created": 1}


@pytest.mark.parametrize("merged", [True, False])
@pytest.mark.parametrize("form", FORMS)
def test_headings_in_two_rows_are_read_as_one(office: httpx.Client, form: str, merged: bool) -> None:
    line, file = opened(office)["code"], io.BytesIO()
    row = [line, "Nhu cầu", "5", "01/03/2023", *DECIDED[:2]]
    with Workbook(file) as book:
        sheet = book.add_worksheet()
        for place, heading in enumerate(ENTRY[:4]):
            if merged:
                sheet.merge_range(0, place, 1, place, heading)
            else:
                sheet.write_string(0, place, heading)
        sheet.merge_range("E1:F1", "Văn bản")
        sheet.write_row("E2", ENTRY[4:])
        sheet.write_row("A3", row)
    above = ENTRY[:4] if merged else [""] * 4
    body = csv_of([*above, *ENTRY[4:]], row, headings=[*ENTRY[:4], "Văn bản", ""])
    told = send(office, "entries", file.getvalue() if form == "xlsx" else body, FORMS[form])
    assert counts(told) == {"created": 1}
    said = told.json()
    assert (said["heading_row"], said["columns_not_read"]) == (2, [])
    [made] = items(office, f"{BUDGET}/entries", kind="need")
    assert (made["document"]["number"], made["document"]["issued_on"]) == ("15/QĐ-STC", "2023-02-15")


def test_headings_in_two_rows_that_do_not_fit_together_are_refused(office: httpx.Client) -> None:
    line = opened(office)["code"]
    below = ["", "", "Bằng số", "", *ENTRY[4:]]
    body = csv_of(below, [line, "Nhu cầu", "5", "01/03/2023"], headings=[*ENTRY[:4], "Văn bản", ""])
    told = send(office, "entries", body)
    assert [error["code"] for error in told.json()["errors"]] == ["headings_in_doubt"]
    row = [line, "Nhu cầu", "5", "01/03/2023", "Ghi chú"]
    told = send(office, "entries", csv_of(row, headings=[*ENTRY[:4], "Cột riêng"]))
    assert counts(told) == {"created": 1}, "what happens to read like a heading beside an entry is none"


def test_one_amount_over_several_rows_is_counted_for_none(office: httpx.Client) -> None:
    line, file = opened(office)["code"], io.BytesIO()
    with Workbook(file) as book:
        sheet = book.add_worksheet()
        for place, heading in enumerate(ENTRY[:4]):
            sheet.write_string(0, place, heading)
        sheet.merge_range("A2:A3", line)
        sheet.merge_range("C2:C3", 7)
        for row in (1, 2):
            sheet.write_string(row, 1, "Nhu cầu")
            sheet.write_string(row, 3, "01/03/2023")
    told = send(office, "entries", file.getvalue(), XLSX)
    assert counts(told) == {"refused": 2}
    assert [error["code"] for row in told.json()["rows"] for error in row["errors"]] == ["merged_amount"] * 2


def test_what_was_reversed_is_not_written_again_and_says_so(
    office: httpx.Client, funder: httpx.Client
) -> None:
    line = opened(office)["code"]
    allocate(funder, line, 10)
    body = entries([line, "Cam kết chi", "5", "01/03/2023"])
    assert counts(send(office, "entries", body)) == {"created": 1}
    [made] = items(office, f"{BUDGET}/entries", kind="commitment")
    done(post(office, f"entries/{made['id']}/reversals", {"reason": "Nhầm", "occurred_on": "2023-03-05"}))
    told = send(office, "entries", body)
    assert counts(told) == {"unchanged": 1}
    assert "bị đảo" in told.json()["rows"][0]["notes"][0]["message_vi"]


def test_long_numbers_are_no_names_and_a_day_in_a_text_is_said(office: httpx.Client) -> None:
    line = opened(office)["code"]
    headings = [*ENTRY, *KEY]
    row = [line, "Nhu cầu", 5, "01/03/2023", date(2023, 2, 1), "01/02/2023", "misa"]
    told = send(office, "entries", xlsx_of([*row, 12345678901234567890], headings=headings), XLSX)
    assert refusal(told) == ("Mã ở hệ thống nguồn", "number_out_of_range")
    told = send(office, "entries", xlsx_of([*row, "7"], headings=headings), XLSX)
    assert counts(told) == {"created": 1}
    notes = [(one["column"], one["message_vi"][-10:]) for one in told.json()["rows"][0]["notes"]]
    assert ("Số văn bản", "01/02/2023") in notes


def test_totals_below_a_sheet_of_money_are_told_to_go(office: httpx.Client) -> None:
    line = opened(office)["code"]
    below = (["Tổng cộng", "", "5", ""], ["", "Cộng", "5", ""], ["", "", "5", ""], ["", "", "Người lập biểu"])
    told = send(office, "entries", entries([line, "Nhu cầu", "5", "01/03/2023"], *below))
    assert counts(told) == {"created": 1, "refused": 4}
    rows = [row for row in told.json()["rows"] if row["errors"]]
    assert {row["errors"][-1]["code"] for row in rows} == {"row_of_no_record"}
    assert (
        refusal(send(office, "entries", entries([line, "Nhu cầu", "1,5 tỷ", "01/03/2023"])))[1]
        == "wrong_type"
    )


def test_refusals_are_told_before_notes(office: httpx.Client) -> None:
    line = opened(office)["code"]
    days = [f"{1 + number % 28:02}/03/2023" for number in range(1_005)]
    rows = [[line, "Nhu cầu", "1.000", day, f"{n}/PC", "01/03/2023"] for n, day in enumerate(days)]
    told = send(office, "entries", entries(*rows, [line, "Nhu cầu", "x", "01/03/2023"])).json()
    assert (told["counts"]["created"], told["counts"]["refused"], told["more"]) == (1_005, 1, True)
    assert len(told["rows"]) == 1_000
    assert [row["row"] for row in told["rows"] if row["errors"]] == [1_007]


def test_a_line_on_record_is_compared_in_the_columns_of_the_file(
    office: httpx.Client, funder: httpx.Client
) -> None:
    opened(funder, code="SVHTTDL-7", agency="SVHTTDL", title_en="Training", chapter="425", **given(9))
    headings = [*LINE[:3], *GIVEN]
    row = ["SVHTTDL-7", "", "Tập huấn", "9", "01/03/2023", *DECIDED]
    assert counts(send(funder, "lines", csv_of(row, headings=headings))) == {"unchanged": 1}
    others = {3: "8", 4: "02/03/2023", 5: "16/QĐ-STC", 6: "16/02/2023", 7: "Bộ Tài chính"}
    for place, other in others.items():
        changed = [*row[:place], other, *row[place + 1 :]]
        told = send(funder, "lines", csv_of(changed, headings=headings))
        assert refusal(told) == (None, "conflict")
        assert told.json()["rows"][0]["facts"]["reason"] == "opened_otherwise"
    told = send(office, "lines", csv_of([*row[:2], "Khác"], headings=LINE[:3]))
    assert "(Tên)" in told.json()["rows"][0]["errors"][0]["message_vi"]
    allocate(funder, "SVHTTDL-7", 5)
    file = office.get(f"{BUDGET}/lines", params={"format": "csv"})
    assert counts(send(office, "lines", file.content)) == {"unchanged": 1}
    assert counts(send(funder, "lines", csv_of(row, headings=headings))) == {"unchanged": 1}


def test_all_rows_or_none_where_that_is_asked(office: httpx.Client, funder: httpx.Client) -> None:
    line = opened(office)["code"]
    allocate(funder, line, 10)
    good, bad = [line, "Cam kết chi", "5", "01/03/2023"], [line, "Chi", "50", "01/03/2023"]
    told = send(office, "entries", entries(good, bad), mode="atomic")
    assert told.status_code == 422
    assert told.json()["errors"][0]["pointer"] == "/rows/3"
    assert stands(office, line) == (0, 10, 0, 0, 0)
    assert counts(send(office, "entries", entries(good), mode="atomic")) == {"created": 1}


def test_refused_rows_come_back_as_a_sheet_that_can_be_sent_again(
    office: httpx.Client, funder: httpx.Client
) -> None:
    line = opened(office)["code"]
    allocate(funder, line, 10)
    good, bad = [line, "Cam kết chi", "5", "01/03/2023"], [line, "Chi", "50", "01/03/2023"]
    for form, media in FORMS.items():
        sheet = send(office, "entries", entries(good, bad), format=form)
        headings, row = rows_of(sheet)
        assert headings == [*ENTRY, "Lỗi", "Dòng"]
        assert [str(cell) for cell in row[:4]] == bad
        assert "còn 5 đồng" in str(row[6])
        assert counts(send(office, "entries", sheet.content, media)) == {"refused": 1}


def test_the_same_file_in_parallel_is_written_once(service: Service) -> None:
    office, funder = service["SVHTTDL"], pushing(service, "STC")
    line = opened(office)["code"]
    allocate(funder, line, 10_000)
    rows = [
        [line, ("Chi", "Cam kết chi")[n % 2], "1", "01/03/2023", f"{n}/PC", "01/03/2023"] for n in range(40)
    ]
    new = csv_of(*([f"SVHTTDL-{n}", "", "Mới", "", "5"] for n in range(500, 520)), headings=LINE)
    with ThreadPoolExecutor(8) as pool:
        told = list(pool.map(lambda _: send(office, "entries", entries(*rows)), range(8)))
        lines = list(pool.map(lambda _: send(office, "lines", new), range(8)))
    for answers, made in ((told, 40), (lines, 20)):
        assert sum(counts(answer).get("created", 0) for answer in answers) == made
        assert {sum(counts(answer).values()) for answer in answers} == {made}
    assert stands(office, line) == (0, 10_000, 20, 20, 0)
    assert differences(service) == []


def test_a_file_under_one_key_is_answered_once(office: httpx.Client, funder: httpx.Client) -> None:
    line = opened(office)["code"]
    allocate(funder, line, 10)
    body = entries([line, "Cam kết chi", "5", "01/03/2023"])
    office.headers["Idempotency-Key"] = "quy-1"
    first, again = send(office, "entries", body), send(office, "entries", body)
    assert first.content == again.content
    other = send(office, "entries", entries([line, "Cam kết chi", "6", "01/03/2023"]))
    assert other.status_code == 422
    assert stands(office, line) == (0, 10, 5, 0, 0)


def given(amount: int) -> dict[str, Any]:
    """What opens a line with an allocation."""
    return {"allocation": {"amount_vnd": amount, "occurred_on": "2023-03-01", "decision": DECISION}}
