"""Tasks of both families, and which duties carry out which programme item."""

from datetime import date

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Json, Name, Recorded, SearchText, SortKey
from app.rules.vocabulary import PeriodKind, Source, TaskFamily, TaskKind, TaskStatus, Visibility


class Task(Recorded):
    """What must be done, addressed by its clause code."""

    __tablename__ = "tasks"
    __table_args__ = (UniqueConstraint("plan_id", "code"), CheckConstraint("weight >= 1", name="weight"))

    plan_id: Mapped[int] = mapped_column(ForeignKey("plans.id"), index=True)
    section_id: Mapped[int] = mapped_column(ForeignKey("sections.id"), index=True)
    code: Mapped[str]
    order_key: Mapped[SortKey]
    family: Mapped[TaskFamily]
    kind: Mapped[TaskKind]
    title_vi: Mapped[Name]
    title_en: Mapped[Name]
    sort_key: Mapped[SortKey]
    search_text: Mapped[SearchText]
    lines: Mapped[str | None]
    line: Mapped[int | None]
    visibility: Mapped[Visibility]
    status: Mapped[TaskStatus]
    weight: Mapped[int] = mapped_column(default=1)
    target: Mapped[int | None] = mapped_column(doc="pieces owed by each accountable body of a counted task")
    due_on: Mapped[date | None]
    due_source: Mapped[Source] = mapped_column(default=Source.IMPLIED)
    reporting_period: Mapped[PeriodKind | None] = mapped_column(doc="null: the plan's")
    superseded_by: Mapped[str | None] = mapped_column(doc="the clause that took its place")
    note_vi: Mapped[Name | None]
    note_en: Mapped[Name | None]
    gap_vi: Mapped[Name | None]
    gap_en: Mapped[Name | None]
    parts: Mapped[Json]

    @property
    def ref(self) -> str:
        return self.code

    @property
    def task_of(self) -> int | None:
        return self.id


class Implementation(Recorded):
    """A duty carries out a programme item. The plan does not say so; it is how we read it."""

    __tablename__ = "implementations"
    __table_args__ = (UniqueConstraint("task_id", "duty_id"),)

    plan_id: Mapped[int] = mapped_column(ForeignKey("plans.id"), index=True)
    task_id: Mapped[int] = mapped_column(ForeignKey("tasks.id"), doc="the programme item")
    duty_id: Mapped[int] = mapped_column(ForeignKey("tasks.id"), index=True)
    basis: Mapped[Source]
    label: Mapped[str]

    @property
    def ref(self) -> str:
        return self.label

    @property
    def task_of(self) -> int | None:
        """The duty: it is the one that may be hidden, and its code stands in the label."""
        return self.duty_id
