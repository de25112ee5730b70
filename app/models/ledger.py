"""The ledger: what was needed, allocated, committed, spent, settled; entry by entry, none of which ever
changes."""

from datetime import date, datetime
from typing import ClassVar

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Name, PublicId, Recorded
from app.rules.ledger import EntryKind, SettlementState
from app.rules.vocabulary import Subject


class LedgerEntry(Recorded):
    """What one document did to one line. What was wrong is taken back by another entry that names this one.

    `transfer` is shared by the two entries that move money from one line to another.
    """

    unchanging: ClassVar[bool] = True

    __tablename__ = "ledger_entries"
    __table_args__ = (
        UniqueConstraint(
            *("plan_id", "recorded_by_id", "source_system", "external_id"),
            name="uq_ledger_entries_source_key",  # PostgreSQL takes 63 letters
        ),
        CheckConstraint("amount_vnd <> 0", name="amount"),
        CheckConstraint("(source_system IS NULL) = (external_id IS NULL)", name="natural_key"),
        Index("ix_ledger_entries_plan_id_public_id", "plan_id", "public_id"),
        Index("ix_ledger_entries_line_id_kind", "line_id", "kind"),
    )

    public_id: Mapped[PublicId]
    plan_id: Mapped[int] = mapped_column(ForeignKey("plans.id"))
    line_id: Mapped[int] = mapped_column(ForeignKey("budget_lines.id"))
    kind: Mapped[EntryKind]
    amount_vnd: Mapped[int]
    occurred_on: Mapped[date]
    document_number: Mapped[Name | None]
    document_on: Mapped[date | None]
    document_issuer: Mapped[Name | None]
    note: Mapped[Name | None]
    recorded_by_id: Mapped[int] = mapped_column(ForeignKey("agencies.id"), index=True)
    recorded_at: Mapped[datetime]
    reverses_id: Mapped[int | None] = mapped_column(ForeignKey("ledger_entries.id"), unique=True)
    transfer: Mapped[str | None]
    settlement_id: Mapped[int | None] = mapped_column(ForeignKey("settlements.id"), index=True)
    source_system: Mapped[str | None]
    external_id: Mapped[str | None]

    @property
    def subject(self) -> Subject:
        return Subject.LEDGER_ENTRY

    @property
    def ref(self) -> str:
        return self.public_id


class Settlement(Recorded):
    """What a line's agency says it has spent for good, and what the settlement checker made of it; or that
    its agency took it back before, which is `decided_by_id` then."""

    __tablename__ = "settlements"
    __table_args__ = (CheckConstraint("amount_vnd > 0", name="amount"),)

    public_id: Mapped[PublicId]
    plan_id: Mapped[int] = mapped_column(ForeignKey("plans.id"), index=True)
    line_id: Mapped[int] = mapped_column(ForeignKey("budget_lines.id"), index=True)
    amount_vnd: Mapped[int]
    note: Mapped[Name | None]
    state: Mapped[SettlementState]
    submitted_by_id: Mapped[int] = mapped_column(ForeignKey("agencies.id"))
    submitted_at: Mapped[datetime]
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("agencies.id"))
    decided_at: Mapped[datetime | None]
    decision_number: Mapped[Name | None]
    decided_on: Mapped[date | None]
    issuer: Mapped[Name | None]
    missing: Mapped[Name | None] = mapped_column(doc="what is missing, where it was returned")
    reason: Mapped[Name | None] = mapped_column(doc="why, where it was withdrawn")

    @property
    def ref(self) -> str:
        return self.public_id
