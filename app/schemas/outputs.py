"""Outputs on the wire: what a lead assignment owes, and the level it stands on."""

from datetime import date, datetime
from typing import Annotated

from pydantic import Field

from app.rules.ownership import Action
from app.rules.vocabulary import Level, OutputKind, Source, TaskStatus
from app.schemas.base import AgencyRef, Day, Labelled, Out, Until
from app.schemas.lists import Listing, Page, codes_of, one_of, sort_by

Can = Annotated[
    list[Action],
    Field(description="việc người gọi làm được ngay với mục này · what the caller may do to it now"),
]
CanFilter = Annotated[str | None, one_of(Action)]
_OWED = (
    "còn phải thực hiện: tạm dừng, chuyển năm sau vẫn tính; hủy bỏ, được thay thế thì không · still owed: "
    "suspended and carried over count, cancelled and superseded do not"
)


class ReturnedOut(Out):
    """Why an output was sent back."""

    by: AgencyRef
    missing: str | None = Field(description="còn thiếu gì · null for status-only duties")
    returned_at: datetime


class OutputOut(Labelled):
    """What a lead assignment owes, and the level it stands on."""

    id: str
    assignment: str
    task: str = Field(examples=["IV.7.a"])
    task_title_vi: str = Field(examples=["Tập huấn quy định pháp luật về tổ chức sự kiện, lễ hội"])
    agency: str = Field(examples=["SVHTTDL"])
    agency_name_vi: str = Field(examples=["Sở Văn hóa, Thể thao và Du lịch"])
    code: str = Field(description="tên trong phân công · its name within the assignment", examples=["M1"])
    kind: OutputKind
    kind_label: str = ""
    label_vi: str
    label_en: str
    period_from: date | None
    period_to: date | None
    due_on: date
    due_source: Source
    due_source_label: str = ""
    weight: int
    owed: bool = Field(description=_OWED)
    dropped: bool = Field(description="không còn phải làm theo quyết định · no longer owed, by a decision")
    claimed: bool
    claimed_explicitly: bool = Field(
        description="có báo cáo riêng, không chỉ dựa vào bản ghi · by a claim, not by records alone"
    )
    evidence: int = Field(description="số bản ghi còn hiệu lực làm minh chứng · standing records behind it")
    evidenced_on: date | None = Field(description="ngày có minh chứng · the day it was evidenced on")
    confirmed: bool
    self_confirmed: bool = Field(
        description="tự xác nhận: không tính vào mức xác nhận · by its own monitor: never counts as confirmed"
    )
    returned: ReturnedOut | None = Field(description="bị trả lại, chưa báo cáo lại · until claimed again")
    level: Level
    level_label: str = ""
    moved_at: datetime | None
    can: Can


class OutputPage(Page):
    items: list[OutputOut]


class OutputFilter(Listing):
    task: Annotated[str | None, codes_of("nhiệm vụ · tasks", "IV.7.a")] = None
    section: Annotated[str | None, codes_of("mục, gồm cả bên trong · sections, with all below", "IV.7")] = (
        None
    )
    agency: Annotated[str | None, codes_of("cơ quan · agencies", "SVHTTDL")] = None
    status: Annotated[str | None, one_of(TaskStatus)] = None
    kind: Annotated[str | None, one_of(OutputKind)] = None
    level: Annotated[str | None, one_of(Level)] = None
    owed: Annotated[bool | None, Field(description=_OWED)] = None
    returned: Annotated[bool | None, Field(description="đang bị trả lại · sent back")] = None
    overdue: Annotated[
        bool | None,
        Field(
            description="nhiệm vụ đang thực hiện, quá ngày mà chưa có minh chứng · of an active task, "
            "its day has passed, not evidenced"
        ),
    ] = None
    due_from: Annotated[Day | None, Field(description="hạn từ ngày · due on or after")] = None
    due_to: Annotated[Until, Field(description="hạn đến ngày · due on or before")] = None
    can: CanFilter = None
    sort: Annotated[str, sort_by("task", "due_on")] = "task"
