"""Decisions that amend the plan: who may, which documents decide, all or nothing, rehearsals, repetitions,
races, and what outsiders see of them."""

import unicodedata
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from functools import partial
from typing import Any

import httpx

from app.rules.calendar import business_day
from tests.deciding import (
    DECISION,
    act,
    contents,
    decide,
    decided,
    faults,
    figure,
    leads,
    member,
    nodes,
    on,
    output,
    shares,
)
from tests.faults.together import at_once, statuses
from tests.service import PLAN, Service, undated
from tests.walks import NOWHERE, items
from tests.writing import SMALL, differences, journal, load, news, pushing, record, rows, small_plan

URL = f"{PLAN}/amendments"
WEIGHT = {"change": "weight", "task": "IV.7.a", "weight": 3}
RENAMED = {
    "change": "name",
    "agency": "SCT",
    "name_vi": "Sở Công nghiệp và Thương mại",
    "name_en": "Department of Industry and Commerce",
    "on": "2023-03-01",
}


def revision(service: Service, plan: str = PLAN) -> int:
    return int(service["TTBCD"].get(f"{plan}/progress").json()["total"]["revision"])


# Who may.


def test_the_overview_has_the_last_ten(service: Service) -> None:
    owner = service["TTBCD"]
    for weight in range(2, 14):
        decided(owner, {"change": "weight", "task": "IV.5.b", "weight": weight})
    told = owner.get(f"{PLAN}/overview").json()["amendments"]
    assert [one["revision"] for one in told] == list(range(13, 3, -1))


def test_only_the_owner_amends_and_who_else_tries_is_told_what_it_may_do(service: Service) -> None:
    before = contents(service)
    for caller, reason, you_are in (
        (service["SVHTTDL"], "another_agency", "reader"),
        (service["BPGV"], "another_agency", "secretariat"),
        (service["TTTU"], "scope_missing", "superior"),
        (service["MTTQ"], "scope_missing", "reader"),
        (service["VPTU"], "scope_missing", "settler"),
    ):
        for change, rule in (
            (WEIGHT, "plan.amend"),
            (member("G.SBN", "SCT"), "agency.edit"),
            (
                {"change": "agency", "code": "MOI", "kind": "media", "name_vi": "a", "name_en": "b"},
                "agency.edit",
            ),
            (RENAMED, "agency.edit"),
            (
                {"change": "succession", "agency": "SCT", "successor": "STC", "on": "2023-01-01"},
                "agency.edit",
            ),
        ):
            for params in ({}, {"dry_run": "true"}):
                answer = decide(caller, change, params=params)
                assert answer.status_code == 403, answer.text
                problem = answer.json()
                assert (problem["rule"], problem["reason"]) == (rule, reason)
                assert problem["who_can"] == ["TTBCD"]
                assert you_are in problem["you_are"]
    assert contents(service) == before
    offered = decide(service["SVHTTDL"], WEIGHT).json()["instead"]
    assert offered == {"operation": "propose_amendment", "task": ["IV.7.a", "IV.7.b", "IV.7.c"]}
    assert decide(service["BPGV"], WEIGHT).json()["instead"] is None


def test_without_a_key_or_a_plan_nothing_is_amended(service: Service) -> None:
    assert decide(service.anonymous, WEIGHT).status_code == 401
    assert decide(service["TTBCD"], WEIGHT, plan="/v1/plans/khong-co").status_code == 404


# The document that decides.


NUMBERS = [
    ("09-QĐ/BCĐ-TTĐN", "09-QĐ/BCĐ-TTĐN"),
    ("07-KH/BCĐ-TTĐN", "07-KH/BCĐ-TTĐN"),
    ("12-KL/TU", "12-KL/TU"),
    ("123/QĐ-UBND", "123/QĐ-UBND"),
    ("30/2023/NĐ-CP", "30/2023/NĐ-CP"),
    ("  Số: 09 – QĐ / BCĐ-TTĐN ", "09-QĐ/BCĐ-TTĐN"),
    (unicodedata.normalize("NFD", "09-QĐ/BCĐ-TTĐN"), "09-QĐ/BCĐ-TTĐN"),
    ("123/qđ-ubnd", "123/QĐ-UBND"),
    ("123/QÐ-UBND", "123/QĐ-UBND"),
]


def test_documents_of_the_party_and_of_the_state_decide(service: Service) -> None:
    for number, kept in NUMBERS:
        told = decided(service["TTBCD"], WEIGHT, decision={**DECISION, "number": number})
        assert told["amendment"]["decision"]["number"] == kept, number
        assert told["amendment"]["decision"]["type_label"]


