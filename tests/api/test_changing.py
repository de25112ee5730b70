"""What each change of a decision does: to what is owed, to figures and colours, to history, and to who may do
what from then on."""

from fractions import Fraction
from itertools import pairwise
from typing import Any

import pytest

from app.rules.amending import BECOMES
from app.rules.rag import Colour
from app.rules.rollup import COUNTED_STATUSES
from app.rules.vocabulary import TaskStatus
from tests.deciding import (
    DECISION,
    act,
    acted,
    assignment,
    decide,
    decided,
    faults,
    figure,
    history,
    nodes,
    on,
    output,
    owed,
    ratio,
    secret_of,
    shares,
)
from tests.service import PLAN, Service, undated
from tests.walks import items
from tests.writing import (
    beside,
    differences,
    evidenced,
    levels,
    news,
    pushing,
    record,
    recorded,
    revise,
    with_key,
    withdraw,
)

MISSING = "Thiếu ảnh"


def task(service: Service, code: str) -> dict[str, Any]:
    answer = service["TTBCD"].get(f"{PLAN}/tasks/{code}")
    assert answer.status_code == 200, answer.text
    told: dict[str, Any] = answer.json()
    return told


# Weight.


def test_a_weight_moves_what_is_above_by_just_that(service: Service) -> None:
    owner = service["TTBCD"]
    record(service["SVHTTDL"], "IV.7.a", output="M1")
    before = nodes(owner, "task", "section", "agency")
    assert before["section IV.7"][1] == Fraction(1, 3)
    decided(owner, {"change": "weight", "task": "IV.7.a", "weight": 4})
    after = nodes(owner, "task", "section", "agency")
    assert after["section IV.7"][1] == Fraction(4, 6)
    assert after["agency SVHTTDL"][1] == Fraction(4, 6)
    touched = {"total", "section IV", "section IV.7", "agency SVHTTDL"}
    assert {name for name in after if after[name] != before[name]} <= touched
    assert differences(service) == []


# Targets and pieces.


def test_a_target_sets_what_each_body_owes_and_records_from_before_count(service: Service) -> None:
    owner, office = service["TTBCD"], service["SCT"]
    record(office, "IV.6.a", quantity=2, occurred_on="2023-03-01")
    assert figure(owner, task="IV.6.a") == (None, None, None)
    told = decided(owner, {"change": "target", "task": "IV.6.a", "target": 3})
    assert owed(service, "IV.6.a") == {"SCT/P1": "evidenced", "SCT/P2": "evidenced", "SCT/P3": "none"}
    assert figure(owner, task="IV.6.a")[1] == Fraction(2, 3)
    assert told["before"]["defined"] != told["after"]["defined"]
    assert output(owner, "IV.6.a", code="P1")["due_source"] == "implied"
    assert task(service, "IV.6.a")["target"] == 3
    assert differences(service) == []


def test_a_target_up_down_and_away_keeps_the_surplus_and_what_was_confirmed(service: Service) -> None:
    owner, office = service["TTBCD"], service["SCT"]
    decided(owner, {"change": "target", "task": "IV.6.a", "target": 3})
    record(office, "IV.6.a", quantity=4)
    for code in ("P1", "P3"):
        acted(owner, output(owner, "IV.6.a", code=code), "confirmations")
    decided(owner, {"change": "target", "task": "IV.6.a", "target": 1})
    assert owed(service, "IV.6.a") == {"SCT/P1": "confirmed"}
    assert figure(owner, task="IV.6.a") == (1, 1, 1)
    assert assignment(owner, "IV.6.a", "SCT")["recorded_quantity"] == 4
    dropped = output(owner, "IV.6.a", code="P3")
    assert (dropped["dropped"], dropped["owed"], dropped["can"]) == (True, False, ["output.return"])
    assert act(office, dropped, "claims").json()["reason"] == "not_owed"
    decided(owner, {"change": "target", "task": "IV.6.a", "target": None})
    assert owed(service, "IV.6.a") == {}
    assert figure(owner, task="IV.6.a") == (None, None, None)
    told = record(office, "IV.6.a")
    assert (told["moved"], "target" in told["hint_en"]) == ([], True)
    decided(owner, {"change": "target", "task": "IV.6.a", "target": 5})
    assert list(owed(service, "IV.6.a").values()) == [
        *("confirmed", "evidenced", "confirmed", "evidenced", "evidenced")
    ]
    assert [one["kind"] for one in history(owner, dropped)] == ["confirmation"]
    assert differences(service) == []


def test_a_confirmed_piece_that_lost_its_record_while_it_was_dropped_holds_nothing_up(
    service: Service,
) -> None:
    owner, office = service["TTBCD"], service["SCT"]
    decided(owner, {"change": "target", "task": "IV.6.a", "target": 3})
    many = record(office, "IV.6.a", quantity=3)["activity"]["id"]
    acted(owner, output(owner, "IV.6.a", code="P3"), "confirmations")
    decided(owner, {"change": "target", "task": "IV.6.a", "target": 1})
    withdraw(office, many)
    decided(owner, {"change": "target", "task": "IV.6.a", "target": 3})
    assert set(owed(service, "IV.6.a").values()) == {"none"}
    record(office, "IV.6.a")
    record(office, "IV.6.a", quantity=2)
    assert set(owed(service, "IV.6.a").values()) == {"evidenced"}, "nobody confirmed these records"
    assert differences(service) == []


