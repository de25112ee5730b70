"""The whole life of an output over HTTP: claimed, withdrawn, evidenced, confirmed, returned; who may and who
may not; and what is kept of it."""

import unicodedata
from collections.abc import Callable
from fractions import Fraction
from functools import partial
from typing import Any

import httpx
import pytest

from app.models import Act, Output
from app.schemas.activities import WithdrawalIn
from app.schemas.acts import ClaimIn, ConfirmationIn, OccurrenceIn, ReturnIn, StatusEntryIn
from tests.deciding import act, acted, assignment, decided, entered, figure, history, leads, nodes, output
from tests.faults.together import at_once, statuses
from tests.service import PLAN, Service
from tests.walks import NOWHERE, items
from tests.writing import beside, differences, journal, levels, news, pushing, record, revise, rows, withdraw

MISSING = "Thiếu danh sách người dự tập huấn"


def ready(service: Service) -> dict[str, Any]:
    """IV.7.a's milestone, with one record."""
    record(service["SVHTTDL"], "IV.7.a", output="M1")
    return output(service["SVHTTDL"], "IV.7.a")


def refused(answer: httpx.Response, reason: str) -> dict[str, Any]:
    """A refusal by the policy, for this reason."""
    assert answer.status_code == 403, answer.text
    problem: dict[str, Any] = answer.json()
    assert (problem["code"], problem["reason"]) == ("not_permitted", reason)
    return problem


def conflicting(answer: httpx.Response, reason: str, level: str) -> None:
    """The output is not where it can be done."""
    assert (answer.status_code, answer.json()["code"]) == (409, "conflict"), answer.text
    assert (answer.json()["reason"], answer.json()["level"]) == (reason, level)


# Claimed and withdrawn.


def test_a_claim_reports_and_no_more(service: Service) -> None:
    office = service["SVHTTDL"]
    before = output(office, "IV.7.a")
    assert (before["level"], before["claimed"], before["claimed_explicitly"]) == ("none", False, False)
    told = acted(office, before, "claims", note="Đã tập huấn xong")
    assert told["moved"] == [
        {
            "output": "M1",
            "before": "none",
            "before_label": "Chưa có",
            "after": "reported",
            "after_label": "Đã báo cáo",
        }
    ]
    assert told["output"]["level"] == "reported"
    assert (told["output"]["claimed"], told["output"]["claimed_explicitly"]) == (True, True)
    assert told["hint_vi"]
    assert "record an activity" in told["hint_en"]
    assert figure(service["TTBCD"], task="IV.7.a") == (1, 0, 0)
    made = told["act"]
    assert (made["kind"], made["kind_label"], made["reason"]) == (
        "claim",
        "Báo cáo hoàn thành",
        "Đã tập huấn xong",
    )
    assert (made["by"]["code"], made["on_behalf_of"], made["level"]) == ("SVHTTDL", None, "reported")
    assert made["output"] == before["id"]
    assert history(office, before) == [made]
    assert differences(service) == []


def test_a_claim_again_is_the_same_claim(service: Service) -> None:
    office = service["SVHTTDL"]
    one = output(office, "IV.7.a")
    first = act(office, one, "claims", note="Lần đầu")
    entries, stored = len(journal(service)), rows(service)
    again = act(office, one, "claims", note="Lần hai")
    assert (again.status_code, again.json()["result"], again.json()["moved"]) == (200, "unchanged", [])
    assert again.json()["act"] == first.json()["act"]
    assert again.headers["etag"] == first.headers["etag"]
    assert (len(journal(service)), rows(service)) == (entries, stored)


def test_a_claim_withdrawn_leaves_what_records_say(service: Service) -> None:
    office = service["SVHTTDL"]
    one = output(office, "IV.7.a")
    acted(office, one, "claims")
    told = acted(office, one, "withdrawals", reason="Báo nhầm")
    assert (told["output"]["level"], told["act"]["kind"]) == ("none", "withdrawal")
    assert figure(service["TTBCD"], task="IV.7.a") == (0, 0, 0)
    again = act(office, one, "withdrawals", reason="Báo nhầm nữa")
    assert (again.status_code, again.json()["act"]["reason"]) == (200, "Báo nhầm")
    record(office, "IV.7.a", output="M1")
    acted(office, one, "claims")
    told = acted(office, one, "withdrawals", reason="Không báo riêng")
    assert (told["output"]["level"], told["output"]["claimed_explicitly"]) == ("evidenced", False)
    assert "withdraw those that are wrong" in told["hint_en"]
    assert act(office, one, "withdrawals").status_code == 422
    assert differences(service) == []


def test_what_was_never_claimed_is_withdrawn_by_nothing(service: Service) -> None:
    one = output(service["SVHTTDL"], "IV.7.a")
    told = act(service["SVHTTDL"], one, "withdrawals", reason="Thử")
    assert (told.status_code, told.json()["result"], told.json()["act"]) == (200, "unchanged", None)
    assert history(service["SVHTTDL"], one) == []


def test_a_claim_by_records_goes_with_the_last_of_them_and_an_explicit_one_stays(service: Service) -> None:
    office = service["SVHTTDL"]
    activity = record(office, "IV.7.a", output="M1")["activity"]["id"]
    one = output(office, "IV.7.a")
    assert (one["claimed"], one["claimed_explicitly"], one["level"]) == (True, False, "evidenced")
    withdraw(office, activity)
    assert output(office, "IV.7.a")["level"] == "none"
    activity = record(office, "IV.7.a", output="M1")["activity"]["id"]
    acted(office, one, "claims")
    withdraw(office, activity)
    assert output(office, "IV.7.a")["level"] == "reported"


# Confirmed.


def test_only_what_is_evidenced_is_confirmed(service: Service) -> None:
    office, monitor = service["SVHTTDL"], service["TTBCD"]
    one = output(office, "IV.7.a")
    conflicting(act(monitor, one, "confirmations"), "not_evidenced", "none")
    acted(office, one, "claims")
    conflicting(act(monitor, one, "confirmations"), "not_evidenced", "reported")
    record(office, "IV.7.a", output="M1")
    told = acted(monitor, one, "confirmations", note="Đã xem")
    assert (told["output"]["level"], told["output"]["confirmed"]) == ("confirmed", True)
    assert (told["act"]["by"]["code"], told["act"]["on_behalf_of"]) == ("TTBCD", None)
    assert figure(monitor, task="IV.7.a") == (1, 1, 1)
    again = act(monitor, one, "confirmations", note="Lại xem")
    assert (again.status_code, again.json()["act"]) == (200, told["act"])
    conflicting(act(office, one, "withdrawals", reason="Rút"), "already_confirmed", "confirmed")
    assert act(office, one, "claims").status_code == 200
    assert differences(service) == []