NO_DECISIONS: list[tuple[dict[str, Any], str, str | None]] = [
    ({"number": "chín"}, "/decision/number", "not_a_document_number"),
    ({"number": "0-QĐ/TU"}, "/decision/number", "not_a_document_number"),
    ({"number": "09-QĐ/BCĐ-TTĐN\x00"}, "/decision/number", None),
    ({"number": ""}, "/decision/number", "too_short"),
    ({"number": "9" * 201}, "/decision/number", "too_long"),
    ({"number": None}, "/decision/number", "wrong_type"),
    ({"number": "12/UBND-VX"}, "/decision/number", "unknown_document_type"),
    ({"number": "09-XX/BCĐ-TTĐN"}, "/decision/number", "unknown_document_type"),
    ({"number": "36/NQ-TW"}, "/decision/number", "party_number_in_state_form"),
    ({"number": "123-QĐ/UBND"}, "/decision/number", "state_number_in_party_form"),
    ({"number": "15-BC/TU"}, "/decision/number", "document_decides_nothing"),
    ({"number": "15-TTr/BCĐ-TTĐN"}, "/decision/number", "document_decides_nothing"),
    ({"number": "15/BB-UBND"}, "/decision/number", "document_decides_nothing"),
    ({"number": "30/2020/NĐ-CP"}, "/decision", "year_not_of_date"),
    ({"decided_on": "2023-02-30"}, "/decision/decided_on", "not_a_date"),
    ({"decided_on": "10/01/2023"}, "/decision/decided_on", "not_a_date"),
    ({"decided_on": None}, "/decision/decided_on", "not_a_date"),
    ({"decided_on": "9999-12-31"}, "/decision/decided_on", "in_the_future"),
    ({"issuer": " "}, "/decision/issuer", "too_short"),
    ({"issuer": "x" * 301}, "/decision/issuer", "too_long"),
    ({"signed_by": "x"}, "/decision/signed_by", "unknown_field"),
]


def test_what_is_no_decision_amends_nothing(service: Service) -> None:
    before, owner = rows(service), service["TTBCD"]
    for wrong, pointer, code in NO_DECISIONS:
        body = {"decision": {**DECISION, **wrong}, "changes": [WEIGHT]}
        answer = owner.post(URL, json=body)
        assert answer.status_code == 422, answer.text
        ((told_pointer, told_code),) = faults(answer)
        assert told_pointer == pointer, answer.text
        assert code in (None, told_code), answer.text
        english = owner.post(URL, json=body, headers={"Accept-Language": "en"})
        assert english.json()["errors"][0]["message"] != answer.json()["errors"][0]["message"]
    assert rows(service) == before


def test_a_decision_of_today_counts_and_one_of_tomorrow_does_not_yet(service: Service) -> None:
    on(service, "2023-05-15")
    late = decide(service["TTBCD"], WEIGHT, decision={**DECISION, "decided_on": "2023-05-16"})
    assert faults(late) == [("/decision/decided_on", "in_the_future")]
    decided(service["TTBCD"], WEIGHT, decision={**DECISION, "decided_on": "2023-05-15"})


def test_the_day_of_a_decision_is_judged_in_vietnam(service: Service) -> None:
    service.database._clock = lambda: datetime(2023, 5, 15, 17, 30, tzinfo=UTC)  # half past midnight
    decided(service["TTBCD"], WEIGHT, decision={**DECISION, "decided_on": "2023-05-16"})


# The plan's revision.


def test_every_amendment_raises_the_revision_by_one_and_is_found_there(service: Service) -> None:
    owner = service["TTBCD"]
    assert revision(service) == 1
    answer = decide(owner, WEIGHT, summary="Tăng trọng số")
    assert answer.headers["location"] == "amendments/2"
    told = answer.json()
    assert (told["applied"], told["amendment"]["revision"]) == (True, 2)
    assert (told["before"]["revision"], told["after"]["revision"]) == (1, 2)
    assert revision(service) == 2
    there = owner.get(f"{PLAN}/amendments/2")
    assert (there.json(), there.headers["etag"]) == (told["amendment"], answer.headers["etag"])
    assert told["amendment"]["changes"] == [WEIGHT]
    assert told["amendment"]["entered_by"]["code"] == "TTBCD"
    decided(owner, {**WEIGHT, "weight": 1})
    assert [one["revision"] for one in items(owner, URL, limit="1")] == [3, 2]
    assert [one["revision"] for one in items(owner, URL, sort="revision", limit="1")] == [2, 3]
    for nowhere in ("1", "4", "0", "-1", "x", "99999999999999999999"):
        assert owner.get(f"{URL}/{nowhere}").status_code == 404, nowhere
    assert differences(service) == []


