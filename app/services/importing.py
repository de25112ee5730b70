"""Importing: a file is read to its end, then taken a thousand rows at a time.

Each thousand is one unit of work: others get their turn in between, and a file that was killed half-way is
sent again and doubles nothing.
"""

from collections.abc import Callable, Iterator
from functools import cache, partial
from tempfile import SpooledTemporaryFile
from types import TracebackType
from typing import Final, Self

from sqlalchemy.orm import Session

from app.errors import BatchRefused, Fault, Text
from app.rules.parties import Actor
from app.schemas.batches import MOST_RECORDS
from app.schemas.imports import ColumnRead, ImportAsk, ImportResult, RowNotRead
from app.services import grounds, receipts
from app.services.accounts import Account
from app.services.forms import Form, Parse
from app.services.receipts import Received
from app.services.row_results import Words
from app.sheets import csv_file, workbook
from app.sheets.archive import too_large
from app.sheets.drafts import IN_MEMORY, MOST_ON_DISK, Draft, Drafts
from app.sheets.found import unfit
from app.sheets.headings import TABS
from app.sheets.reading import BLOTTED, COPIED, ERROR, KEY, PLACE, needs_its_key
from app.sheets.table import Kind, opened

Step = Callable[[Session, Actor], ImportResult | None]
_NUMBERING: Final = Text(
    "Dòng đánh số cột, không phải bản ghi", "This row numbers the columns, and is no record"
)


def begin(session: Session, actor: Actor, slug: str) -> str:
    """Whether there is such a plan, before its file is read; the agency that sends it."""
    grounds.find(session, actor, slug)
    return actor.agency or ""