def test_a_target_of_a_group_is_owed_by_each_member(service: Service) -> None:
    decided(service["TTBCD"], {"change": "target", "task": "IV.14.2", "target": 2})
    shown = owed(service, "IV.14.2")
    assert len(shown) == 18
    assert {name.partition("/")[2] for name in shown} == {"P1", "P2"}
    record(service["UBND.TPTV"], "IV.14.2")
    assert evidenced(service, task="IV.14.2") == Fraction(1, 18)
    assert sum(shares(service, "IV.14.2").values()) == 1


# Milestones.


def milestones(code: str, *each: dict[str, Any]) -> dict[str, Any]:
    words = {"title_vi": "Mốc", "title_en": "Milestone"}
    return {"change": "milestones", "task": code, "milestones": [{**words, **one} for one in each]}


def test_milestones_are_named_weighed_dated_and_dropped(service: Service) -> None:
    owner, office = service["TTBCD"], service["SVHTTDL"]
    record(office, "IV.7.a", output="M1")
    decided(
        owner,
        milestones(
            "IV.7.a",
            {"code": "M1", "title_vi": "Biên soạn", "weight": 2},
            {"title_vi": "Tổ chức", "due_on": "2023-06-30"},
            {"title_vi": "Tổng kết"},
        ),
    )
    shown = {one["code"]: one for one in items(owner, f"{PLAN}/outputs", task="IV.7.a")}
    assert {code: (one["label_vi"], one["weight"], one["due_on"]) for code, one in shown.items()} == {
        "M1": ("Biên soạn", 2, "2023-12-31"),
        "M2": ("Tổ chức", 1, "2023-06-30"),
        "M3": ("Tổng kết", 1, "2023-12-31"),
    }
    assert [shown[code]["due_source"] for code in ("M1", "M2", "M3")] == ["implied", "decision", "implied"]
    assert figure(owner, task="IV.7.a")[1] == Fraction(1, 2)
    record(office, "IV.7.a", output="M3")
    decided(owner, milestones("IV.7.a", {"code": "M2", "due_on": "2023-07-31"}, {}))
    assert owed(service, "IV.7.a") == {"SVHTTDL/M2": "none", "SVHTTDL/M4": "none"}
    assert figure(owner, task="IV.7.a") == (0, 0, 0)
    gone = office.post(f"{PLAN}/activities", json=news("IV.7.a", output="M1"))
    assert (gone.status_code, gone.json()["offered_outputs"]) == (422, ["M2", "M4"])
    decided(owner, milestones("IV.7.a", {"code": "M1"}, {"code": "M3"}))
    assert owed(service, "IV.7.a") == {"SVHTTDL/M1": "evidenced", "SVHTTDL/M3": "evidenced"}
    assert differences(service) == []


def test_what_is_dropped_and_confirmed_keeps_its_evidence(service: Service) -> None:
    owner, office = service["TTBCD"], service["SVHTTDL"]
    activity = record(office, "IV.7.a", output="M1")["activity"]["id"]
    acted(owner, output(owner, "IV.7.a"), "confirmations")
    decided(owner, milestones("IV.7.a", {}))
    refused = office.post(f"{PLAN}/activities/{activity}/withdrawals", json={"reason": "Nhầm"})
    assert refused.status_code == 409
    decided(owner, milestones("IV.7.a", {"code": "M1"}))
    assert figure(owner, task="IV.7.a") == (1, 1, 1)


def test_a_record_of_what_a_decision_dropped_is_corrected_where_it_is(service: Service) -> None:
    """It counts for nothing and says so; a nightly push goes on, whether it names its output or not."""
    owner, office = service["TTBCD"], service["SVHTTDL"]
    key = {"source_system": "qlvb", "external_id": "1"}
    one = record(office, "IV.7.a", output="M1", **key)["activity"]["id"]
    decided(owner, milestones("IV.7.a", {}))
    shown = office.get(f"{PLAN}/activities/{one}").json()
    assert (shown["counts"], shown["output"], figure(owner, task="IV.7.a")) == (False, "M1", (0, 0, 0))
    said = revise(office, one, title="Tên đúng").json()
    assert (said["result"], said["activity"]["counts"], said["activity"]["output"]) == (
        "updated",
        False,
        "M1",
    )
    assert said["hint_en"] == "By decision, this output is no longer owed"
    for title, named in (("Tên đúng hơn", {}), ("Tên đúng nhất", {"output": "M1"})):
        again = record(office, "IV.7.a", title=title, occurred_on="2023-05-11", **key, **named)
        assert (again["result"], again["moved"], again["activity"]["counts"]) == ("updated", [], False)
    batch = {"records": [news("IV.7.a", title="Tên khác", output="M1", **key)]}
    (row,) = office.post(f"{PLAN}/activities/batch", json=batch).json()["results"]
    assert (row["result"], row["output"], row["counts"]) == ("updated", "M1", False)
    assert revise(office, one, output="M2").json()["activity"]["counts"] is True
    assert revise(office, one, output="M1").json()["errors"][0]["code"] == "unknown_output"
    assert differences(service) == []


# Deadlines.


