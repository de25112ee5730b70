"""Races of batches between two processes, on both databases: one effect, one answer, no circle of waiting."""

from functools import partial
from itertools import count
from typing import Any

import pytest
from sqlalchemy import func, select

from app.models import Activity, Change, Receipt, Replay
from tests.faults.doors import Doors
from tests.faults.offices import DAYS
from tests.faults.together import at_once, statuses
from tests.service import PLAN, training

BATCH = f"{PLAN}/activities/batch"
_series = count(1)


def batch(mark: str, *tasks: str) -> dict[str, Any]:
    """A record for each of these tasks, none of which another batch has."""
    records = [
        training(
            task=task, output=None, title=f"{mark}-{n}", source_system="races", external_id=f"{mark}-{n}"
        )
        for n, task in enumerate(tasks)
    ]
    return {"records": records}


def titles(doors: Doors, mark: str) -> list[str]:
    """The titles on record that carry this mark."""
    query = select(Activity.title).where(Activity.title.startswith(f"{mark}-")).order_by(Activity.title)
    return doors.site.look(lambda session: list(session.scalars(query)))


def created(doors: Doors, mark: str) -> int:
    """How many journal entries say that a record with this mark was made."""
    refs = select(Activity.public_id).where(Activity.title.startswith(f"{mark}-"))
    query = select(func.count()).select_from(Change).where(Change.ref.in_(refs))
    return doors.site.look(lambda session: session.scalars(query).one())


@pytest.mark.parametrize("mode", ["partial", "atomic"])
def test_forty_repetitions_of_a_batch_have_one_effect_and_one_answer(doors: Doors, mode: str) -> None:
    mark = f"lap {next(_series)}"
    headers, asked = {"Idempotency-Key": mark}, {"mode": mode}
    body = batch(mark, "IV.7.a", "IV.7.b", "IV.7.c", "IV.7.a", "IV.7.b")

    answers = at_once(
        partial(client.post, BATCH, json=body, headers=headers, params=asked)
        for client in doors.many("SVHTTDL", 40)
    )

    assert statuses(answers) == {200: 40}
    assert len({(answer.content, answer.headers["etag"]) for answer in answers}) == 1
    said = answers[0].json()
    assert said["counts"]["created"] == 5
    assert titles(doors, mark) == [f"{mark}-{n}" for n in range(5)]
    assert created(doors, mark) == 5
    receipts = select(func.count()).select_from(Receipt).where(Receipt.public_id == said["receipt"])
    assert doors.site.look(lambda session: session.scalars(receipts).one()) == 1


def test_forty_different_batches_under_one_key_let_one_through(doors: Doors) -> None:
    mark = f"khac {next(_series)}"
    headers = {"Idempotency-Key": mark}

    answers = at_once(
        partial(client.post, BATCH, json=batch(f"{mark}-{n}", "IV.7.a", "IV.7.b"), headers=headers)
        for n, client in enumerate(doors.many("SVHTTDL", 40))
    )

    assert statuses(answers) == {200: 1, 422: 39}
    refused = [answer.json()["code"] for answer in answers if answer.status_code == 422]
    assert set(refused) == {"idempotency_key_reused"}
    winner = next(n for n, answer in enumerate(answers) if answer.status_code == 200)
    assert titles(doors, mark) == [f"{mark}-{winner}-0", f"{mark}-{winner}-1"]
    replays = select(func.count()).select_from(Replay).where(Replay.idempotency_key == mark)
    assert doors.site.look(lambda session: session.scalars(replays).one()) == 1


def test_the_same_key_in_two_agencies_hands_is_two_keys(doors: Doors) -> None:
    """Forty at once, half of them another agency's: it never sees what the first one was told."""
    mark = f"chung {next(_series)}"
    headers, body = {"Idempotency-Key": mark}, batch(mark, "IV.7.a", "IV.6.a")
    pairs = zip(doors.many("SVHTTDL", 20), doors.many("SCT", 20), strict=True)

    answers = at_once(
        partial(client.post, BATCH, json=body, headers=headers) for pair in pairs for client in pair
    )

    assert statuses(answers) == {200: 40}
    ours, theirs = answers[0::2], answers[1::2]
    assert {len({answer.content for answer in side}) for side in (ours, theirs)} == {1}
    told = [[row["result"] for row in side[0].json()["results"]] for side in (ours, theirs)]
    assert told == [["created", "refused"], ["refused", "created"]]
    receipts = [side[0].json()["receipt"] for side in (ours, theirs)]
    assert len({*receipts}) == 2
    for agency, own, other in (("SVHTTDL", *receipts), ("SCT", *reversed(receipts))):
        client = doors[agency]
        found = [client.get(f"{PLAN}/receipts/{one}").status_code for one in (own, other)]
        assert found == [200, 404]


