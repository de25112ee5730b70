"""Money: each by its own authority, within what there is, by entries that never change."""

from typing import Any

import httpx
import pytest

from app.journal import UngrantedChange
from app.models import BudgetLine, LedgerEntry, Settlement
from app.models.unit import permits
from app.rules.judging import Permit
from app.rules.ownership import Action
from app.rules.parties import Actor, Relation
from app.rules.vocabulary import AgencyKind, Scope
from app.schemas.budget import BudgetLineIn
from app.schemas.ledger import AllocationIn, EntryIn, TransferIn
from app.schemas.settlements import SettlementIn
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
from tests.service import PLAN, Service
from tests.walks import NOWHERE, items, keys
from tests.writing import abolish, differences, fault, journal, pushing, rows

MILLION = 1_000_000


def conflict(answer: Any) -> str:
    assert answer.status_code == 409, answer.text
    return str(answer.json()["reason"])


# Lines.


def test_an_agency_opens_its_own_line_with_what_it_is_for_and_what_it_needs(
    service: Service, office: httpx.Client
) -> None:
    output = items(office, "/v1/plans/ttdn-2023/outputs", task="IV.7.a")[0]["id"]
    answer = office.post(
        f"{BUDGET}/lines",
        json={
            "code": "SVHTTDL-01",
            "title_vi": "Tập huấn lễ hội",
            "tasks": ["IV.7.a"],
            "outputs": [output],
            "events": ["E11"],
            "category": "160",
            "subcategory": "161",
            "needed_vnd": 150 * MILLION,
        },
    )
    line = done(answer)
    assert answer.headers["location"] == "lines/SVHTTDL-01"
    assert (line["agency"]["code"], line["title_en"], line["chapter"]) == ("SVHTTDL", "Tập huấn lễ hội", None)
    assert ([one["code"] for one in line["tasks"]], line["outputs"], line["events"]) == (
        ["IV.7.a"],
        [output],
        ["E11"],
    )
    assert line["can"] == ["need.state", "line.correct"]
    read = office.get(f"{BUDGET}/lines/SVHTTDL-01")
    assert read.json() == line
    assert read.headers["etag"] == answer.headers["etag"]
    assert stands(office, "SVHTTDL-01") == (150 * MILLION, 0, 0, 0, 0)
    again = office.post(
        f"{BUDGET}/lines",
        json={
            "code": "SVHTTDL-01",
            "title_vi": "Tập huấn lễ hội",
            "tasks": ["IV.7.a"],
            "outputs": [output],
            "events": ["E11"],
            "category": "160",
            "subcategory": "161",
            "needed_vnd": 150 * MILLION,
        },
    )
    assert (again.status_code, again.json()) == (200, line)
    other = office.post(f"{BUDGET}/lines", json={"code": "SVHTTDL-01", "title_vi": "Khác"})
    assert conflict(other) == "code_taken"
    assert "sửa dòng ấy" in other.json()["detail"]
    assert [one.action for one in journal(service) if one.subject == "budget_line"] == ["need.state"] * 2
    assert differences(service) == []


def test_the_funding_decider_opens_a_line_with_what_it_allocates(
    service: Service, funder: httpx.Client, office: httpx.Client
) -> None:
    given = {"amount_vnd": 300 * MILLION, "occurred_on": "2023-02-20", "decision": DECISION}
    line = opened(funder, allocation=given)
    assert line["can"] == ["line.correct", "allocation.decide"]
    assert stands(office, line["code"]) == (0, 300 * MILLION, 0, 0, 0)
    (one,) = items(office, f"{BUDGET}/entries", line=line["code"])
    assert one["document"] == {"number": "15/QĐ-STC", "issued_on": "2023-02-15", "issuer": "Sở Tài chính"}
    assert (one["kind"], one["recorded_by"]["code"], one["amount_words_vi"]) == (
        "allocation",
        "STC",
        "Ba trăm triệu đồng",
    )
    before = rows(service)
    too_much = {**given, "amount_vnd": TOTAL}
    refused = funder.post(f"{BUDGET}/lines", json=line_of(allocation=too_much))
    assert (conflict(refused), refused.json()["left_vnd"]) == ("over_total", TOTAL - 300 * MILLION)
    assert rows(service) == before, "no line without what it was opened with"
    refused = funder.post(f"{BUDGET}/lines", json=line_of())
    assert (refused.status_code, refused.json()["who_can"]) == (403, ["SVHTTDL"])
    assert office.post(f"{BUDGET}/lines", json=line_of(allocation=given)).json()["who_can"] == ["STC"]
    refused = funder.post(f"{BUDGET}/lines", json=line_of(needed_vnd=5, allocation=given))
    assert (refused.status_code, refused.json()["rule"]) == (403, "need.state"), "each by its own authority"
    assert rows(service) == before


