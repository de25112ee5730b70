"""What came of the rows of a file, in the words of its sheet: which column, what is wrong, what is taken."""

from collections.abc import Callable, Iterator, Mapping, Sequence

from app.schemas.batches import BatchRow
from app.schemas.imports import ImportFault, ImportNote, ImportRow
from app.sheets.drafts import Draft

_BY_RECORD = 3
"""How deep `/records/0/` leads into a batch."""


class Words:
    """The headings of a file, and what could stand in its column of tasks."""

    def __init__(self, headings: Mapping[str, str], tasks: Callable[[], Sequence[str]]) -> None:
        self._headings, self._tasks = headings, tasks

    def told(self, draft: Draft, row: BatchRow) -> ImportRow:
        """One row; what it moved, how it was understood, what is wrong with it."""
        return ImportRow(
            row=draft.number,
            result=row.result,
            activity=row.activity,
            task=row.task,
            output=row.output,
            moved=row.moved,
            notes=list(self._notes(draft, row)),
            errors=list(self._faults(draft, row)),
            facts=row.refusal.facts if row.refusal else {},
        )

    def _notes(self, draft: Draft, row: BatchRow) -> Iterator[ImportNote]:
        for one in draft.findings:
            if not one.code:
                yield ImportNote(column=self._headings[one.field], message_vi=one.vi, message_en=one.en)
        if row.hint_vi and row.hint_en and row.result in ("created", "updated"):
            yield ImportNote(column=None, message_vi=row.hint_vi, message_en=row.hint_en)

    def _faults(self, draft: Draft, row: BatchRow) -> Iterator[ImportFault]:
        why = row.refusal
        if why is None:
            return
        offered = {(one.field, one.code): one.offered for one in draft.findings}
        for fault in why.errors:
            field = fault.pointer.split("/")[_BY_RECORD:][:1]
            name = field[0] if field else ""
            yield ImportFault(
                column=self._headings.get(name),
                code=fault.code,
                message_vi=fault.message_vi,
                message_en=fault.message_en,
                offered=offered.get((name, fault.code)) or self._offered(name, fault.code),
            )
        if not why.errors:
            not_theirs = why.status == 403  # the plan gives this task to others
            yield ImportFault(
                column=self._headings["task"] if not_theirs else None,
                code=why.code,
                message_vi=why.detail_vi,
                message_en=why.detail_en,
                offered=list(self._tasks()) if not_theirs else [],
            )

    def _offered(self, field: str, code: str) -> list[str]:
        return list(self._tasks()) if field == "task" and code == "unknown_task" else []


def in_one_line(row: ImportRow) -> str:
    """What is wrong with a row, for a cell beside it."""
    return "; ".join(map(_said, row.errors))


def _said(fault: ImportFault) -> str:
    where = f"{fault.column}: " if fault.column else ""
    taken = f" (nhận: {' | '.join(fault.offered)})" if fault.offered else ""
    return f"{where}{fault.message_vi.rstrip('.')}{taken}"
