"""Assignments: a task, a body and its role in it."""

from datetime import date
from fractions import Fraction

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Name, PublicId, Recorded, SortKey
from app.rules.vocabulary import Role, Source


class Assignment(Recorded):
    """Who owes what. A group's assignment fans out to one for each known member, which then count.

    `share` is the body's exact part of its task: the shares of all counted leads of a task sum to 1. One that
    was handed over (`valid_to`) keeps what was done under it, and the share that goes with that.
    """

    __tablename__ = "assignments"
    __table_args__ = (
        UniqueConstraint("task_id", "agency_id", "role"),
        CheckConstraint("share_numerator >= 0 AND share_denominator > 0", name="share"),
    )

    public_id: Mapped[PublicId]
    plan_id: Mapped[int] = mapped_column(ForeignKey("plans.id"), index=True)
    task_id: Mapped[int] = mapped_column(ForeignKey("tasks.id"), index=True)
    agency_id: Mapped[int] = mapped_column(ForeignKey("agencies.id"), index=True)
    group_id: Mapped[int | None] = mapped_column(ForeignKey("agencies.id"), doc="the group it comes from")
    order_key: Mapped[SortKey] = mapped_column(doc="clause, then place in the clause")
    role: Mapped[Role]
    verb_printed: Mapped[Name | None]
    role_read_vi: Mapped[Name | None]
    role_read_en: Mapped[Name | None]
    source: Mapped[Source]
    valid_from: Mapped[date | None]
    valid_to: Mapped[date | None]
    succeeds_id: Mapped[int | None] = mapped_column(
        ForeignKey("assignments.id"), doc="whose unfinished part this body took over"
    )
    fans_out: Mapped[bool] = mapped_column(default=False)
    share_numerator: Mapped[int] = mapped_column(default=0)
    share_denominator: Mapped[int] = mapped_column(default=1)
    recorded_quantity: Mapped[int] = mapped_column(
        default=0, doc="standing pieces recorded, surplus included"
    )

    @property
    def ref(self) -> str:
        return self.public_id

    @property
    def share(self) -> Fraction:
        return Fraction(self.share_numerator, self.share_denominator)
