"""The roll-up of money: every breakdown adds up to the plan's total, nothing is divided by guess, and what
was spent stands beside what was done."""

from typing import Any

import httpx

from tests.money import BUDGET, TOTAL, allocate, done, opened, post, spent, stands, write
from tests.service import PLAN, Service
from tests.walks import items
from tests.writing import record

KINDS = ("needed", "allocated", "committed", "spent", "settled")


def rows(client: httpx.Client, by: str) -> dict[str, dict[str, Any]]:
    """The rows of a breakdown, by their keys."""
    answer = client.get(f"{BUDGET}/rollup", params={"by": by})
    assert answer.status_code == 200, answer.text
    said = answer.json()
    assert said["allocated_vnd"] + said["unallocated_vnd"] == said["total_vnd"] == TOTAL
    return {row["key"]: row for row in said["items"]}


def adds_up(found: dict[str, dict[str, Any]], *, nested: bool = False) -> None:
    """Every đồng stands in exactly one of the rows, those inside others left out."""
    counted = [row for row in found.values() if not (nested and row["parent"])]
    assert sum(row["allocated_vnd"] + row["unallocated_vnd"] for row in counted) == TOTAL


def test_every_breakdown_adds_up_to_the_total(
    service: Service, office: httpx.Client, funder: httpx.Client
) -> None:
    spent(office, funder, 700, tasks=["IV.7.a"])
    spent(office, funder, 50, tasks=["IV.7.a", "IV.7.b"])
    spent(office, funder, 9, tasks=["IV.7.b", "II.1.3"])
    spent(office, funder, 3)
    spent(service["SCT"], funder, 11, agency="SCT", tasks=["IV.6.a"])
    for by in ("line", "agency", "task", "month"):
        adds_up(rows(office, by))
    adds_up(rows(office, "section"), nested=True)
    whole = office.get(BUDGET).json()
    for by in ("line", "agency", "task", "month"):
        for kind in KINDS:
            assert sum(row[f"{kind}_vnd"] for row in rows(office, by).values()) == whole[f"{kind}_vnd"]
    by_task = rows(office, "task")
    told = {key: by_task[key]["spent_vnd"] for key in ("IV.7.a", "IV.6.a", "shared", "unlinked")}
    assert told == {"IV.7.a": 700, "IV.6.a": 11, "shared": 59, "unlinked": 3}
    sections = {key: row["spent_vnd"] for key, row in rows(office, "section").items() if row["lines"]}
    assert sections == {"IV": 761, "IV.6": 11, "IV.7": 750, "shared": 9, "unlinked": 3}
    assert rows(office, "section")["IV.7"]["parent"] == "IV"
    agencies = {key: row["spent_vnd"] for key, row in rows(office, "agency").items() if row["lines"]}
    assert agencies == {"SVHTTDL": 762, "SCT": 11}


def test_a_month_is_what_its_entries_say(office: httpx.Client, funder: httpx.Client) -> None:
    code = str(opened(office)["code"])
    allocate(funder, code, 100, occurred_on="2023-01-31")
    write(office, "commitments", code, 80, occurred_on="2023-02-01")
    wrong = write(office, "spendings", code, 50, occurred_on="2023-02-28")["id"]
    done(post(office, f"entries/{wrong}/reversals", {"reason": "Nhầm", "occurred_on": "2023-03-01"}))
    found = rows(office, "month")
    told = {key: (row["allocated_vnd"], row["committed_vnd"], row["spent_vnd"]) for key, row in found.items()}
    assert told == {
        "2023-01": (100, 0, 0),
        "2023-02": (0, 80, 50),
        "2023-03": (0, 0, -50),
        "unallocated": (0, 0, 0),
    }
    assert found["2023-01"]["title_vi"] == "Tháng 01/2023"


