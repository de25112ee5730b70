"""Refusals: every fact of model §4, and nothing about what the caller may not see."""

from collections.abc import Callable
from typing import Any

import httpx
import pytest
from pydantic import BaseModel
from sqlalchemy import text

from app.models import Activity, Assignment, Key, Output, Plan, Replay, Task, Withdrawal
from app.models.base import Base
from app.schemas.activities import ActivityIn, ActivityPatch, WithdrawalIn
from tests.deciding import decided
from tests.service import PLAN, Service
from tests.writing import news, pushing, record, rows

URL = f"{PLAN}/activities"
EVERY_REFUSAL = {
    "rule", "reason", "clause", "granted_by", "you_are", "needs", "who_can", "on_behalf", "instead",
    "you_are_labels", "needs_labels",
}  # fmt: skip
STANDARD = {"type", "title", "status", "detail", "code", "request_id", "errors"}


def refusal(client: httpx.Client, task: str, **changes: Any) -> dict[str, Any]:
    """What a refused push is told."""
    answer = client.post(URL, json=news(task, **changes))
    assert answer.status_code == 403, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    problem: dict[str, Any] = answer.json()
    assert set(problem) == STANDARD | EVERY_REFUSAL
    assert (problem["code"], problem["rule"], problem["clause"]) == ("not_permitted", "activity.record", task)
    return problem


CASES = [
    # caller, task, what it is there, who can
    ("SCT", "IV.7.a", ["reader"], ["SVHTTDL"]),
    ("SCT", "IV.7.b", ["reader"], ["SVHTTDL", "BAOTV", "DAITV"]),
    ("TTBCD", "IV.7.a", ["plan_owner", "monitor"], ["SVHTTDL"]),
    ("SVHTTDL", "IV.9.1", ["reader"], ["BAOTV", "DAITV"]),
    ("SVHTTDL", "IV.1.2b", ["reader"], ["TTBCD"]),
    ("SVHTTDL", "IV.1.1", ["reader"], ["TTBCD"]),
    ("BAOTV", "IV.4.a", ["reader"], ["STTTT"]),
    (
        "SCT",
        "IV.14.1",
        ["reader"],
        [f"UBND.{place}" for place in ("TPTV", "TXDH", "HCL", "HCK", "HTC", "HCT", "HCN", "HTCU", "HDH")],
    ),
]


def test_a_power_over_others_is_told_with_the_clause_that_gives_it(service: Service) -> None:
    """To whom may read that clause: all three of the plan's are internal."""
    output = service["SVHTTDL"].get(f"{PLAN}/outputs", params={"task": "IV.7.a"}).json()["items"][0]["id"]
    settle = {"to": "STC", "about": "settlement", "message": "x", "due_on": "2099-12-31"}

    def told(caller: str) -> tuple[list[str], list[str]]:
        returning = service[caller].post(f"{PLAN}/outputs/{output}/returns", json={"missing": "x"}).json()
        urging = service[caller].post(f"{PLAN}/urges", json=settle).json()
        assert (returning["clause"], urging["clause"]) == ("IV.7.a", None)
        assert (returning["who_can"], urging["who_can"]) == (["TTBCD"], ["VPTU"])
        for said in (returning, urging):
            assert ("Thẩm quyền theo: " + ", ".join(said["granted_by"]) in said["detail"]) == bool(
                said["granted_by"]
            )
        return returning["granted_by"], urging["granted_by"]

    assert told("BPGV") == (["IV.1.3"], ["IV.2.a"])
    assert told("SCT") == ([], []), "an outsider is not told what it may not read"
    decided(service["TTBCD"], {"change": "visibility", "task": "IV.1.3", "visibility": "normal"})
    assert told("SCT") == (["IV.1.3"], [])


def test_a_refusal_tells_rule_clause_who_i_am_what_is_needed_who_can_and_what_would_be_accepted(
    service: Service,
) -> None:
    for caller, task, you_are, who_can in CASES:
        problem = refusal(service[caller], task)
        assert (problem["reason"], problem["you_are"], problem["who_can"]) == (
            "another_agency",
            you_are,
            who_can,
        ), (caller, task)
        assert problem["needs"] == ["accountable", "coordinator"]
        assert problem["granted_by"] == []
        assert problem["on_behalf"] == ["BPGV"]
        own = problem["instead"]["task"]
        assert problem["instead"]["operation"] == "record_activity"
        assert task not in own
        assert service[caller].post(URL, json=news(own[0])).status_code == 201, "what is offered is taken"


