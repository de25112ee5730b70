"""A year of money on the real plan, from the first need to a settlement that adds up to the đồng; told again
by the files an accountant opens."""

import io
from collections import Counter
from typing import Any

import httpx
from openpyxl import load_workbook
from openpyxl.worksheet.worksheet import Worksheet

from app.rules import money_words
from tests import office
from tests.money import BUDGET, CHECKED, DECISION, TOTAL, allocate, done, opened, post, write
from tests.service import Service
from tests.walks import items
from tests.writing import differences, pushing, record

LINES = (
    ("SVHTTDL-TH", "SVHTTDL", "Tập huấn tổ chức sự kiện, lễ hội", ("IV.7.a",), 180_000_000),
    ("SVHTTDL-PHIM", "SVHTTDL", "Phim giới thiệu văn hóa, du lịch", ("IV.7.b", "IV.7.c"), 650_000_000),
    ("SCT-KN", "SCT", "Kết nối tiêu thụ sản phẩm OCOP", ("IV.6.a",), 320_500_000),
    ("STTTT-TT", "STTTT", "Hợp tác truyền thông", ("IV.4.a",), 410_000_000),
    ("BAOTV-BAI", "BAOTV", "Chuyên trang đối ngoại", ("IV.9.1",), 250_000_000),
    ("DAITV-CT", "DAITV", "Chuyên mục phát thanh, truyền hình", ("IV.9.1",), 467_500_000),
)
"""Code, agency, title, tasks, and what is needed; together the plan's total. Invented for this test alone."""
SAVED = {"SVHTTDL-PHIM": 12_345_678, "SCT-KN": 1}
"""What is committed and in the end not spent."""
SETTLED = TOTAL - sum(SAVED.values())


def papers(number: int, day: str) -> dict[str, str]:
    """A decision of that day."""
    return {**DECISION, "number": f"{number}/QĐ-STC", "decided_on": day}


