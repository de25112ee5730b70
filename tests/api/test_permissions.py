"""May I do this to that? What is answered is what the request then gets; and `can`, on a thing and as a
filter, is the same answer once more."""

import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import product
from random import Random
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from sqlalchemy import select

from app.models import Agency, BudgetLine, Plan
from app.models.base import Base
from app.rules.calendar import business_day
from app.rules.ownership import Action
from app.rules.parties import Actor
from app.rules.vocabulary import Scope
from app.schemas.permissions import PermissionFilter, PermissionOut
from app.services import asking
from app.services.asking_of_plans import ON_A_PLAN, ON_AN_AGENCY
from app.services.line_use import ON_A_LINE
from app.services.permissions import ON_A_TASK, ON_AN_ACTIVITY, ON_AN_OUTPUT
from tests.deciding import act, acted, assignment, decided, leads, output
from tests.patience import untraced
from tests.service import PLAN, Service
from tests.walks import NOWHERE, items
from tests.writing import news, pushing, record, withdraw

pytestmark = untraced

if TYPE_CHECKING:
    from tests.conftest import Seeded

SLUG = "plans/ttdn-2023"
LATER = (business_day(datetime.now(UTC)) + timedelta(days=7)).isoformat()
CALLERS = ("TTBCD", "BPGV", "SVHTTDL", "BAOTV", "CAT", "TTTU")
"""Owner and monitor, secretariat, a lead, one that handed over, one of status-only duties, the approver."""

Asked = dict[str, Any]


def ask(client: httpx.Client, action: str, on: str) -> Asked:
    answer = client.get("/v1/me/permissions", params={"action": action, "on": on})
    assert answer.status_code == 200, answer.text
    told: Asked = answer.json()
    assert (told["action"], told["on"]) == (action, on)
    assert told["allowed"] == (told["refusal"] is None and told["obstacle"] is None)
    assert (told["as"] is None) == (told["as_label"] is None)
    assert told["as"] or not told["allowed"]
    return told


def urge(client: httpx.Client, to: str, task: str) -> str:
    body = {"to": to, "about": "content", "task": task, "message": "Đề nghị báo cáo", "due_on": LATER}
    answer = client.post(f"{PLAN}/urges", json=body)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["urges"][0]["id"])


def propose(client: httpx.Client, task: str) -> str:
    change = {"change": "weight", "task": task, "weight": 2}
    answer = client.post(f"{PLAN}/proposals", json={"reason": "Việc lớn", "changes": [change]})
    assert answer.status_code == 201, answer.text
    return str(answer.json()["proposal"]["id"])


def said(answer: httpx.Response) -> httpx.Response:
    assert answer.status_code in (200, 201), answer.text
    return answer


def live(service: Service) -> None:
    """Some months: records, claims, confirmations, returns, withdrawals, urges, proposals and decisions."""
    monitor, aide, office = service["TTBCD"], service["BPGV"], service["SVHTTDL"]
    press, police = service["BAOTV"], service["CAT"]
    record(office, "IV.7.a", output="M1")
    acted(monitor, output(office, "IV.7.a"), "confirmations")
    record(office, "IV.7.b", output="M1")
    acted(monitor, output(office, "IV.7.b"), "returns", missing="Thiếu ảnh")
    withdraw(press, record(press, "IV.7.b")["activity"]["id"])
    record(press, "IV.7.b", title="Phóng sự")
    acted(aide, output(office, "IV.7.c"), "claims")
    record(aide, "IV.14.1", agency="UBND.TPTV")
    acted(service["STTTT"], output(office, "IV.4.a"), "claims")
    record(monitor, "IV.1.2a", output="M1")
    own = output(monitor, "IV.1.2a")
    assert acted(monitor, own, "confirmations")["act"]["kind"] == "self_confirmation"
    record(monitor, "IV.1.1")
    record(service["VPUBND"], "IV.3.a", opens_occurrence=True)
    duty = f"{PLAN}/assignments/{assignment(police, 'IV.10.1', 'CAT')['id']}/status-entries"
    for client, period, entry in (
        (police, "2023-Q1", "fulfilled"),
        (police, "2023-Q2", "fulfilled"),
        (monitor, "2023-Q1", "confirmed"),
        (monitor, "2023-Q2", "returned"),
    ):
        said(client.post(duty, json={"period": period, "entry": entry}))
    record(press, "IV.9.1")
    record(press, "IV.9.2")
    decided(monitor, leads("IV.9.1", "DAITV"), {"change": "target", "task": "IV.6.a", "target": 3})
    record(service["SCT"], "IV.6.a", quantity=2)
    decided(monitor, {"change": "status", "task": "IV.9.3", "status": "suspended"})
    urge(monitor, "SVHTTDL", "IV.7.b")
    answered, closed = urge(monitor, "BAOTV", "IV.9.2"), urge(office, "BAOTV", "IV.7.b")
    said(press.post(f"{PLAN}/urges/{answered}/answers", json={"answer": "Sẽ gửi"}))
    said(office.post(f"{PLAN}/urges/{closed}/outcomes", json={"outcome": "met"}))
    propose(office, "IV.7.a")
    gone, no = propose(office, "IV.7.b"), propose(press, "IV.9.2")
    said(office.post(f"{PLAN}/proposals/{gone}/withdrawals", json={"reason": "Thôi"}))
    said(monitor.post(f"{PLAN}/proposals/{no}/declines", json={"reason": "Chưa cần"}))


