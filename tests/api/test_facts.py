"""What the plan says, asked over HTTP. The codes are those of the document, copied here as data.

What no answer shows is asked of the plan's file: `tests/seed/test_plan_2023.py`.
"""

from fractions import Fraction
from typing import Any

import pytest

from tests.deciding import on
from tests.service import PLAN, Service
from tests.walks import items, keys

PROGRAMME = {
    "II.1.1": "continuous",
    "II.1.2": "continuous",
    "II.1.3": "continuous",
    "II.1.4": "deliverable",
    "II.1.5": "counted",
    "II.1.6": "counted",
    "II.1.7": "continuous",
    "II.2.1": "continuous",
    "II.2.2": "continuous",
    "II.2.3": "continuous",
    "II.2.4": "triggered",
    "II.2.5": "continuous",
    "II.2.6": "continuous",
    "II.2.7": "triggered",
    "II.2.8": "continuous",
}
DUTIES = {
    "IV.1.1": ("continuous", "TTBCD"),
    "IV.1.2a": ("deliverable", "TTBCD"),
    "IV.1.2b": ("counted", "TTBCD"),
    "IV.1.3": ("continuous", "TTBCD"),
    "IV.2.a": ("triggered", "VPTU"),
    "IV.3.a": ("triggered", "VPUBND"),
    "IV.4.a": ("deliverable", "STTTT"),
    "IV.4.b": ("counted", "STTTT"),
    "IV.5.a": ("deliverable", "SKHDT"),
    "IV.5.b": ("deliverable", "SKHDT"),
    "IV.6.a": ("counted", "SCT"),
    "IV.7.a": ("deliverable", "SVHTTDL"),
    "IV.7.b": ("deliverable", "SVHTTDL"),
    "IV.7.c": ("deliverable", "SVHTTDL"),
    "IV.8.a": ("triggered", "STC"),
    "IV.9.1": ("continuous", "BAOTV DAITV"),
    "IV.9.2": ("continuous", "BAOTV DAITV"),
    "IV.9.3": ("continuous", "BAOTV DAITV"),
    "IV.10.1": ("continuous", "CAT"),
    "IV.10.2": ("continuous", "CAT"),
    "IV.11.1": ("continuous", "BCHBP"),
    "IV.11.2": ("continuous", "BCHBP"),
    "IV.12.1": ("continuous", "BCHQS"),
    "IV.13.a": ("continuous", "MTTQ"),
    "IV.13.b": ("continuous", "MTTQ"),
    "IV.14.1": ("continuous", "G.SBN G.UBH"),
    "IV.14.2": ("counted", "G.SBN G.UBH"),
    "IV.15.a": ("continuous", "G.TGH G.THDU"),
    "IV.15.b": ("continuous", "G.TGH G.THDU"),
    "IV.15.c": ("triggered", "G.TGH G.THDU"),
}
OBJECTIVES = [f"I.1.{n}" for n in range(1, 7)] + [f"I.2.{n}" for n in range(1, 6)]
SECTIONS = ["I", "I.1", "I.2", "II", "II.1", "II.2", "III", "IV", *(f"IV.{n}" for n in range(1, 16))]
AGENCIES = {
    *("TTBCD", "VPTU", "VPUBND", "STTTT", "SKHDT", "SCT", "SVHTTDL", "STC", "BAOTV", "DAITV", "CAT", "BCHBP"),
    *("BCHQS", "MTTQ", "G.SBN", "G.UBH", "G.TGH", "G.THDU", "X.BDT", "X.BDTW", "X.BNT", "BTGTW", "BCDTW"),
    *("TTTU", "G.TVBCD", "BPGV"),
}
DISTRICTS = ["TPTV", "TXDH", "HCL", "HCK", "HTC", "HCT", "HCN", "HTCU", "HDH"]
EVENTS = {
    "E01": "1973-01-27",
    "E02": "1973-02-26",
    "E03": "1973-03-23",
    "E04": "1973-03-30",
    "E05": "1973-04-09",
    "E06": "1973-04-12",
    "E07": "1973-08-01",
    "E08": "1973-08-21",
    "E09": "1973-09-11",
    "E10": "1973-09-21",
    "E11": "1973-12-22",
}


