"""Acts on an output: claimed, withdrawn, confirmed, returned. Each is a record of its own and stays."""

from datetime import datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Name, PublicId, Recorded
from app.rules.acts import ActKind
from app.rules.vocabulary import Level


class Act(Recorded):
    """Who did what to an output, when, why, and in whose name: `for_id` is the accountable body."""

    __tablename__ = "acts"

    public_id: Mapped[PublicId]
    plan_id: Mapped[int] = mapped_column(ForeignKey("plans.id"), index=True)
    task_id: Mapped[int] = mapped_column(ForeignKey("tasks.id"))
    output_id: Mapped[int] = mapped_column(ForeignKey("outputs.id"), index=True)
    kind: Mapped[ActKind]
    by_id: Mapped[int] = mapped_column(ForeignKey("agencies.id"))
    for_id: Mapped[int] = mapped_column(ForeignKey("agencies.id"))
    reason: Mapped[Name | None] = mapped_column(doc="a note, a reason, or what is missing; never status-only")
    level: Mapped[Level] = mapped_column(doc="where the output stood after it")
    acted_at: Mapped[datetime]

    @property
    def ref(self) -> str:
        return self.public_id