def test_what_a_line_cannot_be_is_told_where(
    service: Service, office: httpx.Client, funder: httpx.Client
) -> None:
    before = rows(service)
    given = {"amount_vnd": 1, "occurred_on": "2023-02-20", "decision": DECISION}
    for client, body, expected in (
        (office, line_of(code="01"), ("/code", "not_named_after_agency")),
        (office, line_of(code="SCT-01"), ("/code", "not_named_after_agency")),
        (office, line_of(code="SVHTTDL 01"), ("/code", "wrong_pattern")),
        (office, line_of(tasks=["IV.99"]), ("/tasks/0", "unknown_thing")),
        (office, line_of(tasks=["IV.7.a", "IV.12.1"]), ("/tasks/1", "unknown_thing")),
        (office, line_of(outputs=[NOWHERE]), ("/outputs/0", "unknown_thing")),
        (office, line_of(activities=[NOWHERE]), ("/activities/0", "unknown_thing")),
        (office, line_of(events=["E99"]), ("/events/0", "unknown_thing")),
        (office, line_of(subcategory="161"), ("", "code_without_its_whole")),
        (office, line_of(subitem="6651"), ("", "code_without_its_whole")),
        (office, line_of(chapter="42"), ("/chapter", "wrong_pattern")),
        (office, line_of(item="66500"), ("/item", "wrong_pattern")),
        (office, line_of(needed_vnd=0), ("/needed_vnd", "below_minimum")),
        (office, line_of(needed_vnd=1.5), ("/needed_vnd", "wrong_type")),
        (office, line_of(allocated_vnd=1), ("/allocated_vnd", "unknown_field")),
        (funder, line_of("VPTU", allocation=given), ("/agency", "holds_the_purse")),
        (funder, line_of("G.SBN", allocation=given), ("/agency", "not_a_body")),
        (funder, line_of("X.BDT", allocation=given), ("/agency", "not_a_body")),
        (funder, line_of("KHONG", allocation=given), ("/agency", "not_a_body")),
    ):
        assert fault(client.post(f"{BUDGET}/lines", json=body)) == expected, body
    assert rows(service) == before
    abolish(service, "SVHTTDL", "2023-12-31")
    ended = funder.post(f"{BUDGET}/lines", json=line_of(allocation=given))
    assert fault(ended) == ("/agency", "agency_not_active")


def test_a_duty_of_which_only_the_status_is_kept_carries_no_money(service: Service) -> None:
    police = pushing(service, "CAT")
    refused = police.post(f"{BUDGET}/lines", json=line_of("CAT", tasks=["IV.10.1"]))
    assert fault(refused) == ("/tasks/0", "status_only")


def test_why_a_duty_with_a_line_does_not_become_status_only_is_said(
    service: Service, office: httpx.Client
) -> None:
    opened(office, tasks=["IV.7.b"])
    change = {"change": "visibility", "task": "IV.7.b", "visibility": "status_only"}
    decision = {"number": "09-QĐ/BCĐ-TTĐN", "decided_on": "2023-06-30", "issuer": "Ban Chỉ đạo"}
    body = {"decision": decision, "changes": [change]}
    answer = service["TTBCD"].post("/v1/plans/ttdn-2023/amendments", json=body)
    assert fault(answer) == ("/changes/0/visibility", "already_reported")
    assert "dòng kinh phí" in answer.json()["errors"][0]["message"]


# The chain, each by its own authority.


def first_page(client: httpx.Client) -> Any:
    return client.get(f"{PLAN}/overview").json()


def test_the_whole_chain_to_a_settlement(
    service: Service, office: httpx.Client, funder: httpx.Client, checker: httpx.Client
) -> None:
    line = opened(office, needed_vnd=500 * MILLION)["code"]
    allocate(funder, line, 400 * MILLION)
    write(office, "commitments", line, 350 * MILLION, document={"number": "15/HĐ", "issued_on": "2023-03-01"})
    write(office, "spendings", line, 300 * MILLION, note="Đợt 1")
    settlement = done(post(office, "settlements", {"line": line, "amount_vnd": 300 * MILLION}))
    assert (settlement["state"], settlement["amount_words_vi"]) == ("submitted", "Ba trăm triệu đồng")
    assert settlement["can"] == ["settlement.withdraw"]
    (waiting,) = items(checker, f"{BUDGET}/settlements", can="settlement.decide")
    assert (waiting["id"], waiting["can"]) == (settlement["id"], ["settlement.decide"])
    assert items(office, f"{BUDGET}/settlements", can="settlement.decide") == []
    assert [one["can"] for one in items(funder, f"{BUDGET}/settlements")] == [[]]
    assert [first_page(client)["waiting"]["settlements"] for client in (checker, office, funder)] == [1, 0, 0]
    url = f"settlements/{settlement['id']}"
    accepted = done(post(checker, f"{url}/acceptances", {"decision": CHECKED, "occurred_on": "2023-12-21"}))
    assert (accepted["state"], accepted["decided_by"]["code"]) == ("accepted", "VPTU")
    assert first_page(checker)["waiting"]["settlements"] == 0
    assert accepted["decision"]["type_label"].startswith("Quyết định")
    assert stands(office, line) == (500 * MILLION, 400 * MILLION, 350 * MILLION, 300 * MILLION, 300 * MILLION)
    told = office.get(f"{BUDGET}/entries/{accepted['entry']}").json()
    assert (told["kind"], told["settlement"], told["amount_vnd"]) == (
        "settlement",
        settlement["id"],
        300 * MILLION,
    )
    whole = service["TTBCD"].get(BUDGET).json()
    assert whole["allocated_vnd"] + whole["unallocated_vnd"] == whole["total_vnd"] == TOTAL
    assert (whole["needed_vnd"], whole["committed_vnd"], whole["spent_vnd"], whole["settled_vnd"]) == (
        *(500 * MILLION, 350 * MILLION, 300 * MILLION, 300 * MILLION),
    )
    assert whole["total_words_vi"] == "Hai tỷ, hai trăm bảy mươi tám triệu đồng"
    assert service["TTBCD"].get("/v1/plans/ttdn-2023/overview").json()["budget"] == whole
    assert differences(service) == []


