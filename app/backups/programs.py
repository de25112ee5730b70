"""PostgreSQL's own programs: where they are, and how they learn which server without showing a password."""

import os
import shutil
import subprocess
from pathlib import Path

from psycopg import pq
from sqlalchemy import Engine

from app.errors import Failure, Text


def program(name: str) -> str:
    """One of PostgreSQL's programs: on PATH, or where `pg_config` says they are."""
    found = shutil.which(name) or shutil.which(name, path=_folder())
    if found is None:
        raise Failure(
            Text(
                f"Không có chương trình {name} của PostgreSQL trên máy này (Debian: postgresql-client)",
                f"PostgreSQL's program {name} is not on this machine (Debian: postgresql-client)",
            )
        )
    return found


def _folder() -> str:
    config = shutil.which("pg_config")
    if config is None:
        return ""
    said = subprocess.run([config, "--bindir"], capture_output=True, text=True, check=False)  # noqa: S603 - ours
    return said.stdout.strip()


def environment(engine: Engine) -> dict[str, str]:
    """The environment in which these programs reach the engine's database.

    Everything goes by libpq's own variables, the password too: a command line is for all on the machine to
    read.
    """
    _, given = engine.dialect.create_connect_args(engine.url)
    names = {
        option.keyword.decode(): option.envvar.decode()
        for option in pq.Conninfo.get_defaults()
        if option.envvar
    }
    ours = {names[word]: str(value) for word, value in given.items() if word in names}
    inherited = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
    return {**inherited, **ours}


def run(name: str, *arguments: str | Path, engine: Engine | None = None) -> bytes:
    """Run one to its end and give what it wrote; what it complains of is a failure."""
    done = subprocess.run(  # noqa: S603 - the program is PostgreSQL's, the arguments are ours
        [program(name), *map(str, arguments)],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=False,
        env=environment(engine) if engine else None,
    )
    if done.returncode:
        raise failed(name, done.stderr)
    return done.stdout


def failed(name: str, complaint: bytes) -> Failure:
    """What one of them complained of, in its own words: the last of them, which tell most."""
    words = " / ".join(complaint.decode(errors="replace").strip().splitlines()[-3:])
    return Failure(Text(f"{name} báo lỗi: {words}", f"{name} failed"))
