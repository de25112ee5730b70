"""Urges (đôn đốc): who may remind whom of what, who sees it, how it is answered and how it ends."""

import unicodedata
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from threading import Barrier, BrokenBarrierError
from typing import Any

import httpx
import pytest
from sqlalchemy import text

from app.models import Urge
from app.rules.calendar import business_day
from app.rules.urging import UrgeState
from app.rules.vocabulary import Scope
from app.schemas.urges import UrgeAnswerIn, UrgeIn, UrgeOutcomeIn
from app.services import grounds, keys, urges
from tests.deciding import decided, entered
from tests.service import PLAN, Service
from tests.walks import NOWHERE, feed, items, settle
from tests.walks import keys as ids
from tests.writing import abolish, beside, differences, fault, journal, load, pushing, rows, small_plan

URL = f"{PLAN}/urges"
LATER = (business_day(datetime.now(UTC)) + timedelta(days=7)).isoformat()
CONTENT: dict[str, Any] = {
    "to": "SVHTTDL",
    "about": "content",
    "task": "IV.7.a",
    "message": "Đề nghị báo cáo kết quả tập huấn",
    "due_on": LATER,
}


def call(client: httpx.Client, **changes: Any) -> httpx.Response:
    """Urge SVHTTDL about IV.7.a, or as changed; what is None is left out."""
    body = {name: value for name, value in {**CONTENT, **changes}.items() if value is not None}
    return client.post(URL, json=body)


def urge(client: httpx.Client, **changes: Any) -> dict[str, Any]:
    """An urge that is taken."""
    answer = call(client, **changes)
    assert answer.status_code == 201, answer.text
    (made,) = answer.json()["urges"]
    return dict(made)


def answer(client: httpx.Client, one: dict[str, Any], words: str = "Sẽ gửi trong tuần") -> httpx.Response:
    return client.post(f"{URL}/{one['id']}/answers", json={"answer": words})


def close(client: httpx.Client, one: dict[str, Any], outcome: str = "met", **more: Any) -> httpx.Response:
    return client.post(f"{URL}/{one['id']}/outcomes", json={"outcome": outcome, **more})


def settler(service: Service) -> httpx.Client:
    """The settlement checker; its key of old is the technician's."""
    return pushing(service, "VPTU")


def change(service: Service, statement: str, **values: Any) -> None:
    """Change the tables past every rule."""
    with service.database.engine.execution_options(writing=True).begin() as connection:
        connection.execute(text(statement), values)


def at(service: Service, moment: datetime) -> None:
    """Let the service's clock stand still at an instant."""
    service.database._clock = lambda: moment


# Who may.


def test_the_monitor_urges_any_body_with_or_without_naming_the_task(service: Service) -> None:
    monitor = service["TTBCD"]
    made = call(monitor)
    (one,) = made.json()["urges"]
    assert {name: value for name, value in one.items() if name not in ("id", "urged_at")} == {
        "task": {"code": "IV.7.a", "title_vi": one["task"]["title_vi"]},
        "about": "content",
        "about_label": "Thực hiện nhiệm vụ",
        "by": {"code": "TTBCD", "name_vi": one["by"]["name_vi"]},
        "to": {"code": "SVHTTDL", "name_vi": "Sở Văn hóa, Thể thao và Du lịch"},
        "message": CONTENT["message"],
        "due_on": LATER,
        "state": "open",
        "state_label": "Chờ trả lời",
        "answer": None,
        "answered_at": None,
        "outcome": None,
        "outcome_label": None,
        "outcome_note": None,
        "closed_at": None,
        "can": ["urge.close"],
    }
    for task, to in ((None, "SCT"), ("IV.7.b", "DAITV"), ("IV.14.1", "UBND.TPTV"), ("IV.12.1", "BCHQS")):
        assert urge(monitor, task=task, to=to)["task"] == (
            None if task is None else {"code": task, "title_vi": items_title(monitor, task)}
        )
    assert [entry.action for entry in journal(service) if entry.subject == "urge"] == [
        *("urge.content", "urge.content", "urge.coordinator", "urge.content", "urge.content")
    ]
    assert differences(service) == []


def items_title(client: httpx.Client, task: str) -> str:
    return str(client.get(f"{PLAN}/tasks/{task}").json()["title_vi"])


def test_an_urge_is_found_where_location_says_under_the_tag_of_the_answer(service: Service) -> None:
    made = call(service["TTBCD"])
    (one,) = made.json()["urges"]
    assert made.headers["location"] == f"urges/{one['id']}"
    read = service["TTBCD"].get(str(httpx.URL(f"http://x{URL}").join(made.headers["location"]).path))
    assert read.json() == one
    assert read.headers["etag"] == made.headers["etag"]
    tag = {"If-None-Match": read.headers["etag"]}
    assert service["TTBCD"].get(f"{URL}/{one['id']}", headers=tag).status_code == 304
    assert service["TTBCD"].head(f"{URL}/{one['id']}").headers["etag"] == read.headers["etag"]


def test_a_lead_urges_the_coordinators_of_its_own_task(service: Service) -> None:
    one = urge(service["SVHTTDL"], task="IV.7.b", to="BAOTV")
    assert (one["by"]["code"], one["to"]["code"], one["can"]) == ("SVHTTDL", "BAOTV", ["urge.close"])
    assert journal(service)[-1].action == "urge.coordinator"


def test_the_settlement_checker_urges_settlement(service: Service) -> None:
    client = settler(service)
    plain = urge(client, about="settlement", task=None, to="STC")
    assert (plain["task"], plain["about"]) == (None, "settlement")
    named = urge(client, about="settlement", task="IV.7.a")
    assert named["task"]["code"] == "IV.7.a"
    assert urge(client, about="settlement", task="IV.9.1", to="SCT")["to"]["code"] == "SCT"
    assert {entry.action for entry in journal(service)[-3:]} == {"urge.settlement"}


