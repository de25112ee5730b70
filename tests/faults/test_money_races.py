"""Races for money between two processes, on both databases: never a đồng more than there is, and who comes
too late is told what is left."""

import json
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from functools import partial
from itertools import count, cycle
from pathlib import Path
from threading import Event
from typing import Any

import httpx
import pytest
from sqlalchemy import func, select

from app.models import BudgetLine, LedgerEntry
from app.rules.ledger import EntryKind
from app.rules.vocabulary import Scope
from app.services import audit, keys
from seed import loader
from tests.books import CSV, csv_of
from tests.faults.doors import Doors
from tests.faults.sites import Site, launcher
from tests.faults.together import at_once, statuses
from tests.money import (
    BUDGET,
    CHECKED,
    DECISION,
    TOTAL,
    allocate,
    decided,
    done,
    entry,
    line_of,
    opened,
    post,
    stands,
    write,
)
from tests.patience import TIMES
from tests.walks import items
from tests.writing import tiny_plan

ROUNDS = 5 * TIMES
"""5 in CI; with TTDN_TEST_TIMES=20 the hundred that are promised."""
_numbers = count(1)


def given(site: Site) -> int:
    """What is allocated by the entries of the ledger, past the counters."""
    query = select(func.sum(LedgerEntry.amount_vnd)).where(LedgerEntry.kind == EntryKind.ALLOCATION)
    return int(site.look(lambda session: session.scalar(query)) or 0)


def counted(site: Site) -> int:
    """The same by the counters of the lines."""
    return int(site.look(lambda session: session.scalar(select(func.sum(BudgetLine.allocated_vnd)))) or 0)


def lines_of(client: httpx.Client, how_many: int) -> list[str]:
    """New lines of SVHTTDL's."""
    return [opened(client, code=f"SVHTTDL-R{next(_numbers)}")["code"] for _ in range(how_many)]


def totals(client: httpx.Client, ended: Event) -> list[dict[str, Any]]:
    """What the budget is said to be, over and over until the race has ended."""
    told = []
    while not ended.is_set():
        told.append(client.get(BUDGET).json())
    return told


def reversal() -> dict[str, Any]:
    """A decision that takes back."""
    return {"reason": "Vòng sau", "occurred_on": "2023-03-02", "decision": DECISION}


def test_thirty_allocations_that_exceed_the_total_together_never_do(doors: Doors) -> None:
    funders, owner = doors.many("STC", 30), doors["TTBCD"]
    lines = lines_of(doors["SVHTTDL"], 7)
    for _ in range(ROUNDS):
        before = given(doors.site)
        unit = (TOTAL - before) // 300
        amounts = [place * unit for place in range(1, 31)]
        ended = Event()
        with ThreadPoolExecutor(1) as watch:
            watching = watch.submit(totals, owner, ended)
            answers = at_once(
                partial(client.post, f"{BUDGET}/allocations", json=decided(line, amount))
                for client, line, amount in zip(funders, cycle(lines), amounts, strict=False)
            )
            ended.set()
            told = watching.result()
        assert set(statuses(answers)) == {201, 409}
        taken = [amount for amount, said in zip(amounts, answers, strict=True) if said.status_code == 201]
        assert given(doors.site) == counted(doors.site) == before + sum(taken) <= TOTAL
        for amount, said in zip(amounts, answers, strict=True):
            if said.status_code == 409:
                problem = said.json()
                assert problem["reason"] == "over_total"
                assert 0 <= problem["left_vnd"] < amount
                assert (TOTAL - before - problem["left_vnd"]) % unit == 0, "what is left is whole entries"
        for one in told:
            assert one["allocated_vnd"] + one["unallocated_vnd"] == TOTAL
            assert before <= one["allocated_vnd"] <= TOTAL
            assert (one["allocated_vnd"] - before) % unit == 0, "a total is the sum of whole entries"
        made = [said.json()["entries"][0]["id"] for said in answers if said.status_code == 201]
        undone = at_once(
            partial(client.post, f"{BUDGET}/entries/{id_}/reversals", json=reversal())
            for client, id_ in zip(funders, made, strict=False)
        )
        assert statuses(undone) == {201: len(made)}
        assert given(doors.site) == before


