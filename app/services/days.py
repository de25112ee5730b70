"""Days: of which day something done, or the paper about it, can be said to be: none to come, and none so long
before the plan that only a slip of the pen leads there."""

from collections.abc import Iterable, Iterator
from datetime import date

from sqlalchemy.orm import Session

from app.errors import Fault, Invalid, Text
from app.models import Plan
from app.models.unit import today
from app.rules import calendar


def check(session: Session, plan: Plan, *said: tuple[str, date | None]) -> None:
    """Refuse days that cannot be meant, by where in the request each is said."""
    faults = list(_faults(session, plan, said))
    if faults:
        raise Invalid(faults=faults)


def _faults(session: Session, plan: Plan, said: Iterable[tuple[str, date | None]]) -> Iterator[Fault]:
    for pointer, day in said:
        if day is not None and day > today(session):
            yield Fault(
                pointer,
                "in_the_future",
                Text(
                    "Chưa đến ngày này: chỉ ghi việc đã làm, văn bản đã ban hành",
                    "This day has not come: record what has been done or issued",
                ),
            )
        elif day is not None and not calendar.is_meant(day, plan.year):
            yield Fault(
                pointer,
                "too_long_ago",
                Text(
                    f"Quá xa trước năm {plan.year} của kế hoạch: hãy xem lại năm",
                    f"Too long before {plan.year}, the plan's year: look at the year again",
                ),
            )
