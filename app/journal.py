"""The journal: what every write leaves on record, written by the flush itself.

One `Change` row for each changed row, in the same transaction; and no change of a recorded row that nobody
asked permission for. A link is entered by the name people know its end by: the database's own numbers stay
outside.
"""

from typing import Any, NoReturn

from sqlalchemy import BigInteger, ColumnElement, Text, cast, event, func, insert, inspect
from sqlalchemy.orm import ORMExecuteState, Session, UOWTransaction

from app.models import Base, Change
from app.models.base import Recorded
from app.models.unit import instant, permits
from app.rules.vocabulary import Operation

_RECORDED: dict[str, type[Recorded]] = {
    mapper.local_table.name: mapper.class_  # type: ignore[attr-defined]
    for mapper in Base.registry.mappers
    if issubclass(mapper.class_, Recorded)
}


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
    entries = []
    for row in (*session.new, *session.dirty):
        if not isinstance(row, Recorded):
            continue
        before, after = _difference(session, row, created=row in session.new)
        if not after:
            continue
        permit = granted[row]
        entries.append(
            {
                "at": instant(session),
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


def _difference(
    session: Session, row: Recorded, *, created: bool
) -> tuple[dict[str, Any] | None, dict[str, Any]]:
    """What the row said before and says now, by column; secrets and derived columns left out."""
    state = inspect(row)
    before, after = {}, {}
    for column in state.mapper.column_attrs:
        stored, info = column.columns[0], column.columns[0].info
        if info.get("derived") or info.get("secret") or column.key in ("id", "version"):
            continue
        name, history = _public(stored), state.attrs[column.key].history
        if created:
            after[name] = _said(session, stored, state.attrs[column.key].value)
        elif history.has_changes():
            before[name] = _said(session, stored, history.deleted[0] if history.deleted else None)
            after[name] = _said(session, stored, history.added[0] if history.added else None)
    return (None if created else before), after


def _public(column: ColumnElement[Any]) -> str:
    """What a column is called on the wire: a link by what it leads to."""
    return str(column.key).removesuffix("_id" if column.foreign_keys else "")


def _said(session: Session, column: ColumnElement[Any], value: Any) -> Any:
    """A column's value as people know it. What a link leads to has mostly been judged in this unit of work,
    and is in the session; otherwise it is one look by primary key."""
    for link in column.foreign_keys:
        if value is not None:
            return session.get_one(_RECORDED[link.column.table.name], value).known_as
    return _plain(value)


def _plain(value: Any) -> Any:
    """A column's value as JSON has it."""
    return value.isoformat() if hasattr(value, "isoformat") else value


def running_transaction() -> Any:
    """PostgreSQL's number of the transaction that is writing now; 64 bits, never reused."""
    return cast(cast(func.pg_current_xact_id(), Text), BigInteger)
