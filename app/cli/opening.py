"""Every command's way to the settings and the database, and how a failure is told at a terminal."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import click
from alembic.util import CommandError
from pydantic import ValidationError
from pydantic_core import ErrorDetails
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from app import migration
from app.db import Database
from app.errors import Failure
from app.settings import Settings


def settings(**given: Any) -> Settings:
    """The environment's settings; what the command line itself gives comes first."""
    try:
        return Settings(**given)
    except ValidationError as error:  # its own text shows the values, and an address may hold a password
        wrong = "; ".join(f"{_variable(one['loc'])}: {_fault(one)}" for one in error.errors())
        raise click.ClickException(f"Cấu hình · settings: {wrong}") from None


def _variable(place: tuple[int | str, ...]) -> str:
    """The environment's name of a setting, from the place where pydantic found it wrong."""
    name = str(place[0])
    return name if name.isupper() else f"TTDN_{name.upper()}"


def _fault(one: ErrorDetails) -> str:
    """What is wrong with a setting; of a form an example, since a pattern tells nobody anything."""
    field = Settings.model_fields.get(str(one["loc"][0]))
    examples = ", ".join(map(str, field.examples or ())) if field else ""
    if one["type"] == "string_pattern_mismatch" and examples:
        return f"không đúng dạng, ví dụ · not of the form, such as {examples}"
    return f"giá trị không dùng được · {one['msg']}"


@contextmanager
def database(*, migrated: bool = True, there: bool | None = None) -> Iterator[Database]:
    """The database of the environment, with the schema it needs unless the command does without; it has to be
    there (unless said otherwise) where the schema has to be.

    Failures come out as one clear sentence.
    """
    chosen = settings()
    there = migrated if there is None else there
    if there and chosen.database_file is not None and not chosen.database_file.is_file():
        raise click.ClickException(
            f"Không có tệp cơ sở dữ liệu · there is no database file: {chosen.database_file} "
            "(ttdn migrate tạo mới · makes one)"
        )
    try:
        opened = Database(chosen)
    except (SQLAlchemyError, ImportError, RuntimeError, ValueError) as error:
        raise click.ClickException(f"Cấu hình · settings (DATABASE_URL, TTDN_*): {error}") from error
    try:
        if migrated and (current := migration.current(opened.engine)) != migration.head():
            raise wrong_schema(current)
        yield opened
    except Failure as failure:
        raise click.ClickException(_told(failure)) from failure
    except DBAPIError as error:
        raise click.ClickException(f"Cơ sở dữ liệu báo lỗi · the database says: {error.orig}") from error
    except UnicodeEncodeError as error:
        raise click.ClickException("Có tham số không phải UTF-8 · an argument is not UTF-8") from error
    except CommandError as error:
        if (current := migration.current(opened.engine)) is not None and not migration.known(current):
            raise wrong_schema(current) from error
        raise click.ClickException(
            f"Không đổi được lược đồ · the schema cannot be changed: {error}"
        ) from error
    finally:
        opened.dispose()


def wrong_schema(current: str | None) -> click.ClickException:
    """What to say when the schema is not the one this program needs."""
    if current is not None and not migration.known(current):
        return click.ClickException(
            f"Lược đồ {current} là của chương trình mới hơn chương trình này (cần {migration.head()}): dùng "
            "lại chương trình mới, hoặc phục hồi bản sao lưu trước nâng cấp (docs/runbooks/restore.vi.md) · "
            f"schema {current} is of a newer program than this one (needed {migration.head()}): use that "
            "one again, or restore the backup from before the upgrade (docs/runbooks/restore.en.md)"
        )
    return click.ClickException(
        f"Lược đồ chưa đúng phiên bản · schema {current}, needed {migration.head()}: ttdn migrate"
    )


def _told(failure: Failure) -> str:
    lines = [f"{failure.detail.vi} · {failure.detail.en}"]
    faults = [fault for fault in failure.faults if fault.message != failure.detail]
    lines += [f"  {fault.pointer or '*'}: {fault.message.vi} · {fault.message.en}" for fault in faults]
    return "\n".join(lines)
