"""Many records in one push: each is told what it would have been told alone, whatever the others are; and any
order, split or repetition of them ends in one state."""

from random import Random
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from sqlalchemy import event

from app.web import desk
from tests.deciding import acted, contents, decide, decided, leads, nodes, output
from tests.patience import TIMES
from tests.service import PLAN, Service, undated
from tests.writing import beside, differences, journal, news, record, recorded, rows

if TYPE_CHECKING:
    from tests.conftest import Seeded

URL = f"{PLAN}/activities/batch"
KEY = {"source_system": "qlvb", "external_id": "1"}


def push(client: httpx.Client, *records: Any, **asked: str) -> dict[str, Any]:
    """Push a batch; it is taken."""
    answer = client.post(URL, json={"records": list(records)}, params=asked)
    assert answer.status_code == 200, answer.text
    said: dict[str, Any] = answer.json()
    assert [row["index"] for row in said["results"]] == list(range(len(records)))
    told = [row["result"] for row in said["results"]]
    assert said["counts"] == {word: told.count(word) for word in said["counts"]}
    return said


def results(said: dict[str, Any]) -> list[str]:
    """What came of each."""
    return [row["result"] for row in said["results"]]


MIXED: list[Any] = [
    news("IV.7.a", output="M1", **KEY),
    news("IV.6.a", quantity=2),
    {**news("IV.7.a"), "titel": "x"},
    news("IV.7.b", output="M9"),
    news("IV.9.1"),
    7,
    news("IV.7.c", output="M1", occurred_on="2022-12-31"),
    news("IV.7.c", occurred_on="2022-12-31"),
    {**news("IV.7.a"), "quantity": 0, "title": ""},
    {**news("IV.7.a"), **{f"x{n}": n for n in range(60)}},
    news("KHONG.CO"),
    news("IV.10.1"),
    news("IV.7.a", output="M1", title="Lần hai", **KEY),
    news("IV.7.b", **KEY),
    news("IV.7.b", agency="SVHTTDL", output="M1", occurred_on="2099-01-01"),
    news("IV.7.b", output="M1"),
]
"""Good and bad records, in an order in which nobody would take them."""


def test_each_record_is_told_what_it_would_be_told_alone(seeded: "Seeded") -> None:
    with (
        Service(seeded.copy(), seeded.secrets) as alone,
        Service(seeded.copy(), seeded.secrets) as together,
    ):
        said = push(together["SVHTTDL"], *MIXED)["results"]
        for place, (body, row) in enumerate(zip(MIXED, said, strict=True)):
            answer = alone["SVHTTDL"].post(f"{PLAN}/activities", json=body)
            told = answer.json()
            if answer.is_success:
                shown = told["activity"]
                assert row["refusal"] is None
                assert (row["result"], row["moved"], row["hint_vi"]) == (
                    told["result"],
                    told["moved"],
                    told["hint_vi"],
                )
                assert (row["task"], row["agency"], row["output"], row["counts"]) == (
                    shown["task"]["code"],
                    shown["agency"]["code"],
                    shown["output"],
                    shown["counts"],
                )
            else:
                why = row["refusal"]
                assert (why["status"], why["code"]) == (answer.status_code, told["code"]), (body, why)
                assert why["detail_vi"] == told["detail"]
                assert [(e["pointer"], e["code"], e["message_vi"]) for e in why["errors"]] == [
                    (f"/records/{place}{e['pointer']}", e["code"], e["message"]) for e in told["errors"]
                ]
                assert why["facts"].items() <= told.items()
        assert len(set(results({"results": said}))) == 3
        assert nodes(alone["TTBCD"], "assignment") == nodes(together["TTBCD"], "assignment")
        pushes = sum(row["refusal"] is None for row in said)
        assert {**rows(together), "receipts": pushes} == rows(alone)
        assert differences(together) == []
        shown = together["SVHTTDL"].get(f"{PLAN}/activities/{said[0]['activity']}").json()
        assert shown["title"] == "Lần hai"


