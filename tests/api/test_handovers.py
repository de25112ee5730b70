"""Work that changes hands: leads, members of groups, bodies that end. No figure moves by it, nothing is taken
from anybody's name, and the shares of a task always sum to 1."""

from collections.abc import Callable
from fractions import Fraction
from functools import partial
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import select

from app.models import Plan
from app.rules.timeliness import Bucket
from tests.deciding import (
    LEVELS,
    act,
    acted,
    assignment,
    decide,
    decided,
    entered,
    faults,
    figure,
    history,
    leads,
    member,
    nodes,
    on,
    output,
    owed,
    ratio,
    secret_of,
    shares,
)
from tests.faults.together import at_once, statuses
from tests.service import PLAN, Service
from tests.walks import items
from tests.writing import (
    SMALL,
    beside,
    differences,
    evidenced,
    load,
    news,
    pushing,
    record,
    revise,
    small_plan,
    twin_of,
    with_key,
    withdraw,
)

MISSING = "Thiếu ảnh"
STANDING_STILL = ("task", "section")


def sound(service: Service, *tasks: str) -> None:
    """All of it adds up."""
    for task in tasks:
        assert sum(shares(service, task).values()) == 1, task
    assert differences(service) == []


@pytest.fixture
def twin(service: Service, tmp_path: Path) -> str:
    """Another plan of the same bodies."""
    return twin_of(service, tmp_path)


# Leads.


def test_who_comes_owes_what_was_open_and_who_leaves_keeps_what_it_did(service: Service) -> None:
    owner, old, new = service["TTBCD"], service["BAOTV"], service["SCT"]
    on(service, "2023-08-15")
    first = record(old, "IV.9.1", occurred_on="2023-02-01")["activity"]
    acted(owner, output(owner, "IV.9.1", "BAOTV", "2023-Q1"), "confirmations")
    acted(old, output(owner, "IV.9.1", "BAOTV", "2023-Q2"), "claims")
    before = nodes(owner, *STANDING_STILL)
    told = decided(owner, leads("IV.9.1", "SCT", "DAITV"))
    assert ratio(told["after"]["evidenced"]) == ratio(told["before"]["evidenced"])
    assert nodes(owner, *STANDING_STILL) == before
    assert owed(service, "IV.9.1", "BAOTV") == {"BAOTV/2023-Q1": "confirmed", "BAOTV/2023-Q2": "reported"}
    assert owed(service, "IV.9.1", "SCT") == {"SCT/2023-Q3": "none", "SCT/2023-Q4": "none"}
    assert shares(service, "IV.9.1") == {
        "BAOTV": Fraction(1, 4),
        "SCT": Fraction(1, 4),
        "DAITV": Fraction(1, 2),
    }
    mine = assignment(new, "IV.9.1", "SCT")
    his = assignment(new, "IV.9.1", "BAOTV")
    assert (mine["succeeds"], mine["valid_from"], mine["source"]) == (his["id"], "2023-08-15", "decision")
    assert (his["valid_to"], his["source"]) == ("2023-08-14", "plan_text")
    assert [one["id"] for one in items(new, f"{PLAN}/activities", task="IV.9.1", agency="BAOTV")] == [
        first["id"]
    ]
    # what the old one may still do, and what not
    late = old.post(f"{PLAN}/activities", json=news("IV.9.1", occurred_on="2023-05-02"))
    assert (late.status_code, late.json()["reason"]) == (403, "another_agency")
    assert (late.json()["you_are"], late.json()["who_can"]) == (["former_lead"], ["DAITV", "SCT"])
    assert revise(old, first["id"], title="Viết đúng").status_code == 200
    acted(old, output(owner, "IV.9.1", "BAOTV", "2023-Q2"), "withdrawals", reason="Nhầm")
    acted(old, output(owner, "IV.9.1", "BAOTV", "2023-Q2"), "claims")
    gone = output(owner, "IV.9.1", "BAOTV", "2023-Q3")
    assert act(old, gone, "claims").json()["reason"] == "not_owed"
    assert act(new, output(owner, "IV.9.1", "BAOTV", "2023-Q2"), "claims").status_code == 403
    # and what the new one may
    assert record(new, "IV.9.1", occurred_on="2023-07-20")["activity"]["output"] == "2023-Q3"
    early = record(new, "IV.9.1", occurred_on="2023-02-20")
    assert (early["activity"]["output"], early["activity"]["counts"]) == (None, False)
    for_another = news("IV.9.1", agency="BAOTV", occurred_on="2023-02-02")
    assert new.post(f"{PLAN}/activities", json=for_another).status_code == 403
    sound(service, "IV.9.1")


def test_a_claim_that_went_with_no_handover_can_still_be_evidenced(service: Service) -> None:
    """Who handed over records nothing any more: the secretariat does, in its name. What is not owed by it
    counts for nothing, and nothing comes up for it."""
    owner, old, behalf = service["TTBCD"], service["SVHTTDL"], service["BPGV"]
    acted(old, output(owner, "IV.7.a", "SVHTTDL"), "claims")
    decided(owner, leads("IV.7.a", "SCT"))
    assert owed(service, "IV.7.a") == {"SVHTTDL/M1": "reported"}
    assert old.post(f"{PLAN}/activities", json=news("IV.7.a", output="M1")).status_code == 403
    part = assignment(behalf, "IV.7.a", "SVHTTDL")
    assert "activity.record" in part["can"]
    said = record(behalf, "IV.7.a", agency="SVHTTDL", output="M1")
    assert (said["activity"]["agency"]["code"], said["activity"]["recorded_by"]["code"]) == (
        *("SVHTTDL", "BPGV"),
    )
    assert owed(service, "IV.7.a") == {"SVHTTDL/M1": "evidenced"}
    assert figure(owner, task="IV.7.a") == (1, 1, 0)
    sound(service, "IV.7.a")
    decided(owner, {"change": "target", "task": "IV.6.a", "target": 2})
    acted(service["SCT"], output(owner, "IV.6.a", "SCT", "P1"), "claims")
    decided(owner, leads("IV.6.a", "STC"))
    assert record(behalf, "IV.6.a", agency="SCT")["moved"][0]["after"] == "evidenced"
    surplus = record(behalf, "IV.6.a", agency="SCT")
    assert (surplus["moved"], figure(owner, task="IV.6.a")[1]) == ([], Fraction(1, 2))
    sound(service, "IV.6.a")
    record(service["VPUBND"], "IV.3.a", opens_occurrence=True)
    decided(owner, leads("IV.3.a", "SCT"))
    new = behalf.post(f"{PLAN}/activities", json=news("IV.3.a", agency="VPUBND", opens_occurrence=True))
    assert (new.status_code, new.json()["reason"]) == (409, "handed_over")
    sound(service, "IV.3.a")


def test_who_comes_back_with_surplus_has_made_what_it_takes_up(service: Service) -> None:
    """The only figure that a handover moves, and upwards: the pieces are there, and it owes them again."""
    owner, behalf = service["TTBCD"], service["BPGV"]
    decided(owner, {"change": "target", "task": "IV.6.a", "target": 4})
    record(service["SCT"], "IV.6.a", quantity=2)
    decided(owner, leads("IV.6.a", "STC"))
    record(behalf, "IV.6.a", agency="SCT")
    kept = {"SCT/P1": "evidenced", "SCT/P2": "evidenced"}
    assert owed(service, "IV.6.a") == {**kept, "STC/P3": "none", "STC/P4": "none"}
    decided(owner, leads("IV.6.a", "SCT"))
    assert owed(service, "IV.6.a") == {**kept, "SCT/P3": "evidenced", "SCT/P4": "none"}
    sound(service, "IV.6.a")


