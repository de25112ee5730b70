"""The calendar of events on the wire."""

from datetime import date
from typing import Annotated

from pydantic import Field

from app.rules.vocabulary import EventKind
from app.schemas.base import Out
from app.schemas.lists import Listing, Page, Search, one_of, sort_by


class Anniversary(Out):
    """The event's day in one year."""

    year: int
    on: date = Field(
        description="29/2 kỷ niệm vào 28/2 ở năm thường · 29 February is kept on 28 in common years"
    )
    weekday: int = Field(description="1 thứ Hai … 7 Chủ nhật · ISO 8601")
    ordinal: int = Field(examples=[30])
    is_round: bool = Field(description="năm tròn: chia hết cho 10 · a multiple of ten")
    is_five_year: bool = Field(description="năm lẻ 5 · a multiple of five, not of ten")
    label_vi: str
    label_en: str


class EventOut(Out):
    """A dated event: the date as printed beside the date verified, from which anniversaries follow."""

    code: str = Field(examples=["E11"])
    kind: EventKind
    kind_label: str = ""
    name_vi: str
    name_en: str
    counterpart: str | None = Field(description="ISO 3166-1 alpha-2")
    date_printed: date
    date_verified: date | None
    verified_by: str | None
    note_vi: str | None
    note_en: str | None
    task: str | None
    line: int | None
    anniversary: Anniversary | None


class EventPage(Page):
    items: list[EventOut]
    list_is_open: bool = Field(description="danh sách in kết thúc bằng dấu … · the printed list ends open")


class EventFilter(Listing):
    q: Search = None
    year: Annotated[
        int | None, Field(ge=1900, le=2200, description="năm tính kỷ niệm, mặc định năm của kế hoạch")
    ] = None
    kind: Annotated[str | None, one_of(EventKind)] = None
    sort: Annotated[str, sort_by("code", "date_verified", "name")] = "date_verified"