def test_a_deadline_takes_along_what_was_due_with_the_task(service: Service) -> None:
    owner = service["TTBCD"]
    on(service, "2023-05-15")
    decided(owner, milestones("IV.7.a", {"code": "M1"}, {"due_on": "2023-03-31"}))
    assert task(service, "IV.7.a")["progress"]["rag"] == "red", "half of it should have been done"
    decided(owner, {"change": "deadline", "task": "IV.7.a", "due_on": "2023-04-30"})
    shown = {
        one["code"]: (one["due_on"], one["due_source"])
        for one in items(owner, f"{PLAN}/outputs", task="IV.7.a")
    }
    assert shown == {"M1": ("2023-04-30", "decision"), "M2": ("2023-03-31", "decision")}
    told = task(service, "IV.7.a")
    assert (told["due_on"], told["due_source"]) == ("2023-04-30", "decision")
    assert told["progress"]["rag_reasons"][0]["code"] == "overdue"
    assert [one["code"] for one in items(owner, f"{PLAN}/outputs", overdue="true", task="IV.7.a")] == [
        "M1",
        "M2",
    ]
    decided(owner, {"change": "deadline", "task": "IV.7.a", "due_on": None})
    assert (task(service, "IV.7.a")["due_on"], task(service, "IV.7.a")["due_source"]) == (
        *("2023-12-31", "implied"),
    )
    assert output(owner, "IV.7.a", code="M1")["due_on"] == "2023-12-31"
    decided(owner, {"change": "target", "task": "IV.6.a", "target": 2})
    decided(owner, {"change": "deadline", "task": "IV.6.a", "due_on": "2023-09-30"})
    decided(owner, {"change": "target", "task": "IV.6.a", "target": 3})
    pieces = items(owner, f"{PLAN}/outputs", task="IV.6.a")
    assert {(one["due_on"], one["due_source"]) for one in pieces} == {("2023-09-30", "decision")}
    decided(owner, {"change": "deadline", "task": "IV.9.1", "due_on": "2024-01-15"})
    assert task(service, "IV.9.1")["due_on"] == "2024-01-15", "reporting ends before"
    assert differences(service) == []


# Reporting periods.


def spans(service: Service, code: str, agency: str) -> dict[str, tuple[str, str]]:
    """The periods a body owes, with their ends; no day is in two of them."""
    shown = items(
        service["TTBCD"], f"{PLAN}/outputs", task=code, agency=agency, owed="true", limit="200", sort="due_on"
    )
    found = {one["code"]: (one["period_from"], one["period_to"]) for one in shown}
    for (_, end), (begin, _) in pairwise(sorted(found.values())):
        assert end < begin, found
    return found


def test_a_new_rhythm_begins_with_the_next_period(service: Service) -> None:
    owner, office = service["TTBCD"], service["BAOTV"]
    on(service, "2023-05-15")
    record(office, "IV.9.1", occurred_on="2023-02-01")
    decided(owner, {"change": "reporting_period", "task": "IV.9.1", "period": "month"})
    assert list(spans(service, "IV.9.1", "BAOTV")) == [
        *("2023-Q1", "2023-Q2", "2023-M07", "2023-M08", "2023-M09", "2023-M10", "2023-M11", "2023-M12")
    ]
    assert figure(owner, task="IV.9.1")[1] == Fraction(1, 16)
    assert list(spans(service, "IV.9.2", "BAOTV"))[-1] == "2023-Q4", "the others follow the plan"
    on(service, "2023-08-15")
    told = record(office, "IV.9.1", occurred_on="2023-08-10")
    assert told["activity"]["output"] == "2023-M08"
    decided(owner, {"change": "reporting_period", "task": "IV.9.1", "period": "year"})
    found = spans(service, "IV.9.1", "BAOTV")
    assert list(found)[-2:] == ["2023-M08", "2023"]
    assert found["2023"] == ("2023-09-01", "2023-12-31")
    labels = [output(owner, "IV.9.1", "BAOTV", code)["label_vi"] for code in ("2023-M08", "2023")]
    assert labels == ["Tháng 8/2023", "Năm 2023 (từ 01/09/2023)"], "only the end of a year is not the year"
    assert differences(service) == []


def test_a_rhythm_of_the_plan_is_followed_by_all_that_have_none_of_their_own(service: Service) -> None:
    owner = service["TTBCD"]
    on(service, "2023-05-15")
    decided(owner, {"change": "reporting_period", "task": "IV.9.1", "period": "quarter"})
    decided(owner, {"change": "reporting_period", "period": "half_year"})
    assert list(spans(service, "IV.9.1", "BAOTV"))[-1] == "2023-Q4"
    for code, agency in (("IV.9.2", "DAITV"), ("IV.14.1", "UBND.TPTV"), ("IV.10.1", "CAT")):
        assert list(spans(service, code, agency)) == ["2023-Q1", "2023-Q2", "2023-H2"], code
    part = assignment(owner, "IV.15.c", "BTG.TPTV")
    url = f"{PLAN}/assignments/{part['id']}/status-entries"
    entry = {"period": "2023-H2", "entry": "fulfilled"}
    assert service["BTG.TPTV"].post(url, json=entry).status_code == 201
    assert differences(service) == []


def test_every_period_of_every_rhythm_can_be_told_of_a_status_only_duty(service: Service) -> None:
    owner = service["TTBCD"]
    part = assignment(owner, "IV.10.1", "CAT")
    url = f"{PLAN}/assignments/{part['id']}/status-entries"
    for period, day in (("month", "2022-12-31"), ("half_year", "2023-01-01"), ("year", "2023-06-15")):
        on(service, day)
        decision = {**DECISION, "decided_on": "2022-12-01"}
        change = {"change": "reporting_period", "task": "IV.10.1", "period": period}
        decided(owner, change, decision=decision)
        for code in spans(service, "IV.10.1", "CAT"):
            answer = service["CAT"].post(url, json={"period": code, "entry": "fulfilled"})
            assert answer.status_code in (200, 201), (code, answer.text)
    assert figure(owner, task="IV.10.1") == (1, 1, 0)


