"""Sections: the nodes of a plan document's tree, as deep as the document is."""

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Name, Recorded, SearchText, SortKey


class Section(Recorded):
    __tablename__ = "sections"
    __table_args__ = (UniqueConstraint("plan_id", "code"),)

    plan_id: Mapped[int] = mapped_column(ForeignKey("plans.id"), index=True)
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("sections.id"), index=True)
    code: Mapped[str]
    order_key: Mapped[SortKey]
    title_vi: Mapped[Name]
    title_en: Mapped[Name]
    search_text: Mapped[SearchText]
    line: Mapped[int | None]

    @property
    def ref(self) -> str:
        return self.code