def test_nobody_but_the_monitor_confirms_or_returns_and_who_can_then_does(service: Service) -> None:
    one = ready(service)
    for what, body, rule in (
        ("confirmations", {}, "output.confirm"),
        ("returns", {"missing": MISSING}, "output.return"),
    ):
        before = rows(service)
        for caller, reason, you_are in (
            (service["SVHTTDL"], "own_work", ["accountable"]),
            (service["BPGV"], "another_agency", ["secretariat"]),
            (service["BAOTV"], "another_agency", ["reader"]),
            (service["SCT"], "another_agency", ["reader"]),
            (pushing(service, "TTTU"), "another_agency", ["superior"]),
            (pushing(service, "VPTU"), "another_agency", ["settler"]),
        ):
            problem = refused(act(caller, one, what, **body), reason)
            assert (problem["rule"], problem["clause"]) == (rule, "IV.7.a")
            assert (problem["you_are"], problem["who_can"]) == (you_are, ["TTBCD"])
            assert problem["needs"] == ["monitor", "approver"]
        refused(act(service["VPTU"], one, what, **body), "scope_missing")
        assert {**rows(service), "keys": 0, "changes": 0} == {**before, "keys": 0, "changes": 0}
    (able,) = refused(act(service["SCT"], one, "returns", missing=MISSING), "another_agency")["who_can"]
    acted(service[able], one, "returns", missing=MISSING)
    acted(service["SVHTTDL"], one, "claims")
    acted(service["TTBCD"], one, "confirmations")


def test_a_coordinator_neither_claims_nor_confirms_what_it_helped_with(service: Service) -> None:
    one = output(service["SVHTTDL"], "IV.7.b")
    record(service["SVHTTDL"], "IV.7.b", output="M1")
    for caller in ("BAOTV", "DAITV"):
        record(service[caller], "IV.7.b")
        for what, body in (("claims", {}), ("withdrawals", {"reason": "x"})):
            problem = refused(act(service[caller], one, what, **body), "another_agency")
            assert (problem["who_can"], problem["on_behalf"]) == (["SVHTTDL"], ["BPGV"])
        refused(act(service[caller], one, "confirmations"), "another_agency")
        refused(act(service[caller], one, "returns", missing=MISSING), "another_agency")
    assert output(service["SVHTTDL"], "IV.7.b")["level"] == "evidenced"


def test_another_lead_of_the_same_task_is_nothing_to_this_part_of_it(service: Service) -> None:
    record(service["BAOTV"], "IV.9.1")
    one = output(service["BAOTV"], "IV.9.1", "BAOTV", "2023-Q2")
    for what, body in (("claims", {}), ("withdrawals", {"reason": "x"}), ("confirmations", {})):
        problem = refused(act(service["DAITV"], one, what, **body), "another_agency")
        assert problem["you_are"] == ["reader"]


# The monitor's own duties.


def test_what_a_monitor_says_of_its_own_duty_is_marked_and_never_counts(service: Service) -> None:
    monitor, superior = service["TTBCD"], pushing(service, "TTTU")
    record(monitor, "IV.1.1", occurred_on="2023-02-01")
    one = output(monitor, "IV.1.1", code="2023-Q1")
    assert "output.self_confirm" in one["can"]
    assert "output.confirm" not in one["can"]
    figures = nodes(monitor, "task", "agency", "section")
    told = acted(monitor, one, "confirmations", note="Tự xem")
    assert (told["act"]["kind"], told["act"]["level"]) == ("self_confirmation", "evidenced")
    shown = told["output"]
    assert (shown["level"], shown["confirmed"], shown["self_confirmed"]) == ("evidenced", False, True)
    assert "TTTU" in told["hint_vi"]
    assert "TTTU" in told["hint_en"]
    assert told["moved"] == []
    assert nodes(monitor, "task", "agency", "section") == figures
    assert act(monitor, one, "confirmations").status_code == 200
    problem = refused(act(monitor, one, "returns", missing=MISSING), "own_work")
    assert problem["who_can"] == ["TTTU"]
    told = acted(superior, one, "confirmations")
    assert (told["act"]["kind"], told["act"]["by"]["code"]) == ("confirmation", "TTTU")
    shown = told["output"]
    assert (shown["level"], shown["confirmed"], shown["self_confirmed"]) == ("confirmed", True, False)
    assert figure(monitor, task="IV.1.1") == (Fraction(1, 4),) * 3
    assert act(monitor, one, "confirmations").json()["result"] == "unchanged"
    assert output(monitor, "IV.1.1", code="2023-Q1")["self_confirmed"] is False
    acted(superior, one, "returns", missing=MISSING)
    assert figure(monitor, task="IV.1.1") == (0, 0, 0)
    assert differences(service) == []


def test_who_loses_the_power_meanwhile_confirms_nothing(service: Service) -> None:
    record(service["SVHTTDL"], "IV.7.a", output="M1")
    monitor = service["TTBCD"]
    one = output(monitor, "IV.7.a")
    power = {"change": "power", "power": "monitor", "task": "IV.1.3", "agency": "BPGV"}
    late = beside(service, "TTBCD", entered(power), lambda: act(monitor, one, "confirmations"))
    assert refused(late, "another_agency")["who_can"] == ["BPGV"]
    assert output(monitor, "IV.7.a")["level"] == "evidenced"