def test_each_step_stays_within_the_one_before_and_says_what_is_left(
    service: Service, office: httpx.Client, funder: httpx.Client, checker: httpx.Client
) -> None:
    line = opened(office)["code"]
    over = post(funder, "allocations", decided(line, TOTAL + 1))
    assert (conflict(over), over.json()["left_vnd"]) == ("over_total", TOTAL)
    assert "2.278.000.000" in over.json()["detail"]
    allocate(funder, line, 100)
    for noun, reason, amount in (("commitments", "over_allocated", 80), ("spendings", "over_committed", 60)):
        refused = post(office, noun, entry(line, 101))
        left = 100 if noun == "commitments" else 80
        assert (conflict(refused), refused.json()["left_vnd"], refused.json()["line"]) == (reason, left, line)
        write(office, noun, line, amount)
    over = post(office, "settlements", {"line": line, "amount_vnd": 61})
    assert (conflict(over), over.json()["left_vnd"]) == ("over_spent", 60)
    first = done(post(office, "settlements", {"line": line, "amount_vnd": 40}))
    over = post(office, "settlements", {"line": line, "amount_vnd": 21})
    assert (conflict(over), over.json()["left_vnd"]) == ("over_spent", 20)
    assert over.json()["submitted_vnd"] == 40, "what is spent, less what is settled and what waits, is left"
    assert "còn 20 đồng, đang chờ kiểm tra 40 đồng" in over.json()["detail"]
    back = done(post(checker, f"settlements/{first['id']}/returns", {"missing": "Thiếu hóa đơn"}))
    assert (back["state"], back["missing"], back["entry"]) == ("returned", "Thiếu hóa đơn", None)
    again = post(checker, f"settlements/{first['id']}/acceptances", acceptance())
    assert (conflict(again), again.json()["state"]) == ("already_decided", "returned")
    second = done(post(office, "settlements", {"line": line, "amount_vnd": 60}))
    done(post(checker, f"settlements/{second['id']}/acceptances", acceptance()))
    assert stands(office, line) == (0, 100, 80, 60, 60)
    assert differences(service) == []


def test_what_stands_in_the_way_is_said_with_what_could_be_done_first(
    office: httpx.Client, funder: httpx.Client, checker: httpx.Client
) -> None:
    line = opened(office)["code"]
    why = {"reason": "Nhầm", "occurred_on": "2023-04-01"}

    def told(answer: httpx.Response) -> str:
        return f"{conflict(answer)}: {answer.json()['detail']}"

    assert "bố trí thêm trước" in told(post(office, "commitments", entry(line, 1)))
    given = allocate(funder, line, 100)
    assert "ghi cam kết chi trước" in told(post(office, "spendings", entry(line, 1)))
    committed = write(office, "commitments", line, 60)
    assert "ghi khoản chi trước" in told(post(office, "settlements", {"line": line, "amount_vnd": 1}))
    spent = write(office, "spendings", line, 50)
    assert "đảo khoản chi trước" in told(post(office, f"entries/{committed['id']}/reversals", why))
    decision = {"decision": DECISION}
    over = post(funder, f"entries/{given['id']}/reversals", {**why, **decision})
    assert "điều chuyển không quá số đó" in told(over)
    move = {"from_line": opened(office)["code"], "to_line": line, "amount_vnd": 5, **decision}
    empty = told(post(funder, "transfers", {**move, "occurred_on": "2023-03-01"}))
    assert "không có nhiều như vậy mà chưa cam kết chi: còn 0 đồng" in empty, "nothing of it is committed"
    waits = done(post(office, "settlements", {"line": line, "amount_vnd": 50}))["id"]
    assert "rút quyết toán đang chờ trước" in told(post(office, f"entries/{spent['id']}/reversals", why))
    done(post(checker, f"settlements/{waits}/acceptances", acceptance()))
    settled = post(office, f"entries/{spent['id']}/reversals", why)
    assert "đảo bút toán quyết toán trước" in told(settled)
    assert "đảo bút toán quyết toán" in told(post(checker, f"settlements/{waits}/returns", {"missing": "x"}))


def test_nothing_is_accepted_before_it_was_spent(
    service: Service, office: httpx.Client, funder: httpx.Client, checker: httpx.Client
) -> None:
    """By its own day and by the document's; what was spent and taken back was not spent."""
    line = opened(office)["code"]
    allocate(funder, line, 100)
    write(office, "commitments", line, 100)
    wrong = write(office, "spendings", line, 60, occurred_on="2023-02-01")["id"]
    done(post(office, f"entries/{wrong}/reversals", {"reason": "Nhầm", "occurred_on": "2023-06-01"}))
    write(office, "spendings", line, 40, occurred_on="2023-03-01")
    write(office, "spendings", line, 60, occurred_on="2023-05-01")
    first, second = (
        done(post(office, "settlements", {"line": line, "amount_vnd": amount}))["id"] for amount in (40, 60)
    )
    url = f"settlements/{first}/acceptances"
    before = rows(service)
    assert fault(post(checker, url, accepted("2023-02-28", "2023-03-01"))) == (
        *("/occurred_on", "before_the_spending"),
    )
    assert fault(post(checker, url, accepted("2023-03-01", "2023-02-28"))) == (
        *("/decision/decided_on", "before_the_spending"),
    )
    assert rows(service) == before
    done(post(checker, url, accepted("2023-03-01", "2023-03-01")))
    url = f"settlements/{second}/acceptances"
    assert post(checker, url, accepted("2023-04-30", "2023-04-30")).status_code == 422
    done(post(checker, url, accepted("2023-05-01", "2023-05-01")))
    assert stands(office, line) == (0, 100, 100, 100, 100)
    assert differences(service) == []


def accepted(day: str, by: str) -> dict[str, Any]:
    return {"decision": {**CHECKED, "decided_on": by}, "occurred_on": day}


