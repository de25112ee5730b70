"""The service with a clock that is set from outside: the instant stands in a file.

Started as a script in place of `ttdn`, with the same arguments. The service itself has no switch for this.
"""

import os
from datetime import datetime
from pathlib import Path

from app import main
from app.cli import main as ttdn
from app.db import Clock, Database
from app.settings import Settings

CLOCK = "TTDN_TEST_CLOCK"


def told() -> datetime:
    """The instant in the file."""
    return datetime.fromisoformat(Path(os.environ[CLOCK]).read_text(encoding="ascii"))


def told_the_time(settings: Settings, _clock: Clock) -> Database:
    """The same database, on that clock."""
    return Database(settings, told)


if __name__ == "__main__":
    setattr(main, "Database", told_the_time)  # noqa: B010 -- the name is not exported
    ttdn()
