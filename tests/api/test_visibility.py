"""What a caller may not see does not exist: the same answer, byte for byte, as for what never was.

Internal tasks are seen by the plan's owner, its secretariat, the superior and the accountable body; those
tracked by status only are seen by the same, and by everyone else in one sum (model §2).
"""

import json
import re
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from tests.api.conftest import ANOTHER_PLAN
from tests.deciding import decided
from tests.patience import untraced
from tests.service import PLAN, Service
from tests.walks import NOWHERE, OPEN, everything, feed, items, keys, settle

pytestmark = untraced

INTERNAL = {"II.1.7", "IV.1.3", "IV.2.a", "IV.8.a", "IV.12.1"}
STATUS_ONLY = {"IV.10.1", "IV.10.2", "IV.15.b", "IV.15.c"}
HIDDEN = INTERNAL | STATUS_ONLY
SEES: dict[str, set[str]] = {
    "TTBCD": HIDDEN,
    "BPGV": HIDDEN,
    "TTTU": HIDDEN,
    "CAT": {"IV.10.1", "IV.10.2"},
    "BCHQS": {"IV.12.1"},
    "STC": {"IV.8.a"},
    "VPTU": {"IV.2.a"},
    "BTG.TPTV": {"IV.15.b", "IV.15.c"},
    "UBND.TPTV": set(),
    "SVHTTDL": set(),
    "SCT": set(),
    "MTTQ": set(),
}
"""Each kind of caller, and which of the hidden tasks it sees."""

OUTSIDER = "SCT"
TASK_OF: dict[str, Callable[[dict[str, Any]], str]] = {
    "tasks": lambda item: item["code"],
    "assignments": lambda item: item["task"]["code"],
    "outputs": lambda item: item["task"],
    "activities": lambda item: item["task"]["code"],
}
"""The lists that are about tasks, and the task of an item in each."""


@pytest.mark.parametrize("caller", SEES)
def test_every_list_leaves_out_exactly_what_the_caller_may_not_see(archive: Service, caller: str) -> None:
    owner, client = archive["TTBCD"], archive[caller]
    gone = HIDDEN - SEES[caller]
    for noun, task_of in TASK_OF.items():
        wanted = [
            item
            for item in items(owner, f"{PLAN}/{noun}")
            if task_of(item) not in gone and not _another_bodys(noun, item, caller)
        ]
        found = items(client, f"{PLAN}/{noun}", limit=50)
        assert [_name(item) for item in found] == [_name(item) for item in wanted]
        counted = client.get(f"{PLAN}/{noun}", params={"count": "true", "limit": 1}).json()
        assert counted["total"] == len(wanted)


def _another_bodys(noun: str, item: dict[str, Any], caller: str) -> bool:
    """Of a status-only duty with several leads, each sees its own part and no other's."""
    if caller in ("TTBCD", "BPGV", "TTTU") or TASK_OF[noun](item) not in STATUS_ONLY:
        return False
    if noun == "assignments":
        return bool(item["role"] == "lead" and item["agency"]["code"] != caller)
    return bool(noun == "outputs" and item["agency"] != caller)


def _name(item: dict[str, Any]) -> str:
    return str(item.get("id") or item["code"])


