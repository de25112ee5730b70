"""Lists: one habit for all of them. Pages, orders, filters, and cursors that trust nobody."""

import base64
import json
from collections.abc import Callable
from itertools import permutations
from typing import Any

import httpx
import pytest

from tests.api.conftest import ANOTHER_PLAN
from tests.deciding import acted
from tests.patience import untraced
from tests.service import PLAN, Service, push
from tests.walks import items, name_of, walk

pytestmark = untraced

Item = dict[str, Any]
Value = Callable[[Item], Any]

SORTS: dict[str, dict[str, Value]] = {
    "/v1/plans": {"slug": lambda item: item["slug"], "year": lambda item: item["year"]},
    "/v1/agencies": {"code": lambda item: item["code"], "name": lambda item: item["name_vi"]},
    f"{PLAN}/sections": {"code": lambda item: item["code"]},
    f"{PLAN}/objectives": {"code": lambda item: item["code"]},
    f"{PLAN}/tasks": {
        "code": lambda item: item["code"],
        "title": lambda item: item["title_vi"],
        "due_on": lambda item: item["due_on"],
    },
    f"{PLAN}/assignments": {
        "task": lambda item: item["id"],  # a clause, then the place in the clause: no two are the same
        "agency": lambda item: item["agency"]["name_vi"],
    },
    f"{PLAN}/outputs": {"task": lambda item: item["assignment"], "due_on": lambda item: item["due_on"]},
    f"{PLAN}/activities": {
        "id": lambda item: item["id"],
        "occurred_on": lambda item: item["occurred_on"],
        "title": lambda item: item["title"],
    },
    f"{PLAN}/events": {
        "code": lambda item: item["code"],
        "date_verified": lambda item: item["date_verified"],
        "name": lambda item: item["name_vi"],
    },
    f"{ANOTHER_PLAN}/budget/lines": {
        "code": lambda item: item["code"],
        "allocated_vnd": lambda item: item["allocated_vnd"],
        "spent_vnd": lambda item: item["spent_vnd"],
    },
    f"{PLAN}/budget/lines": {
        "code": lambda item: item["code"],
        "allocated_vnd": lambda item: item["allocated_vnd"],
        "spent_vnd": lambda item: item["spent_vnd"],
    },
    f"{PLAN}/budget/settlements": {"id": lambda item: item["id"]},
    f"{PLAN}/budget/entries": {
        "id": lambda item: item["id"],
        "occurred_on": lambda item: item["occurred_on"],
    },
}
PLAIN_VALUES = ("year", "due_on", "occurred_on", "date_verified", "allocated_vnd", "spent_vnd", "id")
"""Orders that are the order of the values themselves."""


def orders_of(names: tuple[str, ...]) -> list[str]:
    """Every single order in both directions, and every pair in opposite ones."""
    single = [f"{sign}{name}" for name in names for sign in ("", "-")]
    mixed = [
        f"{a}{first},{b}{then}" for first, then in permutations(names, 2) for a, b in (("", "-"), ("-", ""))
    ]
    return single + mixed


