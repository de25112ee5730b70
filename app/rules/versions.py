"""Versions: which of two pushes of the same record holds, whichever came first.

A record is the same by its natural key. Its source says when it last changed there; what the service holds is
the version that changed last, so that pushes may arrive in any order and any number of times.
"""

from datetime import datetime
from enum import Enum


class Version(Enum):
    """What a push is to the record on file."""

    NEWER = "newer"
    SAME = "same"
    STALE = "stale"
    UNDATED = "undated"
    """Neither says when it changed: what is pushed last holds, as nobody could tell otherwise."""


def of(pushed: datetime | None, on_file: datetime | None) -> Version:
    """Compare when the source changed it (instants, UTC). One that says nothing is older than one that does:
    a script that knows its versions is never overwritten by one that does not."""
    if pushed is None:
        return Version.UNDATED if on_file is None else Version.STALE
    if on_file is None or pushed > on_file:
        return Version.NEWER
    return Version.SAME if pushed == on_file else Version.STALE
