"""Anniversaries, reporting periods and the business day."""

from datetime import UTC, date, datetime, timedelta, timezone
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.rules.calendar import business_day, occurrence, periods, rest
from app.rules.vocabulary import PeriodKind

# The plan's footnote, with South Africa as verified: 22/12/1993, not 1973.
FOOTNOTE = [
    *((date(1973, month, day), 50) for month, day in [(1, 27), (2, 26), (3, 23), (3, 30), (4, 9), (4, 12)]),
    *((date(1973, month, day), 50) for month, day in [(8, 1), (8, 21), (9, 11), (9, 21)]),
    (date(1993, 12, 22), 30),
]
LENGTH = {PeriodKind.MONTH: 12, PeriodKind.QUARTER: 4, PeriodKind.HALF_YEAR: 2, PeriodKind.YEAR: 1}
days = st.dates(date(1970, 1, 1), date(2080, 12, 31))


class TestOccurrence:
    @pytest.mark.parametrize(("origin", "ordinal"), FOOTNOTE)
    def test_the_eleven_of_2023(self, origin: date, ordinal: int) -> None:
        kept = occurrence(origin, 2023)
        assert kept is not None
        assert (kept.on, kept.ordinal) == (origin.replace(year=2023), ordinal)
        assert kept.is_round
        assert not kept.is_five_year

    def test_day_of_the_week_is_iso(self) -> None:
        friday = occurrence(date(1993, 12, 22), 2023)
        sunday = occurrence(date(1973, 2, 26), 2023)
        assert friday is not None
        assert sunday is not None
        assert (friday.weekday, sunday.weekday) == (5, 7)

    @pytest.mark.parametrize(
        ("ordinal", "is_round", "is_five_year"),
        [
            (1, False, False),
            (5, False, True),
            (9, False, False),
            (10, True, False),
            (15, False, True),
            (20, True, False),
            (25, False, True),
            (30, True, False),
            (51, False, False),
            (100, True, False),
        ],
    )
    def test_round_and_five_years(self, ordinal: int, is_round: bool, is_five_year: bool) -> None:
        kept = occurrence(date(1900, 5, 19), 1900 + ordinal)
        assert kept is not None
        assert (kept.ordinal, kept.is_round, kept.is_five_year) == (ordinal, is_round, is_five_year)

    def test_nothing_in_the_year_itself_or_before(self) -> None:
        assert occurrence(date(1973, 1, 27), 1973) is None
        assert occurrence(date(1973, 1, 27), 1972) is None

    @pytest.mark.parametrize(
        ("year", "day"), [(1976, 29), (2023, 28), (2024, 29), (2100, 28), (2000, 29), (1973, 28)]
    )
    def test_29_february_is_kept_on_the_28th_in_common_years(self, year: int, day: int) -> None:
        kept = occurrence(date(1972, 2, 29), year)
        assert kept is not None
        assert kept.on == date(year, 2, day)

    @given(st.dates(max_value=date(9998, 12, 31)), st.integers(1, 9999))
    def test_every_later_year_has_exactly_one_in_the_same_month(self, origin: date, year: int) -> None:
        kept = occurrence(origin, year)
        assert (kept is None) == (year <= origin.year)
        if kept is not None:
            assert (kept.on.year, kept.on.month, kept.ordinal) == (year, origin.month, year - origin.year)
            assert kept.on.day == origin.day or (origin.day, kept.on.day) == (29, 28)
            assert not (kept.is_round and kept.is_five_year)

    def test_no_year_after_the_last(self) -> None:
        with pytest.raises(ValueError, match="year"):
            occurrence(date(1973, 1, 27), 10_000)


