"""Standings: where each assignment stood from when to when. Written whenever it moves, never journaled,
since all of it follows from outputs, tasks and records; the audit computes it again."""

from datetime import date, datetime
from fractions import Fraction

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base
from app.rules.vocabulary import TaskStatus


class Standing(Base):
    """One stretch of time in which an assignment weighed and had the same; `until` is null for the present.

    `owed` … `confirmed` are weights of outputs at the level or above. `records` and `heard_on` (the standing
    records, and the day the last of them came in) are kept on the present stretch only, without a new one.
    """

    __tablename__ = "standings"
    __table_args__ = (
        UniqueConstraint("assignment_id", "number"),
        CheckConstraint(
            "0 <= confirmed AND confirmed <= evidenced AND evidenced <= reported AND reported <= owed",
            name="nested",
        ),
        Index("ix_standings_plan_id_until", "plan_id", "until"),
    )

    plan_id: Mapped[int] = mapped_column(ForeignKey("plans.id"))
    assignment_id: Mapped[int] = mapped_column(ForeignKey("assignments.id"))
    number: Mapped[int] = mapped_column(doc="1 for the first stretch of its assignment")
    since: Mapped[datetime]
    until: Mapped[datetime | None]
    status: Mapped[TaskStatus]
    weight: Mapped[int]
    share_numerator: Mapped[int]
    share_denominator: Mapped[int]
    owed: Mapped[int]
    reported: Mapped[int]
    evidenced: Mapped[int]
    confirmed: Mapped[int]
    records: Mapped[int] = mapped_column(default=0)
    heard_on: Mapped[date | None]

    @property
    def share(self) -> Fraction:
        return Fraction(self.share_numerator, self.share_denominator)
