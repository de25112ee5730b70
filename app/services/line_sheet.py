"""What a sheet of budget lines has: its columns, and what their cells mean.

What a line is given as it opens needs the decision beside it, in the columns that a sheet of entries has.
"""

from collections.abc import Iterator
from typing import Final

from app.rules import classification
from app.services import entry_sheet
from app.services.entry_sheet import PAPER
from app.sheets import days, reading, values
from app.sheets.drafts import Draft
from app.sheets.headings import TABS, heading
from app.sheets.reading import ERROR, PLACE, Meanings
from app.sheets.table import Table, Wanted

ITEM: Final = "BudgetLineOut"
LINKS: Final = ("tasks", "outputs", "activities", "events")
GIVEN: Final = {
    "allocated_vnd": "amount_vnd",
    "occurred_on": "occurred_on",
    "document.number": "number",
    "document.issued_on": "decided_on",
    "document.issuer": "issuer",
}
"""The columns of what a line is given as it opens, and what a request calls them."""
WANTED: Final = Wanted(
    headings={
        "code": heading(ITEM, ("code",)),
        "agency": heading(ITEM, ("agency", "code")),
        "title_vi": heading(ITEM, ("title_vi",)),
        **{field: heading(ITEM, (field,)) for field in (*LINKS, *classification.LEVELS)},
        "needed_vnd": heading(ITEM, ("needed_vnd",)),
        "allocated_vnd": heading(ITEM, ("allocated_vnd",)),
        "occurred_on": entry_sheet.WANTED.headings["occurred_on"],
        **{field: entry_sheet.WANTED.headings[field] for field in PAPER},
    },
    needed=("code", "title_vi"),
    exported=TABS[ITEM],
    ours=(ERROR, PLACE),
    in_dong=True,
)
ALSO: Final = {
    "allocation": "allocated_vnd",
    "allocation.amount_vnd": "allocated_vnd",
    "allocation.occurred_on": "occurred_on",
    "allocation.decision": "document.number",
    "allocation.decision.number": "document.number",
    "allocation.decision.decided_on": "document.issued_on",
    "allocation.decision.issuer": "document.issuer",
}


def drafts(table: Table, _sender: str) -> Iterator[Draft]:
    """What every row says; a line is known by its code."""
    is_typed = table.is_typed
    meanings: Meanings = {
        **dict.fromkeys(LINKS, values.listed),
        **dict.fromkeys(("needed_vnd", "allocated_vnd"), values.vnd),
        **dict.fromkeys(
            ("occurred_on", "document.issued_on"), lambda found: days.day(found, is_typed=is_typed)
        ),
    }
    return reading.drafts(table, meanings)
