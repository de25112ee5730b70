"""The database: one engine, where a transaction begins and ends, and what every write leaves on record.

The two databases differ here and nowhere else. SQLite: one writer at a time, who waits in this process
and takes the file's write lock at once (trap 2); durable commits; readers see one snapshot. PostgreSQL:
reads are one REPEATABLE READ snapshot, writers lock the rows they are about to judge.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    Connection,
    Engine,
    Text,
    cast,
    create_engine,
    event,
    func,
    insert,
    inspect,
    select,
)
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError
from sqlalchemy.orm import ORMExecuteState, Session, UOWTransaction
from sqlalchemy.orm.exc import StaleDataError
from sqlalchemy.pool import QueuePool

from app import sqlite
from app.errors import Busy, Conflict, Stale
from app.errors import Text as Words
from app.models import Change
from app.models.base import Recorded
from app.models.changes import permits
from app.settings import Settings

LOCK_NOT_AVAILABLE = "55P03"
BROKEN_FOR_ANOTHER = ("40001", "40P01")
"""PostgreSQL undid the transaction in favour of another: serialisation failure, deadlock."""


class UngrantedChange(RuntimeError):
    """A row was about to change that nobody had asked permission for. Always a bug of ours."""


class WritingSession(Session):
    """A session whose every flush is judged and journaled."""


class Database:
    """The engine and the two ways through it: `reading` and `writing`."""

    def __init__(self, settings: Settings) -> None:
        self._patience = settings.busy_seconds
        self.embedded = settings.embedded
        self.engine = _sqlite_engine(settings) if settings.embedded else _postgresql_engine(settings)
        self._reader = (
            self.engine
            if self.embedded
            else self.engine.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
        )
        self._writer = self.engine.execution_options(writing=True)
        self._turn = threading.Lock()

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """One snapshot of everything; nothing can be changed through it."""
        with Session(self._reader, autoflush=False) as session:
            yield session

    @contextmanager
    def writing(self, request_id: str | None = None) -> Iterator[Session]:
        """One unit of work: committed, durably, when the block ends well, and undone whole otherwise."""
        with (
            self._turn_to_write(),
            WritingSession(
                self._writer, autoflush=False, expire_on_commit=False, info={"request_id": request_id}
            ) as session,
        ):
            try:
                yield session
                session.commit()
            except StaleDataError as error:
                raise Stale() from error
            except IntegrityError as error:
                raise Conflict(
                    Words(
                        "Một yêu cầu khác vừa ghi cùng mục này; hãy đọc lại rồi thử lại",
                        "Another request has just written the same item; read it again and retry",
                    )
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

    def hold(self, session: Session, name: str) -> bool:
        """Keep others from working under the same name until this unit of work ends; False if one still is.

        On SQLite the turn to write does that already.
        """
        if self.embedded:
            return True
        try:
            session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(name, 0))))
        except OperationalError as error:
            if getattr(error.orig, "sqlstate", None) == LOCK_NOT_AVAILABLE:
                return False
            raise
        return True

    def dispose(self) -> None:
        """Close every connection."""
        self.engine.dispose()


def _sqlite_engine(settings: Settings) -> Engine:
    if settings.database_file is not None and str(settings.database_file) not in ("", ":memory:"):
        settings.database_file.parent.mkdir(parents=True, exist_ok=True)
    engine = create_engine(
        settings.database_url,
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


def _postgresql_engine(settings: Settings) -> Engine:
    return create_engine(
        settings.database_url,
        pool_size=settings.threads,
        max_overflow=settings.threads,
        pool_timeout=settings.busy_seconds,
        pool_pre_ping=True,
        connect_args={"options": f"-c lock_timeout={settings.busy_seconds}s -c timezone=UTC"},
    )


@event.listens_for(WritingSession, "do_orm_execute")
def _only_rows(state: ORMExecuteState) -> None:
    """A bulk statement would pass by the journal: recorded rows change one by one, as rows."""
    changes = state.is_insert or state.is_update or state.is_delete
    if changes and state.bind_mapper is not None and issubclass(state.bind_mapper.class_, Recorded):
        raise UngrantedChange(f"bulk statement on {state.bind_mapper.class_.__name__}")


@event.listens_for(WritingSession, "before_flush")
def _refuse_ungranted(session: Session, _context: UOWTransaction, _rows: Any) -> None:
    granted = permits(session)
    for row in (*session.new, *session.dirty):
        if isinstance(row, Recorded) and session.is_modified(row) and row not in granted:
            raise UngrantedChange(f"{type(row).__name__} changed without a permission")
    if any(isinstance(row, Recorded) for row in session.deleted):
        raise UngrantedChange("business records are never deleted")


@event.listens_for(WritingSession, "after_flush")
def _journal(session: Session, _context: UOWTransaction) -> None:
    granted = permits(session)
    now = datetime.now(UTC)
    entries = []
    for row in (*session.new, *session.dirty):
        if not isinstance(row, Recorded):
            continue
        before, after = _difference(row, created=row in session.new)
        if not after:
            continue
        permit = granted[row]
        entries.append(
            {
                "at": now,
                "plan_id": row.plan_of,
                "task_id": row.task_of,
                "subject": row.subject,
                "ref": row.ref,
                "operation": "changed" if before is not None else "created",
                "version": row.version,
                "action": permit.action.value,
                "actor": permit.actor.agency,
                "via": permit.actor.via,
                "before": before,
                "after": after,
                "request_id": session.info.get("request_id"),
            }
        )
    if entries:
        connection = session.connection()
        statement = insert(Change.__table__)  # type: ignore[arg-type]
        if connection.dialect.name == "postgresql":
            statement = statement.values(horizon=running_transaction())
        connection.execute(statement, entries)


def _difference(row: Recorded, *, created: bool) -> tuple[dict[str, Any] | None, dict[str, Any]]:
    """What the row said before and says now, by column; secrets and derived columns left out."""
    state = inspect(row)
    before, after = {}, {}
    for column in state.mapper.column_attrs:
        info = column.columns[0].info
        if info.get("derived") or info.get("secret") or column.key in ("id", "version"):
            continue
        history = state.attrs[column.key].history
        if created:
            after[column.key] = _plain(state.attrs[column.key].value)
        elif history.has_changes():
            before[column.key] = _plain(history.deleted[0]) if history.deleted else None
            after[column.key] = _plain(history.added[0]) if history.added else None
    return (None if created else before), after


def _plain(value: Any) -> Any:
    """A column's value as JSON has it."""
    return value.isoformat() if hasattr(value, "isoformat") else value


def running_transaction() -> Any:
    """PostgreSQL's number of the transaction that is writing now; 64 bits, never reused."""
    return cast(cast(func.pg_current_xact_id(), Text), BigInteger)


def will_pass(error: DBAPIError) -> bool:
    """Whether the same unit of work, begun anew, has every chance to succeed."""
    return getattr(error.orig, "sqlstate", None) in BROKEN_FOR_ANOTHER
