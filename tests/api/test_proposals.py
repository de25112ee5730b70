"""Proposals: what an office asks the owner to decide, seen by the two of them, and ended by a decision, a no
or a second thought."""

import unicodedata
from collections.abc import Callable
from functools import partial
from typing import Any

import httpx
import pytest

from tests.deciding import (
    DECISION,
    assignment,
    contents,
    decide,
    decided,
    faults,
    figure,
    leads,
    member,
    on,
    output,
    shares,
)
from tests.faults.together import at_once, statuses
from tests.service import PLAN, Service
from tests.walks import NOWHERE, feed, items, settle
from tests.writing import differences, journal, pushing, record, rows

URL = f"{PLAN}/proposals"
DEADLINE: dict[str, Any] = {"change": "deadline", "task": "IV.7.a", "due_on": "2023-11-30"}
WHY = "Lễ hội dời sang tháng 11"


def propose(client: httpx.Client, *changes: dict[str, Any], reason: Any = WHY, **more: Any) -> httpx.Response:
    """Ask for changes."""
    headers = more.pop("headers", None)
    return client.post(URL, json={"reason": reason, "changes": list(changes), **more}, headers=headers)


def proposed(client: httpx.Client, *changes: dict[str, Any]) -> dict[str, Any]:
    """The same where it is taken; the proposal."""
    answer = propose(client, *(changes or (DEADLINE,)))
    assert answer.status_code == 201, answer.text
    assert answer.json()["result"] == "proposed"
    told: dict[str, Any] = answer.json()["proposal"]
    return told


def settle_by(client: httpx.Client, one: dict[str, Any], what: str, **body: Any) -> httpx.Response:
    """Accept, decline or withdraw a proposal."""
    headers = body.pop("headers", None)
    return client.post(f"{URL}/{one['id']}/{what}", json=body, headers=headers)


def accept(client: httpx.Client, one: dict[str, Any], **more: Any) -> httpx.Response:
    return settle_by(client, one, "acceptances", **{"decision": DECISION, **more})


def test_a_proposal_is_seen_by_its_office_and_by_insiders(service: Service) -> None:
    office = service["SVHTTDL"]
    answer = propose(office, DEADLINE)
    one = answer.json()["proposal"]
    assert answer.headers["location"] == f"proposals/{one['id']}"
    assert (one["state"], one["state_label"], one["reason"]) == ("open", "Chờ quyết định", WHY)
    assert one["changes"] == [DEADLINE]
    assert (one["proposed_by"]["code"], one["amendment"], one["settled_at"]) == ("SVHTTDL", None, None)
    assert one["can"] == ["proposal.withdraw"]
    read = office.get(f"{URL}/{one['id']}")
    assert (read.json(), read.headers["etag"]) == (one, answer.headers["etag"])
    assert items(office, URL) == [one]
    for insider, can in (("TTBCD", ["proposal.decide"]), ("BPGV", []), ("TTTU", [])):
        assert service[insider].get(f"{URL}/{one['id']}").json() == {**one, "can": can}
        assert len(items(service[insider], URL)) == 1
    for outsider in ("SCT", "BAOTV", "MTTQ", "VPTU"):
        assert service[outsider].get(f"{URL}/{one['id']}").status_code == 404
        assert items(service[outsider], URL) == []
        for what, body in (
            ("acceptances", {"decision": DECISION}),
            ("declines", {"reason": "x"}),
            ("withdrawals", {"reason": "x"}),
        ):
            hidden = settle_by(service[outsider], one, what, **body)
            nothing = settle_by(service[outsider], {"id": NOWHERE}, what, **body)
            assert hidden.status_code == nothing.status_code == 404
    assert figure(service["TTBCD"], task="IV.7.a") == (0, 0, 0)
    assert output(office, "IV.7.a")["due_on"] == "2023-12-31", "nothing has changed by asking"
    assert differences(service) == []


