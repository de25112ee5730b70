"""Which PostgreSQL this machine has, and who may run it."""

import os
import shutil
import subprocess
from pathlib import Path

from tests.servers.processes import Unavailable

try:
    import pwd
except ImportError:  # Windows, where nobody is root
    pwd = None  # type: ignore[assignment]

PLACES = ("usr/lib/postgresql/*/bin", "usr/pgsql-*/bin", "opt/homebrew/opt/postgresql*/bin")
"""Debian and its children, Fedora and its children, Homebrew."""


def server_binaries() -> Path:
    """The folder with `initdb` and `postgres`: on PATH, where pg_config says, or where packages put it."""
    places = [Path(found).resolve().parent for found in [shutil.which("postgres")] if found]
    if config := shutil.which("pg_config"):
        said = subprocess.run([config, "--bindir"], capture_output=True, text=True, check=False).stdout
        places.append(Path(said.strip()))
    for pattern in PLACES:
        places += sorted(Path("/").glob(pattern), reverse=True)
    for place in places:
        if (place / "initdb").exists() and (place / "postgres").exists():
            return place
    raise Unavailable("no PostgreSQL server on this machine (on Debian: apt-get install postgresql)")


def unprivileged_user() -> str | None:
    """Who runs the server when we are root, which it refuses; None: we may do it ourselves."""
    if os.name != "posix" or os.geteuid() != 0:
        return None
    known = {entry.pw_name for entry in pwd.getpwall()}
    for name in ("postgres", "nobody"):
        if name in known:
            return name
    raise Unavailable("running as root, and there is no user `postgres` or `nobody` to run PostgreSQL as")