def test_a_rhythm_there_and_back_and_elsewhere_leaves_no_day_in_two_periods(service: Service) -> None:
    owner, office = service["TTBCD"], service["BAOTV"]
    on(service, "2023-02-10")
    for day, period in (
        ("2023-02-10", "half_year"),
        ("2023-02-11", "quarter"),
        ("2023-05-15", "half_year"),
        ("2023-05-16", "month"),
        ("2023-05-17", "quarter"),
        ("2023-08-15", "half_year"),
        ("2023-08-16", "month"),
        ("2023-10-05", "half_year"),
        ("2023-10-06", "quarter"),
    ):
        on(service, day)
        decided(owner, {"change": "reporting_period", "task": "IV.9.1", "period": period})
        found = spans(service, "IV.9.1", "BAOTV")
        assert min(found.values())[0] == "2023-01-01"
        assert max(found.values())[1] == "2023-12-31"
        for one in found.values():
            told = record(office, "IV.9.1", occurred_on=min(one[0], day))
            assert found[told["activity"]["output"]][0] <= min(one[0], day)
    assert differences(service) == []


def test_a_period_reported_early_stays_and_no_day_is_lost(service: Service) -> None:
    owner, office = service["TTBCD"], service["BAOTV"]
    on(service, "2023-02-10")
    acted(office, output(owner, "IV.9.1", "BAOTV", "2023-Q3"), "claims")
    decided(owner, {"change": "reporting_period", "task": "IV.9.1", "period": "half_year"})
    assert list(spans(service, "IV.9.1", "BAOTV")) == ["2023-Q1", "2023-Q2", "2023-Q3", "2023-H2"]
    assert spans(service, "IV.9.1", "BAOTV")["2023-H2"] == ("2023-10-01", "2023-12-31")
    assert list(spans(service, "IV.9.1", "DAITV")) == ["2023-Q1", "2023-H1", "2023-H2"]
    assert owed(service, "IV.9.1", "BAOTV")["BAOTV/2023-Q3"] == "reported"
    assert differences(service) == []


# Visibility.


def test_who_sees_a_task_follows_its_visibility(service: Service) -> None:
    owner = service["TTBCD"]
    record(pushing(service, "MTTQ"), "IV.13.a")
    url = f"{PLAN}/tasks/IV.13.a"
    assert service["SCT"].get(url).status_code == 200
    before = figure(service["SCT"])
    decided(owner, {"change": "visibility", "task": "IV.13.a", "visibility": "internal"})
    assert service["SCT"].get(url).status_code == 404
    assert service["MTTQ"].get(url).status_code == 200
    assert figure(service["SCT"]) != before
    decided(owner, {"change": "visibility", "task": "IV.13.a", "visibility": "normal"})
    assert figure(service["SCT"]) == before
    assert differences(service) == []


@pytest.mark.parametrize("told", ["record", "claim", "withdrawn", "occurrence"])
def test_what_was_told_in_words_cannot_become_a_bare_status(service: Service, told: str) -> None:
    owner = service["TTBCD"]
    code, office = ("IV.3.a", service["VPUBND"]) if told == "occurrence" else ("IV.7.a", service["SVHTTDL"])
    change = {"change": "visibility", "task": code, "visibility": "status_only"}
    match told:
        case "record":
            record(office, code)
        case "claim":
            acted(office, output(owner, code), "claims")
        case "withdrawn":
            withdraw(office, record(office, code)["activity"]["id"])
        case _:
            part = assignment(owner, code, "VPUBND")
            made = office.post(f"{PLAN}/assignments/{part['id']}/occurrences", json={"label": "Đoàn A"})
            assert made.status_code == 201
    assert faults(decide(owner, change)) == [("/changes/0/visibility", "already_reported")]
    decided(owner, {**change, "visibility": "internal"})


@pytest.mark.parametrize("office", ["SVHTTDL", "BAOTV"])
def test_words_that_are_on_their_way_are_waited_for(service: Service, office: str) -> None:
    """By the body that leads or by one that coordinates: what is recorded meanwhile is judged as well."""
    change = {"change": "visibility", "task": "IV.7.b", "visibility": "status_only"}
    answer = beside(service, office, recorded(news("IV.7.b")), lambda: decide(service["TTBCD"], change))
    assert faults(answer) == [("/changes/0/visibility", "already_reported")]


def test_a_bare_status_is_no_evidence_later(service: Service) -> None:
    owner, office = service["TTBCD"], service["CAT"]
    part = assignment(office, "IV.10.1", "CAT")
    change = {"change": "visibility", "task": "IV.10.1", "visibility": "normal"}
    decided(owner, change)
    record(office, "IV.10.1")
    assert faults(decide(owner, {**change, "visibility": "status_only"})) == [
        ("/changes/0/visibility", "already_reported")
    ]
    url = f"{PLAN}/assignments/{assignment(office, 'IV.10.2', 'CAT')['id']}/status-entries"
    assert office.post(url, json={"period": "2023-Q1", "entry": "fulfilled"}).status_code == 201
    assert faults(decide(owner, {**change, "task": "IV.10.2"})) == [
        ("/changes/0/visibility", "already_reported")
    ]
    decided(owner, {**change, "task": "IV.10.2", "visibility": "status_only"})
    assert part["id"]
    assert differences(service) == []