def test_a_decision_written_for_another_revision_is_told_so(service: Service) -> None:
    owner = service["TTBCD"]
    decided(owner, WEIGHT, amends_revision=1)
    before = rows(service)
    for stale in (1, 3):
        answer = decide(owner, WEIGHT, amends_revision=stale)
        assert (answer.status_code, answer.json()["code"]) == (409, "conflict")
        assert (answer.json()["reason"], answer.json()["revision"]) == ("plan_amended_since", 2)
    assert rows(service) == before
    for bad in (0, -1, "2", 1.5, True):
        assert decide(owner, WEIGHT, amends_revision=bad).status_code == 422, bad
    decided(owner, WEIGHT, amends_revision=2)


# All or nothing.

WRONG: list[tuple[dict[str, Any], str, str]] = [
    ({"change": "weight", "task": "IV.99", "weight": 2}, "/task", "unknown_task"),
    ({"change": "weight", "task": "II.1.1", "weight": 2}, "/task", "carried_out_by_duties"),
    ({"change": "weight", "task": "IV.7.a", "weight": 0}, "/weight", "below_minimum"),
    ({"change": "weight", "task": "IV.7.a", "weight": 1_000_001}, "/weight", "above_maximum"),
    ({"change": "weight", "task": "IV.7.a", "weight": "2"}, "/weight", "wrong_type"),
    ({"change": "weight", "task": "IV.7.a"}, "/weight", "missing"),
    ({"change": "colour", "task": "IV.7.a"}, "/change", "not_allowed_value"),
    ({"task": "IV.7.a", "weight": 2}, "/change", "missing"),
    ({"change": "target", "task": "IV.7.a", "target": 2}, "/task", "wrong_kind"),
    ({"change": "target", "task": "IV.6.a", "target": 0}, "/target", "below_minimum"),
    ({"change": "target", "task": "IV.6.a", "target": 1001}, "/target", "above_maximum"),
    (
        {"change": "milestones", "task": "IV.9.1", "milestones": [{"title_vi": "a", "title_en": "b"}]},
        "/task",
        "wrong_kind",
    ),
    ({"change": "milestones", "task": "IV.7.a", "milestones": []}, "/milestones", "too_few"),
    (
        {
            "change": "milestones",
            "task": "IV.7.a",
            "milestones": [{"title_vi": "a", "title_en": "b", "due_on": "1923-06-30"}],
        },
        "/milestones/0/due_on",
        "deadline_out_of_reach",
    ),
    (
        {
            "change": "milestones",
            "task": "IV.7.a",
            "milestones": [
                {"title_vi": "a", "title_en": "b"},
                {"code": "M2", "title_vi": "a", "title_en": "b"},
            ],
        },
        "/milestones/1/code",
        "unknown_output",
    ),
    (
        {
            "change": "milestones",
            "task": "IV.7.a",
            "milestones": [{"code": "M1", "title_vi": "a", "title_en": "b"}] * 2,
        },
        "/milestones/0/code",
        "unknown_output",
    ),
    ({"change": "deadline", "task": "IV.7.a", "due_on": "31/12/2023"}, "/due_on", "not_a_date"),
    ({"change": "deadline", "task": "IV.9.1", "due_on": "2023-12-30"}, "/due_on", "before_last_period"),
    ({"change": "deadline", "task": "IV.7.a", "due_on": "2022-12-31"}, "/due_on", "deadline_out_of_reach"),
    ({"change": "deadline", "task": "IV.7.a", "due_on": "2203-10-31"}, "/due_on", "deadline_out_of_reach"),
    ({"change": "reporting_period", "task": "IV.7.a", "period": "month"}, "/task", "wrong_kind"),
    ({"change": "reporting_period", "period": "week"}, "/period", "not_allowed_value"),
    ({"change": "visibility", "task": "IV.6.a", "visibility": "status_only"}, "/visibility", "wrong_kind"),
    ({"change": "visibility", "task": "IV.7.a", "visibility": "secret"}, "/visibility", "not_allowed_value"),
    ({"change": "status", "task": "IV.7.a", "status": "draft"}, "/status", "status_not_possible"),
    ({"change": "status", "task": "IV.7.a", "status": "superseded"}, "/superseded_by", "superseded_by_what"),
    (
        {"change": "status", "task": "IV.7.a", "status": "cancelled", "superseded_by": "IV.7.b"},
        "/superseded_by",
        "superseded_by_what",
    ),
    (
        {"change": "status", "task": "IV.7.a", "status": "superseded", "superseded_by": "IV.7.a"},
        "/superseded_by",
        "is_itself",
    ),
    (
        {"change": "status", "task": "IV.7.a", "status": "superseded", "superseded_by": "IV.99"},
        "/superseded_by",
        "unknown_task",
    ),
    (leads("IV.7.a", "NOBODY"), "/leads/0/agency", "unknown_agency"),
    (leads("IV.7.a", "SCT", "X.BNT"), "/leads/1/agency", "partner_not_accountable"),
    (leads("IV.7.a", "SCT", "SCT"), "/leads", "repeated"),
    (leads("IV.7.a", SCT="1/2", STTTT="1/3"), "/leads", "shares_not_one"),
    (leads("IV.7.a", "STC", SCT="1/2"), "/leads", "shares_not_one"),
    (leads("IV.7.a", SCT="0/1"), "/leads/0/share", "wrong_pattern"),
    (leads("IV.7.a", SCT="0.5"), "/leads/0/share", "wrong_pattern"),
    (leads("IV.7.a"), "/leads", "too_few"),
    (leads("IV.7.a", "sct"), "/leads/0/agency", "wrong_pattern"),
    (
        {"change": "coordinators", "task": "IV.7.a", "coordinators": ["SCT", "NOBODY"]},
        "/coordinators/1",
        "unknown_agency",
    ),
    (member("SCT", "STC"), "/group", "not_a_group"),
    (member("G.SBN", "G.UBH"), "/agency", "is_a_group"),
    (member("G.SBN", "X.BNT"), "/agency", "partner_not_accountable"),
    (member("G.SBN", "SCT", "2023-07-01", "2023-06-30"), "/valid_from", "dates_reversed"),
    (member("G.SBN", "SCT", "9999-01-01"), "/valid_from", "dates_reversed"),
    (member("G.UBH", "UBND.TPTV", "2023-02-01"), "/valid_from", "overlaps_another_stay"),
    (
        {"change": "agency", "code": "SCT", "kind": "media", "name_vi": "a", "name_en": "b"},
        "/code",
        "already_on_record",
    ),
    (
        {"change": "agency", "code": "s c t", "kind": "media", "name_vi": "a", "name_en": "b"},
        "/code",
        "wrong_pattern",
    ),
    ({**RENAMED, "agency": "KHONG"}, "/agency", "unknown_agency"),
    ({**RENAMED, "on": "9999-01-01"}, "/on", "in_the_future"),
    ({**RENAMED, "on": "0001-01-01"}, "/on", "dates_reversed"),
    ({**RENAMED, "name_vi": ""}, "/name_vi", "too_short"),
    (
        {**RENAMED, "name_vi": "Sở Công Thương", "name_en": "Department of Industry and Trade"},
        "/name_vi",
        "already_on_record",
    ),
    (
        {"change": "succession", "agency": "SCT", "successor": "SCT", "on": "2023-01-01"},
        "/successor",
        "is_itself",
    ),
    (
        {"change": "succession", "agency": "SCT", "successor": "STC", "on": "9999-01-01"},
        "/on",
        "in_the_future",
    ),
    (
        {"change": "succession", "agency": "SCT", "successor": "STC", "on": "0001-01-01"},
        "/on",
        "dates_reversed",
    ),
    (
        {"change": "succession", "agency": "X.BNT", "successor": "STC", "on": "2023-01-01"},
        "/agency",
        "partner_not_accountable",
    ),
    ({"change": "power", "power": "lead", "task": "IV.1.3", "agency": "SCT"}, "/power", "not_allowed_value"),
    ({"change": "power", "power": "fund", "task": "IV.1.3", "agency": "G.SBN"}, "/agency", "is_a_group"),
    ({"change": "approver", "agency": "SCT"}, "/agency", "not_a_superior"),
    ({"change": "thresholds", "node_red": "0/1"}, "", "unfit_thresholds"),
    ({"change": "thresholds", "obligation_red": "5/4"}, "", "unfit_thresholds"),
    ({"change": "thresholds", "obligation_amber": "1/4"}, "", "unfit_thresholds"),
    ({"change": "thresholds", "node_amber": "1/0"}, "/node_amber", "wrong_pattern"),
    (
        {"change": "implementation", "item": "IV.7.a", "duty": "IV.7.b"},
        "/item",
        "not_a_programme_item",
    ),
    ({"change": "implementation", "item": "II.1.1", "duty": "II.1.2"}, "/duty", "carried_out_by_duties"),
    (
        {"change": "implementation", "item": "II.1.1", "duty": "IV.7.a", "closes_gap": "yes"},
        "/closes_gap",
        "wrong_type",
    ),
]
DUTY: dict[str, Any] = {
    "change": "duty",
    "code": "IV.7.d",
    "section": "IV.7",
    "title_vi": "Quảng bá lễ hội",
    "title_en": "Promote festivals",
    "kind": "deliverable",
    "leads": [{"agency": "SVHTTDL"}],
}
WRONG += [
    ({**DUTY, "code": "IV.7.a"}, "/code", "already_on_record"),
    ({**DUTY, "code": "A.1"}, "/code", "not_a_clause"),
    ({**DUTY, "code": "IV.70.d"}, "/code", "clause_elsewhere"),
    ({**DUTY, "due_on": "2022-12-31"}, "/due_on", "deadline_out_of_reach"),
    ({**DUTY, "section": "IV.99"}, "/section", "unknown_section"),
    ({**DUTY, "section": "II.1"}, "/section", "not_for_duties"),
    ({**DUTY, "section": "II"}, "/section", "not_for_duties"),
    ({**DUTY, "target": 2}, "/target", "wrong_kind"),
    ({**DUTY, "kind": "continuous", "due_on": "2023-05-31"}, "/due_on", "before_last_period"),
    ({**DUTY, "kind": "counted", "visibility": "status_only"}, "/visibility", "wrong_kind"),
    ({**DUTY, "leads": [{"agency": "X.BNT"}]}, "/leads/0/agency", "partner_not_accountable"),
    ({**DUTY, "coordinators": ["X.BNT", "NOBODY"]}, "/coordinators/1", "unknown_agency"),
    ({**DUTY, "implements": ["II.1.1", "II.99"]}, "/implements/1", "unknown_task"),
    ({**DUTY, "implements": ["IV.7.a"]}, "/implements/0", "not_a_programme_item"),
]


