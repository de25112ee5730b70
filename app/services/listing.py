"""Lists, once: keyset pages that lose and double nothing while rows are inserted, in stated orders."""

import base64
import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.orm import Session

from app.errors import Fault, Invalid, Text
from app.rules.vietnamese import fold
from app.schemas.lists import Listing


@dataclass(frozen=True, slots=True)
class Order:
    """A column a list can be sorted by; never null, and of a type a cursor can carry."""

    column: Any
    kind: type[str] | type[int] | type[date] | type[datetime] = str


@dataclass(frozen=True, slots=True)
class Found:
    """One page of rows."""

    rows: list[tuple[Any, ...]]
    next_cursor: str | None
    total: int | None


def page(
    session: Session,
    query: Select[*tuple[Any, ...]],
    ask: Listing,
    orders: Mapping[str, Order],
    *,
    by: str,
    last: Order,
) -> Found:
    """Answer one page of `query`. `by` is the list's own order; `last` breaks ties and is unique.

    A cursor holds the sort values of the last row served and a mark of the question it belongs to: it is
    refused for another question (422), and a page starts right after those values whatever was inserted.
    """
    chosen = getattr(ask, "sort", None) or by
    keys = [(orders[name.lstrip("-")], name.startswith("-")) for name in chosen.split(",")]
    keys.append((last, keys[-1][1]))
    mark = _mark(ask, chosen)
    total = (
        session.scalar(select(func.count()).select_from(query.order_by(None).subquery()))
        if ask.count
        else None
    )
    columns = [order.column for order, _ in keys]
    query = query.add_columns(*(column.label(f"_key{place}") for place, column in enumerate(columns)))
    if ask.cursor is not None:
        query = query.where(_after(keys, _open(ask.cursor, mark, keys)))
    query = query.order_by(*(order.column.desc() if down else order.column.asc() for order, down in keys))
    rows = session.execute(query.limit(ask.limit + 1)).all()
    more, rows = len(rows) > ask.limit, rows[: ask.limit]
    next_cursor = _close(mark, rows[-1][-len(keys) :]) if more else None
    return Found([tuple(row[: -len(keys)]) for row in rows], next_cursor, total)


def _after(keys: list[tuple[Order, bool]], values: list[Any]) -> ColumnElement[bool]:
    """Strictly behind the given values in the given order; spelt out, since directions may be mixed."""
    steps = []
    for place, ((order, down), value) in enumerate(zip(keys, values, strict=True)):
        same = [earlier.column == values[i] for i, (earlier, _) in enumerate(keys[:place])]
        steps.append(and_(*same, order.column < value if down else order.column > value))
    return or_(*steps)


def _mark(ask: Listing, chosen: str) -> str:
    question = ask.model_dump(mode="json", exclude={"cursor", "limit", "count", "sort", "include"})
    text = json.dumps([chosen, type(ask).__name__, question], sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def _close(mark: str, values: Sequence[Any]) -> str:
    plain = [value.isoformat() if isinstance(value, date) else value for value in values]
    text = json.dumps([mark, *plain], ensure_ascii=False, separators=(",", ":"))
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def _open(cursor: str, mark: str, keys: list[tuple[Order, bool]]) -> list[Any]:
    """Read a cursor back, trusting nothing in it: right question, right number and types of values."""
    try:
        padded = cursor.encode("ascii") + b"=" * (-len(cursor) % 4)
        given, *values = json.loads(base64.b64decode(padded, altchars=b"-_", validate=True))
        if given != mark or len(values) != len(keys):
            raise ValueError
        return [_typed(order.kind, value) for (order, _), value in zip(keys, values, strict=True)]
    except (ValueError, TypeError, RecursionError) as error:
        raise Invalid(
            faults=[
                Fault(
                    "query:cursor",
                    "invalid_cursor",
                    Text(
                        "Con trỏ không thuộc về câu hỏi này; hãy bắt đầu lại không có cursor",
                        "The cursor does not belong to this question; start again without it",
                    ),
                )
            ]
        ) from error


def _typed(kind: type[Any], value: Any) -> Any:
    if kind in (date, datetime):
        return kind.fromisoformat(value)
    if (
        type(value) is not kind
        or (kind is int and abs(value) >= 2**63)
        or "\x00" in str(value).encode().decode()
    ):
        raise ValueError
    return value


def matching(column: Any, q: str | None) -> list[ColumnElement[bool]]:
    """Conditions that every word of `q` occurs, folded; `%` and `_` are taken literally."""
    return [column.contains(word, autoescape=True) for word in fold(q).split()] if q else []
