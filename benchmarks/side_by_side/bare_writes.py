"""The limits of writing: the driver alone, and pgbench. They judge nothing and answer nobody."""

import time
from collections.abc import Callable
from itertools import count

from benchmarks import driver
from benchmarks.side_by_side import ours, pgbench, plans_beside
from benchmarks.side_by_side.processes import cpu_seconds, wait_until_idle
from benchmarks.side_by_side.rounds import CONNECTIONS, Cell, Figure, Turn
from benchmarks.side_by_side.writes import BATCH, SINGLE

MANY, ALONE, TABLE = 1000, 300, "activities"
DRIVER, PGBENCH = "driver alone", "pgbench, same writes"
_numbers = count(time.time_ns() // 10**6)


def _rows(sample: driver.Row, how_many: int) -> list[driver.Row]:
    """Copies of one activity, each another."""
    found = []
    for _ in range(how_many):
        number = next(_numbers)
        changed = {"id": number, "public_id": f"{number:026d}", "external_id": f"driver/{number}"}
        row = (changed.get(name, old) for name, old in zip(driver.columns(TABLE), sample, strict=True))
        found.append(tuple(row))
    return found


def _timed(work: Callable[[], object], how_many: int, roots: tuple[int, ...]) -> Figure:
    """Done in this process, whose own work counts."""
    wait_until_idle(roots)
    own, before, started = time.process_time(), cpu_seconds(roots), time.perf_counter()
    work()
    seconds = time.perf_counter() - started
    used = time.process_time() - own + cpu_seconds(roots) - before
    each = seconds / how_many * 1e3
    return Figure(how_many / seconds, used / how_many * 1e6, each, each)


def alone(url: str, sample: driver.Row, roots: tuple[int, ...]) -> list[tuple[str, Turn]]:
    """A thousand rows in one transaction (executemany, COPY), and one durable row after the other."""
    one = driver.insert(url, TABLE)

    def many() -> Figure:
        rows = _rows(sample, MANY)
        with driver.opened(url) as connection:
            return _timed(lambda: driver.put(connection, url, TABLE, rows), MANY, roots)

    def single() -> Figure:
        rows = _rows(sample, ALONE)
        with driver.opened(url) as connection:
            return _timed(lambda: [connection.execute(one, row) for row in rows], ALONE, roots)

    return [(BATCH, many), (SINGLE, single)]


def _anywhere(url: str) -> str:
    """One activity in any of the duties that the others write to."""
    [known] = plans_beside.duties(url).values()
    duties = [duty.number for duty in known if (duty.agency, duty.task) in ours.OFFICES]
    with driver.opened(url) as connection:
        choosing = [rf"\set r random(0, {len(duties) - 1})", pgbench.chosen("r", duties)]
        return pgbench.one_activity(connection, choosing)


def turns(urls: dict[str, str], cluster: int, seconds: float) -> list[tuple[Cell, Turn]]:
    """The driver on each database; pgbench at each number of connections."""
    found = []
    for database, url in urls.items():
        roots = (cluster,) if database == "PostgreSQL" else ()
        jobs = alone(url, driver.stored(url)[-1], roots)
        found += [(Cell(DRIVER, database, job, 1), turn) for job, turn in jobs]
    server = urls["PostgreSQL"]
    script = _anywhere(server)

    def bench(connections: int) -> Turn:
        return lambda: pgbench.run(server, script, connections, seconds, cluster)

    return [*found, *((Cell(PGBENCH, "PostgreSQL", SINGLE, number), bench(number)) for number in CONNECTIONS)]