def test_a_claim_of_a_former_lead_that_helps_now_can_still_be_evidenced(service: Service) -> None:
    """A contribution names no output: what names one on its behalf is of the part that it handed over, one by
    one or in a batch, and nobody but the secretariat says so."""
    owner, old, behalf = service["TTBCD"], service["SVHTTDL"], service["BPGV"]
    acted(old, output(owner, "IV.7.a", "SVHTTDL"), "claims")
    helps = {"change": "coordinators", "task": "IV.7.a", "coordinators": ["SVHTTDL"]}
    decided(owner, leads("IV.7.a", "SCT"), helps)
    for client, body in ((old, {}), (service["SCT"], {"agency": "SVHTTDL"})):
        refused = client.post(f"{PLAN}/activities", json=news("IV.7.a", output="M1", **body))
        assert refused.status_code in (403, 422)
    unknown = behalf.post(f"{PLAN}/activities", json=news("IV.7.a", agency="SVHTTDL", output="M9"))
    assert unknown.json()["offered_outputs"] == ["M1"]
    said = record(behalf, "IV.7.a", agency="SVHTTDL")["activity"]
    assert (said["output"], said["counts"]) == (None, False), "a contribution"
    key = {"agency": "SVHTTDL", "source_system": "bpgv"}
    batch = [
        news("IV.7.a", **key, external_id="1", title="Phối hợp"),
        news("IV.7.a", **key, external_id="2", output="M1"),
        news("IV.7.a", **key, external_id="1", title="Phối hợp đúng"),
        news("IV.7.a", **key, external_id="2", title="Minh chứng đúng"),
        news("IV.7.a", **key, external_id="3", output="M1"),
    ]
    told = behalf.post(f"{PLAN}/activities/batch", json={"records": batch}).json()
    assert [(one["result"], one["output"], one["counts"]) for one in told["results"]] == [
        *(("created", None, False), ("created", "M1", True), ("updated", None, False)),
        *(("updated", "M1", True), ("created", "M1", True)),
    ]
    assert owed(service, "IV.7.a") == {"SVHTTDL/M1": "evidenced"}
    its = {role: assignment(owner, "IV.7.a", "SVHTTDL", role) for role in ("lead", "coordinate")}
    assert "activity.record" in assignment(behalf, "IV.7.a", "SVHTTDL")["can"]
    assert (its["lead"]["records"], its["coordinate"]["records"]) == (2, 2)
    sound(service, "IV.7.a")


def test_a_lead_that_stays_keeps_its_share_whatever_the_other_did(service: Service) -> None:
    owner = service["TTBCD"]
    on(service, "2023-08-15")
    for day in ("2023-02-01", "2023-05-02"):
        record(service["BAOTV"], "IV.9.1", occurred_on=day)
        record(service["DAITV"], "IV.9.1", occurred_on=day)
    record(service["DAITV"], "IV.9.1", occurred_on="2023-07-02")
    before = nodes(owner, *STANDING_STILL, "agency")
    decided(owner, leads("IV.9.1", "DAITV", "SCT"))
    after = nodes(owner, *STANDING_STILL, "agency")
    assert {name for name in after if before.get(name) != after[name]} <= {"agency BAOTV", "agency SCT"}
    assert shares(service, "IV.9.1")["DAITV"] == Fraction(1, 2)
    decided(owner, leads("IV.9.1", "DAITV", "SCT"))
    assert nodes(owner, *STANDING_STILL, "agency") == after, "said again it is the same"
    decided(owner, leads("IV.9.1", "SCT", "STTTT"))
    assert nodes(owner, *STANDING_STILL) == {
        name: value for name, value in after.items() if not name.startswith("agency")
    }
    sound(service, "IV.9.1")


def test_several_may_come_in_the_place_of_one_and_one_in_that_of_several(service: Service) -> None:
    owner = service["TTBCD"]
    on(service, "2023-05-15")
    record(service["SVHTTDL"], "IV.7.a", output="M1")
    decided(
        owner,
        {
            "change": "milestones",
            "task": "IV.7.a",
            "milestones": [
                {"code": "M1", "title_vi": "a", "title_en": "b"},
                {"title_vi": "a", "title_en": "b", "weight": 2},
            ],
        },
    )
    before = nodes(owner, *STANDING_STILL)
    decided(owner, leads("IV.7.a", SCT="1/3", STTTT="2/3"))
    assert nodes(owner, *STANDING_STILL) == before
    assert shares(service, "IV.7.a") == {
        "SVHTTDL": Fraction(1, 3),
        "SCT": Fraction(2, 9),
        "STTTT": Fraction(4, 9),
    }
    record(service["SCT"], "IV.7.a", output="M2")
    assert figure(owner, task="IV.7.a")[1] == Fraction(5, 9)
    before = nodes(owner, *STANDING_STILL)
    decided(owner, leads("IV.7.a", "SKHDT"))
    assert nodes(owner, *STANDING_STILL) == before
    assert owed(service, "IV.7.a") == {
        "SVHTTDL/M1": "evidenced",
        "SCT/M2": "evidenced",
        "SKHDT/M2": "none",
    }
    assert shares(service, "IV.7.a")["SKHDT"] == Fraction(4, 9)
    sound(service, "IV.7.a")


def test_what_two_left_open_is_owed_whole_by_the_one_that_comes(service: Service) -> None:
    owner = service["TTBCD"]
    on(service, "2023-12-15")
    for day in ("2023-02-01", "2023-05-02", "2023-08-02"):
        record(service["BAOTV"], "IV.9.1", occurred_on=day)
    decided(owner, leads("IV.9.1", "SCT"))
    assert set(owed(service, "IV.9.1", "SCT")) == {
        *("SCT/2023-Q1", "SCT/2023-Q2", "SCT/2023-Q3", "SCT/2023-Q4")
    }
    sound(service, "IV.9.1")


def test_a_lead_may_come_back_to_what_it_kept(service: Service) -> None:
    owner = service["TTBCD"]
    on(service, "2023-08-15")
    record(service["BAOTV"], "IV.9.1", occurred_on="2023-02-01")
    decided(owner, leads("IV.9.1", "SCT", "DAITV"))
    record(service["SCT"], "IV.9.1", occurred_on="2023-05-02")
    before = nodes(owner, *STANDING_STILL)
    decided(owner, leads("IV.9.1", "BAOTV", "DAITV"))
    assert nodes(owner, *STANDING_STILL) == before
    assert owed(service, "IV.9.1", "BAOTV") == {
        "BAOTV/2023-Q1": "evidenced",
        "BAOTV/2023-Q3": "none",
        "BAOTV/2023-Q4": "none",
    }
    record(service["BAOTV"], "IV.9.1", occurred_on="2023-08-02")
    assert assignment(owner, "IV.9.1", "BAOTV")["valid_to"] is None
    decided(owner, {"change": "reporting_period", "task": "IV.9.1", "period": "month"})
    assert "BAOTV/2023-Q2" not in owed(service, "IV.9.1", "BAOTV"), "that one is SCT's"
    sound(service, "IV.9.1")


def test_after_a_return_to_the_first_lead_a_new_target_is_owed_once(service: Service) -> None:
    owner = service["TTBCD"]
    decided(owner, {"change": "target", "task": "IV.6.a", "target": 3})
    record(service["SCT"], "IV.6.a")
    decided(owner, leads("IV.6.a", "STTTT"))
    record(service["STTTT"], "IV.6.a")
    decided(owner, leads("IV.6.a", "SCT"))
    assert figure(owner, task="IV.6.a")[1] == Fraction(2, 3)
    decided(owner, {"change": "target", "task": "IV.6.a", "target": 5})
    assert owed(service, "IV.6.a") == {
        "SCT/P1": "evidenced",
        "STTTT/P2": "evidenced",
        "SCT/P3": "none",
        "SCT/P4": "none",
        "SCT/P5": "none",
    }
    assert figure(owner, task="IV.6.a")[1] == Fraction(2, 5)
    assert shares(service, "IV.6.a") == {"SCT": Fraction(4, 5), "STTTT": Fraction(1, 5)}
    sound(service, "IV.6.a")


