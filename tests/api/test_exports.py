"""Exports: every list as a file for Excel says what its JSON says, no more and no less."""

import io
import zipfile
from string import Formatter
from typing import Any, get_args

import anyio
import httpx
import pytest
from openpyxl.utils import get_column_letter
from pydantic import BaseModel
from starlette.types import Message

from app.main import create_app
from app.schemas.budget_rollup import BudgetBy, BudgetRollupOut
from app.schemas.changes import ChangePage
from app.schemas.changing import Change, Lead, Milestone
from app.schemas.gaps import GapsOut
from app.schemas.lists import LONGEST_PAGE, Page
from app.schemas.progress import By, ProgressOut
from app.services import activities
from app.settings import Settings
from app.sheets import workbook
from app.sheets.columns import columns_of
from app.sheets.csv_file import guarded, unguarded
from app.sheets.decided import told
from app.sheets.headings import CHANGES, FACTS, TABS
from app.web import exports
from tests.api.conftest import ANOTHER_PLAN
from tests.deciding import decided, leads, member
from tests.service import PLAN, Service, push
from tests.sheets import expected, no_place_for_long_files, rows_of, sheet_of
from tests.walks import everything, items
from tests.writing import record

FORMS = ("csv", "xlsx")
LISTS = sorted(
    operations["get"]["operationId"]
    for operations in create_app(Settings(DATABASE_URL="sqlite://")).openapi()["paths"].values()
    if any(parameter["name"] == "format" for parameter in operations.get("get", {}).get("parameters", ()))
)
"""Every operation that finds a list: a new one is tested without being named here."""
UNPAGED = {
    "find_gaps": [""],
    "get_progress": [f"?by={by.value}" for by in By],
    "get_budget_rollup": [f"?by={by.value}" for by in BudgetBy],
}
"""Lists that are always whole, and what has to be said that there is something in them."""
PAGES: list[type[BaseModel]] = [*Page.__subclasses__(), ChangePage, GapsOut, ProgressOut, BudgetRollupOut]
ITEMS = [get_args(page.model_fields["items"].annotation)[0] for page in PAGES]
COLUMNS = {item.__name__: columns_of(item) for item in ITEMS}


def test_every_list_can_be_had_as_a_file() -> None:
    paths = create_app(Settings(DATABASE_URL="sqlite://")).openapi()["paths"].values()
    lists = {
        operations["get"]["operationId"]
        for operations in paths
        if any(one["name"] in ("cursor", "after") for one in operations.get("get", {}).get("parameters", ()))
    }
    assert {*lists, *UNPAGED} == set(LISTS)
    assert len(lists) > 15


@pytest.mark.parametrize("item", COLUMNS)
def test_every_column_has_a_heading_of_its_own(item: str) -> None:
    headings = [column.heading for column in COLUMNS[item]]
    assert len(set(headings)) == len(headings)
    assert len(TABS[item]) <= 31
    assert not set(TABS[item]) & set("[]:*?/\\")


def _item_of(service: Service, operation: str) -> str:
    """The name of what a list holds, as the contract has it."""
    spec = service.app.openapi()
    [found] = [
        methods["get"]
        for methods in spec["paths"].values()
        if methods.get("get", {}).get("operationId") == operation
    ]
    page = found["responses"]["200"]["content"]["application/json"]["schema"]["$ref"].rpartition("/")[2]
    items_ = spec["components"]["schemas"][page]["properties"]["items"]
    return str(items_["items"]["$ref"].rpartition("/")[2])


