"""How fast records come in: pushed in batches over HTTP, one by one over HTTP, and by the driver alone.

    python -m benchmarks.batch [records]

The driver puts the very same rows into the same table of a like database (COPY, executemany), in one durable
transaction. It judges nothing, moves nothing and journals nothing: it is the limit, not a rival.
"""

import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import httpx

from benchmarks import driver
from tests import servers
from tests.conftest import BACKENDS, Seeded
from tests.servers import ServerProcess
from tests.service import PLAN

ROUNDS, ALONE = 3, 100


def record(number: str) -> dict[str, Any]:
    """One record of a continuous duty."""
    return {
        "task": "IV.9.1",
        "occurred_on": "2023-05-12",
        "kind": "news",
        "title": f"Tin đối ngoại số {number}",
        "source_system": "benchmark",
        "external_id": number,
    }


def rate(how_many: int, work: Callable[[], object]) -> float:
    """Records a second."""
    started = time.perf_counter()
    work()
    return how_many / (time.perf_counter() - started)


@contextmanager
def calling(url: str, secret: str) -> Iterator[httpx.Client]:
    """A client of a server of its own."""
    with ServerProcess({"DATABASE_URL": url}) as server:
        headers = {"Authorization": f"Bearer {secret}"}
        with httpx.Client(base_url=server.base_url, headers=headers, timeout=120) as client:
            yield client


def batch(client: httpx.Client, name: str, size: int) -> None:
    """Push one batch; every record is new."""
    body = {"records": [record(f"{name}/{number}") for number in range(size)]}
    answer = client.post(f"{PLAN}/activities/batch", json=body)
    assert answer.json()["counts"]["created"] == size, answer.text


def alone(client: httpx.Client, name: str) -> None:
    """The same one by one."""
    for number in range(ALONE):
        assert client.post(f"{PLAN}/activities", json=record(f"{name}/{number}")).status_code == 201


def main(size: int = 1000) -> None:
    """Both databases, each in one run."""
    cluster = servers.start_for_session(durable=True)
    with tempfile.TemporaryDirectory() as folder:
        for backend in BACKENDS:
            seeded = Seeded(backend, Path(folder))
            url, like = seeded.copy(), seeded.copy()
            with calling(url, seeded.secrets["BAOTV"]) as client:
                batch(client, "warm", 20)
                batches = max(rate(size, partial(batch, client, f"b{n}", size)) for n in range(ROUNDS))
                single = max(rate(ALONE, partial(alone, client, f"s{n}")) for n in range(ROUNDS))
            rows = driver.stored(url)
            with driver.opened(like) as connection:
                limit = rate(len(rows), partial(driver.put, connection, like, "activities", rows))
            sys.stdout.write(
                f"{backend}: batches {batches:.0f}/s, one by one {single:.0f}/s, driver alone {limit:.0f}/s; "
                f"driver : batches {limit / batches:.0f}, batches : one by one {batches / single:.1f}\n"
            )
    if cluster is not None:
        cluster.close()


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