class Year:
    """The year, quarter by quarter."""

    def __init__(self, service: Service) -> None:
        self.offices = {agency: pushing(service, agency) for _, agency, *_ in LINES}
        self.funder, self.checker = pushing(service, "STC"), pushing(service, "VPTU")
        self.owner = service["TTBCD"]
        self.files: list[tuple[bytes, list[str]]] = []
        """The workbooks that were opened, and the amounts in them."""
        self.quarters = (
            self.first_quarter,
            self.second_quarter,
            self.third_quarter,
            self.fourth_quarter,
        )

    def office(self, line: str) -> httpx.Client:
        """Whose line it is."""
        return self.offices[line.partition("-")[0]]

    def first_quarter(self) -> None:
        """Needs are stated; half of each is allocated."""
        for code, agency, title, tasks, needed in LINES:
            line: dict[str, Any] = {"code": code, "agency": agency, "title_vi": title, "tasks": list(tasks)}
            opened(self.offices[agency], **line)
            write(self.offices[agency], "needs", code, needed, occurred_on="2023-01-16")
            allocate(
                self.funder, code, needed // 2, occurred_on="2023-02-20", decision=papers(21, "2023-02-20")
            )

    def second_quarter(self) -> None:
        """Contracts are signed, the first instalments paid; one is typed wrong and reversed."""
        for code, *_, needed in LINES:
            office = self.office(code)
            paper = {"number": f"15/HĐ-{code}", "issued_on": "2023-04-10"}
            write(office, "commitments", code, needed // 2, occurred_on="2023-04-10", document=paper)
            write(office, "spendings", code, needed // 4, occurred_on="2023-05-15")
        wrong = write(self.office("SCT-KN"), "spendings", "SCT-KN", 8_000_000, occurred_on="2023-05-16")["id"]
        body = {"reason": "Ghi trùng", "occurred_on": "2023-05-17"}
        done(post(self.office("SCT-KN"), f"entries/{wrong}/reversals", body))

    def third_quarter(self) -> None:
        """The rest is allocated; too much for one line and moved to where it is needed."""
        for code, *_, needed in LINES:
            more = needed - needed // 2
            if code == "BAOTV-BAI":
                more += 50_000_000
            if code == "DAITV-CT":
                more -= 50_000_000
            allocate(self.funder, code, more, occurred_on="2023-08-01", decision=papers(88, "2023-08-01"))
        over = post(
            self.funder,
            "allocations",
            {
                "line": "SCT-KN",
                "amount_vnd": 1,
                "occurred_on": "2023-08-02",
                "decision": papers(89, "2023-08-02"),
            },
        )
        assert (over.status_code, over.json()["left_vnd"]) == (409, 0)
        moved = {"from_line": "BAOTV-BAI", "to_line": "DAITV-CT", "amount_vnd": 50_000_000}
        paper = {"occurred_on": "2023-09-05", "decision": papers(101, "2023-09-05")}
        done(post(self.funder, "transfers", {**moved, **paper}))

    def fourth_quarter(self) -> None:
        """All is committed and, but for what was saved, spent; settled after one was sent back."""
        for code, *_, needed in LINES:
            office, left = self.office(code), needed - needed // 2
            write(office, "commitments", code, left, occurred_on="2023-10-02")
            rest = needed - needed // 4 - SAVED.get(code, 0)
            write(office, "spendings", code, rest, occurred_on="2023-12-10")
            body = {"line": code, "amount_vnd": needed - SAVED.get(code, 0), "note": "Quyết toán năm 2023"}
            settlement = done(post(office, "settlements", body))["id"]
            if code == "SCT-KN":
                missing = {"missing": "Thiếu bảng kê chứng từ"}
                done(post(self.checker, f"settlements/{settlement}/returns", missing))
                settlement = done(post(office, "settlements", body))["id"]
            accepted = {"decision": CHECKED, "occurred_on": "2023-12-21"}
            done(post(self.checker, f"settlements/{settlement}/acceptances", accepted))


def test_a_year_ends_in_a_settlement_that_adds_up_to_the_dong(service: Service) -> None:
    year = Year(service)
    assert sum(needed for *_, needed in LINES) == TOTAL
    for quarter in year.quarters:
        quarter()
        whole = year.owner.get(BUDGET).json()
        assert whole["allocated_vnd"] + whole["unallocated_vnd"] == TOTAL
        assert whole["settled_vnd"] <= whole["spent_vnd"] <= whole["committed_vnd"] <= whole["allocated_vnd"]
        assert differences(service) == []
    whole = year.owner.get(BUDGET).json()
    assert (whole["needed_vnd"], whole["allocated_vnd"], whole["committed_vnd"]) == (TOTAL, TOTAL, TOTAL)
    assert (whole["spent_vnd"], whole["settled_vnd"], whole["unallocated_vnd"]) == (SETTLED, SETTLED, 0)
    assert whole["unallocated_words_vi"] == "Không đồng"
    accepted = items(year.checker, f"{BUDGET}/settlements", state="accepted")
    assert len(accepted) == len(LINES)
    assert sum(one["amount_vnd"] for one in accepted) == SETTLED
    for one in accepted:
        assert money_words.read(one["amount_words_vi"]) == one["amount_vnd"]
    record(year.offices["SVHTTDL"], "IV.7.a", output="M1")
    agencies = {row["key"]: row for row in rolled(year.owner, "agency")}
    assert agencies["SVHTTDL"]["settled_vnd"] == 830_000_000 - SAVED["SVHTTDL-PHIM"]
    months = {row["key"]: row for row in rolled(year.owner, "month")}
    assert list(months) == [
        *(f"2023-{month:02}" for month in (1, 2, 4, 5, 8, 9, 10, 12)),
        "unallocated",
    ]
    assert (months["2023-01"]["needed_vnd"], months["2023-09"]["allocated_vnd"]) == (TOTAL, 0)
    assert months["2023-12"]["settled_vnd"] == SETTLED
    the_files_say_the_same(year)


def test_libreoffice_shows_every_amount_of_the_year(service: Service) -> None:
    office.needed()
    year = Year(service)
    for quarter in year.quarters:
        quarter()
    the_files_say_the_same(year)
    assert len(year.files) == 6
    for content, amounts in year.files:
        pages = office.printed(content)
        assert "##" not in pages
        assert not Counter(amounts) - Counter(pages.split()), "LibreOffice shows every amount in full"


def rolled(client: httpx.Client, by: str) -> list[dict[str, Any]]:
    """The rows of a breakdown."""
    found: list[dict[str, Any]] = client.get(f"{BUDGET}/rollup", params={"by": by}).json()["items"]
    return found


def the_files_say_the_same(year: Year) -> None:
    """Each file as an accountant opens it: numbers that are numbers, in columns wide enough to be read."""
    lines = sheet(year, "lines")
    assert total(lines, "Đã bố trí (đồng)") == TOTAL
    assert total(lines, "Đã quyết toán (đồng)") == SETTLED
    entries = sheet(year, "entries")
    kinds = [row[heading(entries, "Loại bút toán")].value for row in entries.iter_rows(min_row=2)]
    amounts = [row[heading(entries, "Số tiền (đồng)")].value for row in entries.iter_rows(min_row=2)]
    by_kind = {
        kind: sum(int(str(amount)) for one, amount in zip(kinds, amounts, strict=True) if one == kind)
        for kind in set(kinds)
    }
    assert by_kind == {
        "Nhu cầu": TOTAL,
        "Bố trí": TOTAL,
        "Cam kết chi": TOTAL,
        "Chi": SETTLED,
        "Quyết toán": SETTLED,
    }
    assert total(sheet(year, "settlements", state="accepted"), "Số tiền (đồng)") == SETTLED
    for by in ("agency", "line", "month"):
        assert total(sheet(year, "rollup", by=by), "Đã chi (đồng)") == SETTLED


def sheet(year: Year, noun: str, **asked: str) -> Worksheet:
    """A list as a workbook; every amount in it is a whole number, shown in full."""
    answer = year.owner.get(f"{BUDGET}/{noun}", params={**asked, "format": "xlsx"})
    assert answer.status_code == 200, answer.text
    found = load_workbook(io.BytesIO(answer.content)).active
    assert isinstance(found, Worksheet)
    amounts: list[str] = []
    for place, top in enumerate(found[1], 1):
        if not str(top.value).endswith("(đồng)"):
            continue
        spans = found.column_dimensions.values()
        width = next(one.width for one in spans if (one.min or 0) <= place <= (one.max or 0))
        for (cell,) in found.iter_rows(min_row=2, min_col=place, max_col=place):
            if cell.value is None:
                continue
            amount = cell.value
            assert isinstance(amount, int), (noun, top.value, amount)
            grouped = abs(amount) >= 10_000
            amounts.append(f"{amount:,}" if grouped else f"{amount}")
            assert cell.number_format == ("#,##0" if grouped else "General"), (noun, top.value, amount)
            assert len(f"{amount:,}") + 1 <= width, (noun, top.value, amount, width)
    assert amounts
    year.files.append((answer.content, amounts))
    return found


def heading(found: Worksheet, words: str) -> int:
    """The place of a column."""
    return [cell.value for cell in found[1]].index(words)


def total(found: Worksheet, words: str) -> int:
    """What a column comes to."""
    place = heading(found, words)
    return sum(int(str(row[place].value)) for row in found.iter_rows(min_row=2))
