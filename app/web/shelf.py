"""The shelf: answers that are kept, each with the state of the database it is of."""

import threading
from collections import OrderedDict
from collections.abc import Hashable
from datetime import datetime
from typing import Final, NamedTuple

MOST_BYTES_EACH: Final = 1024 * 1024
ENTRY_BYTES: Final = 1024
"""What an entry takes beside its bytes: names, tags, tuples and its place. Measured 810 to 960."""

Headers = list[tuple[bytes, bytes]]


class Kept(NamedTuple):
    """An answer, to which operation, the state of the database it is of, and until when it may be given."""

    operation: str
    state: Hashable
    until: datetime
    headers: Headers
    etag: str
    body: bytes

    @property
    def size(self) -> int:
        """The bytes of memory it takes."""
        return ENTRY_BYTES + sum(len(name) + len(value) for name, value in self.headers) + len(self.body)


class Shelf:
    """The answers that are kept, the longest unused given up first when they are too much."""

    def __init__(self, most_bytes: int) -> None:
        self._most, self._bytes = most_bytes, 0
        self._kept: OrderedDict[bytes, Kept] = OrderedDict()
        self._turn = threading.Lock()

    def get(self, name: bytes) -> Kept | None:
        """What is kept under a name."""
        with self._turn:
            found = self._kept.get(name)
            if found is not None:
                self._kept.move_to_end(name)
            return found

    def keep(self, name: bytes, kept: Kept) -> None:
        """Keep an answer in the place of the one before."""
        if kept.size > min(MOST_BYTES_EACH, self._most):
            return
        with self._turn:
            self._forget(name)
            self._kept[name] = kept
            self._bytes += kept.size
            while self._bytes > self._most:
                self._forget(next(iter(self._kept)))

    def _forget(self, name: bytes) -> None:
        gone = self._kept.pop(name, None)
        if gone is not None:
            self._bytes -= gone.size