@pytest.fixture(scope="session")
def addresses(archive: Service) -> dict[str, list[tuple[str, str]]]:
    """Caller → every list it can read, with its operation."""
    spec = archive.app.openapi()
    return {
        caller: [
            (operation, address + asked)
            for operation, address in everything(archive[caller], spec, most=1)
            if operation in LISTS
            for asked in UNPAGED.get(operation, [""])
        ]
        for caller in ("TTBCD", "SCT")
    }


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("operation", LISTS)
def test_a_file_says_what_the_list_says(
    archive: Service, addresses: dict[str, list[tuple[str, str]]], operation: str, form: str
) -> None:
    """For the plan's owner, and for an outsider from whom some of it is hidden."""
    for caller, lists in addresses.items():
        client = archive[caller]
        for address in [address for found, address in lists if found == operation]:
            wanted = (
                client.get(address).json()["items"]
                if operation in UNPAGED
                else items(client, address, limit=200)
            )
            columns = [column for column in COLUMNS[_item_of(archive, operation)] if not column.on_demand]
            asked = httpx.URL(address).copy_merge_params({"format": form})
            headings, *rows = rows_of(client.get(asked))
            assert headings == [column.heading for column in columns]
            assert rows == [[expected(item, column.path, form) for column in columns] for item in wanted]


def test_progress_as_a_file_is_progress_by_something(archive: Service) -> None:
    answer = archive["SCT"].get(f"{PLAN}/progress?format=xlsx")
    assert answer.status_code == 422
    assert [(error["pointer"], error["code"]) for error in answer.json()["errors"]] == [
        ("query:by", "breakdown_missing")
    ]


def test_what_is_asked_for_anyway_is_no_contradiction(archive: Service) -> None:
    """Generated clients send every parameter that has a default."""
    client = archive["SCT"]
    plain = client.get(f"{PLAN}/tasks?format=csv")
    assert client.get(f"{PLAN}/tasks?format=csv&limit=50&count=false").content == plain.content


def test_the_feed_may_be_had_as_a_file_from_where_one_stands(archive: Service) -> None:
    client = archive["TTBCD"]
    seen, *rest = items(client, "/v1/changes", limit=200)
    headings, *rows = rows_of(client.get("/v1/changes", params={"after": seen["id"], "format": "csv"}))
    assert [row[headings.index("Mã bản ghi")] for row in rows] == [item["id"] for item in rest]


def test_some_list_is_longer_than_a_page(archive: Service) -> None:
    assert len(items(archive["TTBCD"], "/v1/changes", limit=200)) > LONGEST_PAGE


@pytest.mark.parametrize("form", FORMS)
def test_filters_order_and_what_is_included_hold_in_a_file(archive: Service, form: str) -> None:
    client = archive["TTBCD"]
    asked = {"section": "IV.7,IV.9", "sort": "-title", "include": "assignments,links"}
    wanted = items(client, f"{PLAN}/tasks", **asked)
    headings, *rows = rows_of(client.get(f"{PLAN}/tasks", params={**asked, "format": form}))
    assert [row[0] for row in rows] == [item["code"] for item in wanted]
    given = headings.index("Cơ quan được phân công")
    assert [row[given].split(", ") for row in rows] == [
        [one["agency"]["code"] for one in item["assignments"]] for item in wanted
    ]
    [only] = rows_of(client.get(f"{PLAN}/tasks", params={"q": "không có", "format": form}))
    assert "Cơ quan được phân công" not in only


def test_an_empty_list_is_a_file_with_headings_alone(archive: Service) -> None:
    for form in FORMS:
        assert (
            len(rows_of(archive["SCT"].get(f"{PLAN}/budget/lines", params={"q": "khong", "format": form})))
            == 1
        )
        assert len(rows_of(archive["SCT"].get(f"{ANOTHER_PLAN}/budget/lines", params={"format": form}))) > 1


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("beside", ["limit=200", "cursor=x", "count=true"])
def test_what_belongs_to_a_page_is_refused_beside_a_format(archive: Service, beside: str, form: str) -> None:
    answer = archive["SCT"].get(f"{PLAN}/tasks?format={form}&{beside}")
    assert answer.status_code == 422
    pointer = "query:" + beside.partition("=")[0]
    assert [(error["pointer"], error["code"]) for error in answer.json()["errors"]] == [
        (pointer, "whole_list")
    ]


def test_a_page_may_be_asked_for_by_its_own_name(archive: Service) -> None:
    client = archive["SCT"]
    plain, named = client.get(f"{PLAN}/tasks?limit=2"), client.get(f"{PLAN}/tasks?limit=2&format=json")
    assert plain.json() == named.json()
    assert "format=json" in named.headers["link"]


