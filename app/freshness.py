"""Freshness: a name for the state a database is in. While the name is the same, nothing has been committed.

It is the one rule by which an answer may be given a second time without being computed: not a time to live,
which would be a stale number for that long, and not a counter of our own, which a restored backup or another
program would not raise. SQLite tells a connection of the commits of all others (`PRAGMA data_version`);
PostgreSQL names a snapshot by the transactions it sees (`pg_current_snapshot()`), and two snapshots of one
name see the same rows. A replica's snapshot does not name the transactions that still run, so its state is
how far it has replayed; and what it shows may be given again only where it has all its primary has, since
one that stands still beside a quiet primary keeps its state for ever. What it costs is one number from shared
memory, or one small query; on PostgreSQL everybody who asked before it began shares it.
"""

import asyncio
import logging
import threading
from collections.abc import Callable, Hashable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, NamedTuple, Protocol

from sqlalchemy import Engine

_log = logging.getLogger(__name__)


class Freshness(Protocol):
    """What tells one state of a database from another."""

    async def state(self) -> Hashable | None:
        """The name of the present state, which holds what was committed before this was asked; None where it
        cannot be told."""

    def close(self) -> None:
        """Let go of what it asks by."""


class Unknown:
    """Nobody can tell: a database in memory, which is another one for every connection."""

    async def state(self) -> None:
        """Never the same."""

    def close(self) -> None:
        """Nothing to let go of."""


class _Asking:
    """One connection of its own, outside the pool, that is never in a transaction; made when first needed and
    anew after a failure."""

    def __init__(self, engine: Engine, query: str) -> None:
        self._engine, self._query = engine, query
        self._connection: Any = None
        self._name = object()
        """Which connection: what two of them say cannot be compared."""

    def ask(self) -> tuple[Any, ...] | None:
        """Which connection, and what it says."""
        try:
            if self._connection is None:
                self._connection, self._name = self._opened(), object()
            said = self._connection.execute(self._query).fetchone()
        except Exception as error:  # noqa: BLE001 - whatever it is, the answer is computed, and tells of it
            _log.warning("freshness: %s", type(error).__name__)
            self.close()
            return None
        return self._name, *said

    def close(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _opened(self) -> Any:
        lent = self._engine.raw_connection()
        connection: Any = lent.driver_connection
        lent.detach()
        if hasattr(connection, "autocommit"):
            connection.autocommit = True
        return connection


class Embedded:
    """SQLite: a look into memory that all processes share, short enough to be asked where it is needed."""

    def __init__(self, engine: Engine) -> None:
        self._asking, self._turn = _Asking(engine, "PRAGMA data_version"), threading.Lock()

    async def state(self) -> Hashable | None:
        """Changed by any commit of any other connection."""
        with self._turn:
            return self._asking.ask()

    def close(self) -> None:
        """Close the connection."""
        with self._turn:
            self._asking.close()


_SERVER = """SELECT CASE WHEN pg_is_in_recovery() THEN pg_last_wal_replay_lsn()::text
ELSE pg_current_snapshot()::text END"""


class Seen(NamedTuple):
    """Which connection, the snapshot that a transaction begun now would have, and how far its server is."""

    connection: object
    snapshot: str
    position: int


class Server:
    """PostgreSQL: one question after the other, on a thread of its own; each answers all who waited for it to
    begin, and none who came later. `position` is what to ask for how far it is, where that matters."""

    def __init__(self, engine: Engine, position: str = "0") -> None:
        self._asking = _Asking(engine, f"{_SERVER}, {position}")
        self._thread, self._turn = ThreadPoolExecutor(1, "freshness"), threading.Lock()
        self._next: asyncio.Future[Seen | None] | None = None

    async def state(self) -> Hashable | None:
        """The snapshot that a transaction begun now would have."""
        seen = await self.seen()
        return seen and seen[:2]

    async def seen(self) -> Seen | None:
        """That, and how far it is at least: a snapshot holds nothing that lies further."""
        with self._turn:
            if self._next is None:
                self._next = asyncio.get_running_loop().run_in_executor(self._thread, self._ask)
            asked = self._next
        return await asyncio.shield(asked)  # who gives up waiting does not end it for the others

    def _ask(self) -> Seen | None:
        with self._turn:
            self._next = None
        said = self._asking.ask()
        return Seen(*said) if said else None

    def close(self) -> None:
        """Close the connection once nobody waits for it."""
        self._thread.shutdown()
        self._asking.close()


class Both:
    """A primary, which knows whose key still holds, and its replica: an answer may come from either."""

    def __init__(self, primary: Server, replica: Server, *, unless: Callable[[], bool]) -> None:
        self._primary, self._replica, self._unless = primary, replica, unless

    async def state(self) -> Hashable | None:
        """The states of both; None where one of them does not tell or is not to be asked now, or where the
        replica has not all that the primary has."""
        if self._unless():
            return None
        there, here = await asyncio.gather(self._primary.seen(), self._replica.seen())
        if there is None or here is None or here.position < there.position:
            return None
        return there[:2], here[:2]

    def close(self) -> None:
        """Close both connections."""
        self._primary.close()
        self._replica.close()