@pytest.mark.parametrize("caller", ["SCT", "CAT", "BTG.TPTV"])
def test_nothing_hidden_is_named_anywhere(archive: Service, caller: str) -> None:
    owner, client = archive["TTBCD"], archive[caller]
    gone = HIDDEN - SEES[caller]
    tasks = {task["code"]: task for task in items(owner, f"{PLAN}/tasks", include="assignments")}
    records = items(owner, f"{PLAN}/activities")
    papers = [*items(owner, f"{PLAN}/urges"), *items(owner, f"{PLAN}/proposals")]
    lines = [one for one in items(owner, f"{PLAN}/budget/lines") if gone & _for(one)]
    hidden_lines = ",".join(line["code"] for line in lines)
    entries = items(owner, f"{PLAN}/budget/entries", line=hidden_lines)
    settlements = items(owner, f"{PLAN}/budget/settlements", line=hidden_lines)
    assert all((lines, entries, settlements))
    others = [paper for paper in papers if not _concerns(caller, paper)]
    words = {
        *(str(line[name]) for line in lines for name in ("code", "title_vi")),
        *(one["id"] for one in (*entries, *settlements)),
        *(paper["id"] for paper in others),
        *(str(paper.get("message") or paper.get("reason")) for paper in others),
        *(tasks[code]["title_vi"] for code in gone),
        *(tasks[code]["title_en"] for code in gone),
        *(given["id"] for code in gone for given in tasks[code]["assignments"]),
        *(record["title"] for record in records if record["task"]["code"] in gone),
        *(record["id"] for record in records if record["task"]["code"] in gone),
        *(output["id"] for output in items(owner, f"{PLAN}/outputs") if output["task"] in gone),
    }
    codes = re.compile("|".join(rf"(?<![A-Z.]){re.escape(code)}(?![0-9a-z])" for code in gone))
    read = set()
    for operation, address in everything(client, archive.app.openapi(), most=8):
        answer = client.get(address, params=_widest(operation) or None)
        assert answer.status_code == 200
        read.add(operation)
        said = _without_the_plans_own_words(operation, _read(answer))
        assert not codes.search(said), (address, codes.search(said))
        assert [word for word in words if word in said] == [], address
    assert len(read) >= 25
    for by in ("section", "agency", "task", "assignment"):
        said = client.get(f"{PLAN}/progress", params={"by": by}).text
        assert not codes.search(said)
        assert [word for word in words if word in said] == []
    for change in feed(client, limit=200):
        said = json.dumps(change, ensure_ascii=False)
        assert not codes.search(said), change
        assert [word for word in words if word in said] == []


def _for(line: dict[str, Any]) -> set[str]:
    """The tasks a line is for."""
    return {task["code"] for task in line["tasks"]}


def _concerns(caller: str, paper: dict[str, Any]) -> bool:
    """Whether a body is party to an urge or a proposal."""
    parties = (paper.get(name) for name in ("by", "to", "proposed_by"))
    return caller in [party["code"] for party in parties if party]


def _widest(operation: str) -> dict[str, str]:
    """The most that a list tells at once."""
    include = {"find_tasks": "assignments,links", "find_agencies": "names,members,groups"}.get(operation)
    return {
        **({"limit": "200"} if operation.startswith("find_") and operation != "find_gaps" else {}),
        **({"include": include} if include else {}),
    }


def _read(answer: httpx.Response) -> dict[str, Any]:
    """What is said, be it JSON or a calendar, whose long lines are folded (RFC 5545 §3.1)."""
    if answer.headers["content-type"].startswith("text/calendar"):
        return {"calendar": answer.text.replace("\r\n ", "")}
    said: dict[str, Any] = answer.json()
    return said


def _without_the_plans_own_words(operation: str, message: dict[str, Any]) -> str:
    """The document's anomalies quote its clauses, hidden or not: the text itself is no secret."""
    if operation == "get_plan":
        message.pop("anomalies")
    return json.dumps(message, ensure_ascii=False)


def _alike(client: httpx.Client, hidden: str, random: str) -> None:
    """Both addresses are answered the same to the last byte, for GET and HEAD and whatever tag is sent."""
    for method, condition in (("GET", {}), ("HEAD", {}), ("GET", {"If-None-Match": "*"})):
        headers = {"X-Request-ID": "the-same", **condition}
        one, other = (client.request(method, at, headers=headers) for at in (hidden, random))
        assert (one.status_code, one.content) == (other.status_code, other.content), hidden
        assert one.headers == other.headers


