"""The journal: what every write leaves on record, written by the flush itself.

One `Change` row for each changed row, in the same transaction; and no change of a recorded row that nobody
asked permission for.
"""

from datetime import UTC, datetime
from typing import Any, NoReturn

from sqlalchemy import BigInteger, Text, cast, event, func, insert, inspect
from sqlalchemy.orm import ORMExecuteState, Session, UOWTransaction

from app.models import Base, Change
from app.models.base import Recorded
from app.models.changes import permits
from app.rules.vocabulary import Operation

_RECORDED = frozenset(
    getattr(mapper.local_table, "name", "")
    for mapper in Base.registry.mappers
    if issubclass(mapper.class_, Recorded)
)


class UngrantedChange(RuntimeError):
    """A row was about to change that nobody had asked permission for. Always a bug of ours."""


class WritingSession(Session):
    """A session whose every flush is judged and journaled, and which changes rows by flushing alone."""

    def _past_the_flush(self, *_args: Any, **_options: Any) -> NoReturn:
        raise UngrantedChange("bulk methods pass by the flush")

    bulk_save_objects = bulk_insert_mappings = bulk_update_mappings = _past_the_flush


@event.listens_for(WritingSession, "do_orm_execute")
def _only_rows(state: ORMExecuteState) -> None:
    """A bulk statement would pass by the journal: recorded rows change one by one, as rows."""
    table = getattr(getattr(state.statement, "table", None), "name", None)
    if (state.is_insert or state.is_update or state.is_delete) and table in _RECORDED:
        raise UngrantedChange(f"bulk statement on {table}")


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
                "subject": row.subject.value,
                "ref": row.ref,
                "operation": (Operation.CREATED if before is None else Operation.CHANGED).value,
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