def test_a_record_that_fails_halfway_leaves_no_trace_in_those_after_it(service: Service) -> None:
    """The first of these takes the last evidence of something confirmed; that is refused late."""
    office = service["BAOTV"]
    made = record(office, "IV.9.1", occurred_on="2023-02-01", **KEY)
    acted(service["TTBCD"], output(office, "IV.9.1", "BAOTV", made["activity"]["output"]), "confirmations")
    moves = news("IV.9.1", occurred_on="2023-05-05", **KEY)
    said = push(office, moves, news("IV.9.1", occurred_on="2023-05-06"), moves)
    assert results(said) == ["refused", "created", "refused"]
    assert said["results"][0]["refusal"]["code"] == "conflict"
    assert said["results"][1]["moved"][0]["output"] == "2023-Q2"
    assert differences(service) == []


def test_a_body_may_be_named_in_some_records_and_left_out_in_others(service: Service) -> None:
    """It is one body's part all the same: each of these opens an occurrence of its own."""
    opening = news("IV.3.a", opens_occurrence=True)
    said = push(service["VPUBND"], opening, {**opening, "agency": "VPUBND"}, opening)
    assert [row["output"] for row in said["results"]] == ["O1", "O2", "O3"]
    assert differences(service) == []


def test_what_is_on_file_for_another_task_is_told_as_it_is_there(service: Service) -> None:
    office, dated = service["SVHTTDL"], {**KEY, "source_updated_at": "2023-06-01T08:00:00Z"}
    record(office, "IV.7.a", output="M1", **dated)
    (row,) = push(office, news("IV.7.b", **dated))["results"]
    told = (row["result"], row["task"], row["agency"], row["output"], row["counts"])
    assert told == ("unchanged", "IV.7.a", "SVHTTDL", "M1", True)


def test_a_batch_is_one_change_of_each_output_and_a_version_of_each_record(service: Service) -> None:
    before = len(journal(service))
    first = [news("IV.9.1", source_system="qlvb", external_id=str(n)) for n in range(3)]
    push(service["BAOTV"], *first, {**first[0], "title": "Sửa"}, {**first[0], "title": "Sửa nữa"})
    entries = [(one.subject, one.operation, one.version) for one in journal(service)[before:]]
    records = [one for one in entries if one[0] == "activity"]
    assert records == [
        *[("activity", "created", 1)] * 3,
        ("activity", "changed", 2),
        ("activity", "changed", 3),
    ]
    assert len([one for one in entries if one[0] == "output"]) == 1


def test_statements_grow_with_the_parts_of_a_batch_and_not_with_its_records(service: Service) -> None:
    asked = []
    for size in (1, 5, 50):  # the first moves something
        statements: list[str] = []

        def count(_c: Any, _k: Any, statement: str, *_: Any, into: list[str] = statements) -> None:
            into.append(statement)

        event.listen(service.database.engine, "before_cursor_execute", count)
        push(service["BAOTV"], *(news("IV.9.1", title=f"{size}/{n}") for n in range(size)))
        event.remove(service.database.engine, "before_cursor_execute", count)
        asked.append(len(statements))
    assert asked[1] == asked[2]


def test_an_atomic_batch_is_stored_whole_or_not_at_all(service: Service) -> None:
    office, before = service["SVHTTDL"], contents(service)
    good = [news("IV.7.a", output="M1"), news("IV.7.b", output="M1")]
    for bad, pointer, code in (
        ({**news("IV.7.a"), "titel": "x"}, "/records/1/titel", "unknown_field"),
        (news("IV.6.a"), "/records/1", "not_permitted"),
        (news("IV.7.c", output="M9"), "/records/1/output", "unknown_output"),
    ):
        body = {"records": [good[0], bad, good[1]]}
        refused = office.post(URL, json=body, params={"mode": "atomic"})
        assert (refused.status_code, refused.json()["code"]) == (422, "batch_refused")
        assert refused.headers["content-type"] == "application/problem+json"
        assert [(one["pointer"], one["code"]) for one in refused.json()["errors"]] == [(pointer, code)]
        assert [row["index"] for row in refused.json()["results"]] == [1]
        assert contents(service) == before
    said = push(office, *good, mode="atomic")
    assert results(said) == ["created", "created"]
    assert rows(service)["activities"] == 2


