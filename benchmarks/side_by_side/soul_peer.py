"""soul, a generic REST layer over SQLite, in its open mode: it asks nobody who they are."""

import json
import sqlite3
import subprocess
from contextlib import ExitStack, closing
from pathlib import Path

from benchmarks.side_by_side import ours
from benchmarks.side_by_side.counting import SOUL, counter
from benchmarks.side_by_side.plan_of import Rows
from benchmarks.side_by_side.subjects import Subject, root, started
from benchmarks.side_by_side.wrk import FRESH, Request

PACKAGE = "soul-cli@0.8.2"
_TABLES = Path(__file__).parent.parent / "peers" / "soul.sql"


def installed(folder: Path) -> Path:
    """Its program, in a folder of its own; better-sqlite3 comes built."""
    program = folder / "soul" / "node_modules" / "soul-cli" / "src" / "server.js"
    if not program.exists():
        (folder / "soul").mkdir(exist_ok=True)
        subprocess.run(
            ["npm", "install", "--silent", "--no-save", "--prefix", folder / "soul", PACKAGE], check=True
        )
    return program


def serving(
    stack: ExitStack, program: Path, plan: tuple[Rows, Rows, Rows], folder: Path, size: int
) -> Subject:
    """The peer on a file with as many activities as the service has."""
    path = folder / "soul.sqlite3"
    agencies, tasks, assignments = plan
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript("PRAGMA journal_mode = WAL;" + _TABLES.read_text())
        for table, rows in (("agencies", agencies), ("tasks", tasks), ("assignments", assignments)):
            names = [name for name in rows[0] if name != "key_sha256"]
            marks = ", ".join(f":{name}" for name in names)
            connection.executemany(f"INSERT INTO {table} ({', '.join(names)}) VALUES ({marks})", rows)
        connection.execute(
            "UPDATE tasks SET owed = (SELECT total(owed) FROM assignments WHERE task_id = tasks.id)"
        )
        duties = [_duty(connection, *office) for office in ours.OFFICES]
        connection.executemany(
            "INSERT INTO activities (assignment_id, occurred_on, kind, title, source_system, external_id)"
            " VALUES (:assignment_id, :occurred_on, :kind, :title, :source_system, :external_id)",
            [_fields(duties[n // ours.BATCH % len(duties)], f"loaded/{n}", n) for n in range(size)],
        )
        connection.commit()
    server = started(
        stack, ("node", str(program), "-d", str(path), "-p", "{port}"), {"CI": "1"}, "/api/tables"
    )
    page = "/api/tables/{}/rows?_limit=50"
    subject = Subject(
        "soul",
        "SQLite",
        server.base_url,
        (root(server),),
        {
            "overview": Request(page.format("overview")),
            "roll-up": Request(page.format("roll_up")),
            "tasks": Request(page.format("tasks") + "&_ordering=order_key"),
        },
        counter(f"sqlite:///{path}", SOUL),
        [
            Request(
                "/api/tables/activities/rows",
                {},
                "POST",
                json.dumps({"fields": _fields(duty, f"single/{FRESH}")}, ensure_ascii=False),
            )
            for duty in duties
        ],
    )
    subject.look()
    return subject


def _duty(connection: sqlite3.Connection, agency: str, task: str) -> int:
    query = (
        "SELECT a.id FROM assignments a JOIN agencies g ON g.id = agency_id JOIN tasks t ON t.id = task_id"
        " WHERE g.code = ? AND t.code = ?"
    )
    (found,) = connection.execute(query, (agency, task)).fetchone()
    return int(found)


def _fields(duty: int, number: str, day: int = 131) -> dict[str, object]:
    fields = ours.record("", number, day)
    del fields["task"]
    return {"assignment_id": duty, **fields}
