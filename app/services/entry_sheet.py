"""What a sheet of ledger entries has: its columns, and what their cells mean.

An amount may stand beside its words, as on vouchers: they have to say the same.
"""

from collections.abc import Iterator
from typing import Any, Final

from app.errors import Text
from app.rules import money_words
from app.rules.ledger import EntryKind
from app.sheets import days, reading, values
from app.sheets.drafts import Draft, Finding
from app.sheets.headings import TABS, heading
from app.sheets.reading import ERROR, PLACE, Meanings
from app.sheets.table import Table, Wanted

ITEM: Final = "LedgerEntryOut"
PAPER: Final = {
    "document.number": "number",
    "document.issued_on": "issued_on",
    "document.issuer": "issuer",
}
"""The columns of the paper an entry is by, and what a document calls them."""
WANTED: Final = Wanted(
    headings={
        "line": heading(ITEM, ("line",)),
        "kind": heading(ITEM, ("kind_label",)),
        "amount_vnd": heading(ITEM, ("amount_vnd",)),
        "amount_words_vi": heading(ITEM, ("amount_words_vi",)),
        "occurred_on": heading(ITEM, ("occurred_on",)),
        **{field: heading(ITEM, field.split(".")) for field in PAPER},
        "note": heading(ITEM, ("note",)),
        "source_system": heading(ITEM, ("source_system",)),
        "external_id": heading(ITEM, ("external_id",)),
        "id": heading(ITEM, ("id",)),
    },
    needed=("line", "kind", "amount_vnd", "occurred_on"),
    exported=TABS[ITEM],
    ours=(ERROR, PLACE),
    in_dong=True,
)
ALSO: Final = {
    "document": "document.number",
    "decision": "document.number",
    "decision.number": "document.number",
    "decision.decided_on": "document.issued_on",
    "decision.issuer": "document.issuer",
}
"""An allocation cites its paper as a decision."""


def drafts(table: Table, _sender: str) -> Iterator[Draft]:
    """What every row says."""
    is_typed = table.is_typed
    meanings: Meanings = {
        "kind": lambda found: values.word(found, EntryKind, (EntryKind.SETTLEMENT,)),
        "amount_vnd": values.vnd,
        "occurred_on": lambda found: days.day(found, is_typed=is_typed),
        "document.issued_on": lambda found: days.day(found, is_typed=is_typed),
    }
    return reading.keyed(map(_in_words, reading.drafts(table, meanings)))


def _in_words(draft: Draft) -> Draft:
    """The draft with its amount held against its words, which are no part of the entry."""
    said: dict[str, Any] = dict(draft.values)
    words = said.pop("amount_words_vi", None)
    if words is None or not isinstance(said.get("amount_vnd"), int):
        return draft._replace(values=said)
    finding = _compared(said["amount_vnd"], str(words))
    return draft._replace(values=said, findings=[*draft.findings, *([finding] if finding else [])])


def _compared(amount: int, words: str) -> Finding | None:
    try:
        meant = money_words.read(words)
    except money_words.NoAmount:
        unread = Text(
            "Không đọc được số tiền bằng chữ này nên không đối chiếu",
            "These words could not be read, so they were not compared with the digits",
        )
        return Finding("amount_words_vi", "", *unread, [])
    if meant == amount:
        return None
    return Finding(
        "amount_words_vi",
        "words_differ",
        "Số và chữ không khớp nhau",
        "The digits and the words do not say the same",
        [money_words.written(amount)],
    )
