"""Receipts: signed proof of what was received. Not business records: they follow from a push, in its
transaction, and are not journaled."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, Text
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, Json, Name, PublicId


class SigningKey(Base):
    """A public key that has signed something here, kept for as long as what it signed."""

    __tablename__ = "signing_keys"

    kid: Mapped[str] = mapped_column(unique=True)
    jwk: Mapped[Json]
    first_used_at: Mapped[datetime]


class Receipt(Base):
    """`jws` is the receipt itself, as it was signed; the other columns are there to find it."""

    __tablename__ = "receipts"
    __table_args__ = (Index("ix_receipts_plan_id_agency_id_public_id", "plan_id", "agency_id", "public_id"),)

    public_id: Mapped[PublicId]
    plan_id: Mapped[int] = mapped_column(ForeignKey("plans.id"))
    agency_id: Mapped[int] = mapped_column(ForeignKey("agencies.id"))
    operation: Mapped[Name]
    sha256: Mapped[str] = mapped_column(index=True)
    size: Mapped[int]
    counts: Mapped[Json]
    jws: Mapped[str] = mapped_column(Text())
    key_id: Mapped[int] = mapped_column(ForeignKey("signing_keys.id"))
    received_at: Mapped[datetime]