def test_what_waits_to_be_settled_is_not_taken_back_meanwhile(
    service: Service, office: httpx.Client, funder: httpx.Client
) -> None:
    """It could be spent otherwise and accepted for what it was never handed in for: its agency withdraws it
    first."""
    line = opened(office)["code"]
    allocate(funder, line, 100)
    write(office, "commitments", line, 100)
    first, second = (write(office, "spendings", line, amount)["id"] for amount in (60, 40))
    waits = done(post(office, "settlements", {"line": line, "amount_vnd": 50}))["id"]
    why = {"reason": "Nhầm chứng từ", "occurred_on": "2023-04-01"}
    before = rows(service)
    held = post(office, f"entries/{first}/reversals", why)
    assert (conflict(held), held.json()["left_vnd"], held.json()["submitted_vnd"]) == (
        *("already_settled", 50),
        50,
    )
    assert "còn 50 đồng, đang chờ kiểm tra 50 đồng" in held.json()["detail"]
    assert rows(service) == before
    record = {"can": "spending.record", "kind": "spending"}
    assert keys(office, f"{BUDGET}/entries", **record) == [second], "as much as that is spared"
    asked = {"action": "spending.record", "on": f"{BUDGET}/entries/{first}"}
    assert office.get("/v1/me/permissions", params=asked).json()["obstacle"]["reason"] == "already_settled"
    done(post(office, f"entries/{second}/reversals", why))
    done(post(office, f"settlements/{waits}/withdrawals", {"reason": "Nhầm chứng từ"}))
    done(post(office, f"entries/{first}/reversals", why))
    assert stands(office, line) == (0, 100, 100, 0, 0)
    write(office, "spendings", line, 100)
    done(post(office, "settlements", {"line": line, "amount_vnd": 100}))
    assert "spending.record" not in office.get(f"{BUDGET}/lines/{line}").json()["can"], "all is handed in"
    assert line not in keys(office, f"{BUDGET}/lines", can="spending.record")
    assert differences(service) == []


def acceptance() -> dict[str, Any]:
    return {"decision": CHECKED, "occurred_on": "2023-12-21"}


def test_a_day_to_come_is_no_day_for_an_entry_nor_for_its_paper(
    office: httpx.Client, funder: httpx.Client
) -> None:
    line = opened(office)["code"]
    late = {**DECISION, "number": "15/QĐ-STC", "decided_on": "2999-01-01"}
    assert fault(post(office, "needs", entry(line, 1, occurred_on="2999-01-01"))) == (
        "/occurred_on",
        "in_the_future",
    )
    assert fault(post(funder, "allocations", decided(line, 1, decision=late))) == (
        "/decision/decided_on",
        "in_the_future",
    )
    paper = {"number": "1", "issued_on": "2999-01-01"}
    assert fault(post(office, "needs", entry(line, 1, document=paper))) == (
        "/document/issued_on",
        "in_the_future",
    )
    for number, code in (
        ("15", "not_a_document_number"),
        ("15/BC-STC", "document_decides_nothing"),
        ("15/2022/QĐ-STC", "year_not_of_date"),
    ):
        answer = post(funder, "allocations", decided(line, 1, decision={**DECISION, "number": number}))
        assert fault(answer)[1] == code
    assert fault(post(funder, "allocations", entry(line, 1))) == ("/decision", "missing")


def test_a_need_is_bounded_by_what_every_reader_takes(office: httpx.Client) -> None:
    line = opened(office, needed_vnd=2**53 - 1)["code"]
    over = post(office, "needs", entry(line, 1))
    assert (conflict(over), over.json()["left_vnd"]) == ("need_too_large", 0)
    assert fault(post(office, "needs", entry(line, 2**53))) == ("/amount_vnd", "above_maximum")


# Corrections.


def test_an_entry_is_taken_back_once_by_another_that_names_it(
    service: Service, office: httpx.Client, funder: httpx.Client
) -> None:
    line = opened(office)["code"]
    given = allocate(funder, line, 100)
    spent = write(office, "commitments", line, 60)
    url = f"entries/{spent['id']}/reversals"
    body = {"reason": "Ghi nhầm", "occurred_on": "2023-04-01"}
    said = done(post(office, url, body))
    (reversal,) = said["entries"]
    assert (reversal["amount_vnd"], reversal["reverses"], reversal["note"]) == (-60, spent["id"], "Ghi nhầm")
    assert reversal["amount_words_vi"] == "Âm sáu mươi đồng"
    assert said["lines"][0]["committed_vnd"] == 0
    assert office.get(f"{BUDGET}/entries/{spent['id']}").json()["reversed_by"] == reversal["id"]
    again = post(office, url, body)
    assert (conflict(again), again.json()["entry"]) == ("already_reversed", reversal["id"])
    assert [one["can"] for one in items(office, f"{BUDGET}/entries")] == [[], [], []]
    assert [one["can"] for one in items(funder, f"{BUDGET}/entries")] == [[], [], ["allocation.decide"]]
    assert conflict(post(office, f"entries/{reversal['id']}/reversals", body)) == "is_a_reversal"
    assert post(office, f"entries/{given['id']}/reversals", body).json()["who_can"] == ["STC"]
    assert fault(post(funder, f"entries/{given['id']}/reversals", body)) == ("/decision", "missing")
    write(office, "commitments", line, 60)
    taken = post(funder, f"entries/{given['id']}/reversals", {**body, "decision": DECISION})
    assert (conflict(taken), taken.json()["left_vnd"]) == ("already_committed", 40)
    assert post(office, f"entries/{NOWHERE}/reversals", body).status_code == 404
    assert stands(office, line) == (0, 100, 60, 0, 0)
    assert differences(service) == []


