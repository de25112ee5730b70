"""32 writers on PostgreSQL: on one plan, each in a plan of its own, and all on one duty.

Nothing else differs: the same server over the same database, in which the plan stands 32 times, and the same
32 duties of the same bodies, taken in turn. Those that write at once write to different duties, unless all
are to write to one. pgbench does the same, and once more with a row of the plan that every writer must hold:
what that costs shows that the measuring would find it.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack

from app.db import Database
from app.services import audit
from app.settings import Settings
from benchmarks import driver
from benchmarks.side_by_side import ours, pgbench, plans_beside
from benchmarks.side_by_side.counting import STANDING, Counts, counter
from benchmarks.side_by_side.plans_beside import FIRST, Duty
from benchmarks.side_by_side.rounds import Cell, Figure, Turn
from benchmarks.side_by_side.subjects import Subject, root, started
from benchmarks.side_by_side.writes import mismatch, single
from benchmarks.side_by_side.wrk import FRESH, Request, fire
from tests import servers
from tests.conftest import Seeded
from tests.servers import ServerProcess

WRITERS = 32
JOB, DATABASE = f"{WRITERS} writers", "PostgreSQL"
SPREAD, APART, ONE = "on one plan", "each its own plan", "on one duty"
HELD = "on one plan, its row held"
_WORKERS, _THREADS = 4, 8
"""Processes, and what each works on at once: all 32 are in the database together."""
_WARMING = 3
_HOLD = "UPDATE plans SET revision = revision + 1 WHERE id = :plan;"


class Shared:
    """The database, twice: for the service, and for pgbench."""

    def __init__(self, seeded: Seeded) -> None:
        self.url = seeded.copy()
        plans_beside.load(self.url, WRITERS)
        every = plans_beside.duties(self.url)
        first = every[FIRST]
        self.secrets = plans_beside.issue(self.url, {duty.agency for duty in first})
        places = plans_beside.taking(self.url, first, self.secrets)[:WRITERS]
        assert len(places) == WRITERS, "too few duties take a record"
        ours.settle(self.url)
        cluster = servers.of_session()
        assert cluster is not None
        name = self.url.rpartition("/")[2]
        self.bench_url = cluster.create_database(f"{name}_bench", template=name)
        self.spread = [first[place] for place in places]
        self.apart = [own[place] for place, own in zip(places, every.values(), strict=True)]

    def differences(self) -> list[str]:
        """What the doctor finds in what the service wrote."""
        database = Database(Settings(DATABASE_URL=self.url))
        with database.reading() as session:
            found = [one.en for one in audit.differences(session)]
        database.dispose()
        return found


def turns(stack: ExitStack, shared: Shared, cluster: int, seconds: float) -> list[tuple[Cell, Turn]]:
    """The service and pgbench, each way."""
    command = (*ServerProcess.COMMAND, "--workers", str(_WORKERS))
    environment = {"DATABASE_URL": shared.url, "TTDN_THREADS": str(_THREADS)}
    server = started(stack, command, environment, "/readyz")

    def service(duties: Sequence[Duty]) -> Turn:
        """Warm before the first turn: each process puts its queries together once."""
        subject = Subject(
            "ttdn",
            DATABASE,
            server.base_url,
            (root(server), cluster),
            {},
            counter(shared.url, STANDING),
            [_request(duty, shared.secrets) for duty in duties],
        )
        fire(server.base_url, subject.writes, WRITERS, _WARMING)
        return lambda: single(subject, WRITERS, seconds)

    def bench(script: str) -> Turn:
        count = counter(shared.bench_url, STANDING)
        return lambda: _counted(
            count, lambda: pgbench.run(shared.bench_url, script, WRITERS, seconds, cluster)
        )

    ways = {SPREAD: shared.spread, APART: shared.apart, ONE: shared.spread[:1]}
    return [
        *((cell("ttdn", way), service(duties)) for way, duties in ways.items()),
        *((cell("pgbench", way), bench(script)) for way, script in _scripts(shared).items()),
    ]


def cell(subject: str, way: str) -> Cell:
    """Where a figure stands."""
    return Cell(f"{subject}, {way}", DATABASE, JOB, WRITERS)


def _request(duty: Duty, secrets: Mapping[str, str]) -> Request:
    return Request(
        f"/v1/plans/{duty.plan}/activities",
        ours.bearer(secrets[duty.agency]),
        "POST",
        json.dumps(ours.record(duty.task, f"single/{FRESH}"), ensure_ascii=False),
    )


def _scripts(shared: Shared) -> dict[str, str]:
    """Each client has a duty of its own, unless all have one."""
    spread, apart = ([duty.number for duty in duties] for duties in (shared.spread, shared.apart))
    with driver.opened(shared.bench_url) as connection:

        def script(duties: Sequence[int], *holding: str) -> str:
            return pgbench.one_activity(connection, [pgbench.chosen("client_id", duties)], holding)

        return {
            SPREAD: script(spread),
            APART: script(apart),
            ONE: script(spread[:1] * WRITERS),
            HELD: script(spread, _HOLD),
        }


def _counted(count: Callable[[], Counts], work: Callable[[], Figure]) -> Figure:
    before = count()
    figure, after = work(), count()
    fault = figure.fault or mismatch(before, after, after.rows - before.rows, 0)
    return Figure(fault=fault) if fault else figure
