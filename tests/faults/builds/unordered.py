"""The broken build of the races' negative control: nobody waits for anybody.

No row is locked before it is judged, no version is compared, no repetition waits for the first, and SQLite is
used as SQLAlchemy's defaults have it (traps 2 and 3). Started as a script in place of `ttdn`.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Engine, create_engine, event

from app import db, sqlite
from app.cli import main
from app.db import Database
from app.models.base import Base
from app.settings import Settings


@contextmanager
def no_turn(_: Database) -> Iterator[None]:
    """Go ahead."""
    yield


def no_lock(_connection: Any, _cursor: Any, said: str, given: Any, *_: Any) -> tuple[str, Any]:
    """Read the row as if it were only looked at, however the query was put together."""
    return re.sub(r" FOR (NO KEY )?(KEY )?(UPDATE|SHARE)( OF \w+)?", "", said), given


def by_default(settings: Settings) -> Engine:
    """SQLite without any of our own settings."""
    return create_engine(settings.database_url, module=sqlite.driver())


if __name__ == "__main__":
    Database._turn_to_write = no_turn  # type: ignore[method-assign,assignment]
    Database.hold = lambda *_: True  # type: ignore[method-assign]
    db._sqlite_engine = by_default
    event.listen(Engine, "before_cursor_execute", no_lock, retval=True)
    for mapper in Base.registry.mappers:
        mapper.version_id_col = None
    main()
