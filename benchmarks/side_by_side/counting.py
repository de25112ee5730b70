"""How many activities a database holds and how many its counters say: they must be the same number."""

from collections.abc import Callable
from typing import NamedTuple

from sqlalchemy import create_engine, text

from app import sqlite

_ROLLED_UP = "SELECT sum(recorded_quantity) + (SELECT sum(evidence) FROM outputs) FROM assignments"
"""Pieces of what is counted, and evidence of what is not."""
OURS = ("SELECT count(*) FROM activities", _ROLLED_UP)
STANDING = (
    "SELECT count(*) FROM activities",
    "SELECT sum(records) FROM standings WHERE until IS NULL",
)
"""What each standing says stands, whether it counts for an output or not."""
DJANGO = ("SELECT count(*) FROM plan_activity", "SELECT sum(recorded) FROM plan_assignment")
SOUL = ("SELECT count(*) FROM activities", "SELECT sum(recorded) FROM assignments")

REDMINE = ("SELECT count(*) FROM time_entries", "SELECT sum(hours) FROM time_entries")
"""Redmine keeps no counter: it sums whenever it is asked."""


class Counts(NamedTuple):
    """Rows there are, and what the counters say."""

    rows: int
    counted: int


def counter(url: str, queries: tuple[str, str]) -> Callable[[], Counts]:
    """What counts one database, in one snapshot of it."""

    def count() -> Counts:
        embedded = url.startswith("sqlite")
        engine = create_engine(url, **({"module": sqlite.driver()} if embedded else {}))
        with engine.connect() as connection:
            query = f"SELECT ({queries[0]}), ({queries[1]})"
            rows, counted = connection.execute(text(query)).one()
        engine.dispose()
        return Counts(int(rows), int(counted))

    return count
