"""The calendar: anniversaries of events, periods to report on, and which day an instant falls on.

Nothing here asks the clock. ISO 8601 throughout: Monday is 1.
"""

from calendar import isleap, monthrange
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta, timezone
from typing import Final

from app.rules.vocabulary import PeriodKind, YearClass

# Asia/Ho_Chi_Minh, UTC+7 without summer time since 13 June 1975. A fixed offset, because Windows has no
# zone data of its own and a wrong business day is worse than a missing rule for dates before any plan.
OFFICE_TIME: Final = timezone(timedelta(hours=7), "Asia/Ho_Chi_Minh")

PREPARATION_DAYS: Final = 60
"""How long before an anniversary its preparation begins, unless the event says otherwise (model §6)."""
MOST_PREPARATION_DAYS: Final = 730
FARTHEST: Final = 10
"""How many years before its plan something may have been done, or a paper issued: a zero in a cell is a day
of 1899, and 23 a year of the first century."""
WEEKDAYS: Final = ("Thứ Hai", "Thứ Ba", "Thứ Tư", "Thứ Năm", "Thứ Sáu", "Thứ Bảy", "Chủ nhật")

# Months in it, code, and its name as an office writes it at the head of a report.
_KINDS: Final = {
    PeriodKind.MONTH: (1, "{year:04}-M{number:02}", "Tháng {number}/{year}", "Month {number}, {year}"),
    PeriodKind.QUARTER: (3, "{year:04}-Q{number}", "Quý {roman}/{year}", "Q{number} {year}"),
    PeriodKind.HALF_YEAR: (6, "{year:04}-H{number}", "6 tháng {half} năm {year}", "H{number} {year}"),
    PeriodKind.YEAR: (12, "{year:04}", "Năm {year}", "Year {year}"),
}


@dataclass(frozen=True, slots=True)
class Occurrence:
    """An anniversary in one year. `is_round` is năm tròn (10, 20 …), `is_five_year` năm lẻ 5 (5, 15 …)."""

    on: date
    ordinal: int
    is_round: bool
    is_five_year: bool
    weekday: int

    @property
    def year_class(self) -> YearClass:
        """What kind of year it is."""
        if self.is_round:
            return YearClass.ROUND
        return YearClass.FIVE_YEAR if self.is_five_year else YearClass.OTHER


@dataclass(frozen=True, slots=True)
class Period:
    """A stretch of days, first and last included, with a code that sorts in time."""

    code: str
    first: date
    last: date
    label_vi: str
    label_en: str


def occurrence(origin: date, year: int) -> Occurrence | None:
    """The anniversary of `origin` kept in `year`; None in the year itself and before it.

    The year of the event is no anniversary: "kỷ niệm 0 năm" is not marked by anybody. An event of 29 February
    is marked on 28 February in a common year, so it never leaves its month. Years end at 9999 (ValueError).
    """
    ordinal = year - origin.year
    if ordinal < 1:
        return None
    moved = (origin.month, origin.day) == (2, 29) and not isleap(year)
    on = date(year, 2, 28) if moved else origin.replace(year=year)
    return Occurrence(on, ordinal, ordinal % 10 == 0, ordinal % 10 == 5, on.isoweekday())


def begins(on: date, preparation_days: int) -> date:
    """The first day of preparing for something; the calendar's own first day where it would lie before."""
    return on - timedelta(min(preparation_days, (on - date.min).days))


def periods(kind: PeriodKind, first: date, last: date) -> tuple[Period, ...]:
    """The calendar's periods from `first` to `last`, in order: every day is in exactly one of them.

    Those at the ends are cut to the span and keep their name: a plan signed on 17 January has a first
    quarter from then on. Empty when `last` comes before `first`.
    """
    if last < first:
        return ()
    return tuple(
        replace(period, first=max(period.first, first), last=min(period.last, last))
        for year in range(first.year, last.year + 1)
        for period in _whole(kind, year)
        if period.first <= last and period.last >= first
    )


def rest(kind: PeriodKind, begins: date, first: date, last: date) -> tuple[Period, ...]:
    """What is left from `first` on of a span that `begins` before. A period that is only the end of one by
    that says so: under the name of the whole it would be taken for it."""
    whole = periods(kind, begins, last)
    return tuple(
        period
        if period in whole
        else replace(
            period,
            label_vi=f"{period.label_vi} (từ {period.first:%d/%m/%Y})",
            label_en=f"{period.label_en} (from {period.first.isoformat()})",
        )
        for period in periods(kind, first, last)
    )


def is_meant(day: date, year: int) -> bool:
    """Whether a day can be meant where something is said for the plan of a year."""
    return day.year >= year - FARTHEST


def business_day(instant: datetime) -> date:
    """The day it was in Vietnam. ValueError for an instant without a zone, or past the calendar's ends."""
    if instant.utcoffset() is None:
        raise ValueError("an instant needs a zone")
    try:
        return instant.astimezone(OFFICE_TIME).date()
    except OverflowError as error:
        raise ValueError("an instant between the years 1 and 9999 is needed") from error


def midnight(instant: datetime) -> datetime:
    """When the day it was in Vietnam ended."""
    following = datetime.combine(business_day(instant) + timedelta(1), time(), OFFICE_TIME)
    return following.astimezone(UTC)


def _whole(kind: PeriodKind, year: int) -> Iterator[Period]:
    """The periods of a year before any cutting."""
    months, *names = _KINDS[kind]
    for number, end in enumerate(range(months, 13, months), 1):
        roman = ("I", "II", "III", "IV")[(number - 1) % 4]
        half = ("đầu", "cuối")[(number - 1) % 2]
        code, vi, en = (name.format(number=number, year=year, roman=roman, half=half) for name in names)
        last = date(year, end, monthrange(year, end)[1])
        yield Period(code, date(year, end - months + 1, 1), last, vi, en)