def test_a_secretariat_that_monitors_confirms_nothing_that_it_reported(service: Service) -> None:
    """Be it in words, by a record, by a correction, or by records that fill pieces; the superior does."""
    owner, aide, superior = service["TTBCD"], service["BPGV"], pushing(service, "TTTU")
    decided(
        owner,
        {"change": "power", "power": "monitor", "task": "IV.1.3", "agency": "BPGV"},
        {"change": "target", "task": "IV.6.a", "target": 3},
    )
    record(aide, "IV.7.a", agency="SVHTTDL", output="M1")
    loose = record(service["SVHTTDL"], "IV.7.b")["activity"]["id"]
    assert revise(aide, loose, output="M1").status_code == 200
    record(service["SVHTTDL"], "IV.7.c", output="M1")
    piece = record(service["SCT"], "IV.6.a")["activity"]["id"]
    own, others = ["IV.7.a", "IV.7.b"], ["IV.7.c", "IV.6.a"]
    assert [one["task"] for one in items(aide, f"{PLAN}/outputs", can="output.confirm")] == sorted(others)
    assert revise(aide, piece, quantity=2).status_code == 200
    for task in (*own, "IV.6.a"):
        one = next(one for one in items(aide, f"{PLAN}/outputs", task=task) if one["level"] == "evidenced")
        assert ("output.confirm" in one["can"], "output.self_confirm" in one["can"]) == (False, True)
        assert acted(aide, one, "confirmations")["act"]["kind"] == "self_confirmation"
        assert acted(superior, one, "confirmations")["act"]["kind"] == "confirmation"
    assert [one["task"] for one in items(aide, f"{PLAN}/outputs", can="output.confirm")] == ["IV.7.c"]
    assert acted(aide, output(aide, "IV.7.c"), "confirmations")["act"]["kind"] == "confirmation"
    body, part = pushing(service, "BTG.HCL"), assignment(owner, "IV.15.b", "BTG.HCL")
    for client, period in ((body, "2023-Q1"), (aide, "2023-Q2")):
        assert entry(client, part, period, "fulfilled").status_code == 201
    assert entry(aide, part, "2023-Q1", "confirmed").status_code == 201
    assert refused(entry(aide, part, "2023-Q2", "confirmed"), "own_work")["who_can"] == ["TTTU"]
    assert entry(superior, part, "2023-Q2", "confirmed").status_code == 201


def test_what_waits_to_be_judged_is_counted_for_who_judges_it(service: Service) -> None:
    """The first page counts what the list gives: a monitor's own work waits for its superior."""
    monitor, superior = service["TTBCD"], pushing(service, "TTTU")
    for day in ("2023-02-01", "2023-05-01"):
        record(monitor, "IV.1.1", occurred_on=day)
    acted(monitor, output(monitor, "IV.1.1", code="2023-Q1"), "confirmations")
    ready(service)
    asked = {"can": "output.confirm,status.decide", "level": "evidenced"}
    for client, waits in ((monitor, ["IV.7.a"]), (superior, ["IV.1.1"] * 2), (service["SVHTTDL"], [])):
        assert [one["task"] for one in items(client, f"{PLAN}/outputs", **asked)] == waits
        assert client.get(f"{PLAN}/overview").json()["waiting"]["to_confirm"] == len(waits)


def test_a_superior_with_a_reading_key_alone_confirms_nothing(service: Service) -> None:
    record(service["TTBCD"], "IV.1.1", occurred_on="2023-02-01")
    one = output(service["TTBCD"], "IV.1.1", code="2023-Q1")
    assert refused(act(service["TTTU"], one, "confirmations"), "scope_missing")["who_can"] == ["TTTU"]


def test_self_confirmation_goes_with_its_evidence(service: Service) -> None:
    monitor = service["TTBCD"]
    activity = record(monitor, "IV.1.1", occurred_on="2023-02-01")["activity"]["id"]
    one = output(monitor, "IV.1.1", code="2023-Q1")
    conflicting(
        act(monitor, output(monitor, "IV.1.1", code="2023-Q2"), "confirmations"), "not_evidenced", "none"
    )
    acted(monitor, one, "confirmations")
    withdraw(monitor, activity)
    record(monitor, "IV.1.1", occurred_on="2023-02-01")
    assert output(monitor, "IV.1.1", code="2023-Q1")["self_confirmed"] is False


# Returned.


def test_what_is_returned_stands_nowhere_until_it_is_claimed_again(service: Service) -> None:
    office, monitor = service["SVHTTDL"], service["TTBCD"]
    one = ready(service)
    acted(monitor, one, "confirmations")
    told = acted(monitor, one, "returns", missing=MISSING)
    assert (told["output"]["level"], told["output"]["confirmed"]) == ("none", False)
    assert figure(monitor, task="IV.7.a") == (0, 0, 0)
    assert [one["id"] for one in items(office, f"{PLAN}/outputs", returned="true")] == [told["output"]["id"]]
    shown = output(office, "IV.7.a")
    assert shown["returned"] == {
        "by": {"code": "TTBCD", "name_vi": shown["returned"]["by"]["name_vi"]},
        "missing": MISSING,
        "returned_at": told["act"]["acted_at"],
    }
    assert (shown["evidence"], shown["claimed"]) == (1, False)
    again = act(monitor, one, "returns", missing="Khác")
    assert (again.status_code, again.json()["act"]["reason"]) == (200, MISSING)
    conflicting(act(monitor, one, "confirmations"), "not_evidenced", "none")
    told = acted(office, one, "claims", note="Đã bổ sung")
    assert (told["output"]["level"], told["output"]["returned"]) == ("evidenced", None)
    assert items(office, f"{PLAN}/outputs", returned="true") == []
    acted(monitor, one, "confirmations")
    acts = history(office, one)
    assert [done["kind"] for done in acts] == ["confirmation", "return", "claim", "confirmation"]
    assert [done["reason"] for done in acts] == [None, MISSING, "Đã bổ sung", None]
    assert [done["level"] for done in acts] == ["confirmed", "none", "evidenced", "confirmed"]
    assert history(service["SCT"], one, limit="1") == acts, "page by page, whoever may see the output"
    assert differences(service) == []


def test_records_alone_do_not_lift_what_was_returned_and_the_push_says_so(service: Service) -> None:
    office = service["SVHTTDL"]
    one = ready(service)
    acted(service["TTBCD"], one, "returns", missing=MISSING)
    told = record(office, "IV.7.a", output="M1", title="Danh sách")
    assert (told["result"], told["moved"]) == ("created", [])
    assert "claim it again" in told["hint_en"]
    assert "claims" in told["hint_vi"]
    assert (output(office, "IV.7.a")["level"], output(office, "IV.7.a")["evidence"]) == ("none", 2)
    acted(office, one, "claims")
    assert output(office, "IV.7.a")["level"] == "evidenced"


