"""Lists, once: keyset pages that lose and double nothing while rows are inserted, in stated orders."""

import base64
import hashlib
import json
from bisect import bisect_right
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Generic, TypeVar

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Integer,
    Select,
    and_,
    bindparam,
    false,
    func,
    or_,
    select,
    tuple_,
)
from sqlalchemy.orm import Session

from app.errors import Invalid
from app.rules.vietnamese import fold
from app.schemas.lists import Listing

T = TypeVar("T")
Keys = list[tuple[Any, bool]]
"""The columns a list is sorted by, each with whether it descends."""


_NO_QUESTION = {"cursor", "limit", "count", "sort", "include", "format"}
"""What does not change which items there are."""


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
    orders: Mapping[str, Any],
    *,
    by: str,
    last: Sequence[Any],
    place: object = None,
) -> Found:
    """Answer one page of `query`. `by` is the list's own order; `last` breaks ties and is unique.

    The columns of `orders` and `last` are never null and hold text, whole numbers or days; no database's own
    number, since a cursor can be read. A cursor holds the sort values of the last row served and a mark of
    the question it belongs to, `place` (what the path names) included: it is refused for another question
    (422), and a page starts right after those values whatever was inserted.
    """
    chosen = getattr(ask, "sort", None) or by
    keys = [(orders[name.lstrip("-")], name.startswith("-")) for name in chosen.split(",")]
    keys += [(column, keys[-1][1]) for column in last if all(column is not sorted_ for sorted_, _ in keys)]
    mark = _mark(ask, chosen, place)
    total = (
        session.scalar(select(func.count()).select_from(query.order_by(None).subquery()))
        if ask.count
        else None
    )
    query = query.add_columns(*(column.label(f"_key{at}") for at, (column, _) in enumerate(keys)))
    if ask.cursor is not None:
        kinds = [column.type.python_type for column, _ in keys]
        query = query.where(_after(keys, _open(ask.cursor, mark, kinds)))
    query = query.order_by(*(column.desc() if down else column.asc() for column, down in keys))
    rows = session.execute(query.limit(at_most(ask.limit + 1))).all()
    more, rows = len(rows) > ask.limit, rows[: ask.limit]
    next_cursor = _close(mark, rows[-1][-len(keys) :]) if more else None
    return Found([tuple(row[: -len(keys)]) for row in rows], next_cursor, total)


def at_most(rows: int) -> BindParameter[int]:
    """So many rows, written out in the statement: PostgreSQL keeps a plan only where it knows that few are
    wanted, and plans every page of a large list anew otherwise."""
    return bindparam("at_most", rows, Integer, literal_execute=True)


@dataclass(frozen=True, slots=True)
class FoundInHand(Generic[T]):
    """One page of what was worked out and is no row."""

    rows: list[T]
    next_cursor: str | None
    total: int | None


def page_of(
    items: Sequence[T], ask: Listing, key: Callable[[T], tuple[str, str]], *, place: object = None
) -> FoundInHand[T]:
    """The same for what was worked out, and is in the order of `key`, two texts that are unique together."""
    mark, start = _mark(ask, "", place), 0
    if ask.cursor is not None:
        served = tuple(_open(ask.cursor, mark, [str, str]))
        start = bisect_right(items, served, key=key)
    end = start + ask.limit
    next_cursor = _close(mark, key(items[end - 1])) if end < len(items) else None
    return FoundInHand(list(items[start:end]), next_cursor, len(items) if ask.count else None)


def _after(keys: Keys, values: list[Any]) -> ColumnElement[bool]:
    """Strictly behind the given values in the given order. Rows are compared whole, so that an index leads
    straight to the place; where directions are mixed it is spelt out, and the index leads near it."""
    columns, downward = [column for column, _ in keys], {down for _, down in keys}
    if len(downward) == 1:
        behind, here = tuple_(*columns), tuple_(*values, types=[column.type for column in columns])
        return behind < here if downward == {True} else behind > here
    steps = []
    for place, ((column, down), value) in enumerate(zip(keys, values, strict=True)):
        same = [earlier == values[i] for i, (earlier, _) in enumerate(keys[:place])]
        steps.append(and_(*same, column < value if down else column > value))
    (first, down), value = keys[0], values[0]
    return and_(first <= value if down else first >= value, or_(*steps))


def _mark(ask: Listing, chosen: str, place: object) -> str:
    question = ask.model_dump(mode="json", exclude=_NO_QUESTION)
    text = json.dumps([chosen, type(ask).__name__, place, question], sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def _close(mark: str, values: Sequence[Any]) -> str:
    plain = [value.isoformat() if isinstance(value, date) else value for value in values]
    text = json.dumps([mark, *plain], ensure_ascii=False, separators=(",", ":"))
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def _open(cursor: str, mark: str, kinds: Sequence[type[Any]]) -> list[Any]:
    """Read a cursor back, trusting nothing in it: right question, right number and types of values."""
    try:
        padded = cursor.encode("ascii") + b"=" * (-len(cursor) % 4)
        given, *values = json.loads(base64.b64decode(padded, altchars=b"-_", validate=True))
        if given != mark:
            raise ValueError
        return [_typed(kind, value) for kind, value in zip(kinds, values, strict=True)]
    except (ValueError, TypeError, RecursionError) as error:
        raise Invalid.at(
            "query:cursor",
            "invalid_cursor",
            "Con trỏ không thuộc về câu hỏi này; hãy bắt đầu lại không có cursor",
            "The cursor does not belong to this question; start again without it",
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
    if q is None:
        return []
    words = dict.fromkeys(fold(q).split())
    return [column.contains(word, autoescape=True) for word in words] or [false()]
