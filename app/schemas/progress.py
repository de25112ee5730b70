"""Completion on the wire: exact ratios on three levels, and what they were computed from."""

from datetime import date, datetime
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationInfo, field_validator
from pydantic_core import PydanticCustomError

from app.rules.rag import Colour
from app.rules.vocabulary import Level, State, TaskKind, TaskStatus, Word
from app.schemas.base import Day, Labelled, Out, Ratio, Until
from app.schemas.lists import Asking, codes_of, one_of


class RagReason(Out):
    """Why it has its colour, with the numbers."""

    code: str = Field(examples=["behind_plan"])
    text_vi: str
    text_en: str


class Levels(Labelled):
    """Three nested levels. `evidenced` is the headline; the others always stand beside it."""

    reported: Ratio = Field(description="cơ quan đã báo cáo · claimed by its agency")
    evidenced: Ratio = Field(description="có minh chứng · at least one standing record")
    confirmed: Ratio = Field(description="đã được xác nhận · accepted by the monitor")
    defined: Ratio = Field(description="phần trọng số tính được · share of the weight that owes anything")
    expected: Ratio = Field(description="phần phải xong đến hôm nay · planned share due by now")
    state: State | None
    state_label: str | None = None
    rag: Colour
    rag_label: str = ""
    rag_reasons: list[RagReason]
    formula: str = Field(examples=["rollup-1"], description="tên cách tính · names the arithmetic")
    revision: int = Field(description="lần điều chỉnh của kế hoạch · the plan's revision")
    as_of: datetime | None = Field(
        description="thay đổi mới nhất đã tính; null khi chưa có · instant of the latest change taken in; "
        "null before the first"
    )
    on: date = Field(description="ngày xét hạn và màu · the day that `expected` and `rag` are judged on")


class Timeliness(Out):
    """Every live obligation (one body's part of one task) is in exactly one of five places."""

    done_on_time: int
    done_late: int
    open_in_term: int
    open_overdue: int
    not_triggered: int = Field(description="chưa phát sinh việc phải làm · nothing is owed yet")
    rate_due: Ratio = Field(description="đã xong / (đã xong + quá hạn) · done / (done + overdue)")
    rate_all: Ratio = Field(
        description="đã xong / (đã xong + trong hạn + quá hạn) · done / (done + in term + overdue)"
    )


class Confidence(Out):
    """How far to trust the number, in three plain numbers."""

    coverage: Ratio = Field(description="phần trọng số tính được · defined weight / included weight")
    verification: Ratio = Field(description="đã xác nhận / đã báo cáo · confirmed / reported")
    freshness_days: int | None = Field(
        description="số ngày từ bản ghi còn hiệu lực nhận sau cùng; null khi chưa có · days since the last "
        "standing record came in; null before the first"
    )


class Contributions(Out):
    """What coordinators were asked for and delivered; it never moves completion."""

    delivered: int = Field(description="phân công phối hợp đã có bản ghi · coordinators with a record")
    asked: int = Field(description="phân công phối hợp · coordinators named, partners left out")


class NodeLevels(Levels):
    """The same with what is asked of a whole: in time or not, how sure, and who helped."""

    timeliness: Timeliness
    confidence: Confidence
    contributions: Contributions


class By(Word):
    """What a breakdown has a row for."""

    SECTION = "section", "Mục", "Section"
    AGENCY = "agency", "Cơ quan", "Agency"
    TASK = "task", "Nhiệm vụ", "Task"
    ASSIGNMENT = "assignment", "Phân công", "Assignment"


Assignments = Annotated[
    int,
    Field(
        description="số phân công, gồm cả của nhiệm vụ tạm dừng, hủy bỏ và việc chưa có gì phải làm; năm chỗ "
        "của `timeliness` chỉ gồm phân công của nhiệm vụ còn hiệu lực · how many parts there are, those of "
        "suspended and cancelled tasks and those that owe nothing included; the five places of `timeliness` "
        "have the parts of active tasks alone"
    ),
]
"""All that somebody holds."""


class Node(Out):
    """What a breakdown has a row for, before what is said of it."""

    key: str = Field(
        description="mã của nút; `status_only`: nhiệm vụ của cơ quan khác, chỉ xem được trong tổng này, "
        "không danh sách nào có · section, agency or task code, assignment id; `status_only`: duties of "
        "others, seen in this sum alone, and in no list"
    )
    parent: str | None = Field(description="nút cha · for sections, the section above")
    title_vi: str
    title_en: str
    view: bool = Field(
        description="chỉ để xem: việc ở đây đã tính ở nơi khác, không cộng vào toàn kế hoạch · looks at "
        "duties that count elsewhere: not to be added up"
    )
    assignments: Assignments


class ProgressRow(NodeLevels, Node):
    """One node. A `view` looks at duties that count elsewhere, and never enters the plan's total."""


Headline = Literal[Level.REPORTED, Level.EVIDENCED, Level.CONFIRMED]


class ProgressOut(Labelled):
    """Completion as this caller may see it."""

    plan: str = Field(examples=["ttdn-2023"])
    headline: Headline = Field(
        description="mức được nêu trước, là tên một mục của `total` · the level to be shown first: a member "
        "of `total`"
    )
    headline_label: str = ""
    total: NodeLevels
    assignments: Assignments
    by: By | None
    by_label: str | None = None
    items: list[ProgressRow]


class AssignmentsFilter(BaseModel):
    """Any filter of assignments. With one, status-only duties of others take no part."""

    model_config = ConfigDict(extra="forbid")

    section: Annotated[str | None, codes_of("mục, gồm cả bên trong · sections, with all below", "IV.7")] = (
        None
    )
    agency: Annotated[str | None, codes_of("cơ quan hoặc nhóm · agencies or groups", "SVHTTDL")] = None
    task: Annotated[str | None, codes_of("nhiệm vụ · tasks", "IV.7.a")] = None
    kind: Annotated[str | None, one_of(TaskKind)] = None
    status: Annotated[str | None, one_of(TaskStatus)] = None
    due_from: Annotated[Day | None, Field(description="hạn từ ngày · due on or after")] = None
    due_to: Annotated[Until, Field(description="hạn đến ngày · due on or before")] = None


class ProgressFilter(Asking, AssignmentsFilter):
    """A file is the breakdown, so it has to be said which."""

    by: Annotated[By | None, Field(description="chia theo · broken down by", validate_default=True)] = None

    @field_validator("by")
    @classmethod
    def _of_a_file(cls, by: By | None, asked: ValidationInfo) -> By | None:
        if by is None and asked.data.get("format", "json") != "json":
            raise PydanticCustomError(
                "breakdown_missing",
                "a file has one row for each node of a breakdown",
                {
                    "vi": "Tệp có mỗi dòng cho một nút: nêu chia theo gì (by) khi có format.",
                    "en": "A file has a row for each node of a breakdown: say `by` beside format.",
                },
            )
        return by