def test_a_part_of_what_was_committed_is_released_again_and_again(
    service: Service, office: httpx.Client, funder: httpx.Client
) -> None:
    """A contract of 80 came to 50: what is not spent of it goes back to what may be committed."""
    line = opened(office)["code"]
    allocate(funder, line, 100)
    whole = write(office, "commitments", line, 80)["id"]
    write(office, "spendings", line, 50)
    why = {"reason": "Thanh lý", "occurred_on": "2023-04-01"}
    kept = post(office, f"entries/{whole}/reversals", why)
    assert (conflict(kept), kept.json()["left_vnd"]) == ("already_spent", 30)
    assert "giảm không quá số đó" in kept.json()["detail"]
    over = post(office, "commitments", entry(line, -31))
    assert (conflict(over), over.json()["left_vnd"]) == ("already_spent", 30)
    paper = {"number": "02/TL", "issued_on": "2023-02-20", "issuer": None}
    key = {"source_system": "ketoan", "external_id": "TL-02"}
    said = done(post(office, "commitments", entry(line, -20, document=paper, **key)))
    (released,) = said["entries"]
    assert (released["kind"], released["amount_vnd"], released["reverses"]) == ("commitment", -20, None)
    assert (released["document"], released["can"]) == (paper, [])
    assert said["lines"][0]["committed_vnd"] == 60
    again = post(office, "commitments", entry(line, -20, document=paper, **key))
    assert (again.status_code, again.json()["result"]) == (200, "unchanged")
    write(office, "commitments", line, -10)
    assert stands(office, line) == (0, 100, 50, 50, 0)
    assert conflict(post(office, f"entries/{released['id']}/reversals", why)) == "is_a_release"
    asked = {"action": "spending.record", "on": f"{BUDGET}/entries/{released['id']}"}
    assert office.get("/v1/me/permissions", params=asked).json()["obstacle"]["reason"] == "is_a_release"
    assert items(office, f"{BUDGET}/entries", can="spending.record", kind="commitment") == []
    assert fault(post(office, "commitments", entry(line, 0))) == ("/amount_vnd", "no_amount")
    for noun in ("needs", "spendings"):
        assert fault(post(office, noun, entry(line, -1))) == ("/amount_vnd", "below_minimum")
    assert differences(service) == []


def test_an_accepted_settlement_can_be_taken_back_by_who_accepted_it(
    service: Service, office: httpx.Client, funder: httpx.Client, checker: httpx.Client
) -> None:
    line = opened(office)["code"]
    allocate(funder, line, 100)
    write(office, "commitments", line, 100)
    spent = write(office, "spendings", line, 100)
    one = done(post(office, "settlements", {"line": line, "amount_vnd": 100}))
    accepted = done(post(checker, f"settlements/{one['id']}/acceptances", acceptance()))
    body = {"reason": "Thiếu chứng từ", "occurred_on": "2023-12-22"}
    refused = post(office, f"entries/{spent['id']}/reversals", body)
    assert (conflict(refused), refused.json()["left_vnd"]) == ("already_settled", 0)
    url = f"entries/{accepted['entry']}/reversals"
    assert fault(post(checker, url, body)) == ("/decision", "missing")
    done(post(checker, url, {**body, "decision": CHECKED}))
    told = office.get(f"{BUDGET}/settlements/{one['id']}").json()
    assert (told["state"], told["entry"], told["can"]) == ("reversed", accepted["entry"], [])
    done(post(office, f"entries/{spent['id']}/reversals", body))
    assert stands(office, line) == (0, 100, 100, 0, 0)
    assert differences(service) == []


def test_a_transfer_is_two_entries_of_one_decision_that_add_up_to_nothing(
    service: Service, office: httpx.Client, funder: httpx.Client
) -> None:
    giver, taker = opened(office)["code"], opened(pushing(service, "SCT"), agency="SCT")["code"]
    allocate(funder, giver, 100)
    write(office, "commitments", giver, 30)
    body = {
        "from_line": giver,
        "to_line": taker,
        "amount_vnd": 70,
        "occurred_on": "2023-06-01",
        "decision": DECISION,
    }
    said = done(post(funder, "transfers", body))
    first, second = said["entries"]
    assert (first["amount_vnd"], second["amount_vnd"]) == (-70, 70)
    assert first["transfer"] == second["transfer"] is not None
    assert first["document"] == second["document"]
    assert (stands(funder, giver)[1], stands(funder, taker)[1]) == (30, 70)
    over = post(funder, "transfers", {**body, "amount_vnd": 1})
    assert (conflict(over), over.json()["left_vnd"], over.json()["line"]) == ("already_committed", 0, giver)
    undone = post(
        funder,
        f"entries/{second['id']}/reversals",
        {"reason": "x", "occurred_on": "2023-06-02", "decision": DECISION},
    )
    assert conflict(undone) == "part_of_a_transfer"
    assert fault(post(funder, "transfers", {**body, "to_line": giver})) == ("/to_line", "same_line")
    assert fault(post(funder, "transfers", {**body, "to_line": "KHONG-1"})) == ("/to_line", "unknown_line")
    assert post(office, "transfers", body).json()["who_can"] == ["STC"]
    assert differences(service) == []


