"""Backups of the embedded database: SQLite copies it page by page while others read and write."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from app import migration, sqlite
from app.backups.whole import passing
from app.db import Database
from app.errors import Busy, Malformed, Text
from app.services import audit
from app.settings import Settings

FIRST_BYTES = b"SQLite format 3\x00"


def write(source: Path, part: Path) -> dict[str, int]:
    """Copy the database as it is at one instant; what is counted in the copy.

    In one step: in several, every writer would start it anew.
    """
    with closing(_opened(source)) as live, closing(_opened(part)) as copy:
        _copied(live, copy)
    with _database(part) as database, database.reading() as session:
        counted = audit.counts(session)
    with closing(_opened(part)) as copy:
        copy.execute("PRAGMA journal_mode=DELETE")  # one file, with nothing beside it
    return counted


def revision(file: Path) -> str | None:
    """Which schema a sound backup has; None if it has none of ours."""
    driver = sqlite.driver()
    try:
        with closing(driver.connect(f"{file.absolute().as_uri()}?mode=ro", uri=True)) as opened:
            broken = [row[0] for row in opened.execute("PRAGMA integrity_check") if row[0] != "ok"]
            broken += opened.execute("PRAGMA foreign_key_check").fetchall()
            if broken:
                raise _torn()
            known = opened.execute("SELECT 1 FROM sqlite_master WHERE name = 'alembic_version'").fetchone()
            found = opened.execute("SELECT version_num FROM alembic_version").fetchone() if known else None
    except driver.DatabaseError as error:
        raise _torn() from error
    return str(found[0]) if found else None


def restore(file: Path, target: Path) -> None:
    """Make the target what the backup is, brought up to date: all of it or nothing of it."""
    target.absolute().parent.mkdir(parents=True, exist_ok=True)
    with passing(target) as part:
        write(file, part)
        with _database(part) as database:
            migration.upgrade(database.engine)
        _put(part, target)


@contextmanager
def _database(file: Path) -> Iterator[Database]:
    opened = Database(Settings(DATABASE_URL=f"sqlite:///{file}"))
    try:
        yield opened
    finally:
        opened.dispose()


def _put(part: Path, target: Path) -> None:
    """Nobody else may have the target open: a process that serves it would go on from another past.

    SQLite leaves the write-ahead log only for one who is alone, and holds that place to the end.
    """
    driver = sqlite.driver()
    if not target.exists():
        target.touch(0o600)
    with closing(_opened(part)) as made, closing(_opened(target, timeout=1)) as old:
        try:
            old.execute("PRAGMA locking_mode=EXCLUSIVE")
            old.execute("PRAGMA journal_mode=DELETE")
            old.execute("BEGIN EXCLUSIVE")
            old.execute("COMMIT")
        except driver.OperationalError as error:
            raise Busy(
                detail=Text(
                    "Cơ sở dữ liệu đang được dùng: dừng hệ thống trước khi phục hồi",
                    "The database is in use: stop the service before restoring",
                )
            ) from error
        _copied(made, old)


def _copied(all_of: Any, into: Any) -> None:
    """Copy one database into another. What the disk has no room for, or may not hold, is the disk's error."""
    try:
        all_of.backup(into)
    except sqlite.driver().OperationalError as error:
        raise OSError(str(error)) from error


def _opened(path: Path, timeout: float = 10) -> Any:
    return sqlite.driver().connect(str(path), isolation_level=None, timeout=timeout)


def _torn() -> Malformed:
    return Malformed(
        Text("Tệp sao lưu không nguyên vẹn, không dùng được", "The backup file is not whole and is not used")
    )
