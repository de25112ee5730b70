"""The laws of the roll-up (model §3), each a function of the roll-up it judges.

So a law can be turned on a wrong roll-up too: `FAULTS` are planted, and every one must break the laws that
are named beside it.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import combinations_with_replacement, groupby, product
from math import floor

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.rules import rollup
from app.rules.rollup import COUNTED_STATUSES, FORMULA, Figure, Leaf, percent, roll_up, split, state
from app.rules.vocabulary import State, TaskStatus
from tests.patience import many
from tests.rules import planting

LEVELS = ("reported", "evidenced", "confirmed")
ABSENT = (TaskStatus.CANCELLED, TaskStatus.SUPERSEDED, TaskStatus.DRAFT)
FROZEN = (TaskStatus.SUSPENDED, TaskStatus.CARRIED_OVER)


@dataclass(frozen=True, slots=True)
class Part:
    """A leaf and where it belongs."""

    leaf: Leaf
    section: int
    agency: int
    status: TaskStatus = TaskStatus.ACTIVE


RollUp = Callable[[Iterable[Part]], Figure]
Law = Callable[[RollUp, "Sample"], None]


@dataclass(frozen=True, slots=True)
class Sample:
    """Some parts, and the choices a law makes about them."""

    parts: list[Part]
    order: list[int]
    pick: int
    times: int


def counted(parts: Iterable[Part]) -> list[Leaf]:
    """What the status leaves in, as every caller of the roll-up selects it."""
    return [part.leaf for part in parts if part.status in COUNTED_STATUSES]


def ours(parts: Iterable[Part]) -> Figure:
    return roll_up(counted(parts))


# --- samples -------------------------------------------------------------------------------------------


SHARES = sorted({Fraction(part, whole) for whole in (1, 2, 3, 7, 9, 10, 60) for part in range(1, whole + 1)})


# Owed, reported, evidenced, confirmed: every nested combination up to 4, and some with awkward denominators.
STANDINGS = [
    (owed, *reversed(steps))
    for owed in (0, 1, 2, 3, 4, 7, 11)
    for steps in combinations_with_replacement(range(owed + 1), 3)
]
PLACES = list(product(range(4), range(4), (TaskStatus.ACTIVE, *FROZEN)))


def part(
    weight: int, share: Fraction, standing: tuple[int, int, int, int], place: tuple[int, int, TaskStatus]
) -> Part:
    return Part(Leaf(weight, share, *standing), *place)


parts = st.builds(
    part, st.integers(1, 10**6), *(st.sampled_from(pool) for pool in (SHARES, STANDINGS, PLACES))
)


@st.composite
def samples(draw: st.DrawFn) -> Sample:
    drawn = draw(st.lists(parts, min_size=1, max_size=7))
    order = draw(st.permutations(range(len(drawn))))
    return Sample(drawn, order, draw(st.integers(0, len(drawn) - 1)), draw(st.integers(2, 12)))


def levels(figure: Figure) -> tuple[Fraction | None, ...]:
    return (figure.reported, figure.evidenced, figure.confirmed)


def standing(figure: Figure) -> tuple[object, ...]:
    """What a person reads of a figure: not its weights, which a law may change."""
    return (*levels(figure), figure.state)


def owing(sample: Sample) -> list[Leaf]:
    return [part.leaf for part in sample.parts if part.leaf.owed]


# --- the laws ------------------------------------------------------------------------------------------


def is_exact(roll: RollUp, sample: Sample) -> None:
    figure = roll(sample.parts)
    assert all(value is None or type(value) is Fraction for value in levels(figure))
    assert (type(figure.defined), type(figure.included)) == (Fraction, Fraction)


def is_nested(roll: RollUp, sample: Sample) -> None:
    reported, evidenced, confirmed = levels(roll(sample.parts))
    if reported is not None:
        assert evidenced is not None
        assert confirmed is not None
        assert 0 <= confirmed <= evidenced <= reported <= 1


def lies_between_least_and_most(roll: RollUp, sample: Sample) -> None:
    figure = roll(sample.parts)
    for name, value in zip(LEVELS, levels(figure), strict=True):
        values = [Fraction(getattr(leaf, name), leaf.owed) for leaf in owing(sample)]
        assert (value is None) == (not values)
        assert value is None or min(values) <= value <= max(values)


def is_all_or_nothing_only_when_it_is(roll: RollUp, sample: Sample) -> None:
    figure, owed = roll(sample.parts), owing(sample)
    for name, value in zip(LEVELS, levels(figure), strict=True):
        assert (value == 1) == (bool(owed) and all(getattr(leaf, name) == leaf.owed for leaf in owed))
        assert (value == 0) == (bool(owed) and not any(getattr(leaf, name) for leaf in owed))
    assert (figure.state is State.DONE) == (figure.confirmed == 1)
    assert (figure.state is State.NOT_STARTED) == (figure.reported == 0)


def ignores_order(roll: RollUp, sample: Sample) -> None:
    assert roll(sample.parts[index] for index in sample.order) == roll(sample.parts)


def ignores_scale(roll: RollUp, sample: Sample) -> None:
    heavier = [
        replace(part, leaf=replace(part.leaf, weight=part.leaf.weight * sample.times))
        for part in sample.parts
    ]
    lighter = [
        replace(part, leaf=replace(part.leaf, share=part.leaf.share / sample.times)) for part in sample.parts
    ]
    before, after = roll(sample.parts), roll(heavier)
    assert standing(after) == standing(before) == standing(roll(lighter))
    assert (after.defined, after.included) == (
        before.defined * sample.times,
        before.included * sample.times,
    )


def ignores_splitting(roll: RollUp, sample: Sample) -> None:
    """One duty becomes k like parts: nothing above notices."""
    part = sample.parts[sample.pick]
    pieces = [
        replace(part, leaf=replace(part.leaf, share=share)) for share in split(part.leaf.share, sample.times)
    ]
    others = [*sample.parts[: sample.pick], *sample.parts[sample.pick + 1 :]]
    assert roll([*others, *pieces]) == roll(sample.parts)


def weighs_outputs_alike(roll: RollUp, sample: Sample) -> None:
    """A leaf of n outputs is n leaves of one, each done or not."""
    single = [
        replace(
            part,
            leaf=Leaf(
                part.leaf.weight,
                part.leaf.share / part.leaf.owed,
                1,
                *(int(number < getattr(part.leaf, name)) for name in LEVELS),
            ),
        )
        for part in sample.parts
        for number in range(part.leaf.owed)
    ]
    assert standing(roll(single)) == standing(roll(sample.parts))


def ignores_the_undefined(roll: RollUp, sample: Sample) -> None:
    """Who owes nothing is neither 0 nor 100; it shows only in what is included."""
    nothing = replace(sample.parts[sample.pick], leaf=Leaf(sample.times, Fraction(1), 0, 0, 0, 0))
    before, after = roll(sample.parts), roll([*sample.parts, nothing])
    assert (standing(after), after.defined) == (standing(before), before.defined)
    assert after.included == before.included + sample.times
    assert standing(roll([nothing])) == (None, None, None, None)


def ignores_what_is_cancelled(roll: RollUp, sample: Sample) -> None:
    """Cancelled, superseded and draft leave both sides of the ratio."""
    for status in ABSENT:
        gone = [replace(sample.parts[sample.pick], status=status), *sample.parts]
        assert roll(gone) == roll(sample.parts)


def counts_what_is_frozen(roll: RollUp, sample: Sample) -> None:
    active = [replace(part, status=TaskStatus.ACTIVE) for part in sample.parts]
    for status in FROZEN:
        assert roll([replace(part, status=status) for part in sample.parts]) == roll(active)


def grouped(roll: RollUp, parts: list[Part], key: Callable[[Part], int]) -> Iterator[Figure]:
    for _, group in groupby(sorted(parts, key=key), key):
        yield roll(list(group))


def is_the_roll_up_of_its_nodes(roll: RollUp, sample: Sample) -> None:
    """Plan = its sections = its agencies, each node weighing what is defined below it."""
    plan = roll(sample.parts)
    keys: tuple[Callable[[Part], int], ...] = (lambda part: part.section, lambda part: part.agency)
    for key in keys:
        nodes = list(grouped(roll, sample.parts, key))
        assert sum(node.included for node in nodes) == plan.included
        assert sum(node.defined for node in nodes) == plan.defined
        for name, value in zip(LEVELS, levels(plan), strict=True):
            weighed = [node.defined * (getattr(node, name) or 0) for node in nodes]
            assert value == (sum(weighed) / plan.defined if plan.defined else None)


def never_falls_by_a_record(roll: RollUp, sample: Sample) -> None:
    """One more output reported, evidenced or confirmed lowers no level of any node."""
    before = roll(sample.parts)
    part = sample.parts[sample.pick]
    above = {"reported": "owed", "evidenced": "reported", "confirmed": "evidenced"}
    for name in LEVELS:
        more = min(getattr(part.leaf, name) + 1, getattr(part.leaf, above[name]))
        parts = list(sample.parts)
        parts[sample.pick] = replace(part, leaf=replace(part.leaf, **{name: more}))
        after = roll(parts)
        assert all((new or 0) >= (old or 0) for new, old in zip(levels(after), levels(before), strict=True))


def never_falls_by_an_occurrence(roll: RollUp, sample: Sample) -> None:
    """A triggered duty that happened and was met: what is owed and what is done grow together."""
    before = roll(sample.parts)
    part = sample.parts[sample.pick]
    leaf = replace(
        part.leaf,
        owed=part.leaf.owed + 1,
        reported=part.leaf.reported + 1,
        evidenced=part.leaf.evidenced + 1,
    )
    parts = list(sample.parts)
    parts[sample.pick] = replace(part, leaf=leaf)
    after = roll(parts)
    assert (after.reported or 0) >= (before.reported or 0)
    assert (after.evidenced or 0) >= (before.evidenced or 0)


LAWS: tuple[Law, ...] = (
    is_exact,
    is_nested,
    lies_between_least_and_most,
    is_all_or_nothing_only_when_it_is,
    ignores_order,
    ignores_scale,
    ignores_splitting,
    weighs_outputs_alike,
    ignores_the_undefined,
    ignores_what_is_cancelled,
    counts_what_is_frozen,
    is_the_roll_up_of_its_nodes,
    never_falls_by_a_record,
    never_falls_by_an_occurrence,
)


@pytest.mark.parametrize("law", LAWS, ids=lambda law: law.__name__)
@many
@given(sample=samples())
def test_law(law: Law, sample: Sample) -> None:
    law(ours, sample)


# --- planted faults ------------------------------------------------------------------------------------


def mapped(figure: Figure, change: Callable[[Fraction], Fraction]) -> Figure:
    reported, evidenced, confirmed = (None if value is None else change(value) for value in levels(figure))
    return figure._replace(reported=reported, evidenced=evidenced, confirmed=confirmed)


def cancelled_counted(parts: Iterable[Part]) -> Figure:
    return roll_up(part.leaf for part in parts)


def cancelled_still_in_the_denominator(parts: Iterable[Part]) -> Figure:
    """The classic: what is cancelled is no longer done, and still waited for."""
    return roll_up(
        part.leaf
        if part.status in COUNTED_STATUSES
        else replace(part.leaf, reported=0, evidenced=0, confirmed=0)
        for part in parts
    )


def suspended_dropped(parts: Iterable[Part]) -> Figure:
    return roll_up(part.leaf for part in parts if part.status is TaskStatus.ACTIVE)


def unnormalised(parts: Iterable[Part]) -> Figure:
    figure = ours(parts)
    return mapped(figure, lambda value: value * figure.defined)


def rounded_at_nodes(parts: Iterable[Part]) -> Figure:
    return mapped(ours(parts), lambda value: Fraction(round(value * 100), 100))


def rounded_at_leaves(parts: Iterable[Part]) -> Figure:
    return roll_up(
        replace(
            leaf,
            owed=100,
            reported=leaf.reported * 100 // leaf.owed,
            evidenced=leaf.evidenced * 100 // leaf.owed,
            confirmed=leaf.confirmed * 100 // leaf.owed,
        )
        if leaf.owed
        else leaf
        for leaf in counted(parts)
    )


def undefined_as_nothing(parts: Iterable[Part]) -> Figure:
    return roll_up(leaf if leaf.owed else replace(leaf, owed=1) for leaf in counted(parts))


def undefined_as_all(parts: Iterable[Part]) -> Figure:
    return roll_up(
        leaf if leaf.owed else replace(leaf, owed=1, reported=1, evidenced=1, confirmed=1)
        for leaf in counted(parts)
    )


def plain_mean(parts: Iterable[Part]) -> Figure:
    return roll_up(replace(leaf, weight=1, share=Fraction(1)) for leaf in counted(parts))


def share_forgotten(parts: Iterable[Part]) -> Figure:
    return roll_up(replace(leaf, share=Fraction(1)) for leaf in counted(parts))


def weighed_by_outputs(parts: Iterable[Part]) -> Figure:
    return roll_up(replace(leaf, weight=leaf.weight * leaf.owed) for leaf in counted(parts))


def in_floats(parts: Iterable[Part]) -> Figure:
    return mapped(ours(parts), float)  # type: ignore[arg-type]


def last_one_wins(parts: Iterable[Part]) -> Figure:
    *_, last = counted(parts)
    return roll_up([last])


def levels_crossed(parts: Iterable[Part]) -> Figure:
    figure = ours(parts)
    return figure._replace(reported=figure.confirmed, confirmed=figure.reported)


def of_the_level_before(parts: Iterable[Part]) -> Figure:
    """Confirmed of what is evidenced, evidenced of what is reported: more of the one is less of the other."""
    figure = ours(parts)
    evidenced = (
        figure.evidenced / figure.reported if figure.evidenced and figure.reported else figure.evidenced
    )
    confirmed = (
        figure.confirmed / figure.evidenced if figure.confirmed and figure.evidenced else figure.confirmed
    )
    return figure._replace(evidenced=evidenced, confirmed=confirmed)


def what_is_done_is_off_the_list(parts: Iterable[Part]) -> Figure:
    return roll_up(leaf for leaf in counted(parts) if not leaf.owed or leaf.confirmed < leaf.owed)


FAULTS: dict[RollUp, tuple[Law, ...]] = {
    cancelled_counted: (ignores_what_is_cancelled,),
    cancelled_still_in_the_denominator: (ignores_what_is_cancelled,),
    suspended_dropped: (counts_what_is_frozen, lies_between_least_and_most),
    unnormalised: (ignores_scale, is_nested, lies_between_least_and_most, is_the_roll_up_of_its_nodes),
    rounded_at_nodes: (is_the_roll_up_of_its_nodes, is_all_or_nothing_only_when_it_is),
    rounded_at_leaves: (weighs_outputs_alike, lies_between_least_and_most),
    undefined_as_nothing: (ignores_the_undefined, lies_between_least_and_most),
    undefined_as_all: (ignores_the_undefined, lies_between_least_and_most),
    plain_mean: (ignores_splitting, weighs_outputs_alike),
    share_forgotten: (ignores_splitting, weighs_outputs_alike),
    weighed_by_outputs: (weighs_outputs_alike,),
    in_floats: (is_exact,),
    last_one_wins: (ignores_order, is_the_roll_up_of_its_nodes),
    levels_crossed: (is_nested, is_all_or_nothing_only_when_it_is, never_falls_by_an_occurrence),
    of_the_level_before: (never_falls_by_a_record, is_the_roll_up_of_its_nodes),
    what_is_done_is_off_the_list: (never_falls_by_a_record,),
}


@planting.each(FAULTS.items())
def test_a_planted_fault_is_caught(fault: RollUp, law: Law) -> None:
    assert planting.catches(law, fault, samples())


def test_every_law_has_caught_something() -> None:
    assert planting.at_work(FAULTS.items()) == set(LAWS)


# --- single figures ------------------------------------------------------------------------------------


def test_by_hand() -> None:
    """Two bodies share a duty of weight 3, another duty is half confirmed, and one owes nothing yet."""
    half = Fraction(1, 2)
    figure = roll_up(
        [
            Leaf(3, half, owed=4, reported=2, evidenced=1, confirmed=0),
            Leaf(3, half, owed=4, reported=0, evidenced=0, confirmed=0),
            Leaf(1, Fraction(1), owed=2, reported=2, evidenced=2, confirmed=1),
            Leaf(5, Fraction(1), owed=0, reported=0, evidenced=0, confirmed=0),
        ]
    )
    assert figure == Figure(
        reported=Fraction(7, 16),
        evidenced=Fraction(11, 32),
        confirmed=Fraction(1, 8),
        defined=Fraction(4),
        included=Fraction(9),
        state=State.IN_PROGRESS,
    )


def test_nothing_below_is_undefined() -> None:
    assert roll_up([]) == Figure(None, None, None, Fraction(0), Fraction(0), None)


def test_a_body_that_owes_nothing_yet_is_included_and_undefined() -> None:
    alone = roll_up(iter([Leaf(5, Fraction(1, 2), 0, 0, 0, 0)]))
    assert alone == Figure(None, None, None, Fraction(0), Fraction(5, 2), None)


def test_the_state_looks_at_what_is_reported_and_confirmed_alone() -> None:
    def stands(*standing: int) -> State | None:
        return roll_up(iter([Leaf(1, Fraction(1), 2, *standing)])).state

    assert stands(2, 2, 1) is State.AWAITING_CONFIRMATION
    assert stands(2, 0, 0) is State.AWAITING_CONFIRMATION
    assert stands(1, 0, 0) is State.IN_PROGRESS
    assert stands(2, 2, 2) is State.DONE


def test_a_leaf_pulls_with_weight_times_share() -> None:
    assert Leaf(6, Fraction(1, 4), 1, 0, 0, 0).pull == Fraction(3, 2)


def test_the_arithmetic_has_a_name() -> None:
    assert (FORMULA, rollup.FORMULA) == ("rollup-1", "rollup-1")


@pytest.mark.parametrize("status", TaskStatus)
def test_each_status_is_counted_or_absent(status: TaskStatus) -> None:
    assert (status in COUNTED_STATUSES) == (status in (TaskStatus.ACTIVE, *FROZEN))
    assert (status in COUNTED_STATUSES) != (status in ABSENT)


NONE, SOME, MOST, ALL = Fraction(0), Fraction(1, 1000), Fraction(999, 1000), Fraction(1)
STATES = {
    (NONE, NONE): State.NOT_STARTED,
    (SOME, NONE): State.IN_PROGRESS,
    (SOME, SOME): State.IN_PROGRESS,
    (MOST, NONE): State.IN_PROGRESS,
    (MOST, SOME): State.IN_PROGRESS,
    (MOST, MOST): State.IN_PROGRESS,
    (ALL, NONE): State.AWAITING_CONFIRMATION,
    (ALL, SOME): State.AWAITING_CONFIRMATION,
    (ALL, MOST): State.AWAITING_CONFIRMATION,
    (ALL, ALL): State.DONE,
}


@pytest.mark.parametrize(("reported", "confirmed"), list(STATES))
def test_state(reported: Fraction, confirmed: Fraction) -> None:
    assert state(reported, confirmed) is STATES[reported, confirmed]


def test_the_table_of_states_is_whole() -> None:
    pairs = {(r, c) for r, c in product((NONE, SOME, MOST, ALL), repeat=2) if c <= r}
    assert set(STATES) == pairs
    assert set(STATES.values()) == set(State)


# --- the integer people read ---------------------------------------------------------------------------

Percent = Callable[[Fraction | None], int | None]
ratios = st.fractions(0, 1) | st.builds(Fraction, st.integers(0, 100), st.sampled_from((100, 400)))


def shows_whole_and_nothing_only_when_exact(show: Percent, value: Fraction) -> None:
    assert (show(value) == 0) == (value == 0)
    assert (show(value) == 100) == (value == 1)


def is_the_floor_held_in_1_to_99(show: Percent, value: Fraction) -> None:
    shown = show(value)
    assert type(shown) is int
    if 0 < value < 1:
        assert 1 <= shown <= 99
        assert shown == floor(value * 100) or value < Fraction(1, 100)


@many
@given(ratios)
def test_the_display(value: Fraction) -> None:
    shows_whole_and_nothing_only_when_exact(percent, value)
    is_the_floor_held_in_1_to_99(percent, value)


@many
@given(ratios, ratios)
def test_the_display_never_turns_an_order_round(one: Fraction, other: Fraction) -> None:
    low, high = percent(min(one, other)), percent(max(one, other))
    assert low is not None
    assert high is not None
    assert low <= high


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (None, None),
        (Fraction(0), 0),
        (Fraction(1, 10**9), 1),
        (Fraction(1, 100), 1),
        (Fraction(199, 10000), 1),
        (Fraction(1, 50), 2),
        (Fraction(29, 100), 29),  # 28 by way of floats
        (Fraction(1, 3), 33),
        (Fraction(2, 3), 66),
        (Fraction(99, 100), 99),
        (1 - Fraction(1, 10**9), 99),
        (Fraction(1), 100),
    ],
)
def test_display_by_hand(value: Fraction | None, shown: int | None) -> None:
    assert percent(value) == shown


def rounds(value: Fraction | None) -> int | None:
    return None if value is None else round(value * 100)


def floors_without_holding(value: Fraction | None) -> int | None:
    return None if value is None else floor(value * 100)


def floors_a_float(value: Fraction | None) -> int | None:
    return percent(value) if value is None or value in (0, 1) else min(max(int(float(value) * 100), 1), 99)


WRONG_DISPLAYS: dict[Percent, tuple[Callable[[Percent, Fraction], None], ...]] = {
    rounds: (shows_whole_and_nothing_only_when_exact, is_the_floor_held_in_1_to_99),
    floors_without_holding: (shows_whole_and_nothing_only_when_exact, is_the_floor_held_in_1_to_99),
    floors_a_float: (is_the_floor_held_in_1_to_99,),
}


@planting.each(WRONG_DISPLAYS.items())
def test_a_wrong_display_is_caught(fault: Percent, law: Callable[[Percent, Fraction], None]) -> None:
    assert planting.catches(law, fault, ratios)


@many
@given(st.fractions(Fraction(1, 1000), 1), st.integers(1, 200))
def test_a_split_loses_nothing(whole: Fraction, bodies: int) -> None:
    parts = split(whole, bodies)
    assert (len(parts), sum(parts), len(set(parts))) == (bodies, whole, 1)
