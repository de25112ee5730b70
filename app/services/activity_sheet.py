"""What a sheet of activities has: its columns, and what their cells mean."""

from collections.abc import Iterator, Mapping
from typing import Final

from app.rules.vocabulary import ActivityKind, Channel
from app.sheets import days, reading, values
from app.sheets.drafts import Draft
from app.sheets.headings import heading
from app.sheets.reading import ERROR, PLACE, Meanings
from app.sheets.table import Table, Wanted

ITEM: Final = "ActivityOut"
_NEW_OCCURRENCE: Final = "Mở lần phát sinh mới"
WANTED: Final = Wanted(
    headings={
        "task": heading(ITEM, ("task", "code")),
        "agency": heading(ITEM, ("agency", "code")),
        "output": heading(ITEM, ("output",)),
        "opens_occurrence": _NEW_OCCURRENCE,
        "occurred_on": heading(ITEM, ("occurred_on",)),
        "kind": heading(ITEM, ("kind_label",)),
        "title": heading(ITEM, ("title",)),
        "quantity": heading(ITEM, ("quantity",)),
        "channel": heading(ITEM, ("channel_label",)),
        "languages": heading(ITEM, ("languages",)),
        "link": heading(ITEM, ("link",)),
        "marks": heading(ITEM, ("marks",)),
        "source_system": heading(ITEM, ("source_system",)),
        "external_id": heading(ITEM, ("external_id",)),
        "source_updated_at": heading(ITEM, ("source_updated_at",)),
        "id": heading(ITEM, ("id",)),
    },
    needed=("task", "occurred_on", "kind", "title"),
    ours=(ERROR, PLACE),
)
_LANGUAGES: Final[Mapping[str, str]] = {
    said: code
    for code, names in {
        "vi": ("viet", "tieng viet"),
        "km": ("khmer", "tieng khmer"),
        "en": ("anh", "tieng anh"),
        "zh": ("hoa", "trung", "tieng hoa", "tieng trung"),
        "fr": ("phap", "tieng phap"),
        "lo": ("lao", "tieng lao"),
    }.items()
    for said in names
}


def drafts(table: Table) -> Iterator[Draft]:
    """What every row says."""
    is_typed = table.is_typed
    meanings: Meanings = {
        "occurred_on": lambda found: days.day(found, is_typed=is_typed),
        "opens_occurrence": values.yes_or_no,
        "kind": lambda found: values.word(found, ActivityKind),
        "channel": lambda found: values.word(found, Channel),
        "quantity": values.whole,
        "languages": lambda found: values.several(found, _LANGUAGES),
        "source_updated_at": days.instant,
    }
    return reading.keyed(reading.drafts(table, meanings))