def budget_line(service: Service, agency: str) -> None:
    """The plan has no breakdown; here is a line all the same, past every rule."""
    with service.database.engine.execution_options(writing=True).begin() as connection:
        ids = {
            name: connection.execute(select(column).where(condition)).scalar_one()
            for name, column, condition in (
                ("plan_id", Plan.id, Plan.slug == "ttdn-2023"),
                ("agency_id", Agency.id, Agency.code == agency),
            )
        }
        table = Base.metadata.tables[BudgetLine.__tablename__]
        titles = {"title_vi": "Tập huấn", "title_en": "Training", "search_text": "tap huan"}
        stands = {"allocated_vnd": 2, "committed_vnd": 1, "spent_vnd": 1}
        connection.execute(table.insert().values(code="D1", version=1, line=None, **ids, **titles, **stands))


@pytest.fixture(scope="module")
def lived(seeded: "Seeded") -> Iterator[Service]:
    """The service after some months. Read from it; never write to it."""
    url = seeded.copy()
    with Service(url, seeded.secrets) as running:
        live(running)
        budget_line(running, "SVHTTDL")
        yield running
    seeded.give_back(url)


@pytest.fixture(scope="module")
def clients(lived: Service) -> dict[str, httpx.Client]:
    """A key for each; the approver's own may only read."""
    return {code: pushing(lived, code) if code == "TTTU" else lived[code] for code in CALLERS}


# --- the answer is what the request then gets ----------------------------------------------------------

Send = Callable[[httpx.Client, Asked], httpx.Response]


def _record(client: httpx.Client, task: Asked) -> httpx.Response:
    first = next((one["agency"]["code"] for one in task["assignments"] if one["role"] == "lead"), "SCT")
    mine = client.get("/v1/me").json()["agency"]["code"]
    whose = {"agency": first} if mine == "BPGV" else {}
    return client.post(f"{PLAN}/activities", json=news(task["code"], **whose))


def _propose(client: httpx.Client, task: Asked) -> httpx.Response:
    change = {"change": "weight", "task": task["code"], "weight": 2}
    return client.post(f"{PLAN}/proposals", json={"reason": "Việc lớn", "changes": [change]})


def _amend(client: httpx.Client, _plan: Asked) -> httpx.Response:
    decision = {"number": "09-QĐ/BCĐ-TTĐN", "decided_on": "2023-06-30", "issuer": "Ban Chỉ đạo"}
    change = {"change": "weight", "task": "IV.7.a", "weight": 3}
    body = {"decision": decision, "changes": [change]}
    return client.post(f"{PLAN}/amendments", json=body, params={"dry_run": "true"})


def _posts(of: str, what: str, body: Asked) -> Send:
    return lambda client, one: client.post(f"{PLAN}/{of}/{one['id']}/{what}", json=body)


def _revise(client: httpx.Client, one: Asked) -> httpx.Response:
    url = f"{PLAN}/activities/{one['id']}"
    return client.patch(url, json={"title": "Khác"}, headers={"If-Match": "*"})


ON_TASKS: dict[Action, Send] = {Action.ACTIVITY_RECORD: _record, Action.PLAN_PROPOSE: _propose}
ON_PARTS: dict[Action, Send] = {
    Action.OCCURRENCE_OPEN: _posts("assignments", "occurrences", {}),
    Action.STATUS_REPORT: _posts(
        "assignments", "status-entries", {"period": "2023-Q3", "entry": "fulfilled"}
    ),
    Action.STATUS_DECIDE: _posts(
        "assignments", "status-entries", {"period": "2023-Q3", "entry": "confirmed"}
    ),
}
ON_OUTPUTS: dict[Action, Send] = {
    Action.OUTPUT_RETURN: _posts("outputs", "returns", {"missing": "Thiếu ảnh"}),
    Action.OUTPUT_CLAIM: _posts("outputs", "claims", {}),
    Action.OUTPUT_WITHDRAW: _posts("outputs", "withdrawals", {"reason": "Nhầm"}),
}
ON_RECORDS: dict[Action, Send] = {
    Action.ACTIVITY_REVISE: _revise,
    Action.ACTIVITY_WITHDRAW: _posts("activities", "withdrawals", {"reason": "Nhầm"}),
}
ON_URGES: dict[Action, Send] = {
    Action.URGE_ANSWER: _posts("urges", "answers", {"answer": "Sẽ báo cáo"}),
    Action.URGE_CLOSE: _posts("urges", "outcomes", {"outcome": "not_met"}),
}
ON_PROPOSALS: dict[Action, Send] = {
    Action.PROPOSAL_DECIDE: _posts("proposals", "declines", {"reason": "Chưa cần"}),
    Action.PROPOSAL_WITHDRAW: _posts("proposals", "withdrawals", {"reason": "Thôi"}),
}


