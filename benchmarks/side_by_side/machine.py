"""On what it was measured: the machine by its kind, and the versions; never its name or its paths."""

import os
import platform
import re
import subprocess
from importlib.metadata import version
from pathlib import Path

from app import sqlite
from benchmarks.side_by_side import django_peer, soul_peer
from tests.servers.installed import server_binaries


def described() -> list[str]:
    """Lines for the README."""
    names = ("fastapi", "starlette", "uvicorn", "h11", "sqlalchemy", "pydantic", "psycopg")
    return [
        f"{_cpu()}, {os.cpu_count()} cores, {_memory_gib()} GiB, {platform.system()} {platform.release()}",
        f"Python {platform.python_version()}; " + ", ".join(f"{name} {version(name)}" for name in names),
        f"SQLite {sqlite.driver().sqlite_version}, {_said(str(server_binaries() / 'postgres'), '--version')}",
        f"{_said('/usr/sbin/nginx', '-v')}, {_said('wrk', '-v')}, Node {_said('node', '--version')}, "
        + ", ".join([soul_peer.PACKAGE, *django_peer.PACKAGES]),
    ]


def _cpu() -> str:
    text = Path("/proc/cpuinfo").read_text(encoding="utf-8")
    found = re.search(r"^model name\s*: (.*)$", text, re.MULTILINE)
    return found[1] if found else platform.machine()


def _memory_gib() -> int:
    text = Path("/proc/meminfo").read_text(encoding="utf-8")
    found = re.search(r"^MemTotal:\s+(\d+) kB", text, re.MULTILINE)
    return round(int(found[1]) / 1024**2) if found else 0


def _said(*command: str) -> str:
    """The first words of what a program says of itself."""
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return re.split(r"\s[\[(]|\n", (done.stdout + done.stderr).strip())[0].removeprefix("nginx version: ")
