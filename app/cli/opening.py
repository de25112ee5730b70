"""Every command's way to the database, and how a failure is told at a terminal."""

from collections.abc import Iterator
from contextlib import contextmanager

import click
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from app import migration
from app.db import Database
from app.errors import Failure
from app.settings import Settings


@contextmanager
def database(*, migrated: bool = True) -> Iterator[Database]:
    """The database of the environment, with the schema it needs unless the command does without.

    Failures come out as one clear sentence.
    """
    try:
        opened = Database(Settings())
    except (SQLAlchemyError, ImportError, RuntimeError, ValueError) as error:
        raise click.ClickException(f"Cấu hình · settings (DATABASE_URL, TTDN_*): {error}") from error
    try:
        if migrated and (current := migration.current(opened.engine)) != migration.head():
            raise click.ClickException(
                f"Lược đồ chưa đúng phiên bản · schema {current}, needed {migration.head()}: ttdn migrate"
            )
        yield opened
    except Failure as failure:
        raise click.ClickException(_told(failure)) from failure
    except DBAPIError as error:
        raise click.ClickException(f"Cơ sở dữ liệu báo lỗi · the database says: {error.orig}") from error
    finally:
        opened.dispose()


def _told(failure: Failure) -> str:
    lines = [f"{failure.detail.vi} · {failure.detail.en}"]
    lines += [f"  {fault.pointer}: {fault.message.vi} · {fault.message.en}" for fault in failure.faults]
    return "\n".join(lines)
