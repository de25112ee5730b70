"""The first page of a dashboard, in one answer."""

from pydantic import Field

from app.schemas.activities import ActivityOut
from app.schemas.base import Out
from app.schemas.budget import BudgetOut
from app.schemas.events import EventOut
from app.schemas.plans import PlanOut
from app.schemas.progress import ProgressOut


class StateCount(Out):
    """How many duties are in a state; null is undefined: nothing is owed yet."""

    state: str | None
    state_label: str
    tasks: int


class OverviewOut(Out):
    """All that the first page shows, from one snapshot."""

    plan: PlanOut
    progress: ProgressOut = Field(description="chia theo mục · by section")
    agencies: ProgressOut = Field(description="chia theo cơ quan · by agency")
    states: list[StateCount]
    status_only_tasks: int = Field(
        description="số nhiệm vụ chỉ theo dõi trạng thái · duties tracked by status only"
    )
    budget: BudgetOut
    latest: list[ActivityOut]
    anniversaries: list[EventOut]