def test_a_group_is_urged_member_by_member(service: Service) -> None:
    made = call(service["TTBCD"], task="IV.14.1", to="G.UBH")
    assert made.status_code == 201
    assert "location" not in made.headers
    places = ("HCK", "HCL", "HCN", "HCT", "HDH", "HTC", "HTCU", "TPTV", "TXDH")
    assert [one["to"]["code"] for one in made.json()["urges"]] == [f"UBND.{place}" for place in places]
    assert ids(service["UBND.TPTV"], URL) == [made.json()["urges"][7]["id"]]
    abolish(service, "UBND.HCK", "2023-12-31")
    assert len(call(service["TTBCD"], task="IV.14.1", to="G.UBH").json()["urges"]) == 8
    left = "(SELECT id FROM agencies WHERE code = 'UBND.HCL')"
    change(service, f"UPDATE memberships SET valid_to = :day WHERE member_id = {left}", day="2023-12-31")
    assert len(call(service["TTBCD"], task="IV.14.1", to="G.UBH").json()["urges"]) == 7
    for wrong in ({"task": "IV.7.a", "to": "G.UBH"}, {"task": "IV.6.a", "to": "G.SBN"}):
        assert fault(call(service["TTBCD"], **wrong)) == ("/to", "agency_not_assigned")


REFUSALS: list[tuple[str, dict[str, Any], dict[str, Any]]] = [
    # caller, what is changed, what is told
    (
        "SVHTTDL",
        {"task": "IV.7.b", "to": "SCT"},
        {"rule": "urge.content", "clause": "IV.7.b", "you_are": ["accountable"], "who_can": ["TTBCD"]},
    ),
    (
        "SVHTTDL",
        {"task": "IV.9.1", "to": "BAOTV"},
        {"rule": "urge.content", "clause": "IV.9.1", "you_are": ["reader"], "who_can": ["TTBCD"]},
    ),
    (
        "SVHTTDL",
        {"task": None, "to": "BAOTV"},
        {"rule": "urge.content", "clause": None, "you_are": ["reader"], "who_can": ["TTBCD"]},
    ),
    (
        "BAOTV",
        {"task": "IV.7.b", "to": "DAITV"},
        {
            "rule": "urge.coordinator",
            "clause": "IV.7.b",
            "you_are": ["coordinator"],
            "needs": ["accountable", "monitor"],
            "who_can": ["SVHTTDL", "TTBCD"],
            "instead": None,
        },
    ),
    (
        "BAOTV",
        {"task": "IV.9.1", "to": "DAITV"},
        {"rule": "urge.content", "you_are": ["accountable"], "needs": ["monitor"], "instead": None},
    ),
    ("SCT", {}, {"rule": "urge.content", "you_are": ["reader"], "instead": None}),
    ("BPGV", {}, {"rule": "urge.content", "you_are": ["secretariat"], "on_behalf": [], "instead": None}),
    ("STC", {"about": "settlement"}, {"rule": "urge.settlement", "you_are": ["funder"], "who_can": ["VPTU"]}),
    (
        "TTBCD",
        {"about": "settlement"},
        {
            "rule": "urge.settlement",
            "you_are": ["plan_owner", "monitor"],
            "needs": ["settler"],
            "who_can": ["VPTU"],
        },
    ),
    (
        "TTBCD",
        {"task": "IV.10.1", "to": "CAT"},
        {"rule": "urge.content", "reason": "status_only", "clause": "IV.10.1", "who_can": []},
    ),
    ("CAT", {"task": "IV.10.1", "to": "SCT"}, {"reason": "status_only", "instead": None}),
    ("MTTQ", {}, {"reason": "scope_missing", "instead": None}),
    ("VPTU", {"about": "settlement"}, {"reason": "scope_missing", "instead": None}),
]


@pytest.mark.parametrize(("caller", "changes", "told"), REFUSALS)
def test_a_refusal_tells_rule_clause_who_i_am_what_is_needed_and_who_can(
    service: Service, caller: str, changes: dict[str, Any], told: dict[str, Any]
) -> None:
    before = rows(service)
    refused = call(service[caller], **changes)
    assert refused.status_code == 403, refused.text
    problem = refused.json()
    wanted = {"code": "not_permitted", "reason": "another_agency", **told}
    assert {name: problem[name] for name in wanted} == wanted
    assert rows(service) == before


OFFERS: list[tuple[str, dict[str, Any], dict[str, Any]]] = [
    (
        "SVHTTDL",
        {"task": "IV.7.b", "to": "SCT"},
        {"about": ["content"], "task": ["IV.7.b"], "to": ["BAOTV", "DAITV"]},
    ),
    ("SVHTTDL", {}, {"about": ["content"], "task": ["IV.7.b"], "to": ["BAOTV", "DAITV"]}),
    (
        "SVHTTDL",
        {"to": "NOBODY"},
        {"about": ["content"], "task": ["IV.7.b"], "to": ["BAOTV", "DAITV"]},
    ),
    (
        "SVHTTDL",
        {"about": "settlement", "task": "IV.7.b", "to": "DAITV"},
        {"about": ["content"], "task": ["IV.7.b"], "to": ["DAITV"]},
    ),
    ("TTBCD", {"about": "settlement"}, {"about": ["content"], "task": ["IV.7.a"], "to": ["SVHTTDL"]}),
    ("TTBCD", {"task": "IV.10.1", "to": "CAT"}, {"about": ["content"], "to": ["CAT"]}),
    ("TTBCD", {"about": "settlement", "task": "IV.9.1", "to": "SCT"}, {"about": ["content"], "to": ["SCT"]}),
    ("VPTU", {}, {"about": ["settlement"], "task": ["IV.7.a"], "to": ["SVHTTDL"]}),
    ("VPTU", {"task": None, "to": "STC"}, {"about": ["settlement"], "to": ["STC"]}),
]


@pytest.mark.parametrize(("caller", "changes", "offered"), OFFERS)
def test_what_is_offered_instead_is_taken(
    service: Service, caller: str, changes: dict[str, Any], offered: dict[str, Any]
) -> None:
    client = settler(service) if caller == "VPTU" else service[caller]
    instead = call(client, **changes).json()["instead"]
    assert instead == {"operation": "urge", **offered}
    for to in instead["to"]:
        for task in instead.get("task", [None]):
            assert call(client, about=instead["about"][0], task=task, to=to).status_code == 201


