"""What the service answers, as far as a sender reads it. The whole contract is the service's openapi.json; it
may grow members, and none is taken away."""

from typing import Any, Generic, Literal, NamedTuple, NotRequired, TypedDict, TypeVar

Item = TypeVar("Item")
Mode = Literal["partial", "atomic"]
Table = Literal["activities", "lines", "entries"]
"""What the rows of a sheet are."""


class Fault(TypedDict):
    """What is wrong, and where (a JSON pointer into the batch)."""

    pointer: str
    code: str
    message_vi: str
    message_en: str


class Refusal(TypedDict):
    """What a record alone would have been told."""

    status: int
    code: str
    detail_vi: str
    detail_en: str
    errors: list[Fault]
    facts: dict[str, Any]


class Row(TypedDict):
    """What came of one record."""

    index: int
    result: Literal["created", "updated", "unchanged", "stale", "refused"]
    activity: str | None
    task: str | None
    agency: str | None
    output: str | None
    counts: bool
    hint_vi: str | None
    hint_en: str | None
    refusal: Refusal | None


class Counts(TypedDict):
    """How many came to what."""

    created: int
    updated: int
    unchanged: int
    stale: int
    refused: int


class BatchAnswer(TypedDict):
    """What came of a push."""

    applied: bool
    counts: Counts
    results: list[Row]
    receipt: NotRequired[str | None]


class SheetFault(TypedDict):
    """What is wrong with a row; without a column, with all of it."""

    column: str | None
    code: str
    message_vi: str
    message_en: str
    offered: list[str]


class SheetNote(TypedDict):
    """What is to be said of a row that is taken: how a cell was understood, or why it counts for nothing."""

    column: str | None
    message_vi: str
    message_en: str


class SheetRowNotRead(TypedDict):
    """A row that is no record, and was passed over: it numbers the columns."""

    row: int
    message_vi: str
    message_en: str


class SheetRow(TypedDict):
    """A row that is refused, or about which there is something to say."""

    row: int
    result: Literal["created", "updated", "unchanged", "stale", "refused"]
    activity: str | None
    line: str | None
    entry: str | None
    notes: list[SheetNote]
    errors: list[SheetFault]


class SheetAnswer(TypedDict):
    """What came of a sheet."""

    applied: bool
    counts: Counts
    rows_read: int
    sheets_not_read: list[str]
    columns_not_read: list[str]
    rows_not_read: NotRequired[list[SheetRowNotRead]]
    rows: list[SheetRow]
    more: bool
    receipts: list[str]


class ActivityAnswer(TypedDict):
    """What came of one record, pushed alone."""

    result: Literal["created", "updated", "unchanged", "stale"]
    activity: dict[str, Any]
    moved: list[dict[str, Any]]
    hint_vi: str | None
    hint_en: str | None


class Tagged(NamedTuple, Generic[Item]):
    """A value and the tag under which it can be asked for again."""

    value: Item
    etag: str
