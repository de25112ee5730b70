"""The service itself, over databases that hold as many activities as asked."""

import json
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from datetime import date, timedelta
from typing import Any

import httpx
from sqlalchemy import create_engine, text

from benchmarks.side_by_side.counting import OURS, counter
from benchmarks.side_by_side.subjects import NOT_CHANGED, Subject, root, started
from benchmarks.side_by_side.wrk import FRESH, Request
from tests.conftest import Seeded
from tests.servers import ServerProcess
from tests.service import PLAN

DATABASES = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}
OFFICES = (
    ("BAOTV", "IV.9.1"),
    ("DAITV", "IV.9.1"),
    ("BAOTV", "IV.9.2"),
    ("DAITV", "IV.9.2"),
    ("BAOTV", "IV.9.3"),
    ("DAITV", "IV.9.3"),
    ("TTBCD", "IV.1.1"),
    ("TTBCD", "IV.1.3"),
    ("BCHQS", "IV.12.1"),
    ("BTG.TPTV", "IV.15.a"),
    ("SCT", "IV.6.a"),
    ("STTTT", "IV.4.b"),
)
"""Who records in which task: twelve assignments of seven offices."""
BATCH = 1000
READER = "BPGV"
PATHS = {
    "overview": f"{PLAN}/overview",
    "roll-up": f"{PLAN}/progress?by=agency",
    "tasks": f"{PLAN}/tasks",
}
WARM, COLD = "ttdn, warm", "ttdn, anew"
KEPT = {"TTDN_KEPT_BYTES": str(32 * 1024**2)}
ANEW = {"TTDN_KEPT_BYTES": "0"}


def record(task: str, number: str, day: int = 131) -> dict[str, Any]:
    """An office's record; `day` counts from the first of the plan's year."""
    return {
        "task": task,
        "occurred_on": (date(2023, 1, 1) + timedelta(day % 365)).isoformat(),
        "kind": "news",
        "title": f"Tin đối ngoại số {number}",
        "source_system": "benchmark",
        "external_id": number,
    }


def bearer(secret: str) -> dict[str, str]:
    """The header that says who calls."""
    return {"Authorization": f"Bearer {secret}"}


def load(seeded: Seeded, url: str, numbers: range) -> None:
    """Fill a database through the service, in batches, each office its own."""
    if not numbers:
        return
    with (
        ServerProcess({"DATABASE_URL": url}) as server,
        httpx.Client(base_url=server.base_url, timeout=120) as client,
    ):

        def send(part: range) -> None:
            agency, task = OFFICES[part.start // BATCH % len(OFFICES)]
            body = {"records": [record(task, f"loaded/{number}", number) for number in part]}
            answer = client.post(
                f"{PLAN}/activities/batch", json=body, headers=bearer(seeded.secrets[agency])
            )
            assert answer.json()["counts"]["created"] == len(part), answer.text

        with ThreadPoolExecutor(2) as pool:
            list(pool.map(send, (numbers[place : place + BATCH] for place in range(0, len(numbers), BATCH))))
    assert counter(url, OURS)() == (numbers.stop, numbers.stop)
    if not url.startswith("sqlite"):
        settle(url)


def settle(url: str) -> None:
    """What autovacuum would do at a time of its own choosing: each of its writes ends what is kept."""
    engine = create_engine(url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text("VACUUM (ANALYZE)"))
        connection.execute(text("CHECKPOINT"))
    engine.dispose()


def serving(
    stack: ExitStack, seeded: Seeded, url: str, name: str, setting: Mapping[str, str], cluster: int | None
) -> Subject:
    """The service on one database; `cluster` is the process of PostgreSQL's server."""
    server = started(stack, ServerProcess.COMMAND, {"DATABASE_URL": url, **setting}, "/readyz")
    reader = bearer(seeded.secrets[READER])
    tag = httpx.get(server.base_url + PATHS["overview"], headers=reader).headers["ETag"]
    subject = Subject(
        name,
        DATABASES[seeded.backend],
        server.base_url,
        (root(server), *([cluster] if cluster and seeded.backend == "postgresql" else [])),
        {job: Request(path, reader) for job, path in PATHS.items()}
        | {NOT_CHANGED: Request(PATHS["overview"], {**reader, "If-None-Match": tag})},
        counter(url, OURS),
        [
            Request(
                f"{PLAN}/activities",
                bearer(seeded.secrets[agency]),
                "POST",
                json.dumps(record(task, f"single/{FRESH}"), ensure_ascii=False),
            )
            for agency, task in OFFICES
        ],
        f"{PLAN}/activities/batch",
    )
    subject.look()
    return subject