def test_thirty_transfers_to_and_fro_lose_nothing_and_wait_for_nobody_in_a_circle(doors: Doors) -> None:
    one, other = lines_of(doors["SVHTTDL"], 2)
    for line in (one, other):
        allocate(doors["STC"], line, 100)
    body = {"amount_vnd": 3, "occurred_on": "2023-03-01", "decision": DECISION}
    ways = cycle(({"from_line": one, "to_line": other}, {"from_line": other, "to_line": one}))
    answers = at_once(
        partial(client.post, f"{BUDGET}/transfers", json={**body, **way})
        for client, way in zip(doors.many("STC", 30), ways, strict=False)
    )
    assert statuses(answers) == {201: 30}
    assert [stands(doors["STC"], line)[1] for line in (one, other)] == [100, 100]


@pytest.mark.parametrize(
    ("noun", "reason"), [("commitments", "over_allocated"), ("spendings", "over_committed")]
)
def test_thirty_at_once_on_one_line_stay_within_the_step_before(doors: Doors, noun: str, reason: str) -> None:
    (line,) = lines_of(doors["SVHTTDL"], 1)
    allocate(doors["STC"], line, 100)
    if noun == "spendings":
        write(doors["SVHTTDL"], "commitments", line, 100)
    answers = at_once(
        partial(client.post, f"{BUDGET}/{noun}", json=entry(line, 9)) for client in doors.many("SVHTTDL", 30)
    )
    assert statuses(answers) == {201: 11, 409: 19}
    refused = [said.json() for said in answers if said.status_code == 409]
    assert {(problem["reason"], problem["left_vnd"]) for problem in refused} == {(reason, 1)}
    assert stands(doors["SVHTTDL"], line)[2 if noun == "commitments" else 3] == 99


def test_an_allocation_taken_back_while_it_is_committed_is_one_or_the_other(doors: Doors) -> None:
    for _ in range(ROUNDS):
        (line,) = lines_of(doors["SVHTTDL"], 1)
        made = allocate(doors["STC"], line, 10)["id"]
        taken, committed = at_once(
            [
                partial(doors["STC"].post, f"{BUDGET}/entries/{made}/reversals", json=reversal()),
                partial(doors["SVHTTDL"].post, f"{BUDGET}/commitments", json=entry(line, 1)),
            ]
        )
        assert {taken.status_code, committed.status_code} == {201, 409}


def test_thirty_reversals_of_one_entry_and_thirty_of_one_key_have_one_effect(doors: Doors) -> None:
    (line,) = lines_of(doors["SVHTTDL"], 1)
    key = {"source_system": "races", "external_id": f"{next(_numbers)}"}
    clients = doors.many("SVHTTDL", 30)
    said = at_once(partial(client.post, f"{BUDGET}/needs", json=entry(line, 5, **key)) for client in clients)
    assert statuses(said) == {200: 29, 201: 1}
    ids = {one.json()["entries"][0]["id"] for one in said}
    assert len(ids) == 1
    body = {"reason": "Ghi nhầm", "occurred_on": "2023-03-02"}
    undone = at_once(
        partial(client.post, f"{BUDGET}/entries/{next(iter(ids))}/reversals", json=body) for client in clients
    )
    assert statuses(undone) == {201: 1, 409: 29}
    assert {one.json()["reason"] for one in undone if one.status_code == 409} == {"already_reversed"}
    assert stands(doors["SVHTTDL"], line)[0] == 0


def without_a_budget(site: Site, folder: Path) -> str:
    """A plan that says nothing of money, in force beside the real one; the address of its lines."""
    plan = tiny_plan() | {"budget": None}
    slug = plan["plan"]["slug"] = f"khong-kinh-phi-{next(_numbers)}"
    file = folder / "plan.json"
    file.write_text(json.dumps(plan), encoding="utf-8")
    with site.writing() as session:
        assert loader.load(session, *loader.read(file), lambda *_: None)
    return f"/v1/plans/{slug}/budget/lines"