@pytest.mark.parametrize(
    ("task", "agency", "code"),
    [("IV.9.1", "BAOTV", "2023-Q2"), ("IV.6.a", "SCT", "P1"), ("IV.3.a", "VPUBND", "O1")],
)
def test_a_returned_output_of_every_kind_says_so_to_the_next_push(
    service: Service, task: str, agency: str, code: str
) -> None:
    if code == "P1":
        decided(service["TTBCD"], {"change": "target", "task": task, "target": 2})
    changes: dict[str, Any] = {"opens_occurrence": True} if code == "O1" else {}
    record(service[agency], task, **changes)
    acted(service["TTBCD"], output(service[agency], task, agency, code), "returns", missing=MISSING)
    told = record(service[agency], task, **({"output": "O1"} if code == "O1" else {}))
    if code == "P1":  # the next piece is filled; the first is still returned
        assert [(one["output"], one["after"]) for one in told["moved"]] == [("P2", "evidenced")]
    else:
        assert told["moved"] == []
        assert "claim it again" in told["hint_en"]
    assert levels(service[agency], task)[f"{agency}/{code}"] == "none"
    assert differences(service) == []


def test_nothing_is_returned_of_which_nothing_was_reported(service: Service) -> None:
    one = output(service["SVHTTDL"], "IV.7.a")
    conflicting(act(service["TTBCD"], one, "returns", missing=MISSING), "nothing_reported", "none")
    acted(service["SVHTTDL"], one, "claims")
    acted(service["TTBCD"], one, "returns", missing=MISSING)
    assert output(service["SVHTTDL"], "IV.7.a")["level"] == "none"


def test_the_last_evidence_of_what_is_confirmed_stays_until_it_is_returned(service: Service) -> None:
    office, monitor = service["SVHTTDL"], service["TTBCD"]
    first, last = (record(office, "IV.7.a", output="M1")["activity"]["id"] for _ in range(2))
    one = output(office, "IV.7.a")
    acted(monitor, one, "confirmations")
    withdraw(office, first)
    for answer in (
        office.post(f"{PLAN}/activities/{last}/withdrawals", json={"reason": "Nhầm"}),
        revise(office, last, output=None),
        revise(office, last, occurred_on="2022-12-31"),
    ):
        assert answer.status_code in (409, 422), answer.text
    acted(monitor, one, "returns", missing=MISSING)
    withdraw(office, last)
    shown = output(office, "IV.7.a")
    assert (shown["evidence"], shown["level"], shown["returned"]["missing"]) == (0, "none", MISSING)
    acted(office, one, "claims")
    assert output(office, "IV.7.a")["level"] == "reported"
    assert differences(service) == []


def test_the_last_evidence_of_a_confirmed_piece_stays_as_well(service: Service) -> None:
    office, monitor = service["SCT"], service["TTBCD"]
    decided(monitor, {"change": "target", "task": "IV.6.a", "target": 3})
    one, two = (record(office, "IV.6.a", quantity=n)["activity"]["id"] for n in (1, 2))
    acted(monitor, output(monitor, "IV.6.a", code="P3"), "confirmations")
    for activity in (one, two):
        gone = office.post(f"{PLAN}/activities/{activity}/withdrawals", json={"reason": "Nhầm"})
        assert (gone.status_code, gone.json()["reason"]) == (409, "last_evidence")
    less = revise(office, two, quantity=1)
    assert (less.status_code, less.json()["reason"]) == (409, "last_evidence")
    assert revise(office, two, quantity=5).status_code == 200
    withdraw(office, one)
    assert levels(office, "IV.6.a") == {
        "SCT/P1": "evidenced",
        "SCT/P2": "evidenced",
        "SCT/P3": "confirmed",
    }
    assert differences(service) == []


# On behalf, conditions, repetition.


def test_on_behalf_both_are_named(service: Service) -> None:
    one = output(service["BPGV"], "IV.7.a")
    told = acted(service["BPGV"], one, "claims", note="Ghi thay theo công văn")
    assert (told["act"]["by"]["code"], told["act"]["on_behalf_of"]["code"]) == ("BPGV", "SVHTTDL")
    told = acted(service["BPGV"], one, "withdrawals", reason="Ghi nhầm")
    assert (told["act"]["by"]["code"], told["act"]["on_behalf_of"]["code"]) == ("BPGV", "SVHTTDL")
    told = acted(service["SVHTTDL"], one, "claims")
    assert told["act"]["on_behalf_of"] is None
    assert act(service["BPGV"], one, "claims").json()["act"]["by"]["code"] == "SVHTTDL"


def test_a_decision_on_an_output_may_be_meant_for_one_state_of_it(service: Service) -> None:
    monitor, office = service["TTBCD"], service["SVHTTDL"]
    one = ready(service)
    seen = monitor.get(f"{PLAN}/outputs/{one['id']}").headers["etag"]
    record(office, "IV.7.a", output="M1", title="Thêm")
    for what, body in (("confirmations", {}), ("returns", {"missing": MISSING})):
        for tag in (seen, f"W/{seen}", '"x"', "x", ""):
            stale = act(monitor, one, what, headers={"If-Match": tag}, **body)
            assert (stale.status_code, stale.json()["code"]) == (412, "stale_version"), tag
    now = monitor.get(f"{PLAN}/outputs/{one['id']}").headers["etag"]
    done = act(monitor, one, "confirmations", headers={"If-Match": f'"99-{"0" * 24}", {now}'})
    assert done.status_code == 201
    assert done.headers["etag"] == monitor.get(f"{PLAN}/outputs/{one['id']}").headers["etag"]
    assert act(monitor, one, "returns", headers={"If-Match": now}, missing=MISSING).status_code == 412
    follow = {"If-Match": done.headers["etag"]}
    assert act(monitor, one, "returns", headers=follow, missing=MISSING).status_code == 201
    assert act(monitor, one, "returns", headers={"If-Match": "*"}, missing=MISSING).status_code == 200
    refused(act(office, one, "confirmations", headers={"If-Match": seen}), "own_work")


