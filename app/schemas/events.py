"""The calendar on the wire: events with their two dates, and how the calendar is kept."""

from datetime import date
from typing import Annotated, Self

from pydantic import AfterValidator, Field, model_validator
from pydantic_core import PydanticCustomError

from app.rules.calendar import MOST_PREPARATION_DAYS, PREPARATION_DAYS
from app.rules.countries import COUNTRIES
from app.rules.vocabulary import EventKind
from app.schemas.base import AgencyRef, Clean, Day, In, Labelled, Number, Reason, TaskRef, Title, formed
from app.schemas.lists import Listing, Page, Search, codes_of, one_of, several, sort_by
from app.schemas.outputs import Can


def _known(code: str) -> str:
    if code not in COUNTRIES:
        raise PydanticCustomError(
            "unknown_country",
            "there is no such country code",
            {"vi": "Không có mã nước này theo ISO 3166-1.", "en": "ISO 3166-1 has no such country code."},
        )
    return code


Country = Annotated[
    str,
    formed(r"^[A-Z]{2}$", "ZA", description="ISO 3166-1 alpha-2"),
    AfterValidator(_known),
]


def _all_known(codes: str | None) -> str | None:
    for code in several(codes):
        _known(code)
    return codes


Countries = Annotated[str | None, codes_of("nước, ISO 3166-1 · countries", "ZA"), AfterValidator(_all_known)]
EventCode = Annotated[str, formed(r"^[A-Z0-9][A-Z0-9.]{0,19}$", "E12")]
AgencyCode = Annotated[str, Field(min_length=1, max_length=35, examples=["SNGV"]), Clean]
TaskCodes = Annotated[list[Annotated[str, Field(min_length=1, max_length=40), Clean]], Field(max_length=50)]
PreparationDays = Annotated[
    int,
    Field(
        ge=0,
        le=MOST_PREPARATION_DAYS,
        description="chuẩn bị trước bao nhiêu ngày · days before, from which on it is prepared",
        examples=[PREPARATION_DAYS],
    ),
    Number,
]
Origin = Annotated[
    Day,
    Field(
        ge=date(1, 1, 1),
        le=date(9000, 1, 1),
        description="ngày đã kiểm chứng, từ đó tính kỷ niệm · verified; anniversaries follow from it",
        examples=["1973-02-11"],
    ),
]
VerifiedBy = Annotated[
    Reason, Field(description="kiểm chứng theo nguồn nào · the source that it was verified by")
]


class Anniversary(Labelled):
    """The event's day in one year."""

    year: int
    on: date = Field(
        description="29/2 kỷ niệm vào 28/2 ở năm thường · 29 February is kept on 28 in common years"
    )
    weekday: int = Field(description="1 thứ Hai … 7 Chủ nhật · ISO 8601")
    weekday_label: str
    ordinal: int = Field(examples=[30])
    is_round: bool = Field(description="năm tròn: chia hết cho 10 · a multiple of ten")
    is_five_year: bool = Field(description="năm lẻ 5 · a multiple of five, not of ten")
    cancelled: bool = Field(
        description="không tổ chức; vì sao: xem occurrences · it is not held; see occurrences for why"
    )
    label_vi: str
    label_en: str


class EventOut(Labelled):
    """A dated event: the date as printed beside the date verified, from which anniversaries follow."""

    code: str = Field(examples=["E11"])
    kind: EventKind
    kind_label: str = ""
    name_vi: str
    name_en: str
    counterpart: str | None = Field(description="ISO 3166-1 alpha-2")
    date_printed: date | None = Field(
        description="null: không có trong kế hoạch in · not in the printed plan"
    )
    date_verified: date | None
    verified_by: str | None
    note_vi: str | None
    note_en: str | None
    tasks: list[TaskRef] = Field(description="nhiệm vụ đánh dấu sự kiện · the tasks that mark it")
    steward: AgencyRef | None = Field(
        description="cơ quan chủ trì chuẩn bị; null là khoảng trống · who prepares it; null is a gap"
    )
    preparation_days: int
    withdrawn: bool = Field(description="đã đưa ra khỏi lịch · taken off the calendar")
    reason: str | None = Field(description="lý do của lần sửa gần nhất · why it was last changed here")
    line: int | None
    anniversary: Anniversary | None
    can: Can


class EventPage(Page):
    items: list[EventOut]
    list_is_open: bool = Field(description="danh sách in kết thúc bằng dấu … · the printed list ends open")


class EventFilter(Listing):
    q: Search = None
    year: Annotated[
        int | None,
        Field(
            ge=1900,
            le=2200,
            description="năm tính kỷ niệm, mặc định năm của kế hoạch · the anniversaries' year; the "
            "plan's own unless said",
        ),
    ] = None
    kind: Annotated[str | None, one_of(EventKind)] = None
    sort: Annotated[str, sort_by("code", "date_verified", "name")] = "date_verified"


class EventIn(In):
    """An event that the printed list, which ends open, does not have."""

    code: EventCode
    kind: EventKind
    name_vi: Title
    name_en: Title
    counterpart: Country | None = None
    date_verified: Origin
    verified_by: VerifiedBy
    note_vi: Reason | None = None
    note_en: Reason | None = None
    tasks: TaskCodes = Field(default=[])
    steward: AgencyCode | None = None
    preparation_days: PreparationDays = PREPARATION_DAYS
    reason: Annotated[Reason, Field(description="vì sao thêm vào lịch · why it is added")]


class EventPatch(In):
    """A merge patch (RFC 7396): what is named changes, `null` empties what may be empty. `tasks` is the whole
    list. What the plan prints stays as it is printed."""

    kind: EventKind = EventKind.HISTORICAL
    name_vi: Title = ""
    name_en: Title = ""
    counterpart: Country | None = None
    date_verified: Origin = date.min
    verified_by: VerifiedBy = ""
    note_vi: Reason | None = None
    note_en: Reason | None = None
    tasks: TaskCodes = Field(default=[])
    steward: AgencyCode | None = None
    preparation_days: PreparationDays = PREPARATION_DAYS
    withdrawn: Annotated[
        bool,
        Field(strict=True, description="đưa ra khỏi lịch, hoặc đưa lại · off the calendar, or back on it"),
    ] = False
    reason: Annotated[Reason, Field(description="vì sao sửa · why it is changed; always needed")] = ""

    @model_validator(mode="after")
    def _said_why(self) -> Self:
        if "reason" not in self.model_fields_set or len(self.model_fields_set) == 1:
            raise PydanticCustomError(
                "change_and_reason",
                "name a field to change, and the reason",
                {
                    "vi": "Nêu ít nhất một trường cần sửa, cùng lý do (reason).",
                    "en": "Name at least one field to change, and the reason.",
                },
            )
        if ("date_verified" in self.model_fields_set) != ("verified_by" in self.model_fields_set):
            raise PydanticCustomError(
                "date_and_source",
                "date_verified and verified_by belong together",
                {
                    "vi": "date_verified và verified_by phải đi cùng nhau.",
                    "en": "date_verified and verified_by belong together.",
                },
            )
        return self