def test_money_stands_beside_the_work(service: Service, office: httpx.Client, funder: httpx.Client) -> None:
    owner = service["TTBCD"]
    before = rows(office, "task")["IV.7.a"]
    assert (before["state"], before["done_unspent"], before["spent_unevidenced"]) == (
        "not_started",
        False,
        False,
    )
    code = spent(office, funder, 1001, tasks=["IV.7.b"])
    told = rows(office, "task")["IV.7.b"]
    assert (told["spent_unevidenced"], told["cost"], told["state_label"]) == (True, None, "Chưa bắt đầu")
    assert rows(office, "line")[code]["state"] is None
    for task in ("IV.7.a", "IV.7.b"):
        output = items(office, f"{PLAN}/outputs", task=task)[0]["id"]
        record(office, task, output="M1")
        assert office.post(f"{PLAN}/outputs/{output}/claims", json={}).status_code == 201
        assert owner.post(f"{PLAN}/outputs/{output}/confirmations", json={}).status_code == 201
    found = rows(office, "task")
    assert (found["IV.7.a"]["state"], found["IV.7.a"]["done_unspent"]) == ("done", True)
    assert found["IV.7.b"]["spent_unevidenced"] is False
    assert found["IV.7.b"]["cost"] == {"outputs": 1, "each_vnd": 1001, "left_over_vnd": 0}
    assert found["IV.7.b"]["evidenced"]["percent"] == 100
    assert rows(office, "agency")["SVHTTDL"]["cost"] == {"outputs": 2, "each_vnd": 500, "left_over_vnd": 1}
    spent(office, funder, 7, tasks=["IV.7.a", "IV.7.b"])
    found = rows(office, "task")
    for task in ("IV.7.a", "IV.7.b"):
        assert (found[task]["done_unspent"], found[task]["cost"]) == (None, None), (
            "money is shared: not to be said"
        )
    assert rows(office, "section")["IV.7"]["cost"] == {"outputs": 2, "each_vnd": 504, "left_over_vnd": 0}


def test_money_without_evidence_is_said_of_work_that_it_surely_went_into_alone(
    service: Service, office: httpx.Client, funder: httpx.Client
) -> None:
    """Where it may all have gone into other work, which has evidence, nothing is said."""
    trade = service["SCT"]
    record(office, "IV.7.a", output="M1")
    spent(office, funder, 7, tasks=["IV.7.a", "IV.7.b"])
    spent(trade, funder, 5, agency="SCT", tasks=["IV.7.a"])

    def told(by: str, key: str) -> tuple[int, bool | None]:
        row = rows(office, by)[key]
        return row["spent_vnd"], row["spent_unevidenced"]

    assert told("task", "IV.7.a") == (5, False)
    assert told("task", "IV.7.b") == (0, None), "7 may have gone into IV.7.a"
    assert told("task", "II.1.4") == (0, None), "as IV.7.b carries it out"
    assert told("agency", "SCT") == (5, None), "it went into another's duty"
    assert told("agency", "SVHTTDL") == (7, False)
    assert told("section", "IV.7") == (12, False)
    assert told("section", "IV.5") == (0, False)
    spent(office, funder, 3, tasks=["IV.7.b"])
    assert told("task", "IV.7.b") == (3, True)
    assert told("task", "II.1.4") == (0, True), "what was spent for IV.7.b was spent for it"
    spent(trade, funder, 2, agency="SCT", tasks=["IV.6.a"])
    assert told("agency", "SCT") == (7, True)


def test_what_is_hidden_is_in_no_row(service: Service, office: httpx.Client, funder: httpx.Client) -> None:
    army, owner = service["BCHQS"], service["TTBCD"]
    code = spent(army, funder, 500, agency="BCHQS", tasks=["IV.12.1"])
    for by in ("section", "agency", "task", "line", "month"):
        outside, inside = rows(office, by), rows(owner, by)
        assert sum(row["spent_vnd"] for row in outside.values()) == 0
        assert outside["unallocated"]["unallocated_vnd"] == TOTAL
        assert sum(row["spent_vnd"] for row in inside.values() if not row["parent"]) == 500
        assert inside["unallocated"]["unallocated_vnd"] == TOTAL - 500
    assert rows(owner, "task")["IV.12.1"]["spent_vnd"] == 500
    assert rows(funder, "task")["unlinked"]["spent_vnd"] == 500, "who decides sees the line, not its task"
    assert stands(funder, code)[3] == 500


def test_a_breakdown_that_there_is_not_is_refused(office: httpx.Client) -> None:
    for asked in ({"by": "assignment"}, {"by": ""}, {"limit": 1}):
        assert office.get(f"{BUDGET}/rollup", params=asked).status_code == 422
    assert office.get(f"{BUDGET}/rollup").json()["by"] == "section"
