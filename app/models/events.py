"""Events: dated historical events whose anniversaries a plan marks."""

from datetime import date

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Name, Recorded, SearchText, SortKey
from app.rules.vocabulary import EventKind


class Event(Recorded):
    """Keeps the date as printed beside the date verified; anniversaries follow from the verified one."""

    __tablename__ = "events"
    __table_args__ = (UniqueConstraint("plan_id", "code"),)

    plan_id: Mapped[int] = mapped_column(ForeignKey("plans.id"), index=True)
    task_id: Mapped[int | None] = mapped_column(ForeignKey("tasks.id"), index=True)
    code: Mapped[str]
    kind: Mapped[EventKind]
    name_vi: Mapped[Name]
    name_en: Mapped[Name]
    sort_key: Mapped[SortKey]
    search_text: Mapped[SearchText]
    counterpart: Mapped[str | None] = mapped_column(doc="ISO 3166-1 alpha-2")
    date_printed: Mapped[date]
    date_verified: Mapped[date | None]
    verified_by: Mapped[Name | None]
    note_vi: Mapped[Name | None]
    note_en: Mapped[Name | None]
    line: Mapped[int | None]

    @property
    def ref(self) -> str:
        return self.code
