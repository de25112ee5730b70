"""Money put right without an entry: what a line says of itself, and a settlement handed in too early."""

from typing import Any

import httpx
from sqlalchemy import update

from app.models import BudgetLine
from tests.money import (
    BUDGET,
    CHECKED,
    DECISION,
    allocate,
    done,
    opened,
    post,
    spent,
    stands,
    write,
)
from tests.service import PLAN, Service
from tests.walks import NOWHERE, feed, items, keys, settle
from tests.writing import abolish, differences, fault, journal, pushing, rows

ANY = {"If-Match": "*"}
LISTS = ("tasks", "outputs", "activities", "events")


def correct(client: httpx.Client, line: str, **changes: Any) -> httpx.Response:
    return client.patch(f"{BUDGET}/lines/{line}", json=changes, headers=ANY)


def corrected(client: httpx.Client, line: str, **changes: Any) -> dict[str, Any]:
    answer = correct(client, line, **changes)
    assert answer.status_code == 200, answer.text
    said: dict[str, Any] = answer.json()
    return said


def purposes(said: dict[str, Any]) -> dict[str, list[str]]:
    """What a line is for, by codes and ids, without what is empty."""
    found = {noun: [one["code"] if noun == "tasks" else one for one in said[noun]] for noun in LISTS}
    return {noun: names for noun, names in found.items() if names}


# What a line says of itself.


def test_a_mistyped_title_is_corrected_even_if_money_was_spent(
    service: Service, office: httpx.Client, funder: httpx.Client
) -> None:
    line = spent(office, funder, title_vi="Tập huán", chapter="425")
    read = office.get(f"{BUDGET}/lines/{line}")
    tag, path = {"If-Match": read.headers["etag"]}, f"{BUDGET}/lines/{line}"
    answer = office.patch(path, json={"title_vi": "Tập huấn lễ hội", "chapter": None}, headers=tag)
    assert answer.status_code == 200, answer.text
    changed = {"title_vi": "Tập huấn lễ hội", "title_en": "Tập huấn lễ hội", "chapter": None}
    assert answer.json() == {**read.json(), **changed}, "an English title that is a copy goes on being one"
    again = office.get(path)
    assert (again.json(), again.headers["etag"]) == (answer.json(), answer.headers["etag"])
    assert keys(office, f"{BUDGET}/lines", q="le hoi") == [line]
    assert keys(office, f"{BUDGET}/lines", q="huán") == keys(office, f"{BUDGET}/lines", q="huan") == [line]
    assert stands(office, line) == (0, 100, 100, 100, 0)
    settle(service)
    told = feed(service["TTBCD"], subject="budget_line", ref=line)[-1]
    assert (told["action"], told["actor"]) == ("line.correct", "SVHTTDL")
    assert {name: said for name, said in told["before"].items() if name != "corrected_at"} == {
        "title_vi": "Tập huán",
        "title_en": "Tập huán",
        "chapter": "425",
    }
    stale = office.patch(path, json={"title_vi": "Khác"}, headers=tag)
    assert (stale.status_code, stale.json()["code"]) == (412, "stale_version")
    unmatched = office.patch(path, json={"title_vi": "Khác"})
    assert (unmatched.status_code, unmatched.json()["code"]) == (428, "precondition_required")
    same = office.patch(path, json=changed, headers=ANY)
    assert same.headers["etag"] == answer.headers["etag"], "the same again changes nothing"
    assert differences(service) == []


def test_an_english_title_that_somebody_gave_stays_until_it_is_taken_away(office: httpx.Client) -> None:
    line = opened(office, title_vi="Phim", title_en="Movie")["code"]
    assert corrected(office, line, title_vi="Phim tài liệu")["title_en"] == "Movie"
    assert corrected(office, line, title_en="Documentary")["title_vi"] == "Phim tài liệu"
    assert corrected(office, line, title_en=None)["title_en"] == "Phim tài liệu"