def test_lists_of_proposals_are_filtered(service: Service) -> None:
    first = proposed(service["SVHTTDL"])
    second = proposed(service["SCT"], {"change": "target", "task": "IV.6.a", "target": 3})
    owner = service["TTBCD"]
    settle_by(owner, first, "declines", reason="Không")

    def found(client: httpx.Client = owner, **asked: str) -> list[str]:
        return [one["id"] for one in items(client, URL, **asked)]

    assert found(limit="1") == [second["id"], first["id"]]
    assert found(sort="id") == [first["id"], second["id"]]
    assert found(state="open") == [second["id"]]
    assert found(state="declined,accepted") == [first["id"]]
    assert found(proposed_by="SCT") == [second["id"]]
    assert found(can="proposal.decide") == [second["id"]]
    assert found(service["SCT"], can="proposal.withdraw") == [second["id"]]
    assert found(service["SVHTTDL"], can="proposal.withdraw") == []
    assert found(service["SCT"], proposed_by="SVHTTDL") == []
    assert owner.get(URL, params={"count": "true"}).json()["total"] == 2
    for wrong in ({"state": "x"}, {"colour": "x"}, {"sort": "reason"}, {"can": "x"}):
        assert owner.get(URL, params=wrong).status_code == 422, wrong


def test_one_call_accepts_amends_and_settles(service: Service) -> None:
    owner, office = service["TTBCD"], service["SVHTTDL"]
    one = proposed(office)
    answer = accept(owner, one, summary="Theo đề xuất của Sở")
    assert answer.status_code == 201
    told = answer.json()
    assert (told["result"], told["proposal"]["state"], told["proposal"]["amendment"]) == (
        *("accepted", "accepted", 2),
    )
    assert told["proposal"]["can"] == []
    made = told["amendment"]["amendment"]
    assert (made["revision"], made["changes"], made["summary"]) == (2, [DEADLINE], "Theo đề xuất của Sở")
    assert made["decision"]["number"] == DECISION["number"]
    assert owner.get(f"{PLAN}/amendments/2").json() == made
    assert output(office, "IV.7.a")["due_on"] == "2023-11-30"
    assert office.get(f"{URL}/{one['id']}").json() == told["proposal"]
    again = accept(owner, one)
    assert (again.status_code, again.json()["result"], again.json()["amendment"]) == (200, "unchanged", None)
    for other in ({"number": "10-QĐ/BCĐ-TTĐN"}, {"issuer": "Ban Chỉ đạo tỉnh"}):
        late = accept(owner, one, decision={**DECISION, **other})
        assert (late.status_code, late.json()["reason"]) == (409, "proposal_settled"), (
            "it is nowhere on record"
        )
    assert len(items(owner, f"{PLAN}/amendments")) == 1
    assert rows(service)["urges"] == 0, "nobody is written to: who asked looks at the proposal"
    assert differences(service) == []


def test_a_no_and_a_second_thought_change_nothing(service: Service) -> None:
    owner, office = service["TTBCD"], service["SVHTTDL"]
    for client, what, state, can_not in (
        (owner, "declines", "declined", office),
        (office, "withdrawals", "withdrawn", owner),
    ):
        one = proposed(office)
        refused = settle_by(can_not, one, what, reason="x")
        assert refused.status_code == 403
        assert refused.json()["who_can"] == (["TTBCD"] if what == "declines" else ["SVHTTDL"])
        assert settle_by(client, one, what).status_code == 422
        reason = unicodedata.normalize("NFD", " Chưa bố trí được kinh phí ")
        told = settle_by(client, one, what, reason=reason)
        assert (told.status_code, told.json()["result"]) == (201, state)
        shown = told.json()["proposal"]
        assert (shown["state"], shown["answer"], shown["amendment"]) == (
            *(state, "Chưa bố trí được kinh phí", None),
        )
        assert shown["settled_at"]
        again = settle_by(client, one, what, reason=reason)
        assert (again.status_code, again.json()["result"]) == (200, "unchanged")
        assert again.json()["proposal"] == shown
        late = settle_by(client, one, what, reason="Khác")
        assert (late.status_code, late.json()["reason"]) == (409, "proposal_settled")
    assert rows(service)["amendments"] == 0
    assert differences(service) == []