def test_the_tasks_are_fifteen_programme_items_and_thirty_duties_in_the_order_of_the_document(
    library: Service,
) -> None:
    tasks = items(library["TTBCD"], f"{PLAN}/tasks")
    assert [task["code"] for task in tasks] == [*PROGRAMME, *DUTIES]
    assert {task["code"]: task["kind"] for task in tasks if task["family"] == "programme"} == PROGRAMME
    assert {task["code"]: task["kind"] for task in tasks if task["family"] == "duty"} == {
        code: kind for code, (kind, _) in DUTIES.items()
    }
    assert {task["weight"] for task in tasks} == {1}


def test_every_task_lies_in_its_section_of_the_document(library: Service) -> None:
    for task in items(library["TTBCD"], f"{PLAN}/tasks"):
        assert task["section"] == task["code"].rpartition(".")[0]


def test_the_accountable_bodies_are_those_of_part_iv(library: Service) -> None:
    found: dict[str, list[str]] = {}
    for assignment in items(library["TTBCD"], f"{PLAN}/assignments", role="lead", limit=200):
        if assignment["group"] is None:
            found.setdefault(assignment["task"]["code"], []).append(assignment["agency"]["code"])
    assert found == {code: bodies.split() for code, (_, bodies) in DUTIES.items()}


def test_nothing_is_invented_no_deadline_no_target(library: Service) -> None:
    for task in items(library["TTBCD"], f"{PLAN}/tasks"):
        assert (task["due_on"], task["due_source"], task["target"]) == ("2023-12-31", "implied", None)


def test_the_printed_verb_stands_beside_the_effective_role(library: Service) -> None:
    [lead] = items(library["SCT"], f"{PLAN}/assignments", task="IV.7.b", role="lead")
    assert lead["verb_printed"].startswith("phối hợp")
    assert (lead["role"], lead["role_label"]) == ("lead", "Chịu trách nhiệm")


@pytest.mark.parametrize(
    ("task", "agency", "role"),
    [("IV.1.3", "TTBCD", "monitor"), ("IV.2.a", "VPTU", "settle"), ("IV.8.a", "STC", "fund")],
)
def test_the_three_powers_are_a_duty_and_a_power(library: Service, task: str, agency: str, role: str) -> None:
    found = items(library["TTBCD"], f"{PLAN}/assignments", task=task, agency=agency)
    assert {assignment["role"] for assignment in found} == {"lead", role}
    [power] = items(library["TTBCD"], f"{PLAN}/assignments", role=role)
    assert power in found
    assert power["progress"] is None
    assert power["share"]["numerator"] == 0


@pytest.mark.parametrize("task", ["IV.9.1", "IV.9.2", "IV.9.3"])
def test_newspaper_and_broadcaster_each_owe_half(library: Service, task: str) -> None:
    found = items(library["BAOTV"], f"{PLAN}/assignments", task=task, role="lead")
    assert {a["agency"]["code"]: a["share"] for a in found} == {
        body: {"numerator": 1, "denominator": 2, "percent": 50} for body in ("BAOTV", "DAITV")
    }


def test_shares_of_every_duty_sum_to_one(library: Service) -> None:
    shares: dict[str, Fraction] = {}
    for assignment in items(library["TTBCD"], f"{PLAN}/assignments", role="lead", limit=200):
        if not assignment["fans_out"]:
            share = Fraction(assignment["share"]["numerator"], assignment["share"]["denominator"])
            code = assignment["task"]["code"]
            shares[code] = shares.get(code, Fraction(0)) + share
    assert shares == dict.fromkeys(DUTIES, Fraction(1))


def test_a_group_duty_fans_out_to_its_nine_districts(library: Service) -> None:
    found = items(library["UBND.TPTV"], f"{PLAN}/assignments", task="IV.14.1", group="G.UBH")
    assert [a["agency"]["code"] for a in found] == [f"UBND.{district}" for district in DISTRICTS]
    assert {(a["share"]["numerator"], a["share"]["denominator"]) for a in found} == {(1, 18)}


