"""Accounts: what has come of the rows of a file so far, in as much memory for many as for few.

What a unit of work had added that was undone and begun anew is forgotten.
"""

from collections import Counter
from collections.abc import Iterator

from app.schemas.batches import BatchCounts
from app.schemas.imports import MOST_TOLD, ImportRow
from app.services.row_results import in_one_line
from app.sheets.columns import Cell
from app.sheets.drafts import Draft, Drafts

_AT_A_TIME = 1000


class Account:
    """The counts of all rows, the first of those that are told, and on the disk every refused one."""

    def __init__(self) -> None:
        self._counts: list[Counter[str]] = []
        self._noted: list[ImportRow] = []
        self._wrong: list[ImportRow] = []
        self._refused = Drafts()
        self._marks: list[tuple[int, int, tuple[int, int]]] = []

    def begin(self, turn: int) -> None:
        """A unit of work begins, perhaps anew."""
        if turn < len(self._marks):
            noted, wrong, mark = self._marks[turn]
            del self._counts[turn:], self._noted[noted:], self._wrong[wrong:], self._marks[turn:]
            self._refused.back_to(mark)
        self._marks.append((len(self._noted), len(self._wrong), self._refused.mark()))
        self._counts.append(Counter())

    def add(self, draft: Draft, row: ImportRow) -> None:
        """One row and what came of it."""
        self._counts[-1][row.result] += 1
        room = self._wrong if row.errors else self._noted
        if (row.notes or row.errors) and len(room) <= MOST_TOLD:
            room.append(row)
        if row.errors:
            self._refused.add(draft._replace(cells=[*draft.cells, in_one_line(row), draft.number]))

    @property
    def counts(self) -> BatchCounts:
        """How many came to what."""
        return BatchCounts.model_validate(sum(self._counts, Counter()))

    @property
    def told(self) -> list[ImportRow]:
        """The first rows that are refused, then of those about which there is something to say, by their
        places."""
        wrong = self._wrong[:MOST_TOLD]
        return sorted([*wrong, *self._noted[: MOST_TOLD - len(wrong)]], key=lambda row: row.row)

    @property
    def more(self) -> bool:
        """Whether there is something to say about others."""
        return len(self._noted) + len(self._wrong) > MOST_TOLD

    def refused(self) -> Iterator[list[Cell]]:
        """Every refused row as it was sent, what is wrong with it, and its number."""
        for drafts in self._refused.in_turn(_AT_A_TIME):
            yield from (draft.cells for draft in drafts)

    def close(self) -> None:
        """Forget it."""
        self._refused.close()
