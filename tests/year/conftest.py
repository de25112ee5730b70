"""Databases for the year: empty ones, since the plan is put on record on the year's own clock."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

from tests import servers


@contextmanager
def empty_database(backend: str, folder: Path) -> Iterator[str]:
    """The address of a new database, removed at the end."""
    if backend == "sqlite":
        yield f"sqlite:///{folder / 'year.sqlite3'}"
        return
    cluster = servers.of_session()
    assert cluster is not None
    name = f"year_{uuid4().hex[:12]}"
    yield cluster.create_database(name, template="template0")
    cluster.drop_database(name)