def test_a_refused_batch_does_not_burn_its_key_for_those_who_wait(doors: Doors) -> None:
    """Twenty atomic ones with a fault in them and twenty sound ones: one of the sound ones is stored."""
    mark = f"chay {next(_series)}"
    headers, asked = {"Idempotency-Key": mark}, {"mode": "atomic"}
    sound, faulty = batch(mark, "IV.7.a", "IV.7.b"), batch(mark, "IV.7.a", "IV.6.a")

    answers = at_once(
        partial(client.post, BATCH, json=sound if n % 2 else faulty, headers=headers, params=asked)
        for n, client in enumerate(doors.many("SVHTTDL", 40))
    )

    assert {answer.status_code for answer in answers[1::2]} == {200}
    assert len({answer.content for answer in answers[1::2]}) == 1
    codes = {answer.json()["code"] for answer in answers[0::2]}
    assert codes <= {"batch_refused", "idempotency_key_reused"}
    assert titles(doors, mark) == [f"{mark}-0", f"{mark}-1"]


def test_batches_in_opposite_orders_do_not_wait_in_a_circle(doors: Doors) -> None:
    """The same three tasks, forwards and backwards, by the body itself and for it, some records twice."""
    mark = f"vong {next(_series)}"
    tasks = ["IV.7.a", "IV.7.b", "IV.7.c"] * 4
    bodies = [batch(f"{mark}-{n % 8}", *tasks) for n in range(24)]
    for n, body in enumerate(bodies):
        body["records"][:] = body["records"][:: 1 if n % 2 else -1]
    helper = [{"records": [{**one, "agency": "SVHTTDL"} for one in body["records"]]} for body in bodies[:8]]

    answers = at_once(
        [
            *(
                partial(client.post, BATCH, json=body)
                for client, body in zip(doors.many("SVHTTDL", 24), bodies, strict=True)
            ),
            *(
                partial(client.post, BATCH, json=body)
                for client, body in zip(doors.many("BPGV", 8), helper, strict=True)
            ),
        ]
    )

    assert statuses(answers) == {200: 32}
    assert sum(answer.json()["counts"]["refused"] for answer in answers) == 0
    assert sum(answer.json()["counts"]["created"] for answer in answers) == 8 * len(tasks)
    assert created(doors, mark) == 8 * len(tasks)


def test_batches_of_many_bodies_on_one_task_are_counted_exactly(doors: Doors) -> None:
    """Periods of one duty: two bodies owe it, each its own quarters."""
    mark = f"quy {next(_series)}"
    body = {
        agency: {
            "records": [
                training(
                    task="IV.9.1",
                    output=None,
                    kind="news",
                    occurred_on=day,
                    title=f"{mark}-{agency}-{n}",
                    source_system="races",
                    external_id=f"{mark}-{n}",
                )
                for n, day in enumerate(DAYS * 3)
            ]
        }
        for agency in ("BAOTV", "DAITV")
    }
    calls = [
        partial(client.post, BATCH, json=body[agency]) for agency in body for client in doors.many(agency, 12)
    ]

    answers = at_once(calls)

    assert statuses(answers) == {200: 24}
    tallied = [answer.json()["counts"] for answer in answers]
    assert sum(one["created"] for one in tallied) == 2 * 12
    assert sum(one["unchanged"] for one in tallied) == 22 * 12
    assert len(titles(doors, mark)) == 2 * 12


def test_one_natural_key_under_two_tasks_refuses_that_record_alone(doors: Doors) -> None:
    """Which of the two comes first keeps it; the others of both batches are taken."""
    for _ in range(6):
        mark = f"hai {next(_series)}"
        bodies = [batch(f"{mark}-{task}", *[task] * 5) for task in ("IV.7.b", "IV.7.c")]
        for body in bodies:
            body["records"][0]["external_id"] = mark

        answers = at_once(
            partial(client.post, BATCH, json=body)
            for client, body in zip(doors.many("SVHTTDL", 2), bodies, strict=True)
        )

        assert statuses(answers) == {200: 2}
        counts = [answer.json()["counts"] for answer in answers]
        assert sorted((one["created"], one["refused"]) for one in counts) == [(4, 1), (5, 0)]
        assert created(doors, mark) == 9
