"""Races between two processes on both databases: one wins, the others are told so, and every count is exact.

Two processes hold the races within one as well: half of the clients meet in each.
"""

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing
from datetime import timedelta
from functools import partial
from itertools import count, cycle
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import func, select

from app.db import Database
from app.models import Activity, Agency, Assignment, Change, Output, Plan, Replay, Task
from app.rules.vocabulary import Scope
from app.services import audit, keys
from app.settings import Settings
from tests.faults.doors import Doors
from tests.faults.offices import DAYS
from tests.faults.sites import Site, launcher
from tests.faults.together import at_once, statuses
from tests.servers import ServerProcess, ThrowAwayPostgres
from tests.service import PLAN, training

ACTIVITIES = f"{PLAN}/activities"
_numbers = count(1)


def natural() -> dict[str, str]:
    """A natural key that no other test has."""
    return {"source_system": "races", "external_id": f"{next(_numbers)}"}


def stored(site: Site, **wanted: Any) -> list[Activity]:
    """The records with these columns."""
    conditions = [getattr(Activity, name) == value for name, value in wanted.items()]
    return site.look(lambda session: list(session.scalars(select(Activity).where(*conditions))))


def entries(site: Site, ref: str) -> int:
    """How many journal entries a row has."""
    return site.look(
        lambda session: session.scalars(
            select(func.count()).select_from(Change).where(Change.ref == ref)
        ).one()
    )


def test_fifty_corrections_of_one_version_let_one_through(doors: Doors) -> None:
    made = doors["SVHTTDL"].post(ACTIVITIES, json=training())
    assert made.status_code == 201
    record = made.json()["activity"]["id"]
    before = entries(doors.site, record)
    meant_for = {"If-Match": made.headers["etag"]}

    answers = at_once(
        partial(client.patch, f"{ACTIVITIES}/{record}", json={"title": f"Bản {n}"}, headers=meant_for)
        for n, client in enumerate(doors.many("SVHTTDL", 50))
    )

    assert statuses(answers) == {200: 1, 412: 49}
    winner = next(answer.json()["activity"] for answer in answers if answer.status_code == 200)
    (row,) = stored(doors.site, public_id=record)
    assert (row.title, row.version) == (winner["title"], 2)
    assert entries(doors.site, record) == before + 1


def test_forty_repetitions_have_one_effect_and_one_answer(doors: Doors) -> None:
    body, headers = training(title=f"Lặp {next(_numbers)}"), {"Idempotency-Key": f"same-{next(_numbers)}"}

    answers = at_once(
        partial(client.post, ACTIVITIES, json=body, headers=headers) for client in doors.many("SVHTTDL", 40)
    )

    assert statuses(answers) == {201: 40}
    assert {"etag", "location"} <= set(answers[0].headers)
    said = {(answer.content, *sorted(_lasting(answer))) for answer in answers}
    assert len(said) == 1
    (row,) = stored(doors.site, title=body["title"])
    assert row.public_id == answers[0].json()["activity"]["id"]
    assert entries(doors.site, row.public_id) == 1


def _lasting(answer: httpx.Response) -> list[tuple[str, str]]:
    """The headers of an answer, but those of this one request."""
    return [header for header in answer.headers.multi_items() if header[0] not in ("date", "x-request-id")]


def test_forty_different_requests_under_one_key_let_one_through(doors: Doors) -> None:
    mark, headers = f"Khác {next(_numbers)}", {"Idempotency-Key": f"other-{next(_numbers)}"}

    answers = at_once(
        partial(client.post, ACTIVITIES, json=training(title=f"{mark}-{n}"), headers=headers)
        for n, client in enumerate(doors.many("SVHTTDL", 40))
    )

    assert statuses(answers) == {201: 1, 422: 39}
    assert {answer.json()["code"] for answer in answers if answer.status_code == 422} == {
        "idempotency_key_reused"
    }
    kept = doors.site.look(
        lambda session: [
            title for title in session.scalars(select(Activity.title)) if title.startswith(f"{mark}-")
        ]
    )
    assert len(kept) == 1
    replays = select(Replay).where(Replay.idempotency_key == headers["Idempotency-Key"])
    assert doors.site.look(lambda session: len(session.scalars(replays).all())) == 1


@pytest.mark.parametrize("days", [DAYS[:1], DAYS], ids=["one period", "four periods"])
def test_forty_pushes_by_one_agency_are_counted_exactly(doors: Doors, days: tuple[str, ...]) -> None:
    before = standing_by_period(doors.site)

    answers = at_once(
        partial(client.post, ACTIVITIES, json=broadcast(day))
        for day, client in zip(cycle(days), doors.many("DAITV", 40), strict=False)
    )

    assert statuses(answers) == {201: 40}
    after = standing_by_period(doors.site)
    each = 40 // len(days)
    assert sum(after.values()) - sum(before.values()) == 40
    assert sorted(after[code] - before[code] for code in after) == [0] * (4 - len(days)) + [each] * len(days)
    asked = doors["TTBCD"].get(f"{PLAN}/progress", params={"agency": "DAITV", "task": "IV.9.2"}).json()
    evidenced = asked["total"]["evidenced"]
    assert evidenced["numerator"] * 4 == evidenced["denominator"] * sum(map(bool, after.values()))


def broadcast(day: str) -> dict[str, str]:
    """A record of DAITV's for one of its periods."""
    return {"task": "IV.9.2", "kind": "broadcast", "title": "Chuyên mục", "occurred_on": day, **natural()}