def compare(told: Asked, answer: httpx.Response) -> str:
    """The answer to the question and the answer to the request; what they agree on."""
    problem = answer.json()
    if told["refusal"]:
        expected = {name: fact for name, fact in told["refusal"].items() if not name.startswith("detail")}
        assert answer.status_code == 403, (told, answer.text)
        assert {name: problem[name] for name in expected} == expected
        assert problem["rule"] == told["action"]
        assert problem["detail"] == told["refusal"]["detail_en"]
        return "refused"
    if told["obstacle"]:
        reason = told["obstacle"]["reason"]
        if reason == "no_period":  # which one is asked about, the request alone says
            assert answer.status_code in (409, 422), (told, answer.text)
        elif answer.status_code == 200:  # in the same words it may be sent again
            assert reason in ("already_so", "already_answered", "already_closed", "proposal_settled")
            assert problem["result"] == "unchanged"
        elif answer.status_code == 409:
            assert problem.get("reason", reason) == reason, (told, answer.text)
        else:
            assert answer.status_code == 422, (told, answer.text)
            assert reason in {error["code"] for error in problem["errors"]}
        return "hindered"
    if answer.status_code in (409, 422):
        assert told["action"].startswith("status."), answer.text  # of one period, and it is not said which
        return "not so"
    assert answer.status_code in (200, 201), (told, answer.text)
    return "allowed"


def sample(client: httpx.Client, noun: str, most: int, seed: str, **asked: Any) -> list[Asked]:
    """Some of what a caller sees, spread over all of it."""
    found = items(client, f"{PLAN}/{noun}", limit=200, **asked)
    return Random(seed).sample(found, min(most, len(found)))


def test_the_answer_is_what_the_request_then_gets(service: Service) -> None:
    live(service)
    met: dict[str, set[str]] = {}
    for code in CALLERS:
        client = pushing(service, code) if code == "TTTU" else service[code]
        client.headers["Accept-Language"] = "en"
        parts = [
            one
            for one in sample(client, "assignments", 200, code, role="lead")
            if not one["fans_out"] and one["task"]["code"] in ("IV.3.a", "IV.7.a", "IV.10.1", "IV.15.c")
        ]
        rounds: list[tuple[str, dict[Action, Send], list[Asked]]] = [
            ("tasks", ON_TASKS, sample(client, "tasks", 4, code, include="assignments")),
            ("assignments", ON_PARTS, parts[:3]),
            ("outputs", ON_OUTPUTS, sample(client, "outputs", 4, code)),
            ("activities", ON_RECORDS, sample(client, "activities", 3, code)),
            ("urges", ON_URGES, sample(client, "urges", 3, code)),
            ("proposals", ON_PROPOSALS, sample(client, "proposals", 3, code)),
        ]
        for noun, sending, things in rounds:
            for thing, (action, send) in product(things, sending.items()):
                told = ask(client, action, f"/v1/{SLUG}/{noun}/{thing.get('id') or thing['code']}")
                met.setdefault(noun, set()).add(compare(told, send(client, thing)))
        met.setdefault("plan", set()).add(compare(ask(client, "plan.amend", SLUG), _amend(client, {})))
    assert met["plan"] == {"allowed", "refused"}
    for noun in ("outputs", "activities", "urges", "proposals", "tasks", "assignments"):
        assert {"allowed", "refused"} <= met[noun], noun


def test_one_request_confirms_and_marks_and_both_can_be_asked_about(service: Service) -> None:
    """In its own right, or, where the monitor judges itself, marked as that."""
    live(service)
    met = set()
    for code in ("TTBCD", "SVHTTDL", "BPGV"):
        client = service[code]
        for one in items(
            client, f"{PLAN}/outputs", limit=200, task="IV.7.a,IV.7.b,IV.7.c,IV.1.1,IV.1.2a,IV.4.a"
        ):
            on = f"{SLUG}/outputs/{one['id']}"
            confirm, mark = ask(client, "output.confirm", on), ask(client, "output.self_confirm", on)
            answer = act(client, one, "confirmations")
            told = mark if confirm["refusal"] and not mark["refusal"] else confirm
            if told["refusal"]:
                assert (answer.status_code, answer.json()["reason"]) == (403, told["refusal"]["reason"])
            elif told["obstacle"]:
                wanted = 200 if told["obstacle"]["reason"] == "already_so" else 409
                assert answer.status_code == wanted, answer.text
            else:
                assert answer.status_code == 201, answer.text
                kind = "self_confirmation" if told is mark else "confirmation"
                assert answer.json()["act"]["kind"] == kind
                assert told["as"] == ("self_monitor" if told is mark else "monitor")
            met.add((told["action"], answer.status_code))
    assert met >= {("output.self_confirm", 201), ("output.self_confirm", 409), ("output.confirm", 403)}


