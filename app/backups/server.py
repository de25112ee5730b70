"""Backups of a database on PostgreSQL, in `pg_dump`'s custom format."""

import subprocess
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import IO, cast

from alembic.util import CommandError
from sqlalchemy import Engine, func, inspect, select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from app import migration
from app.backups.programs import environment, failed, program, run
from app.errors import Busy, Failure, Internal, Malformed, Text

FIRST_BYTES = b"PGDMP"

_HORIZONS = b"""
UPDATE public.changes SET horizon = 0
WHERE (SELECT max(horizon) FROM public.changes) >= pg_current_xact_id()::text::bigint;
"""
"""Numbers of transactions mean nothing in another cluster that has not come so far: docs/decisions/0006."""


def write(session: Session, part: Path) -> None:
    """Dump what this session sees: what is counted in it is what is in the file."""
    seen = session.scalars(select(func.pg_export_snapshot())).one()
    engine = session.get_bind().engine
    run("pg_dump", "--format=custom", "--no-password", f"--snapshot={seen}", f"--file={part}", engine=engine)


def revision(file: Path) -> str | None:
    """Which schema a whole backup has; None if it has none of ours. Reads it to its end."""
    reader = [program("pg_restore"), "--file=-", str(file)]
    read = subprocess.run(  # noqa: S603 - PostgreSQL's own program
        reader, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, check=False
    )
    if read.returncode:
        raise Malformed(
            Text(
                "Tệp sao lưu không nguyên vẹn, không dùng được",
                "The backup file is not whole and is not used",
            )
        ) from failed("pg_restore", read.stderr)
    said = run("pg_restore", "--data-only", "--table=alembic_version", "--file=-", file).splitlines()
    rows = [number for number, line in enumerate(said, 1) if line.startswith(b"COPY public.alembic_version")]
    return said[rows[0]].decode() if rows else None


def refuse_company(engine: Engine) -> None:
    """Refuse while others are connected: a process that serves would go on from another past."""
    query = text(
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() "
        "AND pid <> pg_backend_pid() AND backend_type = 'client backend'"
    )
    with engine.connect() as connection:
        others = connection.scalar(query)
    if others:
        raise Busy(
            detail=Text(
                f"Còn {others} kết nối khác tới cơ sở dữ liệu: dừng hệ thống trước khi phục hồi",
                f"{others} others are connected to the database: stop the service before restoring",
            )
        )


def restore(file: Path, engine: Engine) -> None:
    """Make the database what the backup is: in one transaction, everything of ours that was there gone with
    it. What others keep in schemas of their own stays as it is."""
    tables = inspect(engine).get_table_names()
    quoted = engine.dialect.identifier_preparer.quote
    drop = f"DROP TABLE {', '.join(map(quoted, tables))} CASCADE;" if tables else ""
    engine.dispose()  # a connection of our own would wait for itself
    _feed(file, f"BEGIN; SET LOCAL lock_timeout = '10s'; {drop}\n".encode(), engine)
    try:
        migration.upgrade(engine)
    except (DBAPIError, CommandError) as error:
        raise _not_brought_up(migration.current(engine), error) from error


def _not_brought_up(there: str | None, error: DBAPIError | CommandError) -> Failure:
    """What was restored stays, in a transaction of its own: what is left to do, and why it was not done."""
    why = error.orig if isinstance(error, DBAPIError) else error
    return Internal(
        Text(
            f"Đã phục hồi, ở lược đồ {there}, nhưng chưa nâng lên được ({why}): ttdn migrate rồi ttdn doctor",
            f"It is restored with schema {there} and not brought up to date: ttdn migrate, then ttdn doctor",
        )
    )


def _feed(file: Path, before: bytes, engine: Engine) -> None:
    """Hand `pg_restore`'s statements to `psql`. The commit is said last, and only after all of them."""
    target = [program("psql"), "--no-psqlrc", "--quiet", "--no-password", "--set=ON_ERROR_STOP=1"]
    reader = [
        program("pg_restore"),
        "--no-owner",
        "--no-privileges",
        "--schema=public",
        "--file=-",
        str(file),
    ]
    with tempfile.TemporaryFile() as complaints, tempfile.TemporaryFile() as unread:
        with subprocess.Popen(  # noqa: S603 - PostgreSQL's own program
            target,
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=complaints,
            env=environment(engine),
        ) as into:
            feed = cast(IO[bytes], into.stdin)
            with suppress(BrokenPipeError):  # it has something to complain of
                feed.write(before)
                feed.flush()
            read = subprocess.run(  # noqa: S603 - PostgreSQL's own program
                reader, stdin=subprocess.DEVNULL, stdout=feed, stderr=unread, check=False
            )
            into.communicate(_HORIZONS + b"COMMIT;\n" if read.returncode == 0 else b"")
        for name, code, told in (
            ("psql", into.returncode, complaints),
            ("pg_restore", read.returncode, unread),
        ):
            if code:
                told.seek(0)
                raise failed(name, told.read())