ASKED: list[tuple[str, str, str, str | None]] = [
    ("VPTU", "urge.content", "settlement", "IV.7.a"),
    ("VPTU", "urge.coordinator", "settlement", "IV.7.a"),
    ("VPTU", "urge.content", "settlement", None),
    ("TTBCD", "urge.settlement", "content", None),
    ("TTBCD", "urge.content", "content", "IV.10.1"),
]


@pytest.mark.parametrize(("caller", "action", "about", "task"), ASKED)
def test_who_asks_before_it_urges_is_offered_what_would_be_taken(
    service: Service, caller: str, action: str, about: str, task: str | None
) -> None:
    client = settler(service) if caller == "VPTU" else service[caller]
    on = PLAN.removeprefix("/v1/") + (f"/tasks/{task}" if task else "")
    told = client.get("/v1/me/permissions", params={"action": action, "on": on}).json()
    instead = told["refusal"]["instead"]
    assert instead["about"] == [about], told
    assert instead["to"]
    for to in instead["to"]:
        for named in instead.get("task", [None]):
            assert call(client, about=about, task=named, to=to).status_code == 201


def test_any_body_offered_can_be_urged_in_any_task_beside_it(service: Service) -> None:
    """Two tasks with different coordinators are not offered in one breath."""
    task, body = (
        "(SELECT id FROM tasks WHERE code = 'IV.7.c')",
        "(SELECT id FROM agencies WHERE code = 'SCT')",
    )
    where = f"task_id = {task} AND role = 'coordinate'"
    change(service, f"UPDATE assignments SET agency_id = {body} WHERE {where}")
    for asked, tasks, bodies in (
        ("IV.7.a", ["IV.7.b"], ["BAOTV", "DAITV"]),
        ("IV.7.c", ["IV.7.c"], ["SCT"]),
        (None, ["IV.7.b"], ["BAOTV", "DAITV"]),
    ):
        instead = call(service["SVHTTDL"], task=asked, to="STC").json()["instead"]
        assert (instead["task"], instead["to"]) == (tasks, bodies)


def test_a_superior_and_a_lead_without_coordinators_urge_nobody(service: Service) -> None:
    for caller, relation in (("TTTU", "superior"), ("SKHDT", "reader")):
        problem = call(pushing(service, caller)).json()
        assert (problem["you_are"], problem["instead"]) == ([relation], None)


def test_what_is_told_to_a_lead_of_a_partners_task(service: Service) -> None:
    """A partner coordinates but has no account: it can be urged by nobody, and is offered to nobody."""
    assert fault(call(service["STTTT"], task="IV.4.a", to="X.BDT")) == ("/to", "agency_without_account")
    assert call(service["STTTT"], task="IV.4.b", to="X.BDT").json()["instead"] is None


@pytest.mark.parametrize(
    ("table", "status", "reason"),
    [
        ("tasks", "suspended", "task_not_active"),
        ("tasks", "cancelled", "task_not_active"),
        ("plans", "closed", "plan_not_active"),
    ],
)
def test_what_is_not_in_force_is_urged_by_nobody(
    service: Service, table: str, status: str, reason: str
) -> None:
    change(service, f"UPDATE {table} SET status = :status", status=status)
    for client, changes in (
        (service["TTBCD"], {}),
        (service["TTBCD"], {"task": "IV.7.b", "to": "BAOTV"}),
        (service["SVHTTDL"], {"task": "IV.7.b", "to": "BAOTV"}),
    ):
        problem = call(client, **changes).json()
        assert (problem["reason"], problem["who_can"]) == (reason, [])
    if table == "plans":
        for about in ("content", "settlement"):
            for client in (service["TTBCD"], settler(service)):
                problem = call(client, task=None, about=about).json()
                assert (problem["reason"], problem["instead"]) == (reason, None)


def test_a_refusal_speaks_both_languages(service: Service) -> None:
    body = {**CONTENT, "task": "IV.7.b", "to": "SCT"}
    answers = [
        service["SVHTTDL"].post(URL, json=body, headers=headers)
        for headers in ({}, {"Accept-Language": "en"})
    ]
    assert [answer.headers["content-language"] for answer in answers] == ["vi", "en"]
    vietnamese, english = [answer.json()["detail"] for answer in answers]
    assert vietnamese.startswith("Đôn đốc thực hiện: cơ quan theo dõi, đôn đốc.")
    assert english.startswith("Urge a body: the monitor.")
    for said in (vietnamese, english):
        assert "IV.7.b" in said
        assert "TTBCD" in said


# Whom, of what.


BAD: list[tuple[dict[str, Any], str, str]] = [
    ({"to": "NOBODY"}, "/to", "unknown_agency"),
    ({"to": "TTBCD"}, "/to", "own_agency"),
    ({"task": "IV.1.1", "to": "TTBCD"}, "/to", "own_agency"),
    ({"to": "X.BNT", "task": "IV.7.b"}, "/to", "agency_without_account"),
    ({"to": "SCT"}, "/to", "agency_not_assigned"),
    ({"to": "BTGTW", "task": None}, "/to", "agency_not_assigned"),
    ({"to": "G.SBN", "task": None}, "/to", "agency_not_assigned"),
    ({"task": "IV.99.x"}, "/task", "unknown_task"),
    ({"task": "II.1.1"}, "/task", "carried_out_by_duties"),
    ({"due_on": "2023-06-30"}, "/due_on", "in_the_past"),
    ({"due_on": "30/06/2030"}, "/due_on", "not_a_date"),
    ({"due_on": None}, "/due_on", "missing"),
    ({"message": " \u00a0 "}, "/message", "too_short"),
    ({"message": "x" * 1001}, "/message", "too_long"),
    ({"message": "a\x07b"}, "/message", "control_character"),
    ({"message": None}, "/message", "missing"),
    ({"about": "progress"}, "/about", "not_allowed_value"),
    ({"about": None}, "/about", "missing"),
    ({"to": None}, "/to", "missing"),
    ({"to": ""}, "/to", "too_short"),
    ({"by": "TTBCD"}, "/by", "unknown_field"),
    ({"state": "closed"}, "/state", "unknown_field"),
]