def test_a_refusal_is_told_in_both_languages_with_labels(service: Service) -> None:
    told = ask(service["SCT"], "activity.record", f"{SLUG}/tasks/IV.7.a")["refusal"]
    assert told == {
        "reason": "another_agency",
        "detail_vi": "Ghi hoạt động: cơ quan chịu trách nhiệm hoặc cơ quan phối hợp; bộ phận giúp việc được "
        "làm thay. Điều khoản: IV.7.a. Có thẩm quyền: SVHTTDL.",
        "detail_en": "Record an activity: the accountable body or the coordinator; the secretariat on "
        "behalf. Clause: IV.7.a. Who can: SVHTTDL.",
        "clause": "IV.7.a",
        "granted_by": [],
        "you_are": ["reader"],
        "you_are_labels": ["Cơ quan khác"],
        "needs": ["accountable", "coordinator"],
        "needs_labels": ["Cơ quan chịu trách nhiệm", "Cơ quan phối hợp"],
        "who_can": ["SVHTTDL"],
        "on_behalf": ["BPGV"],
        "instead": {"operation": "record_activity", "task": ["IV.6.a"]},
    }


def test_the_leading_version_may_be_left_out(service: Service) -> None:
    one = ask(service["SVHTTDL"], "activity.record", f"{SLUG}/tasks/IV.7.a")
    other = ask(service["SVHTTDL"], "activity.record", f"/v1/{SLUG}/tasks/IV.7.a")
    assert {**one, "on": None} == {**other, "on": None}
    assert (one["allowed"], one["as"], one["as_label"]) == (True, "accountable", "Cơ quan chịu trách nhiệm")


# --- things of every kind ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("caller", "action", "on", "allowed"),
    [
        ("TTBCD", "plan.amend", SLUG, True),
        ("SCT", "plan.read", SLUG, True),
        ("SCT", "plan.amend", SLUG, False),
        ("BPGV", "calendar.edit", SLUG, True),
        ("TTBCD", "plan.draw_up", SLUG, False),
        ("VPTU", "service.operate", SLUG, True),
        ("TTBCD", "agency.edit", "agencies/SCT", True),
        ("BPGV", "agency.edit", "agencies/SCT", False),
        ("VPTU", "key.manage", "agencies/SCT", True),
        ("TTBCD", "key.manage", "agencies/SCT", False),
        ("STC", "allocation.decide", f"{SLUG}/budget/lines/D1", True),
        ("SVHTTDL", "allocation.decide", f"{SLUG}/budget/lines/D1", False),
        ("SVHTTDL", "spending.record", f"{SLUG}/budget/lines/D1", True),
        ("SVHTTDL", "settlement.submit", f"{SLUG}/budget/lines/D1", True),
        ("STC", "spending.record", f"{SLUG}/budget/lines/D1", False),
        ("SCT", "settlement.submit", f"{SLUG}/budget/lines/D1", False),
    ],
)
def test_what_has_no_list_of_what_can_be_done(
    lived: Service, caller: str, action: str, on: str, allowed: bool
) -> None:
    told = ask(lived[caller], action, on)
    assert told["allowed"] == allowed
    assert (told["refusal"] is None) == allowed


NOT_DONE_HERE = {
    "reason": "not_done_here",
    "text_vi": "Việc này không làm với mục loại này",
    "text_en": "This is not done to a thing of this kind",
}


def test_what_is_not_done_to_such_a_thing_is_said(lived: Service) -> None:
    """The secretariat may claim on behalf, and yet nobody claims a plan, or an agency, or a whole task."""
    parts = items(lived["TTBCD"], f"{PLAN}/assignments", task="IV.7.b")
    assert {one["role"] for one in parts} >= {"lead", "coordinate"}
    of_tasks = ("tasks/IV.7.b", "tasks/II.2.4", *(f"assignments/{one['id']}" for one in parts))
    for on, usual in (
        (SLUG, ON_A_PLAN),
        ("agencies/SCT", ON_AN_AGENCY),
        (f"{SLUG}/budget/lines/D1", ON_A_LINE),
        *((f"{SLUG}/{one}", ON_A_TASK) for one in of_tasks),
    ):
        for action, caller in product(Action, ("BPGV", "TTBCD", "SVHTTDL")):
            told = ask(lived[caller], action, on)
            if action not in usual:
                assert (told["allowed"], told["as"], told["refusal"]) == (False, None, None)
                assert told["obstacle"] == NOT_DONE_HERE
            elif usual is not ON_A_TASK:  # which may stand in its way
                assert told["obstacle"] is None


