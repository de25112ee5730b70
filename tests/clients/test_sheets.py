"""A sheet goes to the service as it is, in one parcel: only the service knows what its columns mean."""

import hashlib
import json
from pathlib import Path

import pytest

from tests.books import CSV, HEADINGS, ROW, XLSX, csv_of, nasty, xlsx_of
from tests.clients.gateway import Gateway, Said
from tests.clients.pusher import Pusher
from tests.service import PLAN
from ttdn_client import Client


def rows(name: str, count: int) -> list[list[str]]:
    """Rows that are taken."""
    return [[*ROW[:4], f"{name} {n}", ROW[5]] for n in range(count)]


@pytest.mark.parametrize(("name", "media"), [("tháng 5.csv", CSV), ("tháng 5.XLSX", XLSX)])
def test_a_sheet_is_one_parcel_byte_by_byte_with_its_receipt(
    behind: Pusher, gateway: Gateway, name: str, media: str
) -> None:
    content = (csv_of if media == CSV else xlsx_of)(*rows(media, 3))
    gateway.before = lambda number: Said(503) if number == 0 else None
    gateway.after = lambda number: number == 1
    run = behind.push("--mode", "atomic", behind.file(name, content))
    assert (run.code, run.counts) == (0, {"created": 3}), run.err
    busy, lost, done = (one for one in gateway.seen if one.key)
    assert busy._replace(at=0) == lost._replace(at=0) == done._replace(at=0), "one content, one key"
    assert (done.path, done.media) == (f"{PLAN}/imports?mode=atomic&dry_run=false", media)
    assert done.body == content
    (receipt,) = run.summary["inputs"][0]["receipts"]
    kept = json.loads((behind.spool / "receipts" / f"{receipt}.json").read_bytes())
    assert kept["sha256"] == hashlib.sha256(content).hexdigest()
    again = behind.push(behind.file(name, content))
    assert again.summary["inputs"][0]["state"] == "delivered_before"


def test_rows_that_are_refused_are_told_by_their_place(office: Pusher) -> None:
    file = office.file("quý I.xlsx", nasty())
    rehearsed = office.push("--dry-run", file)
    assert (rehearsed.code, rehearsed.counts) == (1, {"created": 4, "refused": 3})
    run = office.push(file)
    assert (run.code, run.counts) == (1, {"created": 4, "refused": 3})
    told = run.summary["inputs"][0]["refused"]
    assert [(one["line"], one["code"]) for one in told] == [
        (8, "not_whole"), (9, "not_allowed_value"), (10, "formula_without_value"),
    ]  # fmt: skip
    assert told[0]["reasons"][0].startswith("Số lượng: ")
    assert "(Tin, bài | Chương trình" in told[1]["reasons"][0], "what would be taken is offered"
    assert sorted(path.suffix for path in (office.spool / "refused").iterdir()) == [".txt"]
    said = office.run(file).out
    assert "không đọc các cột · columns not read: Người lập biểu" in said
    assert "không đọc các trang tính · sheets not read: Quý II" in said


def test_a_row_that_was_passed_over_is_told_with_its_number_and_why(office: Pusher) -> None:
    run = office.run(office.file("quý II.csv", csv_of(list("123456"), *rows("numbered", 1))))
    assert run.code == 0
    assert (
        "không đọc các dòng · rows not read: 2 (Dòng đánh số cột, không phải bản ghi · "
        "This row numbers the columns, and is no record)" in run.out
    )


def test_what_is_said_of_rows_that_are_taken_is_told_and_what_counts_for_nothing_first(
    office: Pusher,
) -> None:
    taken = [[*row[:2], "01/06/2023", *row[3:5], "1.200"] for row in rows("noted", 1003)]
    nameless = [[row[0], "", *row[2:]] for row in taken[:4]]
    file = office.file("x.csv", csv_of(*nameless, *taken[4:7]))
    notes = office.push(file).summary["inputs"][0]["notes"]
    assert [(one["records"], one["line"], one["text"].partition(":")[0]) for one in notes] == [
        (4, 2, "Ghi cột “Mã đầu ra” để tính cho đầu ra"),
        (7, 2, "Số lượng"),
    ]
    assert "1000+ bản ghi từ dòng 2 · 1000+ records" in office.run(office.file("y.csv", csv_of(*taken))).out


