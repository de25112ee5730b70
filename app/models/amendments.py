"""Amendments: the decisions that changed a plan; and what offices proposed should be decided."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Json, Name, PublicId, Recorded
from app.rules.amending import ProposalState


class Amendment(Recorded):
    """One decision, entered by the plan's owner, with all it changes; `revision` is the plan's, after it."""

    __tablename__ = "amendments"
    __table_args__ = (UniqueConstraint("plan_id", "revision"),)

    plan_id: Mapped[int] = mapped_column(ForeignKey("plans.id"))
    revision: Mapped[int]
    decision_number: Mapped[Name]
    decided_on: Mapped[date]
    issuer: Mapped[Name]
    summary: Mapped[Name | None]
    changes: Mapped[Json]
    entered_by_id: Mapped[int] = mapped_column(ForeignKey("agencies.id"))
    entered_at: Mapped[datetime]
    label: Mapped[str] = mapped_column(doc="plan/revision")

    @property
    def ref(self) -> str:
        return self.label


class Proposal(Recorded):
    """What an office asks the owner to decide: the same changes, with reasons, without a decision yet."""

    __tablename__ = "proposals"

    public_id: Mapped[PublicId]
    plan_id: Mapped[int] = mapped_column(ForeignKey("plans.id"), index=True)
    proposed_by_id: Mapped[int] = mapped_column(ForeignKey("agencies.id"), index=True)
    reason: Mapped[Name]
    changes: Mapped[Json]
    state: Mapped[ProposalState] = mapped_column(default=ProposalState.OPEN)
    proposed_at: Mapped[datetime]
    settled_at: Mapped[datetime | None]
    settled_by_id: Mapped[int | None] = mapped_column(ForeignKey("agencies.id"))
    answer: Mapped[Name | None] = mapped_column(doc="why it was declined or withdrawn")
    amendment_id: Mapped[int | None] = mapped_column(ForeignKey("amendments.id"))

    @property
    def ref(self) -> str:
        return self.public_id