# --- what may not be seen ------------------------------------------------------------------------------


def wrong(answer: httpx.Response) -> dict[str, Any]:
    assert answer.status_code == 422, answer.text
    headers = {name: value for name, value in answer.headers.items() if name != "x-request-id"}
    return {**answer.json(), "request_id": None, "headers": headers}


def test_what_may_not_be_seen_is_as_unknown_as_what_does_not_exist(lived: Service) -> None:
    outsider, owner = lived["SCT"], lived["TTBCD"]
    hidden = [f"{SLUG}/tasks/{code}" for code in ("IV.12.1", "IV.1.3", "IV.10.1", "IV.15.c")]
    for noun, asked in (
        ("assignments", {"task": "IV.12.1,IV.10.1,IV.8.a"}),
        ("outputs", {"task": "IV.12.1,IV.10.1"}),
        ("urges", {}),
        ("proposals", {}),
    ):
        found = items(owner, f"{PLAN}/{noun}", limit=200, **asked)
        assert found
        hidden += [f"{SLUG}/{noun}/{one['id']}" for one in found]
    nowhere = [
        "plans/khong-co",
        "plans/khong-co/tasks/IV.7.a",
        f"{SLUG}/tasks/IV.99",
        *(
            f"{SLUG}/{noun}/{NOWHERE}"
            for noun in ("assignments", "outputs", "activities", "urges", "proposals")
        ),
        f"{SLUG}/budget/lines/D9",
        f"{SLUG}/budget/entries/{NOWHERE}",
        f"{SLUG}/budget/settlements/{NOWHERE}",
        f"{SLUG}/events/E99",
        f"{SLUG}/occurrences/E11-1993",
        "agencies/KHONG",
        f"{SLUG}/",
        f"{SLUG}/tasks/IV.7.a/",
        f"{SLUG}/tasks",
        f"{SLUG}/budget",
        f"v1/{SLUG}",
        f"/{SLUG}",
        f"/v1//v1/{SLUG}",
        "me",
        "x" * 300,
        "plans/%",
        "agencies/..",
    ]
    for action in ("activity.record", "plan.read", "urge.answer"):
        answers = [
            wrong(outsider.get("/v1/me/permissions", params={"action": action, "on": on}))
            for on in (*hidden, *nowhere)
        ]
        assert all(one == answers[0] for one in answers)
        assert [(one["pointer"], one["code"]) for one in answers[0]["errors"]] == [
            ("query:on", "unknown_thing")
        ]
    for on in hidden:
        assert ask(owner, "plan.amend", on)["on"] == on


def test_a_record_of_a_hidden_task_is_unknown(service: Service) -> None:
    hidden = record(service["BCHQS"], "IV.12.1")["activity"]["id"]
    seen = record(service["SVHTTDL"], "IV.7.a")["activity"]["id"]
    for client, id_, status in (
        (service["SCT"], hidden, 422),
        (service["BCHQS"], hidden, 200),
        (service["SCT"], seen, 200),
    ):
        asked = {"action": "activity.revise", "on": f"{SLUG}/activities/{id_}"}
        assert client.get("/v1/me/permissions", params=asked).status_code == status


@pytest.mark.parametrize(
    ("asked", "fault"),
    [
        ({}, ("query:action", "missing")),
        ({"action": "plan.read"}, ("query:on", "missing")),
        ({"on": SLUG}, ("query:action", "missing")),
        ({"action": "plan.burn", "on": SLUG}, ("query:action", "not_allowed_value")),
        ({"action": "plan.read,plan.amend", "on": SLUG}, ("query:action", "not_allowed_value")),
        ({"action": "plan.read", "on": ""}, ("query:on", "too_short")),
        ({"action": "plan.read", "on": "x" * 301}, ("query:on", "too_long")),
        ({"action": "plan.read", "on": "plans/\x00"}, ("query:on", "control_character")),
        ({"action": "plan.read", "on": SLUG, "as": "SCT"}, ("query:as", "unknown_parameter")),
    ],
)
def test_a_question_that_is_none(library: Service, asked: dict[str, str], fault: tuple[str, str]) -> None:
    answer = library["SCT"].get("/v1/me/permissions", params=asked)
    assert answer.status_code == 422
    assert fault in [(error["pointer"], error["code"]) for error in answer.json()["errors"]]


