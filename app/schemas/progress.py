"""Completion on the wire: exact ratios on three levels, and what they were computed from."""

from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from app.rules.rollup import FORMULA, Figure
from app.rules.vocabulary import Level, State, TaskKind, Word
from app.schemas.base import Out, Ratio
from app.schemas.lists import codes_of, one_of


class Levels(Out):
    """Three nested levels. `evidenced` is the headline; the others always stand beside it."""

    reported: Ratio = Field(description="cơ quan đã báo cáo · claimed by its agency")
    evidenced: Ratio = Field(description="có minh chứng · at least one standing record")
    confirmed: Ratio = Field(description="đã được xác nhận · accepted by the monitor")
    defined: Ratio = Field(description="phần trọng số tính được · share of the weight that owes anything")
    state: State | None
    state_label: str | None = None
    formula: str = Field(examples=["rollup-1"], description="tên cách tính · names the arithmetic")
    revision: int = Field(description="lần điều chỉnh của kế hoạch · the plan's revision")
    as_of: datetime | None = Field(
        description="thay đổi mới nhất đã tính; null khi chưa có · instant of the latest change taken in; "
        "null before the first"
    )

    @classmethod
    def of(cls, figure: Figure, revision: int, as_of: datetime | None) -> "Levels":
        """Put a figure on the wire."""
        return cls(
            reported=Ratio.of(figure.reported),
            evidenced=Ratio.of(figure.evidenced),
            confirmed=Ratio.of(figure.confirmed),
            defined=Ratio.of(figure.defined / figure.included if figure.included else None),
            state=figure.state,
            formula=FORMULA,
            revision=revision,
            as_of=as_of,
        )


class By(Word):
    """What a breakdown has a row for."""

    SECTION = "section", "Mục", "Section"
    AGENCY = "agency", "Cơ quan", "Agency"
    TASK = "task", "Nhiệm vụ", "Task"
    ASSIGNMENT = "assignment", "Phân công", "Assignment"


class ProgressRow(Levels):
    """One node. A `view` looks at duties that count elsewhere, and never enters the plan's total."""

    key: str = Field(description="mã của nút · section, agency or task code, assignment id, or `status_only`")
    parent: str | None = Field(description="nút cha · for sections, the section above")
    title_vi: str
    title_en: str
    view: bool
    assignments: int = Field(description="số phân công được tính · how many assignments it was computed from")


class ProgressOut(Out):
    """Completion as this caller may see it."""

    plan: str = Field(examples=["ttdn-2023"])
    headline: Level
    headline_label: str = ""
    total: Levels
    assignments: int
    by: By | None
    by_label: str | None = None
    items: list[ProgressRow]


class ProgressFilter(BaseModel):
    """Any filter of assignments. With one, status-only duties of others take no part."""

    model_config = ConfigDict(extra="forbid")

    by: Annotated[By | None, Field(description="chia theo · broken down by")] = None
    section: Annotated[str | None, codes_of("mục, gồm cả bên trong · sections, with all below", "IV.7")] = (
        None
    )
    agency: Annotated[str | None, codes_of("cơ quan hoặc nhóm · agencies or groups", "SVHTTDL")] = None
    task: Annotated[str | None, codes_of("nhiệm vụ · tasks", "IV.7.a")] = None
    kind: Annotated[str | None, one_of(TaskKind)] = None
