"""What it means when the database fails: whether to try again, to wait, or to tell of a race.

PostgreSQL is understood by its SQLSTATE, SQLite by its result codes.
"""

from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from app.errors import Conflict

# PostgreSQL's SQLSTATE, by its beginning; SQLite's result codes.
_UNIQUE_STATES = ("23505",)
_UNIQUE_CODES = (2067, 1555)
_UNIQUE_MESSAGE = "UNIQUE constraint failed"  # one of the two SQLite drivers gives no extended result code
_LOCK_NOT_AVAILABLE = ("55P03",)
_BROKEN_FOR_ANOTHER = ("40001", "40P01")  # undone in favour of another: serialisation failure, deadlock
_NO_PRIMARY = ("25006", "0A000")  # read-only; "cannot set transaction read-write mode during recovery"
_PASSING_STATES = ("08", "40", "53", *_LOCK_NOT_AVAILABLE, "57P", *_NO_PRIMARY)
"""Connection, rollback, resources, lock not available, shutdown and start-up, a replica for a primary."""
_PASSING_CODES = (5, 6)  # busy, locked


def will_pass(error: DBAPIError | Conflict) -> bool:
    """Whether the same unit of work, begun anew at once, has every chance to succeed or to hear why not."""
    if isinstance(error, Conflict):
        return isinstance(error.__cause__, IntegrityError)
    return _state(error).startswith(_BROKEN_FOR_ANOTHER)


def is_passing(error: Exception) -> bool:
    """Whether the database will most likely take the same request again in a moment."""
    if isinstance(error, PoolTimeout):  # no connection of the pool became free
        return True
    if not isinstance(error, DBAPIError):
        return False
    if state := _state(error):
        return state.startswith(_PASSING_STATES)
    if _code(error):
        return (_code(error) & 0xFF) in _PASSING_CODES
    # psycopg gives no state where the server said nothing
    unanswered = isinstance(error, OperationalError) and hasattr(error.orig, "sqlstate")
    return error.connection_invalidated or unanswered


def waited_in_vain(error: DBAPIError) -> bool:
    """Whether another kept a lock longer than this unit of work was to wait for it."""
    return _state(error).startswith(_LOCK_NOT_AVAILABLE)


def is_taken(error: IntegrityError) -> bool:
    """Whether what was written has to be unique and another wrote it first."""
    if _state(error):
        return _state(error).startswith(_UNIQUE_STATES)
    return _code(error) in _UNIQUE_CODES or str(error.orig).startswith(_UNIQUE_MESSAGE)


def _state(error: DBAPIError) -> str:
    """PostgreSQL's SQLSTATE; empty if there is none."""
    return getattr(error.orig, "sqlstate", None) or ""


def _code(error: DBAPIError) -> int:
    """SQLite's result code, extended where the driver knows it; 0 if there is none."""
    return getattr(error.orig, "sqlite_errorcode", 0)
