"""A database that tests get copies of, each as the original was when the first was made.

SQLite: a file is copied. PostgreSQL: to make a database and to remove it takes longer than many a test, and
what a connection has learnt of its tables and statements is lost with it. So a copy that is given back is put
back: what was written since is removed, and what is gone is taken from a second set of the rows that lies in
a schema of its own. One that cannot be put back, as when a test has changed a table, is removed.
"""

import shutil
import sqlite3
from contextlib import closing, suppress
from itertools import count
from pathlib import Path
from typing import Any, Final, LiteralString, Protocol, Self
from weakref import finalize

import psycopg
from sqlalchemy import make_url

from tests import servers
from tests.servers.postgres import connected


class Original(Protocol):
    """What is copied; `url` is its own address, to be filled before the first copy and left alone then."""

    url: str

    def copy(self) -> str:
        """The address of a copy that nobody else has."""
        ...

    def give_back(self, url: str) -> None:
        """This copy is needed no more."""
        ...

    def twin(self, name: str) -> "Original":
        """Another original, which begins as a copy of this one."""
        ...

    def remove(self) -> None:
        """It is needed no more, nor are its copies."""
        ...


def original(backend: str, folder: Path, name: str) -> Original:
    """An empty one."""
    if backend == "sqlite":
        return _File(folder / f"{name}.sqlite3")
    cluster = servers.of_session()
    assert cluster is not None
    return _Database(cluster, cluster.create_database(name))


class _File:
    def __init__(self, path: Path) -> None:
        self._path, self._numbers = path, count(1)
        self.url = f"sqlite:///{path}"

    def copy(self) -> str:
        return self.twin(f"{self._path.stem}_{next(self._numbers)}").url

    def give_back(self, url: str) -> None:
        pass  # the folder goes with the run

    def twin(self, name: str) -> Self:
        with closing(sqlite3.connect(self._path)) as connection:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        return type(self)(Path(shutil.copyfile(self._path, self._path.with_name(f"{name}.sqlite3"))))

    def remove(self) -> None:
        pass


class _Database:
    def __init__(self, cluster: servers.Postgres, url: str) -> None:
        self._cluster, self.url, self._numbers = cluster, url, count(1)
        self._name = _name(url)
        self._furnished = f"{self._name}_furnished"
        self._copies: dict[str, _Copy] = {}
        self._idle: list[str] = []

    def copy(self) -> str:
        if self._idle:
            return self._idle.pop()
        number = next(self._numbers)
        if number == 1:
            with closing(connected(self._made(self._furnished, self._name))) as connection:
                _furnish(connection)
        url = self._made(f"{self._name}_{number}", self._furnished)
        self._copies[url] = _Copy(connected(url, options="-c lock_timeout=5s"))
        return url

    def give_back(self, url: str) -> None:
        if self._copies[url].put_back():
            self._idle.append(url)
        else:
            self._copies.pop(url).close()
            self._cluster.drop_database(_name(url))

    def twin(self, name: str) -> Self:
        return type(self)(self._cluster, self._made(name, self._name))

    def remove(self) -> None:
        for url, copy in self._copies.items():
            copy.close()
            self._cluster.drop_database(_name(url))
        for name in (self._furnished, self._name):
            self._cluster.drop_database(name)

    def _made(self, name: str, template: str) -> str:
        with closing(connected(self._cluster.url())) as connection:
            connection.execute(_ALONE, (template,))
        return self._cluster.create_database(name, template)


def _name(url: str) -> str:
    return make_url(url).database or ""


class _Copy:
    """What a copy is put back by: a lasting connection, and since when rows are not the original's."""

    def __init__(self, connection: psycopg.Connection) -> None:
        self._connection = connection
        self.close = finalize(self, connection.close)
        self._since = self._told("SELECT pg_current_xact_id()::xid::text")
        self._tables = self._described()

    def put_back(self) -> bool:
        """Make it what the original was; False where that cannot be."""
        with suppress(psycopg.Error):
            if self._described() == self._tables:
                self._since = self._told("SELECT original.put_back(%s::xid)", self._since)
                return True
        return False

    def _described(self) -> list[Any]:
        return self._connection.execute(_TABLES, {"since": self._since}).fetchall()

    def _told(self, statement: LiteralString, *given: str) -> str:
        [told] = self._connection.execute(statement, given).fetchone() or [""]
        return str(told)


_ALONE: Final = "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = %s"
_TABLES: Final = """
SELECT count(*) AS n, min(age(xmin)) < age(%(since)s::xid) AS touched FROM pg_class
UNION ALL SELECT count(*), min(age(xmin)) < age(%(since)s::xid) FROM pg_attribute
UNION ALL SELECT count(*), min(age(xmin)) < age(%(since)s::xid) FROM pg_constraint
UNION ALL SELECT count(*), min(age(xmin)) < age(%(since)s::xid) FROM pg_trigger
"""
"""How many rows there are that describe tables, and whether any was written since then."""

_KEYED: Final = """
SELECT c.relname, a.attname, pg_get_serial_sequence(c.oid::regclass::text, a.attname)
FROM pg_class c JOIN pg_index i ON i.indrelid = c.oid AND i.indisprimary
JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = i.indkey[0]
WHERE c.relnamespace = 'public'::regnamespace
"""
"""Tables, what each row of theirs is known by, and what numbers them."""

_BEGIN: Final = """
PERFORM pg_terminate_backend(pid, 5000) FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid() AND state <> 'idle';
PERFORM set_config('session_replication_role', 'replica', true);
"""
"""Who was killed in the middle of something holds nothing any more, and no key stands in the way."""


def _furnish(connection: psycopg.Connection) -> None:
    """The second set of rows, the function that puts them back, and statistics as a server makes them."""
    connection.execute("CREATE SCHEMA original")
    removing, adding, numbering = "", "", ""
    for table, key, numbers in connection.execute(_KEYED).fetchall():
        connection.execute(f"CREATE TABLE original.{table} AS TABLE public.{table}".encode())
        removing += f"DELETE FROM public.{table} WHERE age(xmin) < age($1);\n"
        adding += (
            f"INSERT INTO public.{table} SELECT * FROM original.{table} o"
            f" WHERE NOT EXISTS (SELECT FROM public.{table} p WHERE p.{key} = o.{key});\n"
        )
        if numbers:
            last, called = connection.execute(
                f"SELECT last_value, is_called FROM {numbers}".encode()
            ).fetchone() or (1, False)
            numbering += (
                f"PERFORM setval('{numbers}', {last}, {called}) FROM {numbers}"
                f" WHERE (last_value, is_called) <> ({last}, {called});\n"
            )
    connection.execute(
        f"CREATE FUNCTION original.put_back(xid) RETURNS text LANGUAGE plpgsql AS $$ BEGIN"
        f" {_BEGIN}{removing}{adding}{numbering} RETURN pg_current_xact_id()::xid; END $$".encode()
    )
    connection.execute("ANALYZE")