def test_an_untold_duty_becomes_status_only_and_takes_a_word_and_nothing_else(service: Service) -> None:
    owner, office = service["TTBCD"], service["BAOTV"]
    decided(owner, {"change": "visibility", "task": "IV.9.3", "visibility": "status_only"})
    refused = office.post(f"{PLAN}/activities", json=news("IV.9.3"))
    assert (refused.status_code, refused.json()["reason"]) == (403, "status_only")
    part = assignment(office, "IV.9.3", "BAOTV")
    url = f"{PLAN}/assignments/{part['id']}/status-entries"
    assert office.post(url, json={"period": "2023-Q1", "entry": "fulfilled"}).status_code == 201
    assert service["SCT"].get(f"{PLAN}/tasks/IV.9.3").status_code == 404
    assert differences(service) == []


# Status.


def status(code: str, word: str, **more: Any) -> dict[str, Any]:
    return {"change": "status", "task": code, "status": word, **more}


def test_every_status_may_become_what_the_table_says_and_nothing_else(service: Service) -> None:
    owner = service["TTBCD"]

    def become(word: TaskStatus) -> dict[str, Any]:
        by = {"superseded_by": "IV.7.b"} if word is TaskStatus.SUPERSEDED else {}
        return status("IV.7.a", word.value, **by)

    def bring(word: TaskStatus) -> None:
        decided(owner, status("IV.7.a", "active"))
        if word is not TaskStatus.ACTIVE:
            decided(owner, become(word))

    for now in set(TaskStatus) - {TaskStatus.DRAFT}:
        for then in TaskStatus:
            bring(now)
            answer = decide(owner, become(then))
            assert answer.status_code == (201 if then in BECOMES[now] or then is now else 422), (now, then)
            if answer.status_code == 422:
                assert faults(answer) == [("/changes/0/status", "status_not_possible")]
                offered = sorted(word.value for word in BECOMES[now])
                assert answer.json()["offered_statuses"] == offered
                said = str(answer.json()["errors"][0]["message"]).partition("chuyển được sang: ")[2]
                assert said == ", ".join(f"“{TaskStatus(one).label_vi}” ({one})" for one in offered)
    assert differences(service) == []


@pytest.mark.parametrize("word", [word for word in TaskStatus if word is not TaskStatus.DRAFT])
def test_what_a_status_does_to_records_acts_and_figures(service: Service, word: TaskStatus) -> None:
    owner, office = service["TTBCD"], service["SVHTTDL"]
    activity = record(office, "IV.7.a", output="M1")["activity"]["id"]
    one = output(office, "IV.7.a")
    before = nodes(owner, "task", "section", "agency")
    if word is not TaskStatus.ACTIVE:
        by = {"superseded_by": "IV.7.b"} if word is TaskStatus.SUPERSEDED else {}
        decided(owner, status("IV.7.a", word.value, **by))
    after = nodes(owner, "task", "section", "agency")
    if word in COUNTED_STATUSES:
        assert after == before, "counted, and frozen"
    else:
        assert before["section IV.7"][1] == Fraction(1, 3)
        assert after["section IV.7"] == (0, 0, 0), "absent from numerator and denominator"
        assert after["agency SVHTTDL"] == (0, 0, 0)
        assert after.get("task IV.7.a", (None, None, None)) == (None, None, None)
    answers = [
        office.post(f"{PLAN}/activities", json=news("IV.7.a", output="M1")),
        office.patch(f"{PLAN}/activities/{activity}", json={"title": "Khác"}, headers={"If-Match": "*"}),
        act(office, one, "claims"),
        act(owner, one, "confirmations"),
        act(owner, one, "returns", missing=MISSING),
        office.post(f"{PLAN}/activities/{activity}/withdrawals", json={"reason": "x"}),
    ]
    if word is TaskStatus.ACTIVE:
        assert {answer.status_code for answer in answers} <= {200, 201}
    else:
        assert {(answer.status_code, answer.json()["reason"]) for answer in answers} == {
            (403, "task_not_active")
        }
        assert output(office, "IV.7.a")["can"] == []
        assert output(office, "IV.7.a")["level"] == "evidenced", "what was done stays on record"
        decided(owner, status("IV.7.a", "active"))
        assert nodes(owner, "task", "section", "agency") == before
        assert task(service, "IV.7.a")["superseded_by"] is None
    assert differences(service) == []


def test_what_is_owed_and_overdue_is_one_number_on_every_page(service: Service) -> None:
    """What is cancelled owes nothing; what is suspended owes still, and its clock stands."""
    owner = service["TTBCD"]
    stopped = {"IV.1.1": "cancelled", "IV.15.a": "suspended", "IV.7.a": "carried_over"}
    on(service, "2023-04-05")
    decided(owner, *(status(code, word) for code, word in stopped.items()))
    for day in ("2023-04-05", "2023-12-31", "2024-01-01"):
        on(service, day)
        told, every = owner.get(f"{PLAN}/overview").json(), items(owner, f"{PLAN}/outputs", limit=200)
        owing = items(owner, f"{PLAN}/outputs", limit=200, owed="true")
        assert owing == [one for one in every if one["owed"]]
        assert {one["task"] for one in owing} & {*stopped} == {"IV.15.a", "IV.7.a"}
        late = items(owner, f"{PLAN}/outputs", limit=200, overdue="true")
        assert late == [one for one in owing if one["due_on"] < day and one["task"] not in stopped]
        assert told["waiting"]["overdue"] == len(late) > 0
        ahead = {"owed": "true", "status": "active", "level": "none,reported", "due_from": day}
        next_ = items(owner, f"{PLAN}/outputs", limit=200, sort="due_on", **ahead)
        assert told["deadlines"] == next_[:10]
        assert (day < "2024") == bool(next_)


