"""Urges (đôn đốc): a body is reminded of what it owes, answers, and the reminder gets an outcome."""

from datetime import date, datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Name, PublicId, Recorded
from app.rules.urging import UrgeAbout, UrgeOutcome


class Urge(Recorded):
    """From one body to another, with a day to answer by. `task_id` is null when it is about all it owes."""

    __tablename__ = "urges"

    public_id: Mapped[PublicId]
    plan_id: Mapped[int] = mapped_column(ForeignKey("plans.id"), index=True)
    task_id: Mapped[int | None] = mapped_column(ForeignKey("tasks.id"))
    about: Mapped[UrgeAbout]
    urged_by_id: Mapped[int] = mapped_column(ForeignKey("agencies.id"), index=True)
    to_id: Mapped[int] = mapped_column(ForeignKey("agencies.id"), index=True)
    message: Mapped[Name]
    due_on: Mapped[date]
    urged_at: Mapped[datetime]
    answer: Mapped[Name | None]
    answered_at: Mapped[datetime | None]
    outcome: Mapped[UrgeOutcome | None]
    outcome_note: Mapped[Name | None]
    closed_at: Mapped[datetime | None]

    @property
    def ref(self) -> str:
        return self.public_id