def test_every_known_lead_of_a_continuous_duty_owes_the_four_quarters(library: Service) -> None:
    for lead in items(library["TTBCD"], f"{PLAN}/assignments", task="IV.9.1,IV.14.1", role="lead"):
        owed = items(library["TTBCD"], f"{PLAN}/assignments/{lead['id']}/outputs")
        known = not lead["agency"]["code"].startswith("G.")
        assert [output["code"] for output in owed] == [f"2023-Q{n}" for n in range(1, 5) if known]
        assert {output["level"] for output in owed} <= {"none"}


def test_eleven_objectives_and_twenty_three_sections(library: Service) -> None:
    assert keys(library["SCT"], f"{PLAN}/objectives") == OBJECTIVES
    sections = items(library["SCT"], f"{PLAN}/sections")
    assert [section["code"] for section in sections] == SECTIONS
    assert [section["parent"] for section in sections] == [
        code.rpartition(".")[0] or None for code in SECTIONS
    ]


def test_twenty_six_agencies_of_the_text_and_eighteen_members_that_are_not(library: Service) -> None:
    agencies = items(library["SCT"], "/v1/agencies")
    by_source: dict[str, set[str]] = {}
    for agency in agencies:
        by_source.setdefault(agency["source"], set()).add(agency["code"])
    members = {f"{body}.{district}" for body in ("UBND", "BTG") for district in DISTRICTS}
    assert by_source == {"plan_text": AGENCIES, "not_in_text": members}
    assert len(agencies) == 26 + 18


@pytest.mark.parametrize(("group", "body"), [("G.UBH", "UBND"), ("G.TGH", "BTG")])
def test_groups_tell_their_members_and_members_their_group(library: Service, group: str, body: str) -> None:
    client = library["SCT"]
    told = client.get(f"/v1/agencies/{group}").json()
    wanted = {f"{body}.{district}" for district in DISTRICTS}
    assert {member["agency"]["code"] for member in told["members"]} == wanted
    assert told["members_open"] is False
    assert {member["source"] for member in told["members"]} == {"not_in_text"}
    assert set(keys(client, "/v1/agencies", group=group, on="2023-06-30")) == wanted
    one = client.get(f"/v1/agencies/{body}.TXDH").json()
    assert [place["agency"]["code"] for place in one["groups"]] == [group]
    assert [name["name_vi"] for name in one["names"]] == [one["name_vi"]]


def test_open_groups_say_so(library: Service) -> None:
    client = library["SCT"]
    for group in ("G.SBN", "G.THDU", "G.TVBCD"):
        told = client.get(f"/v1/agencies/{group}").json()
        assert (told["members"], told["members_open"]) == ([], True)


def test_the_events_of_2023_are_fiftieth_but_for_south_africa(library: Service) -> None:
    client = library["SCT"]
    page = client.get(f"{PLAN}/events").json()
    assert page["list_is_open"] is True
    events = {event["code"]: event for event in page["items"]}
    assert {code: event["date_printed"] for code, event in events.items()} == EVENTS
    ordinals = {code: event["anniversary"]["ordinal"] for code, event in events.items()}
    assert ordinals == {code: 30 if code == "E11" else 50 for code in EVENTS}
    south_africa = client.get(f"{PLAN}/events/E11").json()
    assert south_africa == events["E11"]
    assert south_africa["date_verified"] == "1993-12-22"
    assert {code for code, event in events.items() if event["date_verified"] != EVENTS[code]} == {"E11"}
    assert south_africa["anniversary"]["is_round"] is True
    assert south_africa["anniversary"]["on"] == "2023-12-22"
    assert {task["code"] for event in events.values() for task in event["tasks"]} == {"II.2.4"}
    assert {event["steward"] for event in events.values()} == {None}


@pytest.mark.parametrize(
    ("year", "paris", "south_africa"),
    [(1973, None, None), (1993, 20, None), (1994, 21, 1), (2025, 52, 32), (2200, 227, 207)],
)
def test_anniversaries_of_another_year(
    library: Service, year: int, paris: int | None, south_africa: int | None
) -> None:
    def ordinal(code: str) -> int | None:
        event: dict[str, Any] = library["SCT"].get(f"{PLAN}/events/{code}", params={"year": year}).json()
        return int(event["anniversary"]["ordinal"]) if event["anniversary"] else None

    assert (ordinal("E01"), ordinal("E11")) == (paris, south_africa)


