"""The first page of a dashboard, in one answer."""

from typing import Any

from pydantic import Field

from app.rules.rag import Colour
from app.rules.urging import UrgeState
from app.rules.vocabulary import State
from app.schemas.activities import ActivityOut
from app.schemas.amendments import AmendmentOut
from app.schemas.base import Labelled, Out
from app.schemas.budget import BudgetOut
from app.schemas.events import EventOut
from app.schemas.gaps import GapCount
from app.schemas.occurrences import OccurrenceOut
from app.schemas.outputs import OutputOut
from app.schemas.plans import PlanOut
from app.schemas.progress import ProgressOut


def counted(vi: str, en: str, listed: str) -> Any:
    """A number of the first page, and the list under the plan that it counts."""
    return Field(description=f"{vi}: `{listed}` · {en}: `{listed}`")


class StateCount(Labelled):
    """How many duties are in a state; null is undefined: nothing is owed yet."""

    state: State | None
    state_label: str
    tasks: int = counted(
        "nhiệm vụ đang được tính, `nothing_owed` cho null",
        "duties that count, `nothing_owed` for null",
        "tasks?family=duty&status=active,suspended,carried_over&state=…",
    )


class ColourCount(Labelled):
    """How many obligations have a colour: rows of `progress?by=assignment`."""

    rag: Colour
    rag_label: str = ""
    obligations: int = Field(
        description="không gồm việc chỉ theo dõi trạng thái của cơ quan khác, mà `progress` tính gộp, cả khi "
        "quá hạn · without the status-only parts of others, which `progress` counts in sum, overdue ones too"
    )


class UrgeCount(Labelled):
    """How many urges that the caller may see are in a state."""

    state: UrgeState
    state_label: str = ""
    urges: int = counted("đôn đốc", "urges", "urges?state=…")


class Waiting(Out):
    """What waits for somebody, each with the list that it counts."""

    to_confirm: int = counted(
        "có minh chứng, chờ người gọi xác nhận",
        "evidenced, waiting for the caller to confirm it",
        "outputs?can=output.confirm,status.decide&level=evidenced",
    )
    returned: int = counted(
        "bị trả lại, chờ báo cáo lại",
        "sent back, to be claimed again",
        "outputs?returned=true&owed=true&status=active",
    )
    overdue: int = counted(
        "quá ngày, chưa có minh chứng", "past their day, not evidenced", "outputs?overdue=true"
    )
    proposals: int = counted("đề xuất chờ quyết định", "proposals to be decided", "proposals?state=open")
    settlements: int = counted(
        "quyết toán chờ người gọi kiểm tra",
        "settlements waiting for the caller to decide them",
        "budget/settlements?can=settlement.decide",
    )


class OverviewOut(Out):
    """All that the first page shows, from one snapshot."""

    plan: PlanOut
    progress: ProgressOut = Field(description="chia theo mục · by section")
    agencies: ProgressOut = Field(description="chia theo cơ quan · by agency")
    states: list[StateCount]
    colours: list[ColourCount]
    waiting: Waiting
    urges: list[UrgeCount]
    gaps: list[GapCount] = Field(description="khoảng trống phân công, theo loại · ownership gaps, by kind")
    deadlines: list[OutputOut] = Field(
        description="nhiều nhất 10 đầu ra sắp đến hạn chưa có minh chứng của nhiệm vụ đang thực hiện · at "
        "most 10 outputs due next of active tasks that are not evidenced"
    )
    amendments: list[AmendmentOut] = Field(
        description="nhiều nhất 10 lần điều chỉnh gần nhất · the latest amendments, at most 10"
    )
    status_only_tasks: int = Field(
        description="số nhiệm vụ chỉ theo dõi trạng thái · duties tracked by status only"
    )
    budget: BudgetOut | None = Field(
        description="null khi kế hoạch không nêu kinh phí · null where the plan says nothing of money"
    )
    latest: list[ActivityOut] = Field(
        description="nhiều nhất 10 hoạt động còn hiệu lực mới ghi nhất · at most 10 standing records, that "
        "which came in last first"
    )
    anniversaries: list[EventOut] = Field(
        description="của năm kế hoạch, trừ kỷ niệm không tổ chức · those of the plan's year, but for what is "
        "not held"
    )
    unprepared: list[OccurrenceOut] = Field(
        description="năm tròn, năm lẻ 5 đã đến lúc chuẩn bị mà chưa có hoạt động nào · round and five-years "
        "to be prepared by now, and nothing marks them"
    )
