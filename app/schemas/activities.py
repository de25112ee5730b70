"""Activities on the wire: what an office pushes, corrects and withdraws, and what came of it."""

from datetime import date, datetime
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from app.rules.vocabulary import ActivityKind, ActivityStatus, Channel, Level
from app.schemas import natural_key
from app.schemas.base import (
    EVENT_CODE,
    AgencyRef,
    Clause,
    Clean,
    Day,
    In,
    Instant,
    Labelled,
    Number,
    Out,
    Patch,
    Reason,
    TaskRef,
    Title,
    Until,
    formed,
)
from app.schemas.lists import Listing, Page, Search, codes_of, one_of, sort_by
from app.schemas.natural_key import ExternalId, SourceSystem
from app.schemas.outputs import Can, CanFilter

Language = Annotated[str, formed(r"^[a-z]{2,3}$", "vi")]
Languages = Annotated[list[Language], Field(max_length=20, description="ISO 639: vi, en, km …")]
Quantity = Annotated[int, Field(ge=1, le=100_000), Number]
Link = Annotated[
    str,
    formed(
        r"^https?://[^\s/@:]+(:\d{1,5})?(/[^\s]*)?$",
        "https://travinh.gov.vn/",
        max_length=2000,
    ),
    Clean,
]
Marks = Annotated[
    str,
    formed(
        f"^{EVENT_CODE}-[0-9]{{4}}$",
        "E11-2023",
        max_length=45,
        description="kỷ niệm được đánh dấu: sự kiện và năm · the anniversary it marks (see occurrences)",
    ),
]
OutputCode = Annotated[str, formed(r"^[A-Z0-9][A-Z0-9-]{0,39}$", "M1")]


class ActivityIn(In):
    """A record that something was done.

    It finds its output by itself where that is unambiguous: a continuous task by the period that contains
    the date, a counted one by its next open pieces. For a deliverable name the `output` (see the task's
    outputs); for a triggered task name it, or open a new occurrence. What matches nothing is kept and shown,
    and counts for nothing. The same `source_system` and `external_id` again is the same record; of two
    versions the one with the later `source_updated_at` holds, whichever came first. Left out, `quantity` is
    1.
    """

    task: Clause
    agency: Annotated[
        str | None,
        Field(
            min_length=1,
            max_length=35,
            description="cơ quan đã thực hiện, khi ghi thay · whose activity, when on behalf",
        ),
        Clean,
    ] = None
    output: OutputCode | None = None
    opens_occurrence: Annotated[
        bool, Field(strict=True, description="mở một lần phát sinh mới · a triggered task has happened again")
    ] = False
    occurred_on: Annotated[Day, Field(examples=["2023-05-12"])]
    kind: ActivityKind
    title: Title
    quantity: Quantity = 1
    channel: Channel | None = None
    languages: Languages = Field(default=[])
    link: Link | None = None
    marks: Marks | None = None
    source_system: SourceSystem | None = None
    external_id: ExternalId | None = None
    source_updated_at: Annotated[
        Instant | None,
        Field(
            description="khi nào hệ thống nguồn sửa lần cuối · when the source last changed it: a later one "
            "replaces what is on record, an earlier one is told so and not stored",
            examples=["2023-05-12T08:30:00+07:00"],
        ),
    ] = None

    @model_validator(mode="after")
    def _whole_natural_key(self) -> Self:
        natural_key.check(self.source_system, self.external_id)
        if self.source_updated_at is not None and self.external_id is None:
            raise PydanticCustomError(
                "version_without_key",
                "source_updated_at belongs to a natural key",
                {
                    "vi": "source_updated_at phải đi cùng source_system và external_id.",
                    "en": "source_updated_at belongs to a source_system and external_id.",
                },
            )
        if self.opens_occurrence and self.output is not None:
            raise PydanticCustomError(
                "output_or_occurrence",
                "name an output or open an occurrence, not both",
                {
                    "vi": "Nêu một đầu ra hoặc mở một lần phát sinh, không làm cả hai.",
                    "en": "Name an output or open an occurrence, not both.",
                },
            )
        return self


