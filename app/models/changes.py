"""The journal: one row for every change of a recorded row, in the transaction that made it."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, Json, PublicId


class Change(Base):
    """Who changed what, by which right, from what to what.

    `horizon` is the writing transaction's number on PostgreSQL (0 on SQLite, where one writer at a time
    commits): a feed in (horizon, id) order that stops below the oldest running transaction never skips a
    change that committed late.
    """

    __tablename__ = "changes"
    __table_args__ = (
        Index("ix_changes_horizon_id", "horizon", "id"),
        Index("ix_changes_subject_ref", "subject", "ref"),
    )

    public_id: Mapped[PublicId]
    horizon: Mapped[int] = mapped_column(default=0)
    at: Mapped[datetime]
    plan_id: Mapped[int | None] = mapped_column(ForeignKey("plans.id"))
    task_id: Mapped[int | None] = mapped_column(ForeignKey("tasks.id"))
    subject: Mapped[str]
    ref: Mapped[str]
    operation: Mapped[str]
    version: Mapped[int]
    action: Mapped[str]
    actor: Mapped[str | None]
    via: Mapped[str]
    before: Mapped[Json | None]
    after: Mapped[Json]
    request_id: Mapped[str | None]
