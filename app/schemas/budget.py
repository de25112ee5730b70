"""Money on the wire: whole đồng."""

from typing import Annotated

from pydantic import Field

from app.schemas.base import AgencyRef, Out
from app.schemas.lists import Listing, Page, Search, codes_of, sort_by


class BudgetOut(Out):
    """The plan's total and what is left of it. Always allocated + unallocated = total."""

    plan: str
    total_vnd: int = Field(examples=[2278000000])
    allocated_vnd: int
    unallocated_vnd: int
    printed: str | None
    words_printed: str | None
    source_vi: str
    source_en: str
    line: int | None
    lines: int = Field(description="số dòng kinh phí · how many lines it is broken down to")


class BudgetLineOut(Out):
    code: str
    agency: AgencyRef | None
    title_vi: str
    title_en: str
    allocated_vnd: int
    line: int | None


class BudgetLinePage(Page):
    items: list[BudgetLineOut]


class BudgetLineFilter(Listing):
    q: Search = None
    agency: Annotated[str | None, codes_of("cơ quan · agencies", "STC")] = None
    sort: Annotated[str, sort_by("code", "allocated_vnd")] = "code"