class ActivityPatch(Patch):
    """A merge patch (RFC 7396): what is named changes, `null` empties what may be empty."""

    output: OutputCode | None = None
    occurred_on: Day = date.min
    kind: ActivityKind = ActivityKind.OTHER
    title: Title = ""
    quantity: Quantity = 1
    channel: Channel | None = None
    languages: Languages = Field(default=[])
    link: Link | None = None
    marks: Marks | None = None


class WithdrawalIn(In):
    """Why the record no longer stands."""

    reason: Reason


class WithdrawalOut(Out):
    id: str
    by: AgencyRef
    reason: str
    withdrawn_at: datetime


class ActivityOut(Labelled):
    """A record as it stands."""

    id: str
    task: TaskRef
    agency: AgencyRef
    recorded_by: AgencyRef = Field(description="ai ghi: khác `agency` khi ghi thay · differs when on behalf")
    status: ActivityStatus
    status_label: str = ""
    counts: bool = Field(
        description="có là minh chứng của một đầu ra, kể cả đầu ra đã bị trả lại hay đã đủ số lượng · "
        "whether it is evidence of an output, also of one that was sent back or has all its pieces"
    )
    output: str | None = Field(description="mã đầu ra · the output's code; null for pieces, see `counts`")
    occurred_on: date
    kind: ActivityKind
    kind_label: str = ""
    title: str
    quantity: int
    channel: Channel | None
    channel_label: str | None = None
    languages: list[str]
    link: str | None
    marks: str | None = Field(description="kỷ niệm được đánh dấu · the anniversary it marks")
    source_system: str | None
    external_id: str | None
    source_updated_at: datetime | None
    recorded_at: datetime
    withdrawal: WithdrawalOut | None
    can: Can


class Moved(Labelled):
    """An output that stands elsewhere than before."""

    output: str
    before: Level
    before_label: str = ""
    after: Level
    after_label: str = ""


Result = Literal["created", "updated", "unchanged", "stale", "withdrawn"]
"""`unchanged`: on record already. `stale`: a later version is on record, and stays."""


ReceiptId = Annotated[
    str | None,
    Field(description="id biên nhận, nếu có · id of the signed receipt; null where nothing was pushed"),
]


class ActivityResult(Out):
    """What came of a push: the record, and every output it moved."""

    result: Result
    activity: ActivityOut
    moved: list[Moved]
    hint_vi: str | None = Field(
        description="vì sao chưa được tính, là minh chứng mà chưa làm đổi mức, hay của ngày sau kế hoạch "
        "· why it counts for nothing, moves nothing although it is evidence, or is of a day after the plan"
    )
    hint_en: str | None
    receipt: ReceiptId = None


class ActivityPage(Page):
    items: list[ActivityOut]


class ActivityFilter(Listing):
    q: Search = None
    task: Annotated[str | None, codes_of("nhiệm vụ · tasks", "IV.7.a")] = None
    agency: Annotated[str | None, codes_of("cơ quan · agencies", "SVHTTDL")] = None
    section: Annotated[str | None, codes_of("mục, gồm cả bên trong · sections, with all below", "IV.7")] = (
        None
    )
    output: Annotated[
        str | None,
        Field(
            min_length=1,
            max_length=26,
            description="id đầu ra; bản ghi theo số lượng không gắn với sản phẩm nào: tìm theo `task` · "
            "an output's id; records of a counted duty belong to no one piece: find them by `task`",
        ),
        Clean,
    ] = None
    kind: Annotated[str | None, one_of(ActivityKind)] = None
    channel: Annotated[str | None, one_of(Channel)] = None
    status: Annotated[str | None, one_of(ActivityStatus)] = None
    marks: Annotated[str | None, codes_of("kỷ niệm được đánh dấu · anniversaries marked", "E11-2023")] = None
    source_system: SourceSystem | None = None
    external_id: ExternalId | None = None
    occurred_from: Day | None = None
    occurred_to: Until = None
    can: CanFilter = None
    sort: Annotated[str, sort_by("id", "occurred_on", "title")] = "-id"