@pytest.mark.parametrize("caller", ["SCT", "CAT"])
def test_a_hidden_thing_is_answered_like_a_random_id(archive: Service, caller: str) -> None:
    owner, client = archive["TTBCD"], archive[caller]
    gone = HIDDEN - SEES[caller]
    for code in gone:
        _alike(client, f"{PLAN}/tasks/{code}", f"{PLAN}/tasks/IV.30.z")
        assert client.get(f"{PLAN}/tasks/{code}").status_code == 404
        for given in items(owner, f"{PLAN}/assignments", task=code)[:1]:
            _alike(client, f"{PLAN}/assignments/{given['id']}", f"{PLAN}/assignments/{NOWHERE}")
            _alike(
                client, f"{PLAN}/assignments/{given['id']}/outputs", f"{PLAN}/assignments/{NOWHERE}/outputs"
            )
        for output in items(owner, f"{PLAN}/outputs", task=code)[:1]:
            _alike(client, f"{PLAN}/outputs/{output['id']}", f"{PLAN}/outputs/{NOWHERE}")
            tag = owner.get(f"{PLAN}/outputs/{output['id']}").headers["etag"]
            answer = client.get(f"{PLAN}/outputs/{output['id']}", headers={"If-None-Match": tag})
            assert answer.status_code == 404
        for noun, known in (
            ("lines", [line["code"] for line in items(owner, f"{PLAN}/budget/lines", task=code)]),
            ("entries", keys(owner, f"{PLAN}/budget/entries", line="BCHQS-01")),
            ("settlements", keys(owner, f"{PLAN}/budget/settlements", line="BCHQS-01")),
        ):
            for name in known:
                _alike(client, f"{PLAN}/budget/{noun}/{name}", f"{PLAN}/budget/{noun}/{NOWHERE}")
        for record in items(owner, f"{PLAN}/activities", task=code):
            _alike(client, f"{PLAN}/activities/{record['id']}", f"{PLAN}/activities/{NOWHERE}")


def test_filters_and_search_find_nothing_hidden(archive: Service) -> None:
    owner, client = archive["TTBCD"], archive[OUTSIDER]
    for code in HIDDEN:
        for noun in ("assignments", "outputs", "activities"):
            _alike_but_for_parameters(client, f"{PLAN}/{noun}", {"task": code}, {"task": "IV.30.z"})
        title = items(owner, f"{PLAN}/tasks", q=code)[0]["title_vi"]
        for noun in ("tasks", "assignments"):
            _alike_but_for_parameters(client, f"{PLAN}/{noun}", {"q": title}, {"q": "không có từ này"})
    for section in ("IV.2", "IV.8", "IV.10", "IV.12"):
        for noun in ("tasks", "activities"):
            _alike_but_for_parameters(client, f"{PLAN}/{noun}", {"section": section}, {"section": "IV.30"})
    for asked in ({"agency": "CAT"}, {"lead": "VPTU"}, {"visibility": "internal,status_only"}):
        _alike_but_for_parameters(client, f"{PLAN}/tasks", asked, {"agency": "NOBODY"})
    _alike_but_for_parameters(client, f"{PLAN}/activities", {"q": "nội bộ"}, {"q": "không có từ này"})
    _alike_but_for_parameters(
        client, f"{PLAN}/assignments", {"role": "monitor,fund,settle"}, {"task": "IV.30.z"}
    )
    hidden_output = items(owner, f"{PLAN}/outputs", task="IV.12.1")[0]["id"]
    _alike_but_for_parameters(client, f"{PLAN}/activities", {"output": hidden_output}, {"output": NOWHERE})


def _alike_but_for_parameters(
    client: httpx.Client, path: str, hidden: dict[str, str], random: dict[str, str]
) -> None:
    one, other = (client.get(path, params={"count": "true", **asked}) for asked in (hidden, random))
    assert one.status_code == 200
    assert one.json()["items"] == []
    assert (one.content, one.headers["etag"]) == (other.content, other.headers["etag"])


def test_states_are_counted_over_what_is_seen(archive: Service) -> None:
    for caller, how_many in (("TTBCD", 30), ("SCT", 22), ("CAT", 24), ("BCHQS", 23)):
        client = archive[caller]
        states = client.get(f"{PLAN}/overview").json()["states"]
        assert sum(state["tasks"] for state in states) == how_many
        for state in states:
            if state["state"] is not None:
                found = keys(client, f"{PLAN}/tasks", family="duty", state=state["state"])
                assert len(found) == state["tasks"]


