"""Objectives: what the plan is for (its Part I). Tasks can serve them; they are never counted."""

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Name, Recorded, SearchText, SortKey


class Objective(Recorded):
    __tablename__ = "objectives"
    __table_args__ = (UniqueConstraint("plan_id", "code"),)

    plan_id: Mapped[int] = mapped_column(ForeignKey("plans.id"), index=True)
    section_id: Mapped[int] = mapped_column(ForeignKey("sections.id"), index=True)
    code: Mapped[str]
    order_key: Mapped[SortKey]
    title_vi: Mapped[Name]
    title_en: Mapped[Name]
    search_text: Mapped[SearchText]
    lines: Mapped[str | None]
    line: Mapped[int | None]

    @property
    def ref(self) -> str:
        return self.code