def test_a_caller_without_any_task_of_its_own_is_offered_nothing(service: Service) -> None:
    assert refusal(pushing(service, "BTGTW"), "IV.7.a")["instead"] is None


def test_both_languages_name_clause_and_holder(service: Service) -> None:
    vietnamese = service["SCT"].post(URL, json=news("IV.7.a"))
    english = service["SCT"].post(URL, json=news("IV.7.a"), headers={"Accept-Language": "en"})
    assert (vietnamese.headers["content-language"], english.headers["content-language"]) == ("vi", "en")
    for answer in (vietnamese, english):
        assert "IV.7.a" in answer.json()["detail"]
        assert "SVHTTDL" in answer.json()["detail"]
    assert vietnamese.json()["detail"] != english.json()["detail"]
    facts = [{name: answer.json()[name] for name in EVERY_REFUSAL} for answer in (vietnamese, english)]
    assert facts[0] == facts[1]


def test_nobody_changes_or_withdraws_what_another_body_did(service: Service) -> None:
    lead = record(service["SVHTTDL"], "IV.7.b", output="M1")["activity"]["id"]
    contribution = record(service["BAOTV"], "IV.7.b")["activity"]["id"]
    for caller, activity, holder, you_are in (
        ("BAOTV", lead, "SVHTTDL", "reader"),
        ("SVHTTDL", contribution, "BAOTV", "reader"),
        ("SCT", lead, "SVHTTDL", "reader"),
        ("TTBCD", lead, "SVHTTDL", "plan_owner monitor"),
    ):
        before = rows(service)
        for refused, rule in (
            (
                service[caller].patch(f"{URL}/{activity}", json={"title": "x"}, headers={"If-Match": "*"}),
                "activity.revise",
            ),
            (
                service[caller].post(f"{URL}/{activity}/withdrawals", json={"reason": "x"}),
                "activity.withdraw",
            ),
        ):
            assert refused.status_code == 403
            problem = refused.json()
            assert (problem["rule"], problem["clause"]) == (rule, "IV.7.b")
            assert (problem["you_are"], problem["who_can"]) == (you_are.split(), [holder])
        assert rows(service) == before


def test_a_status_only_duty_takes_no_record_from_those_who_see_it(service: Service) -> None:
    for caller in ("CAT", "TTBCD", "BPGV"):
        problem = refusal(service[caller], "IV.10.1")
        assert (problem["reason"], problem["who_can"], problem["on_behalf"]) == ("status_only", [], [])
    assert rows(service)["activities"] == 0


@pytest.mark.parametrize("hidden", ["IV.1.3", "IV.2.a", "IV.8.a", "IV.12.1", "IV.10.1", "IV.15.c"])
def test_a_hidden_task_is_as_unknown_as_one_that_does_not_exist(service: Service, hidden: str) -> None:
    office = service["SCT"]

    def answers(task: str) -> list[Any]:
        told = []
        for changes in ({}, {"output": "M1"}, {"opens_occurrence": True}, {"agency": "TTBCD"}):
            answer = office.post(URL, json=news(task, **changes))
            headers = {
                name: value
                for name, value in answer.headers.items()
                if name not in ("x-request-id", "content-length")
            }
            told.append((answer.status_code, headers, {**answer.json(), "request_id": None}))
        return told

    assert answers(hidden) == answers("IV.99.x")
    assert answers(hidden)[0][0] == 422


@pytest.mark.parametrize(
    ("table", "status", "reason"),
    [
        ("tasks", "suspended", "task_not_active"),
        ("tasks", "cancelled", "task_not_active"),
        ("plans", "closed", "plan_not_active"),
        ("plans", "draft", "plan_not_active"),
    ],
)
def test_what_is_not_in_force_takes_records_from_nobody(
    service: Service, table: str, status: str, reason: str
) -> None:
    activity = record(service["SVHTTDL"], "IV.7.a", output="M1")["activity"]["id"]
    with service.database.engine.execution_options(writing=True).begin() as connection:
        connection.execute(text(f"UPDATE {table} SET status = :status"), {"status": status})
    for caller in ("SVHTTDL", "BPGV", "SCT"):
        problem = refusal(service[caller], "IV.7.a")
        assert (problem["reason"], problem["who_can"], problem["on_behalf"]) == (reason, [], [])
    office = service["SVHTTDL"]
    for refused in (
        office.patch(f"{URL}/{activity}", json={"title": "x"}, headers={"If-Match": "*"}),
        office.post(f"{URL}/{activity}/withdrawals", json={"reason": "x"}),
    ):
        assert (refused.status_code, refused.json()["reason"]) == (403, reason)


