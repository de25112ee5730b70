"""Activities: records that something was done; and their withdrawals, which are records too."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Json, Name, PublicId, Recorded, SearchText, SortKey
from app.rules.vocabulary import ActivityKind, ActivityStatus, Channel


class Activity(Recorded):
    __tablename__ = "activities"
    __table_args__ = (
        UniqueConstraint("plan_id", "agency_id", "source_system", "external_id"),
        CheckConstraint("quantity >= 1", name="quantity"),
        CheckConstraint("(source_system IS NULL) = (external_id IS NULL)", name="natural_key"),
        Index("ix_activities_plan_id_occurred_on_public_id", "plan_id", "occurred_on", "public_id"),
        Index("ix_activities_plan_id_public_id", "plan_id", "public_id"),
        Index("ix_activities_assignment_id_occurred_on", "assignment_id", "occurred_on"),
        Index("ix_activities_output_id_occurred_on", "output_id", "occurred_on"),
        Index("ix_activities_plan_id_marks", "plan_id", "marks"),
        Index("ix_activities_plan_id_sort_key_public_id", "plan_id", "sort_key", "public_id"),
        Index("ix_activities_task_id_public_id", "task_id", "public_id"),
        Index("ix_activities_agency_id_public_id", "agency_id", "public_id"),
    )

    public_id: Mapped[PublicId] = mapped_column(insert_sentinel=True)  # tells the rows of one INSERT apart
    plan_id: Mapped[int] = mapped_column(ForeignKey("plans.id"))
    task_id: Mapped[int] = mapped_column(ForeignKey("tasks.id"))
    assignment_id: Mapped[int] = mapped_column(ForeignKey("assignments.id"))
    agency_id: Mapped[int] = mapped_column(ForeignKey("agencies.id"))
    recorded_by_id: Mapped[int] = mapped_column(ForeignKey("agencies.id"))
    output_id: Mapped[int | None] = mapped_column(ForeignKey("outputs.id"))
    status: Mapped[ActivityStatus] = mapped_column(default=ActivityStatus.STANDING)
    occurred_on: Mapped[date]
    kind: Mapped[ActivityKind]
    title: Mapped[Name]
    sort_key: Mapped[SortKey]
    search_text: Mapped[SearchText]
    quantity: Mapped[int] = mapped_column(default=1)
    channel: Mapped[Channel | None]
    languages: Mapped[Json]
    link: Mapped[Name | None]
    marks: Mapped[str | None] = mapped_column(doc="the anniversary it marks: event and year, `E11-2028`")
    source_system: Mapped[str | None]
    external_id: Mapped[str | None]
    source_updated_at: Mapped[datetime | None]
    recorded_at: Mapped[datetime]

    @property
    def ref(self) -> str:
        return self.public_id


class Withdrawal(Recorded):
    """The fact that a record no longer stands, with its reason."""

    __tablename__ = "withdrawals"

    public_id: Mapped[PublicId]
    plan_id: Mapped[int] = mapped_column(ForeignKey("plans.id"))
    task_id: Mapped[int] = mapped_column(ForeignKey("tasks.id"))
    activity_id: Mapped[int] = mapped_column(ForeignKey("activities.id"), unique=True)
    withdrawn_by_id: Mapped[int] = mapped_column(ForeignKey("agencies.id"))
    reason: Mapped[Name]
    withdrawn_at: Mapped[datetime]

    @property
    def ref(self) -> str:
        return self.public_id
