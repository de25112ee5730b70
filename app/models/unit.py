"""A unit of work: the one instant it happens at, and by which right each row of it may change."""

from datetime import date, datetime

from sqlalchemy.orm import Session

from app.models.base import Recorded
from app.rules.calendar import business_day
from app.rules.judging import Permit


def instant(session: Session) -> datetime:
    """When this unit of work happens: one instant for all it reads and writes, in UTC."""
    now: datetime = session.info["now"]
    return now


def today(session: Session) -> date:
    """The day in Vietnam on which it happens."""
    return business_day(instant(session))


def permits(session: Session) -> dict[Recorded, Permit]:
    """By which right each row of this unit of work may change: access writes it, the flush reads it."""
    return session.info.setdefault("permits", {})  # type: ignore[no-any-return]
