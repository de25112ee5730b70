"""Gaps: what the real plan leaves open, each with the request that closes it; hidden ones for insiders."""

import json
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from seed import loader
from tests.deciding import DECISION, acted, assignment, contents, decided, figure, leads, member, on
from tests.money import BUDGET, allocate, opened, stands, write
from tests.service import PLAN, Service
from tests.walks import items
from tests.writing import SMALL, abolish, differences, load, pushing, record, small_plan, tiny_plan

URL = f"{PLAN}/gaps"
COUNTS = {
    "part_without_owner": 10,
    "duty_without_target": 4,
    "group_without_members": 3,
    "several_leads": 8,
    "event_without_steward": 11,
}
"""10 of 15 programme items have a part that nobody is named for; four counted duties have no number; of five
groups three have no members; the media lead three duties together, groups of bodies two and three; nobody is
named to prepare any of the eleven events."""
PARTS = {
    *("II.1.3", "II.1.4", "II.1.5", "II.1.6", "II.1.7", "II.2.3", "II.2.4", "II.2.5", "II.2.6", "II.2.7"),
}


def gaps(client: httpx.Client, *kinds: str, plan: str = PLAN) -> dict[str, Any]:
    """What is open, as far as this caller sees."""
    asked = {"kind": ",".join(kinds)} if kinds else {}
    answer = client.get(f"{plan}/gaps", params=asked)
    assert answer.status_code == 200, answer.text
    told: dict[str, Any] = answer.json()
    return told


def named(told: dict[str, Any], kind: str) -> list[tuple[list[str], list[str]]]:
    """Tasks and agencies of the gaps of a kind."""
    return [
        ([task["code"] for task in one["tasks"]], [body["code"] for body in one["agencies"]])
        for one in told["items"]
        if one["kind"] == kind
    ]


def test_the_plan_leaves_open_what_its_text_leaves_open(service: Service) -> None:
    told = gaps(service["TTBCD"])
    assert {one["kind"]: one["count"] for one in told["counts"]} == COUNTS
    assert len(told["items"]) == sum(COUNTS.values())
    assert {code for (code,), _ in named(told, "part_without_owner")} == PARTS
    assert [code for (code,), _ in named(told, "duty_without_target")] == [
        *("IV.1.2b", "IV.4.b", "IV.6.a", "IV.14.2")
    ]
    groups = {body: tasks for tasks, (body,) in named(told, "group_without_members")}
    assert set(groups) == {"G.SBN", "G.THDU", "G.TVBCD"}
    assert groups["G.TVBCD"] == ["IV.10.2"]
    assert groups["G.THDU"] == ["IV.15.a", "IV.15.b", "IV.15.c"]
    assert {"IV.14.1", "IV.14.2", "IV.7.c", "IV.12.1"} <= set(groups["G.SBN"])
    assert named(told, "several_leads") == [
        *((["IV.9.1"], ["BAOTV", "DAITV"]), (["IV.9.2"], ["BAOTV", "DAITV"])),
        (["IV.9.3"], ["BAOTV", "DAITV"]),
        *((["IV.14.1"], ["G.SBN", "G.UBH"]), (["IV.14.2"], ["G.SBN", "G.UBH"])),
        *((["IV.15.a"], ["G.TGH", "G.THDU"]), (["IV.15.b"], ["G.TGH", "G.THDU"])),
        (["IV.15.c"], ["G.TGH", "G.THDU"]),
    ]
    for one in told["items"]:
        assert one["text_vi"]
        assert one["text_en"]
        assert one["kind_label"]
        assert one["repair"]["who_can"] == ["TTBCD"]


def test_gaps_are_asked_for_by_kind(service: Service) -> None:
    told = gaps(service["TTBCD"], "duty_without_target")
    assert {one["kind"] for one in told["items"]} == {"duty_without_target"}
    assert {one["kind"]: one["count"] for one in told["counts"]} == COUNTS, "the counts stay whole"
    both = gaps(service["TTBCD"], "duty_without_target", "several_leads")
    assert len(both["items"]) == 12
    assert gaps(service["TTBCD"], "no_monitor")["items"] == []
    for wrong in ({"kind": "x"}, {"kind": ""}, {"q": "x"}, {"limit": "5"}):
        assert service["TTBCD"].get(URL, params=wrong).status_code == 422, wrong
    first = service["TTBCD"].get(URL)
    tag = {"If-None-Match": first.headers["etag"]}
    assert service["TTBCD"].get(URL, headers=tag).status_code == 304