def test_one_wrong_change_undoes_the_whole_decision_and_is_told_at_its_place(service: Service) -> None:
    owner, good = service["TTBCD"], [WEIGHT, leads("IV.7.b", "SCT"), member("G.SBN", "STC", "2023-01-01")]
    before = contents(service)
    for wrong, pointer, code in WRONG:
        for place in (0, 3):
            changes = [*good[:place], wrong]
            answer = decide(owner, *changes)
            assert answer.status_code == 422, (wrong, answer.text)
            assert faults(answer) == [(f"/changes/{place}{pointer}", code)], (wrong, answer.text)
    assert contents(service) == before


def test_a_fault_is_told_at_its_place_where_a_field_is_called_like_its_change(service: Service) -> None:
    for wrong, pointer in (
        ({**WEIGHT, "share": "1/2"}, "/share"),
        ({"change": "power", "power": "fund", "task": "IV.8.a", "agency": "stc"}, "/agency"),
        (
            {"change": "status", "task": "IV.7.a", "status": "cancelled", "superseded_by": ""},
            "/superseded_by",
        ),
    ):
        assert [where for where, _ in faults(decide(service["TTBCD"], wrong))] == [f"/changes/0{pointer}"]


def test_what_one_change_makes_the_next_may_use(service: Service) -> None:
    """And what contradicts an earlier change is told at the later one."""
    owner = service["TTBCD"]
    new = {
        "change": "agency",
        "code": "SDL",
        "kind": "state_department",
        "name_vi": "Sở Du lịch",
        "name_en": "x",
    }
    told = decided(
        owner,
        new,
        {**DUTY, "leads": [{"agency": "SDL"}]},
        {"change": "weight", "task": "IV.7.d", "weight": 2},
        leads("IV.7.a", "SDL"),
    )
    assert [one["change"] for one in told["amendment"]["changes"]] == ["agency", "duty", "weight", "leads"]
    assert shares(service, "IV.7.d") == {"SDL": 1}
    again = decide(owner, {**new, "code": "SDL2"}, {**new, "code": "SDL2"})
    assert faults(again) == [("/changes/1/code", "already_on_record")]
    assert owner.get("/v1/agencies/SDL2").status_code == 404
    assert differences(service) == []