def test_a_bad_urge_is_told_where_and_leaves_nothing(service: Service) -> None:
    before = rows(service)
    for changes, pointer, code in BAD:
        assert fault(call(service["TTBCD"], **changes)) == (pointer, code), changes
    assert rows(service) == before


def test_bodies_that_could_be_urged_are_offered(service: Service) -> None:
    refused = call(service["TTBCD"], task="IV.7.b", to="SCT")
    assert refused.json()["offered_agencies"] == ["BAOTV", "DAITV", "SVHTTDL"]
    assert "BAOTV, DAITV, SVHTTDL" in refused.json()["errors"][0]["message"]
    whole = call(service["TTBCD"], task=None, to="BTGTW").json()["offered_agencies"]
    assert {"CAT", "UBND.HDH", "STC"} <= set(whole)
    assert not {"TTBCD", "X.BDT", "G.UBH", "TTTU"} & set(whole)
    none = call(service["TTBCD"], task="IV.1.1", to="SCT")
    assert none.json()["offered_agencies"] == []
    assert "offered_agencies" not in call(service["TTBCD"], due_on="2023-06-30").json()


def test_all_that_is_wrong_is_told_at_once(service: Service) -> None:
    refused = call(service["TTBCD"], to="SCT", due_on="2023-06-30")
    assert [error["pointer"] for error in refused.json()["errors"]] == ["/to", "/due_on"]


def test_the_day_of_the_urge_is_not_past(service: Service) -> None:
    """17:30 in UTC is past midnight in Vietnam."""
    at(service, datetime(2027, 3, 1, 17, 30, tzinfo=UTC))
    monitor = pushing(service, "TTBCD")
    assert urge(monitor, due_on="2027-03-02")["due_on"] == "2027-03-02"
    assert fault(call(monitor, due_on="2027-03-01")) == ("/due_on", "in_the_past")


def test_an_abolished_body_is_neither_urged_nor_urges(service: Service) -> None:
    abolish(service, "BAOTV", "2023-12-31")
    assert fault(call(service["TTBCD"], task="IV.7.b", to="BAOTV")) == ("/to", "agency_not_active")
    assert call(service["SVHTTDL"], task="IV.7.b", to="SCT").json()["instead"]["to"] == ["DAITV"]
    abolish(service, "SVHTTDL", "2023-12-31")
    assert call(service["SVHTTDL"], task="IV.7.b", to="DAITV").json()["reason"] == "agency_not_active"


def test_a_task_that_the_urged_body_may_not_see_is_not_named_to_it(service: Service) -> None:
    before = urge(service["SVHTTDL"], task="IV.7.b", to="BAOTV")
    change(service, "UPDATE tasks SET visibility = 'internal' WHERE code = 'IV.7.b'")
    for caller, can, advice in (
        ("TTBCD", ["urge.content"], "The urged body may not see this task: urge without naming it"),
        ("SVHTTDL", [], "The urged body may not see this task"),
    ):
        client = service[caller]
        assert fault(call(client, task="IV.7.b", to="BAOTV")) == ("/task", "task_not_seen")
        asked, english = {**CONTENT, "task": "IV.7.b", "to": "BAOTV"}, {"Accept-Language": "en"}
        refused = client.post(URL, json=asked, headers=english)
        assert refused.json()["errors"][0]["message"] == advice
        told = client.get(f"{PLAN}/tasks/IV.7.b").json()["can"]
        assert [action for action in told if action.startswith("urge.")] == can
        on = {"action": "urge.coordinator", "on": "plans/ttdn-2023/tasks/IV.7.b"}
        said = client.get("/v1/me/permissions", params=on).json()
        assert (said["allowed"], said["obstacle"]["reason"]) == (False, "nobody_to_urge")
    assert call(service["SVHTTDL"], task="IV.7.b", to="SCT").json()["instead"] is None
    assert urge(service["TTBCD"], task="IV.7.b", to="SVHTTDL")["task"]["code"] == "IV.7.b"
    urged = service["BAOTV"]
    assert urged.get(f"{URL}/{before['id']}").json()["task"] is None
    assert ids(urged, URL, task="IV.7.b") == []
    refused = close(urged, before)
    assert (refused.status_code, refused.json()["clause"]) == (403, None)
    assert "IV.7.b" not in refused.text
    assert "IV.7.b" not in answer(urged, before).text
    assert service["SVHTTDL"].get(f"{URL}/{before['id']}").json()["task"]["code"] == "IV.7.b"


def test_settlement_of_a_status_only_duty_is_urged_without_naming_it(service: Service) -> None:
    change(service, "UPDATE tasks SET visibility = 'status_only' WHERE code = 'IV.2.a'")
    client, asked = settler(service), {"task": "IV.2.a", "to": "TTBCD"}
    assert fault(call(client, about="settlement", **asked)) == ("/task", "status_only")
    offered = {"operation": "urge", "about": ["settlement"], "to": ["TTBCD"]}
    assert call(client, **asked).json()["instead"] == offered


@pytest.mark.parametrize("hidden", ["IV.1.3", "IV.12.1", "IV.10.1"])
def test_a_hidden_task_is_as_unknown_as_one_that_does_not_exist(service: Service, hidden: str) -> None:
    for client, about in ((service["SVHTTDL"], "content"), (settler(service), "settlement")):
        told = [call(client, task=task, about=about) for task in (hidden, "IV.99.x")]
        assert [answer.status_code for answer in told] == [422, 422]
        assert {**told[0].json(), "request_id": 0} == {**told[1].json(), "request_id": 0}


# Who sees it.


def test_an_urge_is_seen_by_its_two_bodies_and_by_insiders_alone(service: Service) -> None:
    one = urge(service["SVHTTDL"], task="IV.7.b", to="BAOTV", message="Chuyện riêng của hai cơ quan")
    other = urge(settler(service), about="settlement", task=None, to="STC", message="Chuyện quyết toán")
    seen = {
        "TTBCD": [one["id"], other["id"]],
        "BPGV": [one["id"], other["id"]],
        "TTTU": [one["id"], other["id"]],
        "SVHTTDL": [one["id"]],
        "BAOTV": [one["id"]],
        "STC": [other["id"]],
        "VPTU": [other["id"]],
        "DAITV": [],
        "SCT": [],
        "MTTQ": [],
    }
    for caller, wanted in seen.items():
        client = service[caller]
        assert ids(client, URL, sort="id") == sorted(wanted), caller
        assert client.get(URL, params={"count": "true"}).json()["total"] == len(wanted)
        for public_id in (one["id"], other["id"]):
            read = client.get(f"{URL}/{public_id}")
            assert read.status_code == (200 if public_id in wanted else 404), (caller, public_id)