HIDDEN = ("IV.10.1", "IV.10.2", "IV.12.1", "IV.15.b", "IV.15.c", "IV.1.3", "IV.2.a", "IV.8.a", "II.1.7")


def test_outsiders_see_nothing_hidden(service: Service) -> None:
    inside = gaps(service["TTBCD"])
    for caller in ("SCT", "SVHTTDL", "MTTQ", "VPUBND"):
        answer = service[caller].get(URL)
        for word in (*HIDDEN, "G.TVBCD"):
            assert word not in answer.text, (caller, word)
        told = answer.json()
        assert {one["kind"]: one["count"] for one in told["counts"]} == {
            **COUNTS,
            "part_without_owner": 9,
            "group_without_members": 2,
            "several_leads": 6,
        }
        seen = [one for one in inside["items"] if not {task["code"] for task in one["tasks"]} & set(HIDDEN)]
        assert [one for one in told["items"] if one["kind"] != "group_without_members"] == [
            one for one in seen if one["kind"] != "group_without_members"
        ]
    own = service["CAT"].get(URL).json()
    assert (["IV.10.2"], ["G.TVBCD"]) in named(own, "group_without_members")
    for insider in ("BPGV", "TTTU"):
        assert gaps(service[insider]) == inside


FILLED = {
    "/decision/number": DECISION["number"],
    "/decision/decided_on": DECISION["decided_on"],
    "/decision/issuer": DECISION["issuer"],
    "/changes/0/target": 3,
    "/changes/0/duty": "IV.5.b",
    "/changes/0/valid_from": "2023-01-01",
    "/changes/0/task": "IV.1.3",
    "/changes/0/agency": "SCT",
    "/changes/0/successor": "SCT",
    "/changes/0/leads": None,
    "/steward": "SCT",
    "/occurred_on": "2023-07-01",
    "/to_line": None,
    "/reason": "Giao chuẩn bị",
}


def filled(repair: dict[str, Any], **other: Any) -> dict[str, Any]:
    """The repair with what its `fill` points at; nothing else is null in it, and nothing else is touched."""
    body: dict[str, Any] = repair["body"]
    assert set(nulls(body)) == set(repair["fill"])
    for pointer in repair["fill"]:
        *way, name = pointer.strip("/").split("/")
        place: Any = body
        for step in way:
            place = place[int(step) if step.isdigit() else step]
        place[name] = other.get(name, FILLED[pointer])
    return body


def nulls(value: Any, way: str = "") -> Iterator[str]:
    """Pointers to everything that is null."""
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from nulls(inner, f"{way}/{name}")
    elif isinstance(value, list):
        for place, inner in enumerate(value):
            yield from nulls(inner, f"{way}/{place}")
    elif value is None:
        yield way


def repair(service: Service, one: dict[str, Any], **other: Any) -> None:
    """Send the request that a gap offers, as one of those who can."""
    offered = one["repair"]
    client = pushing(service, offered["who_can"][0])
    answer = client.request(
        offered["method"], offered["path"], headers=offered["headers"], json=filled(offered, **other)
    )
    assert answer.status_code in (200, 201), (one, answer.text)


@pytest.mark.timeout(900)
def test_every_gap_is_closed_by_the_request_it_comes_with(service: Service) -> None:
    owner = service["TTBCD"]
    left = gaps(owner)["items"]
    while left:
        one = left[0]
        body = {"G.THDU": "STC", "G.TVBCD": "SKHDT"}.get(
            one["agencies"][0]["code"] if one["agencies"] else "", "SCT"
        )
        repair(service, one, agency=body)
        now = gaps(owner)["items"]
        same = [
            other
            for other in now
            if all(other[name] == one[name] for name in ("kind", "tasks", "agencies", "events"))
        ]
        assert same == [], one
        assert len(now) < len(left), (one, [other for other in now if other not in left])
        left = now
    assert gaps(owner) == {"plan": "ttdn-2023", "counts": [], "items": []}
    assert differences(service) == []