def test_pieces_that_were_recorded_stay_with_who_made_them(service: Service) -> None:
    owner = service["TTBCD"]
    decided(owner, {"change": "target", "task": "IV.6.a", "target": 4})
    two = record(service["SCT"], "IV.6.a", quantity=2)["activity"]["id"]
    acted(owner, output(owner, "IV.6.a", code="P1"), "confirmations")
    before = nodes(owner, *STANDING_STILL)
    decided(owner, leads("IV.6.a", "STTTT"))
    assert nodes(owner, *STANDING_STILL) == before
    assert owed(service, "IV.6.a") == {
        "SCT/P1": "confirmed",
        "SCT/P2": "evidenced",
        "STTTT/P3": "none",
        "STTTT/P4": "none",
    }
    record(service["STTTT"], "IV.6.a", quantity=3)
    assert figure(owner, task="IV.6.a") == (1, 1, Fraction(1, 4))
    assert assignment(owner, "IV.6.a", "STTTT")["recorded_quantity"] == 3
    assert revise(service["SCT"], two, quantity=1).status_code == 200
    assert figure(owner, task="IV.6.a")[1] == Fraction(3, 4)
    assert revise(service["SCT"], two, quantity=2).status_code == 200
    # a target of a later day is divided by what each owes; what was recorded comes back with it
    decided(owner, {"change": "target", "task": "IV.6.a", "target": 1})
    assert owed(service, "IV.6.a") == {"SCT/P1": "confirmed"}
    assert shares(service, "IV.6.a") == {"SCT": 1, "STTTT": 0}
    decided(owner, {"change": "target", "task": "IV.6.a", "target": None})
    decided(owner, {"change": "target", "task": "IV.6.a", "target": 5})
    assert owed(service, "IV.6.a") == {
        "SCT/P1": "confirmed",
        "SCT/P2": "evidenced",
        "STTTT/P3": "evidenced",
        "STTTT/P4": "evidenced",
        "STTTT/P5": "evidenced",
    }
    sound(service, "IV.6.a")


def test_pieces_without_a_target_yet_stay_on_record_and_count_for_nobody_else(service: Service) -> None:
    owner = service["TTBCD"]
    record(service["SCT"], "IV.6.a", quantity=7)
    decided(owner, leads("IV.6.a", "STTTT"))
    assert assignment(owner, "IV.6.a", "SCT")["recorded_quantity"] == 7
    assert shares(service, "IV.6.a") == {"SCT": 0, "STTTT": 1}
    decided(owner, {"change": "target", "task": "IV.6.a", "target": 2})
    assert owed(service, "IV.6.a") == {"STTTT/P1": "none", "STTTT/P2": "none"}
    sound(service, "IV.6.a")


def test_what_was_returned_is_the_new_ones_to_make_again(service: Service) -> None:
    owner = service["TTBCD"]
    record(service["SVHTTDL"], "IV.7.a", output="M1")
    acted(owner, output(owner, "IV.7.a"), "returns", missing=MISSING)
    before = nodes(owner, *STANDING_STILL)
    decided(owner, leads("IV.7.a", "SCT"))
    assert nodes(owner, *STANDING_STILL) == before
    old, new = output(owner, "IV.7.a", "SVHTTDL"), output(owner, "IV.7.a", "SCT")
    assert (old["dropped"], old["returned"]["missing"]) == (True, MISSING)
    assert (new["returned"], new["level"]) == (None, "none")
    assert act(service["SVHTTDL"], old, "claims").json()["reason"] == "not_owed"
    assert [one["kind"] for one in history(owner, old)] == ["return"]
    record(service["SCT"], "IV.7.a", output="M1")
    acted(owner, new, "confirmations")
    assert figure(owner, task="IV.7.a") == (1, 1, 1)
    sound(service, "IV.7.a")


@pytest.mark.parametrize(
    ("task", "office", "facts"),
    [
        ("IV.7.a", "SVHTTDL", {"output": "M1"}),
        ("IV.3.a", "VPUBND", {"opens_occurrence": True}),
        ("IV.9.1", "BAOTV", {}),
    ],
)
def test_who_handed_over_what_was_returned_still_corrects_its_record(
    service: Service, task: str, office: str, facts: dict[str, Any]
) -> None:
    owner, old = service["TTBCD"], service[office]
    one = record(old, task, **facts)["activity"]
    acted(owner, output(owner, task, office, code=one["output"]), "returns", missing=MISSING)
    decided(owner, leads(task, "SCT"))
    said = revise(old, one["id"], title="Tên đúng").json()
    assert (said["result"], said["activity"]["output"], said["activity"]["counts"]) == (
        "updated",
        one["output"],
        False,
    )
    assert withdraw(old, one["id"])["result"] == "withdrawn"
    sound(service, task)


def test_who_handed_over_is_told_so_and_answers_for_the_task_no_more(service: Service) -> None:
    owner, old, new = service["TTBCD"], service["SVHTTDL"], service["SCT"]
    fund = pushing(service, "STC")
    decided(
        owner,
        leads("IV.7.a", "SCT"),
        {"change": "power", "power": "fund", "task": "IV.8.a", "agency": "SKHDT"},
    )
    for client, relations, tasks in (
        (old, ["accountable", "former_lead"], ["IV.7.b", "IV.7.c"]),
        (new, ["accountable"], ["IV.6.a", "IV.7.a"]),
        (fund, ["accountable"], ["IV.8.a"]),
        (pushing(service, "SKHDT"), ["accountable", "funder"], ["IV.5.a", "IV.5.b"]),
    ):
        (place,) = client.get("/v1/me").json()["plans"]
        assert (place["relations"], place["tasks"]) == (relations, tasks)
    for asked, found in (
        ({"lead": "SVHTTDL"}, ["IV.7.b", "IV.7.c"]),
        ({"lead": "SCT"}, ["IV.6.a", "IV.7.a"]),
        ({"agency": "SVHTTDL", "section": "IV.7"}, ["IV.7.a", "IV.7.b", "IV.7.c"]),
    ):
        assert [task["code"] for task in items(owner, f"{PLAN}/tasks", **asked)] == found


def test_a_part_that_was_handed_over_counts_once_and_is_coloured_for_who_has_it(service: Service) -> None:
    owner = service["TTBCD"]
    on(service, "2023-04-05")

    def shown() -> Any:
        told = owner.get(f"{PLAN}/overview").json()
        rows = owner.get(f"{PLAN}/progress", params={"by": "assignment"}).json()["items"]
        colours = {one["rag"]: one["obligations"] for one in told["colours"]}
        assert colours == {colour: sum(row["rag"] == colour for row in rows) for colour in colours}
        places = (told["progress"]["total"]["timeliness"][place.value] for place in Bucket)
        assert sum(places) == told["progress"]["assignments"] == len(rows)
        duty = owner.get(f"{PLAN}/tasks/IV.7.b").json()["progress"]
        return colours, duty["rag"], duty["rag_reasons"]

    before = shown()
    decided(owner, leads("IV.7.b", "SCT"))
    assert shown() == before
    [reason] = assignment(owner, "IV.7.b", "SVHTTDL")["progress"]["rag_reasons"]
    assert (reason["code"], reason["text_vi"]) == ("nothing_owed", "Chưa có hoặc không còn việc phải làm")


def test_a_returned_piece_takes_its_record_along(service: Service) -> None:
    """One piece recorded and returned, the next one claimed in words: a handover evidences nothing."""
    owner, office = service["TTBCD"], service["SCT"]
    decided(owner, {"change": "target", "task": "IV.6.a", "target": 3})
    record(office, "IV.6.a")
    acted(owner, output(owner, "IV.6.a", code="P1"), "returns", missing=MISSING)
    acted(office, output(owner, "IV.6.a", code="P2"), "claims")
    before = nodes(owner, *STANDING_STILL)
    decided(owner, leads("IV.6.a", "STTTT"))
    assert nodes(owner, *STANDING_STILL) == before
    assert owed(service, "IV.6.a") == {"SCT/P2": "reported", "STTTT/P1": "none", "STTTT/P3": "none"}
    sound(service, "IV.6.a")