def test_an_act_repeated_under_its_key_is_told_as_it_was(service: Service) -> None:
    office, key = service["SVHTTDL"], {"Idempotency-Key": "bao-cao-1"}
    one = output(office, "IV.7.a")
    first = act(office, one, "claims", headers=key)
    acted(office, one, "withdrawals", reason="Nhầm")
    again = act(office, one, "claims", headers=key)
    assert (again.status_code, again.content) == (201, first.content)
    assert output(office, "IV.7.a")["level"] == "none"
    assert act(office, one, "claims", note="Khác", headers=key).json()["code"] == "idempotency_key_reused"
    fresh = act(service["TTBCD"], one, "confirmations", headers=key)
    assert fresh.status_code == 409, "keys are per caller, and a refusal burns none"
    record(office, "IV.7.a", output="M1")
    assert act(service["TTBCD"], one, "confirmations", headers=key).status_code == 201


def test_reasons_are_one_text_in_either_unicode_form(service: Service) -> None:
    office = service["SVHTTDL"]
    one = output(office, "IV.7.a")
    forms = [unicodedata.normalize(form, " Đã tập huấn ở Trà Vinh\u00a0") for form in ("NFC", "NFD")]
    told = [acted(office, one, "claims", note=forms[0])["act"]["reason"]]
    acted(office, one, "withdrawals", reason=forms[1])
    told.append(acted(office, one, "claims", note=forms[1])["act"]["reason"])
    assert told == ["Đã tập huấn ở Trà Vinh"] * 2
    acted(service["TTBCD"], one, "returns", missing=unicodedata.normalize("NFD", MISSING))
    assert output(office, "IV.7.a")["returned"]["missing"] == MISSING
    longest = unicodedata.normalize("NFD", "ế" * 1000)
    assert acted(office, one, "claims", note=longest)["act"]["reason"] == "ế" * 1000
    for bad in ("", " ", "x" * 1001, "a\x00b", "a\x1bb"):
        assert act(office, one, "withdrawals", reason=bad).status_code == 422


def test_every_act_is_journaled_in_the_transaction_that_made_it(service: Service) -> None:
    office, monitor = service["SVHTTDL"], service["TTBCD"]
    one = ready(service)
    for client, what, body, action in (
        (office, "claims", {}, "output.claim"),
        (monitor, "returns", {"missing": MISSING}, "output.return"),
        (service["BPGV"], "claims", {}, "output.claim"),
        (monitor, "confirmations", {}, "output.confirm"),
    ):
        before = len(journal(service))
        told = acted(client, one, what, **body)
        entries = journal(service)[before:]
        assert [(entry.subject, entry.operation, entry.ref) for entry in entries] == [
            ("output", "changed", one["id"]),
            ("act", "created", told["act"]["id"]),
        ]
        assert {entry.action for entry in entries} == {action}
        assert {entry.actor for entry in entries} == {told["act"]["by"]["code"]}
        assert len({(entry.at, entry.request_id) for entry in entries}) == 1
    assert differences(service) == []


# Hidden things, and fields that nobody may set.


@pytest.mark.parametrize(("task", "agency"), [("IV.12.1", "BCHQS"), ("IV.10.1", "CAT"), ("IV.1.3", "TTBCD")])
def test_acts_on_hidden_outputs_are_as_unknown_as_those_on_none(
    service: Service, task: str, agency: str
) -> None:
    hidden = output(service[agency], task, agency, "2023-Q1")["id"]
    place = assignment(service[agency], task, agency)["id"]
    outsider = service["SCT"]

    def told(id_: str, part: str) -> list[Any]:
        answers = [
            outsider.get(f"{PLAN}/outputs/{id_}"),
            outsider.get(f"{PLAN}/outputs/{id_}/acts"),
            *(act(outsider, id_, what) for what in ("claims", "confirmations")),
            act(outsider, id_, "returns", missing="x"),
            act(outsider, id_, "withdrawals", reason="x"),
            act(outsider, id_, "claims", colour="x"),
            outsider.post(f"{PLAN}/assignments/{part}/occurrences", json={}),
            outsider.post(
                f"{PLAN}/assignments/{part}/status-entries", json={"period": "2023-Q1", "entry": "fulfilled"}
            ),
            outsider.post(
                f"{PLAN}/assignments/{part}/status-entries", json={"period": "2099-Q1", "entry": "returned"}
            ),
        ]
        return [(one.status_code, {**one.json(), "request_id": None, "instance": None}) for one in answers]

    assert told(hidden, place) == told(NOWHERE, NOWHERE)
    assert {status for status, _ in told(hidden, place)} == {404, 422}


def test_no_field_may_be_set_that_the_contract_does_not_name(service: Service) -> None:
    one = ready(service)["id"]
    part = assignment(service["CAT"], "IV.10.1", "CAT")["id"]
    visit = assignment(service["VPUBND"], "IV.3.a", "VPUBND")["id"]
    ways: list[tuple[Any, httpx.Client, str, dict[str, Any]]] = [
        (ClaimIn, service["SVHTTDL"], f"outputs/{one}/claims", {}),
        (WithdrawalIn, service["SVHTTDL"], f"outputs/{one}/withdrawals", {"reason": "x"}),
        (ConfirmationIn, service["TTBCD"], f"outputs/{one}/confirmations", {}),
        (ReturnIn, service["TTBCD"], f"outputs/{one}/returns", {"missing": "x"}),
        (OccurrenceIn, service["VPUBND"], f"assignments/{visit}/occurrences", {}),
        (
            StatusEntryIn,
            service["CAT"],
            f"assignments/{part}/status-entries",
            {"period": "2023-Q1", "entry": "fulfilled"},
        ),
    ]
    before = rows(service)
    names = {
        *(column.name for column in Output.__table__.columns),
        *(column.name for column in Act.__table__.columns),
        *("by", "on_behalf_of", "agency", "missing", "note", "reason", "label", "due_on", "title", "link"),
        *("quantity", "count", "attachment", "person", "content", "text", "percent", "period", "entry"),
    }
    for schema, client, path, body in ways:
        for name in sorted(names - set(schema.model_fields)):
            values: list[Any] = [None, 1, "x", [], {}]
            for value in values:
                answer = client.post(f"{PLAN}/{path}", json={**body, name: value})
                assert answer.status_code == 422, (path, name, answer.text)
                assert [e["code"] for e in answer.json()["errors"]] == ["unknown_field"], (path, name)
    assert rows(service) == before