def test_a_closed_gap_may_open_again(service: Service) -> None:
    owner = service["TTBCD"]
    decided(owner, {"change": "target", "task": "IV.6.a", "target": 3})
    assert len(gaps(owner, "duty_without_target")["items"]) == 3
    decided(owner, {"change": "target", "task": "IV.6.a", "target": None})
    assert len(gaps(owner, "duty_without_target")["items"]) == 4
    decided(owner, member("G.SBN", "SCT", "2023-01-01"))
    assert len(gaps(owner, "group_without_members")["items"]) == 2
    decided(owner, member("G.SBN", "SCT", None, "2023-06-30"))
    assert len(gaps(owner, "group_without_members")["items"]) == 3
    decided(owner, {"change": "status", "task": "IV.6.a", "status": "cancelled"})
    assert len(gaps(owner, "duty_without_target")["items"]) == 3, "what is not counted leaves no gap"


@pytest.mark.parametrize(
    "status", [{"status": "cancelled"}, {"status": "superseded", "superseded_by": "IV.9.1"}]
)
def test_an_item_whose_duties_are_no_longer_carried_out_has_none(
    service: Service, status: dict[str, str]
) -> None:
    owner = service["TTBCD"]
    decided(owner, {"change": "status", "task": "IV.9.2", **status})
    told = gaps(owner)
    assert named(told, "item_without_duty") == [(["II.1.3"], []), (["II.2.5"], [])], (
        "others have another duty"
    )
    assert {code for (code,), _ in named(told, "part_without_owner")} == PARTS - {"II.1.3", "II.2.5"}
    for one in gaps(owner, "item_without_duty")["items"]:
        repair(service, one)
    assert named(gaps(owner), "item_without_duty") == []
    open_ = {code for (code,), _ in named(gaps(owner), "part_without_owner")}
    assert open_ == PARTS, "the part that the text leaves open is not closed with it"
    decided(owner, {"change": "status", "task": "IV.9.2", "status": "active"})
    assert differences(service) == []


def test_a_group_whose_last_member_has_left_with_its_day_is_a_gap(service: Service) -> None:
    """Nobody decides anything on that day: the group still works through one that may do nothing more."""
    owner = service["TTBCD"]
    on(service, "2023-08-21")
    decided(owner, {"change": "target", "task": "IV.14.2", "target": 2})
    decided(owner, member("G.SBN", "SKHDT", "2023-08-01", "2023-08-31"))
    before = {body for _, (body,) in named(gaps(owner), "group_without_members")}
    assert before == {"G.THDU", "G.TVBCD"}
    on(service, "2023-09-01")
    (one,) = [
        one for one in gaps(owner, "group_without_members")["items"] if one["agencies"][0]["code"] == "G.SBN"
    ]
    assert "IV.14.2" in [task["code"] for task in one["tasks"]]
    assert "không còn thành viên nào" in one["text_vi"]
    assert "no members any more" in one["text_en"]
    repair(service, one, agency="STC", valid_from="2023-09-01")
    assert {body for _, (body,) in named(gaps(owner), "group_without_members")} == before
    owing = items(owner, f"{PLAN}/outputs", task="IV.14.2", agency="STC", owed="true")
    assert [one["code"] for one in owing] == ["P1", "P2"], "what was left open is owed by who comes"
    assert differences(service) == []


def test_what_a_body_left_open_that_another_plan_ended_is_a_gap(service: Service, tmp_path: Any) -> None:
    """The decision of the other plan says nothing of what it does here; the same succession entered here
    does."""
    owner = service["TTBCD"]
    load(service, tiny_plan(), tmp_path)
    other = pushing(service, str(owner.get(SMALL).json()["owner"]["code"]))
    record(service["SVHTTDL"], "IV.7.a", output="M1")
    record(service["VPUBND"], "IV.3.a", opens_occurrence=True)
    for body, successor in (("SVHTTDL", "SCT"), ("VPUBND", "STTTT")):
        change = {"change": "succession", "agency": body, "successor": successor, "on": "2023-07-01"}
        decided(other, change, plan=SMALL)
    found = [one for one in gaps(owner, "part_without_owner")["items"] if one["agencies"]]
    assert named({"items": found}, "part_without_owner") == [
        *((["IV.3.a"], ["VPUBND"]), (["IV.7.b", "IV.7.c"], ["SVHTTDL"])),
    ], "what may come up yet is open, what is reported is not"
    assert found[0]["repair"]["body"]["changes"][0]["on"] == "2023-07-01"
    for one in found:
        repair(service, one)
    assert {code for (code,), _ in named(gaps(owner), "part_without_owner")} == PARTS
    (left,) = items(owner, f"{PLAN}/outputs", task="IV.7.b", owed="true")
    assert (left["agency"], left["code"]) == ("SCT", "M1")
    assert differences(service) == []


