"""The journal: what every write leaves on record, written by the flush itself.

One `Change` row for each changed row, in the same transaction; and no change of a recorded row that nobody
asked permission for. A link is entered by the name people know its end by: the database's own numbers stay
outside.
"""

from functools import cache
from typing import Any, NamedTuple, NoReturn

from sqlalchemy import BigInteger, Text, cast, event, func, insert, inspect
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
    changed = [row for row in session.dirty if session.is_modified(row)]
    for row in (*session.new, *changed):
        if isinstance(row, Recorded) and row not in granted:
            raise UngrantedChange(f"{type(row).__name__} changed without a permission")
    if any(isinstance(row, Recorded) and row.unchanging for row in changed):
        raise UngrantedChange("what is written once is never changed")
    if any(isinstance(row, Recorded) for row in session.deleted):
        raise UngrantedChange("business records are never deleted")


@event.listens_for(WritingSession, "after_flush")
def _journal(session: Session, _context: UOWTransaction) -> None:
    granted, named = permits(session), Named(session)
    written: list[tuple[Recorded, Said | None, Said]] = [
        *((row, None, _created(row, named)) for row in session.new if isinstance(row, Recorded)),
        *((row, *_changed(row, named)) for row in session.dirty if isinstance(row, Recorded)),
    ]
    entries = [
        {
            "at": instant(session),
            "plan_id": row.plan_of,
            "task_id": row.task_of,
            "subject": row.subject.value,
            "ref": row.ref,
            "operation": (Operation.CREATED if before is None else Operation.CHANGED).value,
            "version": row.version,
            "action": granted[row].action.value,
            "actor": granted[row].actor.agency,
            "via": granted[row].actor.via,
            "before": before,
            "after": after,
            "request_id": session.info.get("request_id"),
        }
        for row, before, after in written
        if after
    ]
    if entries:
        connection = session.connection()
        statement = insert(Change.__table__)  # type: ignore[arg-type]
        if connection.dialect.name == "postgresql":
            # Asked for what it made, the driver sends one statement instead of one for each entry.
            statement = statement.values(horizon=running_transaction()).returning(Change.id)
        connection.execute(statement, entries)


Said = dict[str, Any]
"""What a row says, by column; secrets and derived columns left out, a link by what it leads to."""


class Named:
    """What rows that are linked to are known as. Most have been judged in this unit of work, and are in the
    session; otherwise it is one look by primary key. Each is asked once a flush."""

    def __init__(self, session: Session) -> None:
        self._session, self._known = session, dict[tuple[str, int], str]()

    def of(self, table: str, id_: int) -> str:
        """The name of a row."""
        if (table, id_) not in self._known:
            self._known[table, id_] = self._session.get_one(_RECORDED[table], id_).known_as
        return self._known[table, id_]


class Column(NamedTuple):
    """A journaled column: the attribute it is of a row, its name on the wire, the table it leads to."""

    key: str
    name: str
    leads_to: str | None

    def said(self, value: Any, named: Named) -> Any:
        """A value as people know it, and as JSON has it."""
        if self.leads_to is not None and value is not None:
            return named.of(self.leads_to, value)
        return value.isoformat() if hasattr(value, "isoformat") else value


@cache
def _columns(table: type[Recorded]) -> tuple[Column, ...]:
    found = []
    for attribute in inspect(table).column_attrs:
        stored = attribute.columns[0]
        if stored.info.get("derived") or stored.info.get("secret") or attribute.key in ("id", "version"):
            continue
        leads_to = next((link.column.table.name for link in stored.foreign_keys), None)
        name = str(stored.key).removesuffix("_id" if leads_to else "")
        found.append(Column(attribute.key, name, leads_to))
    return tuple(found)


def _created(row: Recorded, named: Named) -> Said:
    """What it was made without is NULL, and known to be: given NULL later, it has not changed."""
    values = inspect(row).dict
    return {column.name: column.said(values.setdefault(column.key), named) for column in _columns(type(row))}


def _changed(row: Recorded, named: Named) -> tuple[Said, Said]:
    """What the columns that changed said before, and say now."""
    before, after = {}, {}
    attributes = inspect(row).attrs
    for column in _columns(type(row)):
        history = attributes[column.key].history
        if history.has_changes():
            before[column.name] = column.said(history.deleted[0] if history.deleted else None, named)
            after[column.name] = column.said(history.added[0] if history.added else None, named)
    return before, after


def running_transaction() -> Any:
    """PostgreSQL's number of the transaction that is writing now; 64 bits, never reused."""
    return cast(cast(func.pg_current_xact_id(), Text), BigInteger)