def test_status_only_duties_appear_in_one_sum(archive: Service) -> None:
    for caller, in_sum in (("SCT", 2 + 2 * 10), ("CAT", 2 * 10), ("BTG.TPTV", 2 + 2 * 9), ("TTBCD", None)):
        rows = archive[caller].get(f"{PLAN}/progress", params={"by": "section"}).json()["items"]
        summed = [row["assignments"] for row in rows if row["key"] == "status_only"]
        assert summed == ([in_sum] if in_sum else []), caller
        told = archive[caller].get(f"{PLAN}/overview").json()
        assert told["status_only_tasks"] == 4
        coloured = sum(one["obligations"] for one in told["colours"])
        assert coloured == told["progress"]["assignments"] - (in_sum or 0)


@pytest.mark.parametrize("by", [None, "section", "agency", "task", "assignment"])
def test_progress_knows_nothing_of_what_is_hidden(archive: Service, by: str | None) -> None:
    client = archive[OUTSIDER]
    asked = {"by": by} if by else {}

    def figures(**filters: str) -> str:
        answer = client.get(f"{PLAN}/progress", params={**asked, **filters})
        assert answer.status_code == 200
        return str(answer.text)

    for code in HIDDEN:
        assert figures(task=code) == figures(task="IV.30.z")
    for section in ("IV.2", "IV.8", "IV.10", "IV.12"):
        assert figures(section=section) == figures(section="IV.30")
    for agency in ("CAT", "VPTU", "STC", "BCHQS"):
        assert figures(agency=agency) == figures(agency="NOBODY")
    assert figures(section="IV.10,IV.7") == figures(section="IV.7")


def test_an_outsiders_answers_and_tags_do_not_move_when_a_hidden_record_comes_in(service: Service) -> None:
    settle(service)
    client, spec = service[OUTSIDER], service.app.openapi()
    addresses = [at for _, at in everything(client, spec, most=3) if at.startswith("/v1")]
    addresses += [f"{PLAN}/progress?by={by}" for by in ("section", "agency", "task", "assignment")]
    before = {at: client.get(at).headers["etag"] for at in addresses}
    owners = service["TTBCD"].get(f"{PLAN}/progress").headers["etag"]
    for agency, facts in (
        ("BCHQS", {"task": "IV.12.1"}),
        ("TTBCD", {"task": "IV.1.3"}),
        ("STC", {"task": "IV.8.a", "opens_occurrence": True}),
    ):
        said = service[agency].post(
            f"{PLAN}/activities",
            json={"occurred_on": "2023-03-03", "kind": "other", "title": "Việc nội bộ", **facts},
        )
        assert said.status_code == 201
    settle(service)
    assert service["TTBCD"].get(f"{PLAN}/progress").headers["etag"] != owners
    for at, tag in before.items():
        answer = client.get(at, headers={"If-None-Match": tag})
        assert answer.status_code == 304, at
    assert client.get(f"{PLAN}/activities").json()["items"] == []