@pytest.mark.parametrize("first", [None, "2023-08-01"])
def test_what_a_member_left_open_whose_stay_ran_out_is_a_gap(service: Service, first: str | None) -> None:
    """Others are in the group still; what had begun by then is its own, as with one that a decision lets
    leave."""
    owner = service["TTBCD"]
    on(service, "2023-08-21")
    decided(owner, {"change": "target", "task": "IV.14.2", "target": 2})
    decided(owner, member("G.SBN", "STTTT", first), member("G.SBN", "SKHDT", first, "2023-08-31"))
    on(service, "2023-09-01")
    (one,) = [one for one in gaps(owner, "part_without_owner")["items"] if one["agencies"]]
    assert [body["code"] for body in one["agencies"]] == ["SKHDT"]
    assert {"IV.14.1", "IV.14.2"} <= {task["code"] for task in one["tasks"]}
    before = figure(owner, task="IV.14.1")
    repair(service, one)
    assert {code for (code,), _ in named(gaps(owner), "part_without_owner")} == PARTS
    assert figure(owner, task="IV.14.1") == before
    its = items(owner, f"{PLAN}/outputs", task="IV.14.1,IV.14.2", agency="SKHDT", owed="true")
    assert [one["code"] for one in its] == ["2023-Q3"]
    assert differences(service) == []


@pytest.mark.parametrize("first", ["G.SBN", "G.UBH"])
def test_what_a_member_of_two_groups_left_open_is_a_gap_when_the_last_stay_has_run_out(
    service: Service, first: str
) -> None:
    """Whichever of them it is there through; what had begun by the last day in either is its own."""
    owner = service["TTBCD"]
    on(service, "2023-05-15")
    ends = {first: "2023-06-20", "G.UBH" if first == "G.SBN" else "G.SBN": "2023-07-31"}
    decided(owner, member("G.SBN", "STTTT", "2023-01-01"))
    decided(owner, *(member(group, "SKHDT", "2023-01-01", last) for group, last in ends.items()))
    assert assignment(owner, "IV.14.1", "SKHDT")["valid_to"] == "2023-07-31", "as long as it is in either"
    decided(owner, leads("IV.14.1", *ends))
    assert assignment(owner, "IV.14.1", "SKHDT")["valid_to"] == "2023-07-31"
    on(service, "2023-08-01")
    found = [one for one in gaps(owner, "part_without_owner")["items"] if one["agencies"]]
    assert [body["code"] for one in found for body in one["agencies"]] == ["SKHDT"] * len(found)
    assert "IV.14.1" in [task["code"] for one in found for task in one["tasks"]]
    before = figure(owner, task="IV.14.1")
    for one in found:
        repair(service, one)
    assert {code for (code,), _ in named(gaps(owner), "part_without_owner")} == PARTS
    assert figure(owner, task="IV.14.1") == before
    its = items(owner, f"{PLAN}/outputs", task="IV.14.1", agency="SKHDT", owed="true")
    assert [one["code"] for one in its] == ["2023-Q1", "2023-Q2", "2023-Q3"]
    assert differences(service) == []