def test_what_a_former_lead_kept_may_still_be_confirmed_returned_and_corrected(service: Service) -> None:
    owner, old = service["TTBCD"], service["SVHTTDL"]
    activity = record(old, "IV.7.a", output="M1")["activity"]["id"]
    decided(owner, leads("IV.7.a", "SCT"))
    assert shares(service, "IV.7.a") == {"SVHTTDL": 1, "SCT": 0}
    one = output(owner, "IV.7.a", "SVHTTDL")
    assert set(output(old, "IV.7.a", "SVHTTDL")["can"]) == {"output.claim"}
    acted(owner, one, "confirmations")
    acted(owner, one, "returns", missing=MISSING)
    assert figure(owner, task="IV.7.a") == (0, 0, 0)
    acted(old, one, "claims")
    withdraw(old, activity)
    assert figure(owner, task="IV.7.a") == (1, 0, 0)
    sound(service, "IV.7.a")


def test_who_has_nothing_left_to_hand_over_hands_over_nothing(service: Service) -> None:
    owner = service["TTBCD"]
    record(service["SVHTTDL"], "IV.7.a", output="M1")
    for body in ("SCT", "STTTT", "SKHDT"):
        decided(owner, leads("IV.7.a", body))
        assert owed(service, "IV.7.a") == {"SVHTTDL/M1": "evidenced"}
        assert figure(owner, task="IV.7.a") == (1, 1, 0)
    decided(
        owner,
        {
            "change": "milestones",
            "task": "IV.7.a",
            "milestones": [
                {"code": "M1", "title_vi": "a", "title_en": "b"},
                {"title_vi": "a", "title_en": "b"},
            ],
        },
    )
    assert owed(service, "IV.7.a") == {"SVHTTDL/M1": "evidenced", "SKHDT/M2": "none"}
    assert figure(owner, task="IV.7.a") == (Fraction(1, 2), Fraction(1, 2), 0)
    sound(service, "IV.7.a")


# Triggered duties: what comes up after a handover counts as well.


def test_occurrences_are_handed_over_and_those_that_follow_count(service: Service) -> None:
    owner, old, new = service["TTBCD"], service["VPUBND"], service["SCT"]
    record(old, "IV.3.a", opens_occurrence=True)
    part = assignment(old, "IV.3.a", "VPUBND")
    url = f"{PLAN}/assignments/{part['id']}/occurrences"
    assert old.post(url, json={"label": "Đoàn Lào"}).status_code == 201
    before = nodes(owner, *STANDING_STILL)
    decided(owner, leads("IV.3.a", "SCT"))
    assert nodes(owner, *STANDING_STILL) == before
    assert owed(service, "IV.3.a") == {"VPUBND/O1": "evidenced", "SCT/O2": "none"}
    assert output(new, "IV.3.a", "SCT", "O2")["label_vi"] == "Đoàn Lào"
    late = old.post(url, json={})
    assert (late.status_code, late.json()["reason"]) == (403, "another_agency")
    behalf = service["BPGV"].post(url, json={})
    assert (behalf.status_code, behalf.json()["reason"]) == (409, "handed_over"), "not on its behalf either"
    record(new, "IV.3.a", opens_occurrence=True)
    assert owed(service, "IV.3.a")["SCT/O3"] == "evidenced"
    assert figure(owner, task="IV.3.a")[1] == Fraction(2, 3)
    assert shares(service, "IV.3.a") == {"VPUBND": Fraction(1, 3), "SCT": Fraction(2, 3)}
    decided(owner, leads("IV.3.a", "VPUBND"))
    assert figure(owner, task="IV.3.a")[1] == Fraction(2, 3)
    assert owed(service, "IV.3.a") == {"VPUBND/O1": "evidenced", "SCT/O3": "evidenced", "VPUBND/O2": "none"}
    sound(service, "IV.3.a")


def test_what_comes_up_after_all_was_done_and_handed_over_is_not_weightless(service: Service) -> None:
    owner, old, new = service["TTBCD"], service["VPUBND"], service["SCT"]
    record(old, "IV.3.a", opens_occurrence=True)
    decided(owner, leads("IV.3.a", "SCT"))
    assert figure(owner, task="IV.3.a") == (1, 1, 0)
    part = assignment(new, "IV.3.a", "SCT")
    made = new.post(f"{PLAN}/assignments/{part['id']}/occurrences", json={})
    assert made.status_code == 201
    assert figure(owner, task="IV.3.a") == (Fraction(1, 2), Fraction(1, 2), 0)
    activity = record(new, "IV.3.a", opens_occurrence=True)["activity"]["id"]
    assert figure(owner, task="IV.3.a")[1] == Fraction(2, 3)
    withdraw(new, activity)
    assert figure(owner, task="IV.3.a")[1] == Fraction(1, 2)
    decided(owner, leads("IV.3.a", "VPUBND"))
    assert figure(owner, task="IV.3.a")[1] == Fraction(1, 2), "the open one has another name there"
    assert owed(service, "IV.3.a") == {"VPUBND/O1": "evidenced", "VPUBND/O2": "none"}
    sound(service, "IV.3.a")


def test_an_occurrence_that_went_with_its_record_is_not_handed_over(service: Service) -> None:
    owner, old = service["TTBCD"], service["VPUBND"]
    record(old, "IV.3.a", opens_occurrence=True)
    withdraw(old, record(old, "IV.3.a", opens_occurrence=True)["activity"]["id"])
    before = nodes(owner, *STANDING_STILL)
    decided(owner, leads("IV.3.a", "SCT"))
    assert nodes(owner, *STANDING_STILL) == before
    assert owed(service, "IV.3.a") == {"VPUBND/O1": "evidenced"}
    sound(service, "IV.3.a")


def test_both_sides_of_a_handover_work_at_once(service: Service) -> None:
    """What comes up on one side changes the share of the other: who is told to come back comes back."""
    owner, old, new = service["TTBCD"], service["VPUBND"], service["SCT"]
    kept = [record(old, "IV.3.a", opens_occurrence=True)["activity"]["id"] for _ in range(3)]
    decided(owner, leads("IV.3.a", "SCT"))
    waiting: list[Callable[[], httpx.Response]] = []
    for activity in kept:
        url, opened = f"{PLAN}/activities/{activity}/withdrawals", news("IV.3.a", opens_occurrence=True)
        waiting.append(partial(old.post, url, json={"reason": "Nhầm"}))
        waiting.append(partial(new.post, f"{PLAN}/activities", json=opened))
    while waiting:
        answers = at_once(waiting)
        assert set(statuses(answers)) <= {201, 503}, [answer.text for answer in answers]
        assert 201 in statuses(answers), "somebody always gets on"
        assert all("retry-after" in answer.headers for answer in answers if answer.status_code == 503)
        told = zip(waiting, answers, strict=True)
        waiting = [call for call, answer in told if answer.status_code == 503]
    assert shares(service, "IV.3.a") == {"VPUBND": 0, "SCT": 1}
    assert figure(owner, task="IV.3.a") == (1, 1, 0)
    sound(service, "IV.3.a")


def test_a_status_only_duty_is_handed_over_as_well(service: Service) -> None:
    owner, old, new = service["TTBCD"], service["CAT"], pushing(service, "BCHBP")
    on(service, "2023-08-15")
    entry = f"{PLAN}/assignments/{assignment(old, 'IV.10.1', 'CAT')['id']}/status-entries"
    old.post(entry, json={"period": "2023-Q1", "entry": "fulfilled"})
    before = nodes(owner, *STANDING_STILL)
    decided(owner, leads("IV.10.1", "BCHBP"))
    assert nodes(owner, *STANDING_STILL) == before
    assert set(owed(service, "IV.10.1")) == {
        *("CAT/2023-Q1", "BCHBP/2023-Q2", "BCHBP/2023-Q3", "BCHBP/2023-Q4")
    }
    assert old.post(entry, json={"period": "2023-Q2", "entry": "fulfilled"}).status_code == 422
    assert old.post(entry, json={"period": "2023-Q1", "entry": "not_fulfilled"}).status_code == 201
    assert old.post(entry, json={"period": "2023-Q1", "entry": "fulfilled"}).status_code == 201
    part = assignment(new, "IV.10.1", "BCHBP")
    url = f"{PLAN}/assignments/{part['id']}/status-entries"
    assert new.post(url, json={"period": "2023-Q2", "entry": "fulfilled"}).status_code == 201
    assert [one["agency"] for one in items(new, f"{PLAN}/outputs", task="IV.10.1")] == ["BCHBP"] * 3
    assert [one["agency"] for one in items(old, f"{PLAN}/outputs", task="IV.10.1", owed="true")] == ["CAT"]
    sound(service, "IV.10.1")


