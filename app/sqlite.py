"""Which SQLite is used. Versions up to 3.51.2 can corrupt a WAL database (docs/decisions/0001)."""

import sqlite3
from types import ModuleType

try:
    import pysqlite3.dbapi2 as bundled
except ImportError:  # no wheel for this platform
    bundled = None

SOUND = ((3, 51, 3),)
SOUND_BRANCHES = ((3, 50, 7), (3, 44, 6))
"""The fix was also brought back to these two branches."""


def driver() -> ModuleType:
    """The bundled SQLite where there is one, the interpreter's own where it is sound, else a refusal."""
    module = bundled or sqlite3
    if not sound(module.sqlite_version_info):
        raise RuntimeError(
            f"SQLite {module.sqlite_version} can corrupt a WAL database. Install the package pysqlite3, "
            "a Python built with SQLite 3.51.3 or newer, or use PostgreSQL (DATABASE_URL)."
        )
    return module


def sound(version: tuple[int, int, int]) -> bool:
    """Whether a version has the fix of the WAL-reset bug."""
    return version >= SOUND[0] or any(
        version[:2] == fixed[:2] and version >= fixed for fixed in SOUND_BRANCHES
    )