def test_no_operation_changes_or_deletes_an_entry(service: Service, office: httpx.Client) -> None:
    line = opened(office)["code"]
    one = write(office, "needs", line, 5)
    for method in ("PUT", "PATCH", "DELETE"):
        assert office.request(method, f"{BUDGET}/entries/{one['id']}").status_code == 405
    actor = Actor("SVHTTDL", AgencyKind.STATE_DEPARTMENT, 1, frozenset(Scope), "test")
    with service.database.writing() as session:
        row = session.query(LedgerEntry).filter_by(public_id=one["id"]).one()
        permits(session)[row] = Permit(Action.NEED_STATE, actor, Relation.SPENDER)
        row.amount_vnd = 6
        with pytest.raises(UngrantedChange, match="never changed"):
            session.flush()
        session.rollback()
    with service.database.writing() as session:
        session.delete(session.query(LedgerEntry).filter_by(public_id=one["id"]).one())
        with pytest.raises(UngrantedChange, match="never deleted"):
            session.flush()
        session.rollback()


def test_no_field_may_be_set_that_the_contract_does_not_name(
    service: Service, office: httpx.Client, funder: httpx.Client
) -> None:
    line = opened(office)["code"]
    before = rows(service)
    names = {
        *(
            column.name
            for table in (BudgetLine, LedgerEntry, Settlement)
            for column in table.__table__.columns
        ),
        *("spender", "can", "result", "entries", "kind_label", "amount_words_vi"),
    }
    moved = {"from_line": line, "to_line": line, "amount_vnd": 1, "occurred_on": "2023-06-01"}
    for form, client, noun, body in (
        (BudgetLineIn, office, "lines", line_of()),
        (EntryIn, office, "needs", entry(line, 1)),
        (EntryIn, office, "commitments", entry(line, 1)),
        (EntryIn, office, "spendings", entry(line, 1)),
        (AllocationIn, funder, "allocations", decided(line, 1)),
        (TransferIn, funder, "transfers", {**moved, "decision": DECISION}),
        (SettlementIn, office, "settlements", {"line": line, "amount_vnd": 1}),
    ):
        for name in sorted(names - set(form.model_fields)):
            assert fault(client.post(f"{BUDGET}/{noun}", json={**body, name: None})) == (
                f"/{name}",
                "unknown_field",
            )
    assert rows(service) == before


# Repetition.


def test_the_same_natural_key_is_the_same_entry(service: Service, office: httpx.Client) -> None:
    line, other = opened(office)["code"], opened(office)["code"]
    key = {"source_system": "ke-toan", "external_id": "2023/17"}
    first = post(office, "needs", entry(line, 5, **key))
    again = post(office, "needs", entry(line, 5, **key))
    assert (first.status_code, again.status_code, again.json()["result"]) == (201, 200, "unchanged")
    assert again.json()["entries"] == first.json()["entries"]
    assert again.headers["etag"] == first.headers["etag"]
    for different in (entry(line, 6, **key), entry(other, 5, **key), entry(line, 5, note="x", **key)):
        refused = post(office, "needs", different)
        assert (conflict(refused), refused.json()["entry"]) == (
            "entry_differs",
            first.json()["entries"][0]["id"],
        )
    mine = opened(pushing(service, "SCT"), agency="SCT")["code"]
    assert post(pushing(service, "SCT"), "needs", entry(mine, 5, **key)).status_code == 201
    assert fault(post(office, "needs", entry(line, 5, source_system="x")))[1] == "natural_key_incomplete"
    assert stands(office, line)[0] == 5


def test_the_same_idempotency_key_gets_the_same_answer(office: httpx.Client) -> None:
    header = {"Idempotency-Key": "k-1"}
    line = opened(office)["code"]
    answers = [office.post(f"{BUDGET}/needs", json=entry(line, 5), headers=header) for _ in range(2)]
    assert answers[0].content == answers[1].content
    assert stands(office, line)[0] == 5


# Who sees what.


def test_a_line_for_a_hidden_task_is_hidden_with_it(
    service: Service, office: httpx.Client, funder: httpx.Client, checker: httpx.Client
) -> None:
    army, owner = pushing(service, "BCHQS"), service["TTBCD"]
    secret = opened(army, agency="BCHQS", tasks=["IV.12.1"], title_vi="Việc nội bộ", needed_vnd=7)["code"]
    allocate(funder, secret, 100)
    plain = opened(office, tasks=["IV.7.a"])["code"]
    for client, sees in ((owner, True), (army, True), (funder, True), (checker, True), (office, False)):
        assert keys(client, f"{BUDGET}/lines") == ([secret, plain] if sees else [plain])
        assert (client.get(f"{BUDGET}/lines/{secret}").status_code == 200) == sees
        assert len(items(client, f"{BUDGET}/entries", line=secret)) == (2 if sees else 0)
        whole = client.get(BUDGET).json()
        assert (whole["lines"], whole["allocated_vnd"], whole["needed_vnd"]) == (
            (2, 100, 7) if sees else (1, 0, 0)
        )
        assert whole["allocated_vnd"] + whole["unallocated_vnd"] == TOTAL
    named = {
        caller: [one["code"] for one in client.get(f"{BUDGET}/lines/{secret}").json()["tasks"]]
        for caller, client in (("owner", owner), ("army", army), ("funder", funder))
    }
    assert named == {"owner": ["IV.12.1"], "army": ["IV.12.1"], "funder": []}, (
        "who decides sees the line alone"
    )
    assert keys(owner, f"{BUDGET}/lines", task="IV.12.1") == [secret]
    assert keys(funder, f"{BUDGET}/lines", task="IV.12.1") == []
    for noun, body in (("needs", entry(secret, 1)), ("commitments", entry("BCHQS-khong", 1))):
        assert fault(post(office, noun, body)) == ("/line", "unknown_line")
    hidden = items(owner, f"{BUDGET}/entries", line=secret)[0]["id"]
    body = {"reason": "x", "occurred_on": "2023-06-02"}
    assert post(office, f"entries/{hidden}/reversals", body).status_code == 404
    assert office.get(f"{BUDGET}/entries/{hidden}").status_code == 404
    told = {change["ref"] for change in items(office, "/v1/changes")}
    assert not told & {secret, hidden}
    question = {"action": "need.state", "on": f"plans/ttdn-2023/budget/lines/{secret}"}
    assert office.get("/v1/me/permissions", params=question).status_code == 422
    assert army.get("/v1/me/permissions", params=question).json()["allowed"]