@pytest.mark.parametrize("form", FORMS)
def test_a_file_has_a_name_and_a_tag_and_is_not_sent_twice(archive: Service, form: str) -> None:
    client = archive["SCT"]
    got = client.get(f"{PLAN}/activities?format={form}")
    assert got.headers["content-disposition"] == f'attachment; filename="activities-ttdn-2023.{form}"'
    assert got.headers["content-type"] == exports.MEDIA_TYPES[form]
    assert got.headers["content-length"] == str(len(got.content))
    assert client.get(f"{PLAN}/activities?format={form}").content == got.content
    head = client.head(f"{PLAN}/activities?format={form}")
    assert (head.status_code, head.content) == (200, b"")
    for name in ("etag", "content-length", "content-type", "content-disposition"):
        assert head.headers[name] == got.headers[name]
    tag = {"If-None-Match": got.headers["etag"]}
    assert client.get(f"{PLAN}/activities?format={form}", headers=tag).status_code == 304
    other = archive["TTBCD"].get(f"{PLAN}/activities?format={form}", headers=tag)
    assert other.status_code == 200
    lines = client.get(f"{ANOTHER_PLAN}/budget/lines?format={form}").headers["content-disposition"]
    assert lines == f'attachment; filename="budget-lines-mau-2024.{form}"'


TITLES = [
    "=HYPERLINK(1)",
    "+84 294",
    "-1",
    "@SUM(A1)",
    "'=1",
    "''@x",
    "'tên trong ngoặc'",
    '1,2;"3"',
    "_x0041_",
    "1.200",
    "＝1",
    "001",
    "Tiếng Việt: Ế",
    "x" * 300,
]


@pytest.mark.parametrize("form", FORMS)
def test_no_text_becomes_a_formula_a_number_or_another_text(service: Service, form: str) -> None:
    client = service["SVHTTDL"]
    for title in TITLES:
        assert push(client, title=title).status_code == 201
    headings, *rows = rows_of(client.get(f"{PLAN}/activities?sort=id&format={form}"))
    titles = [row[headings.index("Tiêu đề")] for row in rows]
    if form == "csv":
        assert not [title for title in titles if title.startswith(("=", "+", "-", "@", "＝"))]
        titles = [unguarded(title) for title in titles]
    else:
        titles = [title.replace("_x005F_", "_") for title in titles]
    assert titles == TITLES


@pytest.mark.parametrize("text", ["", "'", "''", "=", "'=", "''=", "a", "'a", "\t=", "-", "'-5", "＋"])
def test_the_guard_comes_off_again(text: str) -> None:
    assert unguarded(guarded(text)) == text
    assert not guarded(text).startswith(("=", "+", "-", "@", "\t", "\r"))


def test_a_workbook_is_ready_to_be_printed(archive: Service) -> None:
    sheet = sheet_of(archive["TTBCD"].get(f"{PLAN}/activities?format=xlsx").content)
    assert sheet.title == "Hoạt động"
    assert sheet.freeze_panes == "A2"
    assert sheet.auto_filter.ref == sheet.dimensions
    assert (sheet.page_setup.orientation, sheet.page_setup.paperSize) == ("landscape", 9)
    assert (sheet.page_setup.fitToWidth or 1, sheet.page_setup.fitToHeight) == (1, 0)
    assert sheet.sheet_properties.pageSetUpPr is not None
    assert sheet.sheet_properties.pageSetUpPr.fitToPage
    assert sheet.print_title_rows == "$1:$1"
    assert all(cell.font.b for cell in sheet[1])
    looks = {
        str(cell.value): sheet.column_dimensions[get_column_letter(place)]
        for place, cell in enumerate(sheet[1], 1)
    }
    assert all(9 <= look.width <= 33 for look in looks.values())
    assert looks["Mã bản ghi"].hidden
    assert not looks["Tiêu đề"].hidden


