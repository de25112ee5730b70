"""What a sheet of activities has: its columns, and what their cells mean."""

from collections.abc import Iterator, Mapping
from typing import Final, NamedTuple

from app.rules.vietnamese import fold
from app.rules.vocabulary import ActivityKind, ActivityStatus, Channel
from app.sheets import days, reading, values
from app.sheets.drafts import Draft, Finding
from app.sheets.headings import TABS, heading
from app.sheets.reading import COPIED, ERROR, KEY, PLACE, Meanings
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
    exported=TABS[ITEM],
    ours=(ERROR, PLACE),
)
ASIDE: Final[Mapping[str, str]] = {
    "status": heading(ITEM, ("status_label",)),
    "reason": heading(ITEM, ("withdrawal", "reason")),
}
"""Columns in which a row may say that its record is withdrawn, which is nothing that a file does."""
_WITHDRAWN: Final = frozenset(
    map(fold, (ActivityStatus.WITHDRAWN, ActivityStatus.WITHDRAWN.label_vi, "Đã rút", "Rút lại", "Rút"))
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


def drafts(table: Table, sender: str) -> Iterator[Draft]:
    """What every row says; one that names no agency is the sender's."""
    is_typed = table.is_typed
    meanings: Meanings = {
        "output": values.code,
        "occurred_on": lambda found: days.day(found, is_typed=is_typed),
        "opens_occurrence": values.yes_or_no,
        "kind": lambda found: values.word(found, ActivityKind),
        "channel": lambda found: values.word(found, Channel),
        "quantity": values.whole,
        "languages": lambda found: values.several(found, _LANGUAGES),
        "source_updated_at": days.instant,
    }
    return reading.keyed(_told_apart(reading.drafts(table, meanings, ASIDE), sender), equal_is_told=True)


def says_withdrawn(draft: Draft) -> bool:
    """Whether a row calls its record withdrawn, or says why it should be."""
    return "reason" in draft.aside or fold(draft.aside.get("status", "")) in _WITHDRAWN


class _Said(NamedTuple):
    """What a row says of a record, and of which of its versions where the source has dated it."""

    number: int
    mark: str
    version: str | None

    def is_contradicted_by(self, other: "_Said") -> bool:
        dated = self.version is not None and other.version is not None and self.version != other.version
        return self.mark != other.mark and not dated


def _told_apart(found: Iterator[Draft], sender: str) -> Iterator[Draft]:
    """The drafts; one that says something else of its record than a row above it is at fault, as it was
    copied from there and not made its own."""
    above: dict[tuple[str, ...], _Said] = {}
    for draft in found:
        whose = draft.values.get("agency", sender)
        names = _names(draft, whose)
        if not names:
            yield draft
            continue
        version = None if draft.id else draft.values.get("source_updated_at")
        said = _Said(draft.number, reading.mark({**draft.values, "agency": whose}), version)
        told = above.get if draft.failure() else above.setdefault  # what cannot be read is nobody's original
        first = {field: told(name, said) for field, name in names.items()}
        copied = [_copied(field, one.number) for field, one in first.items() if one.is_contradicted_by(said)]
        yield draft._replace(findings=[*draft.findings, *copied])


def _names(draft: Draft, whose: str) -> dict[str, tuple[str, ...]]:
    """What a row calls its record, by the field that says it."""
    names: dict[str, tuple[str, ...]] = {"id": (draft.id,)} if draft.id else {}
    source, own = (draft.values.get(field) for field in KEY)
    if source and own:
        names["external_id"] = whose, source, own
    return names


def _copied(field: str, number: int) -> Finding:
    return Finding(
        field,
        COPIED,
        f"Dòng {number} của tệp nói khác về cùng bản ghi này: giữ một dòng, hoặc bỏ mã nếu là bản ghi mới",
        f"Row {number} of the file says something else of this record: keep one, or leave out a new one's id",
        [],
    )