def test_openings_of_one_line_in_a_plan_without_a_budget_are_one(doors: Doors, tmp_path: Path) -> None:
    path = without_a_budget(doors.site, tmp_path)
    for _ in range(ROUNDS):
        body = line_of(code=f"SVHTTDL-M{next(_numbers)}")
        calls = [partial(client.post, path, json=body) for client in doors.many("SVHTTDL", 12)]
        headings = ["Mã", "Tên"]
        file = csv_of([body["code"], body["title_vi"]], headings=headings)
        calls += [
            partial(client.post, f"{path}/imports", content=file, headers={"Content-Type": CSV})
            for client in doors.many("SVHTTDL", 4)
        ]
        answers = at_once(calls)
        assert {answer.status_code for answer in answers} <= {200, 201}
        made = [answer.status_code == 201 for answer in answers[:12]]
        made += [answer.json()["counts"]["created"] == 1 for answer in answers[12:]]
        assert made.count(True) == 1
        assert [answer.json()["counts"]["refused"] for answer in answers[12:]] == [0] * 4


def test_of_corrections_of_what_was_read_one_is_taken(doors: Doors) -> None:
    (line,) = lines_of(doors["SVHTTDL"], 1)
    path = f"{BUDGET}/lines/{line}"
    for number in range(ROUNDS):
        read = doors["SVHTTDL"].get(path)
        tag = {"If-Match": read.headers["etag"]}
        other = ["IV.7.b"] if [one["code"] for one in read.json()["tasks"]] == ["IV.7.a"] else ["IV.7.a"]
        bodies = [{"title_vi": f"{number}/{n}"} for n in range(6)] + [{"tasks": other}] * 6
        clients = [*doors.many("SVHTTDL", 6), *doors.many("STC", 6)]
        answers = at_once(
            partial(client.patch, path, json=body, headers=tag)
            for client, body in zip(clients, bodies, strict=True)
        )
        assert statuses(answers) == {200: 1, 412: 11}


def checking(site: Site) -> str:
    """Whom to call as to check settlements; the key that the settlement checker has here may not."""
    granted = (keys.technician(), "VPTU", "races", (Scope.PUSH,), timedelta(days=1))
    with site.writing() as session:
        _, site.secrets["VPTU:push"] = keys.issue(session, *granted)
    return "VPTU:push"


def test_a_settlement_is_withdrawn_or_accepted_and_its_amount_is_free_once(doors: Doors) -> None:
    office, funder, checker = doors["SVHTTDL"], doors["STC"], doors[checking(doors.site)]
    accepted = {"decision": CHECKED, "occurred_on": "2023-12-21"}
    for line in lines_of(office, ROUNDS):
        allocate(funder, line, 10)
        for noun in ("commitments", "spendings"):
            write(office, noun, line, 10)
        body = {"line": line, "amount_vnd": 10}
        path = f"{BUDGET}/settlements/{done(post(office, 'settlements', body))['id']}"
        answers = at_once(
            [
                partial(doors["SVHTTDL"].post, f"{path}/withdrawals", json={"reason": "Nhầm"}),
                partial(checker.post, f"{path}/acceptances", json=accepted),
                *(partial(one.post, f"{BUDGET}/settlements", json=body) for one in doors.many("SVHTTDL", 4)),
            ]
        )
        assert statuses(answers[:2]) == {201: 1, 409: 1}
        again = len(items(office, f"{BUDGET}/settlements", line=line, state="submitted"))
        assert again == statuses(answers[2:]).get(201, 0)
        assert again <= (1 if stands(office, line)[-1] == 0 else 0)