def test_budget_lines_of_a_body_that_another_plan_ended_are_a_gap(
    service: Service, office: httpx.Client, funder: httpx.Client, tmp_path: Any
) -> None:
    """Also where it has left nothing else: the same succession entered here gives them to who comes."""
    owner = service["TTBCD"]
    for task in ("IV.7.a", "IV.7.b", "IV.7.c"):
        record(office, task, output="M1")
    line, empty = (str(opened(office)["code"]) for _ in range(2))
    allocate(funder, line, 100)
    write(office, "needs", empty, 10)
    load(service, tiny_plan(), tmp_path)
    other = pushing(service, str(owner.get(SMALL).json()["owner"]["code"]))
    change = {"change": "succession", "agency": "SVHTTDL", "successor": "SCT", "on": "2023-07-01"}
    decided(other, change, plan=SMALL)
    (one,) = [one for one in gaps(owner, "part_without_owner")["items"] if one["agencies"]]
    assert (one["tasks"], [body["code"] for body in one["agencies"]]) == ([], ["SVHTTDL"])
    assert f"dòng kinh phí {line} cho" in one["text_vi"]
    assert f"its budget lines are now: {line}." in one["text_en"]
    repair(service, one)
    assert [one for one in gaps(owner, "part_without_owner")["items"] if one["agencies"]] == []
    assert owner.get(f"{BUDGET}/lines/{line}").json()["agency"]["code"] == "SCT"
    assert differences(service) == []


def test_a_claim_that_nobody_can_prove_is_a_gap(service: Service, tmp_path: Any) -> None:
    """Who handed over records nothing any more; the secretariat does in its name, where the plan has one. For
    pieces it cannot say which part is meant, where that body helps now."""
    owner = service["TTBCD"]
    plan = json.loads(loader.PLAN_2023.read_text(encoding="utf-8"))
    plan["plan"] |= {"slug": "ttdn-2023-b", "secretariat": None}
    load(service, plan, tmp_path)
    alone = "/v1/plans/ttdn-2023-b"
    record(service["SVHTTDL"], "IV.7.b", plan=alone, output="M1")
    decided(owner, leads("IV.7.b", "STC"), plan=alone)  # nothing of its own is left open
    for slug in (PLAN, alone):
        decided(owner, {"change": "target", "task": "IV.6.a", "target": 2}, plan=slug)
        for task, office in (("IV.7.a", "SVHTTDL"), ("IV.6.a", "SCT")):
            found = items(owner, f"{slug}/outputs", task=task)
            acted(service[office], found[0], "claims", plan=slug)
            decided(owner, leads(task, "STC"), plan=slug)
    assert [one for one in gaps(owner, "part_without_owner")["items"] if one["agencies"]] == []
    found = [one for one in gaps(owner, "part_without_owner", plan=alone)["items"] if one["agencies"]]
    assert named({"items": found}, "part_without_owner") == [
        (["IV.6.a"], ["SCT"]),
        (["IV.7.a"], ["SVHTTDL"]),
    ]
    helps = {"change": "coordinators", "task": "IV.6.a", "coordinators": ["SCT"]}
    decided(owner, helps)
    (one,) = [one for one in gaps(owner, "part_without_owner")["items"] if one["agencies"]]
    assert "chưa có minh chứng" in one["text_vi"]
    assert "no evidence" in one["text_en"]
    repair(service, one, leads=[{"agency": "STC"}, {"agency": "SCT"}])
    assert record(service["SCT"], "IV.6.a")["moved"][0]["after"] == "evidenced"
    assert [one for one in gaps(owner, "part_without_owner")["items"] if one["agencies"]] == []
    for one in found:
        body = one["agencies"][0]["code"]
        repair(service, one, leads=[{"agency": "STC"}, {"agency": body}])
        output = "M1" if body == "SVHTTDL" else None
        said = record(
            service[body], one["tasks"][0]["code"], plan=alone, occurred_on="2023-05-12", output=output
        )
        assert said["moved"][0]["after"] == "evidenced"
    assert {code for (code,), _ in named(gaps(owner, plan=alone), "part_without_owner")} == PARTS
    assert differences(service) == []