def test_who_may_not_settle_it_that_way_is_offered_how_it_may(service: Service) -> None:
    owner, office, clerk = service["TTBCD"], service["SVHTTDL"], service["BPGV"]
    one = proposed(office)
    at = f"{URL.removeprefix('/v1/')}/{one['id']}"
    tried: dict[str, tuple[Callable[[httpx.Client], httpx.Response], str]] = {
        "accept": (lambda client: accept(client, one), "proposal.decide"),
        "decline": (lambda client: settle_by(client, one, "declines", reason="x"), "proposal.decide"),
        "withdraw": (lambda client: settle_by(client, one, "withdrawals", reason="x"), "proposal.withdraw"),
    }

    def offered(client: httpx.Client, what: str) -> Any:
        """The same to who tries and to who asks before."""
        send, action = tried[what]
        refused = send(client)
        assert refused.status_code == 403, refused.text
        asked = client.get("/v1/me/permissions", params={"action": action, "on": at}).json()
        assert asked["refusal"]["instead"] == refused.json()["instead"]
        return refused.json()["instead"]

    for what in ("accept", "decline"):
        assert offered(office, what) == {"operation": "withdraw_proposal", "proposal": [one["id"]]}
    assert offered(owner, "withdraw") == {"operation": "decline_proposal", "proposal": [one["id"]]}
    assert offered(clerk, "withdraw") is None
    assert tried["withdraw"][0](office).status_code == 201
    assert offered(owner, "withdraw") is None, "it has ended"
    assert offered(office, "accept") is None


def test_what_was_decided_on_paper_before_it_was_proposed_here_is_accepted_as_of_its_day(
    service: Service,
) -> None:
    """A proposal has the instant at which it was entered, and no day of its own: paper can come first."""
    on(service, "2023-07-05")
    one = proposed(service["SVHTTDL"])
    said = accept(service["TTBCD"], one, decision={**DECISION, "decided_on": "2023-02-01"}).json()
    assert (said["result"], said["amendment"]["amendment"]["decision"]["decided_on"]) == (
        "accepted",
        "2023-02-01",
    )


def test_what_is_settled_is_not_settled_otherwise(service: Service) -> None:
    owner, office = service["TTBCD"], service["SVHTTDL"]
    ends: dict[str, Callable[[dict[str, Any]], httpx.Response]] = {
        "accepted": partial(accept, owner),
        "declined": lambda one: settle_by(owner, one, "declines", reason="x"),
        "withdrawn": lambda one: settle_by(office, one, "withdrawals", reason="x"),
    }
    for state, end in ends.items():
        one = proposed(office)
        assert end(one).status_code == 201
        for other in set(ends) - {state}:
            late = ends[other](one)
            assert (late.status_code, late.json()["code"]) == (409, "conflict"), (state, other)
            assert (late.json()["reason"], late.json()["state"]) == ("proposal_settled", state)
    assert differences(service) == []


def test_only_who_answers_for_a_task_asks_for_its_change(service: Service) -> None:
    before = contents(service)
    for caller, reason in (
        (service["SCT"], "another_agency"),
        (service["TTBCD"], "another_agency"),
        (service["BPGV"], "another_agency"),
        (service["MTTQ"], "scope_missing"),
        (service["VPTU"], "scope_missing"),
    ):
        refused = propose(caller, DEADLINE)
        assert (refused.status_code, refused.json()["reason"]) == (403, reason), refused.text
        assert (refused.json()["rule"], refused.json()["who_can"]) == ("plan.propose", ["SVHTTDL"])
    helper = propose(service["BAOTV"], {"change": "deadline", "task": "IV.7.b", "due_on": None})
    assert (helper.status_code, helper.json()["you_are"]) == (403, ["coordinator"])
    mixed = propose(service["SVHTTDL"], DEADLINE, {**DEADLINE, "task": "IV.6.a"})
    assert (mixed.status_code, mixed.json()["clause"]) == (403, "IV.6.a")
    assert contents(service) == before
    assert propose(service["SCT"], DEADLINE).json()["instead"] == {
        "operation": "propose_amendment",
        "task": ["IV.6.a"],
    }