def test_nothing_of_an_urge_leaks(service: Service) -> None:
    words = ("Lời nhắc kín", "Lời đáp kín", "Ghi chú kín")
    one = urge(service["SVHTTDL"], task="IV.7.b", to="BAOTV", message=words[0])
    answer(service["BAOTV"], one, words[1])
    close(service["SVHTTDL"], one, note=words[2])
    settle(service)
    for caller in ("DAITV", "SCT", "MTTQ"):
        client = service[caller]
        for method, noun, body in (
            ("GET", "", None),
            ("POST", "/answers", {"answer": words[1]}),
            ("POST", "/outcomes", {"outcome": "met", "note": words[2]}),
        ):
            told = [client.request(method, f"{URL}/{name}{noun}", json=body) for name in (one["id"], NOWHERE)]
            assert [reply.status_code for reply in told] == [404, 404]
            assert {**told[0].json(), "request_id": 0} == {**told[1].json(), "request_id": 0}
        for asked in ({"to": "BAOTV"}, {"urged_by": "SVHTTDL"}, {"task": "IV.7.b"}, {"state": "closed"}):
            page = client.get(URL, params={**asked, "count": "true"}).json()
            assert page == {"items": [], "next_cursor": None, "total": 0}
        assert feed(client, subject="urge") == []
        assert feed(client, ref=one["id"]) == []
        assert not [entry for entry in feed(client, limit=200) for word in words if word in str(entry)]
    seen = feed(service["TTBCD"], subject="urge")
    assert [entry["operation"] for entry in seen] == ["created", "changed", "changed"]
    assert all(word in str(seen) for word in words)


def test_an_urge_of_another_plan_is_not_here(service: Service, tmp_path: Any) -> None:
    load(service, small_plan(), tmp_path)
    one = urge(service["TTBCD"])
    elsewhere = "/v1/plans/mau-2024/urges"
    for client in (service["TTBCD"], service["SVHTTDL"]):
        assert client.get(f"{elsewhere}/{one['id']}").status_code == 404
        assert client.get(elsewhere).json()["items"] == []
    assert service["SVHTTDL"].get("/v1/plans/khong-co/urges").status_code == 404
    assert service["TTBCD"].post("/v1/plans/khong-co/urges", json=CONTENT).status_code == 404
    assert service.anonymous.get(URL).status_code == 401
    assert service.anonymous.post(URL, json=CONTENT).status_code == 401


# Answering and closing.


def test_an_urge_is_answered_and_closed_once(service: Service) -> None:
    urged, monitor = service["SVHTTDL"], service["TTBCD"]
    one = urge(monitor)
    seen = urged.get(f"{URL}/{one['id']}")
    assert (seen.json()["state"], seen.json()["can"]) == ("open", ["urge.answer"])

    first = answer(urged, one)
    assert (first.status_code, first.json()["result"]) == (201, "done")
    told = first.json()["urge"]
    assert (told["state"], told["answer"], told["can"]) == ("answered", "Sẽ gửi trong tuần", [])
    assert told["answered_at"] is not None
    assert first.headers["etag"] == urged.get(f"{URL}/{one['id']}").headers["etag"]
    assert first.headers["etag"] != seen.headers["etag"]

    again = answer(urged, one)
    assert (again.status_code, again.json()["result"]) == (200, "unchanged")
    assert again.json()["urge"] == told
    other = answer(urged, one, "Lời khác")
    assert (other.status_code, other.json()["code"], other.json()["reason"]) == (
        *(409, "conflict"),
        "already_answered",
    )

    ended = close(monitor, one, note="Đã nhận báo cáo")
    assert (ended.status_code, ended.json()["result"]) == (201, "done")
    told = ended.json()["urge"]
    assert (told["state"], told["outcome"], told["outcome_label"]) == ("closed", "met", "Đã thực hiện")
    assert (told["outcome_note"], told["can"]) == ("Đã nhận báo cáo", [])
    again = close(monitor, one, note="Đã nhận báo cáo")
    assert (again.status_code, again.json()["result"], again.json()["urge"]) == (200, "unchanged", told)
    assert again.headers["etag"] == ended.headers["etag"]
    for otherwise in ({}, {"note": "Khác"}, {"outcome": "dropped", "note": "Đã nhận báo cáo"}):
        refused = close(monitor, one, **otherwise)
        assert (refused.status_code, refused.json()["reason"]) == (409, "already_closed")
    assert answer(urged, one).json()["result"] == "unchanged", "what was said stays said"
    assert answer(urged, one, "Lời khác").json()["reason"] == "already_closed"

    entries = [entry for entry in journal(service) if entry.subject == "urge"]
    assert [(entry.action, entry.actor, entry.version) for entry in entries] == [
        ("urge.content", "TTBCD", 1),
        ("urge.answer", "SVHTTDL", 2),
        ("urge.close", "TTBCD", 3),
    ]
    assert entries[0].after["to"] == "SVHTTDL"
    assert entries[0].after["task"] == "IV.7.a"
    assert differences(service) == []


def test_an_urge_may_be_closed_unanswered_and_then_takes_no_answer(service: Service) -> None:
    one = urge(service["TTBCD"])
    assert close(service["TTBCD"], one, "dropped").json()["urge"]["state"] == "closed"
    late = answer(service["SVHTTDL"], one)
    assert (late.status_code, late.json()["reason"]) == (409, "already_closed")
    assert late.json()["detail"] == "Lần đôn đốc này đã kết thúc"
    english = service["SVHTTDL"].post(
        f"{URL}/{one['id']}/answers", json={"answer": "x"}, headers={"Accept-Language": "en"}
    )
    assert english.json()["detail"] == "This urge has been closed"


