"""Answers kept for repetition: the same Idempotency-Key from the same agency gets the same bytes."""

from datetime import datetime

from sqlalchemy import ForeignKey, LargeBinary, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, Json


class Replay(Base):
    """Not a business record: stored in the transaction it answers for, and not journaled."""

    __tablename__ = "replays"
    __table_args__ = (UniqueConstraint("agency_id", "idempotency_key"),)

    agency_id: Mapped[int] = mapped_column(ForeignKey("agencies.id"))
    idempotency_key: Mapped[str]
    fingerprint: Mapped[str]
    status: Mapped[int]
    headers: Mapped[Json]
    body: Mapped[bytes] = mapped_column(LargeBinary())
    created_at: Mapped[datetime] = mapped_column(index=True)
