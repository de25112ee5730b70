"""The driver alone: rows as it is given them, put into a table in its own fastest way."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import psycopg
from psycopg.types.json import Jsonb
from sqlalchemy import make_url

from app import sqlite
from app.models.base import Base

Row = tuple[Any, ...]


def columns(table: str) -> list[str]:
    """The names of a table's columns, in the order in which rows have them."""
    return [column.name for column in Base.metadata.tables[table].columns]


def address(url: str) -> str:
    """A server's address as the driver and its programs take it."""
    return make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)


@contextmanager
def opened(url: str) -> Iterator[Any]:
    """A connection of the driver's, whose every statement is a durable transaction unless one is begun."""
    if not url.startswith("sqlite"):
        with psycopg.connect(address(url), autocommit=True) as connection:
            yield connection
        return
    file = sqlite.driver().connect(make_url(url).database, isolation_level=None)
    try:
        file.execute("PRAGMA synchronous = FULL")
        yield file
    finally:
        file.close()


def stored(url: str, table: str = "activities") -> Sequence[Row]:
    """The rows of a table, each as the driver takes it back."""
    with opened(url) as connection:
        found = connection.execute(f"SELECT {', '.join(columns(table))} FROM {table} ORDER BY id")
        return [tuple(map(_plain, row)) for row in found.fetchall()]


def insert(url: str, table: str) -> str:
    """One row, as a statement."""
    names = columns(table)
    marks = ", ".join(["?" if url.startswith("sqlite") else "%s"] * len(names))
    return f"INSERT INTO {table} ({', '.join(names)}) VALUES ({marks})"


def put(connection: Any, url: str, table: str, rows: Iterable[Row]) -> None:
    """Many rows: executemany in one transaction, or COPY."""
    if url.startswith("sqlite"):
        connection.execute("BEGIN IMMEDIATE")
        connection.executemany(insert(url, table), rows)
        connection.execute("COMMIT")
        return
    statement = f"COPY {table} ({', '.join(columns(table))}) FROM STDIN"
    with connection.cursor() as cursor, cursor.copy(statement) as copy:
        for row in rows:
            copy.write_row(row)


def _plain(value: Any) -> Any:
    return Jsonb(value) if isinstance(value, list | dict) else value