# Status-only duties.


def entry(client: httpx.Client, part: dict[str, Any], period: str, word: str, **more: Any) -> httpx.Response:
    """Say one word of a period."""
    url = f"{PLAN}/assignments/{part['id']}/status-entries"
    return client.post(url, json={"period": period, "entry": word, **more})


def test_of_a_status_only_duty_a_period_and_a_word_are_told_and_nothing_else(service: Service) -> None:
    office, monitor = service["CAT"], service["TTBCD"]
    part = assignment(office, "IV.10.1", "CAT")
    told = entry(office, part, "2023-Q1", "fulfilled")
    assert told.status_code == 201
    shown = told.json()["output"]
    assert (shown["code"], shown["level"], shown["evidence"]) == ("2023-Q1", "evidenced", 0)
    assert told.json()["act"]["reason"] is None
    assert told.json()["hint_en"] is None
    assert entry(office, part, "2023-Q1", "fulfilled").status_code == 200
    assert figure(monitor, task="IV.10.1") == (Fraction(1, 4), Fraction(1, 4), 0)
    assert entry(monitor, part, "2023-Q1", "confirmed").json()["output"]["level"] == "confirmed"
    conflicting(entry(monitor, part, "2023-Q2", "confirmed"), "not_evidenced", "none")
    conflicting(entry(monitor, part, "2023-Q2", "returned"), "nothing_reported", "none")
    conflicting(entry(office, part, "2023-Q1", "not_fulfilled"), "already_confirmed", "confirmed")
    back = entry(monitor, part, "2023-Q1", "returned").json()
    assert (back["output"]["level"], back["output"]["returned"]["missing"]) == ("none", None)
    assert back["output"]["evidenced_on"] is None
    assert [one["code"] for one in items(office, f"{PLAN}/outputs", returned="true")] == ["2023-Q1"]
    assert entry(office, part, "2023-Q1", "fulfilled").json()["output"]["level"] == "evidenced"
    assert entry(office, part, "2023-Q1", "not_fulfilled").json()["output"]["level"] == "none"
    acts = history(office, shown)
    assert [one["kind"] for one in acts] == ["claim", "confirmation", "return", "claim", "withdrawal"]
    assert {one["reason"] for one in acts} == {None}
    assert differences(service) == []


def test_every_other_door_is_closed_to_a_status_only_duty(service: Service) -> None:
    office, monitor = service["CAT"], service["TTBCD"]
    part = assignment(office, "IV.10.1", "CAT")
    one = output(office, "IV.10.1", "CAT", "2023-Q1")
    before = rows(service)
    for client, what, body in (
        (office, "claims", {}),
        (office, "claims", {"note": "x"}),
        (office, "withdrawals", {"reason": "x"}),
        (service["BPGV"], "claims", {}),
        (monitor, "confirmations", {}),
        (monitor, "returns", {"missing": "x"}),
    ):
        problem = refused(act(client, one, what, **body), "status_only")
        assert problem["who_can"] == problem["on_behalf"] == []
    refused(office.post(f"{PLAN}/activities", json=news("IV.10.1")), "status_only")
    refused(office.post(f"{PLAN}/assignments/{part['id']}/occurrences", json={}), "status_only")
    for extra in ({"note": "x"}, {"reason": "x"}, {"count": 2}, {"missing": "x"}, {"link": "https://x.vn/"}):
        for word in ("fulfilled", "not_fulfilled", "confirmed", "returned"):
            assert entry(office, part, "2023-Q1", word, **extra).status_code == 422
    for period in (
        "2023-q1",
        "2023-Q5",
        "Q1",
        "",
        "2023-13",
        "2023-M13",
        "2023-Q1\n",
        "２０２３-Q1",
        "2023-H1",
        "2024-Q1",
    ):
        assert entry(office, part, period, "fulfilled").status_code == 422, period
    words: list[Any] = ["done", "", None, 1, "Fulfilled", ["fulfilled"]]
    for wrong in words:
        assert entry(office, part, "2023-Q1", wrong).status_code == 422, wrong
    assert rows(service) == before


def test_the_word_of_a_period_is_for_status_only_duties_alone(service: Service) -> None:
    part = assignment(service["BAOTV"], "IV.9.1", "BAOTV")
    for client, word in ((service["BAOTV"], "fulfilled"), (service["TTBCD"], "confirmed")):
        refused(entry(client, part, "2023-Q1", word), "not_status_only")
    helper = assignment(service["BAOTV"], "IV.7.b", "BAOTV", "coordinate")
    assert entry(service["BAOTV"], helper, "2023-Q1", "fulfilled").status_code == 404


def test_each_body_of_a_status_only_duty_tells_of_its_own_part(service: Service) -> None:
    mine, other = service["BTG.TPTV"], pushing(service, "BTG.HCL")
    parts = {code: assignment(service["TTBCD"], "IV.15.b", code) for code in ("BTG.TPTV", "BTG.HCL")}
    assert entry(mine, parts["BTG.TPTV"], "2023-Q1", "fulfilled").status_code == 201
    assert entry(mine, parts["BTG.HCL"], "2023-Q1", "fulfilled").status_code == 404
    assert entry(other, parts["BTG.HCL"], "2023-Q1", "fulfilled").status_code == 201
    assert {one["agency"] for one in items(mine, f"{PLAN}/outputs", task="IV.15.b")} == {"BTG.TPTV"}
    assert refused(entry(mine, parts["BTG.TPTV"], "2023-Q1", "confirmed"), "own_work")["who_can"] == ["TTBCD"]
    assert refused(entry(service["TTBCD"], parts["BTG.HCL"], "2023-Q1", "fulfilled"), "another_agency")[
        "who_can"
    ] == ["BTG.HCL"]
    told = entry(service["BPGV"], parts["BTG.HCL"], "2023-Q2", "fulfilled").json()["act"]
    assert (told["by"]["code"], told["on_behalf_of"]["code"]) == ("BPGV", "BTG.HCL")
    refused(entry(service["BPGV"], parts["BTG.HCL"], "2023-Q2", "confirmed"), "another_agency")