def test_an_amendment_has_changes_and_not_too_many(service: Service) -> None:
    assert faults(decide(service["TTBCD"])) == [("/changes", "too_few")]
    assert faults(decide(service["TTBCD"], *[WEIGHT] * 101)) == [("/changes", "too_many")]
    decided(service["TTBCD"], *[WEIGHT] * 100)
    bodies: list[Any] = [[], {}, None, {"decision": DECISION}, {"changes": [WEIGHT]}]
    for body in bodies:
        assert service["TTBCD"].post(URL, json=body).status_code == 422
    garbled: list[Any] = [{"change": ["x"]}, {"change": None}, "x", None, [[]], 7, {"change": "duty"}]
    for one in garbled:
        assert decide(service["TTBCD"], one).status_code == 422, one


# Rehearsed, repeated.

REHEARSED = [
    WEIGHT,
    leads("IV.9.1", "SCT", "DAITV"),
    member("G.SBN", "STC", "2023-01-01"),
    {"change": "target", "task": "IV.6.a", "target": 3},
    {"change": "succession", "agency": "STTTT", "successor": "SCT", "on": "2023-03-01"},
    RENAMED,
    DUTY,
    {"change": "thresholds", "obligation_red": "1/3"},
    {"change": "status", "task": "IV.7.b", "status": "cancelled"},
]