def test_what_could_not_be_decided_is_refused_at_once_and_leaves_nothing(service: Service) -> None:
    office, before = service["SVHTTDL"], contents(service)
    for change, pointer, code in (
        ({"change": "target", "task": "IV.7.a", "target": 2}, "/changes/1/task", "wrong_kind"),
        (leads("IV.7.a", "NOBODY"), "/changes/1/leads/0/agency", "unknown_agency"),
        (leads("IV.7.a", "X.BNT"), "/changes/1/leads/0/agency", "partner_not_accountable"),
        (
            {"change": "status", "task": "IV.7.a", "status": "draft"},
            "/changes/1/status",
            "status_not_possible",
        ),
        ({"change": "weight", "task": "IV.7.a", "weight": 0}, "/changes/1/weight", "below_minimum"),
        ({"change": "reporting_period", "period": "month"}, "/changes/1", "not_of_a_task"),
        (member("G.SBN", "SVHTTDL"), "/changes/1", "not_of_a_task"),
        ({"change": "thresholds", "node_red": "1/2"}, "/changes/1", "not_of_a_task"),
        ({"change": "approver", "agency": "TTTU"}, "/changes/1", "not_of_a_task"),
        (
            {"change": "implementation", "item": "II.1.1", "duty": "IV.7.a"},
            "/changes/1",
            "not_of_a_task",
        ),
    ):
        answer = propose(office, DEADLINE, change)
        assert (answer.status_code, faults(answer)) == (422, [(pointer, code)]), answer.text
    for body in ({}, {"reason": WHY}, {"reason": WHY, "changes": []}, {"reason": "", "changes": [DEADLINE]}):
        assert office.post(URL, json=body).status_code == 422
    assert propose(office, DEADLINE, decision=DECISION).status_code == 422
    assert contents(service) == before


def test_a_task_is_taken_up_once_for_each_thing_that_is_proposed_of_it(service: Service) -> None:
    office, weight = service["SVHTTDL"], {"change": "weight", "task": "IV.7.a", "weight": 2}
    again = propose(office, weight, DEADLINE, {**weight, "weight": 3})
    assert again.status_code == 422
    assert faults(again) == [("/changes/2", "repeated")]
    proposed(office, weight, DEADLINE, {**weight, "task": "IV.7.b"})
    decided(service["TTBCD"], weight, {**weight, "weight": 3})
    assert office.get(f"{PLAN}/tasks/IV.7.a").json()["weight"] == 3, (
        "what a decision says twice holds as it says last"
    )


def test_trying_a_proposal_out_changes_nothing(service: Service) -> None:
    office, before = service["SVHTTDL"], contents(service, "proposals", "changes")
    record_before = len(journal(service))
    proposed(
        office,
        DEADLINE,
        leads("IV.7.a", "SCT", "SVHTTDL"),
        {"change": "status", "task": "IV.7.b", "status": "cancelled"},
        {"change": "weight", "task": "IV.7.c", "weight": 9},
    )
    assert contents(service, "proposals", "changes") == before
    entries = journal(service)[record_before:]
    assert [(entry.subject, entry.operation, entry.action) for entry in entries] == [
        ("proposal", "created", "plan.propose")
    ]
    assert differences(service) == []


def test_a_hidden_task_does_not_exist_for_who_proposes(service: Service) -> None:
    office = service["SVHTTDL"]

    def told(code: str) -> list[Any]:
        answers = [
            propose(office, {**DEADLINE, "task": code}),
            propose(
                office, {"change": "status", "task": "IV.7.a", "status": "superseded", "superseded_by": code}
            ),
            propose(office, DEADLINE, {"change": "weight", "task": code, "weight": 2}),
        ]
        return [(one.status_code, {**one.json(), "request_id": None}) for one in answers]

    for hidden in ("IV.12.1", "IV.10.1", "IV.1.3", "II.1.7"):
        assert told(hidden) == told("IV.99"), hidden
    own = propose(service["BCHQS"], {**DEADLINE, "task": "IV.12.1", "due_on": "2024-01-31"})
    assert own.status_code == 201
    assert items(service["SCT"], URL) == []


def test_what_has_become_impossible_is_told_when_it_is_accepted(service: Service) -> None:
    owner, office = service["TTBCD"], service["SVHTTDL"]
    one = proposed(office, {"change": "status", "task": "IV.7.a", "status": "suspended"})
    decided(owner, {"change": "status", "task": "IV.7.a", "status": "cancelled"})
    before = contents(service)
    late = accept(owner, one)
    assert (late.status_code, late.json()["code"]) == (409, "conflict")
    assert late.json()["reason"] == "proposal_no_longer_possible"
    assert faults(late) == [("/changes/0/status", "status_not_possible")]
    assert late.json()["offered_statuses"] == ["active"]
    assert contents(service) == before
    assert owner.get(f"{URL}/{one['id']}").json()["state"] == "open"
    assert settle_by(owner, one, "declines", reason="Đã hủy").status_code == 201