@pytest.mark.parametrize("mode", ["partial", "atomic"])
def test_a_rehearsal_answers_what_the_push_would_and_stores_nothing(service: Service, mode: str) -> None:
    office = service["SVHTTDL"]
    record(office, "IV.7.a", output="M1", **KEY)
    before = contents(service)
    batch = MIXED if mode == "partial" else [news("IV.7.b", output="M1"), news("IV.7.a", title="x", **KEY)]
    asked = {"mode": mode}
    tried = push(office, *batch, dry_run="true", **asked)
    assert contents(service) == before
    done = push(office, *batch, **asked)
    assert (tried["applied"], done["applied"]) == (False, True)
    for row in (*tried["results"], *done["results"]):
        if row["result"] == "created":
            row["activity"] = None
    assert {**tried, "applied": True, "receipt": done["receipt"]} == done
    assert tried["receipt"] is None
    if mode == "atomic":
        batch[0]["titel"] = "x"
        refused = office.post(URL, json={"records": batch}, params={"mode": mode, "dry_run": "true"})
        assert (refused.status_code, refused.json()["code"]) == (422, "batch_refused")


def test_a_repeated_batch_gets_the_first_answer_and_another_one_under_its_key_none(service: Service) -> None:
    office, key = service["SVHTTDL"], {"Idempotency-Key": "lo-1"}
    body = {"records": [news("IV.7.a", output="M1"), news("IV.6.a")]}
    first = office.post(URL, json=body, headers=key)
    before = contents(service)
    again = office.post(URL, json=body, headers=key)
    assert (again.status_code, again.content) == (first.status_code, first.content)
    for other, asked in (({"records": body["records"][:1]}, {}), (body, {"mode": "atomic"})):
        refused = office.post(URL, json=other, headers=key, params=asked)
        assert (refused.status_code, refused.json()["code"]) == (422, "idempotency_key_reused")
    assert contents(service) == before
    assert service["SCT"].post(URL, json=body, headers=key).json() != first.json(), "keys are per caller"


@pytest.mark.parametrize(
    ("body", "pointer", "code"),
    [
        ({}, "/records", "missing"),
        ({"records": []}, "/records", "too_few"),
        ({"records": {}}, "/records", "wrong_type"),
        ({"records": [news("IV.7.a")] * 1001}, "/records", "too_many"),
        ({"records": [news("IV.7.a")], "mode": "atomic"}, "/mode", "unknown_field"),
        ([news("IV.7.a")], "", "wrong_type"),
    ],
)
def test_an_envelope_that_is_wrong_is_refused_as_a_whole(
    service: Service, body: Any, pointer: str, code: str
) -> None:
    answer = service["SVHTTDL"].post(URL, json=body)
    assert answer.status_code == 422
    assert [(one["pointer"], one["code"]) for one in answer.json()["errors"]] == [(pointer, code)]
    assert rows(service)["activities"] == 0


def test_a_thousand_records_are_one_push_and_as_many_journal_rows_as_effects(service: Service) -> None:
    decided(service["TTBCD"], {"change": "target", "task": "IV.6.a", "target": 90})
    before = len(journal(service))
    batch = [
        news("IV.6.a", title=f"Kết nối {n}", source_system="qlvb", external_id=str(n)) for n in range(1000)
    ]
    assert push(service["SCT"], *batch)["counts"]["created"] == 1000
    entries = [entry for entry in journal(service)[before:] if entry.subject == "activity"]
    assert (len(entries), rows(service)["activities"]) == (1000, 1000)
    assert push(service["SCT"], *batch)["counts"]["unchanged"] == 1000
    assert (
        service["SCT"]
        .get(f"{PLAN}/assignments", params={"task": "IV.6.a"})
        .json()["items"][0]["recorded_quantity"]
        == 1000
    )
    assert differences(service) == []


# Any order, split, repetition and interleaving.

BODIES: dict[str, tuple[tuple[str, dict[str, Any]], ...]] = {
    "SVHTTDL": (("IV.7.a", {"output": "M1"}), ("IV.7.b", {"output": "M1"}), ("IV.7.c", {})),
    "BAOTV": (("IV.9.1", {}), ("IV.7.b", {})),
    "SCT": (("IV.6.a", {}),),
    "VPUBND": (("IV.3.a", {"opens_occurrence": True}),),
    "UBND.TPTV": (("IV.14.1", {}),),
}
"""What each body's script pushes: all kinds of duties, as lead and as coordinator."""