def test_a_line_says_what_its_figures_leave_room_for(
    office: httpx.Client, funder: httpx.Client, checker: httpx.Client
) -> None:
    code = opened(office)["code"]
    acts = {"spending.record": office, "settlement.submit": office, "settlement.decide": checker}
    reasons = ("nothing_to_spend", "nothing_to_settle", "nothing_submitted")

    def can() -> set[str]:
        found = set()
        for (action, client), reason in zip(acts.items(), reasons, strict=True):
            asked = {"action": action, "on": f"plans/ttdn-2023/budget/lines/{code}"}
            told = client.get("/v1/me/permissions", params=asked).json()
            said = action in client.get(f"{BUDGET}/lines/{code}").json()["can"]
            listed = code in keys(client, f"{BUDGET}/lines", can=action)
            assert told["allowed"] == said == listed, action
            assert said or told["obstacle"]["reason"] == reason
            found |= {action} if said else set()
        return found

    spend, submit, decide = acts
    assert can() == set()
    allocate(funder, code, 100)
    assert can() == {spend}
    write(office, "commitments", code, 100)
    write(office, "spendings", code, 100)
    assert can() == {spend, submit}
    one = done(post(office, "settlements", {"line": code, "amount_vnd": 40}))
    assert can() == {spend, submit, decide}
    other = done(post(office, "settlements", {"line": code, "amount_vnd": 60}))
    assert can() == {decide}, "all of it waits"
    for each in (one, other):
        done(post(checker, f"settlements/{each['id']}/acceptances", acceptance()))
    assert can() == {decide}, "an acceptance may still be taken back"


def test_lists_can_be_asked_for_each_thing(office: httpx.Client, funder: httpx.Client) -> None:
    first, second = (
        opened(office, tasks=["IV.7.a"])["code"],
        opened(office, title_vi="Phim", events=["E11"])["code"],
    )
    allocate(funder, second, 100, occurred_on="2023-02-01")
    write(office, "needs", first, 7)
    write(office, "commitments", second, 50, occurred_on="2023-05-01")
    for asked, wanted in (
        ({"q": "phim"}, [second]),
        ({"task": "IV.7.a"}, [first]),
        ({"task": "II.2.4"}, []),  # which marks the event, and is none of the line's `tasks`
        ({"agency": "SCT"}, []),
        ({"sort": "-allocated_vnd"}, [second, first]),
        ({"can": "spending.record"}, [second]),
        ({"can": "need.state,spending.record"}, [first, second]),
        ({"can": "allocation.decide"}, []),
    ):
        assert keys(office, f"{BUDGET}/lines", **asked) == wanted
    assert keys(funder, f"{BUDGET}/lines", can="allocation.decide") == [first, second]
    for asked, amounts in (
        ({}, [50, 7, 100]),
        ({"sort": "occurred_on"}, [100, 7, 50]),
        ({"line": second}, [50, 100]),
        ({"kind": "need,commitment"}, [50, 7]),
        ({"occurred_from": "2023-03-01"}, [50, 7]),
        ({"occurred_to": "2023-02-28"}, [100]),
        ({"agency": "SVHTTDL", "source_system": "x"}, []),
    ):
        found = items(office, f"{BUDGET}/entries", **asked)
        assert [one["amount_vnd"] for one in found] == amounts, asked


# What a hostile reader found.


def test_an_opening_that_says_something_else_is_not_taken_for_the_same(
    office: httpx.Client, funder: httpx.Client
) -> None:
    body = line_of()
    assert post(office, "lines", {**body, "needed_vnd": 10}).status_code == 201
    assert post(office, "lines", {**body, "needed_vnd": 10}).status_code == 200
    other = post(office, "lines", {**body, "needed_vnd": 999})
    given = post(funder, "lines", {**body, "allocation": without_line(decided("", 300))})
    for one in (other, given):
        assert (one.status_code, one.json()["reason"]) == (409, "opened_otherwise")
    assert stands(office, body["code"])[:2] == (10, 0)


def without_line(body: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in body.items() if name != "line"}


def test_a_successor_goes_on_with_the_money(service: Service, funder: httpx.Client) -> None:
    old, owner = pushing(service, "STTTT"), service["TTBCD"]
    line = opened(old, agency="STTTT")["code"]
    allocate(funder, line, 100)
    write(old, "commitments", line, 80)
    to_the_purse = succession(owner, "STTTT", "VPTU")
    assert [error["code"] for error in to_the_purse.json()["errors"]] == ["holds_the_purse"]
    assert succession(owner, "STTTT", "SCT").status_code == 201
    assert post(old, "spendings", entry(line, 10)).json()["reason"] == "agency_not_active"
    write(service["SCT"], "spendings", line, 80)
    assert stands(service["SCT"], line) == (0, 100, 80, 80, 0)
    assert differences(service) == []


def succession(owner: httpx.Client, old: str, new: str) -> Any:
    change = {"change": "succession", "agency": old, "successor": new, "on": "2023-03-01"}
    body = {"decision": {**DECISION, "number": "09-QĐ/BCĐ-TTĐN"}, "changes": [change]}
    return owner.post(f"{BUDGET.rpartition('/')[0]}/amendments", json=body)