def test_without_a_key_nothing_is_told(library: Service) -> None:
    answer = library.anonymous.get("/v1/me/permissions", params={"action": "plan.read", "on": SLUG})
    assert answer.status_code == 401


def test_who_may_only_read_is_told_what_its_key_lacks(lived: Service) -> None:
    told = ask(lived["MTTQ"], "activity.record", f"{SLUG}/tasks/IV.13.a")
    assert told["refusal"]["reason"] == "scope_missing"
    assert told["refusal"]["you_are"] == ["accountable"]


def test_the_same_question_has_the_same_tag_until_the_answer_changes(service: Service) -> None:
    office, one = service["SVHTTDL"], output(service["SVHTTDL"], "IV.7.a")
    asked = {"action": "output.withdraw", "on": f"{SLUG}/outputs/{one['id']}"}
    before = office.get("/v1/me/permissions", params=asked)
    again = office.get("/v1/me/permissions", params=asked, headers={"If-None-Match": before.headers["etag"]})
    assert again.status_code == 304
    acted(office, one, "claims")
    after = office.get("/v1/me/permissions", params=asked, headers={"If-None-Match": before.headers["etag"]})
    assert (after.status_code, after.json()["allowed"]) == (200, True)


# --- `can`, on a thing and as a filter -----------------------------------------------------------------

LISTS: dict[str, tuple[Action, ...]] = {
    "tasks": ON_A_TASK,
    "assignments": ON_A_TASK,
    "outputs": tuple(ON_AN_OUTPUT),
    "activities": ON_AN_ACTIVITY,
    "urges": (Action.URGE_ANSWER, Action.URGE_CLOSE),
    "proposals": (Action.PROPOSAL_DECIDE, Action.PROPOSAL_WITHDRAW),
}


def asker(service: Service, code: str) -> Callable[[Action, str], PermissionOut]:
    """The same question put to the service underneath, which is quicker than over HTTP."""
    scopes = frozenset({Scope.READ, Scope.PUSH})

    def put(action: Action, on: str) -> PermissionOut:
        with service.database.reading() as session:
            body = session.scalars(select(Agency).where(Agency.code == code)).one()
            actor = Actor(body.code, body.kind, body.id, scopes, "key:test")
            return asking.get(session, actor, PermissionFilter(action=action, on=on))

    return put


@pytest.mark.parametrize("noun", LISTS)
def test_can_is_what_is_allowed(lived: Service, clients: dict[str, httpx.Client], noun: str) -> None:
    for code, client in clients.items():
        put = asker(lived, code)
        for place, thing in enumerate(sample(client, noun, 4, f"{code} {noun}")):
            on = f"{SLUG}/{noun}/{thing.get('id') or thing['code']}"
            wanted = list(Action) if place == 0 else LISTS[noun]
            allowed = [action for action in wanted if put(action, on).allowed]
            assert sorted(allowed) == sorted(thing["can"]), (code, on)


@pytest.mark.parametrize("noun", ["events", "occurrences"])
def test_can_of_the_calendar_is_what_is_allowed(
    lived: Service, clients: dict[str, httpx.Client], noun: str
) -> None:
    """Neither list has such a filter: what one body may do to one of them, it may do to all that stand."""
    wide: dict[str, str] = {"from": "2023-01-01", "to": "2033-12-31"} if noun == "occurrences" else {}
    some: set[str] = set()
    for code, client in clients.items():
        put = asker(lived, code)
        for thing in items(client, f"{PLAN}/{noun}", limit=200, **wide)[:2]:
            allowed = [action for action in Action if put(action, f"{SLUG}/{noun}/{thing['code']}").allowed]
            assert sorted(allowed) == sorted(thing["can"]), (code, thing["code"])
            some |= set(thing["can"])
    assert some == {"calendar.edit", "calendar.steward"}


@pytest.mark.parametrize("noun", LISTS)
def test_the_filter_finds_exactly_what_can_be_done(clients: dict[str, httpx.Client], noun: str) -> None:
    """One action after the other, all that mean something here at once, and all that mean nothing here."""
    done: set[str] = set()
    for code, client in clients.items():
        every = items(client, f"{PLAN}/{noun}", limit=200)
        others = [action for action in Action if action not in LISTS[noun]]
        for wanted in (*([action] for action in LISTS[noun]), LISTS[noun], others):
            found = items(client, f"{PLAN}/{noun}", limit=200, can=",".join(wanted))
            expected = [thing for thing in every if set(wanted) & set(thing["can"])]
            assert found == expected, (code, wanted)
        done |= {action for thing in every for action in thing["can"]}
    assert done == set(LISTS[noun]), "the history leaves nothing out"


# --- the last evidence of what is confirmed ------------------------------------------------------------


