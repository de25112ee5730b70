"""The broken build of the negative control: it answers first and commits afterwards.

Started as a script in place of `ttdn`, with the same arguments. The service itself has no switch for this.
"""

import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from sqlalchemy.orm import Session

from app.cli import main
from app.db import Database
from app.journal import WritingSession

LATE = 0.2
"""Seconds from the answer to the commit: as a busy disk would have it."""


@contextmanager
def writing_late(self: Database, request_id: str | None = None) -> Iterator[Session]:
    """As `Database.writing`, except that whoever leaves the block does not wait for the commit."""
    with ExitStack() as opened:
        opened.enter_context(self._turn_to_write())
        session = opened.enter_context(
            WritingSession(
                self._writer,
                autoflush=False,
                expire_on_commit=False,
                info={"request_id": request_id, "now": self._clock()},
            )
        )
        yield session
        opened_until_then = opened.pop_all()

        def commit() -> None:
            time.sleep(LATE)
            with opened_until_then:
                session.commit()

        threading.Thread(target=commit, daemon=True).start()


if __name__ == "__main__":
    Database.writing = writing_late  # type: ignore[method-assign]
    main()