def test_codes_are_judged_as_they_would_stand(service: Service, office: httpx.Client) -> None:
    line = opened(office, category="160", subcategory="161")["code"]
    before = rows(service)
    refused: list[tuple[dict[str, Any], tuple[str, str]]] = [
        ({"category": None}, ("", "code_without_its_whole")),
        ({"subitem": "6651"}, ("", "code_without_its_whole")),
        ({"item": "665"}, ("/item", "wrong_pattern")),
        ({"title_vi": None}, ("/title_vi", "wrong_type")),
        ({"title_vi": ""}, ("/title_vi", "too_short")),
        ({"tasks": None}, ("/tasks", "wrong_type")),
        ({"tasks": ["IV.7.a", "IV.99"]}, ("/tasks/1", "unknown_thing")),
        ({"outputs": [NOWHERE]}, ("/outputs/0", "unknown_thing")),
        ({"events": ["E99"]}, ("/events/0", "unknown_thing")),
        ({}, ("", "empty_patch")),
        *(({name: None}, (f"/{name}", "unknown_field")) for name in ("code", "agency", "needed_vnd")),
        *(({name: 1}, (f"/{name}", "unknown_field")) for name in ("allocated_vnd", "line", "corrected_at")),
    ]
    for changes, where in refused:
        answer = office.patch(f"{BUDGET}/lines/{line}", json=changes, headers=ANY)
        assert fault(answer) == where, changes
    assert rows(service) == before
    said = corrected(office, line, category=None, subcategory=None, item="6650", subitem="6651")
    assert [said[name] for name in ("category", "subcategory", "item", "subitem")] == [
        *(None, None),
        *("6650", "6651"),
    ]
    assert correct(office, f"{line}-0", title_vi="x").status_code == 404


def test_what_a_line_is_for_is_the_list_that_was_named_last(service: Service, office: httpx.Client) -> None:
    output = items(office, f"{PLAN}/outputs", task="IV.7.b")[0]["id"]
    line = opened(office, tasks=["IV.7.a"], events=["E11"])["code"]
    assert purposes(corrected(office, line, tasks=["IV.7.c"])) == {"tasks": ["IV.7.c"], "events": ["E11"]}
    read = office.get(f"{BUDGET}/lines/{line}")
    back = corrected(office, line, tasks=["IV.7.a"], events=[], outputs=[output])
    assert purposes(back) == {"tasks": ["IV.7.a", "IV.7.b"], "outputs": [output]}
    stale = {"If-Match": read.headers["etag"]}
    late = office.patch(f"{BUDGET}/lines/{line}", json={"title_vi": "x"}, headers=stale)
    assert late.status_code == 412, "what a line is for is a part of it"
    assert keys(office, f"{BUDGET}/lines", task="IV.7.c") == []
    assert keys(office, f"{BUDGET}/lines", task="IV.7.a") == [line]
    whole = rows(service)
    same = corrected(office, line, **purposes(back))
    assert same == back
    assert rows(service) == whole, "what was read, sent again, says nothing new"
    kept = corrected(office, line, tasks=[])
    assert purposes(kept) == {"tasks": ["IV.7.b"], "outputs": [output]}, "a task stays with its output"
    assert purposes(corrected(office, line, tasks=["IV.7.b"], outputs=[])) == {"tasks": ["IV.7.b"]}
    assert purposes(corrected(office, line, tasks=[])) == {}
    told = [one.operation for one in journal(service) if one.subject == "budget_link"]
    assert told.count("created") == 5, "a link that comes back is the one that was there"
    assert differences(service) == []


def test_money_follows_what_the_line_is_for_now(office: httpx.Client, funder: httpx.Client) -> None:
    line = spent(office, funder, 70, tasks=["IV.7.a"])

    def spent_for() -> dict[str, int]:
        found = office.get(f"{BUDGET}/rollup", params={"by": "task"}).json()["items"]
        return {row["key"]: row["spent_vnd"] for row in found if row["spent_vnd"]}

    assert spent_for() == {"IV.7.a": 70}
    corrected(office, line, tasks=["IV.7.b"])
    assert spent_for() == {"IV.7.b": 70}


def test_a_link_that_is_hidden_from_whoever_corrects_is_neither_shown_nor_lost(
    service: Service, office: httpx.Client, funder: httpx.Client
) -> None:
    army, owner = pushing(service, "BCHQS"), service["TTBCD"]
    secret = items(army, f"{PLAN}/outputs", task="IV.12.1")[0]["id"]
    line = opened(army, agency="BCHQS", tasks=["IV.12.1", "IV.7.a"], outputs=[secret])["code"]
    said = corrected(funder, line, tasks=["IV.7.b"], outputs=[], activities=[], events=[])
    assert purposes(said) == {"tasks": ["IV.7.b"]}
    assert "IV.12" not in str(said)
    for insider in (army, owner):
        read = purposes(insider.get(f"{BUDGET}/lines/{line}").json())
        assert {noun: sorted(names) for noun, names in read.items()} == {
            "tasks": ["IV.12.1", "IV.7.b"],
            "outputs": [secret],
        }
    assert office.get(f"{BUDGET}/lines/{line}").status_code == 404, "it hides the line as it did"
    for changes, pointer in (({"tasks": ["IV.12.1"]}, "/tasks/0"), ({"outputs": [secret]}, "/outputs/0")):
        assert fault(correct(funder, line, **changes)) == (pointer, "unknown_thing")
    assert correct(office, line, tasks=[]).status_code == 404
    shown = corrected(army, line, tasks=["IV.7.b"], outputs=[])
    assert purposes(shown) == {"tasks": ["IV.7.b"]}
    assert keys(office, f"{BUDGET}/lines") == [line], "with its hidden task gone there is nothing to hide"


