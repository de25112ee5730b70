"""Events: dated historical events whose anniversaries a plan marks."""

from datetime import date, datetime
from typing import cast

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Name, PublicId, Recorded, SearchText, SortKey
from app.rules.calendar import MOST_PREPARATION_DAYS, PREPARATION_DAYS
from app.rules.vocabulary import EventKind, Subject


class Event(Recorded):
    """Keeps the date as printed beside the date verified; anniversaries follow from the verified one.

    `steward_id` is the body that prepares them, if one is named. `reason` says why the calendar was last
    changed here; what the plan itself prints needs none.
    """

    __tablename__ = "events"
    __table_args__ = (
        UniqueConstraint("plan_id", "code"),
        CheckConstraint("date_printed IS NOT NULL OR date_verified IS NOT NULL", name="dated"),
        CheckConstraint(f"preparation_days BETWEEN 0 AND {MOST_PREPARATION_DAYS}", name="preparation_days"),
    )

    plan_id: Mapped[int] = mapped_column(ForeignKey("plans.id"), index=True)
    steward_id: Mapped[int | None] = mapped_column(ForeignKey("agencies.id"), index=True)
    code: Mapped[str]
    kind: Mapped[EventKind]
    name_vi: Mapped[Name]
    name_en: Mapped[Name]
    sort_key: Mapped[SortKey]
    search_text: Mapped[SearchText]
    counterpart: Mapped[str | None] = mapped_column(doc="ISO 3166-1 alpha-2")
    date_printed: Mapped[date | None]
    date_verified: Mapped[date | None]
    verified_by: Mapped[Name | None]
    note_vi: Mapped[Name | None]
    note_en: Mapped[Name | None]
    line: Mapped[int | None]
    preparation_days: Mapped[int] = mapped_column(default=PREPARATION_DAYS)
    withdrawn: Mapped[bool] = mapped_column(default=False)
    reason: Mapped[Name | None]
    changed_at: Mapped[datetime]

    @property
    def ref(self) -> str:
        return self.code

    @property
    def true_date(self) -> date:
        """What anniversaries are counted from."""
        return cast("date", self.date_verified or self.date_printed)  # a constraint: one of them is there


class EventLink(Recorded):
    """The fact that a task marks an event; a link that was taken back stays on record."""

    __tablename__ = "event_links"
    __table_args__ = (UniqueConstraint("event_id", "task_id"),)

    plan_id: Mapped[int] = mapped_column(ForeignKey("plans.id"))
    event_id: Mapped[int] = mapped_column(ForeignKey("events.id"))
    task_id: Mapped[int] = mapped_column(ForeignKey("tasks.id"), index=True)
    stands: Mapped[bool] = mapped_column(default=True)
    label: Mapped[str] = mapped_column(doc="event and task: `E11/II.2.4`")

    @property
    def subject(self) -> Subject:
        return Subject.EVENT_LINK

    @property
    def ref(self) -> str:
        return self.label


class Occurrence(Recorded):
    """What was decided about an event's anniversary in one year. There is a row only where something was."""

    __tablename__ = "event_occurrences"
    __table_args__ = (UniqueConstraint("event_id", "year"),)

    plan_id: Mapped[int] = mapped_column(ForeignKey("plans.id"))
    event_id: Mapped[int] = mapped_column(ForeignKey("events.id"))
    year: Mapped[int]
    label: Mapped[str] = mapped_column(doc="event and year: `E11-2028`")
    cancelled: Mapped[bool]
    reason: Mapped[Name]
    changed_at: Mapped[datetime]

    @property
    def ref(self) -> str:
        return self.label


class Subscription(Recorded):
    """A calendar that a program fetches with a secret of its own. It reads as the agency it belongs to."""

    __tablename__ = "subscriptions"

    public_id: Mapped[PublicId]
    plan_id: Mapped[int] = mapped_column(ForeignKey("plans.id"))
    agency_id: Mapped[int] = mapped_column(ForeignKey("agencies.id"), index=True)
    label: Mapped[Name]
    of_agency_id: Mapped[int | None] = mapped_column(ForeignKey("agencies.id"))
    country: Mapped[str | None]
    digest: Mapped[str] = mapped_column(unique=True, info={"secret": True})
    created_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]

    @property
    def ref(self) -> str:
        return self.public_id