def test_the_money_is_one_total_and_nothing_is_allocated(library: Service) -> None:
    budget = library["SCT"].get(f"{PLAN}/budget").json()
    assert (budget["total_vnd"], budget["allocated_vnd"], budget["unallocated_vnd"]) == (
        2_278_000_000,
        0,
        2_278_000_000,
    )
    assert budget["lines"] == 0
    assert items(library["SCT"], f"{PLAN}/budget/lines") == []


def test_the_plan_tells_its_facts_their_sources_and_its_anomalies(library: Service) -> None:
    plan = library["SCT"].get(PLAN).json()
    assert plan["number"] == "07-KH/BCĐ-TTĐN"
    assert plan["number_printed"] == "07 -KH/BCĐ-TTĐN"
    assert (plan["owner"]["code"], plan["secretariat"]["code"]) == ("TTBCD", "BPGV")
    assert [anomaly["number"] for anomaly in plan["anomalies"]] == list(range(1, 35))
    assert plan["place"] is None
    assert plan["issued_on"] is None
    stated = {one["fact"]: one["source"] for one in plan["stated"]}
    assert (stated["place"], stated["issued_on"]) == ("not_in_text", "not_in_text")
    assert (plan["effective_on"], stated["effective_on"]) == ("2023-01-01", "implied")
    assert keys(library["SCT"], "/v1/plans") == ["ttdn-2023"]


def test_a_duty_tells_which_programme_items_it_carries_out(library: Service) -> None:
    client = library["SCT"]
    duty = client.get(f"{PLAN}/tasks/IV.7.b").json()
    assert [link["task"]["code"] for link in duty["implements"]] == ["II.1.4", "II.2.3"]
    item = client.get(f"{PLAN}/tasks/II.2.3").json()
    assert [link["task"]["code"] for link in item["implemented_by"]] == ["IV.7.b", "IV.7.c"]
    assert {link["basis"] for link in item["implemented_by"]} == {"our_reading"}
    assert [part["code"] for part in item["parts"]] == ["II.2.3.a", "II.2.3.b", "II.2.3.c"]
    assert item["gap_vi"]
    assert item["gap_en"]


def test_ten_programme_items_have_a_part_that_nobody_owns(library: Service) -> None:
    gaps = [task for task in items(library["TTBCD"], f"{PLAN}/tasks") if task["gap_vi"]]
    whole = {"II.1.1", "II.1.2", "II.2.1", "II.2.2", "II.2.8"}
    assert {task["code"] for task in gaps} == set(PROGRAMME) - whole
    assert len(gaps) == 10


def test_who_am_i(library: Service) -> None:
    me = library["SVHTTDL"].get("/v1/me").json()
    assert me["agency"]["code"] == "SVHTTDL"
    assert me["scopes"] == ["read", "push"]
    assert me["plans"] == [
        {
            "plan": "ttdn-2023",
            "relations": ["accountable"],
            "relation_labels": ["Cơ quan chịu trách nhiệm"],
            "tasks": ["IV.7.a", "IV.7.b", "IV.7.c"],
        }
    ]
    owner = library["TTBCD"].get("/v1/me").json()["plans"][0]
    assert owner["relations"] == ["accountable", "plan_owner", "monitor", "self_monitor"]
    assert library["BPGV"].get("/v1/me").json()["plans"][0]["relations"] == ["secretariat"]
    assert library["TTTU"].get("/v1/me").json()["plans"][0]["relations"] == ["superior"]


def test_what_is_due_next_is_named_without_another_look(service: Service) -> None:
    """A first page has room for the ten that are due next, and none for codes nobody knows."""
    on(service, "2023-03-01")
    client = service["SVHTTDL"]
    titles = {one["code"]: one["title_vi"] for one in items(client, f"{PLAN}/tasks")}
    names = {one["code"]: one["name_vi"] for one in items(client, "/v1/agencies")}
    due = client.get(f"{PLAN}/overview").json()["deadlines"]
    assert len(due) == 10
    for one in due:
        assert (one["task_title_vi"], one["agency_name_vi"]) == (titles[one["task"]], names[one["agency"]])
