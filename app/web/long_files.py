"""Long files: few are made or taken at once by one process, since each keeps a thread for seconds or minutes,
and others are to be served too."""

import threading
from types import TracebackType
from typing import Final, Self

from app.errors import Busy, Text

AT_ONCE: Final = 2
"""Exports and imports together."""
LARGE_INFLATED: Final = 1024 * 1024
"""Bytes from which on a file is long by what it inflates to; honest rows of half as many zip to LARGE."""

_places = threading.BoundedSemaphore(AT_ONCE)


class Place:
    """A place among the few, for whoever turns out to need one; given back when the block ends."""

    def __init__(self) -> None:
        self._taken = False

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._taken:
            _places.release()

    def need(self, is_long: bool) -> None:
        """Take it, if this is long; raises Busy where none is free: a wait would cost a thread."""
        if not is_long or self._taken:
            return
        self._taken = _places.acquire(blocking=False)
        if not self._taken:
            raise Busy(
                10,
                Text(
                    "Đang xử lý các tệp dài khác: xin thử lại sau vài giây",
                    "Other long files are being worked on: please try again in a moment",
                ),
            )