def test_a_rehearsal_says_what_would_be_and_keeps_nothing(service: Service) -> None:
    owner = service["TTBCD"]
    record(service["BAOTV"], "IV.9.1")
    record(service["SVHTTDL"], "IV.7.b", output="M1")
    before, figures = contents(service), nodes(owner, "task", "agency", "section", "assignment")
    rehearsed = decide(owner, *REHEARSED, params={"dry_run": "true"})
    assert (rehearsed.status_code, rehearsed.json()["applied"]) == (200, False)
    assert "location" not in rehearsed.headers
    assert contents(service) == before
    assert nodes(owner, "task", "agency", "section", "assignment") == figures
    assert owner.get(f"{URL}/2").status_code == 404
    real = decided(owner, *REHEARSED)

    def said(told: dict[str, Any]) -> Any:
        return undated({**told, "applied": None, "amendment": {**told["amendment"], "entered_at": None}})

    assert said(rehearsed.json()) == said(real)
    assert real["before"] != real["after"]
    assert differences(service) == []


def test_a_rehearsal_of_what_cannot_be_is_refused_as_the_real_one(service: Service) -> None:
    before = contents(service)
    for wrong, pointer, code in WRONG:
        answer = decide(service["TTBCD"], WEIGHT, wrong, params={"dry_run": "true"})
        assert (answer.status_code, faults(answer)) == (422, [(f"/changes/1{pointer}", code)])
    assert decide(service["TTBCD"], WEIGHT, params={"dry_run": "maybe"}).status_code == 422
    assert contents(service) == before


def test_a_decision_repeated_under_its_key_is_entered_once(service: Service) -> None:
    owner, key = service["TTBCD"], {"Idempotency-Key": "qd-09"}
    first = decide(owner, WEIGHT, headers=key)
    entries = len(journal(service))
    for _ in range(2):
        again = decide(owner, WEIGHT, headers=key)
        assert (again.status_code, again.content) == (201, first.content)
        assert again.headers["location"] == first.headers["location"]
    assert len(journal(service)) == entries
    assert revision(service) == 2
    other = decide(owner, {**WEIGHT, "weight": 4}, headers=key)
    assert (other.status_code, other.json()["code"]) == (422, "idempotency_key_reused")


def test_a_rehearsal_and_the_real_call_are_two_requests(service: Service) -> None:
    """Under one key the second is told so: a rehearsal's answer never stands for a decision."""
    owner, key = service["TTBCD"], {"Idempotency-Key": "qd-09"}
    first = decide(owner, WEIGHT, headers=key, params={"dry_run": "true"})
    assert first.status_code == 200
    assert decide(owner, WEIGHT, headers=key, params={"dry_run": "true"}).content == first.content
    real = decide(owner, WEIGHT, headers=key)
    assert (real.status_code, real.json()["code"]) == (422, "idempotency_key_reused")
    assert revision(service) == 1
    key = {"Idempotency-Key": "qd-10"}
    assert decide(owner, WEIGHT, headers=key).status_code == 201
    late = decide(owner, WEIGHT, headers=key, params={"dry_run": "true"})
    assert (late.status_code, late.json()["code"]) == (422, "idempotency_key_reused")


def test_without_a_key_the_same_decision_twice_is_two_amendments(service: Service) -> None:
    for number in (2, 3):
        assert decided(service["TTBCD"], WEIGHT)["amendment"]["revision"] == number
    assert differences(service) == []


# The journal.


