"""The roll-up of money on the wire: where it stands by section, agency, task, line or month, beside the
work."""

from typing import Annotated

from pydantic import Field

from app.rules.vocabulary import State, Word
from app.schemas.base import Labelled, Out, Ratio
from app.schemas.lists import Asking


class BudgetBy(Word):
    """What a roll-up of money has a row for."""

    SECTION = "section", "Mục", "Section"
    AGENCY = "agency", "Cơ quan", "Agency"
    TASK = "task", "Nhiệm vụ", "Task"
    LINE = "line", "Dòng kinh phí", "Budget line"
    MONTH = "month", "Tháng", "Month"


class CostOut(Out):
    """What each confirmed output cost: each × outputs + left over = spent, to the đồng."""

    outputs: int
    each_vnd: int
    left_over_vnd: int


class BudgetRow(Labelled):
    """Some of the money, and what was done with it. What is of several rows at once is not divided by guess:
    it stands in the row `shared`, or in the section that holds all of it; what is for no task in `unlinked`;
    what no line has in `unallocated`. Sections hold what lies in them; other rows add up to the plan's
    total."""

    key: str = Field(
        description="mã; tháng YYYY-MM; hoặc `shared`, `unlinked`, `no_agency`, `unallocated` · "
        "a code; a month; or one of these"
    )
    parent: str | None = Field(description="mục cha · the section around it")
    title_vi: str
    title_en: str
    lines: int = Field(description="số dòng kinh phí · how many lines")
    needed_vnd: int = Field(
        description="tổng nhu cầu; có thể vượt 2^53, vì không tổng nào giới hạn nó · what lines are said to "
        "need; it may pass 2^53, since no total bounds it"
    )
    allocated_vnd: int
    committed_vnd: int
    spent_vnd: int
    settled_vnd: int
    unallocated_vnd: int = Field(description="chỉ ở dòng `unallocated` · in the row `unallocated` alone")
    state: State | None
    state_label: str | None = None
    evidenced: Ratio | None = Field(
        description="tiến độ có minh chứng · how far the work is; null: none here"
    )
    done_unspent: bool | None = Field(
        description="đã xong mà chưa chi đồng nào · done with nothing spent; null: not to be said"
    )
    spent_unevidenced: bool | None = Field(
        description="đã chi mà chưa có minh chứng · spent with nothing evidenced; null: not to be said"
    )
    cost: CostOut | None = Field(
        description="chi cho mỗi đầu ra đã xác nhận; null khi chưa có, hoặc còn tiền chung với việc khác · "
        "for each confirmed output; null without one, or where money is shared with other work"
    )


class BudgetRollupOut(Labelled):
    """The plan's money broken down, as this caller may see it."""

    plan: str
    by: BudgetBy
    by_label: str = ""
    total_vnd: int
    allocated_vnd: int
    unallocated_vnd: int
    items: list[BudgetRow]


class BudgetRollupFilter(Asking):
    by: Annotated[BudgetBy, Field(description="chia theo · broken down by")] = BudgetBy.SECTION