def test_a_cancelled_duty_is_found_by_the_colour_it_is_shown_in(service: Service) -> None:
    owner = service["TTBCD"]
    decided(owner, status("IV.1.1", "cancelled"))
    every = items(owner, f"{PLAN}/tasks", limit=200)
    assert task(service, "IV.1.1")["progress"]["rag"] == "grey"
    for colour in Colour:
        wanted = [one for one in every if one["progress"]["rag"] == colour]
        assert items(owner, f"{PLAN}/tasks", limit=200, rag=colour.value) == wanted


def test_what_takes_the_place_of_a_duty_is_named(service: Service) -> None:
    owner = service["TTBCD"]
    decided(owner, status("IV.7.a", "superseded", superseded_by="IV.7.b"))
    assert (task(service, "IV.7.a")["status"], task(service, "IV.7.a")["superseded_by"]) == (
        *("superseded", "IV.7.b"),
    )
    decided(owner, status("IV.7.a", "superseded", superseded_by="IV.7.c"))
    assert task(service, "IV.7.a")["superseded_by"] == "IV.7.c"


def test_duties_do_not_take_each_others_place(service: Service) -> None:
    """Each would name the other as what is done instead, and none would count."""
    owner = service["TTBCD"]
    decided(owner, status("IV.7.a", "superseded", superseded_by="IV.7.b"))
    decided(owner, status("IV.7.b", "superseded", superseded_by="IV.7.c"))
    for code, by in (("IV.7.b", "IV.7.a"), ("IV.7.c", "IV.7.b"), ("IV.7.c", "IV.7.a")):
        answer = decide(owner, status(code, "superseded", superseded_by=by))
        assert faults(answer) == [("/changes/0/superseded_by", "replace_each_other")], (code, by)
    decided(owner, status("IV.7.a", "active"))
    decided(owner, status("IV.7.b", "superseded", superseded_by="IV.7.a"))
    assert differences(service) == []


def test_a_cancelled_duty_may_still_be_amended_and_comes_back_as_amended(service: Service) -> None:
    owner = service["TTBCD"]
    decided(owner, status("IV.6.a", "cancelled"))
    decided(
        owner,
        {"change": "target", "task": "IV.6.a", "target": 2},
        {"change": "weight", "task": "IV.6.a", "weight": 5},
    )
    assert figure(owner, task="IV.6.a") == (None, None, None)
    decided(owner, status("IV.6.a", "active"))
    assert figure(owner, task="IV.6.a") == (0, 0, 0)
    assert differences(service) == []


# Coordinators.


def test_coordinators_are_all_that_are_named(service: Service) -> None:
    owner = service["TTBCD"]
    record(service["BAOTV"], "IV.7.b")
    before = nodes(owner, "task", "agency", "section")
    decided(owner, {"change": "coordinators", "task": "IV.7.b", "coordinators": ["SCT", "X.BNT", "DAITV"]})
    current = {
        one["agency"]["code"]: one["valid_to"]
        for one in items(owner, f"{PLAN}/assignments", task="IV.7.b", role="coordinate")
    }
    assert {code for code, until in current.items() if until is None} == {"SCT", "X.BNT", "DAITV"}
    assert set(current) == {"SCT", "X.BNT", "DAITV", "BAOTV", "X.BDTW"}, "what was is kept"
    assert nodes(owner, "task", "agency", "section") == before
    record(service["SCT"], "IV.7.b")
    assert service["BAOTV"].post(f"{PLAN}/activities", json=news("IV.7.b")).status_code == 403
    decided(owner, {"change": "coordinators", "task": "IV.7.b", "coordinators": []})
    assert service["SCT"].post(f"{PLAN}/activities", json=news("IV.7.b")).status_code == 403
    decided(owner, {"change": "coordinators", "task": "IV.7.b", "coordinators": ["BAOTV", "BAOTV"]})
    record(service["BAOTV"], "IV.7.b")
    assert differences(service) == []


def test_a_group_coordinates_through_its_members_but_for_the_lead(service: Service) -> None:
    owner = service["TTBCD"]
    decided(
        owner,
        {"change": "member", "group": "G.SBN", "agency": "SCT", "valid_from": "2023-01-01"},
        {"change": "member", "group": "G.SBN", "agency": "STTTT", "valid_from": "2023-01-01"},
        {"change": "coordinators", "task": "IV.6.a", "coordinators": ["G.SBN"]},
    )
    roles = {
        one["agency"]["code"]: one["group"]
        for one in items(owner, f"{PLAN}/assignments", task="IV.6.a", role="coordinate")
        if not one["fans_out"]
    }
    assert roles == {"STTTT": "G.SBN"}, "SCT leads it"
    record(service["STTTT"], "IV.6.a")
    assert differences(service) == []


# Powers.


