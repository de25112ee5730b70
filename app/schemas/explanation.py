"""A figure explained: the rows it is computed from, and what takes no part in it and why."""

from datetime import date, datetime
from typing import Annotated, Literal

from pydantic import Field

from app.rules.omission import Omission
from app.rules.vocabulary import Level
from app.schemas.base import AgencyRef, Exact, Labelled, Out, Ratio, TaskRef
from app.schemas.progress import AssignmentsFilter


class PartFilter(AssignmentsFilter):
    """Any filter of assignments, and the level in question."""

    level: Annotated[
        Literal["reported", "evidenced", "confirmed"],
        Field(description="mức: báo cáo, có minh chứng, xác nhận · which of the three figures"),
    ] = "evidenced"


class ExplainedOutput(Labelled):
    """One thing that is owed, and where it stands."""

    code: str = Field(examples=["2023-Q1"])
    weight: int
    level: Level
    level_label: str = ""
    due_on: date
    evidenced_on: date | None = Field(description="ngày có minh chứng · the day it was evidenced on")
    returned: bool = Field(description="đang bị trả lại · sent back, not claimed again since")


class ExplainedRow(Out):
    """One body's part of one task. W = `weight` × `share`; p = `at_level` / `owed`."""

    assignment: str
    task: TaskRef
    agency: AgencyRef
    group: str | None = Field(description="nhóm mà phân công này thuộc về · the group it comes from")
    weight: int = Field(description="trọng số của nhiệm vụ · the task's weight")
    share: Ratio = Field(description="phần của cơ quan trong nhiệm vụ · the body's share of the task")
    owed: int = Field(description="trọng số đầu ra phải có · weight of the outputs owed")
    at_level: int = Field(description="trong đó đạt mức đang hỏi · of that, at the level or above")
    value: Ratio = Field(description="p = at_level / owed")
    weight_share: Ratio = Field(description="s = W / ΣW của mọi dòng · over all rows")
    contributes: Ratio = Field(description="s × p; cộng mọi dòng là con số · summed over all rows: the value")
    outputs: list[ExplainedOutput]


class StatusOnlyRow(Out):
    """Duties of others that are tracked by status only: one row for all of them, W and p in sum."""

    assignments: int = Field(description="số phân công được tính · how many are counted in it")
    weight: Exact = Field(description="tổng W · their W summed")
    value: Ratio
    weight_share: Ratio
    contributes: Ratio


class AmendmentRef(Out):
    """A decision that amended the plan, briefly."""

    revision: int = Field(description="lần điều chỉnh · the plan's revision since")
    decision_number: str = Field(examples=["09-QĐ/BCĐ-TTĐN"])
    decided_on: date
    entered_at: datetime


class LeftOutRow(Labelled):
    """One body's part of one task that takes no part in the figure, and why."""

    assignment: str
    task: TaskRef
    agency: AgencyRef
    group: str | None
    reason: Omission
    reason_label: str = ""
    text_vi: str
    text_en: str
    amendment: AmendmentRef | None = Field(
        description="quyết định đã làm nên điều đó, nếu có · the decision that made it so, if one did"
    )
    weight: int
    share: Ratio


class ExplanationOut(Labelled):
    """A figure with everything it was computed from.

    value = Σ weight·share·at_level/owed ÷ Σ weight·share, over `rows` and, where it is not null, the one row
    `status_only` with its own weight and value. Undefined where that divides by nothing.
    """

    plan: str = Field(examples=["ttdn-2023"])
    level: Level
    level_label: str = ""
    value: Ratio
    formula: str = Field(examples=["rollup-1"], description="tên cách tính · names the arithmetic")
    revision: int = Field(description="lần điều chỉnh của kế hoạch · the plan's revision")
    as_of: datetime | None = Field(
        description="thay đổi mới nhất đã tính; null khi chưa có · instant of the latest change taken in; "
        "null before the first"
    )
    on: date = Field(description="ngày xem · the day it was read on")
    how_vi: str
    how_en: str
    rows: list[ExplainedRow]
    status_only: StatusOnlyRow | None
    left_out: list[LeftOutRow]
    filtered_out: int = Field(
        description="số phân công bị bộ lọc bỏ ra · how many bodies' parts the filters took out"
    )
