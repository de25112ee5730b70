"""The laws of timeliness (model §3), each a function of the rules it judges, so that it can judge wrong ones.

`FAULTS` are planted, and every one must break the laws that are named beside it.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from fractions import Fraction
from itertools import groupby

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.rules.timeliness import Bucket, Obligation, Punctuality, bucket, punctuality
from tests.patience import many
from tests.rules import planting

DUE = date(2023, 6, 30)
DONE = (Bucket.DONE_ON_TIME, Bucket.DONE_LATE)
OPEN = (Bucket.OPEN_IN_TERM, Bucket.OPEN_OVERDUE)

Rates = tuple[Fraction | None, Fraction | None]


def own_rates(counted: Punctuality) -> Rates:
    return counted.rate_due, counted.rate_all


@dataclass(frozen=True, slots=True)
class Rules:
    """What is judged: where an obligation stands, how they are counted, and the rates of a count."""

    bucket: Callable[[Obligation, date], Bucket] = bucket
    count: Callable[[Iterable[Bucket]], Punctuality] = punctuality
    rates: Callable[[Punctuality], Rates] = own_rates

    def of(self, obligations: Iterable[Obligation], today: date) -> tuple[Punctuality, Rates]:
        counted = self.count(self.bucket(obligation, today) for obligation in obligations)
        return counted, self.rates(counted)


@dataclass(frozen=True, slots=True)
class Sample:
    """Some obligations, a day, and the choices a law makes about them."""

    obligations: list[Obligation]
    order: list[int]
    pick: int
    today: date
    days: int


Law = Callable[[Rules, Sample], None]


# --- samples -------------------------------------------------------------------------------------------


@st.composite
def obligations(draw: st.DrawFn) -> Obligation:
    """Often on the very day, or a day beside it."""
    owed = draw(st.integers(0, 5))
    evidenced = draw(st.integers(0, owed) | st.just(owed))
    due_on = DUE + timedelta(draw(st.integers(-2, 2)))
    complete = evidenced == owed > 0
    return Obligation(owed, evidenced, due_on, DUE + timedelta(draw(near)) if complete else None)


near = st.integers(-3, 3) | st.integers(-400, 400)


@st.composite
def samples(draw: st.DrawFn) -> Sample:
    drawn = draw(st.lists(obligations(), min_size=1, max_size=8))
    order = draw(st.permutations(range(len(drawn))))
    today = DUE + timedelta(draw(near))
    return Sample(drawn, order, draw(st.integers(0, len(drawn) - 1)), today, draw(st.integers(0, 9)))


def with_picked(sample: Sample, picked: Obligation) -> list[Obligation]:
    return [*sample.obligations[: sample.pick], picked, *sample.obligations[sample.pick + 1 :]]


def done(obligation: Obligation, on: date) -> Obligation:
    """All that is owed evidenced on this day, and one occurrence where nothing was owed."""
    owed = max(obligation.owed, 1)
    return replace(obligation, owed=owed, evidenced=owed, done_on=obligation.done_on or on)


# --- the laws ------------------------------------------------------------------------------------------


def partitions(rules: Rules, sample: Sample) -> None:
    """Each obligation is in exactly one bucket, and none is lost or counted twice."""
    for one in sample.obligations:
        owes, complete = one.owed > 0, one.done_on is not None
        in_time = one.done_on is not None and not one.done_on > one.due_on
        claims = {
            Bucket.NOT_TRIGGERED: not owes,
            Bucket.DONE_ON_TIME: owes and complete and in_time,
            Bucket.DONE_LATE: owes and complete and not in_time,
            Bucket.OPEN_IN_TERM: owes and not complete and not sample.today > one.due_on,
            Bucket.OPEN_OVERDUE: owes and not complete and sample.today > one.due_on,
        }
        assert [place for place, claimed in claims.items() if claimed] == [rules.bucket(one, sample.today)]
    assert sum(rules.of(sample.obligations, sample.today)[0]) == len(sample.obligations)


def counts_each_under_its_own_name(rules: Rules, sample: Sample) -> None:
    counted, _ = rules.of(sample.obligations, sample.today)
    places = [rules.bucket(one, sample.today) for one in sample.obligations]
    assert counted._asdict() == {place.value: places.count(place) for place in Bucket}


def time_alone_makes_overdue_and_nothing_else(rules: Rules, sample: Sample) -> None:
    later = sample.today + timedelta(sample.days)
    for one in sample.obligations:
        before, after = rules.bucket(one, sample.today), rules.bucket(one, later)
        assert before is after or (before, after) == OPEN
        assert before is not Bucket.OPEN_IN_TERM or (after is OPEN[later > one.due_on])
    (due, of_all), (due_later, of_all_later) = (
        rules.of(sample.obligations, day)[1] for day in (sample.today, later)
    )
    assert of_all_later == of_all
    assert due is None or (due_later is not None and due_later <= due)


def rates_are_exact_shares(rules: Rules, sample: Sample) -> None:
    counted, (due, of_all) = rules.of(sample.obligations, sample.today)
    finished = counted.done_on_time + counted.done_late
    owing = len(sample.obligations) - counted.not_triggered
    assert (of_all is None) == (owing == 0)
    assert (due is None) == (finished + counted.open_overdue == 0)
    for rate, without in ((due, counted.open_in_term), (of_all, 0)):
        if rate is not None:
            assert type(rate) is Fraction
            assert 0 <= rate <= 1
            assert rate * (owing - without) == finished


def of_all_is_never_more_than_of_the_due(rules: Rules, sample: Sample) -> None:
    _, (due, of_all) = rules.of(sample.obligations, sample.today)
    assert due is None or (of_all is not None and of_all <= due)


def doing_something_never_lowers_a_rate(rules: Rules, sample: Sample) -> None:
    """Whether in time or late, whether it was owed already or an occurrence came up and was met."""
    _, before = rules.of(sample.obligations, sample.today)
    picked = sample.obligations[sample.pick]
    for day in (picked.due_on, picked.due_on + timedelta(1), sample.today):
        _, after = rules.of(with_picked(sample, done(picked, day)), sample.today)
        assert all(new is not None and new >= (old or 0) for old, new in zip(before, after, strict=True))


def a_part_done_moves_nothing(rules: Rules, sample: Sample) -> None:
    """One output more, and still something open: the bucket stays."""
    picked = sample.obligations[sample.pick]
    if picked.owed > picked.evidenced + 1:
        more = replace(picked, evidenced=picked.evidenced + 1)
        assert rules.bucket(more, sample.today) is rules.bucket(picked, sample.today)


def ignores_order_and_weight(rules: Rules, sample: Sample) -> None:
    before = rules.of(sample.obligations, sample.today)
    assert rules.of((sample.obligations[index] for index in sample.order), sample.today) == before
    heavier = [replace(one, owed=one.owed * 7, evidenced=one.evidenced * 7) for one in sample.obligations]
    assert rules.of(heavier, sample.today) == before


def the_untriggered_take_no_part_in_the_rates(rules: Rules, sample: Sample) -> None:
    before, rates = rules.of(sample.obligations, sample.today)
    untriggered = Obligation(0, 0, sample.today - timedelta(sample.days), None)
    after, same = rules.of([*sample.obligations, untriggered], sample.today)
    assert (after.not_triggered, same) == (before.not_triggered + 1, rates)


def the_due_day_itself_is_in_term(rules: Rules, sample: Sample) -> None:
    """And the day after it is not."""
    for one in sample.obligations:
        if one.owed:
            day_after = one.due_on + timedelta(1)
            still_open = replace(one, evidenced=0, done_on=None)
            assert rules.bucket(still_open, one.due_on) is Bucket.OPEN_IN_TERM
            assert rules.bucket(still_open, day_after) is Bucket.OPEN_OVERDUE
            complete = replace(one, evidenced=one.owed, done_on=one.due_on)
            assert rules.bucket(complete, sample.today) is Bucket.DONE_ON_TIME
            assert rules.bucket(replace(complete, done_on=day_after), sample.today) is Bucket.DONE_LATE


LAWS: tuple[Law, ...] = (
    partitions,
    counts_each_under_its_own_name,
    time_alone_makes_overdue_and_nothing_else,
    rates_are_exact_shares,
    of_all_is_never_more_than_of_the_due,
    doing_something_never_lowers_a_rate,
    a_part_done_moves_nothing,
    ignores_order_and_weight,
    the_untriggered_take_no_part_in_the_rates,
    the_due_day_itself_is_in_term,
)


@pytest.mark.parametrize("law", LAWS, ids=lambda law: law.__name__)
@many
@given(sample=samples())
def test_law(law: Law, sample: Sample) -> None:
    law(Rules(), sample)


# --- planted faults ------------------------------------------------------------------------------------


def overdue_on_the_due_day(one: Obligation, today: date) -> Bucket:
    found = bucket(one, today)
    return Bucket.OPEN_OVERDUE if found in OPEN and today == one.due_on else found


def late_on_the_due_day(one: Obligation, today: date) -> Bucket:
    return Bucket.DONE_LATE if one.done_on == one.due_on else bucket(one, today)


def a_day_of_grace(one: Obligation, today: date) -> Bucket:
    return bucket(one, today - timedelta(1))


def untriggered_is_overdue(one: Obligation, today: date) -> Bucket:
    return bucket(one, today) if one.owed or today <= one.due_on else Bucket.OPEN_OVERDUE


def untriggered_is_done(one: Obligation, today: date) -> Bucket:
    return bucket(one, today) if one.owed else Bucket.DONE_ON_TIME


def late_by_the_clock(one: Obligation, today: date) -> Bucket:
    """What is done turns late when its due day has passed."""
    return Bucket.DONE_LATE if one.done_on and today > one.due_on else bucket(one, today)


def half_done_is_done(one: Obligation, today: date) -> Bucket:
    return Bucket.DONE_ON_TIME if one.evidenced * 2 > one.owed else bucket(one, today)


def each_once(buckets: Iterable[Bucket]) -> Punctuality:
    return punctuality(set(buckets))


def in_runs(buckets: Iterable[Bucket]) -> Punctuality:
    """Grouped without being sorted first."""
    return punctuality(place for place, _ in groupby(buckets))


def crossed(buckets: Iterable[Bucket]) -> Punctuality:
    counted = punctuality(buckets)
    return counted._replace(open_in_term=counted.open_overdue, open_overdue=counted.open_in_term)


def untriggered_forgotten(buckets: Iterable[Bucket]) -> Punctuality:
    return punctuality(buckets)._replace(not_triggered=0)


def nothing_is_none_done(counted: Punctuality) -> Rates:
    return counted.rate_due or Fraction(0), counted.rate_all or Fraction(0)


def late_is_not_done(counted: Punctuality) -> Rates:
    owing = sum(counted) - counted.not_triggered
    due = owing - counted.open_in_term
    return (
        Fraction(counted.done_on_time, due) if due else None,
        Fraction(counted.done_on_time, owing) if owing else None,
    )


def untriggered_in_the_denominator(counted: Punctuality) -> Rates:
    return counted.rate_due, Fraction(counted.done, sum(counted)) if sum(counted) else None


def denominators_crossed(counted: Punctuality) -> Rates:
    return counted.rate_all, counted.rate_due


def in_floats(counted: Punctuality) -> Rates:
    due, of_all = (None if rate is None else float(rate) for rate in (counted.rate_due, counted.rate_all))
    return due, of_all  # type: ignore[return-value]


FAULTS: tuple[tuple[Rules, tuple[Law, ...]], ...] = (
    (Rules(bucket=overdue_on_the_due_day), (partitions, the_due_day_itself_is_in_term)),
    (Rules(bucket=late_on_the_due_day), (partitions, the_due_day_itself_is_in_term)),
    (
        Rules(bucket=a_day_of_grace),
        (partitions, time_alone_makes_overdue_and_nothing_else, the_due_day_itself_is_in_term),
    ),
    (
        Rules(bucket=untriggered_is_overdue),
        (partitions, time_alone_makes_overdue_and_nothing_else, the_untriggered_take_no_part_in_the_rates),
    ),
    (Rules(bucket=untriggered_is_done), (partitions, the_untriggered_take_no_part_in_the_rates)),
    (
        Rules(bucket=late_by_the_clock),
        (partitions, time_alone_makes_overdue_and_nothing_else, the_due_day_itself_is_in_term),
    ),
    (Rules(bucket=half_done_is_done), (partitions, a_part_done_moves_nothing)),
    (Rules(count=each_once), (partitions, counts_each_under_its_own_name)),
    (Rules(count=in_runs), (partitions, ignores_order_and_weight)),
    (
        Rules(count=crossed),
        (counts_each_under_its_own_name, time_alone_makes_overdue_and_nothing_else),
    ),
    (
        Rules(count=untriggered_forgotten),
        (partitions, counts_each_under_its_own_name, rates_are_exact_shares),
    ),
    (Rules(rates=nothing_is_none_done), (rates_are_exact_shares,)),
    (Rules(rates=late_is_not_done), (rates_are_exact_shares, doing_something_never_lowers_a_rate)),
    (
        Rules(rates=untriggered_in_the_denominator),
        (rates_are_exact_shares, the_untriggered_take_no_part_in_the_rates),
    ),
    (Rules(rates=denominators_crossed), (rates_are_exact_shares, of_all_is_never_more_than_of_the_due)),
    (Rules(rates=in_floats), (rates_are_exact_shares,)),
)


def named(one: object) -> str:
    if isinstance(one, Rules):
        own = (one.bucket, one.count, one.rates)
        return next(rule.__name__ for rule in own if rule not in (bucket, punctuality, own_rates))
    return getattr(one, "__name__", "")


@planting.each(FAULTS, named)
def test_a_planted_fault_is_caught(fault: Rules, law: Law) -> None:
    assert planting.catches(law, fault, samples())


def test_every_law_has_caught_something() -> None:
    assert planting.at_work(FAULTS) == set(LAWS)


# --- by hand -------------------------------------------------------------------------------------------


def test_by_hand() -> None:
    """Seven duties due on 30 June, looked at on 1 July and on 30 June."""
    day = timedelta(1)
    duties = [
        Obligation(4, 4, DUE, DUE - 9 * day),
        Obligation(1, 1, DUE, DUE),
        Obligation(1, 1, DUE, DUE + day),
        Obligation(4, 3, DUE, None),
        Obligation(4, 0, DUE, None),
        Obligation(2, 0, DUE + day, None),
        Obligation(0, 0, DUE, None),
    ]
    after = punctuality(bucket(duty, DUE + day) for duty in duties)
    assert after == Punctuality(2, 1, 1, 2, 1)
    assert (after.done, after.rate_due, after.rate_all) == (3, Fraction(3, 5), Fraction(1, 2))
    before = punctuality(bucket(duty, DUE) for duty in duties)
    assert before == Punctuality(2, 1, 3, 0, 1)
    assert (before.rate_due, before.rate_all) == (Fraction(1), Fraction(1, 2))


def test_nothing_to_divide_by_is_no_rate() -> None:
    assert punctuality([]) == Punctuality(0, 0, 0, 0, 0)
    assert (punctuality([]).rate_due, punctuality([]).rate_all) == (None, None)
    in_term = punctuality([Bucket.OPEN_IN_TERM, Bucket.NOT_TRIGGERED])
    assert (in_term.rate_due, in_term.rate_all) == (None, Fraction(0))


def test_the_names_of_the_count_are_the_codes() -> None:
    assert Punctuality._fields == tuple(place.value for place in Bucket)
    assert all(place.label_vi and place.label_en for place in Bucket)
    assert set(Bucket) == {*DONE, *OPEN, Bucket.NOT_TRIGGERED}


@pytest.mark.parametrize(
    ("owed", "evidenced", "done_on"),
    [(1, 2, DUE), (1, 2, None), (1, -1, None), (-1, 0, None), (-1, -1, DUE)],
)
def test_more_than_all_and_less_than_nothing_are_refused(
    owed: int, evidenced: int, done_on: date | None
) -> None:
    with pytest.raises(ValueError, match="between nothing and all"):
        Obligation(owed, evidenced, DUE, done_on)


@pytest.mark.parametrize(
    ("owed", "evidenced", "done_on"), [(2, 2, None), (2, 1, DUE), (2, 0, DUE), (0, 0, DUE)]
)
def test_the_day_of_completion_goes_with_completion(owed: int, evidenced: int, done_on: date | None) -> None:
    with pytest.raises(ValueError, match="known exactly when"):
        Obligation(owed, evidenced, DUE, done_on)