def withdrawable(service: Service, office: str, task: str) -> set[str]:
    """The records of a task that can be withdrawn; each says so itself, and is told the same when asked."""
    client, put = service[office], asker(service, office)
    found = {one["id"] for one in items(client, f"{PLAN}/activities", task=task, can="activity.withdraw")}
    for one in items(client, f"{PLAN}/activities", task=task):
        told = put(Action.ACTIVITY_WITHDRAW, f"{SLUG}/activities/{one['id']}")
        assert told.allowed == ("activity.withdraw" in one["can"]) == (one["id"] in found)
        assert "activity.revise" in one["can"]
        if told.obstacle:
            refused = client.post(f"{PLAN}/activities/{one['id']}/withdrawals", json={"reason": "Nhầm"})
            assert (refused.status_code, refused.json()["reason"]) == (409, told.obstacle.reason)
            assert told.obstacle.reason == "last_evidence"
    return found


def test_the_last_evidence_of_what_is_confirmed_is_not_offered_to_be_withdrawn(service: Service) -> None:
    office, monitor = service["SVHTTDL"], service["TTBCD"]
    one = record(office, "IV.7.a", output="M1")["activity"]["id"]
    assert withdrawable(service, "SVHTTDL", "IV.7.a") == {one}
    acted(monitor, output(office, "IV.7.a"), "confirmations")
    assert withdrawable(service, "SVHTTDL", "IV.7.a") == set()
    other = record(office, "IV.7.a", output="M1")["activity"]
    assert "activity.withdraw" in other["can"]
    assert withdrawable(service, "SVHTTDL", "IV.7.a") == {one, other["id"]}


def test_of_pieces_as_many_may_be_taken_back_as_were_filled_after_the_last_confirmed(
    service: Service,
) -> None:
    office, monitor = service["SCT"], service["TTBCD"]
    decided(monitor, {"change": "target", "task": "IV.6.a", "target": 4})
    two, one = (record(office, "IV.6.a", quantity=number)["activity"]["id"] for number in (2, 1))
    early = record(office, "IV.6.a", occurred_on="2022-12-30", quantity=9)["activity"]["id"]
    pieces = [one["id"] for one in items(office, f"{PLAN}/outputs", task="IV.6.a", sort="task")]
    for piece, left in ((0, {two, one, early}), (1, {one, early}), (2, {early})):
        acted(monitor, pieces[piece], "confirmations")
        assert withdrawable(service, "SCT", "IV.6.a") == left, piece
    last = record(office, "IV.6.a")["activity"]
    assert "activity.withdraw" in last["can"]
    assert withdrawable(service, "SCT", "IV.6.a") == {one, early, last["id"]}


# --- status-only duties --------------------------------------------------------------------------------


def entered(client: httpx.Client, part: str, period: str, entry: str) -> httpx.Response:
    return client.post(f"{PLAN}/assignments/{part}/status-entries", json={"period": period, "entry": entry})


def test_the_sentence_of_each_number_that_waits_names_the_list_it_counts(service: Service) -> None:
    owner, office, propagandist = (service[body] for body in ("TTBCD", "SVHTTDL", "BTG.TPTV"))
    for task in ("IV.7.a", "IV.7.b", "IV.7.c"):
        record(office, task, output="M1")
    for task in ("IV.7.b", "IV.7.c"):
        acted(owner, output(office, task), "returns", missing="Danh sách")
    decided(owner, {"change": "status", "task": "IV.7.c", "status": "suspended"})
    part = assignment(propagandist, "IV.15.b", "BTG.TPTV")["id"]
    for period in ("2023-Q1", "2023-Q2"):
        assert entered(propagandist, part, period, "fulfilled").status_code == 201
    assert entered(owner, part, "2023-Q1", "confirmed").status_code == 201
    wish = {"reason": "Đủ việc", "changes": [{"change": "weight", "task": "IV.7.a", "weight": 2}]}
    assert office.post(f"{PLAN}/proposals", json=wish).status_code == 201
    schema = owner.get("/openapi.json").json()["components"]["schemas"]["Waiting"]["properties"]
    waiting = owner.get(f"{PLAN}/overview").json()["waiting"]
    assert (waiting["to_confirm"], waiting["returned"], waiting["proposals"]) == (2, 1, 1)
    for name, number in waiting.items():
        vietnamese, english = re.findall(r"`([^`]+)`", schema[name]["description"])
        assert vietnamese == english
        assert owner.get(f"{PLAN}/{english}&count=true").json()["total"] == number, name