class Import:
    """One file, from its first byte to the answer."""

    def __init__(
        self,
        form: Form,
        sender: str,
        body: bytes,
        kind: Kind,
        ask: ImportAsk,
        parse: Parse,
        received: Received,
    ) -> None:
        self._form, self._ask, self._parse, self._received = form, ask, parse, received
        self._receipts: dict[int, str] = {}
        self._table = opened(body, kind, form.wanted)
        self._fields = frozenset(self._table.fields.values())
        self._drafts, self._account = Drafts(), Account()
        self._keyed = False
        try:
            for draft in form.drafts(self._table, sender):
                self._keyed = self._keyed or needs_its_key(draft)
                self._drafts.add(draft)
                if self._drafts.size > MOST_ON_DISK:
                    raise too_large()
            self._check_length()
        except BaseException:
            self.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Leave nothing on the disk."""
        self._drafts.close()
        self._account.close()

    @property
    def in_parts(self) -> bool:
        """Whether it is more than one unit of work."""
        return self._drafts.count > MOST_RECORDS

    def steps(self, slug: str) -> Iterator[Step]:
        """The units of work, one after the other; the last one has the answer."""
        turns = -(-self._drafts.count // MOST_RECORDS)
        for turn, drafts in enumerate(self._drafts.in_turn(MOST_RECORDS)):
            yield partial(self._step, slug, turn, drafts, turn == turns - 1)

    def sheet_of_refused(self) -> bytes:
        """The same sheet with its refused rows alone, and what is wrong with each."""
        keys = [self._form.wanted.headings[field] for field in self._keys()]
        headings = [*self._table.headings.values(), *keys, ERROR, PLACE]
        with SpooledTemporaryFile(IN_MEMORY) as file:
            if self._ask.format == "csv":
                csv_file.write(file, headings, self._account.refused())
            else:
                workbook.write(file, TABS[self._form.item], headings, self._account.refused())
            file.seek(0)
            return file.read()

    def _check_length(self) -> None:
        if not self._drafts.count:
            raise unfit(
                "no_rows", "Không có dòng nào dưới dòng tiêu đề", "There is no row below the row of headings"
            )
        if self._ask.mode == "atomic" and self.in_parts:
            raise unfit(
                "too_many_rows",
                f"mode=atomic nhận nhiều nhất {MOST_RECORDS} dòng: hãy chia tệp, hoặc dùng mode=partial",
                f"mode=atomic takes {MOST_RECORDS} rows at most: send parts, or use mode=partial",
            )

    def _step(
        self, slug: str, turn: int, drafts: list[Draft], is_last: bool, session: Session, actor: Actor
    ) -> ImportResult | None:
        self._account.begin(turn)

        @cache
        def offered(by: str | None) -> list[str]:
            return list(form.offered(session, actor, slug, by))

        form, dry_run = self._form, self._ask.dry_run
        needed = form.wanted.needed
        words = Words(self._headings(), form.whose, offered, needed=needed, by=form.by, rehearsed=dry_run)
        with session.begin_nested() as work:
            rows = form.take(session, actor, slug, drafts, self._fields, self._parse)
            if dry_run:
                work.rollback()
        for draft, row in zip(drafts, rows, strict=True):
            self._account.add(self._returned(draft), words.told(draft, row))
        if self._ask.mode == "atomic" and self._account.counts.refused:
            raise self._all_refused()
        if not dry_run:
            self._receipts[turn] = receipts.for_rows(
                session,
                actor,
                slug,
                self._received,
                self._form.operation,
                [draft.number for draft in drafts],
                rows,
            )
        return self._result() if is_last else None

    def _keys(self) -> list[str]:
        """The columns of a key that the sheet of refused rows has in addition."""
        return [field for field in KEY if self._keyed and field not in self._fields]

    def _returned(self, draft: Draft) -> Draft:
        """A row as it comes back if it is refused. Of equal rows each brings the key by which it is known
        again, in whatever columns the file has for it; a copied one does not bring what is another's."""
        added = self._keys()
        cells = [*draft.cells, *(None for _ in added)]
        columns = [*map(self._table.fields.get, self._table.headings), *added]
        copied = {one.field: BLOTTED[one.field] for one in draft.findings if one.code == COPIED}
        if copied:
            cells = [copied.get(field or "", cell) for field, cell in zip(columns, cells, strict=True)]
        if needs_its_key(draft):
            cells = [
                draft.values[field] if field in KEY and cell is None else cell
                for field, cell in zip(columns, cells, strict=True)
            ]
        return draft._replace(cells=cells)

    def _headings(self) -> dict[str, str]:
        """What people call each field: as the file itself does, where it has it."""
        as_headed = {field: self._table.headings[place] for place, field in self._table.fields.items()}
        headings = {**self._form.wanted.headings, **as_headed}
        return headings | {other: headings[field] for other, field in self._form.also.items()}

    def _result(self) -> ImportResult:
        headings, fields = self._table.headings, self._table.fields
        return ImportResult(
            applied=not self._ask.dry_run,
            in_parts=self.in_parts,
            counts=self._account.counts,
            rows_read=self._drafts.count,
            sheet=self._table.tab,
            sheets_not_read=self._table.other_tabs,
            heading_row=self._table.heading_row,
            columns_read=[ColumnRead(heading=headings[place], field=fields[place]) for place in fields],
            columns_not_read=[heading for place, heading in headings.items() if place not in fields],
            rows_not_read=self._rows_not_read(),
            rows=self._account.told,
            more=self._account.more,
            receipts=list(self._receipts.values()),
        )

    def _rows_not_read(self) -> list[RowNotRead]:
        row = self._table.numbered_in
        return [RowNotRead(row=row, message_vi=_NUMBERING.vi, message_en=_NUMBERING.en)] if row else []

    def _all_refused(self) -> BatchRefused:
        rows = [row for row in self._account.told if row.errors]
        return BatchRefused(
            faults=[
                Fault(f"/rows/{row.row}", one.code, Text(one.message_vi, one.message_en))
                for row in rows
                for one in row.errors
            ],
            facts={"rows": [row.model_dump(mode="json") for row in rows]},
        )