def test_a_triggered_one_tells_that_it_came_up_in_a_period_and_not_how_often(service: Service) -> None:
    office, monitor = service["BTG.TPTV"], service["TTBCD"]
    part = assignment(office, "IV.15.c", "BTG.TPTV")
    assert figure(office, task="IV.15.c") == (None, None, None)
    unknown = entry(office, part, "2023-Q2", "not_fulfilled")
    assert (unknown.status_code, unknown.json()["errors"][0]["code"]) == (422, "unknown_period")
    assert unknown.json()["offered_periods"] == ["2023-Q1", "2023-Q2", "2023-Q3", "2023-Q4"]
    assert entry(monitor, part, "2023-Q2", "confirmed").status_code == 422
    assert entry(office, part, "2023-H1", "fulfilled").status_code == 422
    told = entry(office, part, "2023-Q2", "fulfilled")
    assert (told.status_code, told.json()["output"]["kind"]) == (201, "occurrence")
    assert entry(office, part, "2023-Q2", "fulfilled").status_code == 200
    assert entry(office, part, "2023-Q1", "fulfilled").status_code == 201
    shown = items(office, f"{PLAN}/outputs", task="IV.15.c")
    assert [one["code"] for one in shown] == ["2023-Q1", "2023-Q2"], "in the order of the year"
    assert figure(office, task="IV.15.c") == (1, 1, 0)
    assert entry(monitor, part, "2023-Q2", "confirmed").status_code == 201
    assert figure(office, task="IV.15.c") == (1, 1, Fraction(1, 2))
    assert entry(office, part, "2023-Q1", "not_fulfilled").json()["output"]["owed"] is False
    assert figure(office, task="IV.15.c") == (1, 1, 1)
    assert entry(office, part, "2023-Q1", "fulfilled").json()["output"]["owed"] is True
    assert differences(service) == []


def test_a_return_never_raises_a_figure(service: Service) -> None:
    """What came up, was told and is sent back is owed still: it does not go as if it had never come up."""
    office, monitor = service["BTG.TPTV"], service["TTBCD"]
    part = assignment(office, "IV.15.c", "BTG.TPTV")
    for period in ("2023-Q1", "2023-Q2"):
        assert entry(office, part, period, "fulfilled").status_code == 201
    assert entry(monitor, part, "2023-Q1", "returned").status_code == 201
    assert figure(office, task="IV.15.c") == (Fraction(1, 2), Fraction(1, 2), 0)
    assert entry(office, part, "2023-Q1", "not_fulfilled").status_code == 200
    assert figure(office, task="IV.15.c") == (Fraction(1, 2), Fraction(1, 2), 0)
    visits = service["VPUBND"]
    kept = [record(visits, "IV.3.a", opens_occurrence=True)["activity"]["id"] for _ in range(2)]
    one = output(visits, "IV.3.a", code="O1")
    acted(visits, one, "claims")
    withdraw(visits, kept[0])
    assert figure(monitor, task="IV.3.a") == (1, Fraction(1, 2), 0)
    acted(monitor, one, "returns", missing=MISSING)
    assert figure(monitor, task="IV.3.a") == (Fraction(1, 2), Fraction(1, 2), 0)
    two = output(visits, "IV.3.a", code="O2")
    acted(monitor, two, "returns", missing=MISSING)
    withdraw(visits, kept[1])
    assert output(visits, "IV.3.a", code="O2")["owed"] is False, "only a record said that this one came up"
    assert differences(service) == []


# Occurrences.


def opening(client: httpx.Client, part: dict[str, Any], **body: Any) -> httpx.Response:
    """Say that a triggered duty has come up."""
    return client.post(f"{PLAN}/assignments/{part['id']}/occurrences", json=body)


def test_an_occurrence_is_owed_before_it_is_met(service: Service) -> None:
    office, monitor = service["VPUBND"], service["TTBCD"]
    part = assignment(office, "IV.3.a", "VPUBND")
    assert figure(monitor, task="IV.3.a") == (None, None, None)
    made = opening(office, part, label="Đoàn Campuchia", due_on="2023-08-01")
    assert made.status_code == 201
    one = made.json()["output"]
    assert (one["code"], one["label_vi"], one["due_on"]) == ("O1", "Đoàn Campuchia", "2023-08-01")
    assert (one["level"], one["owed"]) == ("none", True)
    assert made.headers["location"].endswith(one["id"])
    found = str(httpx.URL(f"http://x{PLAN}/assignments/{part['id']}/").join(made.headers["location"]).path)
    where = httpx.URL(f"http://x{PLAN}/assignments/{part['id']}/occurrences").join(made.headers["location"])
    assert office.get(str(where.path)).json() == one, found
    assert made.headers["etag"] == office.get(str(where.path)).headers["etag"]
    assert figure(monitor, task="IV.3.a") == (0, 0, 0)
    record(office, "IV.3.a", output="O1")
    assert figure(monitor, task="IV.3.a") == (1, 1, 0)
    two = opening(office, part).json()["output"]
    assert (two["code"], two["due_on"], two["due_source"]) == ("O2", "2023-12-31", "implied")
    assert figure(monitor, task="IV.3.a") == (Fraction(1, 2), Fraction(1, 2), 0)
    withdraw(office, items(office, f"{PLAN}/activities", task="IV.3.a")[0]["id"])
    assert figure(monitor, task="IV.3.a") == (0, 0, 0), "opened by hand, it stays owed"
    assert differences(service) == []


@pytest.mark.parametrize("day", ["2022-12-31", "2203-08-01"])
def test_an_occurrence_is_due_within_reach_of_its_plan(service: Service, day: str) -> None:
    office = service["VPUBND"]
    wrong = opening(office, assignment(office, "IV.3.a", "VPUBND"), due_on=day).json()
    assert [(one["pointer"], one["code"]) for one in wrong["errors"]] == [
        ("/due_on", "deadline_out_of_reach")
    ]


