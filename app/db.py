"""The database: one engine, and where a transaction begins and ends.

How the two databases are opened and queued for is said here and nowhere else.
SQLite: one writer at a time, who waits in this process and takes the file's write lock at once;
durable commits; readers see one snapshot. PostgreSQL: reads are one REPEATABLE READ snapshot, writers lock
the rows they are about to judge. They differ in two more places: `migration` keeps one at a time at work on
the schema, and the feed's order is `journal`'s to write and `services.changes`' to read. What a write leaves
on record is `journal`'s; when a replica may serve a read is `replica`'s;
what a failure means is `failing`'s.
"""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from typing import Any, Final, TypeVar

from sqlalchemy import Connection, Engine, create_engine, event, func, make_url, select, text
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlalchemy.orm import Session
from sqlalchemy.orm.exc import StaleDataError
from sqlalchemy.pool import QueuePool

from app import freshness, sqlite
from app.errors import Busy, Conflict, Stale, Text
from app.failing import is_taken, waited_in_vain
from app.journal import WritingSession
from app.replica import CONNECT_SECONDS, POSITION, Behind, Replica
from app.settings import Settings

T = TypeVar("T")
Clock = Callable[[], datetime]


SILENCE: Final = {
    "connect_timeout": 5,
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "tcp_user_timeout": 15_000,  # milliseconds
}
"""How long a server's host may be silent, unless its address says otherwise. Left to the system, one that has
vanished without a word is waited for two hours."""


def utc_now() -> datetime:
    """The machine's own clock."""
    return datetime.now(UTC)


class Database:
    """The engine and the two ways through it: `reading` and `writing`; and `look`, which may be late. Each
    unit of work happens at one instant, which `clock` tells as it begins (`models.unit`)."""

    def __init__(self, settings: Settings, clock: Clock = utc_now) -> None:
        self._clock = clock
        self._patience = settings.busy_seconds
        self.embedded = settings.embedded
        self.engine = _sqlite_engine(settings) if settings.embedded else _postgresql_engine(settings)
        self.replica = _replica(self.engine, settings) if settings.replica_url else None
        self._reader = (
            self.engine
            if self.embedded
            else self.engine.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
        )
        self.freshness = _freshness(self.engine, self.replica, settings)
        self._writer = self.engine.execution_options(writing=True, insertmanyvalues_page_size=100)
        self._turn = threading.Lock()

    def now(self) -> datetime:
        """The instant at which a unit of work that begins now happens."""
        return self._clock()

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """One snapshot of everything; nothing can be changed through it."""
        with self._session(self._reader) as session:
            yield session
            session.expunge_all()  # there is nothing to write
            session.commit()  # psycopg forgets what it has prepared where a transaction is undone

    def look(self, at: Callable[[Session], T], at_least: int | None) -> T:
        """Look at one snapshot that holds what was committed up to a position of the primary's log, or all of
        it (None). Two may be looked at: a replica's, and the primary's where that one will not do."""
        if self.replica is not None and at_least is not None:
            with suppress(Behind):
                return self.replica.look(lambda connection: at(self._session(connection)), at_least)
        with self.reading() as session:
            return at(session)

    def _session(self, bind: Engine | Connection) -> Session:
        return Session(bind, autoflush=False, info={"now": self.now()})

    @contextmanager
    def writing(self, request_id: str | None = None) -> Iterator[Session]:
        """One unit of work: committed, durably, when the block ends well, and undone whole otherwise."""
        with (
            self._turn_to_write(),
            WritingSession(
                self._writer,
                autoflush=False,
                expire_on_commit=False,
                info={"request_id": request_id, "now": self.now()},
            ) as session,
        ):
            try:
                yield session
                session.commit()
            except StaleDataError as error:
                raise Stale() from error
            except IntegrityError as error:
                if not is_taken(error):
                    raise  # a rule of the tables that ours should have kept first: a bug, not a race
                raise Conflict(
                    Text(
                        "Một yêu cầu khác vừa ghi cùng mục này; hãy đọc lại rồi thử lại",
                        "Another request has just written the same item; read it again and retry",
                    ),
                    facts={"reason": "written_meanwhile"},
                ) from error

    @contextmanager
    def _turn_to_write(self) -> Iterator[None]:
        """SQLite has one writer: queue here, in order, rather than poll the file lock."""
        if not self.embedded:
            yield
            return
        if not self._turn.acquire(timeout=self._patience):
            raise Busy()
        try:
            yield
        finally:
            self._turn.release()

    def takes_writes(self) -> bool:
        """Whether it answers, and is not a replica."""
        answer = "true" if self.embedded else "NOT pg_is_in_recovery()"
        with self.reading() as session:
            return bool(session.scalar(text(f"SELECT {answer}")))

    def hold(self, session: Session, name: str) -> bool:
        """Keep others from working under the same name until this unit of work ends; False if one still is.
        On SQLite the turn to write does that already."""
        if self.embedded:
            return True
        try:
            session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(name, 0))))
        except OperationalError as error:
            if waited_in_vain(error):
                return False
            raise
        return True

    def dispose(self) -> None:
        """Close every connection."""
        self.freshness.close()
        self.engine.dispose()
        if self.replica is not None:
            self.replica.dispose()


def _sqlite_engine(settings: Settings) -> Engine:
    if settings.database_file is not None:
        settings.database_file.parent.mkdir(parents=True, exist_ok=True)
    engine = create_engine(
        settings.database_url,
        hide_parameters=True,  # an error message ends up in the log, its values must not
        module=sqlite.driver(),
        poolclass=QueuePool,  # named, since a database in memory would get another with other arguments
        pool_size=settings.threads,
        max_overflow=settings.threads,
        connect_args={"timeout": settings.busy_seconds, "check_same_thread": False},
    )

    @event.listens_for(engine, "connect")
    def _configure(connection: Any, _record: Any) -> None:
        connection.isolation_level = None  # the driver's own BEGIN comes too late to be IMMEDIATE
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        writing = connection.get_execution_options().get("writing", False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")

    return engine


def _postgresql_engine(settings: Settings, url: str = "", **connecting: Any) -> Engine:
    address = make_url(url or settings.database_url)
    given = {name: value for name, value in SILENCE.items() if name not in address.query} | connecting
    return create_engine(
        address,
        hide_parameters=True,
        pool_size=settings.threads,
        max_overflow=settings.threads,
        pool_timeout=settings.busy_seconds,
        pool_pre_ping=True,
        connect_args=given | {"options": f"-c lock_timeout={settings.busy_seconds}s -c timezone=UTC"},
    )


def _replica(primary: Engine, settings: Settings) -> Replica:
    if settings.embedded:
        raise ValueError("TTDN_REPLICA_URL: chỉ PostgreSQL có bản sao · only PostgreSQL has replicas")
    engine = _postgresql_engine(settings, settings.replica_url, connect_timeout=CONNECT_SECONDS)
    return Replica(engine, primary, settings.replica_seconds)


def _freshness(engine: Engine, replica: Replica | None, settings: Settings) -> freshness.Freshness:
    if replica is not None:
        both = freshness.Server(engine, POSITION), freshness.Server(replica.engine, POSITION)
        return freshness.Both(*both, unless=replica.resting)
    if settings.database_file is not None:
        return freshness.Embedded(engine)
    return freshness.Unknown() if settings.embedded else freshness.Server(engine)