def test_a_hidden_record_is_as_unknown_as_one_that_does_not_exist(service: Service) -> None:
    body = news("IV.12.1")
    hidden = service["BCHQS"].post(URL, json=body).json()["activity"]["id"]
    random = "01K00000000000000000000000"
    ways: list[Callable[[str], httpx.Response]] = [
        lambda name: service["SCT"].get(f"{URL}/{name}"),
        lambda name: service["SCT"].patch(f"{URL}/{name}", json={"title": "x"}, headers={"If-Match": "*"}),
        lambda name: service["SCT"].post(f"{URL}/{name}/withdrawals", json={"reason": "x"}),
    ]
    for way in ways:
        one, other = way(hidden), way(random)
        assert one.status_code == other.status_code == 404
        assert {**one.json(), "request_id": None} == {**other.json(), "request_id": None}
    assert service["BCHQS"].get(f"{URL}/{hidden}").status_code == 200
    assert service["TTBCD"].get(f"{URL}/{hidden}").status_code == 200


def test_programme_items_take_no_records(service: Service) -> None:
    """They look at the duties that carry them out, and those are named, as far as the caller sees them."""
    for caller in ("SVHTTDL", "BPGV"):
        answer = service[caller].post(URL, json=news("II.1.1"))
        assert (answer.status_code, answer.json()["errors"][0]["code"]) == (422, "carried_out_by_duties")
        assert answer.json()["duties"] == ["IV.9.1", "IV.14.1", "IV.15.a"]
    seen = [service[caller].post(URL, json=news("II.2.6")).json()["duties"] for caller in ("SCT", "BCHQS")]
    assert seen == [["IV.11.1", "IV.11.2"], ["IV.11.1", "IV.11.2", "IV.12.1"]]


def test_without_a_key_nothing_is_written(service: Service) -> None:
    activity = record(service["SVHTTDL"], "IV.7.a")["activity"]["id"]
    before = rows(service)
    for answer in (
        service.anonymous.post(URL, json=news("IV.7.a")),
        service.anonymous.patch(f"{URL}/{activity}", json={"title": "x"}, headers={"If-Match": "*"}),
        service.anonymous.post(f"{URL}/{activity}/withdrawals", json={"reason": "x"}),
    ):
        assert answer.status_code == 401
        assert "bearer" in answer.headers["www-authenticate"].lower()
    assert rows(service) == before


def test_another_plan_is_another_place(service: Service) -> None:
    unknown = service["SVHTTDL"].post("/v1/plans/khong-co/activities", json=news("IV.7.a"))
    assert (unknown.status_code, unknown.json()["code"]) == (404, "not_found")


def columns() -> list[str]:
    """Every column name of every table, and what a hopeful client might try beside them."""
    named = {column.name for table in Base.metadata.tables.values() for column in table.columns}
    attributes = {
        name
        for model in (Activity, Withdrawal, Output, Assignment, Task, Plan, Key, Replay)
        for name in dir(model)
        if not name.startswith("_") and name.isidentifier()
    }
    return sorted(named | attributes | {"__class__", "$ref", "recordedBy", "Task", "can", "agency_code"})


def test_no_field_may_be_set_that_the_contract_does_not_name(service: Service) -> None:
    office = service["SVHTTDL"]
    activity = record(office, "IV.7.a", output="M1")["activity"]
    url = f"{URL}/{activity['id']}"
    before = rows(service)
    tried = 0
    for name in columns():
        ways: list[tuple[type[BaseModel], Callable[[dict[str, Any]], httpx.Response]]] = [
            (ActivityIn, lambda extra: office.post(URL, json={**news("IV.7.a"), **extra})),
            (
                ActivityPatch,
                lambda extra: office.patch(url, json={"title": "Khác", **extra}, headers={"If-Match": "*"}),
            ),
            (
                WithdrawalIn,
                lambda extra: office.post(f"{url}/withdrawals", json={"reason": "Ghi nhầm", **extra}),
            ),
        ]
        for allowed, send in ways:
            if name in allowed.model_fields:
                continue
            for value in (1, None, "withdrawn"):
                answer = send({name: value})
                assert answer.status_code == 422, (name, value, answer.text)
                codes = {error["code"] for error in answer.json()["errors"]}
                assert codes == {"unknown_field"}, (name, value, answer.text)
                tried += 1
    assert tried > 500
    assert rows(service) == before
    assert office.get(url).json() == activity
