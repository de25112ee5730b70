"""The plan's money in whole đồng: one total, the lines it is broken down to, and what each line is for."""

from datetime import datetime

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
    """A line and where it stands: its counters are what its entries in the ledger add up to."""

    __tablename__ = "budget_lines"
    __table_args__ = (
        UniqueConstraint("plan_id", "code"),
        CheckConstraint("allocated_vnd >= 0", name="allocated"),
        CheckConstraint("needed_vnd >= 0", name="needed"),
        CheckConstraint("committed_vnd <= allocated_vnd", name="committed"),
        CheckConstraint("spent_vnd <= committed_vnd", name="spent"),
        CheckConstraint("settled_vnd >= 0 AND settled_vnd <= spent_vnd", name="settled"),
    )

    plan_id: Mapped[int] = mapped_column(ForeignKey("plans.id"), index=True)
    agency_id: Mapped[int | None] = mapped_column(ForeignKey("agencies.id"), index=True)
    code: Mapped[str]
    title_vi: Mapped[Name]
    title_en: Mapped[Name]
    search_text: Mapped[SearchText]
    allocated_vnd: Mapped[int]
    line: Mapped[int | None]
    chapter: Mapped[str | None] = mapped_column(doc="chương")
    category: Mapped[str | None] = mapped_column(doc="loại")
    subcategory: Mapped[str | None] = mapped_column(doc="khoản")
    item: Mapped[str | None] = mapped_column(doc="mục")
    subitem: Mapped[str | None] = mapped_column(doc="tiểu mục")
    needed_vnd: Mapped[int] = mapped_column(default=0)
    committed_vnd: Mapped[int] = mapped_column(default=0)
    spent_vnd: Mapped[int] = mapped_column(default=0)
    settled_vnd: Mapped[int] = mapped_column(default=0)
    corrected_at: Mapped[datetime | None] = mapped_column(doc="when what it says of itself last changed")

    @property
    def subject(self) -> Subject:
        return Subject.BUDGET_LINE

    @property
    def ref(self) -> str:
        return self.code


class BudgetLink(Recorded):
    """What a line is for: a task; an output or a record of one; an event, whose task is its own if it has
    one. A link that was taken back stays on record."""

    __tablename__ = "budget_links"
    __table_args__ = (
        UniqueConstraint("line_id", "label"),
        CheckConstraint("task_id IS NOT NULL OR event_id IS NOT NULL", name="leads_somewhere"),
    )

    plan_id: Mapped[int] = mapped_column(ForeignKey("plans.id"), index=True)
    line_id: Mapped[int] = mapped_column(ForeignKey("budget_lines.id"))
    task_id: Mapped[int | None] = mapped_column(ForeignKey("tasks.id"), index=True)
    output_id: Mapped[int | None] = mapped_column(ForeignKey("outputs.id"))
    activity_id: Mapped[int | None] = mapped_column(ForeignKey("activities.id"))
    event_id: Mapped[int | None] = mapped_column(ForeignKey("events.id"))
    label: Mapped[str] = mapped_column(doc="line/noun/name")
    stands: Mapped[bool] = mapped_column(default=True)

    @property
    def subject(self) -> Subject:
        return Subject.BUDGET_LINK

    @property
    def ref(self) -> str:
        return self.label