def test_an_amendment_is_journaled_as_one_unit_of_work(service: Service) -> None:
    before = len(journal(service))
    decided(service["TTBCD"], WEIGHT, leads("IV.7.a", "SCT"))
    entries = journal(service)[before:]
    assert {entry.action for entry in entries} == {"plan.amend"}
    assert {entry.actor for entry in entries} == {"TTBCD"}
    assert len({(entry.at, entry.request_id) for entry in entries}) == 1
    assert {(entry.subject, entry.operation) for entry in entries} == {
        ("task", "changed"),
        ("assignment", "changed"),
        ("assignment", "created"),
        ("output", "changed"),
        ("output", "created"),
        ("plan", "changed"),
        ("amendment", "created"),
    }
    (amended,) = [entry for entry in entries if entry.subject == "amendment"]
    assert amended.ref == "ttdn-2023/2"
    (plan,) = [entry for entry in entries if entry.subject == "plan"]
    assert (plan.before, plan.after) == ({"revision": 1}, {"revision": 2})


# What outsiders see.

HIDDEN: list[dict[str, Any]] = [
    {"change": "weight", "task": "IV.12.1", "weight": 2},
    {"change": "deadline", "task": "IV.10.1", "due_on": "2024-01-31"},
    {"change": "implementation", "item": "II.1.7", "duty": "IV.7.a"},
    {"change": "implementation", "item": "II.1.1", "duty": "IV.12.1"},
    {"change": "status", "task": "IV.7.c", "status": "superseded", "superseded_by": "IV.12.1"},
    {"change": "power", "power": "fund", "task": "IV.8.a", "agency": "STC"},
    {**DUTY, "section": "IV.12", "code": "IV.12.2", "visibility": "internal", "implements": ["II.1.7"]},
]


def test_outsiders_see_that_there_was_an_amendment_and_nothing_of_hidden_tasks(service: Service) -> None:
    told = decided(
        service["TTBCD"], *HIDDEN, WEIGHT, member("G.SBN", "STC", "2023-01-01"), summary="Về IV.12.1"
    )
    assert told["amendment"]["changes"][: len(HIDDEN)] == HIDDEN
    for caller in ("SCT", "MTTQ", "VPTU"):
        shown = service[caller].get(f"{URL}/2").json()
        assert [one["change"] for one in shown["changes"]] == ["weight", "member"]
        assert shown["summary"] is None
        assert items(service[caller], URL) == [shown]
        assert shown["decision"]["number"] == DECISION["number"]
        for word in ("IV.12", "IV.10", "II.1.7", "IV.8.a"):
            assert word not in service[caller].get(f"{URL}/2").text
            assert word not in service[caller].get(URL).text
    for insider in ("TTBCD", "BPGV", "TTTU"):
        assert service[insider].get(f"{URL}/2").json() == told["amendment"]
    own = service["BCHQS"].get(f"{URL}/2").json()["changes"]
    assert [one.get("task", one.get("duty")) for one in own] == [
        "IV.12.1",
        "IV.12.1",
        "IV.7.c",
        "IV.7.a",
        None,
    ]


def test_an_amendment_that_concerns_hidden_tasks_alone_is_an_empty_one(service: Service) -> None:
    decided(service["TTBCD"], HIDDEN[0])
    assert service["SCT"].get(f"{URL}/2").json()["changes"] == []


def test_what_becomes_hidden_goes_out_of_sight_with_its_amendments(service: Service) -> None:
    decided(service["TTBCD"], {"change": "weight", "task": "IV.13.a", "weight": 2})
    assert len(service["SCT"].get(f"{URL}/2").json()["changes"]) == 1
    decided(service["TTBCD"], {"change": "visibility", "task": "IV.13.a", "visibility": "internal"})
    assert service["SCT"].get(f"{URL}/2").json()["changes"] == []
    assert service["SCT"].get(f"{URL}/3").json()["changes"] == []
    assert service["SCT"].get(f"{PLAN}/tasks/IV.13.a").status_code == 404
    assert service["MTTQ"].get(f"{URL}/3").json()["changes"] != []


# At once.


def test_amendments_at_once_are_made_one_after_the_other(service: Service) -> None:
    owner = service["TTBCD"]
    calls = [
        partial(decide, owner, {"change": "weight", "task": "IV.7.a", "weight": n}, leads("IV.7.b", body))
        for n, body in enumerate(("SCT", "STTTT", "STC", "SVHTTDL", "SKHDT", "VPUBND"), 2)
    ]
    answers = at_once(calls)
    assert statuses(answers) == {201: 6}, [answer.text for answer in answers]
    assert sorted(answer.json()["amendment"]["revision"] for answer in answers) == list(range(2, 8))
    for answer in answers:
        assert answer.json()["after"]["revision"] == answer.json()["before"]["revision"] + 1
    assert sum(shares(service, "IV.7.b").values()) == 1
    assert differences(service) == []


