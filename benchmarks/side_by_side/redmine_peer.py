"""Redmine as Debian packages it, under puma with one process and as many threads as the service."""

import json
import os
import subprocess
from contextlib import ExitStack
from pathlib import Path

from benchmarks.side_by_side import ours
from benchmarks.side_by_side.counting import REDMINE, counter
from benchmarks.side_by_side.plan_of import Rows
from benchmarks.side_by_side.subjects import Subject, root, started
from benchmarks.side_by_side.wrk import FRESH, Request
from tests.servers.processes import LOOPBACK

HOME = Path("/usr/share/redmine")
"""Where the package `redmine` puts it; without it Redmine takes no part."""
_SEED = Path(__file__).parent.parent.resolve() / "peers" / "redmine.rb"
_PAGE = {"Accept": "text/html"}
_PROJECT = "/projects/ttdn-2023"


def serving(stack: ExitStack, plan: tuple[Rows, Rows, Rows], folder: Path, size: int) -> Subject:
    """The peer on a SQLite file with as many time entries as the service has activities."""
    path = folder / "redmine.sqlite3"
    given = folder / "redmine.json"
    given.write_text(json.dumps([*plan, size], default=str))
    environment = {
        "RAILS_ENV": "production",
        "DATABASE_URL": f"sqlite3:{path}",
        "X_DEBIAN_SITEID": "default",
        "REDMINE_LANG": "en",
        "BENCHMARK_PLAN": str(given),
    }
    for command in (("rake", "db:migrate"), ("rake", "redmine:load_default_data")):
        _ruby(command, environment)
    told = json.loads(_ruby(("bin/rails", "runner", str(_SEED)), environment))
    puma = f"exec puma --bind tcp://{LOOPBACK}:{{port}} --threads 4:4 --workers 0 --environment production"
    server = started(stack, ("sh", "-c", f"cd {HOME} && {puma}"), environment, "/login")
    subject = Subject(
        "Redmine",
        "SQLite",
        server.base_url,
        (root(server),),
        {
            "overview": Request(_PROJECT, _PAGE),
            "roll-up": Request(f"{_PROJECT}/time_entries/report?criteria[]=category&columns=year", _PAGE),
            "tasks": Request("/issues.json?project_id=ttdn-2023&limit=50&status_id=*"),
        },
        counter(f"sqlite:///{path}", REDMINE),
        [
            Request("/time_entries.json", {"X-Redmine-API-Key": told["key"]}, "POST", _entry(issue, told))
            for issue in told["issues"][: len(ours.OFFICES)]
        ],
    )
    subject.look()
    return subject


def _ruby(command: tuple[str, ...], environment: dict[str, str]) -> str:
    done = subprocess.run(
        command, cwd=HOME, env={**os.environ, **environment}, check=True, capture_output=True, text=True
    )
    return done.stdout


def _entry(issue: int, told: dict[str, int]) -> str:
    entry = {"issue_id": issue, "spent_on": "2023-05-12", "hours": 1, "activity_id": told["activity"]}
    return json.dumps({"time_entry": {**entry, "comments": f"Tin {FRESH}"}})