def standing_by_period(site: Site) -> dict[str, int]:
    """The counters of DAITV's four periods under IV.9.2."""
    query = (
        select(Output.code, Output.evidence)
        .join(Assignment, Assignment.id == Output.assignment_id)
        .join(Agency, Agency.id == Assignment.agency_id)
        .join(Task, Task.id == Output.task_id)
        .where(Agency.code == "DAITV", Task.code == "IV.9.2")
    )
    return site.look(lambda session: dict(session.execute(query).all()))


def test_thirty_pushes_of_one_natural_key_make_one_record(doors: Doors) -> None:
    key = natural()

    answers = at_once(
        partial(client.post, ACTIVITIES, json=training(title=f"Bản {n}", **key))
        for n, client in enumerate(doors.many("SVHTTDL", 30))
    )

    assert statuses(answers) == {200: 29, 201: 1}
    (row,) = stored(doors.site, **key)
    assert row.version == entries(doors.site, row.public_id) == 30
    assert row.title in {answer.json()["activity"]["title"] for answer in answers}


def test_one_natural_key_on_two_tasks_makes_one_record(doors: Doors) -> None:
    """Two tasks have two assignments, so no lock orders these: the unique key does."""
    key, places = natural(), ({"task": "IV.7.a"}, {"task": "IV.7.b"})

    answers = at_once(
        partial(client.post, ACTIVITIES, json=training(**place, **key))
        for place, client in zip(cycle(places), doors.many("SVHTTDL", 30), strict=False)
    )

    assert set(statuses(answers)) <= {200, 201, 409}
    assert statuses(answers)[201] == 1
    (row,) = stored(doors.site, **key)
    assert row.version == entries(doors.site, row.public_id) == 1


def test_withdrawals_and_pushes_at_once_leave_an_exact_count(doors: Doors) -> None:
    pushed = [
        doors["SVHTTDL"].post(ACTIVITIES, json=training(**natural())).json()["activity"]["id"]
        for _ in range(5)
    ]
    clients = doors.many("SVHTTDL", 30)

    answers = at_once(
        [
            *(
                partial(client.post, f"{ACTIVITIES}/{record}/withdrawals", json={"reason": "Ghi nhầm"})
                for record, client in zip(cycle(pushed), clients[:15], strict=False)
            ),
            *(partial(client.post, ACTIVITIES, json=training(**natural())) for client in clients[15:]),
        ]
    )

    assert statuses(answers[:15]) == {200: 10, 201: 5}
    assert statuses(answers[15:]) == {201: 15}


def test_a_revoked_key_is_refused_by_the_next_request_everywhere(doors: Doors) -> None:
    database = Database(Settings(DATABASE_URL=doors.site.url))
    with database.writing() as session:
        key, secret = keys.issue(
            session, keys.technician(), "SCT", "to be revoked", (Scope.PUSH,), timedelta(days=1)
        )
    clients = doors.many("SCT", 40)
    bearer = {"Authorization": f"Bearer {secret}"}
    ask = [partial(client.get, "/v1/me", headers=bearer) for client in clients]
    assert statuses(at_once(ask)) == {200: 40}

    with database.writing() as session:
        keys.revoke(session, keys.technician(), key.public_id)
    database.dispose()

    answers = at_once(ask)
    assert statuses(answers) == {401: 40}
    assert {answer.json()["reason"] for answer in answers} == {"key_revoked"}


def test_the_harness_sees_a_build_in_which_nobody_waits(site: Site) -> None:
    acknowledged = 0
    with (
        site.serve(command=launcher("unordered")) as server,
        site.client("DAITV", server.base_url) as client,
    ):
        for _ in range(5):
            answers = at_once(partial(client.post, ACTIVITIES, json=broadcast(DAYS[0])) for _ in range(40))
            acknowledged += statuses(answers).get(201, 0)
            if max(standing_by_period(site).values()) < acknowledged:
                assert site.look(lambda session: list(audit.differences(session))) != []
                return
    pytest.fail("200 unordered pushes, and every one was counted: the harness is blind")


def test_three_processes_on_a_new_database_make_one_plan_and_one_set_of_keys(tmp_path: Path) -> None:
    site = Site(f"sqlite:///{tmp_path / 'new.sqlite3'}", {})
    servers = [site.serve() for _ in range(3)]
    with ExitStack() as running, ThreadPoolExecutor(3) as pool, closing(site):
        for server in servers:
            running.push(server)
        list(pool.map(ServerProcess.__enter__, servers))
        assert sum("  SVHTTDL  ttdn_" in server.log for server in servers) == 1
        assert sorted(agency for _, agency in site.look(keys.find)) == ["BPGV", "SVHTTDL", "TTBCD"]
        assert site.look(lambda session: session.scalars(select(Plan.slug)).all()) == ["ttdn-2023"]


def test_three_migrations_of_a_new_database_make_one_schema(cluster: ThrowAwayPostgres) -> None:
    """As when every replica of a container brings the schema up to date before it serves."""
    environment = {**os.environ, "DATABASE_URL": cluster.create_database("new")}
    command = (sys.executable, "-m", "app", "migrate")
    running = [
        subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        for _ in range(3)
    ]
    said = [process.communicate(timeout=60)[0].decode() for process in running]
    assert [process.returncode for process in running] == [0, 0, 0], said