def test_only_the_urged_body_answers_and_only_the_one_that_urged_closes(service: Service) -> None:
    one = urge(service["SVHTTDL"], task="IV.7.b", to="BAOTV")
    before = rows(service)
    for caller, act, rule, you_are, who_can, instead in (
        ("SVHTTDL", answer, "urge.answer", ["urger"], ["BAOTV"], "close_urge"),
        ("BAOTV", close, "urge.close", ["urged"], ["SVHTTDL"], "answer_urge"),
        ("TTBCD", answer, "urge.answer", ["plan_owner", "monitor"], ["BAOTV"], None),
        ("TTBCD", close, "urge.close", ["plan_owner", "monitor"], ["SVHTTDL"], None),
        ("BPGV", answer, "urge.answer", ["secretariat"], ["BAOTV"], None),
    ):
        refused = act(service[caller], one)
        assert refused.status_code == 403
        problem = refused.json()
        assert (problem["rule"], problem["clause"]) == (rule, "IV.7.b")
        assert (problem["you_are"], problem["who_can"]) == (you_are, who_can)
        assert problem["instead"] == (instead and {"operation": instead, "urge": [one["id"]]})
    assert rows(service) == before
    reading = pushing(service, "BAOTV", Scope.READ)
    assert reading.get(f"{URL}/{one['id']}").json()["can"] == []
    assert answer(reading, one).json()["reason"] == "scope_missing"
    answer(service["BAOTV"], one)
    assert close(service["BAOTV"], one).json()["instead"] is None, "it has answered already"


def test_an_urge_outlives_its_task_but_not_the_plan(service: Service) -> None:
    one, other = urge(service["TTBCD"]), urge(service["TTBCD"])
    change(service, "UPDATE tasks SET status = 'suspended'")
    assert service["SVHTTDL"].get(f"{URL}/{one['id']}").json()["can"] == ["urge.answer"]
    assert answer(service["SVHTTDL"], one).status_code == 201
    change(service, "UPDATE plans SET status = 'closed'")
    assert service["SVHTTDL"].get(f"{URL}/{other['id']}").json()["can"] == []
    refused = answer(service["SVHTTDL"], other)
    assert (refused.status_code, refused.json()["reason"]) == (403, "plan_not_active")
    assert ids(service["SVHTTDL"], URL, can="urge.answer") == []


def test_an_abolished_body_answers_nothing_and_its_urge_can_still_be_closed(service: Service) -> None:
    one = urge(service["TTBCD"])
    abolish(service, "SVHTTDL", "2023-12-31")
    assert answer(service["SVHTTDL"], one).json()["reason"] == "agency_not_active"
    assert answer(service["TTBCD"], one).json()["who_can"] == []
    assert close(service["TTBCD"], one, "dropped").status_code == 201


def test_an_urge_of_a_body_that_has_ended_is_closed_by_who_holds_its_power_now(service: Service) -> None:
    """A lead's as well: whoever monitors could have made it."""
    made = [
        urge(service["TTBCD"]),
        urge(service["SVHTTDL"], task="IV.7.b", to="BAOTV"),
        urge(settler(service), about="settlement", task=None, to="STC"),
    ]
    ended = {"TTBCD": "SCT", "SVHTTDL": "SKHDT", "VPTU": "VPUBND"}
    changes = [
        {"change": "succession", "agency": old, "successor": new, "on": "2023-07-01"}
        for old, new in ended.items()
    ]
    decided(service["TTBCD"], *changes)
    monitor, lead, checker = (pushing(service, new) for new in ended.values())
    for client, closed in ((monitor, made[:2]), (lead, []), (checker, made[2:])):
        mine = [one["id"] for one in closed]
        assert ids(client, URL, can="urge.close", sort="id") == mine
        assert [one["id"] for one in items(client, URL, sort="id") if "urge.close" in one["can"]] == mine
    assert close(service["BPGV"], made[2]).json()["who_can"] == ["VPUBND"]
    assert close(service["TTBCD"], made[0]).json()["reason"] == "agency_not_active"
    for client, one in ((monitor, made[0]), (monitor, made[1]), (checker, made[2])):
        assert close(client, one).status_code == 201
    assert differences(service) == []


def test_what_a_body_that_ends_was_urged_to_do_is_its_successors_to_answer(service: Service) -> None:
    """But not what it answered itself, nor what the successor urged it to: no body urges itself."""
    waiting = urge(service["TTBCD"], to="BAOTV", task="IV.7.b")
    answered = urge(service["TTBCD"], to="BAOTV", task=None)
    assert answer(service["BAOTV"], answered).status_code == 201
    closed = urge(service["TTBCD"], to="BAOTV", task=None)
    assert close(service["TTBCD"], closed, "dropped").status_code == 201
    own = urge(service["SVHTTDL"], to="BAOTV", task="IV.7.b")
    ended = {"change": "succession", "agency": "BAOTV", "successor": "SVHTTDL", "on": "2023-07-01"}
    decided(service["TTBCD"], ended)
    heir = service["SVHTTDL"]
    assert ids(heir, URL, can="urge.answer") == [waiting["id"]]
    assert [one["to"]["code"] for one in items(service["TTBCD"], URL, sort="id")] == [
        "SVHTTDL",
        "BAOTV",
        "BAOTV",
        "BAOTV",
    ]
    assert answer(service["TTBCD"], waiting).json()["who_can"] == ["SVHTTDL"]
    assert answer(heir, waiting).status_code == 201
    assert answer(heir, own).json()["who_can"] == []
    assert close(service["TTBCD"], waiting).status_code == 201
    assert close(heir, own, "dropped").status_code == 201
    assert ("SVHTTDL", "BAOTV") in [
        ((one.after or {}).get("to"), (one.before or {}).get("to")) for one in journal(service)
    ]
    assert differences(service) == []


