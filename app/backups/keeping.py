"""The way of a backup: taken of any database that has a schema of ours, brought back where it fits."""

from pathlib import Path

from sqlalchemy import inspect

from app import migration
from app.backups import embedded, server
from app.backups.whole import whole
from app.db import Database
from app.errors import Conflict, Malformed, Text
from app.services import audit


def take(opened: Database, file: Path) -> dict[str, int]:
    """Write the whole database into a new file, while others read and write; what is counted in it."""
    if file.exists():
        raise _there(file)
    if migration.current(opened.engine) is None:
        raise Conflict(
            Text("Cơ sở dữ liệu trống: không có gì để sao lưu", "The database is empty: nothing to back up")
        )
    try:
        with whole(file) as part:
            return _write(opened, part)
    except FileExistsError as error:  # since this one began
        raise _there(file) from error


def bring_back(opened: Database, file: Path, *, replace: bool) -> str:
    """Make the database what the file holds, brought up to date; the revision that the file had.

    Nothing is touched unless the file is whole, is ours and is not of a newer program.
    """
    made = _revision(opened, file)
    _refuse_what_is_there(opened, replace=replace)
    if opened.embedded:
        opened.dispose()
        embedded.restore(file, _file_of(opened))
    else:
        server.restore(file, opened.engine)
    return made


def _write(opened: Database, part: Path) -> dict[str, int]:
    if opened.embedded:
        return embedded.write(_file_of(opened), part)
    with opened.reading() as session:
        counted = audit.counts(session)
        server.write(session, part)
    return counted


def _there(file: Path) -> Conflict:
    return Conflict(
        Text(
            f"Đã có tệp này, không ghi đè bản sao lưu: {file}",
            f"There is such a file; a backup is not overwritten: {file}",
        )
    )


def _revision(opened: Database, file: Path) -> str:
    with file.open("rb") as start:
        first = start.read(len(embedded.FIRST_BYTES))
    ours, others = (embedded.FIRST_BYTES, server.FIRST_BYTES)[:: 1 if opened.embedded else -1]
    if first.startswith(others):
        raise Conflict(
            Text(
                "Bản sao lưu này của loại cơ sở dữ liệu kia (SQLite hay PostgreSQL), xem DATABASE_URL",
                "This is a backup of the other kind of database (SQLite or PostgreSQL), see DATABASE_URL",
            )
        )
    if not first.startswith(ours):
        raise Malformed(Text("Tệp này không phải bản sao lưu", "This file is no backup"))
    found = embedded.revision(file) if opened.embedded else server.revision(file)
    if found is None:
        raise Malformed(Text("Tệp này không phải bản sao lưu của ttdn", "This file is no backup of ttdn"))
    if not migration.known(found):
        raise Conflict(
            Text(
                f"Bản sao lưu có lược đồ {found}, mới hơn chương trình này: nâng cấp chương trình trước",
                f"The backup has schema {found}, newer than this program: upgrade the program first",
            )
        )
    return found


def _refuse_what_is_there(opened: Database, *, replace: bool) -> None:
    if opened.embedded and not _file_of(opened).is_file():
        return  # to look would make it
    there = inspect(opened.engine).get_table_names()
    if there and not replace:
        raise Conflict(
            Text(
                "Cơ sở dữ liệu không trống; --replace thay toàn bộ bằng bản sao lưu",
                "The database is not empty; --replace puts the backup in the place of all of it",
            )
        )
    if there and not opened.embedded:
        server.refuse_company(opened.engine)


def _file_of(opened: Database) -> Path:
    return Path(opened.engine.url.database or "")
