"""pgbench: what one activity costs the service in rows, written by PostgreSQL's own program.

An activity, two changes, a receipt; its assignment, its standing and an output are brought up to date.
Nothing is judged, and nobody is answered.
"""

import statistics
import subprocess
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from benchmarks import driver
from benchmarks.side_by_side.processes import cpu_seconds, wait_until_idle
from benchmarks.side_by_side.rounds import Figure
from tests.servers.installed import server_binaries

_WARMING = 2
"""Seconds in which all get connected, and after which none is left."""
_LOCKED = (
    "SELECT plan_id AS plan, task_id AS task, agency_id AS agency "
    r"FROM assignments WHERE id = :a FOR UPDATE \gset"
)
_FRESH = {
    "public_id": "substr(md5(random()::text), 1, 26)",
    "external_id": "md5(random()::text)",
    "assignment_id": ":a",
    "plan_id": ":plan",
    "task_id": ":task",
    "agency_id": ":agency",
    "output_id": "NULLIF(:output, 0)",
}


def chosen(variable: str, duties: Sequence[int]) -> str:
    """A line that makes `:a` the duty in that place, by a variable that counts from 0."""
    cases = " ".join(f"WHEN :{variable} = {place} THEN {duty}" for place, duty in enumerate(duties))
    return rf"\set a CASE {cases} END"


def one_activity(connection: Any, choosing: Sequence[str], holding: Sequence[str] = ()) -> str:
    """The script: lines that choose `:a`, a duty; what is held besides it; and the writes.

    Each row is a copy of the last of its kind, with a name of its own, in that duty.
    """
    lines = [
        *choosing,
        "BEGIN;",
        _LOCKED,
        r"SELECT COALESCE(min(id), 0) AS output FROM outputs WHERE assignment_id = :a \gset",
        *holding,
        *(_copied(connection, table) for table in ("activities", "changes", "changes", "receipts")),
        "UPDATE assignments SET recorded_quantity = recorded_quantity + 1 WHERE id = :a;",
        "UPDATE standings SET records = records + 1 WHERE assignment_id = :a AND until IS NULL;",
        "UPDATE outputs SET evidence = evidence + 1 WHERE id = :output;",
        "COMMIT;",
    ]
    return "\n".join(lines) + "\n"


def _copied(connection: Any, table: str) -> str:
    [newest] = connection.execute(f"SELECT max(id) FROM {table}").fetchone()
    names = [name for name in driver.columns(table) if name != "id"]
    values = ", ".join(_FRESH.get(name, name) for name in names)
    return f"INSERT INTO {table} ({', '.join(names)}) SELECT {values} FROM {table} WHERE id = {newest};"


def run(url: str, script: str, connections: int, seconds: float, root: int) -> Figure:
    """The script over and over, prepared, watched for so long once all are connected and warm; `root` is the
    server's process, whose CPU it is."""
    wait_until_idle([root])
    options = ["-n", "-l", "-M", "prepared", "-j", "1", "-f", "script", "-c", str(connections)]
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "script").write_text(script, encoding="utf-8")
        whole = str(round(seconds + 2 * _WARMING))
        command = [str(server_binaries() / "pgbench"), *options, "-T", whole, driver.address(url)]
        with subprocess.Popen(command, cwd=folder, stdout=subprocess.DEVNULL) as running:
            time.sleep(_WARMING)
            before, started = cpu_seconds([root]), time.time()
            time.sleep(seconds)
            used, ended = cpu_seconds([root]) - before, time.time()
            assert running.wait() == 0
        lines = [line.split() for path in Path(folder).glob("pgbench_log.*") for line in path.open()]
    seen = sorted(
        int(line[2]) / 1e3 for line in lines if started <= int(line[4]) + int(line[5]) / 1e6 <= ended
    )
    if not seen:
        return Figure(fault="no transaction")
    each = used / len(seen) * 1e6
    return Figure(len(seen) / (ended - started), each, statistics.median(seen), seen[int(len(seen) * 0.99)])