def test_who_may_open_an_occurrence_and_of_what(service: Service) -> None:
    part = assignment(service["VPUBND"], "IV.3.a", "VPUBND")
    for caller in ("SCT", "TTBCD"):
        problem = refused(opening(service[caller], part), "another_agency")
        assert (problem["rule"], problem["who_can"]) == ("occurrence.open", ["VPUBND"])
    assert opening(service["BPGV"], part).status_code == 201
    other = assignment(service["SVHTTDL"], "IV.7.a", "SVHTTDL")
    never = opening(service["SVHTTDL"], other)
    assert (never.status_code, never.json()["reason"]) == (409, "not_triggered")
    for bad in ({"due_on": "2023-02-30"}, {"due_on": 5}, {"label": ""}, {"label": "x" * 301}, {"task": "x"}):
        assert opening(service["VPUBND"], part, **bad).status_code == 422, bad


def test_an_occurrence_opened_under_one_key_is_opened_once(service: Service) -> None:
    part = assignment(service["VPUBND"], "IV.3.a", "VPUBND")
    url, key = f"{PLAN}/assignments/{part['id']}/occurrences", {"Idempotency-Key": "doan-1"}
    answers = [service["VPUBND"].post(url, json={}, headers=key) for _ in range(3)]
    assert len({answer.content for answer in answers}) == 1
    assert levels(service["VPUBND"], "IV.3.a") == {"VPUBND/O1": "none"}


# At once.


def test_acts_at_once_end_in_one_legal_state(service: Service) -> None:
    office, monitor = service["SVHTTDL"], service["TTBCD"]
    activity = record(office, "IV.7.a", output="M1")["activity"]["id"]
    one = output(office, "IV.7.a")
    calls: list[Callable[[], httpx.Response]] = [
        *(partial(act, office, one, "claims") for _ in range(3)),
        *(partial(act, office, one, "withdrawals", reason="Rút") for _ in range(2)),
        *(partial(act, monitor, one, "confirmations") for _ in range(3)),
        *(partial(act, monitor, one, "returns", missing=MISSING) for _ in range(2)),
        *(partial(office.post, f"{PLAN}/activities", json=news("IV.7.a", output="M1")) for _ in range(2)),
        partial(office.post, f"{PLAN}/activities/{activity}/withdrawals", json={"reason": "Nhầm"}),
    ]
    answers = at_once(calls)
    assert set(statuses(answers)) <= {200, 201, 409}, [one.text for one in answers if one.status_code > 409]
    shown = output(office, "IV.7.a")
    acts = history(office, one)
    assert sum(answer.status_code == 201 for answer in answers[:10]) == len(acts)
    claimed = confirmed = returned = False
    for done in acts:  # the acts on record, one after the other, come to where the output stands
        claimed = done["kind"] == "claim" or (claimed and done["kind"] == "confirmation")
        returned = done["kind"] == "return" or (returned and done["kind"] == "withdrawal")
        confirmed = done["kind"] == "confirmation" or (confirmed and done["kind"] == "claim")
    assert shown["claimed_explicitly"] == claimed
    assert (shown["returned"] is not None) == returned
    assert shown["confirmed"] == confirmed
    assert differences(service) == []


def test_one_confirmation_of_many_at_once_is_the_one(service: Service) -> None:
    one = ready(service)
    answers = at_once([partial(act, service["TTBCD"], one, "confirmations") for _ in range(8)])
    assert statuses(answers) == {200: 7, 201: 1}
    assert len({answer.json()["act"]["id"] for answer in answers}) == 1
    assert len(history(service["TTBCD"], one)) == 1
    assert differences(service) == []


def test_a_confirmation_meant_for_one_state_is_never_given_to_another(service: Service) -> None:
    """Ten offices' records and ten confirmations of what was seen: a confirmed output is the seen one."""
    one = ready(service)
    seen = service["TTBCD"].get(f"{PLAN}/outputs/{one['id']}").headers["etag"]
    calls: list[Callable[[], httpx.Response]] = []
    for number in range(5):
        title = f"Bản {number}"
        calls.append(
            partial(
                service["SVHTTDL"].post, f"{PLAN}/activities", json=news("IV.7.a", output="M1", title=title)
            )
        )
        calls.append(partial(act, service["TTBCD"], one, "confirmations", headers={"If-Match": seen}))
    answers = at_once(calls)
    assert set(statuses(answers)) <= {200, 201, 412}
    done = [answer for answer in answers[1::2] if answer.status_code == 201]
    assert len(done) <= 1
    for answer in done:
        assert answer.json()["output"]["evidence"] == 1
    assert differences(service) == []


def test_occurrences_opened_at_once_have_different_names(service: Service) -> None:
    part = assignment(service["VPUBND"], "IV.3.a", "VPUBND")
    answers = at_once([partial(opening, service["VPUBND"], part) for _ in range(6)])
    assert statuses(answers) == {201: 6}
    assert sorted(answer.json()["output"]["code"] for answer in answers) == [f"O{n}" for n in range(1, 7)]


def test_one_period_reported_at_once_by_many_is_opened_once(service: Service) -> None:
    part = assignment(service["BTG.TPTV"], "IV.15.c", "BTG.TPTV")
    answers = at_once([partial(entry, service["BTG.TPTV"], part, "2023-Q1", "fulfilled") for _ in range(6)])
    assert statuses(answers) == {200: 5, 201: 1}
    assert differences(service) == []


def test_a_former_lead_opens_no_new_period(service: Service) -> None:
    """Who handed a duty over keeps what it told, and tells nothing new."""
    office = service["BTG.TPTV"]
    part = assignment(office, "IV.15.c", "BTG.TPTV")
    assert entry(office, part, "2023-Q1", "fulfilled").status_code == 201
    decided(service["TTBCD"], leads("IV.15.c", "SCT"))
    assert entry(office, part, "2023-Q1", "not_fulfilled").status_code == 201
    assert entry(office, part, "2023-Q1", "fulfilled").status_code == 201
    late = entry(office, part, "2023-Q2", "fulfilled")
    assert late.status_code in (403, 422), late.text
    assert [one["code"] for one in items(office, f"{PLAN}/outputs", task="IV.15.c")] == ["2023-Q1"]
    new = assignment(service["SCT"], "IV.15.c", "SCT")
    assert entry(service["SCT"], new, "2023-Q2", "fulfilled").status_code == 201
    assert differences(service) == []