def test_who_monitors_is_who_the_decision_says(service: Service) -> None:
    owner, new = service["TTBCD"], pushing(service, "MTTQ")
    record(service["SVHTTDL"], "IV.7.a", output="M1")
    one = output(owner, "IV.7.a")
    assert act(new, one, "confirmations").status_code == 403
    assert new.get(f"{PLAN}/tasks/IV.12.1").status_code == 404
    decided(owner, {"change": "power", "power": "monitor", "task": "IV.1.3", "agency": "MTTQ"})
    refused = act(owner, one, "confirmations")
    assert (refused.status_code, refused.json()["who_can"]) == (403, ["MTTQ"])
    acted(new, one, "confirmations")
    assert new.get(f"{PLAN}/tasks/IV.12.1").status_code == 200, "the monitor sees what it judges"
    record(owner, "IV.1.1", occurred_on="2023-02-01")
    acted(new, output(owner, "IV.1.1", code="2023-Q1"), "confirmations")
    record(new, "IV.13.a", occurred_on="2023-02-01")
    own = output(new, "IV.13.a", code="2023-Q1")
    assert acted(new, own, "confirmations")["act"]["kind"] == "self_confirmation"
    acted(pushing(service, "TTTU"), own, "confirmations")
    assert decide(new, status("IV.7.a", "cancelled")).status_code == 403, "it does not own the plan"
    held = items(owner, f"{PLAN}/assignments", role="monitor")
    assert {one["agency"]["code"]: one["valid_to"] is None for one in held} == {"TTBCD": False, "MTTQ": True}
    decided(owner, {"change": "power", "power": "monitor", "task": "IV.7.a", "agency": "TTBCD"})
    acted(owner, one, "returns", missing=MISSING)
    assert sum(shares(service, "IV.1.3").values()) == sum(shares(service, "IV.7.a").values()) == 1
    assert differences(service) == []


@pytest.mark.parametrize(("power", "clause"), [("fund", "IV.8.a"), ("settle", "IV.2.a")])
def test_a_power_over_money_moves_and_never_counts(service: Service, power: str, clause: str) -> None:
    owner = service["TTBCD"]
    before = nodes(owner, "task", "agency")
    decided(owner, {"change": "power", "power": power, "task": clause, "agency": "SKHDT"})
    current = [one for one in items(owner, f"{PLAN}/assignments", role=power) if one["valid_to"] is None]
    assert [(one["agency"]["code"], one["task"]["code"]) for one in current] == [("SKHDT", clause)]
    assert nodes(owner, "task", "agency") == before
    assert differences(service) == []


def test_the_approver_is_a_superior_and_confirms_for_the_monitor(service: Service) -> None:
    owner = service["TTBCD"]
    old, new = pushing(service, "TTTU"), pushing(service, "BTGTW")
    record(owner, "IV.1.1", occurred_on="2023-02-01")
    one = output(owner, "IV.1.1", code="2023-Q1")
    decided(owner, {"change": "approver", "agency": "BTGTW"})
    refused = act(old, one, "confirmations")
    assert (refused.status_code, refused.json()["who_can"]) == (403, ["BTGTW"])
    acted(new, one, "confirmations")
    assert old.get(f"{PLAN}/tasks/IV.12.1").status_code == 200, "it stays a superior"


# Thresholds.


def test_colours_follow_the_plans_own_thresholds(service: Service) -> None:
    owner = service["TTBCD"]
    on(service, "2023-05-15")

    def colour(code: str = "IV.9.1") -> str:
        return str(task(service, code)["progress"]["rag"])

    assert colour() == "amber", "a quarter behind"
    decided(owner, {"change": "thresholds", "obligation_red": "1/5"})
    assert colour() == "red"
    decided(owner, {"change": "thresholds", "obligation_red": "1/2", "obligation_amber": "1/4"})
    assert colour() == "green"
    total = owner.get(f"{PLAN}/progress").json()["total"]
    assert total["rag"] == "green"
    decided(owner, {"change": "thresholds", "obligation_amber": "0/1"})
    decided(owner, {"change": "thresholds", "node_amber": "1/1"})
    assert owner.get(f"{PLAN}/progress").json()["total"]["rag"] == "green", "what is not named stays"
    decided(owner, {"change": "thresholds", "node_amber": "1/9999"})
    assert owner.get(f"{PLAN}/progress").json()["total"]["rag"] == "amber"
    figures = nodes(owner, "task")
    decided(owner, {"change": "thresholds"})
    assert nodes(owner, "task") == figures


# New duties, links, agencies.

DUTY: dict[str, Any] = {
    "change": "duty",
    "code": "IV.7.d",
    "section": "IV.7",
    "title_vi": "Quảng bá lễ hội Ok Om Bok",
    "title_en": "Promote the Ok Om Bok festival",
    "kind": "deliverable",
    "leads": [{"agency": "SVHTTDL"}],
}