def test_money_left_on_what_is_no_longer_to_be_done_is_a_gap_until_somebody_has_taken_it_back(
    service: Service, office: httpx.Client, funder: httpx.Client
) -> None:
    """Its agency releases what it has committed, and the funding decider moves what is free; what was spent
    stays spent."""
    owner = service["TTBCD"]
    line, both, marks, empty, spent, other = (
        opened(office, tasks=tasks, events=events)["code"]
        for tasks, events in (
            *((["IV.7.a"], []), (["IV.7.a", "IV.7.b"], []), (["IV.7.a"], ["E02"])),
            *((["IV.7.a"], []), (["IV.7.a"], []), ([], [])),
        )
    )
    for code in (line, both, marks, spent):
        allocate(funder, code, 100)
    for noun, amount in (("commitments", 80), ("spendings", 50)):
        write(office, noun, line, amount)
        write(office, noun, spent, 100)
    write(office, "needs", empty, 10)
    decided(owner, {"change": "status", "task": "IV.7.a", "status": "suspended"})
    assert gaps(owner, "money_left_over")["items"] == [], "it will be done"
    decided(owner, {"change": "status", "task": "IV.7.a", "status": "cancelled"})
    assert named(gaps(owner), "money_left_over") == [(["IV.7.a"], ["SVHTTDL"])], "others are for more"
    (one,) = gaps(office, "money_left_over")["items"]
    assert (one["repair"]["path"], one["repair"]["who_can"]) == (f"{BUDGET}/commitments", ["SVHTTDL"])
    assert f"Dòng {line} " in one["text_vi"]
    assert "còn 50 đồng chưa chi, trong đó đã cam kết 30 đồng" in one["text_vi"]
    repair(service, one)
    (one,) = gaps(funder, "money_left_over")["items"]
    assert (one["repair"]["path"], one["repair"]["who_can"]) == (f"{BUDGET}/transfers", ["STC"])
    repair(service, one, to_line=other)
    assert gaps(owner, "money_left_over")["items"] == []
    assert [stands(office, code)[1:4] for code in (line, other)] == [(50, 50, 50), (50, 0, 0)]
    superseded = {"change": "status", "task": "IV.7.b", "status": "superseded", "superseded_by": "IV.7.c"}
    decided(owner, superseded)
    assert named(gaps(owner), "money_left_over") == [(["IV.7.a", "IV.7.b"], ["SVHTTDL"])]
    office.patch(f"{BUDGET}/lines/{both}", json={"tasks": ["IV.7.c"]}, headers={"If-Match": "*"})
    assert gaps(owner, "money_left_over")["items"] == [], "it is for other work now"
    assert differences(service) == []


def test_money_left_on_hidden_work_is_told_to_those_who_see_its_line(
    service: Service, funder: httpx.Client
) -> None:
    owner = service["TTBCD"]
    line = opened(pushing(service, "TTBCD"), agency="TTBCD", tasks=["IV.12.1"])["code"]
    allocate(funder, line, 100)
    decided(owner, {"change": "status", "task": "IV.12.1", "status": "cancelled"})
    assert named(gaps(owner), "money_left_over") == [(["IV.12.1"], ["TTBCD"])]
    assert named(gaps(funder), "money_left_over") == [([], ["TTBCD"])], "the task is not named"
    assert gaps(service["SCT"], "money_left_over")["items"] == []


def test_a_body_that_leads_and_coordinates_is_a_gap_and_its_repair_keeps_the_others(service: Service) -> None:
    owner = service["TTBCD"]
    decided(owner, leads("IV.7.b", "BAOTV"))
    (one,) = gaps(owner, "lead_and_coordinator")["items"]
    assert ([task["code"] for task in one["tasks"]], [body["code"] for body in one["agencies"]]) == (
        *(["IV.7.b"], ["BAOTV"]),
    )
    assert one["repair"]["body"]["changes"][0]["coordinators"] == ["DAITV", "X.BDTW", "X.BNT"]
    repair(service, one)
    assert gaps(owner, "lead_and_coordinator")["items"] == []
    current = [
        one["agency"]["code"]
        for one in items(owner, f"{PLAN}/assignments", task="IV.7.b", role="coordinate")
        if one["valid_to"] is None
    ]
    assert current == ["DAITV", "X.BDTW", "X.BNT"]
    decided(owner, member("G.SBN", "SCT", "2023-01-01"), member("G.SBN", "SVHTTDL", "2023-01-01"))
    decided(owner, leads("IV.7.c", "SCT"))
    (one,) = gaps(owner, "lead_and_coordinator")["items"]
    repair(service, one)
    assert gaps(owner, "lead_and_coordinator")["items"] == []
    assert differences(service) == []


def test_leads_that_a_decision_divided_are_no_gap(service: Service) -> None:
    owner = service["TTBCD"]
    decided(owner, leads("IV.9.1", BAOTV="1/3", DAITV="2/3"), leads("IV.7.a", "SVHTTDL", "SCT"))
    assert [task for (task,), _ in named(gaps(owner), "several_leads")][:2] == ["IV.9.2", "IV.9.3"]


