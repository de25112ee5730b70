"""In time or not: each body's part of a task stands in exactly one of five places (model §3, Timeliness).

    nothing is owed yet             not_triggered
    all that is owed is evidenced   done_on_time    on the due day or before
                                    done_late       after the due day
    something is still open         open_in_term    until the due day, and on it
                                    open_overdue    from the day after

    rate_due = done / (done + overdue)
    rate_all = done / (done + in term + overdue)        done = on time + late

Only live obligations are counted: what is suspended, carried over, cancelled, superseded or draft is left out
by the caller. Days are calendar days in Vietnam (`calendar.business_day`); rates are exact, and rounded only
for display. Nothing here asks the clock.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import NamedTuple

from app.rules.vocabulary import Word


class Bucket(Word):
    """Where an obligation stands in time; every live one is in exactly one."""

    DONE_ON_TIME = "done_on_time", "Xong đúng hạn", "Done on time"
    DONE_LATE = "done_late", "Xong trễ hạn", "Done late"
    OPEN_IN_TERM = "open_in_term", "Đang trong hạn", "Open, in term"
    OPEN_OVERDUE = "open_overdue", "Quá hạn", "Overdue"
    NOT_TRIGGERED = "not_triggered", "Chưa phát sinh", "Nothing owed yet"


@dataclass(frozen=True, slots=True)
class Obligation:
    """One accountable body's part of one task, due on the task's deadline: not on those of its outputs.

    `owed` and `evidenced` are weights of outputs; owed 0 is an untriggered task or one without a target.
    `done_on` is the day the last output owed became evidenced, known exactly when all of it is. ValueError
    for anything else: more evidenced than owed, a day that is missing, a day too many.
    """

    owed: int
    evidenced: int
    due_on: date
    done_on: date | None

    def __post_init__(self) -> None:
        if not 0 <= self.evidenced <= self.owed:
            raise ValueError("what is evidenced lies between nothing and all that is owed")
        if (self.done_on is not None) != (self.evidenced == self.owed > 0):
            raise ValueError("the day of completion is known exactly when all that is owed is evidenced")


def bucket(obligation: Obligation, today: date) -> Bucket:
    """Where it stands on `today`; the due day itself is still in term."""
    if not obligation.owed:
        return Bucket.NOT_TRIGGERED
    if obligation.done_on:
        return Bucket.DONE_ON_TIME if obligation.done_on <= obligation.due_on else Bucket.DONE_LATE
    return Bucket.OPEN_IN_TERM if today <= obligation.due_on else Bucket.OPEN_OVERDUE


class Punctuality(NamedTuple):
    """How many obligations stand where, and the two rates. None where there is nothing to divide by."""

    done_on_time: int
    done_late: int
    open_in_term: int
    open_overdue: int
    not_triggered: int

    @property
    def done(self) -> int:
        """On time or late."""
        return self.done_on_time + self.done_late

    @property
    def rate_due(self) -> Fraction | None:
        """Of those done or overdue, the part that is done."""
        return _ratio(self.done, self.done + self.open_overdue)

    @property
    def rate_all(self) -> Fraction | None:
        """Of all that owe something, the part that is done."""
        return _ratio(self.done, self.done + self.open_in_term + self.open_overdue)


def _ratio(part: int, whole: int) -> Fraction | None:
    return Fraction(part, whole) if whole else None


def punctuality(buckets: Iterable[Bucket]) -> Punctuality:
    """Count them. Each obligation counts once, whatever its weight."""
    found = Counter(buckets)
    return Punctuality(**{place.value: found[place] for place in Bucket})