def test_a_new_duty_is_owed_counted_and_seen_from_then_on(service: Service) -> None:
    owner, office = service["TTBCD"], service["SVHTTDL"]
    record(office, "IV.7.a", output="M1")
    before = nodes(owner, "task", "section")
    decided(
        owner,
        {
            **DUTY,
            "coordinators": ["BAOTV", "X.BNT"],
            "implements": ["II.2.3", "II.2.3"],
            "weight": 2,
            "due_on": "2023-11-30",
        },
    )
    told = service["SCT"].get(f"{PLAN}/tasks/IV.7.d").json()
    assert (told["title_vi"], told["weight"], told["due_on"]) == (DUTY["title_vi"], 2, "2023-11-30")
    assert (told["due_source"], told["family"], told["status"]) == ("decision", "duty", "active")
    assert [one["task"]["code"] for one in told["implements"]] == ["II.2.3"]
    assert [one["agency"]["code"] for one in told["assignments"]] == ["SVHTTDL", "BAOTV", "X.BNT"]
    assert [one["code"] for one in items(owner, f"{PLAN}/tasks", section="IV.7")] == [
        *("IV.7.a", "IV.7.b", "IV.7.c", "IV.7.d")
    ]
    assert items(owner, f"{PLAN}/tasks", q="ok om bok")[0]["code"] == "IV.7.d"
    after = nodes(owner, "task", "section")
    assert after["section IV.7"][1] == Fraction(1, 5)
    assert after["task IV.7.a"] == before["task IV.7.a"]
    record(office, "IV.7.d", output="M1")
    record(service["BAOTV"], "IV.7.d")
    assert nodes(owner, "section")["section IV.7"][1] == Fraction(3, 5)
    assert differences(service) == []


def test_new_duties_of_every_kind_owe_what_is_still_to_come(service: Service) -> None:
    owner = service["TTBCD"]
    on(service, "2023-05-15")
    kinds = {
        "continuous": {"2023-Q2": "none", "2023-Q3": "none", "2023-Q4": "none"},
        "counted": {"P1": "none", "P2": "none"},
        "triggered": {},
        "deliverable": {"M1": "none"},
    }
    for (kind, right), letter in zip(kinds.items(), "defg", strict=True):
        target = {"target": 2} if kind == "counted" else {}
        decided(owner, {**DUTY, "code": f"IV.7.{letter}", "kind": kind, **target})
        assert owed(service, f"IV.7.{letter}") == {f"SVHTTDL/{code}": level for code, level in right.items()}
        assert levels(service["SCT"], f"IV.7.{letter}") == owed(service, f"IV.7.{letter}")
    group = {
        **DUTY,
        "code": "IV.7.h",
        "leads": [{"agency": "G.UBH", "share": "1/3"}, {"agency": "SCT", "share": "2/3"}],
    }
    decided(owner, group)
    assert len(owed(service, "IV.7.h")) == 10
    assert shares(service, "IV.7.h")["UBND.TPTV"] == Fraction(1, 27)
    assert differences(service) == []


def test_a_new_hidden_duty_does_not_exist_for_outsiders(service: Service) -> None:
    before = undated(service["STTTT"].get(f"{PLAN}/progress", params={"by": "section"}).json())
    decided(service["TTBCD"], {**DUTY, "visibility": "internal", "implements": ["II.2.3"]})
    assert service["STTTT"].get(f"{PLAN}/tasks/IV.7.d").status_code == 404
    assert service["SVHTTDL"].get(f"{PLAN}/tasks/IV.7.d").status_code == 200
    after = undated(service["STTTT"].get(f"{PLAN}/progress", params={"by": "section"}).json())
    for told in (before, after):
        told["total"]["revision"] = 0
        for row in told["items"]:
            row["revision"] = 0
    assert after == before


def test_a_duty_may_be_what_was_missing_of_an_item(service: Service) -> None:
    owner = service["TTBCD"]
    record(service["SVHTTDL"], "IV.7.a", output="M1")
    item = task(service, "II.1.3")
    assert item["gap_vi"]
    total = figure(owner)
    change = {"change": "implementation", "item": "II.1.3", "duty": "IV.7.a"}
    decided(owner, change)
    told = task(service, "II.1.3")
    assert told["gap_vi"] == item["gap_vi"]
    assert [one["task"]["code"] for one in told["implemented_by"]] == ["IV.7.a", "IV.9.2"]
    assert ratio(told["progress"]["evidenced"]) == Fraction(1, 2)
    assert figure(owner) == total, "a view never enters the total"
    decided(owner, {**change, "closes_gap": True})
    told = task(service, "II.1.3")
    assert (told["gap_vi"], told["gap_en"], len(told["implemented_by"])) == (None, None, 2)
    assert differences(service) == []


def test_a_new_agency_has_a_name_and_gets_a_key_and_work(service: Service) -> None:
    owner = service["TTBCD"]
    new = {
        "change": "agency",
        "code": "SDL",
        "kind": "state_department",
        "name_vi": "Sở Du lịch",
        "name_en": "Tourism",
    }
    decided(owner, new, {**DUTY, "leads": [{"agency": "SDL"}]})
    told = service["SCT"].get("/v1/agencies/SDL").json()
    assert (told["name_vi"], told["kind"]) == ("Sở Du lịch", "state_department")
    assert "SDL" in [one["code"] for one in items(owner, "/v1/agencies", q="so du lich")]
    client = with_key(service, secret_of(service, "SDL"))
    record(client, "IV.7.d", output="M1")
    assert figure(owner, agency="SDL") == (1, 1, 0)
    assert differences(service) == []


def test_corrections_still_find_their_place_after_a_decision(service: Service) -> None:
    owner, office = service["TTBCD"], service["BAOTV"]
    on(service, "2023-05-15")
    activity = record(office, "IV.9.1", occurred_on="2023-05-02")["activity"]
    decided(owner, {"change": "reporting_period", "task": "IV.9.1", "period": "month"})
    on(service, "2023-08-20")
    moved = revise(office, activity["id"], occurred_on="2023-07-10")
    assert (moved.status_code, moved.json()["activity"]["output"]) == (200, "2023-M07")
    assert differences(service) == []