def sources(dice: Random) -> dict[str, list[dict[str, Any]]]:
    """What the offices' systems hold: records in several versions each, the later ones corrected. A record
    that opens an occurrence, or finds none, keeps its day: its task is what it was."""
    made: dict[str, list[dict[str, Any]]] = {}
    for body, duties in BODIES.items():
        made[body] = []
        for number in range(dice.randint(1, 4)):
            task, more = dice.choice(duties)
            for version in range(dice.randint(1, 3)):
                made[body].append(
                    news(
                        task,
                        title=f"Việc {number}, bản {version}",
                        occurred_on=f"2023-{dice.randint(1, 9):02}-{dice.randint(1, 28):02}",
                        quantity=dice.randint(1, 3),
                        source_system="he-thong",
                        external_id=f"{number}",
                        source_updated_at=f"2023-10-01T08:00:0{version}+07:00",
                        **more,
                    )
                )
    return made


def scattered(dice: Random, service: Service, made: dict[str, list[dict[str, Any]]]) -> None:
    """Push all of it, in some order, in batches of some size, some of them again; bodies in between each
    other."""
    batches = []
    for body, records in made.items():
        waiting = [*records, *dice.choices(records, k=dice.randint(0, 5))]
        dice.shuffle(waiting)
        while waiting:
            size = dice.choice([1, 2, 5, 20])
            batches.append((body, waiting[:size]))
            del waiting[:size]
    dice.shuffle(batches)
    for body, batch in batches:
        if len(batch) == 1 and dice.random() < 0.5:
            assert service[body].post(f"{PLAN}/activities", json=batch[0]).is_success
        else:
            said = push(service[body], *batch, mode=dice.choice(["partial", "atomic"]))
            assert "refused" not in results(said), said


def state(service: Service) -> tuple[Any, ...]:
    """What is on record, and every figure; an occurrence is one of several, whatever its number."""
    held = []
    for one in service["BPGV"].get(f"{PLAN}/activities", params={"limit": "200"}).json()["items"]:
        said = {name: one[name] for name in ("occurred_on", "title", "quantity", "counts", "external_id")}
        held.append((one["agency"]["code"], one["task"]["code"], *said.values()))
    rolled = service["TTBCD"].get(f"{PLAN}/progress", params={"by": "assignment"}).json()
    for row in (rolled["total"], *rolled["items"]):
        row.pop("confidence")
    return sorted(held), undated(rolled)


@pytest.mark.parametrize("seed", range(6 * TIMES))
def test_any_order_split_repetition_and_interleaving_ends_in_one_state(seeded: "Seeded", seed: int) -> None:
    ends = []
    for way in range(3):
        with Service(seeded.copy(), seeded.secrets) as service:
            decided(service["TTBCD"], {"change": "target", "task": "IV.6.a", "target": 9})
            scattered(Random(f"{seed}/{way}"), service, sources(Random(seed)))
            assert differences(service) == []
            ends.append(state(service))
    assert ends[0] == ends[1] == ends[2]


@pytest.mark.parametrize(
    "other",
    [
        "batch",
        [{"change": "weight", "task": task, "weight": 2} for task in ("IV.12.1", "IV.7.a")],
        [{"change": "power", "power": "fund", "task": "IV.12.1", "agency": "STC"}],
    ],
)
def test_a_push_and_what_comes_beside_it_do_not_wait_in_a_circle(
    service: Service, monkeypatch: pytest.MonkeyPatch, other: str | list[dict[str, Any]]
) -> None:
    """All take up tasks in the order of the document, in which IV.7 stands before IV.12: nobody is undone for
    another, not even once."""
    owner, office = service["TTBCD"], service["SVHTTDL"]
    decided(owner, leads("IV.12.1", "SVHTTDL"))
    monkeypatch.setattr(desk, "ATTEMPTS", 1)
    early, late = news("IV.7.a", output="M1"), news("IV.12.1")

    def send() -> httpx.Response:
        if isinstance(other, str):
            return office.post(URL, json={"records": [late, early]})
        return decide(owner, *other)

    said = beside(service, "SVHTTDL", recorded(early), send, recorded(late))
    assert said.status_code in (200, 201), said.text
    assert differences(service) == []
