"""Anniversaries on the wire: one event in one year, how far off it is, and what was done for it."""

from datetime import date
from typing import Annotated

from pydantic import Field

from app.rules.vocabulary import EventKind, Stage, YearClass
from app.schemas.base import AgencyRef, Day, In, Labelled, Out, Reason, TaskRef
from app.schemas.events import Countries
from app.schemas.lists import Listing, Page, Search, codes_of, one_of
from app.schemas.outputs import Can


class EventRef(Out):
    code: str = Field(examples=["E11"])
    name_vi: str
    name_en: str


class OccurrenceOut(Labelled):
    """An event's anniversary in one year, as it stands today."""

    code: str = Field(description="sự kiện và năm · event and year", examples=["E11-2028"])
    event: EventRef
    kind: EventKind
    kind_label: str = ""
    counterpart: str | None = Field(description="ISO 3166-1 alpha-2")
    year: int
    on: date = Field(
        description="29/2 kỷ niệm vào 28/2 ở năm thường · 29 February is kept on 28 in common years"
    )
    weekday: int = Field(description="1 thứ Hai … 7 Chủ nhật · ISO 8601")
    weekday_label: str
    ordinal: int = Field(examples=[35])
    year_class: YearClass
    year_class_label: str = ""
    label_vi: str
    label_en: str
    days_left: int = Field(description="số ngày còn lại; âm là đã qua · days from today; negative when past")
    preparation_days: int
    preparation_from: date = Field(description="ngày bắt đầu chuẩn bị · the day its preparation begins")
    stage: Stage
    stage_label: str = ""
    cancelled: bool
    reason: str | None = Field(description="vì sao không tổ chức, hoặc tổ chức lại · why it is (not) held")
    steward: AgencyRef | None
    tasks: list[TaskRef]
    recorded: int = Field(description="số hoạt động còn hiệu lực đánh dấu nó · standing records that mark it")
    recorded_by: list[AgencyRef] = Field(description="cơ quan đã thực hiện · whose records they are")
    last_recorded_on: date | None
    can: Can


class OccurrencePage(Page):
    items: list[OccurrenceOut]
    list_is_open: bool = Field(description="danh sách in kết thúc bằng dấu … · the printed list ends open")


class OccurrenceFilter(Listing):
    """Days, first and last included. An end left out is that of the other one's year, or of the plan's if it
    is further. Not more than a hundred years."""

    from_: Annotated[
        Day | None, Field(alias="from", description="từ ngày · from", examples=["2023-01-01"])
    ] = None
    to: Annotated[Day | None, Field(description="đến ngày · until", examples=["2030-12-31"])] = None
    year_class: Annotated[str | None, one_of(YearClass), Field(alias="class")] = None
    kind: Annotated[str | None, one_of(EventKind)] = None
    stage: Annotated[str | None, one_of(Stage)] = None
    event: Annotated[str | None, codes_of("sự kiện · events", "E11")] = None
    country: Countries = None
    agency: Annotated[
        str | None,
        codes_of(
            "cơ quan chủ trì, hoặc có nhiệm vụ đánh dấu, như calendar.ics · who prepares it or has a task "
            "for it, as in calendar.ics",
            "BAOTV",
        ),
    ] = None
    task: Annotated[
        str | None,
        codes_of(
            "nhiệm vụ đánh dấu, hoặc nhiệm vụ để thực hiện nhiệm vụ ấy · tasks that mark it, or that carry "
            "such a one out",
            "II.2.4",
        ),
    ] = None
    steward: Annotated[str | None, codes_of("cơ quan chủ trì · who prepares it", "SNGV")] = None
    recorded: Annotated[
        bool | None, Field(description="đã có hoạt động nào chưa · whether anything marks it yet")
    ] = None
    q: Search = None


class OccurrenceDecisionIn(In):
    """Whether an anniversary is marked this year, and why (not)."""

    cancelled: Annotated[bool, Field(strict=True)]
    reason: Reason
