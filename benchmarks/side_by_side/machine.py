"""On what it was measured: the machine by its kind, and the versions; never its name or its paths."""

import os
import platform
import re
import subprocess
from importlib.metadata import version
from pathlib import Path

from app import sqlite
from benchmarks.side_by_side import django_peer, redmine_peer, soul_peer
from tests.servers.installed import server_binaries


def described() -> list[str]:
    """Lines for the README."""
    names = ("fastapi", "starlette", "uvicorn", "httptools", "sqlalchemy", "pydantic", "psycopg")
    kernel = f"{platform.system()} {platform.release().partition('-')[0]}"
    server = _said(str(server_binaries() / "pg_config"), "--version")
    tools = [_said("/usr/sbin/nginx", "-v"), _said("wrk", "-v"), f"Node {_said('node', '--version')}"]
    redmine = f"Redmine {_redmine()}" if redmine_peer.HOME.exists() else "Redmine not installed"
    peers = [redmine, soul_peer.PACKAGE, *django_peer.PACKAGES]
    return [
        f"{_cpu()}, {os.cpu_count()} cores, {_memory_gib()} GiB, {kernel}",
        f"Python {platform.python_version()}, " + ", ".join(f"{name} {version(name)}" for name in names),
        ", ".join([f"SQLite {sqlite.driver().sqlite_version}", server, *tools]),
        ", ".join(peers),
    ]


def _cpu() -> str:
    text = Path("/proc/cpuinfo").read_text(encoding="utf-8")
    found = re.search(r"^model name\s*: (.*)$", text, re.MULTILINE)
    return found[1] if found else platform.machine()


def _memory_gib() -> int:
    text = Path("/proc/meminfo").read_text(encoding="utf-8")
    found = re.search(r"^MemTotal:\s+(\d+) kB", text, re.MULTILINE)
    return round(int(found[1]) / 1024**2) if found else 0


def _redmine() -> str:
    text = (redmine_peer.HOME / "lib" / "redmine" / "version.rb").read_text(encoding="utf-8")
    return ".".join(re.findall(r"(?:MAJOR|MINOR|TINY)\s*= (\d+)", text))


def _said(*command: str) -> str:
    """The first words of what a program says of itself."""
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return re.split(r"\s[\[(]|\n", (done.stdout + done.stderr).strip())[0].removeprefix("nginx version: ")