# Groups.


def test_an_undivided_group_begins_to_owe_with_its_first_member(service: Service) -> None:
    owner, office = service["TTBCD"], service["SCT"]
    on(service, "2023-05-15")
    assert "G.SBN" in shares(service, "IV.14.1")
    assert office.post(f"{PLAN}/activities", json=news("IV.14.1")).status_code == 403
    decided(owner, member("G.SBN", "SCT", "2023-04-10"))
    assert shares(service, "IV.14.1")["SCT"] == Fraction(1, 2)
    assert set(owed(service, "IV.14.1", "SCT")) == {"SCT/2023-Q2", "SCT/2023-Q3", "SCT/2023-Q4"}
    record(office, "IV.14.1", occurred_on="2023-05-02")
    record(office, "IV.7.c", occurred_on="2023-05-02")
    assert evidenced(service, task="IV.14.1") == Fraction(1, 6)
    head = assignment(owner, "IV.14.1", "G.SBN")
    assert (head["fans_out"], ratio(head["share"])) == (True, Fraction(1, 2))
    assert assignment(owner, "IV.14.1", "SCT")["group"] == "G.SBN"
    sound(service, "IV.14.1", "IV.14.2")


def test_nothing_comes_up_for_a_group_that_nobody_is_in(service: Service) -> None:
    owner, clerk = service["TTBCD"], service["BPGV"]
    part = assignment(owner, "IV.15.c", "G.THDU")
    entry = {"period": "2023-Q1", "entry": "fulfilled"}
    told = clerk.post(f"{PLAN}/assignments/{part['id']}/status-entries", json=entry)
    assert (told.status_code, told.json()["reason"]) == (409, "group_without_members")
    decided(owner, leads("IV.3.a", "G.SBN"))
    part = assignment(owner, "IV.3.a", "G.SBN")
    assert clerk.post(f"{PLAN}/assignments/{part['id']}/occurrences", json={}).status_code == 409
    named = news("IV.3.a", agency="G.SBN", opens_occurrence=True)
    assert clerk.post(f"{PLAN}/activities", json=named).status_code in (409, 422)
    assert owed(service, "IV.3.a") == owed(service, "IV.15.c") == {}
    sound(service, "IV.3.a", "IV.15.c")


def test_members_join_leave_and_come_back_from_one_day_to_another(service: Service) -> None:
    owner = service["TTBCD"]
    on(service, "2023-08-01")
    decided(owner, member("G.SBN", "SCT", "2023-01-01"), member("G.SBN", "STTTT", "2023-04-01"))
    assert set(owed(service, "IV.14.1", "STTTT")) == {*("STTTT/2023-Q2", "STTTT/2023-Q3", "STTTT/2023-Q4")}
    record(service["STTTT"], "IV.14.1", occurred_on="2023-05-02")
    decided(owner, member("G.SBN", "STTTT", None, "2023-06-30"))
    assert owed(service, "IV.14.1", "STTTT") == {"STTTT/2023-Q2": "evidenced"}
    kept = Fraction(1, 4) / 3
    found = shares(service, "IV.14.1")
    assert (found["STTTT"], found["SCT"]) == (kept, Fraction(1, 2) - kept)
    assert assignment(owner, "IV.14.1", "STTTT")["valid_to"] == "2023-06-30"
    late = service["STTTT"].post(f"{PLAN}/activities", json=news("IV.14.1", occurred_on="2023-07-20"))
    assert (late.status_code, late.json()["you_are"]) == (403, ["former_lead"])
    helping = service["STTTT"].post(f"{PLAN}/activities", json=news("IV.7.c"))
    assert helping.status_code == 403
    on(service, "2023-10-15")
    decided(owner, member("G.SBN", "STTTT", "2023-10-01"))
    assert owed(service, "IV.14.1", "STTTT") == {"STTTT/2023-Q2": "evidenced", "STTTT/2023-Q4": "none"}
    found = shares(service, "IV.14.1")
    assert (found["STTTT"], found["SCT"]) == (Fraction(1, 4), Fraction(1, 4))
    record(service["STTTT"], "IV.14.1", occurred_on="2023-10-02")
    stays = owner.get("/v1/agencies/G.SBN").json()["members"]
    assert {(one["agency"]["code"], one["valid_from"], one["valid_to"]) for one in stays} == {
        ("SCT", "2023-01-01", None),
        ("STTTT", "2023-04-01", "2023-06-30"),
        ("STTTT", "2023-10-01", None),
    }
    sound(service, "IV.14.1", "IV.14.2", "IV.7.c")


def test_what_had_begun_stays_with_a_member_that_leaves(service: Service) -> None:
    owner = service["TTBCD"]
    on(service, "2023-08-15")
    before = shares(service, "IV.14.1")
    decided(owner, member("G.UBH", "UBND.TPTV", None, "2023-08-14"))
    assert set(owed(service, "IV.14.1", "UBND.TPTV")) == {
        *("UBND.TPTV/2023-Q1", "UBND.TPTV/2023-Q2", "UBND.TPTV/2023-Q3")
    }
    after = shares(service, "IV.14.1")
    assert after["UBND.TPTV"] == before["UBND.TPTV"] * Fraction(3, 4)
    assert {after[code] for code in after if code.startswith("UBND") and code != "UBND.TPTV"} == {
        (Fraction(1, 2) - after["UBND.TPTV"]) / 8
    }
    decided(owner, {"change": "target", "task": "IV.14.2", "target": 1})
    assert "UBND.TPTV/P1" not in owed(service, "IV.14.2")
    sound(service, "IV.14.1", "IV.14.2")


def test_the_last_member_that_leaves_leaves_the_group_undivided(service: Service) -> None:
    owner = service["TTBCD"]
    on(service, "2023-05-15")
    decided(owner, member("G.SBN", "SCT", "2023-04-01"))
    decided(owner, member("G.SBN", "SCT", None, "2023-05-14"))
    head = assignment(owner, "IV.14.1", "G.SBN")
    assert head["fans_out"] is False
    assert ratio(head["share"]) == Fraction(1, 2) - shares(service, "IV.14.1")["SCT"]
    gone = shares(service, "IV.14.2")
    assert (gone["SCT"], gone["G.SBN"]) == (0, Fraction(1, 2))
    decided(owner, member("G.SBN", "STTTT", "2023-05-15"))
    sound(service, "IV.14.1", "IV.14.2")


def test_a_stay_may_be_ended_prolonged_and_opened_again(service: Service) -> None:
    owner = service["TTBCD"]
    on(service, "2023-05-15")
    decided(owner, member("G.SBN", "SCT", "2023-02-01", "2023-12-31"))
    assert assignment(owner, "IV.14.1", "SCT")["valid_to"] == "2023-12-31"
    record(service["SCT"], "IV.14.1", occurred_on="2023-05-02")
    decided(owner, member("G.SBN", "SCT", "2023-02-01", "2023-09-30"))
    assert assignment(owner, "IV.14.1", "SCT")["valid_to"] == "2023-09-30"
    on(service, "2023-10-15")
    late = service["SCT"].post(f"{PLAN}/activities", json=news("IV.14.1", occurred_on="2023-10-02"))
    assert late.status_code == 403, "it left at the end of September"
    decided(owner, member("G.SBN", "SCT", "2023-02-01", None))
    assert assignment(owner, "IV.14.1", "SCT")["valid_to"] is None
    record(service["SCT"], "IV.14.1", occurred_on="2023-10-02")
    for wrong, pointer in (
        (member("G.SBN", "SCT", "2023-03-01"), "/valid_from"),
        (member("G.SBN", "SCT", None, "2023-01-15"), "/valid_to"),
        (member("G.SBN", "SCT", "2022-01-01", "2023-02-01"), "/valid_from"),
    ):
        assert [where for where, _ in faults(decide(owner, wrong))] == [f"/changes/0{pointer}"]
    decided(owner, member("G.SBN", "SCT", "2022-01-01", "2022-12-31"))
    assert assignment(owner, "IV.14.1", "SCT")["valid_to"] is None, "what is long past changes nothing now"
    sound(service, "IV.14.1", "IV.14.2")