def test_a_workbook_says_nothing_of_the_machine(archive: Service) -> None:
    content = archive["SCT"].get(f"{PLAN}/tasks?format=xlsx").content
    with zipfile.ZipFile(io.BytesIO(content)) as book:
        assert {member.date_time[0] for member in book.infolist()} == {1980}
        properties = book.read("docProps/core.xml").decode()
    assert '<dcterms:created xsi:type="dcterms:W3CDTF">1980-01-01T00:00:00Z' in properties
    assert "<dc:creator></dc:creator>" in properties


def test_more_rows_than_the_format_holds_are_refused_and_leave_nothing(
    archive: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workbook, "MOST_ROWS", 10)
    answer = archive["SCT"].get(f"{PLAN}/tasks?format=xlsx")
    assert answer.status_code == 422
    assert [(error["pointer"], error["code"]) for error in answer.json()["errors"]] == [
        ("query:format", "too_many_rows")
    ]
    assert archive["SCT"].get(f"{PLAN}/tasks?format=csv").status_code == 200


def test_a_file_is_one_snapshot_though_it_is_read_page_by_page(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    client, read = service["SVHTTDL"], activities.find
    before = [push(client, title=f"Trước {number}").json()["activity"]["id"] for number in range(5)]

    def meanwhile(*asked: Any) -> Any:
        assert push(client, title="Trong khi đọc").status_code == 201
        return read(*asked)

    pages = iter([read, meanwhile, meanwhile])
    monkeypatch.setattr(exports, "LONGEST_PAGE", 2)
    monkeypatch.setattr(activities, "find", lambda *asked: next(pages)(*asked))  # noqa: PLW0108 - one a call
    headings, *rows = rows_of(client.get(f"{PLAN}/activities?sort=id&format=csv"))
    assert [row[-1] for row in rows] == before
    assert list(pages) == []
    monkeypatch.undo()
    assert len(items(client, f"{PLAN}/activities")) == len(before) + 2
    assert headings[-1] == "Mã bản ghi"


@pytest.mark.parametrize("form", FORMS)
def test_no_connection_is_held_while_a_file_goes_out(archive: Service, form: str) -> None:
    held: list[int] = []
    pool: Any = archive.database.engine.pool

    async def send(message: Message) -> None:
        held.append(pool.checkedout())
        assert message["type"].startswith("http.response")

    async def receive() -> Message:
        await anyio.sleep_forever()
        raise AssertionError

    scope = {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.4"},
        "http_version": "1.1",
        "method": "GET",
        "scheme": "http",
        "path": f"{PLAN}/tasks",
        "raw_path": f"{PLAN}/tasks".encode(),
        "root_path": "",
        "query_string": f"format={form}".encode(),
        "headers": [(b"authorization", archive["SCT"].headers["authorization"].encode())],
        "client": ("test", 1),
        "server": ("test", 80),
    }
    anyio.run(archive.app, scope, receive, send)
    assert len(held) > 1
    assert set(held) == {0}


def test_few_long_files_are_made_at_once_and_short_ones_always(archive: Service) -> None:
    with no_place_for_long_files():
        busy = archive["TTBCD"].get("/v1/changes?format=csv")
        assert (busy.status_code, busy.json()["code"], busy.headers["retry-after"]) == (503, "busy", "10")
        assert archive["TTBCD"].get(f"{PLAN}/tasks?format=xlsx").status_code == 200
    assert archive["TTBCD"].get("/v1/changes?format=csv").status_code == 200


def test_no_file_calls_timely_what_was_late(service: Service) -> None:
    """What was done late is done as well: no rate of what is done has the word for what was in time."""
    decided(service["TTBCD"], {"change": "deadline", "task": "IV.7.a", "due_on": "2023-03-31"})
    record(service["SVHTTDL"], "IV.7.a", output="M1")
    headings, row = rows_of(service["TTBCD"].get(f"{PLAN}/progress?by=assignment&task=IV.7.a&format=csv"))
    shown = dict(zip(headings, row, strict=True))
    assert {name: shown[name] for name in shown if "hạn" in name and "số" not in name} == {
        "Xong đúng hạn": "0",
        "Xong trễ hạn": "1",
        "Còn trong hạn": "0",
        "Quá hạn chưa xong": "0",
        "Tỷ lệ đã xong trong việc đã xong hoặc quá hạn (%)": "100",
    }


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("asked", ["budget/rollup?by=section", "budget/rollup?by=task", "progress?by=task"])
def test_a_row_for_what_has_no_code_is_told_by_its_title_alone(
    archive: Service, asked: str, form: str
) -> None:
    """What programs know it by is an English word, which says nothing to who reads the file."""
    reader = archive["SVHTTDL"]
    told = [(row["key"], row["title_vi"]) for row in reader.get(f"{PLAN}/{asked}").json()["items"]]
    headings, *rows = rows_of(reader.get(f"{PLAN}/{asked}&format={form}"))
    shown = [(row[headings.index("Mã")] or "", row[headings.index("Tên")]) for row in rows]
    assert shown == [("" if key.islower() else key, title) for key, title in told]
    assert "" in dict(shown)


@pytest.mark.parametrize("form", FORMS)
def test_a_file_of_events_says_the_day_of_the_week_in_words(archive: Service, form: str) -> None:
    headings, *rows = rows_of(archive["SCT"].get(f"{PLAN}/events?q=Paris&format={form}"))
    assert [row[headings.index("Thứ")] for row in rows] == ["Thứ Sáu"]


TOLD: list[tuple[dict[str, Any], str]] = [
    ({"change": "weight", "task": "IV.7.a", "weight": 2}, "Trọng số nhiệm vụ IV.7.a: 2"),
    ({"change": "target", "task": "IV.6.a", "target": None}, "Chỉ tiêu nhiệm vụ IV.6.a: chưa giao"),
    (
        {
            "change": "milestones",
            "task": "IV.7.a",
            "milestones": [
                {"code": "M1", "title_vi": "Lớp 1", "title_en": "First", "due_on": "2023-03-31", "weight": 2},
                {"title_vi": "Lớp 2", "title_en": "Second"},
            ],
        },
        "Các mốc của nhiệm vụ IV.7.a: M1 Lớp 1 (thời hạn 31/03/2023, trọng số 2), Lớp 2",
    ),
    (
        {"change": "deadline", "task": "IV.7.a", "due_on": "2023-11-30"},
        "Thời hạn nhiệm vụ IV.7.a: 30/11/2023",
    ),
    (
        {"change": "deadline", "task": "IV.7.a", "due_on": None},
        "Thời hạn nhiệm vụ IV.7.a: cuối năm kế hoạch",
    ),
    ({"change": "reporting_period", "period": "month"}, "Kỳ báo cáo của cả kế hoạch: Tháng"),
    (
        {"change": "visibility", "task": "IV.7.c", "visibility": "internal"},
        "Phạm vi xem nhiệm vụ IV.7.c: Nội bộ",
    ),
    (
        {"change": "status", "task": "IV.1.1", "status": "superseded", "superseded_by": "IV.1.2a"},
        "Tình trạng nhiệm vụ IV.1.1: Được thay thế; thay bằng IV.1.2a",
    ),
    (
        leads("IV.7.b", SCT="1/3", STTTT="2/3"),
        (
            "Chịu trách nhiệm nhiệm vụ IV.7.b: Sở Công Thương (SCT, phần được giao 1/3), Sở Thông tin và "
            "Truyền thông (STTTT, phần được giao 2/3)"
        ),
    ),
    (
        {"change": "coordinators", "task": "IV.7.b", "coordinators": []},
        "Phối hợp nhiệm vụ IV.7.b: không có",
    ),
    (
        member("G.SBN", "STC", "2023-01-01"),
        "Thành viên nhóm Các ban, sở, ngành, đoàn thể tỉnh (G.SBN): Sở Tài chính (STC); từ ngày 01/01/2023",
    ),
    (
        {"change": "agency", "code": "SDL", "kind": "state_department", "name_vi": "Sở {D}", "name_en": "x"},
        "Cơ quan mới: SDL, Sở {D}, Sở",
    ),
    (
        {
            "change": "duty",
            "code": "IV.7.d",
            "section": "IV.7",
            "title_vi": "Lễ hội",
            "title_en": "Promote",
            "kind": "deliverable",
            "leads": [{"agency": "SDL"}],
            "implements": ["II.1.1"],
        },
        (
            "Nhiệm vụ mới IV.7.d ở mục IV.7: Lễ hội; cách tính hoàn thành Sản phẩm; chịu trách nhiệm "
            "Sở {D} (SDL); thực hiện II.1.1"
        ),
    ),
    (
        {"change": "implementation", "item": "II.1.3", "duty": "IV.7.d", "closes_gap": True},
        "Nhiệm vụ trọng tâm II.1.3 được thực hiện qua: IV.7.d; không còn phần chưa giao",
    ),
    (
        {"change": "power", "power": "fund", "task": "IV.8.a", "agency": "SDL"},
        "Thẩm quyền “Quyết định kinh phí” theo IV.8.a: Sở {D} (SDL)",
    ),
    ({"change": "approver", "agency": "TTTU"}, "Cấp trên xác nhận: Thường trực Tỉnh ủy (TTTU)"),
    (
        {"change": "thresholds", "obligation_red": "1/3", "node_red": "1/4"},
        "Ngưỡng màu: phân công đỏ khi chậm hơn 1/3; mục đỏ khi việc đỏ chiếm từ 1/4",
    ),
    (
        {"change": "succession", "agency": "STTTT", "successor": "SCT", "on": "2023-03-01"},
        "Kế thừa: Sở Công Thương (SCT) thay Sở Thông tin và Truyền thông (STTTT) từ ngày 01/03/2023",
    ),
    (
        {"change": "name", "agency": "BAOTV", "name_vi": "Báo TV", "name_en": "Paper", "on": "2023-03-01"},
        "Báo TV (BAOTV): mang tên “Báo TV” từ ngày 01/03/2023",
    ),
]


@pytest.mark.parametrize("form", FORMS)
def test_what_a_decision_changes_is_told_in_words_a_line_for_each(service: Service, form: str) -> None:
    owner = service["TTBCD"]
    decided(owner, *[change for change, _ in TOLD])
    headings, row = rows_of(owner.get(f"{PLAN}/amendments?format={form}"))
    assert row[headings.index("Nội dung thay đổi")].split("\n") == [line for _, line in TOLD]
    [decision] = items(owner, f"{PLAN}/amendments")
    assert decision["changes_vi"] == [line for _, line in TOLD]
    asked = {"reason": "Chậm kinh phí", "changes": [TOLD[0][0], TOLD[3][0]]}
    assert service["SVHTTDL"].post(f"{PLAN}/proposals", json=asked).status_code == 201
    headings, row = rows_of(service["SVHTTDL"].get(f"{PLAN}/proposals?format={form}"))
    assert row[headings.index("Nội dung thay đổi")] == f"{TOLD[0][1]}\n{TOLD[3][1]}"


def test_a_body_that_is_not_on_record_is_told_by_its_code_alone() -> None:
    change = leads("IV.7.b", SCT="1/3", SDL="2/3")
    assert told(change, {"SCT": "Sở Công Thương"}) == (
        "Chịu trách nhiệm nhiệm vụ IV.7.b: Sở Công Thương (SCT, phần được giao 1/3), SDL (phần được giao 2/3)"
    )
    assert told(leads("IV.7.b", "SDL"), {}) == "Chịu trách nhiệm nhiệm vụ IV.7.b: SDL"


def test_every_change_and_all_it_can_say_has_words() -> None:
    forms = {get_args(one.model_fields["change"].annotation)[0]: one for one in get_args(get_args(Change)[0])}
    assert {change["change"] for change, _ in TOLD} == set(CHANGES) == set(forms)
    for form, model in forms.items():
        named = {name for _, name, _, _ in Formatter().parse(CHANGES[form]) if name}
        assert named <= set(model.model_fields)
        assert {name for name in model.model_fields if not name.endswith("_en")} <= {"change", *named, *FACTS}
    for beside in (Lead, Milestone):
        known = {"code", "agency", "title_vi", "title_en", *FACTS}
        assert set(beside.model_fields) <= known
