"""Drafts: what the rows of a file say, each as the body of a request, until they are judged.

They lie on the disk where they are many: a file is read to its end before the first of its rows is taken, so
that a fault in its last one is known in time, and memory does not grow with it.
"""

import json
from collections.abc import Iterator
from datetime import date, datetime
from itertools import islice
from tempfile import SpooledTemporaryFile
from typing import Any, Final, NamedTuple

from app.errors import Fault, Invalid, Text
from app.sheets.columns import Cell

IN_MEMORY: Final = 1024 * 1024
MOST_ON_DISK: Final = 1024 * 1024 * 1024
"""What the drafts of a file may take there: one text of thousands of letters may stand in every cell."""


class Finding(NamedTuple):
    """Something about one field of a row; `code` is empty where nothing is wrong."""

    field: str
    code: str
    vi: str
    en: str
    offered: list[str]


class Draft(NamedTuple):
    """One row: its number, the record it is about if it names one, what it says, and how that was found."""

    number: int
    id: str | None
    values: dict[str, Any]
    findings: list[Finding]
    cells: list[Cell]
    """The row as it was sent, column by column."""
    aside: dict[str, str]
    """What it says in columns of which nothing is taken, and of which there may be something to say."""

    def failure(self) -> Invalid | None:
        """Why it is no request at all."""
        faults = [Fault(f"/{one.field}", one.code, Text(one.vi, one.en)) for one in self.findings if one.code]
        return Invalid(faults=faults) if faults else None


class Drafts:
    """All drafts of a file."""

    def __init__(self) -> None:
        self._file = SpooledTemporaryFile(IN_MEMORY)  # noqa: SIM115 - closed by `close`
        self.count = 0

    def add(self, draft: Draft) -> None:
        """Keep one more."""
        self._file.write(json.dumps(draft, default=_written, separators=(",", ":")).encode())
        self._file.write(b"\n")
        self.count += 1

    @property
    def size(self) -> int:
        """How many bytes they take."""
        return self._file.tell()

    def mark(self) -> tuple[int, int]:
        """Where the last one ends."""
        return self.count, self.size

    def back_to(self, mark: tuple[int, int]) -> None:
        """Forget what came after a mark."""
        self.count, place = mark
        self._file.seek(place)
        self._file.truncate()

    def in_turn(self, size: int) -> Iterator[list[Draft]]:
        """All of them, so many at a time."""
        self._file.seek(0)
        for _ in range(0, self.count, size):
            yield [_read(line) for line in islice(self._file, size)]

    def close(self) -> None:
        """Forget them."""
        self._file.close()


def _written(cell: date) -> dict[str, str]:
    return {"instant" if isinstance(cell, datetime) else "day": cell.isoformat()}


def _read(line: bytes) -> Draft:
    number, id_, values, findings, cells, aside = json.loads(line)
    found = [Finding(*one) for one in findings]
    return Draft(number, id_, values, found, [_cell(cell) for cell in cells], aside)


def _cell(cell: Any) -> Cell:
    if not isinstance(cell, dict):
        return cell  # type: ignore[no-any-return]
    [(kind, text)] = cell.items()
    return datetime.fromisoformat(text) if kind == "instant" else date.fromisoformat(text)