def test_no_power_over_money_meets_a_line_in_one_body(service: Service, office: httpx.Client) -> None:
    opened(office)
    for power in ("fund", "settle"):
        change = {"change": "power", "power": power, "task": "IV.1.3", "agency": "SVHTTDL"}
        body = {"decision": {**DECISION, "number": "09-QĐ/BCĐ-TTĐN"}, "changes": [change]}
        answer = service["TTBCD"].post(f"{BUDGET.rpartition('/')[0]}/amendments", json=body)
        assert [error["code"] for error in answer.json()["errors"]] == ["holds_the_purse"]
    for holder in ("STC", "VPTU"):
        answer = succession(service["TTBCD"], holder, "SVHTTDL")
        assert [(error["pointer"], error["code"]) for error in answer.json()["errors"]] == [
            ("/changes/0/successor", "holds_the_purse")
        ]
    assert succession(service["TTBCD"], "STC", "SKHDT").status_code == 201, "a body without a line"


def test_nothing_more_is_given_to_a_body_that_has_ended(service: Service, funder: httpx.Client) -> None:
    ending, other = (
        opened(pushing(service, "STTTT"), agency="STTTT")["code"],
        opened(service["SVHTTDL"])["code"],
    )
    allocate(funder, other, 50)
    abolish(service, "STTTT", "2023-06-30")
    assert fault(post(funder, "allocations", decided(ending, 10))) == ("/line", "agency_not_active")
    moved = without_line({**decided("", 10), "from_line": other, "to_line": ending})
    assert fault(post(funder, "transfers", moved)) == ("/to_line", "agency_not_active")


def test_a_reversal_says_where_it_is_and_is_not_before_what_it_takes_back(
    office: httpx.Client, funder: httpx.Client
) -> None:
    line = opened(office)["code"]
    given = allocate(funder, line, 100)
    path = f"{BUDGET}/entries/{given['id']}/reversals"
    body = {"reason": "Nhầm", "decision": DECISION, "occurred_on": "2022-01-01"}
    assert fault(funder.post(path, json=body)) == ("/occurred_on", "before_the_entry")
    made = funder.post(path, json={**body, "occurred_on": "2023-03-02"})
    assert made.status_code == 201
    assert funder.get(str(made.request.url.join(made.headers["location"]))).status_code == 200


def test_a_day_that_cannot_be_meant_is_no_day_for_an_entry_nor_for_its_paper(
    service: Service, office: httpx.Client, funder: httpx.Client
) -> None:
    line = opened(office)["code"]
    before = rows(service)
    told = fault(post(office, "needs", entry(line, 5, occurred_on="1899-12-30")))
    assert told == ("/occurred_on", "too_long_ago")
    paper = {"number": "15/HĐ", "issued_on": "1923-02-01"}
    assert fault(post(office, "needs", entry(line, 5, document=paper))) == (
        *("/document/issued_on", "too_long_ago"),
    )
    given = {**DECISION, "decided_on": "1923-02-15"}
    assert fault(post(funder, "allocations", decided(line, 5, decision=given))) == (
        *("/decision/decided_on", "too_long_ago"),
    )
    assert rows(service) == before
    write(office, "needs", line, 5, occurred_on="2022-12-01", document={**paper, "issued_on": "2013-02-01"})


def test_pointers_lead_to_what_was_said(office: httpx.Client, funder: httpx.Client) -> None:
    future = {**without_line(decided("", 5)), "occurred_on": "2999-01-01"}
    assert fault(post(funder, "lines", line_of(allocation=future))) == (
        "/allocation/occurred_on",
        "in_the_future",
    )
    wrong = line_of(tasks=["IV.7.a", "IV.7.a", "IV.99"])
    assert fault(post(office, "lines", wrong))[0] == "/tasks/2"


def test_money_that_crosses_bodies_gives_no_price(
    service: Service, office: httpx.Client, funder: httpx.Client
) -> None:
    """What is spent on another body's duty is no part of the price of one's own outputs."""
    line = opened(office, tasks=["IV.6.a"])["code"]
    allocate(funder, line, 70)
    write(office, "commitments", line, 70)
    write(office, "spendings", line, 70)
    found = {row["key"]: row for row in items_of(service["TTBCD"], "agency")}
    assert (found["SVHTTDL"]["spent_vnd"], found["SVHTTDL"]["cost"]) == (70, None)


def test_money_of_a_programme_item_is_not_missing_from_its_duties(
    service: Service, office: httpx.Client, funder: httpx.Client
) -> None:
    item = next(
        task
        for task in items(
            service["TTBCD"], f"{BUDGET.rpartition('/')[0]}/tasks", family="programme", include="links"
        )
        if task["implemented_by"]
    )
    line = opened(office, tasks=[item["code"]])["code"]
    allocate(funder, line, 60)
    write(office, "commitments", line, 60)
    write(office, "spendings", line, 60)
    found = {row["key"]: row for row in items_of(service["TTBCD"], "task")}
    assert found[item["code"]]["spent_vnd"] == 60
    duties = [found[duty["task"]["code"]] for duty in item["implemented_by"] if duty["task"]["code"] in found]
    assert duties
    assert {row["cost"] for row in duties} == {None}


def items_of(client: httpx.Client, by: str) -> list[dict[str, Any]]:
    answer = client.get(f"{BUDGET}/rollup", params={"by": by})
    assert answer.status_code == 200, answer.text
    return list(answer.json()["items"])