def test_the_feed_shows_no_change_of_a_hidden_task_and_goes_on_after_one(archive: Service) -> None:
    settle(archive)
    owner, client = archive["TTBCD"], archive[OUTSIDER]
    whole, seen = feed(owner, limit=200), feed(client, limit=200)
    hidden = [change for change in whole if change["task"] in HIDDEN]
    assert hidden
    assert {change["task"] for change in seen} & HIDDEN == set()
    links = {change["id"] for change in whole if change["ref"] in ("II.2.6/IV.12.1", "II.1.7/IV.1.3")}
    between = {"amendment", "proposal", "urge", "budget_line", "budget_link", "ledger_entry", "settlement"}
    nouns = ("budget/lines", "urges", "proposals", "budget/entries", "budget/settlements")
    rows = [row for plan in (PLAN, ANOTHER_PLAN) for noun in nouns for row in items(client, f"{plan}/{noun}")]
    listed = {row.get("id") or row["code"] for row in rows}
    told = [change for change in whole if change["subject"] in between]
    papers = {change["id"] for change in told if change["ref"].split("/")[0] not in listed}
    assert 8 <= len(papers) < len(told)
    gone = {change["id"] for change in hidden} | links | papers
    assert [change["id"] for change in whole if change["id"] not in gone] == [change["id"] for change in seen]
    order = [change["id"] for change in whole]
    for change in hidden[:3]:
        later = set(order[order.index(change["id"]) + 1 :])
        assert feed(client, change["id"], limit=200) == [one for one in seen if one["id"] in later]
        _alike_but_for_feed(client, change["ref"])
    unknown = client.get("/v1/changes", params={"after": NOWHERE})
    assert [error["code"] for error in unknown.json()["errors"]] == ["unknown_change"]


def _alike_but_for_feed(client: httpx.Client, ref: str) -> None:
    one, other = (client.get("/v1/changes", params={"ref": name}) for name in (ref, "IV.30.z"))
    assert one.content == other.content


def test_what_takes_a_tasks_place_is_named_to_those_who_may_see_it(service: Service) -> None:
    change = {"change": "status", "task": "IV.7.c", "status": "superseded"}
    decided(service["TTBCD"], {**change, "superseded_by": "IV.12.1"})
    decided(service["TTBCD"], {"change": "status", "task": "IV.7.c", "status": "active"})
    decided(service["TTBCD"], {**change, "superseded_by": "IV.10.1"})
    settle(service)
    for caller, seen in (("BCHQS", ["IV.12.1", None]), ("CAT", [None, "IV.10.1"]), ("SCT", [None, None])):
        client = service[caller]
        told = [row for row in feed(client, subject="task", ref="IV.7.c") if row["operation"] == "changed"]
        assert [told[0]["after"]["superseded_by"], told[-1]["after"]["superseded_by"]] == seen
        assert told[1]["before"]["superseded_by"] == seen[0]
        assert client.get(f"{PLAN}/tasks/IV.7.c").json()["superseded_by"] == seen[1]
        file = client.get(f"{PLAN}/tasks", params={"format": "csv"}).text
        assert [code in file for code in ("IV.12.1", "IV.10.1")] == [
            code in SEES[caller] for code in ("IV.12.1", "IV.10.1")
        ]


def test_keys_are_seen_by_the_technician_alone(archive: Service) -> None:
    settle(archive)
    assert feed(archive["TTBCD"], subject="key") == []
    issued = feed(archive["VPTU"], subject="key")
    assert len(issued) >= 15
    assert not any("digest" in change["after"] or "secret" in change["after"] for change in issued)


def test_the_owner_of_one_plan_is_an_outsider_in_another(archive: Service) -> None:
    assert keys(archive["TTBCD"], f"{ANOTHER_PLAN}/tasks") == ["I.1", "II.2.a"]
    _alike(archive["TTBCD"], f"{ANOTHER_PLAN}/tasks/II.1.a", f"{ANOTHER_PLAN}/tasks/II.30.z")
    [lead] = items(archive["TTBCD"], f"{PLAN}/assignments", task="IV.7.a")
    _alike(
        archive["TTBCD"], f"{ANOTHER_PLAN}/assignments/{lead['id']}", f"{ANOTHER_PLAN}/assignments/{NOWHERE}"
    )


def test_without_a_key_nothing_is_told(archive: Service) -> None:
    for operation, address in everything(archive["SCT"], archive.app.openapi(), most=1):
        if operation in OPEN:
            continue
        for missing in (address, address.replace("ttdn-2023", "no-such-plan")):
            answer = archive.anonymous.get(missing)
            assert (answer.status_code, answer.json()["code"]) == (401, "key_required"), address
            assert answer.headers["www-authenticate"].startswith("Bearer")