def test_an_acceptance_is_a_decision_like_any_other(service: Service) -> None:
    owner, one = service["TTBCD"], proposed(service["SVHTTDL"])
    before = contents(service)
    for wrong, pointer, code in (
        ({"number": "15-BC/TU"}, "/decision/number", "document_decides_nothing"),
        ({"decided_on": "9999-12-31"}, "/decision/decided_on", "in_the_future"),
    ):
        answer = accept(owner, one, decision={**DECISION, **wrong})
        assert (answer.status_code, faults(answer)) == (422, [(pointer, code)])
    stale = accept(owner, one, amends_revision=7)
    assert (stale.status_code, stale.json()["reason"]) == (409, "plan_amended_since")
    assert accept(owner, one, changes=[DEADLINE]).status_code == 422
    for caller in ("SVHTTDL", "BPGV"):
        refused = accept(service[caller], one)
        assert (refused.status_code, refused.json()["who_can"]) == (403, ["TTBCD"])
    assert contents(service) == before
    assert accept(owner, one, amends_revision=1).status_code == 201


def test_repetitions_of_a_proposal_and_of_its_acceptance(service: Service) -> None:
    owner, office, key = service["TTBCD"], service["SVHTTDL"], {"Idempotency-Key": "de-xuat-1"}
    first = propose(office, DEADLINE, headers=key)
    assert propose(office, DEADLINE, headers=key).content == first.content
    assert rows(service)["proposals"] == 1
    one = first.json()["proposal"]
    told = accept(owner, one, headers=key)
    assert accept(owner, one, headers=key).content == told.content
    assert told.status_code == 201
    assert proposed(office)["id"] != one["id"], "without a key it is asked again"


@pytest.mark.parametrize(
    "asked",
    [
        {"change": "power", "power": "fund", "task": "IV.7.a", "agency": "BCHQS"},
        {"change": "visibility", "task": "IV.7.a", "visibility": "status_only"},
    ],
)
def test_a_proposal_tells_nothing_of_hidden_money(service: Service, asked: dict[str, Any]) -> None:
    """The decision judges what its office may not see: a line for a hidden task as well."""
    owner, office = service["TTBCD"], service["SVHTTDL"]
    proposed(office, asked)
    line = {"code": "BCHQS-01", "title_vi": "Một việc", "tasks": ["IV.12.1", "IV.7.a"], "needed_vnd": 100}
    assert pushing(service, "BCHQS").post(f"{PLAN}/budget/lines", json=line).status_code == 201
    assert office.get(f"{PLAN}/budget/lines/BCHQS-01").status_code == 404
    one = proposed(office, asked)
    assert decide(owner, asked).status_code == 422
    refused = accept(owner, one)
    assert (refused.status_code, refused.json()["reason"]) == (409, "proposal_no_longer_possible")


def test_a_proposal_tells_nothing_of_what_others_reported_of_a_status_only_duty(service: Service) -> None:
    """Nine bodies lead IV.15.b, and each sees its own periods; the decision judges those of all."""
    owner, office, other = service["TTBCD"], service["BTG.TPTV"], pushing(service, "BTG.HCL")
    asked = {"change": "visibility", "task": "IV.15.b", "visibility": "internal"}

    def fulfilled(client: httpx.Client, agency: str) -> None:
        part = assignment(client, "IV.15.b", agency)["id"]
        entry = {"period": "2023-Q1", "entry": "fulfilled"}
        assert client.post(f"{PLAN}/assignments/{part}/status-entries", json=entry).status_code == 201

    before = proposed(office, asked)
    fulfilled(other, "BTG.HCL")
    assert proposed(office, asked)["changes"] == before["changes"]
    assert faults(decide(owner, asked)) == [("/changes/0/visibility", "already_reported")]
    refused = accept(owner, before)
    assert (refused.status_code, refused.json()["reason"]) == (409, "proposal_no_longer_possible")
    fulfilled(office, "BTG.TPTV")
    assert faults(propose(office, asked)) == [("/changes/0/visibility", "already_reported")]