def test_leads_whose_shares_the_text_states_are_no_gap(service: Service, tmp_path: Any) -> None:
    plan = small_plan()
    owner = "BCDM"
    (both,) = [one["assignments"] for one in plan["tasks"] if one["code"] == "II.2.a"]
    for slug, shares, told in (
        ("mau-2024", ("2/3", "1/3"), []),
        ("mau-2024-b", ("1/2", "1/2"), [(["II.2.a"], ["SMAU", "SHAI"])]),
        ("mau-2024-c", (None, None), [(["II.2.a"], ["SMAU", "SHAI"])]),
    ):
        plan["plan"]["slug"] = slug
        both[:2] = [
            {"agency": code, "role": "lead", "share": share, "source": "plan_text"}
            for code, share in zip(("SMAU", "SHAI"), shares, strict=True)
        ]
        load(service, plan, tmp_path)
        open_ = gaps(pushing(service, owner), "several_leads", plan=f"/v1/plans/{slug}")
        assert named(open_, "several_leads") == told, slug


@pytest.mark.parametrize("power", ["monitor", "fund", "settle", "approver"])
def test_a_plan_without_its_powers_says_so_and_how_to_give_them(
    service: Service, tmp_path: Any, power: str
) -> None:
    """The sample plan has its powers; without them each is a gap with its own repair."""
    plan = tiny_plan()
    for task in plan["tasks"]:
        if "assignments" in task:
            task["assignments"] = [
                one for one in task["assignments"] if power == "approver" or one["role"] != power
            ]
    if power == "approver":
        plan["plan"]["superior"] = None
    load(service, plan, tmp_path)
    owner = pushing(service, str(service["TTBCD"].get(SMALL).json()["owner"]["code"]))
    kind = {"monitor": "no_monitor", "fund": "no_funder", "settle": "no_settler", "approver": "no_approver"}[
        power
    ]
    found = gaps(owner, kind, plan=SMALL)["items"]
    if kind == "no_approver" and not found:
        monitors = items(owner, f"{SMALL}/assignments", role="monitor")
        assert monitors == [], "without a monitor nobody has to confirm its duties"
        return
    (one,) = found
    duty = next(task["code"] for task in items(owner, f"{SMALL}/tasks", family="duty"))
    body = "TTTU" if power == "approver" else "SCT"
    repair(service, one, task=duty, agency=body, decided_on="2024-01-15")
    assert gaps(owner, kind, plan=SMALL)["items"] == []
    assert differences(service) == []


@pytest.mark.parametrize(
    ("body", "kind"),
    [("TTBCD", "no_monitor"), ("STC", "no_funder"), ("VPTU", "no_settler"), ("TTTU", "no_approver")],
)
def test_a_power_whose_holder_has_ended_is_open(service: Service, body: str, kind: str) -> None:
    abolish(service, body, "2023-06-30")
    assert [one["kind"] for one in gaps(service["BPGV"], kind)["items"]] == [kind]


def test_a_plan_whose_owner_has_ended_is_taken_up_again_by_a_decision_of_another(
    service: Service, tmp_path: Any
) -> None:
    assert gaps(service["BPGV"], "no_owner")["items"] == []
    abolish(service, "TTBCD", "2023-06-30")
    (alone,) = gaps(service["BPGV"], "no_owner")["items"]
    assert alone["repair"]["who_can"] == [], "there is nobody"
    load(service, tiny_plan(), tmp_path)
    (one,) = gaps(service["BPGV"], "no_owner")["items"]
    assert one["repair"]["path"] == f"{SMALL}/amendments"
    repair(service, one)
    assert gaps(service["BPGV"], "no_owner")["items"] == []
    decided(service["SCT"], {"change": "power", "power": "monitor", "task": "IV.1.3", "agency": "SCT"})
    assert differences(service) == []


def test_looking_at_gaps_changes_nothing(service: Service) -> None:
    before = contents(service)
    gaps(service["TTBCD"])
    assert service["TTBCD"].head(URL).status_code == 200
    assert service["TTBCD"].post(URL, json={}).status_code == 405
    assert contents(service) == before