def test_a_body_that_is_followed_meanwhile_neither_answers_nor_is_urged(service: Service) -> None:
    """Whose an urge is to answer is judged as of the decision that is being entered beside it."""
    one = urge(service["TTBCD"])
    ended = {"change": "succession", "agency": "SVHTTDL", "successor": "SKHDT", "on": "2023-07-01"}
    late = beside(service, "TTBCD", entered(ended), lambda: answer(service["SVHTTDL"], one))
    assert late.status_code in (403, 404), late.text
    assert service["TTBCD"].get(f"{URL}/{one['id']}").json()["to"]["code"] == "SKHDT"
    assert answer(pushing(service, "SKHDT"), one).status_code == 201
    ended = {"change": "succession", "agency": "SKHDT", "successor": "SCT", "on": "2023-07-02"}
    late = beside(service, "TTBCD", entered(ended), lambda: call(service["TTBCD"], to="SKHDT"))
    assert fault(late) == ("/to", "agency_not_active")
    assert differences(service) == []


def test_bad_answers_and_outcomes_are_told_where(service: Service) -> None:
    one = urge(service["TTBCD"])
    before = rows(service)
    for noun, body, pointer, code in (
        ("answers", {}, "/answer", "missing"),
        ("answers", {"answer": "\u00a0"}, "/answer", "too_short"),
        ("answers", {"answer": "x" * 1001}, "/answer", "too_long"),
        ("answers", {"answer": None}, "/answer", "wrong_type"),
        ("answers", {"answer": "x", "by": "SCT"}, "/by", "unknown_field"),
        ("outcomes", {}, "/outcome", "missing"),
        ("outcomes", {"outcome": "open"}, "/outcome", "not_allowed_value"),
        ("outcomes", {"outcome": "met", "note": ""}, "/note", "too_short"),
        ("outcomes", {"outcome": "met", "answer": "x"}, "/answer", "unknown_field"),
    ):
        caller = service["SVHTTDL" if noun == "answers" else "TTBCD"]
        assert fault(caller.post(f"{URL}/{one['id']}/{noun}", json=body)) == (pointer, code), body
    assert rows(service) == before
    for method in ("PATCH", "PUT", "DELETE"):
        assert service["TTBCD"].request(method, f"{URL}/{one['id']}").status_code == 405


def test_no_field_may_be_set_that_the_contract_does_not_name(service: Service) -> None:
    one = urge(service["TTBCD"])
    before = rows(service)
    names = {*(column.name for column in Urge.__table__.columns), *dir(Urge), "urger", "urged", "can"}
    for name in sorted(name for name in names if not name.startswith("_")):
        for form, client, url, body in (
            (UrgeIn, service["TTBCD"], URL, CONTENT),
            (UrgeAnswerIn, service["SVHTTDL"], f"{URL}/{one['id']}/answers", {"answer": "x"}),
            (UrgeOutcomeIn, service["TTBCD"], f"{URL}/{one['id']}/outcomes", {"outcome": "met"}),
        ):
            if name not in form.model_fields:
                assert fault(client.post(url, json={**body, name: None})) == (f"/{name}", "unknown_field")
    assert rows(service) == before


def test_text_in_either_unicode_form_is_one_text(service: Service) -> None:
    composed, spread = (unicodedata.normalize(form, "Đề nghị trả lời sớm") for form in ("NFC", "NFD"))
    assert composed != spread
    one = urge(service["TTBCD"], message=f" {spread}\u00a0")
    assert one["message"] == composed
    assert answer(service["SVHTTDL"], one, spread).json()["urge"]["answer"] == composed
    assert answer(service["SVHTTDL"], one, composed).json()["result"] == "unchanged"
    close(service["TTBCD"], one, note=composed)
    assert close(service["TTBCD"], one, note=spread).json()["result"] == "unchanged"


# Repetition and concurrency.


def test_the_same_key_again_gets_the_same_answer_and_makes_nothing(service: Service) -> None:
    urged, monitor, header = service["SVHTTDL"], service["TTBCD"], {"Idempotency-Key": "k-1"}
    made = [monitor.post(URL, json=CONTENT, headers=header) for _ in range(2)]
    (one,) = made[0].json()["urges"]
    answers = [
        urged.post(f"{URL}/{one['id']}/answers", json={"answer": "Rồi"}, headers=header) for _ in range(2)
    ]
    ended = [
        monitor.post(
            f"{URL}/{one['id']}/outcomes", json={"outcome": "met"}, headers={"Idempotency-Key": "k-2"}
        )
        for _ in range(2)
    ]
    for first, second in (made, answers, ended):
        assert (first.status_code, first.content) == (second.status_code, second.content)
        assert first.headers["etag"] == second.headers["etag"]
    assert made[1].headers["location"] == made[0].headers["location"]
    assert rows(service)["urges"] == 1
    reused = monitor.post(URL, json={**CONTENT, "message": "Khác"}, headers=header)
    assert (reused.status_code, reused.json()["code"]) == (422, "idempotency_key_reused")
    spared = {"Idempotency-Key": "k-3"}
    assert service["SCT"].post(URL, json=CONTENT, headers=spared).status_code == 403
    assert rows(service)["replays"] == 3, "a refused request does not burn the key"
    assert urge(monitor)["id"] != one["id"], "without a key a second reminder is a second one"