@pytest.mark.parametrize("caller", ["TTBCD", "SCT"])
def test_the_duties_of_each_state_are_listed_those_that_owe_nothing_too(
    service: Service, caller: str
) -> None:
    record(service["BAOTV"], "IV.9.1", occurred_on="2023-02-02")
    statuses = {"IV.11.2": "cancelled", "IV.13.b": "suspended"}
    made = [{"change": "status", "task": task, "status": status} for task, status in statuses.items()]
    decided(service["TTBCD"], *made)
    client = service[caller]
    schema = client.get("/openapi.json").json()["components"]["schemas"]["StateCount"]["properties"]
    (_, english) = re.findall(r"`(tasks[^`]+)`", schema["tasks"]["description"])
    for row in client.get(f"{PLAN}/overview").json()["states"]:
        path, _, query = english.replace("…", row["state"] or "nothing_owed").partition("?")
        found = list(items(client, f"{PLAN}/{path}", **dict(part.split("=") for part in query.split("&"))))
        assert (len(found), {task["state"] for task in found} - {row["state"]}) == (row["tasks"], set())
    unknown = {task["code"] for task in items(client, f"{PLAN}/tasks", state="nothing_owed")}
    assert unknown == {task["code"] for task in items(client, f"{PLAN}/tasks") if task["state"] is None}
    assert {"IV.11.2", "IV.6.a"} < unknown
    parts = list(items(client, f"{PLAN}/assignments", state="nothing_owed"))
    assert {part["progress"]["state"] for part in parts} == {None}


@pytest.mark.parametrize("caller", ["TTBCD", "SVHTTDL"])
def test_urges_and_gaps_are_counted_by_the_lists_that_the_contract_names(
    archive: Service, caller: str
) -> None:
    client = archive[caller]
    schemas = client.get("/openapi.json").json()["components"]["schemas"]
    told = client.get(f"{PLAN}/overview").json()
    for rows, by, schema, count in (
        (told["urges"], "state", "UrgeCount", "urges"),
        (told["gaps"], "kind", "GapCount", "count"),
    ):
        (_, english) = re.findall(r"`([^`]+)`", schemas[schema]["properties"][count]["description"])
        found = [client.get(f"{PLAN}/{english.replace('…', row[by])}").json()["items"] for row in rows]
        assert [len(listed) for listed in found] == [row[count] for row in rows]


def test_what_a_status_only_duty_has_waiting_is_listed(service: Service) -> None:
    office, monitor = service["BTG.TPTV"], service["TTBCD"]
    part = assignment(office, "IV.15.b", "BTG.TPTV")["id"]
    asked = {"can": "output.confirm,status.decide", "level": "evidenced"}

    def waiting() -> list[str]:
        found = [one["code"] for one in items(monitor, f"{PLAN}/outputs", **asked)]
        assert len(found) == monitor.get(f"{PLAN}/overview").json()["waiting"]["to_confirm"]
        return found

    def can(client: httpx.Client, code: str = "2023-Q1") -> list[str]:
        return list(output(client, "IV.15.b", "BTG.TPTV", code)["can"])

    assert (can(office), can(monitor), waiting()) == (["status.report"], [], [])
    assert entered(office, part, "2023-Q1", "fulfilled").status_code == 201
    assert (can(office), can(monitor), waiting()) == (["status.report"], ["status.decide"], ["2023-Q1"])
    assert entered(monitor, part, "2023-Q1", "confirmed").status_code == 201
    assert (can(office), can(monitor), waiting()) == ([], ["status.decide"], [])
    assert can(monitor, "2023-Q2") == []
    assert entered(monitor, part, "2023-Q1", "returned").status_code == 201
    assert (can(office), can(monitor)) == (["status.report"], [])


def test_what_can_be_told_or_decided_of_a_part_has_a_period_for_it(service: Service) -> None:
    """A group owes nothing itself, a coordinator has no periods, and of a triggered duty none came up yet."""
    monitor, aide = service["TTBCD"], service["BPGV"]
    for noun in ("tasks", "assignments"):
        assert items(monitor, f"{PLAN}/{noun}", can="status.decide") == []
    told = items(aide, f"{PLAN}/assignments", limit=200, can="status.report")
    assert {one["role"] for one in told} == {"lead"}
    for one in told:
        assert entered(aide, one["id"], "2023-Q1", "fulfilled").status_code == 201, one
    decided_ = items(monitor, f"{PLAN}/assignments", limit=200, can="status.decide")
    assert [one["id"] for one in decided_] == [one["id"] for one in told]
    for one in decided_:
        assert entered(monitor, one["id"], "2023-Q1", "confirmed").status_code == 201, one
    group, helper = (
        f"{SLUG}/assignments/{assignment(monitor, *which)['id']}"
        for which in (("IV.15.b", "G.THDU"), ("IV.10.2", "G.TVBCD", "coordinate"))
    )
    for client, action in ((monitor, "status.decide"), (aide, "status.report")):
        assert ask(client, action, group)["obstacle"]["reason"] == "no_period"
        assert ask(client, action, helper)["obstacle"]["reason"] == "not_accountable"