@pytest.mark.parametrize(
    ("path", "sort"), [(path, sort) for path, values in SORTS.items() for sort in orders_of(tuple(values))]
)
def test_pages_give_every_item_once_in_the_order_asked_for(archive: Service, path: str, sort: str) -> None:
    client = archive["TTBCD"]
    whole = items(client, path, limit=200)
    walked = items(client, path, sort=sort, limit=max(1, len(whole) // 4))
    assert len({name_of(item) for item in walked}) == len(walked)
    assert {name_of(item) for item in walked} == {name_of(item) for item in whole}
    places = [_place(client, path, item, sort) for item in walked]
    assert places == sorted(places)


def _place(client: httpx.Client, path: str, item: Item, sort: str) -> list[int]:
    return [
        (-1 if name.startswith("-") else 1)
        * _ranks(client, path, name.lstrip("-"))[SORTS[path][name.lstrip("-")](item)]
        for name in sort.split(",")
    ]


_KNOWN: dict[tuple[str, str, str], dict[Any, int]] = {}


def _ranks(client: httpx.Client, path: str, name: str) -> dict[Any, int]:
    """Value → its rank, read off the list in that single order; equal values stand together."""
    mark = (client.headers["authorization"], path, name)
    if mark not in _KNOWN:
        values = [SORTS[path][name](item) for item in items(client, path, sort=name, limit=200)]
        _KNOWN[mark] = {value: rank for rank, value in enumerate(dict.fromkeys(values))}
        if name in PLAIN_VALUES:
            assert values == sorted(values)
    return _KNOWN[mark]


@pytest.mark.parametrize("sort", ["-id", "id", "occurred_on,-title", "title", "-title,occurred_on"])
def test_no_page_is_lost_or_doubled_while_records_come_in(service: Service, sort: str) -> None:
    client = service["SVHTTDL"]
    for number in range(6):
        push(client, title=f"Bản ghi {number}", occurred_on=f"2023-0{1 + number % 3}-10")
    before = {item["id"] for item in items(client, f"{PLAN}/activities")}
    seen: list[str] = []
    for number, page in enumerate(walk(client, f"{PLAN}/activities", sort=sort, limit=2)):
        seen += [item["id"] for item in page["items"]]
        if number < 4:
            for title in ("A đầu", "Z cuối"):
                push(client, title=f"{title} {number}", occurred_on=f"2023-0{1 + number % 3}-10")
    assert len(seen) == len(set(seen))
    assert before <= set(seen)


@pytest.mark.parametrize("path", SORTS)
def test_the_total_comes_when_asked_for_and_is_null_otherwise(archive: Service, path: str) -> None:
    client = archive["SCT"]
    assert {page["total"] for page in walk(client, path, limit=20)} == {None}
    how_many = len(items(client, path))
    assert {page["total"] for page in walk(client, path, limit=20, count="true")} == {how_many}


FILTERS: list[tuple[str, dict[str, str], Callable[[Item], bool]]] = [
    ("/v1/plans", {"year": "2024"}, lambda item: item["year"] == 2024),
    ("/v1/plans", {"status": "active,draft"}, lambda item: item["status"] in ("active", "draft")),
    ("/v1/agencies", {"kind": "group,superior"}, lambda item: item["kind"] in ("group", "superior")),
    ("/v1/agencies", {"group": "G.UBH"}, lambda item: item["code"].startswith("UBND.")),
    (f"{PLAN}/sections", {"parent": "I,II"}, lambda item: item["parent"] in ("I", "II")),
    (f"{PLAN}/objectives", {"section": "I.2"}, lambda item: item["section"] == "I.2"),
    (f"{PLAN}/tasks", {"family": "programme"}, lambda item: item["family"] == "programme"),
    (f"{PLAN}/tasks", {"kind": "counted"}, lambda item: item["kind"] == "counted"),
    (f"{PLAN}/tasks", {"section": "IV.1"}, lambda item: item["code"].startswith("IV.1.")),
    (f"{PLAN}/tasks", {"section": "II,IV.7"}, lambda item: item["code"].startswith(("II.", "IV.7."))),
    (f"{PLAN}/tasks", {"lead": "SKHDT"}, lambda item: item["section"] == "IV.5"),
    (f"{PLAN}/tasks", {"visibility": "internal"}, lambda item: item["visibility"] == "internal"),
    (f"{PLAN}/tasks", {"status": "active"}, lambda item: item["status"] == "active"),
    (f"{PLAN}/tasks", {"state": "in_progress,done"}, lambda item: item["state"] in ("in_progress", "done")),
    (
        f"{PLAN}/tasks",
        {"due_from": "2023-12-31", "due_to": "2023-12-31"},
        lambda item: item["due_on"] == "2023-12-31",
    ),
    (f"{PLAN}/tasks", {"due_to": "2023-12-30"}, lambda item: item["due_on"] < "2023-12-31"),
    (f"{ANOTHER_PLAN}/tasks", {"due_to": "2024-11-30"}, lambda item: item["due_on"] <= "2024-11-30"),
    (f"{PLAN}/assignments", {"task": "IV.7.b"}, lambda item: item["task"]["code"] == "IV.7.b"),
    (
        f"{PLAN}/assignments",
        {"agency": "BAOTV,X.BNT"},
        lambda item: item["agency"]["code"] in ("BAOTV", "X.BNT"),
    ),
    (f"{PLAN}/assignments", {"group": "G.TGH"}, lambda item: item["group"] == "G.TGH"),
    (
        f"{PLAN}/assignments",
        {"role": "monitor,settle,fund"},
        lambda item: item["role"] in ("monitor", "settle", "fund"),
    ),
    (
        f"{PLAN}/assignments",
        {"state": "not_started"},
        lambda item: bool(item["progress"]) and item["progress"]["state"] == "not_started",
    ),
    (f"{PLAN}/assignments", {"section": "IV.1"}, lambda item: item["task"]["code"].startswith("IV.1.")),
    (f"{PLAN}/outputs", {"section": "IV.7,IV.9"}, lambda item: item["task"][:4] in ("IV.7", "IV.9")),
    (f"{PLAN}/outputs", {"task": "IV.9.1"}, lambda item: item["task"] == "IV.9.1"),
    (f"{PLAN}/outputs", {"agency": "SVHTTDL"}, lambda item: item["agency"] == "SVHTTDL"),
    (f"{PLAN}/outputs", {"kind": "occurrence"}, lambda item: item["kind"] == "occurrence"),
    (f"{PLAN}/outputs", {"level": "evidenced"}, lambda item: item["level"] == "evidenced"),
    (
        f"{PLAN}/outputs",
        {"due_from": "2023-04-01", "due_to": "2023-09-30"},
        lambda item: "2023-04-01" <= item["due_on"] <= "2023-09-30",
    ),
    (
        f"{PLAN}/activities",
        {"task": "IV.7.a,IV.6.a"},
        lambda item: item["task"]["code"] in ("IV.7.a", "IV.6.a"),
    ),
    (f"{PLAN}/activities", {"agency": "SVHTTDL"}, lambda item: item["agency"]["code"] == "SVHTTDL"),
    (
        f"{PLAN}/activities",
        {"section": "IV.7,IV.9"},
        lambda item: item["task"]["code"][:4] in ("IV.7", "IV.9"),
    ),
    (f"{PLAN}/activities", {"kind": "training,news"}, lambda item: item["kind"] in ("training", "news")),
    (f"{PLAN}/activities", {"channel": "television"}, lambda item: item["channel"] == "television"),
    (f"{PLAN}/activities", {"status": "withdrawn"}, lambda item: item["status"] == "withdrawn"),
    (f"{PLAN}/activities", {"source_system": "qlvb"}, lambda item: item["source_system"] == "qlvb"),
    (f"{PLAN}/activities", {"external_id": "1/a"}, lambda item: item["external_id"] == "1/a"),
    (
        f"{PLAN}/activities",
        {"occurred_from": "2023-02-15", "occurred_to": "2023-07-01"},
        lambda item: "2023-02-15" <= item["occurred_on"] <= "2023-07-01",
    ),
    (f"{PLAN}/events", {"kind": "agreement"}, lambda item: item["kind"] == "agreement"),
    (
        f"{PLAN}/budget/entries",
        {"kind": "spending,need"},
        lambda item: item["kind"] in ("spending", "need"),
    ),
    (f"{PLAN}/budget/entries", {"line": "SCT-01"}, lambda item: item["line"] == "SCT-01"),
    (f"{PLAN}/budget/settlements", {"agency": "SCT"}, lambda item: item["agency"]["code"] == "SCT"),
    (f"{PLAN}/budget/lines", {"task": "IV.6.a"}, lambda item: item["tasks"][0]["code"] == "IV.6.a"),
    (f"{ANOTHER_PLAN}/budget/lines", {"agency": "SMAU"}, lambda item: item["agency"]["code"] == "SMAU"),
]


@pytest.mark.parametrize(
    ("path", "asked", "fits"),
    FILTERS,
    ids=[f"{path}?{'&'.join(asked)}-{n}" for n, (path, asked, _) in enumerate(FILTERS)],
)
def test_a_filter_leaves_exactly_what_fits(
    archive: Service, path: str, asked: dict[str, str], fits: Callable[[Item], bool]
) -> None:
    client = archive["TTBCD"]
    wanted = [name_of(item) for item in items(client, path) if fits(item)]
    assert wanted or asked == {"due_to": "2023-12-30"}
    assert [name_of(item) for item in items(client, path, limit=5, **asked)] == wanted


def test_filters_by_an_output_and_by_any_assigned_body(archive: Service) -> None:
    client = archive["TTBCD"]
    [milestone] = items(client, f"{PLAN}/outputs", task="IV.7.a")
    found = items(client, f"{PLAN}/activities", output=milestone["id"])
    assert {item["task"]["code"] for item in found} == {"IV.7.a"}
    assert milestone["evidence"] == sum(item["counts"] for item in found) == 2
    tasks = items(client, f"{PLAN}/tasks", agency="X.BDTW", include="assignments")
    assert [task["code"] for task in tasks] == ["IV.1.2b", "IV.5.a", "IV.7.b"]
    for task in tasks:
        assert "X.BDTW" in {given["agency"]["code"] for given in task["assignments"]}


def test_what_is_not_asked_for_is_not_included(archive: Service) -> None:
    client = archive["TTBCD"]
    bare = client.get(f"{PLAN}/tasks").json()["items"][0]
    assert (bare["assignments"], bare["implemented_by"], bare["implements"]) == (None, None, None)
    full = client.get(f"{PLAN}/tasks", params={"include": "links,assignments"}).json()["items"][0]
    assert full == client.get(f"{PLAN}/tasks/II.1.1").json()
    group = client.get("/v1/agencies", params={"group": "G.UBH", "include": "groups"}).json()["items"][0]
    assert (group["names"], group["members"]) == (None, None)
    assert [place["agency"]["code"] for place in group["groups"]] == ["G.UBH"]


WRONG = {
    "limit": ("0", "-1", "201", "x", "1e3", "9" * 30, ""),
    "cursor": ("", "!", "=", "W10", "x" * 2001, "é"),
    "count": ("2", "maybe", ""),
    "sort": ("", "-", "no_such", "code,,code", "--code", "CODE", "id;drop table"),
    "include": ("", "everything", "links,links,links"),
    "q": ("", " ", "\u00a0", "x" * 201),
    "year": ("1899", "2201", "9" * 400, "MMXXIII"),
    "kind": ("", "no_such", "news,", ","),
    "state": ("", "undefined"),
    "due_from": ("", "31/12/2023", "2023-02-30", "0", "1700000000", "2023-05-12T00:00:00", "0000-01-01"),
    "occurred_to": ("", "hôm qua", "2023-13-01", "-0", "20230512", "2023-05-12T00:00:00Z"),
    "on": ("", "0", "2023"),
    "task": ("", " ", "a,b,,c", "x" * 1001),
    "source_system": ("", "UPPER", "a b"),
    "external_id": ("", "x" * 201),
    "output": ("", " ", "x" * 27),
    "ref": ("", " ", "x" * 301),
    "country": ("", "za", "QQ"),
    "by": ("", "person", "section,agency"),
    "after": ("", "x", "x" * 27, "x" * 26),
    "format": ("", "pdf", "CSV", "xls"),
}
"""Values that no parameter of that name takes, whichever operation has it."""


def test_a_value_that_cannot_be_is_refused_by_name(archive: Service) -> None:
    client, spec, tried = archive["SCT"], archive.app.openapi(), set()
    for path, operations in spec["paths"].items():
        address = _address(client, path) if "get" in operations else ""
        parameters = [one for one in operations.get("get", {}).get("parameters", []) if one["in"] == "query"]
        needed = {one["name"]: one["example"] for one in parameters if one.get("required")}
        for parameter in parameters:
            for value in WRONG.get(parameter["name"], ()):
                tried.add(parameter["name"])
                answer = client.get(address, params={**needed, parameter["name"]: value})
                assert answer.status_code == 422, (address, parameter["name"], value)
                assert [error["pointer"] for error in answer.json()["errors"]] == [
                    f"query:{parameter['name']}"
                ]
    assert tried == set(WRONG)


def test_the_last_can_be_asked_for_first_and_the_first_first(service: Service) -> None:
    """Of receipts and acts, as of every list of records."""
    client = service["SVHTTDL"]
    for number in range(3):
        push(client, title=f"Bản ghi {number}")
    [one] = items(client, f"{PLAN}/outputs", task="IV.7.b")
    acted(client, one, "claims")
    acted(client, one, "withdrawals", reason="Nhầm")
    acts = f"{PLAN}/outputs/{one['id']}/acts"
    for path, usual in ((f"{PLAN}/receipts", "-id"), (acts, "id")):
        first_first = items(client, path, sort="id", limit=1)
        assert len(first_first) > 1, path
        assert items(client, path, sort="-id", limit=1) == first_first[::-1]
        assert items(client, path) == items(client, path, sort=usual)


def test_a_day_of_membership_goes_with_its_group(archive: Service) -> None:
    """Without one the day was ignored, as nothing that is asked may be."""
    client = archive["SCT"]
    answer = client.get("/v1/agencies", params={"on": "2023-06-01"})
    assert answer.status_code == 422
    assert [(error["pointer"], error["code"]) for error in answer.json()["errors"]] == [
        ("query:on", "group_missing")
    ]
    assert len(items(client, "/v1/agencies", group="G.UBH", on="2023-06-01")) == 9


def test_a_range_that_is_turned_round_is_refused_wherever_there_is_one(archive: Service) -> None:
    """An empty list, or a figure of nothing, would read as if nothing were there."""
    client, tried = archive["SCT"], set()
    for path, operations in archive.app.openapi()["paths"].items():
        asked = {
            one["name"] for one in operations.get("get", {}).get("parameters", []) if one["in"] == "query"
        }
        for first in {name for name in asked if name == "from" or name.endswith("_from")}:
            last = first.removesuffix("from") + "to"
            if last not in asked:  # open to the end: the feed, which goes on
                continue
            address = _address(client, path)
            turned = client.get(address, params={first: "2023-06-01", last: "2023-05-31"})
            assert turned.status_code == 422, address
            assert [error["code"] for error in turned.json()["errors"]] == ["dates_reversed"], address
            one_day = client.get(address, params={first: "2023-06-01", last: "2023-06-01"})
            assert one_day.status_code == 200, address
            tried.add(path.rpartition("{plan}/")[2])
    assert {"tasks", "activities", "urges", "progress", "budget/entries", "occurrences"} <= tried


@pytest.mark.parametrize(
    ("asked", "vi", "en"),
    [
        (
            "outputs?level=xong",
            "Chỉ nhận (cách nhau bằng dấu phẩy): none, reported, evidenced, confirmed.",
            "Only these are taken (separated by commas): none, reported, evidenced, confirmed.",
        ),
        (
            "tasks?sort=name",
            "Chỉ nhận (cách nhau bằng dấu phẩy): code, title, due_on; dấu trừ là giảm dần.",
            "Only these are taken (separated by commas): code, title, due_on; a minus is descending.",
        ),
        (
            "tasks?include=all",
            "Chỉ nhận (cách nhau bằng dấu phẩy): assignments, links.",
            "Only these are taken (separated by commas): assignments, links.",
        ),
        (
            "calendar.ics?country=za",
            "Không đúng dạng quy định, ví dụ: ZA.",
            "This does not have the required form; an example: ZA.",
        ),
    ],
)
def test_a_refused_value_is_told_what_would_be_taken(archive: Service, asked: str, vi: str, en: str) -> None:
    for language, sentence in (("vi", vi), ("en", en)):
        answer = archive["SCT"].get(f"{PLAN}/{asked}", headers={"Accept-Language": language})
        [fault] = answer.json()["errors"]
        assert (fault["code"], fault["message"]) == ("wrong_pattern", sentence)


def test_every_list_of_words_is_told(archive: Service) -> None:
    """Whatever list a filter, an order or an inclusion is made of, in the way `schemas.lists` makes it."""
    tried = 0
    for path, methods in archive.app.openapi()["paths"].items():
        for one in methods.get("get", {}).get("parameters", ()):
            forms = [one["schema"], *one["schema"].get("anyOf", ())]
            [pattern, *_] = [form["pattern"] for form in forms if "pattern" in form] or [""]
            if one["in"] != "query" or not pattern.startswith(("^(", "^-?(")):
                continue
            address = path.replace("{plan}", "ttdn-2023")
            if "{" not in address:
                [fault] = archive["SCT"].get(address, params={one["name"]: "?"}).json()["errors"]
                assert all(
                    word in fault["message"] for word in pattern.split(")")[0].split("(")[1].split("|")
                )
                tried += 1
    assert tried > 40


def test_a_filter_takes_as_many_codes_as_its_text_holds(archive: Service) -> None:
    client = archive["SCT"]
    many = ",".join(f"{number}" for number in range(1000, 1190)) + ",IV.6.a"
    one, among = (
        client.get(f"{PLAN}/activities", params={"task": task}).json()["items"] for task in ("IV.6.a", many)
    )
    assert one
    assert among == one


def test_unknown_and_repeated_parameters_are_refused_everywhere(archive: Service) -> None:
    client, spec = archive["SCT"], archive.app.openapi()
    for path, operations in spec["paths"].items():
        if "get" not in operations:
            continue
        address = _address(client, path)
        unknown = client.get(address, params={"no_such": "1"})
        assert unknown.status_code == 422
        assert [error["code"] for error in unknown.json()["errors"]] == ["unknown_parameter"]
        for parameter in operations["get"].get("parameters", []):
            if parameter["in"] == "query":
                name = parameter["name"]
                twice = client.get(f"{address}?{name}=1&{name}=1")
                assert twice.status_code == 422
                assert (f"query:{name}", "repeated_parameter") in {
                    (error["pointer"], error["code"]) for error in twice.json()["errors"]
                }


def _address(client: httpx.Client, path: str) -> str:
    """Some existing address of the template."""
    first = {
        noun: name_of(client.get(f"{PLAN}/{noun}", params={"limit": 1}).json()["items"][0])
        for noun in (
            *("assignments", "outputs", "activities", "receipts", "urges", "proposals"),
            *("budget/lines", "budget/entries", "budget/settlements"),
        )
    }
    nouns = path.split("/")
    code = {"tasks": "IV.7.a", "sections": "IV", "objectives": "I.1.1", "events": "E01", "agencies": "SCT"}
    return path.format(
        plan="ttdn-2023",
        assignment=first["assignments"],
        output=first["outputs"],
        activity=first["activities"],
        receipt=first["receipts"],
        urge=first["urges"],
        proposal=first["proposals"],
        revision=2,
        occurrence="E11-2023",
        subscription=client.get(f"{PLAN}/calendar/subscriptions").json()["items"][0]["id"],
        line=first["budget/lines"],
        entry=first["budget/entries"],
        settlement=first["budget/settlements"],
        code=next((code[noun] for noun in nouns if noun in code), ""),
    )


def _cursor(client: httpx.Client, path: str, **asked: Any) -> str:
    return str(client.get(path, params={"limit": 2, **asked}).json()["next_cursor"])


def _sealed(content: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(content).encode()).decode().rstrip("=")


def _contents(cursor: str) -> list[Any]:
    content: list[Any] = json.loads(base64.urlsafe_b64decode(cursor + "=="))
    return content


HOSTILE_VALUES: list[Any] = [
    *(None, True, -1, 2**63, 10**300, 1.5, float("nan"), float("inf")),
    *(
        "",
        "\x00",
        "\ud800",
        "9999-99-99",
        "0001-01-01",
        "'; DROP TABLE tasks; --",
        "đ" * 100,
        [],
        {},
        [[[[]]]],
    ),
]


@pytest.mark.parametrize("path", [path for path in SORTS if "budget" not in path and path != "/v1/plans"])
def test_a_tampered_cursor_is_refused_or_read_and_never_breaks_anything(archive: Service, path: str) -> None:
    client = archive["TTBCD"]
    for sort in SORTS[path]:
        mark, *values = _contents(_cursor(client, path, sort=sort))
        for hostile in HOSTILE_VALUES:
            for place, value in enumerate(values):
                tampered = [*values[:place], hostile, *values[place + 1 :]]
                answer = client.get(path, params={"sort": sort, "cursor": _sealed([mark, *tampered])})
                if type(hostile) is not type(value) or hostile in ("\x00", "\ud800"):
                    _assert_no_cursor(answer)
                assert answer.status_code in (200, 422), (sort, hostile)
            _assert_no_cursor(client.get(path, params={"sort": sort, "cursor": _sealed([hostile, *values])}))
        for wrong in ([mark], [mark, *values, "x"], [], {}, mark, None, {"a": mark}):
            _assert_no_cursor(client.get(path, params={"sort": sort, "cursor": _sealed(wrong)}))


@pytest.mark.parametrize(
    "cursor",
    [
        "A",
        "AAAA",
        "W10",
        "e30",
        "%00",
        "bnVsbA",
        "W1tb" * 400,
        base64.urlsafe_b64encode(b"[" * 1400).decode(),
        base64.urlsafe_b64encode(b'["a",1' + b"0" * 1400 + b"]").decode(),
        base64.urlsafe_b64encode(b"\xff\xfe").decode(),
        base64.b64encode(b"\xfb\xff\xbf").decode(),
        "đối ngoại",
        "' OR 1=1 --",
    ],
)
def test_a_made_up_cursor_is_refused(archive: Service, cursor: str) -> None:
    for path in SORTS:
        _assert_no_cursor(archive["SCT"].get(path, params={"cursor": cursor}))


def _assert_no_cursor(answer: httpx.Response) -> None:
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    assert [(error["pointer"], error["code"]) for error in answer.json()["errors"]] == [
        ("query:cursor", "invalid_cursor")
    ]


def test_a_cursor_belongs_to_its_question(archive: Service) -> None:
    client = archive["TTBCD"]
    cursor = _cursor(client, f"{PLAN}/tasks")
    assert (
        client.get(f"{PLAN}/tasks", params={"cursor": cursor, "limit": 9, "include": "links"}).status_code
        == 200
    )
    for other in ({"sort": "-code"}, {"q": "tin"}, {"family": "duty"}, {"due_to": "2023-12-31"}):
        _assert_no_cursor(client.get(f"{PLAN}/tasks", params={"cursor": cursor, **other}))
    for path in (f"{ANOTHER_PLAN}/tasks", f"{PLAN}/sections", f"{PLAN}/objectives", "/v1/agencies"):
        _assert_no_cursor(client.get(path, params={"cursor": cursor}))
    first, second = [lead["id"] for lead in items(client, f"{PLAN}/assignments", task="IV.9.1")]
    cursor = _cursor(client, f"{PLAN}/assignments/{first}/outputs")
    _assert_no_cursor(client.get(f"{PLAN}/assignments/{second}/outputs", params={"cursor": cursor}))
    _assert_no_cursor(client.get(f"{PLAN}/outputs", params={"cursor": cursor}))


@pytest.mark.parametrize("path", SORTS)
def test_a_cursor_holds_public_values_only(archive: Service, path: str) -> None:
    """A cursor can be read by anyone: what is in it has to be something the API tells anyway."""
    for sort, value in SORTS[path].items():
        page = archive["TTBCD"].get(path, params={"limit": 1, "sort": sort}).json()
        if page["next_cursor"] is not None and sort in ("slug", "id", *PLAIN_VALUES):
            assert _contents(page["next_cursor"])[1] == value(page["items"][0])
        if page["next_cursor"] is not None:
            assert [type(part) for part in _contents(page["next_cursor"])[1:]] != [str, int]


IN_VIETNAMESE_ORDER = [
    "An ninh",
    "Áo dài",
    "Ăn sáng",
    "Âm nhạc",
    "Cá",
    "Chè",
    "Dừa sáp",
    "Đạo diễn",
    "Điện ảnh",
    "Em",
    "Êm",
    "hoa",
    "hoa sen",
    "hoàn",
    "ma",
    "Ma",
    "mà",
    "mả",
    "mã",
    "má",
    "mạ",
    "To",
    "Tô",
    "Tơ",
    "tu",
    "tư",
    "Ý",
    "Zoom",
]


def test_titles_sort_as_in_a_vietnamese_dictionary(service: Service) -> None:
    client = service["SVHTTDL"]
    for title in sorted(IN_VIETNAMESE_ORDER):
        assert push(client, title=title).status_code == 201
    for limit in (5, 200):
        walked = items(client, f"{PLAN}/activities", sort="title", limit=limit)
        assert [item["title"] for item in walked] == IN_VIETNAMESE_ORDER


def test_names_sort_as_in_a_vietnamese_dictionary(library: Service) -> None:
    agencies = [item["name_vi"] for item in items(library["SCT"], "/v1/agencies", sort="name")]
    assert agencies.index("Công an tỉnh") < agencies.index("Đài Phát thanh và Truyền hình Trà Vinh")
    assert agencies.index("Đài Phát thanh và Truyền hình Trà Vinh") < agencies.index("Sở Công Thương")