def test_the_ends_of_the_calendar_are_days_of_a_stay_like_others(service: Service) -> None:
    owner = service["TTBCD"]
    on(service, "2023-05-15")
    decided(owner, member("G.UBH", "UBND.TPTV", None, "2023-05-14"))
    decided(owner, member("G.SBN", "SCT", "2023-05-15", "9999-12-31"))
    decided(owner, member("G.SBN", "STTTT", "0001-01-01", "9999-12-31"))
    decided(owner, leads("IV.14.1", "G.UBH", "G.SBN", "VPUBND"))
    decided(owner, succession("SCT", "STC", "2023-05-15"), succession("STTTT", "SKHDT", "0001-01-02"))
    decided(owner, leads("IV.14.1", "G.SBN"))
    sound(service, "IV.14.1", "IV.14.2")


def test_a_stay_that_ran_out_is_settled_by_the_next_decision_about_the_group(service: Service) -> None:
    owner = service["TTBCD"]
    on(service, "2023-02-15")
    for body in ("SCT", "STTTT", "SKHDT", "STC", "VPUBND"):
        decided(owner, member("G.SBN", body, "2023-02-01", None if body == "SCT" else "2023-03-31"))
    on(service, "2023-05-15")
    decided(owner, member("G.SBN", "SVHTTDL", "2023-05-01"))
    found = shares(service, "IV.14.1")
    assert found["SCT"] == found["SVHTTDL"]
    assert min(found.values()) >= 0
    assert owed(service, "IV.14.1", "STTTT") == {"STTTT/2023-Q1": "none"}, "what had begun"
    sound(service, "IV.14.1", "IV.14.2")


def test_a_stay_with_an_end_keeps_it_when_the_leads_are_named_anew(service: Service) -> None:
    owner, old = service["TTBCD"], pushing(service, "UBND.TPTV")
    on(service, "2023-05-15")
    decided(owner, member("G.UBH", "UBND.TPTV", None, "2023-06-30"))
    helped = {"change": "coordinators", "task": "IV.7.c", "coordinators": ["G.UBH"]}
    decided(owner, leads("IV.14.1", "G.UBH", "G.SBN"), leads("IV.14.2", "G.UBH"), helped)
    decided(owner, succession("UBND.HCL", "SCT", "2023-05-15"), succession("UBND.TPTV", "STC", "2023-05-15"))
    ends = {body: assignment(owner, "IV.14.1", body)["valid_to"] for body in ("UBND.HCK", "SCT", "STC")}
    assert ends == {"UBND.HCK": None, "SCT": None, "STC": "2023-06-30"}
    assert assignment(owner, "IV.7.c", "STC", "coordinate")["valid_to"] == "2023-06-30"
    on(service, "2023-07-15")
    for task in ("IV.14.1", "IV.14.2", "IV.7.c"):
        assert pushing(service, "STC").post(f"{PLAN}/activities", json=news(task)).status_code == 403, task
    assert old.post(f"{PLAN}/activities", json=news("IV.14.1")).status_code == 403
    sound(service, "IV.14.1", "IV.14.2", "IV.7.c")


@pytest.mark.parametrize("named", [("SCT",), ("G.UBH",), ("SCT", "STC")])
def test_what_a_stay_that_ran_out_left_open_is_owed_by_the_leads_of_a_decision(
    service: Service, named: tuple[str, ...]
) -> None:
    owner = service["TTBCD"]
    on(service, "2023-05-15")
    record(pushing(service, "UBND.TPTV"), "IV.14.1", occurred_on="2023-02-01")
    decided(owner, leads("IV.14.1", "G.UBH"), member("G.UBH", "UBND.TPTV", None, "2023-06-30"))
    on(service, "2023-07-15")
    before = nodes(owner, *STANDING_STILL)
    decided(owner, leads("IV.14.1", *named))
    assert nodes(owner, *STANDING_STILL) == before
    assert owed(service, "IV.14.1", "UBND.TPTV") == {"UBND.TPTV/2023-Q1": "evidenced"}
    assert shares(service, "IV.14.1")["UBND.TPTV"] == Fraction(1, 9) / 4
    assert assignment(owner, "IV.14.1", "UBND.TPTV")["valid_to"] == "2023-06-30"
    for one in owed(service, "IV.14.1"):
        body, _, code = one.partition("/")
        acted(pushing(service, body), output(owner, "IV.14.1", body, code), "claims")
    assert figure(owner, task="IV.14.1")[0] == 1
    sound(service, "IV.14.1", "IV.14.2")


def test_a_member_that_is_named_itself_has_both_parts(service: Service) -> None:
    owner = service["TTBCD"]
    on(service, "2023-05-15")
    decided(owner, member("G.SBN", "SCT", "2023-01-01"), member("G.SBN", "STC", "2023-01-01"))
    decided(owner, leads("IV.14.1", "SCT", "G.SBN"))
    assert {code: part for code, part in shares(service, "IV.14.1").items() if part} == {
        "SCT": Fraction(3, 4),
        "STC": Fraction(1, 4),
    }
    decided(owner, member("G.SBN", "SKHDT", "2023-01-01"))
    found = {code: part for code, part in shares(service, "IV.14.1").items() if part}
    assert found == {"SCT": Fraction(2, 3), "STC": Fraction(1, 6), "SKHDT": Fraction(1, 6)}
    decided(owner, member("G.SBN", "SCT", None, "2023-05-14"))
    found = {code: part for code, part in shares(service, "IV.14.1").items() if part}
    assert found == {"SCT": Fraction(1, 2), "STC": Fraction(1, 4), "SKHDT": Fraction(1, 4)}
    assert assignment(owner, "IV.14.1", "SCT")["valid_to"] is None
    sound(service, "IV.14.1")


def test_a_member_of_two_groups_of_one_duty_has_a_part_through_each(service: Service) -> None:
    owner = service["TTBCD"]
    on(service, "2023-05-15")
    decided(owner, member("G.SBN", "SCT", "2023-01-01"), member("G.SBN", "STC", "2023-01-01"))
    decided(owner, member("G.UBH", "SCT", "2023-01-01"))
    found = shares(service, "IV.14.1")
    assert found["SCT"] == Fraction(1, 4) + Fraction(1, 20)
    assert found["UBND.HCL"] == Fraction(1, 20)
    decided(owner, member("G.SBN", "SKHDT", "2023-01-01"))
    assert shares(service, "IV.14.1")["SCT"] == Fraction(1, 6) + Fraction(1, 20)
    decided(owner, member("G.UBH", "SCT", None, "2023-05-14"))
    found = shares(service, "IV.14.1")
    assert (found["SCT"], found["UBND.HCL"]) == (Fraction(1, 6), Fraction(1, 18))
    decided(owner, member("G.SBN", "SCT", None, "2023-05-14"))
    sound(service, "IV.14.1", "IV.14.2")


def test_a_group_may_be_replaced_by_a_body_and_come_back(service: Service) -> None:
    owner = service["TTBCD"]
    on(service, "2023-05-15")
    record(service["UBND.TPTV"], "IV.14.1", occurred_on="2023-02-01")
    before = nodes(owner, *STANDING_STILL)
    decided(owner, leads("IV.14.1", "SCT", "G.SBN"))
    assert nodes(owner, *STANDING_STILL)["task IV.14.1"][1] == before["task IV.14.1"][1]
    kept = shares(service, "IV.14.1")["UBND.TPTV"]
    assert kept == Fraction(1, 18) / 4
    assert shares(service, "IV.14.1")["SCT"] == Fraction(1, 2) - kept
    decided(owner, leads("IV.14.1", "G.UBH", "G.SBN"))
    assert len(owed(service, "IV.14.1")) == 36
    sound(service, "IV.14.1")