def test_of_two_answers_at_the_same_time_one_stands(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both have read the urge before either writes, where the database lets them; the other is told why."""
    one, both, find = urge(service["TTBCD"]), Barrier(2), urges.one

    def together(*asked: Any) -> urges.Known:
        found = find(*asked)
        with suppress(BrokenBarrierError):
            both.wait(1)
        return found

    with monkeypatch.context() as patched, ThreadPoolExecutor(2) as pool:
        patched.setattr(urges, "one", together)
        told = list(pool.map(lambda words: answer(service["SVHTTDL"], one, words), ["một", "hai"]))
    assert sorted(reply.status_code for reply in told) == [201, 409]
    (first,) = [reply for reply in told if reply.status_code == 201]
    assert service["SVHTTDL"].get(f"{URL}/{one['id']}").json() == first.json()["urge"]
    assert differences(service) == []


# Over time, and as a list.


def test_states_follow_the_day_in_vietnam(service: Service) -> None:
    at(service, datetime(2027, 3, 1, 2, tzinfo=UTC))
    monitor, urged = pushing(service, "TTBCD"), pushing(service, "SVHTTDL")
    first, second, third = (urge(monitor, due_on=f"2027-03-0{day}") for day in (1, 2, 2))

    def states(**asked: str) -> dict[str, str]:
        return {one["id"]: one["state"] for one in items(monitor, URL, **asked)}

    def counted() -> list[int]:
        return [len(states(state=state.value)) for state in UrgeState]

    assert set(states().values()) == {"open"}
    at(service, datetime(2027, 3, 1, 16, 59, tzinfo=UTC))
    assert set(states().values()) == {"open"}, "the due day itself is in time"
    at(service, datetime(2027, 3, 1, 17, 0, tzinfo=UTC))
    assert states() == {first["id"]: "overdue", second["id"]: "open", third["id"]: "open"}
    assert counted() == [2, 1, 0, 0]
    assert ids(monitor, URL, state="overdue") == [first["id"]]
    assert urged.get(f"{URL}/{first['id']}").json()["can"] == ["urge.answer"], "late is better than never"
    assert answer(urged, first).json()["urge"]["state"] == "answered"
    close(monitor, second, "not_met")
    assert states(state="answered,closed") == {first["id"]: "answered", second["id"]: "closed"}
    at(service, datetime(2027, 3, 2, 1, 30, tzinfo=UTC))
    assert counted() == [1, 0, 1, 1]
    assert answer(urged, third).json()["urge"]["answered_at"] == "2027-03-02T01:30:00Z"


def test_open_urges_are_counted_for_the_overview_as_the_caller_sees_them(service: Service) -> None:
    monitor = service["TTBCD"]
    for to in ("SCT", "SVHTTDL"):
        urge(monitor, task=None, to=to)
    answer(service["SVHTTDL"], urge(monitor))
    close(monitor, urge(monitor, task=None, to="SCT"))
    change(
        service,
        "UPDATE urges SET due_on = :day WHERE public_id = :id",
        day="2023-01-01",
        id=urge(monitor)["id"],
    )

    def counts(caller: str) -> list[int]:
        with service.database.reading() as session:
            actor = keys.identify(session, service.secrets[caller])
            found = urges.open_count(session, grounds.find(session, actor, "ttdn-2023"), actor)
            assert list(found) == list(UrgeState)
            return list(found.values())

    assert counts("TTBCD") == counts("TTTU") == [2, 1, 1, 1]
    assert counts("SVHTTDL") == [1, 1, 1, 0]
    assert counts("SCT") == [1, 0, 0, 1]
    assert counts("BAOTV") == [0, 0, 0, 0]


def test_the_list_can_be_asked_for_each_thing(service: Service) -> None:
    monitor, lead, checker = service["TTBCD"], service["SVHTTDL"], settler(service)
    soon, later = (date.fromisoformat(LATER) + timedelta(days=days) for days in (1, 9))
    made = [
        urge(monitor, due_on=later.isoformat())["id"],
        urge(lead, task="IV.7.b", to="BAOTV")["id"],
        urge(checker, about="settlement", task=None, to="STC")["id"],
        urge(monitor, task="IV.7.b", to="DAITV", due_on=soon.isoformat())["id"],
    ]
    answer(service["DAITV"], {"id": made[3]})
    for asked, places in (
        ({}, [3, 2, 1, 0]),
        ({"sort": "id"}, [0, 1, 2, 3]),
        ({"sort": "due_on,id"}, [1, 2, 3, 0]),
        ({"sort": "-due_on"}, [0, 3, 2, 1]),
        ({"to": "BAOTV,DAITV"}, [3, 1]),
        ({"urged_by": "TTBCD"}, [3, 0]),
        ({"task": "IV.7.b"}, [3, 1]),
        ({"about": "settlement"}, [2]),
        ({"state": "answered"}, [3]),
        ({"state": "open,answered"}, [3, 2, 1, 0]),
        ({"state": "overdue,closed"}, []),
        ({"due_from": soon.isoformat()}, [3, 0]),
        ({"due_to": soon.isoformat()}, [3, 2, 1]),
        ({"can": "urge.close"}, [3, 0]),
        ({"can": "urge.answer"}, []),
        ({"can": "activity.record"}, []),
        ({"urged_by": "SVHTTDL", "task": "IV.7.b", "about": "content", "state": "open"}, [1]),
    ):
        wanted = [made[place] for place in places]
        assert ids(monitor, URL, **asked) == wanted, asked
        assert ids(monitor, URL, limit=1, **asked) == wanted, asked
        assert monitor.get(URL, params={**asked, "count": "true"}).json()["total"] == len(wanted)
    assert ids(service["BAOTV"], URL, can="urge.answer") == [made[1]]
    assert ids(lead, URL, can="urge.answer,urge.close") == [made[1], made[0]]
    for client in (monitor, lead, checker, service["BAOTV"], service["TTTU"]):
        for action in ("urge.answer", "urge.close"):
            told = [one["id"] for one in items(client, URL) if action in one["can"]]
            assert ids(client, URL, can=action) == told, "a filter says what the things say"


def test_a_question_that_is_not_understood_is_refused(service: Service) -> None:
    for asked, pointer in (
        ({"agency": "SCT"}, "query:agency"),
        ({"q": "x"}, "query:q"),
        ({"state": "late"}, "query:state"),
        ({"about": ""}, "query:about"),
        ({"sort": "to"}, "query:sort"),
        ({"due_from": "2023"}, "query:due_from"),
        ({"can": "urge"}, "query:can"),
    ):
        refused = service["TTBCD"].get(URL, params=asked)
        assert refused.status_code == 422
        assert [error["pointer"] for error in refused.json()["errors"]] == [pointer]


def test_a_page_loses_and_doubles_nothing_while_urges_come_in(service: Service) -> None:
    monitor = service["TTBCD"]
    before = [urge(monitor)["id"] for _ in range(4)]
    page = monitor.get(URL, params={"limit": 2, "state": "open"}).json()
    urge(monitor)
    rest = monitor.get(URL, params={"limit": 9, "state": "open", "cursor": page["next_cursor"]}).json()
    assert [one["id"] for one in page["items"] + rest["items"]] == before[::-1]
    other = monitor.get(URL, params={"state": "answered", "cursor": page["next_cursor"]})
    assert (other.status_code, other.json()["errors"][0]["code"]) == (422, "invalid_cursor")