def test_a_line_of_nobody_or_of_a_body_that_has_ended_is_corrected_by_the_funding_decider(
    service: Service, office: httpx.Client, funder: httpx.Client
) -> None:
    line = opened(office)["code"]
    abolish(service, "SVHTTDL", "2023-12-31")
    refused = correct(office, line, title_vi="Khác")
    assert (refused.status_code, refused.json()["who_can"]) == (403, ["STC"])
    assert corrected(funder, line, title_vi="Phim")["title_vi"] == "Phim"
    with service.database.engine.execution_options(writing=True).begin() as connection:
        connection.execute(update(BudgetLine).where(BudgetLine.code == line).values(agency_id=None))
    said = corrected(funder, line, title_vi="Phim tài liệu")
    assert (said["agency"], said["title_vi"]) == (None, "Phim tài liệu")
    refused = correct(service["TTBCD"], line, title_vi="Khác")
    assert (refused.status_code, refused.json()["who_can"]) == (403, ["STC"])


def test_the_opening_again_is_no_longer_the_same(office: httpx.Client) -> None:
    line = opened(office, code="SVHTTDL-S1", tasks=["IV.7.a"])
    body = {"code": "SVHTTDL-S1", "title_vi": line["title_vi"], "tasks": ["IV.7.a"]}
    assert post(office, "lines", body).status_code == 200
    corrected(office, "SVHTTDL-S1", tasks=[])
    again = post(office, "lines", body)
    assert (again.status_code, again.json()["reason"]) == (409, "code_taken")
    assert post(office, "lines", {**body, "tasks": []}).status_code == 200


# A settlement that its own agency takes back.


def test_an_agency_takes_back_what_waits_and_can_submit_the_amount_again(
    service: Service, office: httpx.Client, funder: httpx.Client, checker: httpx.Client
) -> None:
    line = spent(office, funder)
    body = {"line": line, "amount_vnd": 100}
    one = done(post(office, "settlements", body))
    full = post(office, "settlements", body)
    assert (full.status_code, full.json()["left_vnd"]) == (409, 0)
    assert keys(office, f"{BUDGET}/settlements", can="settlement.withdraw") == [one["id"]]
    assert items(checker, f"{BUDGET}/settlements", can="settlement.withdraw") == []
    path, why = f"settlements/{one['id']}/withdrawals", {"reason": "Nộp nhầm kỳ"}
    answer = post(office, path, why)
    said = done(answer)
    assert (said["state"], said["state_label"], said["reason"]) == ("withdrawn", "Đã rút lại", "Nộp nhầm kỳ")
    assert (said["decided_by"]["code"], said["missing"], said["entry"]) == ("SVHTTDL", None, None)
    assert (said["amount_vnd"], said["can"]) == (100, [])
    read = office.get(f"{BUDGET}/settlements/{one['id']}")
    assert (read.json(), read.headers["etag"]) == (said, answer.headers["etag"]), "it stays on record"
    again = post(office, path, {"reason": "Lần hai"})
    assert (again.status_code, again.json()) == (200, said)
    for client, step, extra in (
        (checker, "acceptances", {"decision": CHECKED, "occurred_on": "2023-12-21"}),
        (checker, "returns", {"missing": "Hóa đơn"}),
    ):
        late = post(client, f"settlements/{one['id']}/{step}", extra)
        assert (late.status_code, late.json()["reason"]) == (409, "already_withdrawn")
    assert items(checker, f"{BUDGET}/settlements", can="settlement.decide") == []
    second = done(post(office, "settlements", body))
    assert second["id"] != one["id"]
    assert stands(office, line)[-1] == 0
    told = [change for change in journal(service) if change.ref == one["id"]]
    assert [change.action for change in told] == ["settlement.submit", "settlement.withdraw"]
    assert differences(service) == []