def test_another_plan_follows_a_group_with_its_own_next_decision(service: Service, tmp_path: Any) -> None:
    """Members that joined by one plan's decision are brought in by the other's, and shares still sum to 1."""
    load(service, small_plan(), tmp_path)
    on(service, "2024-06-15")
    decision = {"number": "1-QĐ/TU", "decided_on": "2024-01-15", "issuer": "x"}
    owner = pushing(service, "SMAU") if SMALL else service["TTBCD"]
    lead = str(owner.get(SMALL).json()["owner"]["code"])
    owner = pushing(service, lead)
    groups = {
        one["group"] for one in items(owner, f"{SMALL}/assignments", role="lead") if one["group"] is not None
    }
    (group,) = groups
    answer = decide(service["TTBCD"], member(group, "SCT", "2024-01-01"), decision=decision)
    assert answer.status_code == 201, answer.text
    assert differences(service) == []
    task = next(
        one["task"]["code"] for one in items(owner, f"{SMALL}/assignments", role="lead") if one["group"]
    )
    before = shares(service, task, "mau-2024")
    assert "SCT" not in before
    assert decide(owner, member(group, "STC", "2024-01-01"), plan=SMALL, decision=decision).status_code == 201
    after = shares(service, task, "mau-2024")
    assert after["SCT"] == after["STC"] > 0
    assert sum(after.values()) == 1
    assert differences(service) == []


def test_a_stay_that_another_plan_ended_gets_no_other_end_here_by_a_decision_about_another_group(
    service: Service, twin: str
) -> None:
    owner = service["TTBCD"]
    on(service, "2023-05-15")
    decided(owner, member("G.SBN", "SKHDT", "2023-01-01", "2023-07-31"), member("G.SBN", "STTTT"))
    decided(owner, member("G.SBN", "SKHDT", "2023-01-01", "2023-03-31"), plan=twin)
    decided(owner, member("G.UBH", "STC", "2023-01-01"))
    assert assignment(owner, "IV.14.1", "SKHDT")["valid_to"] == "2023-07-31", "not decided here yet"
    sound(service, "IV.14.1")


def test_two_plans_decide_about_one_group_one_after_the_other(service: Service, twin: str) -> None:
    """One has been entered and not yet committed while the other is: each alone could stand."""
    owner = service["TTBCD"]
    on(service, "2023-05-15")
    first, second = (member("G.SBN", "SCT", day) for day in ("2023-01-01", "2023-02-01"))
    other = beside(service, "TTBCD", entered(first), lambda: decide(owner, second, plan=twin))
    assert [code for _, code in faults(other)] == ["overlaps_another_stay"]
    decided(owner, member("G.SBN", "STC", "2023-01-01"))
    sound(service, "IV.14.1", "IV.14.2")


# Succession.


def succession(agency: str, successor: str, day: str) -> dict[str, Any]:
    return {"change": "succession", "agency": agency, "successor": successor, "on": day}


def test_a_body_that_ends_is_followed_in_every_place_it_has(service: Service) -> None:
    owner, old, new = service["TTBCD"], service["STTTT"], service["SCT"]
    on(service, "2023-05-15")
    decided(owner, member("G.SBN", "STTTT", "2023-01-01"))
    record(old, "IV.14.1", occurred_on="2023-02-01")
    record(old, "IV.4.a", output="M1")
    before = nodes(owner, *STANDING_STILL)
    decided(owner, succession("STTTT", "SCT", "2023-05-15"))
    assert nodes(owner, *STANDING_STILL) == before
    told = owner.get("/v1/agencies/STTTT").json()
    assert told["valid_to"] == "2023-05-14"
    assert "SCT" in told["succession_vi"]
    refused = old.post(f"{PLAN}/activities", json=news("IV.4.a", output="M1"))
    assert (refused.status_code, refused.json()["reason"]) == (403, "agency_not_active")
    record(new, "IV.14.1", occurred_on="2023-05-02")
    record(new, "IV.4.b")
    stays = owner.get("/v1/agencies/G.SBN").json()["members"]
    assert {(one["agency"]["code"], one["valid_from"], one["valid_to"]) for one in stays} == {
        ("STTTT", "2023-01-01", "2023-05-14"),
        ("SCT", "2023-05-15", None),
    }
    kept = output(owner, "IV.4.a", "STTTT")
    acted(owner, kept, "confirmations")
    acted(service["BPGV"], output(owner, "IV.14.1", "STTTT", "2023-Q1"), "claims")
    for again, code in (
        (succession("STTTT", "STC", "2023-05-10"), "ended_otherwise"),
        (succession("STC", "STTTT", "2023-05-15"), "agency_not_active"),
        (leads("IV.7.a", "STTTT"), "agency_not_active"),
        (member("G.SBN", "STTTT", "2023-05-15"), "agency_not_active"),
        ({"change": "power", "power": "fund", "task": "IV.8.a", "agency": "STTTT"}, "agency_not_active"),
        ({"change": "coordinators", "task": "IV.7.a", "coordinators": ["STTTT"]}, "agency_not_active"),
    ):
        assert [found for _, found in faults(decide(owner, again))] == [code], again
    sound(service, "IV.14.1", "IV.14.2", "IV.4.a", "IV.4.b")


def test_a_successor_that_leads_already_owes_its_own_and_open_occurrences(service: Service) -> None:
    owner = service["TTBCD"]
    on(service, "2023-05-15")
    record(service["BAOTV"], "IV.9.1", occurred_on="2023-02-01")
    decided(owner, leads("IV.3.a", "VPUBND", "SCT"))
    for body in ("VPUBND", "SCT"):
        part = assignment(owner, "IV.3.a", body)
        assert service[body].post(f"{PLAN}/assignments/{part['id']}/occurrences", json={}).status_code == 201
    decided(owner, succession("BAOTV", "DAITV", "2023-05-01"), succession("VPUBND", "SCT", "2023-05-01"))
    assert set(owed(service, "IV.9.1")) == {
        "BAOTV/2023-Q1",
        *(f"DAITV/2023-Q{number}" for number in range(1, 5)),
    }
    assert shares(service, "IV.9.1") == {"BAOTV": Fraction(1, 8), "DAITV": Fraction(7, 8)}
    assert owed(service, "IV.3.a") == {"SCT/O1": "none", "SCT/O2": "none"}
    sound(service, "IV.9.1", "IV.9.2", "IV.9.3", "IV.3.a")


@pytest.mark.parametrize("together", [False, True], ids=["alone", "in a batch"])
def test_who_is_followed_meanwhile_records_for_nobody(service: Service, together: bool) -> None:
    """The secretariat's record waits for the part it is for, while a decision takes its power."""
    on(service, "2023-07-15")
    said = news("IV.7.b", agency="SVHTTDL", occurred_on="2023-07-02")
    path, body = ("activities/batch", {"records": [said]}) if together else ("activities", said)
    late = beside(
        service,
        "TTBCD",
        entered(succession("BPGV", "SKHDT", "2023-07-01"), leads("IV.7.b", "SVHTTDL", "SCT")),
        lambda: service["BPGV"].post(f"{PLAN}/{path}", json=body),
    )
    assert "not_permitted" in late.text, late.text
    assert items(service["TTBCD"], f"{PLAN}/activities") == []


