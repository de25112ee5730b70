"""The limits of writing: the driver alone, and pgbench. They judge nothing and answer nobody.

What one activity costs the service in rows is written here as well: an activity, two changes, a receipt; its
assignment, its standing and an output are brought up to date.
"""

import statistics
import subprocess
import tempfile
import time
from collections.abc import Callable
from contextlib import closing
from itertools import count
from pathlib import Path
from typing import Any

import psycopg
from sqlalchemy import make_url

from app import sqlite
from app.models import Activity, Base
from benchmarks.batch import stored
from benchmarks.side_by_side.processes import cpu_seconds, wait_until_idle
from benchmarks.side_by_side.rounds import CONNECTIONS, Cell, Figure, Turn
from benchmarks.side_by_side.writes import BATCH, SINGLE
from tests.servers.installed import server_binaries

MANY, ALONE, WARMING = 1000, 300, 2
DRIVER, PGBENCH = "driver alone", "pgbench, same writes"
_COLUMNS = [column.name for column in Activity.__table__.columns]
_OUTPUT = "SELECT min(id) FROM outputs WHERE assignment_id = :a"
_numbers = count(time.time_ns() // 10**6)


def _rows(sample: tuple[Any, ...], how_many: int) -> list[tuple[Any, ...]]:
    """Copies of one activity, each another."""
    found = []
    for _ in range(how_many):
        number = next(_numbers)
        changed = {"id": number, "public_id": f"{number:026d}", "external_id": f"driver/{number}"}
        row = (changed.get(name, old) for name, old in zip(_COLUMNS, sample, strict=True))
        found.append(tuple(map(_plain, row)))
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


def driver(url: str, sample: tuple[Any, ...], roots: tuple[int, ...]) -> list[tuple[str, Turn]]:
    """A thousand rows in one transaction (executemany, COPY), and one durable row after the other."""
    names = ", ".join(_COLUMNS)
    embedded = url.startswith("sqlite")
    insert = (
        f"INSERT INTO activities ({names}) VALUES ({', '.join(['?' if embedded else '%s'] * len(_COLUMNS))})"
    )

    def open_file() -> Any:
        opened = sqlite.driver().connect(make_url(url).database, isolation_level=None)
        opened.execute("PRAGMA synchronous = FULL")
        return opened

    def many() -> Figure:
        rows = _rows(sample, MANY)
        if embedded:
            with closing(open_file()) as opened:
                return _timed(lambda: _in_one(opened, insert, rows), MANY, roots)
        with psycopg.connect(_address(url), autocommit=True) as connection:
            return _timed(lambda: _copy(connection, names, rows), MANY, roots)

    def alone() -> Figure:
        rows = _rows(sample, ALONE)
        if embedded:
            with closing(open_file()) as opened:
                return _timed(lambda: [opened.execute(insert, row) for row in rows], ALONE, roots)
        with psycopg.connect(_address(url), autocommit=True) as connection:
            return _timed(lambda: [connection.execute(insert.encode(), row) for row in rows], ALONE, roots)

    return [(BATCH, many), (SINGLE, alone)]


def _in_one(opened: Any, insert: str, rows: list[tuple[Any, ...]]) -> None:
    opened.execute("BEGIN IMMEDIATE")
    opened.executemany(insert, rows)
    opened.execute("COMMIT")


def _copy(connection: psycopg.Connection, names: str, rows: list[tuple[Any, ...]]) -> None:
    with connection.cursor() as cursor, cursor.copy(f"COPY activities ({names}) FROM STDIN".encode()) as copy:
        for row in rows:
            copy.write_row(row)


def _plain(value: Any) -> Any:
    return psycopg.types.json.Jsonb(value) if isinstance(value, list | dict) else value


def _address(url: str) -> str:
    return make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)


def pgbench(url: str, connections: int, seconds: float, root: int) -> Figure:
    """The writes of one activity in one transaction, on the same tables with the same indexes, watched for so
    long once all are connected and warm."""
    wait_until_idle([root])
    with tempfile.TemporaryDirectory() as folder:
        with psycopg.connect(_address(url)) as connection:
            (Path(folder) / "script").write_text(_script(connection))
        whole = str(round(seconds + 2 * WARMING))
        options = (
            "-n",
            "-M",
            "prepared",
            "-l",
            "-j",
            "1",
            "-c",
            str(connections),
            "-T",
            whole,
            "-f",
            "script",
        )
        program = str(server_binaries() / "pgbench")
        with subprocess.Popen(
            [program, *options, _address(url)], cwd=folder, stdout=subprocess.DEVNULL
        ) as run:
            time.sleep(WARMING)
            before, started = cpu_seconds([root]), time.time()
            time.sleep(seconds)
            used, ended = cpu_seconds([root]) - before, time.time()
            assert run.wait() == 0
        lines = [line.split() for path in Path(folder).glob("pgbench_log.*") for line in path.open()]
    seen = sorted(
        int(line[2]) / 1e3 for line in lines if started <= int(line[4]) + int(line[5]) / 1e6 <= ended
    )
    if not seen:
        return Figure(fault="no transaction")
    each = used / len(seen) * 1e6
    return Figure(len(seen) / (ended - started), each, statistics.median(seen), seen[int(len(seen) * 0.99)])


def _script(connection: psycopg.Connection) -> str:
    """Each row is a copy of the last of its kind with a name of its own."""
    query = "SELECT DISTINCT assignment_id FROM activities ORDER BY 1"
    duties = [found for (found,) in connection.execute(query)]
    cases = " ".join(f"WHEN :r = {place} THEN {duty}" for place, duty in enumerate(duties))
    lines = [
        rf"\set r random(0, {len(duties) - 1})",
        rf"\set a CASE {cases} END",
        "BEGIN;",
        "SELECT id FROM assignments WHERE id = :a FOR UPDATE;",
        *(_copied(connection, table) for table in ("activities", "changes", "changes", "receipts")),
        "UPDATE assignments SET recorded_quantity = recorded_quantity + 1 WHERE id = :a;",
        "UPDATE standings SET records = records + 1 WHERE assignment_id = :a AND until IS NULL;",
        f"UPDATE outputs SET evidence = evidence + 1 WHERE id = ({_OUTPUT});",
        "COMMIT;",
    ]
    return "\n".join(lines) + "\n"


def _copied(connection: psycopg.Connection, table: str) -> str:
    found = connection.execute(f"SELECT max(id) FROM {table}".encode()).fetchone()
    assert found is not None
    names = [column.name for column in Base.metadata.tables[table].columns if column.name != "id"]
    fresh = {
        "public_id": "substr(md5(random()::text), 1, 26)",
        "external_id": "md5(random()::text)",
        "assignment_id": ":a",
    }
    values = ", ".join(fresh.get(name, name) for name in names)
    return f"INSERT INTO {table} ({', '.join(names)}) SELECT {values} FROM {table} WHERE id = {found[0]};"


def turns(urls: dict[str, str], cluster: int, seconds: float) -> list[tuple[Cell, Turn]]:
    """The driver on each database; pgbench at each number of connections."""
    found = []
    for database, url in urls.items():
        roots = (cluster,) if database == "PostgreSQL" else ()
        jobs = driver(url, stored(url)[-1], roots)
        found += [(Cell(DRIVER, database, job, 1), turn) for job, turn in jobs]

    def bench(connections: int) -> Turn:
        return lambda: pgbench(urls["PostgreSQL"], connections, seconds, cluster)

    return [*found, *((Cell(PGBENCH, "PostgreSQL", SINGLE, number), bench(number)) for number in CONNECTIONS)]
