"""Django REST framework under gunicorn, one process with as many threads as the service."""

import json
import os
import subprocess
import sys
from contextlib import ExitStack
from pathlib import Path

import httpx
from sqlalchemy import make_url

from benchmarks.side_by_side import ours
from benchmarks.side_by_side.counting import DJANGO, counter
from benchmarks.side_by_side.plan_of import Rows
from benchmarks.side_by_side.subjects import READS, Subject, root, started
from benchmarks.side_by_side.wrk import FRESH, Request
from tests import servers
from tests.servers.processes import LOOPBACK

PACKAGES = ("django==5.2.19", "djangorestframework==3.18.3", "gunicorn==27.0.1", "psycopg[binary]==3.3.9")
_CODE = Path(__file__).parent.parent / "peers" / "drf"


def installed(folder: Path) -> Path:
    """An environment of its own; its Python."""
    python = folder / "django" / "bin" / "python"
    stamp = folder / "django" / "installed"
    if not stamp.exists() or stamp.read_text() != repr(PACKAGES):
        subprocess.run([sys.executable, "-m", "venv", "--clear", folder / "django"], check=True)
        subprocess.run([python, "-m", "pip", "install", "--quiet", *PACKAGES], check=True)
        stamp.write_text(repr(PACKAGES))
    return python


def serving(
    stack: ExitStack,
    python: Path,
    backend: str,
    plan: tuple[Rows, Rows, Rows],
    secrets: dict[str, str],
    folder: Path,
    size: int,
    cluster: int,
) -> Subject:
    """The peer on one database, with as many activities as the service has."""
    (folder / "plan.json").write_text(json.dumps(plan))
    url = _database(backend, folder)
    environment = {"PEER_DATABASE": _told(url), "PYTHONPATH": str(_CODE)}
    whole = {**os.environ, **environment}
    subprocess.run([python, _CODE / "prepare.py", folder / "plan.json"], env=whole, check=True)
    threads = ("--worker-class", "gthread", "--workers", "1", "--threads", "4", "--keep-alive", "75")
    command = (str(python), "-m", "gunicorn", *threads, "--bind", f"{LOOPBACK}:{{port}}", "plan.wsgi")
    server = started(stack, command, environment, "/ready")
    reader = ours.bearer(secrets[ours.READER])
    subject = Subject(
        "DRF",
        ours.DATABASES[backend],
        server.base_url,
        (root(server), *([cluster] if backend == "postgresql" else [])),
        {job: Request(f"/{job}", reader) for job in READS},
        counter(url, DJANGO),
        [
            Request(
                "/activities",
                ours.bearer(secrets[agency]),
                "POST",
                json.dumps(ours.record(task, f"single/{FRESH}"), ensure_ascii=False),
            )
            for agency, task in ours.OFFICES
        ],
        "/activities/batch",
    )
    with httpx.Client(base_url=server.base_url, timeout=120) as client:
        for place in range(0, size, ours.BATCH):
            agency, task = ours.OFFICES[place // ours.BATCH % len(ours.OFFICES)]
            numbers = range(place, min(place + ours.BATCH, size))
            body = {"records": [ours.record(task, f"loaded/{number}", number) for number in numbers]}
            answer = client.post(subject.batch, json=body, headers=ours.bearer(secrets[agency]))
            assert answer.status_code == 200, answer.text[:2000]
    if backend == "postgresql":
        ours.settle(url)
    subject.look()
    return subject


def _database(backend: str, folder: Path) -> str:
    if backend == "sqlite":
        return f"sqlite:///{folder / 'django.sqlite3'}"
    cluster = servers.of_session()
    assert cluster is not None
    return cluster.create_database("django")


def _told(url: str) -> str:
    """The address as the peer's settings take it."""
    parts = make_url(url)
    if url.startswith("sqlite"):
        return f"sqlite:{parts.database}"
    return "postgresql:" + ",".join(
        map(str, (parts.username, parts.password, parts.host, parts.port, parts.database))
    )