def test_members_that_follow_each_other_never_have_less_than_nothing(service: Service) -> None:
    owner = service["TTBCD"]
    on(service, "2023-12-15")
    for body in ("SCT", "STTTT", "SKHDT"):
        decided(owner, member("G.SBN", body, "2023-01-01"))
    for quarter in ("2023-02-01", "2023-05-01", "2023-08-01", "2023-11-01"):
        record(service["STTTT"], "IV.14.1", occurred_on=quarter)
    decided(owner, succession("STTTT", "STC", "2023-12-01"))
    assert shares(service, "IV.14.1")["STC"] == 0
    for body in ("SVHTTDL", "VPUBND", "BAOTV", "DAITV"):
        decided(owner, member("G.SBN", body, "2023-12-01"))
        found = shares(service, "IV.14.1")
        assert min(found.values()) >= 0
        assert found["STTTT"] == Fraction(1, 6)
        sound(service, "IV.14.1", "IV.14.2")
    decided(owner, succession("SKHDT", "SCT", "2023-12-02"), succession("SVHTTDL", "SCT", "2023-12-02"))
    decided(owner, member("G.SBN", "BCHQS", "2023-12-03"))
    sound(service, "IV.14.1", "IV.14.2")


def test_the_owner_itself_may_be_followed_and_then_amends_no_more(service: Service) -> None:
    owner = service["TTBCD"]
    record(owner, "IV.1.1", occurred_on="2023-02-01")
    record(pushing(service, "BCHQS"), "IV.12.1", occurred_on="2023-02-01")
    new = {
        "change": "agency",
        "code": "BTGDV",
        "kind": "party_office",
        "name_vi": "Ban Tuyên giáo và Dân vận",
        "name_en": "Propaganda and mass mobilisation board",
    }
    told = decided(owner, new, succession("TTBCD", "BTGDV", "2023-07-01"))
    assert told["amendment"]["entered_by"]["code"] == "TTBCD"
    after, before = ([told[when][name] for name in LEVELS] for when in ("after", "before"))
    assert after == before, "no figure moved"
    client = with_key(service, secret_of(service, "BTGDV"))
    plan = client.get(PLAN).json()
    assert plan["owner"]["code"] == "BTGDV"
    refused = decide(owner, {"change": "weight", "task": "IV.7.a", "weight": 2})
    assert (refused.status_code, refused.json()["who_can"]) == (403, ["BTGDV"])
    decided(client, {"change": "weight", "task": "IV.7.a", "weight": 2})
    record(service["SVHTTDL"], "IV.7.a", output="M1")
    acted(client, output(client, "IV.7.a"), "confirmations")
    record(client, "IV.1.1", occurred_on="2023-05-01")
    assert differences(service) == []


def test_the_owner_of_two_plans_is_followed_as_such_in_both(service: Service, twin: str) -> None:
    """By one decision; all else of it in the other plan is for a decision there, which somebody can enter."""
    owner = service["TTBCD"]
    on(service, "2023-07-15")
    new = {
        "change": "agency",
        "code": "BTGDV",
        "kind": "party_office",
        "name_vi": "Ban A",
        "name_en": "Board A",
    }
    followed = succession("TTBCD", "BTGDV", "2023-07-01")
    decided(
        owner,
        new,
        followed,
        succession("BPGV", "SKHDT", "2023-07-01"),
        succession("BCDTW", "BTGTW", "2023-07-01"),
    )
    client = with_key(service, secret_of(service, "BTGDV"))
    told = client.get(twin).json()
    assert (told["owner"]["code"], told["secretariat"]["code"], told["revision"]) == ("BTGDV", "SKHDT", 1)
    with service.database.reading() as session:
        superiors = list(session.scalars(select(Plan.superiors)))
    assert [sorted(some) for some in superiors] == [["BTGTW", "TTTU"]] * 2
    assert decide(owner, followed, plan=twin).json()["who_can"] == ["BTGDV"]
    (one,) = client.get(f"{twin}/gaps", params={"kind": "no_monitor"}).json()["items"]
    assert one["repair"]["who_can"] == ["BTGDV"]
    decided(client, followed, plan=twin)
    assert client.get(f"{twin}/gaps", params={"kind": "no_monitor"}).json()["items"] == []
    decided(client, {"change": "weight", "task": "IV.7.a", "weight": 2}, plan=twin)
    assert differences(service) == []


def test_no_plan_changes_hands_by_a_decision_of_another_plan(service: Service, tmp_path: Any) -> None:
    load(service, small_plan(), tmp_path)
    other = str(service["TTBCD"].get(SMALL).json()["owner"]["code"])
    taken = succession(other, "SCT", "2023-07-01")
    assert faults(decide(service["TTBCD"], taken)) == [("/changes/0/agency", "owns_another_plan")]
    decided(pushing(service, other), taken, plan=SMALL)
    assert service["TTBCD"].get(SMALL).json()["owner"]["code"] == "SCT"
    decided(service["TTBCD"], taken)


def test_a_superior_that_follows_another_is_named_once(service: Service) -> None:
    owner = service["TTBCD"]
    decided(owner, succession("TTTU", "BTGTW", "2023-06-01"))
    with service.database.reading() as session:
        superiors = session.scalars(select(Plan.superiors).where(Plan.slug == "ttdn-2023")).one()
    assert sorted(superiors) == ["BCDTW", "BTGTW"]
    record(owner, "IV.1.1", occurred_on="2023-02-01")
    acted(pushing(service, "BTGTW"), output(owner, "IV.1.1", code="2023-Q1"), "confirmations")


def test_a_successor_takes_over_money_powers_and_coordination(service: Service) -> None:
    owner = service["TTBCD"]
    decided(owner, succession("STC", "SKHDT", "2023-06-01"), succession("BAOTV", "SCT", "2023-06-01"))
    held = {
        (one["role"], one["task"]["code"]): one["agency"]["code"]
        for one in items(owner, f"{PLAN}/assignments")
        if one["valid_to"] is None and one["role"] != "lead"
    }
    assert held["fund", "IV.8.a"] == "SKHDT"
    helpers = {
        one["agency"]["code"]
        for one in items(owner, f"{PLAN}/assignments", task="IV.7.b", role="coordinate")
        if one["valid_to"] is None
    }
    assert "SCT" in helpers
    assert "BAOTV" not in helpers
    record(service["SCT"], "IV.7.b")
    sound(service, "IV.8.a", "IV.9.1")


@pytest.mark.parametrize("seen", ["coordinate", "lead"])
def test_who_leads_a_duty_and_takes_over_one_that_helped_does_not_help_itself(
    service: Service, seen: str
) -> None:
    owner = service["TTBCD"]
    old, new = ("BAOTV", "SVHTTDL") if seen == "coordinate" else ("SVHTTDL", "BAOTV")
    decided(owner, succession(old, new, "2023-06-01"))
    roles = [
        one["role"]
        for one in items(owner, f"{PLAN}/assignments", task="IV.7.b", agency=new)
        if one["valid_to"] is None
    ]
    assert "lead" in roles
    if seen == "coordinate":
        assert roles == ["lead"]
    assert differences(service) == []


# Shares that cannot be kept exactly.


def test_shares_too_fine_to_be_kept_are_refused_and_never_rounded(service: Service) -> None:
    """Each decision divides by a great prime of its own, after something was done."""
    owner, told = service["TTBCD"], []
    on(service, "2023-12-15")
    doing = "BAOTV"
    for number, prime in enumerate((999_999_937, 999_999_929, 999_999_893, 999_999_883), 1):
        some, many = ("SCT", "STTTT") if number % 2 else ("SKHDT", "STC")
        done = news("IV.9.1", agency=doing, occurred_on=f"2023-{3 * number:02}-02")
        assert service["BPGV"].post(f"{PLAN}/activities", json=done).status_code in (201, 403, 422)
        parts = {many: f"{prime - 1}/{prime}", some: f"1/{prime}"}
        told.append(decide(owner, leads("IV.9.1", **parts)))
        doing = many
    assert {answer.status_code for answer in told} == {201, 422}
    for answer in told:
        assert answer.status_code == 201 or faults(answer) == [("/changes/0", "share_too_fine")]
    sound(service, "IV.9.1")
    decided(owner, leads("IV.9.1", "BAOTV"))
    sound(service, "IV.9.1")
