"""Outputs: what a lead assignment owes, and on which level each one stands."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Name, PublicId, Recorded
from app.rules.vocabulary import Level, OutputKind, Source


class Output(Recorded):
    """One milestone, piece, period or occurrence. `evidence` counts the standing records behind it.

    `evidenced_on` is the day of the earliest of them (a piece: of the record that filled it), or of the claim
    where nothing more may be stored. A `dropped` one is no longer owed, by a decision.
    """

    __tablename__ = "outputs"
    __table_args__ = (
        UniqueConstraint("assignment_id", "code"),
        CheckConstraint("evidence >= 0", name="evidence"),
        Index("ix_outputs_plan_id_assignment_id", "plan_id", "assignment_id"),
    )

    public_id: Mapped[PublicId]
    plan_id: Mapped[int] = mapped_column(ForeignKey("plans.id"))
    task_id: Mapped[int] = mapped_column(ForeignKey("tasks.id"))
    assignment_id: Mapped[int] = mapped_column(ForeignKey("assignments.id"))
    kind: Mapped[OutputKind]
    code: Mapped[str] = mapped_column(doc="its name within the assignment: M1, P3, 2023-Q1, O2")
    number: Mapped[int]
    label_vi: Mapped[Name]
    label_en: Mapped[Name]
    period_from: Mapped[date | None]
    period_to: Mapped[date | None]
    due_on: Mapped[date]
    due_source: Mapped[Source]
    weight: Mapped[int] = mapped_column(default=1)
    opened_by_record: Mapped[bool] = mapped_column(default=False)
    claimed: Mapped[bool] = mapped_column(default=False)
    evidence: Mapped[int] = mapped_column(default=0)
    evidenced_on: Mapped[date | None]
    confirmed: Mapped[bool] = mapped_column(default=False)
    self_confirmed: Mapped[bool] = mapped_column(default=False, doc="by its own monitor: never `confirmed`")
    returned: Mapped[bool] = mapped_column(default=False, doc="and not claimed again since")
    dropped: Mapped[bool] = mapped_column(default=False)
    owed: Mapped[bool] = mapped_column(default=True)
    level: Mapped[Level] = mapped_column(default=Level.NONE)
    moved_at: Mapped[datetime | None]

    @property
    def ref(self) -> str:
        return self.public_id

    @property
    def known_as(self) -> str:
        """Records name their output as people do: by its code within the assignment."""
        return self.code