def test_a_proposal_beside_decisions_of_the_same_task_is_made_of_what_they_left(service: Service) -> None:
    """Without any If-Match nothing can be stale: who proposes waits for a decision that is being entered."""
    owner, office = service["TTBCD"], service["SVHTTDL"]
    weights = [{"change": "weight", "task": "IV.7.a", "weight": weight} for weight in range(2, 6)]
    answers = at_once(
        [
            *(partial(decide, owner, one) for one in weights),
            *(partial(propose, office, one) for one in weights),
        ]
    )
    assert statuses(answers) == {201: 8}, [answer.text for answer in answers]
    assert differences(service) == []


def test_of_many_settlements_at_once_one_holds(service: Service) -> None:
    owner, office = service["TTBCD"], service["SVHTTDL"]
    one = proposed(office)
    answers = at_once(
        [
            *(partial(accept, owner, one) for _ in range(3)),
            *(partial(settle_by, owner, one, "declines", reason="x") for _ in range(3)),
            *(partial(settle_by, office, one, "withdrawals", reason="x") for _ in range(3)),
        ]
    )
    assert statuses(answers)[201] == 1
    assert set(statuses(answers)) <= {200, 201, 409}
    assert statuses(answers)[200] == 2
    state = owner.get(f"{URL}/{one['id']}").json()["state"]
    assert rows(service)["amendments"] == int(state == "accepted")
    assert differences(service) == []


def test_a_proposal_outlives_the_office_that_led_the_task(service: Service) -> None:
    """Who handed the task over may still take its proposal back, and the owner may still accept it."""
    owner, office = service["TTBCD"], service["SVHTTDL"]
    first, second = proposed(office), proposed(office, {"change": "weight", "task": "IV.7.a", "weight": 2})
    decided(owner, leads("IV.7.a", "SCT"))
    assert propose(office, DEADLINE).status_code == 403
    assert propose(service["SCT"], DEADLINE).status_code == 201
    assert settle_by(office, first, "withdrawals", reason="Đã bàn giao").status_code == 201
    assert accept(owner, second).status_code == 201
    assert sum(shares(service, "IV.7.a").values()) == 1
    decided(owner, {"change": "visibility", "task": "IV.6.a", "visibility": "internal"})
    assert differences(service) == []


def test_what_was_proposed_about_a_task_that_is_hidden_since_stays_its_office_s(service: Service) -> None:
    owner, office = service["TTBCD"], service["STTTT"]
    one = proposed(office, {"change": "weight", "task": "IV.4.a", "weight": 2})
    decided(owner, {"change": "visibility", "task": "IV.4.a", "visibility": "internal"})
    assert office.get(f"{URL}/{one['id']}").json()["changes"] == one["changes"], "it leads the task"
    decided(owner, leads("IV.4.a", "SCT"))
    shown = office.get(f"{URL}/{one['id']}")
    assert shown.json()["changes"] == one["changes"], "what it handed over it still sees"
    assert owner.get(f"{URL}/{one['id']}").json()["changes"] == one["changes"]


def test_proposals_are_in_the_feed_of_insiders_alone(service: Service) -> None:
    one = proposed(service["SVHTTDL"])
    settle(service)
    for caller, seen in (("TTBCD", True), ("BPGV", True), ("SCT", False), ("MTTQ", False)):
        refs = {entry["ref"] for entry in feed(service[caller])}
        assert (one["id"] in refs) is seen, caller
    record(service["SVHTTDL"], "IV.7.a")


def test_an_abolished_or_unpowered_caller_settles_nothing(service: Service) -> None:
    owner, office = service["TTBCD"], service["SVHTTDL"]
    one = proposed(office)
    decided(owner, {"change": "succession", "agency": "SVHTTDL", "successor": "SCT", "on": "2023-06-01"})
    gone = settle_by(office, one, "withdrawals", reason="x")
    assert (gone.status_code, gone.json()["reason"]) == (403, "agency_not_active")
    assert decide(pushing(service, "SCT"), DEADLINE).status_code == 403
    assert accept(owner, one).status_code == 201
    assert differences(service) == []
