"""A streaming replica of the database, and when a read may be served from it.

It is always a little behind. A read is served from it once it has replayed past two positions of the
primary's write-ahead log: the one the reader brings, which is that of its own last write, and the one where
the primary was `most_seconds` ago, so that no answer is older. Where the replica is not so far, does not
answer or has to refuse, the primary is asked: nobody is refused, and nothing unknown, because of a replica.
"""

import logging
import re
import threading
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from time import monotonic
from typing import Final, NamedTuple, TypeVar

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DBAPIError

from app.errors import Failure

T = TypeVar("T")

CONNECT_SECONDS: Final = 2
"""How long a replica is waited for that does not even refuse."""
REST_SECONDS: Final = 5.0
"""How long one that could not be reached is left alone."""
_TOKEN: Final = re.compile(r"[0-9a-f]{1,16}")
POSITION: Final = """CASE WHEN pg_is_in_recovery() THEN pg_last_wal_replay_lsn()
ELSE pg_current_wal_flush_lsn() END - '0/0'::pg_lsn"""
"""Up to where all that was committed can be seen; in bytes. A commit is flushed before it is answered, unless
synchronous_commit is off. Once promoted, a replica sees all there is."""

_log = logging.getLogger(__name__)


class Behind(Exception):
    """The replica cannot serve this; the primary has to."""


class Lag(NamedTuple):
    """How far a replica is behind. `seconds` is at most so many; None where nobody can tell, or they are more
    than are served."""

    serves: bool
    bytes: int | None = None
    seconds: float | None = None


class _Mark(NamedTuple):
    """Where the primary was at an instant of this process's own clock: what was committed before is below."""

    at: float
    position: int


class Replica:
    """A replica that serves reads beside its primary."""

    def __init__(self, engine: Engine, primary: Engine, most_seconds: float) -> None:
        self.engine, self._most = engine, most_seconds
        self._snapshots = engine.execution_options(
            isolation_level="REPEATABLE READ", postgresql_readonly=True
        )
        self._present = primary.execution_options(isolation_level="AUTOCOMMIT")
        self._marks = deque[_Mark]()
        self._turn = threading.Lock()
        self._rests_until = 0.0
        self._trouble = ""

    def look(self, at: Callable[[Connection], T], at_least: int) -> T:
        """Look at one snapshot that holds what was committed up to a position; raises Behind, also for what
        breaks off there or is refused: it may be refused for want of what comes later."""
        if self.resting():
            raise Behind
        oldest = self._oldest()
        with self._snapshot() as connection:
            here = self._known(connection, max(oldest, at_least))
            self._tell("" if here >= oldest else f"more than {self._most:g} s behind")
            if here < max(oldest, at_least):
                raise Behind
            try:
                return at(connection)
            except (DBAPIError, Failure) as error:
                raise Behind from error

    def committed(self) -> int:
        """The primary's position: what was committed before this is called is below it."""
        with self._present.connect() as connection:
            return _position(connection)

    def lag(self) -> Lag:
        """How far behind it is now."""
        if self.resting():
            return Lag(serves=False)
        oldest, there = self._oldest(), self.committed()
        try:
            with self._snapshot() as connection:
                here = self._known(connection, there)
        except Behind:
            return Lag(serves=False)
        since = [mark.at for mark in list(self._marks) if mark.position <= here]
        seconds = 0.0 if here >= there else round(monotonic() - since[-1], 3) if since else None
        return Lag(here >= oldest, max(there - here, 0), seconds)

    def resting(self) -> bool:
        """Whether it could not be reached a moment ago, and is not asked."""
        return monotonic() < self._rests_until

    def dispose(self) -> None:
        """Close every connection to it."""
        self.engine.dispose()

    @contextmanager
    def _snapshot(self) -> Iterator[Connection]:
        try:
            connection = self._snapshots.connect()
        except DBAPIError as error:
            self._rests_until = monotonic() + REST_SECONDS
            self._tell(type(error).__name__)
            raise Behind from error
        with connection:
            yield connection

    def _known(self, connection: Connection, least: int) -> int:
        """A position this connection's server has reached; asked only where what is known is not enough.

        Asked in a transaction of its own, ended before the one that is looked at begins: whose snapshot would
        else be older than the answer.
        """
        known: int = connection.info.get("position", 0)
        if known < least:
            try:
                known = connection.info["position"] = _position(connection)
                connection.rollback()
            except DBAPIError as error:
                raise Behind from error
        return known

    def _oldest(self) -> int:
        """Where the primary was at the earliest within the seconds that a read may be late."""
        with self._turn:
            now = monotonic()
            if not self._marks or now - self._marks[-1].at >= self._most / 4:
                self._marks.append(_Mark(now, self.committed()))
            while self._marks[0].at < now - self._most:
                self._marks.popleft()
            return self._marks[0].position

    def _tell(self, trouble: str) -> None:
        """Say in the log what has changed, once."""
        if trouble != self._trouble:
            self._trouble = trouble
            _log.warning("replica: %s", f"{trouble}; the primary serves" if trouble else "serves again")


def token(position: int) -> str:
    """A position as it is given to whoever has written."""
    return f"{position:x}"


def least(tokens: Sequence[str]) -> int | None:
    """The position that all of these ask for: 0 where there are none, None where one cannot be read."""
    if not all(_TOKEN.fullmatch(one) for one in tokens):
        return None
    return max((int(one, 16) for one in tokens), default=0)


def _position(connection: Connection) -> int:
    return int(connection.exec_driver_sql(f"SELECT {POSITION}").scalar_one())
