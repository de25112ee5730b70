"""The plan's money in whole đồng: one total, and the lines it is broken down to, if it is."""

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Name, Recorded, SearchText
from app.rules.vocabulary import Subject


class Budget(Recorded):
    __tablename__ = "budgets"
    __table_args__ = (CheckConstraint("total_vnd >= 0", name="total"),)

    plan_id: Mapped[int] = mapped_column(ForeignKey("plans.id"), unique=True)
    total_vnd: Mapped[int]
    printed: Mapped[Name | None]
    words_printed: Mapped[Name | None]
    source_vi: Mapped[Name]
    source_en: Mapped[Name]
    line: Mapped[int | None]
    label: Mapped[str]

    @property
    def ref(self) -> str:
        return self.label


class BudgetLine(Recorded):
    __tablename__ = "budget_lines"
    __table_args__ = (
        UniqueConstraint("plan_id", "code"),
        CheckConstraint("allocated_vnd >= 0", name="allocated"),
    )

    plan_id: Mapped[int] = mapped_column(ForeignKey("plans.id"), index=True)
    agency_id: Mapped[int | None] = mapped_column(ForeignKey("agencies.id"), index=True)
    code: Mapped[str]
    title_vi: Mapped[Name]
    title_en: Mapped[Name]
    search_text: Mapped[SearchText]
    allocated_vnd: Mapped[int]
    line: Mapped[int | None]

    @property
    def subject(self) -> Subject:
        return Subject.BUDGET_LINE

    @property
    def ref(self) -> str:
        return self.code