def test_files_over_the_same_lines_in_any_order_wait_for_nobody_in_a_circle(doors: Doors) -> None:
    lines = lines_of(doors["SVHTTDL"], 5)
    for line in lines:
        allocate(doors["STC"], line, 1_000)
    headings = [
        "Mã dòng kinh phí",
        "Loại bút toán",
        "Số tiền",
        "Ngày phát sinh",
        "Số văn bản",
        "Ngày văn bản",
    ]
    given = [[line, "Bố trí", "1", "01/03/2023", DECISION["number"], "15/02/2023", "STC"] for line in lines]
    headed = [*headings, "Cơ quan ban hành"]

    def commitments(number: int) -> bytes:
        rows = [[line, "Cam kết chi", "1", "01/03/2023", f"{number}/HĐ", "01/03/2023"] for line in lines]
        return csv_of(*rows[:: (1, -1)[number % 2]], headings=headings)

    def sent(client: httpx.Client, body: bytes) -> httpx.Response:
        return client.post(f"{BUDGET}/entries/imports", content=body, headers={"Content-Type": CSV})

    offices, funders = doors.many("SVHTTDL", 16), doors.many("STC", 8)
    answers = at_once(
        [partial(sent, office, commitments(number)) for number, office in enumerate(offices)]
        + [
            partial(sent, funder, csv_of(*given[:: (1, -1)[n % 2]], headings=headed))
            for n, funder in enumerate(funders)
        ]
    )
    assert statuses(answers) == {200: 24}
    assert sum(answer.json()["counts"]["created"] for answer in answers) == 16 * 5 + 5, (
        "the funders' is one file"
    )
    for line in lines:
        assert stands(doors["SVHTTDL"], line) == (0, 1_001, 16, 0, 0)


def test_one_key_on_two_lines_costs_its_own_row_alone(doors: Doors) -> None:
    lines = lines_of(doors["SVHTTDL"], 2)
    headings = ["Mã dòng kinh phí", "Loại bút toán", "Số tiền", "Ngày phát sinh", "Hệ thống nguồn"]

    def needs(line: str, places: Iterable[int]) -> bytes:
        rows = [[line, "Nhu cầu", "1", "01/03/2023", "misa", f"{line}-{n}"] for n in range(50)]
        shared = [[line, "Nhu cầu", "1", "01/03/2023", "misa", f"{lines[0]}/chung-{n}"] for n in places]
        return csv_of(*shared[:1], *rows, *shared[1:], headings=[*headings, "Mã ở hệ thống nguồn"])

    def sent(client: httpx.Client, body: bytes) -> httpx.Response:
        return client.post(f"{BUDGET}/entries/imports", content=body, headers={"Content-Type": CSV})

    files = [needs(lines[0], (0, 1)), needs(lines[1], (1, 0))]
    answers = at_once(
        partial(sent, client, body) for client, body in zip(doors.many("SVHTTDL", 2), files, strict=True)
    )
    assert statuses(answers) == {200: 2}
    counts = [answer.json()["counts"] for answer in answers]
    assert sum(count["created"] for count in counts) == 102
    assert sum(count["refused"] for count in counts) == 2, "who came second contradicts"


def test_the_harness_sees_a_build_in_which_nobody_waits(site: Site) -> None:
    """One of them is all that fits."""
    with (
        site.serve(command=launcher("unordered")) as server,
        site.client("STC", server.base_url) as funder,
        site.client("SVHTTDL", server.base_url) as office,
    ):
        lines, amount = lines_of(office, 30), TOTAL // 2 + 1
        for _ in range(10):
            answers = at_once(
                partial(funder.post, f"{BUDGET}/allocations", json=decided(line, amount)) for line in lines
            )
            if given(site) > TOTAL:
                assert site.look(lambda session: list(audit.differences(session))) != []
                return
            for said in answers:
                if said.status_code == 201:
                    made = said.json()["entries"][0]["id"]
                    funder.post(f"{BUDGET}/entries/{made}/reversals", json=reversal())
    pytest.fail("300 unordered allocations of more than half, and never two of them: the harness is blind")