def test_rows_beyond_those_the_service_tells_of_are_counted(office: Pusher) -> None:
    wrong = [[*row[:2], "31/02/2023", *row[3:]] for row in rows("x", 1203)]
    file = office.file("x.csv", csv_of(*rows("untold", 1), *wrong))
    run = office.push(file)
    assert (run.code, run.counts) == (1, {"created": 1, "refused": 1203})
    told = run.summary["inputs"][0]
    assert (len(told["refused"]), told["refused_untold"]) == (1000, 203)
    reasons = Path(told["reasons_file"]).read_text(encoding="utf-8").splitlines()
    assert len([one for one in reasons if one.startswith("dòng ")]) == 1000
    assert reasons[-1].startswith("còn 203 dòng bị từ chối phía dưới, dịch vụ không kể: ")
    assert "\n  … 1183\n" in office.run(file).out


@pytest.mark.parametrize("encoding", ["utf-16", "cp1258"])
def test_a_sheet_the_service_cannot_read_is_told_in_its_words(office: Pusher, encoding: str) -> None:
    content = csv_of(["x"], headings=["Đơn"] if encoding == "cp1258" else HEADINGS)
    run = office.run(office.file("x.csv", content.decode("utf-8-sig").encode(encoding)))
    assert run.code == 1, run.out + run.err
    assert "cả tệp · whole file [4" in run.out
    assert len([one for one in run.out.splitlines() if "không phải UTF-8" in one or "Không thấy" in one]) == 1


def test_a_workbook_without_a_byte_is_no_delivery(office: Pusher) -> None:
    """Whoever writes it has opened it and no more: the run after this one finds it."""
    file = office.file("tuần.xlsx", b"")
    run = office.run("--quiet", file)
    assert (run.code, "0 byte" in run.err, office.spool.exists()) == (2, True, False)
    office.file("tuần.xlsx", xlsx_of(*rows("then-written", 2)))
    assert office.push(file).counts == {"created": 2}


def test_a_sheet_on_standard_input_is_named_by_its_format(office: Pusher) -> None:
    run = office.push("--format", "csv", "-", given=csv_of(*rows("stdin", 2)))
    assert (run.code, run.counts) == (0, {"created": 2})


def test_the_typed_client_pushes_a_sheet(office: Pusher) -> None:
    with Client(office.url, office.key, "ttdn-2023") as client:
        said = client.push_sheet(csv_of(*rows("typed", 2)), CSV, dry_run=True)
    assert (said["applied"], said["counts"]["created"], said["receipts"]) == (False, 2, [])


def test_money_goes_by_its_own_way_and_a_wrong_one_is_no_delivery(office: Pusher) -> None:
    lines = csv_of(["SVHTTDL-88", "Tập huấn", "9.000.000"], headings=["Mã", "Tên", "Nhu cầu"])
    file = office.file("dòng.csv", lines)
    wrong = office.push("--of", "entries", file)
    assert (wrong.code, wrong.counts) == (1, {"refused": 1})
    run = office.push("--of", "lines", file)
    assert (run.code, run.counts) == (0, {"created": 1}), run.err
    assert office.push("--of", "lines", file).summary["inputs"][0]["state"] == "delivered_before"
    headings = ["Mã dòng kinh phí", "Loại bút toán", "Số tiền", "Ngày phát sinh"]
    needs = csv_of(["SVHTTDL-88", "Nhu cầu", "500.000", "01/03/2023"], headings=headings)
    assert office.push("--of", "entries", office.file("bút toán.csv", needs)).counts == {"created": 1}
    with Client(office.url, office.key, "ttdn-2023") as client:
        assert client.get("budget/lines/SVHTTDL-88")["needed_vnd"] == 9_500_000
        said = client.push_sheet(needs, CSV, table="entries")
        assert said["counts"]["unchanged"] == 1
        assert said["receipts"]
    lines_of_json = office.run("--of", "lines", office.file("x.ndjson", b"{}"))
    assert (lines_of_json.code, "CSV" in lines_of_json.err) == (2, True)