def test_what_was_decided_is_not_taken_back(
    service: Service, office: httpx.Client, funder: httpx.Client, checker: httpx.Client
) -> None:
    line = spent(office, funder)
    accepted, returned = (
        done(post(office, "settlements", {"line": line, "amount_vnd": 50}))["id"] for _ in range(2)
    )
    done(
        post(
            checker,
            f"settlements/{accepted}/acceptances",
            {"decision": CHECKED, "occurred_on": "2023-12-21"},
        )
    )
    done(post(checker, f"settlements/{returned}/returns", {"missing": "Hóa đơn"}))
    before = rows(service)
    for id_, state in ((accepted, "accepted"), (returned, "returned")):
        refused = post(office, f"settlements/{id_}/withdrawals", {"reason": "Nhầm"})
        problem = refused.json()
        assert (refused.status_code, problem["reason"], problem["state"]) == (409, "already_decided", state)
    empty = post(office, f"settlements/{accepted}/withdrawals", {})
    assert fault(empty) == ("/reason", "missing")
    assert post(office, f"settlements/{NOWHERE}/withdrawals", {"reason": "x"}).status_code == 404
    assert rows(service) == before


def test_the_same_idempotency_key_withdraws_once(office: httpx.Client, funder: httpx.Client) -> None:
    line = spent(office, funder)
    one = done(post(office, "settlements", {"line": line, "amount_vnd": 1}))["id"]
    path, header = f"{BUDGET}/settlements/{one}/withdrawals", {"Idempotency-Key": "rut-1"}
    answers = [office.post(path, json={"reason": "Nhầm"}, headers=header) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [201, 201]
    assert answers[0].content == answers[1].content


def asked(client: httpx.Client, action: str, on: str) -> tuple[bool, str | None]:
    """Whether it may be done to this now; if not, why."""
    params = {"action": action, "on": f"{BUDGET}/{on}"}
    answer = client.get("/v1/me/permissions", params=params)
    assert answer.status_code == 200, answer.text
    told = answer.json()
    why = told["obstacle"] or told["refusal"]
    return told["allowed"], why and why["reason"]


def test_entries_and_settlements_can_be_asked_about_as_lines_can(
    office: httpx.Client, funder: httpx.Client, checker: httpx.Client
) -> None:
    """What is said beforehand is what the request is told."""
    line, other = (opened(office)["code"] for _ in range(2))
    given = allocate(funder, line, 100)["id"]
    committed = write(office, "commitments", line, 60)["id"]
    spent = write(office, "spendings", line, 60)["id"]
    decide, withdraw = "settlement.decide", "settlement.withdraw"
    one = done(post(office, "settlements", {"line": line, "amount_vnd": 10}))["id"]
    assert asked(office, withdraw, f"settlements/{one}") == (True, None)
    assert asked(checker, decide, f"settlements/{one}") == (True, None)
    assert asked(office, decide, f"settlements/{one}") == (False, "own_work")
    assert asked(funder, withdraw, f"settlements/{one}") == (False, "own_work")
    assert asked(office, "settlement.submit", f"settlements/{one}") == (False, "not_done_here")
    done(post(office, f"settlements/{one}/withdrawals", {"reason": "Nhầm"}))
    assert asked(office, withdraw, f"settlements/{one}") == (False, "already_so")
    assert asked(checker, decide, f"settlements/{one}") == (False, "already_withdrawn")
    two = done(post(office, "settlements", {"line": line, "amount_vnd": 10}))["id"]
    accepted = {"decision": CHECKED, "occurred_on": "2023-12-21"}
    settled = done(post(checker, f"settlements/{two}/acceptances", accepted))["entry"]
    assert asked(checker, decide, f"settlements/{two}") == (False, "already_decided")
    assert asked(checker, decide, f"entries/{settled}") == (True, None)

    record, allot = "spending.record", "allocation.decide"
    for id_, caller, action, why in (
        (given, funder, allot, "already_committed"),
        (committed, office, record, "already_spent"),
        (spent, office, record, "already_settled"),
    ):
        assert asked(caller, action, f"entries/{id_}") == (False, why)
        body = {"reason": "Nhầm", "occurred_on": "2023-12-22", "decision": DECISION}
        assert post(caller, f"entries/{id_}/reversals", body).json()["reason"] == why
    assert asked(funder, record, f"entries/{spent}") == (False, "own_work")
    assert asked(office, "need.state", f"entries/{spent}") == (False, "not_done_here")
    moved = {"from_line": line, "to_line": other, "amount_vnd": 5, "occurred_on": "2023-03-02"}
    half = done(post(funder, "transfers", {**moved, "decision": DECISION}))["entries"][0]["id"]
    assert asked(funder, allot, f"entries/{half}") == (False, "part_of_a_transfer")
    wrong = write(office, "commitments", line, 5)["id"]
    assert asked(office, record, f"entries/{wrong}") == (True, None)
    back = {"reason": "Nhầm", "occurred_on": "2023-12-22"}
    reversal = done(post(office, f"entries/{wrong}/reversals", back))["entries"][0]["id"]
    assert asked(office, record, f"entries/{wrong}") == (False, "already_reversed")
    assert asked(office, record, f"entries/{reversal}") == (False, "is_a_reversal")