def test_amendments_and_work_at_once_leave_every_figure_as_the_records_say(service: Service) -> None:
    owner = service["TTBCD"]
    decided(owner, {"change": "target", "task": "IV.6.a", "target": 4})
    office, one = service["SCT"], output(owner, "IV.6.a", code="P1")
    calls: list[Callable[[], httpx.Response]] = [
        *(partial(office.post, f"{PLAN}/activities", json=news("IV.6.a")) for _ in range(5)),
        partial(decide, owner, leads("IV.6.a", "STTTT")),
        partial(decide, owner, {"change": "target", "task": "IV.6.a", "target": 2}),
        partial(decide, owner, member("G.SBN", "STC", "2023-01-01")),
        partial(decide, owner, {"change": "status", "task": "IV.6.a", "status": "suspended"}),
        *(partial(act, owner, one, "confirmations") for _ in range(2)),
        *(partial(act, office, one, "claims") for _ in range(2)),
    ]
    for _ in range(3):
        answers = at_once(calls)
        assert set(statuses(answers)) <= {200, 201, 403, 409}, [
            answer.text for answer in answers if answer.status_code not in (200, 201, 403, 409)
        ]
        assert differences(service) == []
        assert sum(shares(service, "IV.6.a").values()) == 1
        decided(owner, {"change": "status", "task": "IV.6.a", "status": "active"}, leads("IV.6.a", "SCT"))


def test_a_record_never_lands_on_a_part_that_was_handed_over(service: Service) -> None:
    """Whoever is first: the former lead keeps the record, or the office is told that it leads no more."""
    owner, office = service["TTBCD"], service["SVHTTDL"]
    for number in range(4):
        decided(owner, leads("IV.7.a", "SVHTTDL"))
        with ThreadPoolExecutor(2) as pool:
            pushed = pool.submit(
                office.post, f"{PLAN}/activities", json=news("IV.7.a", title=f"Lần {number}")
            )
            pool.submit(decide, owner, leads("IV.7.a", "SCT")).result()
        answer = pushed.result()
        assert answer.status_code in (201, 403), answer.text
        late = office.post(f"{PLAN}/activities", json=news("IV.7.a"))
        assert (late.status_code, late.json()["reason"]) == (403, "another_agency")
    assert differences(service) == []


def test_two_plans_do_not_wait_for_each_other_and_share_their_agencies(
    service: Service, tmp_path: Any
) -> None:
    """A body that joins a group by one plan's decision owes in that plan; the other plan's next decision
    about the group brings it up to date."""
    load(service, small_plan(), tmp_path)
    small = (
        service[_owner(service, SMALL)]
        if _owner(service, SMALL) in service.secrets
        else pushing(service, _owner(service, SMALL))
    )
    group = next(
        one["code"]
        for one in items(small, "/v1/agencies")
        if one["kind"] == "group" and one["code"] not in ("G.SBN", "G.UBH", "G.TGH", "G.THDU", "G.TVBCD")
    )
    answer = decide(small, member(group, "SCT", "2024-01-01"), plan=SMALL)
    assert answer.status_code == 201, answer.text
    assert differences(service) == []
    assert revision(service) == 1


def _owner(service: Service, plan: str) -> str:
    return str(service["TTBCD"].get(plan).json()["owner"]["code"])


def test_ids_that_name_nothing(service: Service) -> None:
    owner = service["TTBCD"]
    assert owner.get(f"{PLAN}/amendments/{NOWHERE}").status_code == 404
    assert owner.delete(f"{URL}/2").status_code == 405
    assert owner.put(URL, json={}).status_code == 405


def test_today_is_the_machines_own(service: Service) -> None:
    today = business_day(datetime.now(UTC)).isoformat()
    decided(service["TTBCD"], WEIGHT, decision={**DECISION, "decided_on": today})
    assert figure(service["TTBCD"], task="IV.7.a") == (0, 0, 0)


def test_the_journal_tells_no_change_of_what_stayed_as_it_was(service: Service) -> None:
    owner = service["TTBCD"]
    decided(owner, leads("IV.7.b", "SCT"), member("G.SBN", "STC", "2023-01-01"))
    decided(owner, leads("IV.7.b", "SCT", "STTTT"))
    told = [(entry.before, entry.after) for entry in journal(service) if entry.subject == "assignment"]
    changed = [(before, after) for before, after in told if before is not None]
    assert len(changed) > 2
    for before, after in changed:
        assert [name for name, was in before.items() if after[name] == was] == []
