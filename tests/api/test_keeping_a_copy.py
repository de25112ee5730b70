"""Keeping a copy: the page that says where a change leads is held against what is served."""

import re
from pathlib import Path
from typing import Any

from app.rules.vocabulary import Subject
from tests.service import PLAN, Service, push
from tests.walks import feed, items, settle

PAGE = Path(__file__).parents[2] / "docs" / "keeping-a-copy.md"
_, *ROWS = (line.split(" | ") for line in PAGE.read_text(encoding="utf-8").splitlines() if line[:3] == "| `")
ADDRESSES = {
    name: re.findall(r"`(/[^`]+)`", where)
    for what, where, *_ in ROWS
    for name in re.findall(r"`(\w+)`", what)
}
TOLD_TO_THE_TECHNICIAN = {"key", "subscription"}


def addresses(change: dict[str, Any]) -> list[str]:
    """Where the page leads to from this change."""
    after = {f"after.{name}": value for name, value in change["after"].items()}
    names = {name: change[name] for name in ("ref", "plan", "output")} | after

    def named(found: re.Match[str]) -> str:
        return str(names[found[1]])

    return [re.sub(r"\{([\w.]+)\}", named, one) for one in ADDRESSES[change["subject"]]]


def test_every_subject_has_its_row() -> None:
    assert set(ADDRESSES) == {subject.value for subject in Subject}


def test_a_change_leads_where_the_page_says(archive: Service) -> None:
    client = archive["TTBCD"]
    settle(archive)
    first = {
        change["subject"]: change for change in feed(client, limit=200) if change["operation"] == "created"
    }
    assert set(first) | TOLD_TO_THE_TECHNICIAN | {"act", "occurrence"} == set(Subject)
    for change in first.values():
        for address in addresses(change):
            assert client.get(address).status_code == 200, (change, address)


def test_an_act_and_an_anniversary_lead_where_the_page_says(service: Service) -> None:
    owner, office = service["TTBCD"], service["SVHTTDL"]
    push(office)
    [output] = items(owner, f"{PLAN}/outputs", task="IV.7.a")
    confirmed = owner.post(f"{PLAN}/outputs/{output['id']}/confirmations", json={})
    decided = owner.post(
        f"{PLAN}/occurrences/E01-2023/decisions", json={"cancelled": True, "reason": "Không tổ chức"}
    )
    assert (confirmed.status_code, decided.status_code) == (201, 201)
    settle(service)
    changes = feed(owner, limit=200)
    [act] = [change for change in changes if change["subject"] == "act"]
    moved = [one for one in changes if one["request_id"] == act["request_id"] and one["subject"] == "output"]
    assert [one["ref"] for one in moved] == [output["id"]]
    assert (act["task"], act["after"]["output"], act["after"]["for"]) == ("IV.7.a", "M1", "SVHTTDL")
    [address] = addresses(act)
    assert [one["id"] for one in items(owner, address)] == [act["ref"]]
    assert {one["output"] for one in changes if one["subject"] != "act"} == {None}
    [occurrence] = [change for change in changes if change["subject"] == "occurrence"]
    [address] = addresses(occurrence)
    assert owner.get(address).json()["cancelled"] is True


def test_a_line_that_comes_into_sight_is_told_and_one_that_goes_is_not(service: Service) -> None:
    office, other = service["BCHQS"], service["SCT"]
    line = {"code": "BCHQS-1", "title_vi": "Dòng", "tasks": ["IV.12.1"], "needed_vnd": 7}
    assert office.post(f"{PLAN}/budget/lines", json=line).status_code == 201
    push(service["SVHTTDL"])  # a change that the other sees comes between
    settle(service)
    last = feed(other, limit=200)[-1]["id"]
    for tasks, told, listed in ((["IV.6.a"], ["budget_line"], 1), (["IV.12.1"], [], 0)):
        path = f"{PLAN}/budget/lines/BCHQS-1"
        tag = {"If-Match": office.get(path).headers["etag"]}
        assert office.patch(path, json={"tasks": tasks}, headers=tag).status_code == 200
        settle(service)
        found = [change["subject"] for change in feed(other, last, limit=200) if change["ref"] == "BCHQS-1"]
        assert found == told
        for noun in ("lines", "entries"):
            assert len(items(other, f"{PLAN}/budget/{noun}")) == listed