class TestPeriods:
    def test_the_quarters_of_2023(self) -> None:
        found = periods(PeriodKind.QUARTER, date(2023, 1, 1), date(2023, 12, 31))
        assert [(p.code, p.first, p.last) for p in found] == [
            ("2023-Q1", date(2023, 1, 1), date(2023, 3, 31)),
            ("2023-Q2", date(2023, 4, 1), date(2023, 6, 30)),
            ("2023-Q3", date(2023, 7, 1), date(2023, 9, 30)),
            ("2023-Q4", date(2023, 10, 1), date(2023, 12, 31)),
        ]

    @pytest.mark.parametrize(
        ("kind", "names"),
        [
            (PeriodKind.MONTH, ("2023-M12", "Tháng 12/2023", "Month 12, 2023")),
            (PeriodKind.QUARTER, ("2023-Q4", "Quý IV/2023", "Q4 2023")),
            (PeriodKind.HALF_YEAR, ("2023-H2", "6 tháng cuối năm 2023", "H2 2023")),
            (PeriodKind.YEAR, ("2023", "Năm 2023", "Year 2023")),
        ],
    )
    def test_names(self, kind: PeriodKind, names: tuple[str, str, str]) -> None:
        last = periods(kind, date(2023, 1, 1), date(2023, 12, 31))[-1]
        assert (last.code, last.label_vi, last.label_en) == names

    def test_the_first_half_is_the_first(self) -> None:
        first = periods(PeriodKind.HALF_YEAR, date(2023, 1, 1), date(2023, 12, 31))[0]
        assert (first.label_vi, first.last) == ("6 tháng đầu năm 2023", date(2023, 6, 30))

    def test_quarters_count_in_roman(self) -> None:
        found = periods(PeriodKind.QUARTER, date(2023, 1, 1), date(2023, 12, 31))
        assert [q.label_vi for q in found] == [f"Quý {n}/2023" for n in ("I", "II", "III", "IV")]

    def test_february_knows_leap_years(self) -> None:
        assert periods(PeriodKind.MONTH, date(2024, 2, 1), date(2024, 3, 1))[0].last == date(2024, 2, 29)

    def test_the_ends_are_cut_and_keep_their_name(self) -> None:
        cut = periods(PeriodKind.QUARTER, date(2023, 1, 17), date(2023, 4, 2))
        assert [(p.code, p.first, p.last) for p in cut] == [
            ("2023-Q1", date(2023, 1, 17), date(2023, 3, 31)),
            ("2023-Q2", date(2023, 4, 1), date(2023, 4, 2)),
        ]

    def test_what_is_only_the_end_of_one_says_so(self) -> None:
        span = date(2023, 1, 17), date(2023, 12, 31)
        for first, named in (
            (span[0], "Quý I/2023"),
            (date(2023, 3, 1), "Quý I/2023 (từ 01/03/2023)"),
            (date(2023, 4, 1), "Quý II/2023"),
        ):
            left = rest(PeriodKind.QUARTER, span[0], first, span[1])
            assert (left[0].label_vi, left[0].first) == (named, first)
            assert left[1:] == periods(PeriodKind.QUARTER, *span)[-len(left) + 1 :]
        (year,) = rest(PeriodKind.YEAR, span[0], date(2023, 9, 1), span[1])
        assert (year.code, year.label_en) == ("2023", "Year 2023 (from 2023-09-01)")

    def test_no_days_no_periods(self) -> None:
        assert periods(PeriodKind.MONTH, date(2023, 5, 2), date(2023, 5, 1)) == ()
        assert periods(PeriodKind.MONTH, date(2024, 1, 1), date(2023, 1, 1)) == ()

    @given(st.sampled_from(PeriodKind), days, st.integers(0, 1500))
    def test_every_day_is_in_exactly_one(self, kind: PeriodKind, first: date, length: int) -> None:
        last = first + timedelta(days=length)
        found = periods(kind, first, last)
        assert (found[0].first, found[-1].last) == (first, last)
        assert all(p.first <= p.last for p in found)
        assert all(a.last + timedelta(days=1) == b.first for a, b in pairwise(found))
        codes = [p.code for p in found]
        assert sorted(set(codes)) == codes

    @pytest.mark.parametrize("kind", PeriodKind)
    @pytest.mark.parametrize("year", [1, 2023, 2024, 9999])
    def test_a_whole_year(self, kind: PeriodKind, year: int) -> None:
        assert len(periods(kind, date(year, 1, 1), date(year, 12, 31))) == LENGTH[kind]


class TestBusinessDay:
    def test_midnight_in_vietnam_is_17_utc(self) -> None:
        assert business_day(datetime(2023, 3, 31, 16, 59, 59, 999999, UTC)) == date(2023, 3, 31)
        assert business_day(datetime(2023, 3, 31, 17, tzinfo=UTC)) == date(2023, 4, 1)
        assert business_day(datetime(2023, 12, 31, 17, tzinfo=UTC)) == date(2024, 1, 1)

    @given(st.datetimes(timezones=st.just(UTC)).filter(lambda t: 1 < t.year < 9999), st.integers(-12, 14))
    def test_the_same_instant_is_the_same_day_from_every_zone(self, instant: datetime, hours: int) -> None:
        seen = instant.astimezone(timezone(timedelta(hours=hours)))
        assert business_day(seen) == business_day(instant) == (instant + timedelta(hours=7)).date()

    def test_an_instant_without_zone_is_refused(self) -> None:
        with pytest.raises(ValueError, match="zone"):
            business_day(datetime(2023, 3, 31, 17))  # noqa: DTZ001 -- what is refused

    def test_the_end_of_time_is_refused_and_does_not_overflow(self) -> None:
        with pytest.raises(ValueError, match="9999"):
            business_day(datetime(9999, 12, 31, 20, tzinfo=UTC))
