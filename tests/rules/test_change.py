"""The laws of a difference (model §3), each a function of the one it judges, so that it can judge wrong ones.

`FAULTS` are planted, and every one must break the laws that are named beside it. One thing does not hold, and
is meant not to: a thing that is split at the second instant alone leaves under its old key and enters under
new ones, so that what it got on meanwhile is scope. Compare under keys that both instants know.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import chain

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.rules.change import Course, Difference, Item, Standing, difference
from app.rules.rollup import Leaf, roll_up, split
from tests.patience import many
from tests.rules import planting

Instant = Mapping[str, Standing]
Differ = Callable[[Instant, Instant], Difference]
ZERO = Fraction(0)


@dataclass(frozen=True, slots=True)
class Sample:
    """The leaves at two instants by their keys, and the choices a law makes about them."""

    leaves: tuple[dict[str, Leaf], dict[str, Leaf]]
    order: list[str]
    pick: str
    times: int

    @property
    def instants(self) -> tuple[Instant, Instant]:
        before, after = (standings(leaves) for leaves in self.leaves)
        return before, after


Law = Callable[[Differ, Sample], None]


def standings(leaves: Mapping[str, Leaf]) -> Instant:
    return {
        key: Standing(leaf.pull, Fraction(leaf.evidenced, leaf.owed) if leaf.owed else None)
        for key, leaf in leaves.items()
    }


# --- samples -------------------------------------------------------------------------------------------


SHARES = sorted({Fraction(part, whole) for whole in (1, 2, 3, 7) for part in range(1, whole + 1)})
COUNTS = [(owed, evidenced) for owed in (0, 1, 2, 3, 7) for evidenced in range(owed + 1)]
leaves = st.sampled_from(
    [
        Leaf(weight, share, owed, evidenced, evidenced, 0)
        for weight in (1, 2, 5, 30)
        for share in SHARES
        for owed, evidenced in COUNTS
    ]
)
kinds = st.sampled_from(("same", "same", "moved", "moved", "reweighed", "other", "entered", "left"))


@st.composite
def samples(draw: st.DrawFn) -> Sample:
    before, after = {}, {}
    for key in "abcdef"[: draw(st.integers(1, 6))]:
        kind, leaf, other = draw(kinds), draw(leaves), draw(leaves)
        if kind != "entered":
            before[key] = leaf
        match kind:
            case "same":
                after[key] = leaf
            case "moved":
                after[key] = replace(other, weight=leaf.weight, share=leaf.share)
            case "reweighed":
                after[key] = replace(leaf, weight=other.weight, share=other.share)
            case "other" | "entered":
                after[key] = other
    keys = sorted({*before, *after})
    return Sample(
        (before, after), draw(st.permutations(keys)), draw(st.sampled_from(keys)), draw(st.integers(2, 9))
    )


def parts(found: Difference) -> tuple[Fraction | None, ...]:
    return (found.before, found.after, found.work, found.scope)


def halves(found: Difference) -> dict[str, tuple[Fraction | None, Fraction | None]]:
    return {item.key: (item.work, item.scope) for item in found.items}


def both_defined(found: Difference) -> bool:
    return found.before is not None and found.after is not None


# --- the laws ------------------------------------------------------------------------------------------


def adds_up_exactly(differ: Differ, sample: Sample) -> None:
    """work + scope = after − before, in total; and the total is that of the items."""
    found = differ(*sample.instants)
    if found.before is None or found.after is None:
        return
    assert found.work is not None
    assert found.scope is not None
    assert found.work + found.scope == found.after - found.before
    assert type(found.work) is type(found.scope) is Fraction
    items = [(item.work, item.scope) for item in found.items]
    assert found.work == sum(work for work, _ in items if work is not None)
    assert found.scope == sum(scope for _, scope in items if scope is not None)


def agrees_with_the_roll_up(differ: Differ, sample: Sample) -> None:
    before, after = (roll_up(leaves.values()).evidenced for leaves in sample.leaves)
    found = differ(*sample.instants)
    assert (found.before, found.after) == (before, after)


def lists_each_thing_once(differ: Differ, sample: Sample) -> None:
    """With where it stood, and its normalised weights, which sum to 1 where there is a figure."""
    before, after = sample.instants
    found = differ(before, after)
    keys = sorted({*before, *after})
    assert [item.key for item in found.items] == keys
    assert [(item.before, item.after) for item in found.items] == [
        (before.get(key), after.get(key)) for key in keys
    ]
    for figure, weights in (
        (found.before, [item.weight_before for item in found.items]),
        (found.after, [item.weight_after for item in found.items]),
    ):
        assert sum(weights) == (0 if figure is None else 1)


def each_item_is_its_term_of_the_formula(differ: Differ, sample: Sample) -> None:
    """Recomputed as a client would, from nothing but the item."""
    found = differ(*sample.instants)
    for item in found.items:
        values = [None if one is None else one.value for one in (item.before, item.after)]
        known = [value for value in values if value is not None]
        if not both_defined(found):
            assert (item.work, item.scope) == (None, None)
        elif not known:
            assert (item.work, item.scope) == (ZERO, ZERO)
        else:
            p0, p1 = known[0], known[-1]
            s0, s1 = item.weight_before, item.weight_after
            assert item.work == (s0 + s1) * (p1 - p0) / 2
            assert item.scope == (p0 + p1) * (s1 - s0) / 2


def says_what_became_of_each(differ: Differ, sample: Sample) -> None:
    for item in differ(*sample.instants).items:
        counted = [one is not None and one.value is not None for one in (item.before, item.after)]
        assert (item.course is Course.STAYED) == all(counted)
        assert (item.course is Course.NOT_COUNTED) == (not any(counted))
        assert (item.course is Course.ENTERED) == (counted[1] and item.before is None)
        assert (item.course is Course.LEFT) == (counted[0] and item.after is None)
        assert (item.course is Course.BECAME_DEFINED) == (
            counted == [False, True] and item.before is not None
        )
        assert (item.course is Course.BECAME_UNDEFINED) == (
            counted == [True, False] and item.after is not None
        )


def no_change_is_no_difference(differ: Differ, sample: Sample) -> None:
    for instant in sample.instants:
        found = differ(instant, dict(instant))
        if both_defined(found):
            assert (found.work, found.scope) == (ZERO, ZERO)
            assert set(halves(found).values()) == {(ZERO, ZERO)}


def moved_values_are_all_work(differ: Differ, sample: Sample) -> None:
    before, after = sample.instants
    moved = {
        key: replace(one, value=after[key].value if key in after else one.value)
        for key, one in before.items()
        if one.value is not None and (key not in after or after[key].value is not None)
    }
    same = {key: before[key] for key in moved}
    found = differ(same, moved)
    assert found.scope == (0 if moved else None)
    assert all(item.scope == 0 for item in found.items)


def moved_weights_and_entries_are_all_scope(differ: Differ, sample: Sample) -> None:
    """Things enter, leave, begin or cease to be defined, and weigh otherwise; no value moves."""
    before, after = sample.instants
    still = {
        key: replace(one, value=before[key].value)
        if key in before and before[key].value is not None and one.value is not None
        else one
        for key, one in after.items()
    }
    found = differ(before, still)
    if both_defined(found):
        assert found.work == 0
        assert all(item.work == 0 for item in found.items)


def cancelling_what_is_behind_is_scope(differ: Differ, sample: Sample) -> None:
    """The figure rises, nobody did anything, and it says so. It falls by cancelling what is ahead."""
    before, _ = sample.instants
    value = before[sample.pick].value if sample.pick in before else None
    found = differ(before, {key: one for key, one in before.items() if key != sample.pick})
    if found.before is None or found.after is None or found.scope is None or value is None:
        return
    assert found.work == 0
    assert (found.scope > 0) == (value < found.before)
    assert (found.scope < 0) == (value > found.before)


def turning_round_negates(differ: Differ, sample: Sample) -> None:
    before, after = sample.instants
    there, back = differ(before, after), differ(after, before)
    assert (there.before, there.after) == (back.after, back.before)
    for (work, scope), (undone, returned) in zip(
        [(there.work, there.scope), *halves(there).values()],
        [(back.work, back.scope), *halves(back).values()],
        strict=True,
    ):
        assert work == (None if undone is None else -undone)
        assert scope == (None if returned is None else -returned)


def order_does_not_matter(differ: Differ, sample: Sample) -> None:
    before, after = ({key: one[key] for key in sample.order if key in one} for one in sample.instants)
    assert differ(before, after) == differ(*sample.instants)


def scale_does_not_matter(differ: Differ, sample: Sample) -> None:
    """Weights count beside each other, at either instant by itself."""
    before, after = sample.instants
    heavier = {key: replace(one, pull=one.pull * sample.times) for key, one in before.items()}
    lighter = {key: replace(one, pull=one.pull / sample.times) for key, one in after.items()}
    once, again = differ(before, after), differ(heavier, lighter)
    assert (parts(again), halves(again)) == (parts(once), halves(once))


def splitting_leaves_the_totals(differ: Differ, sample: Sample) -> None:
    """One thing becomes k like parts at both instants."""

    def pieces(instant: Instant) -> Instant:
        rest = {key: one for key, one in instant.items() if key != sample.pick}
        if (whole := instant.get(sample.pick)) is None:
            return rest
        shares = enumerate(split(whole.pull, sample.times))
        return rest | {f"{sample.pick}{number}": replace(whole, pull=pull) for number, pull in shares}

    before, after = sample.instants
    assert parts(differ(pieces(before), pieces(after))) == parts(differ(before, after))


def the_undefined_take_no_part(differ: Differ, sample: Sample) -> None:
    before, after = sample.instants
    nothing = {"nothing": Standing(Fraction(sample.times), None)}
    found = differ(before, after)
    for more in (
        differ({**before, **nothing}, after),
        differ(before, {**after, **nothing}),
        differ({**before, **nothing}, {**after, **nothing}),
    ):
        assert parts(more) == parts(found)
        expected = (ZERO, ZERO) if both_defined(found) else (None, None)
        assert halves(more) == {**halves(found), "nothing": expected}


def without_two_figures_there_is_no_difference(differ: Differ, sample: Sample) -> None:
    """Undefined is not 0: what there is at the other instant is neither work nor scope."""
    before, after = sample.instants
    nothing = {key: replace(one, value=None) for key, one in before.items()}
    for empty in ({}, nothing):
        for found in (differ(empty, after), differ(after, empty), differ(empty, empty)):
            assert (found.work, found.scope) == (None, None)
            assert all((item.work, item.scope) == (None, None) for item in found.items)
        assert differ(empty, after).before is None
        assert differ(after, empty).after is None


LAWS: tuple[Law, ...] = (
    adds_up_exactly,
    agrees_with_the_roll_up,
    lists_each_thing_once,
    each_item_is_its_term_of_the_formula,
    says_what_became_of_each,
    no_change_is_no_difference,
    moved_values_are_all_work,
    moved_weights_and_entries_are_all_scope,
    cancelling_what_is_behind_is_scope,
    turning_round_negates,
    order_does_not_matter,
    scale_does_not_matter,
    splitting_leaves_the_totals,
    the_undefined_take_no_part,
    without_two_figures_there_is_no_difference,
)


@pytest.mark.parametrize("law", LAWS, ids=lambda law: law.__name__)
@many
@given(sample=samples())
def test_law(law: Law, sample: Sample) -> None:
    law(difference, sample)


# --- planted faults ------------------------------------------------------------------------------------


def retold(
    found: Difference, terms: Callable[[Item, Fraction, Fraction], tuple[Fraction, Fraction]]
) -> Difference:
    """The same difference with other terms, from an item and its two values."""
    if not both_defined(found):
        return found
    items = []
    for item in found.items:
        values = [one.value for one in (item.before, item.after) if one is not None and one.value is not None]
        work, scope = terms(item, values[0], values[-1]) if values else (ZERO, ZERO)
        items.append(item._replace(work=work, scope=scope))
    return totalled(found, items)


def totalled(found: Difference, items: Iterable[Item]) -> Difference:
    items = tuple(items)
    work, scope = (
        sum((half for half in side if half is not None), ZERO)
        for side in ([item.work for item in items], [item.scope for item in items])
    )
    return found._replace(work=work, scope=scope, items=items)


def weights_of_the_first_instant(before: Instant, after: Instant) -> Difference:
    """Adds up, and depends on the direction."""
    return retold(
        difference(before, after),
        lambda item, p0, p1: (
            item.weight_before * (p1 - p0),
            p1 * (item.weight_after - item.weight_before),
        ),
    )


def interaction_dropped(before: Instant, after: Instant) -> Difference:
    return retold(
        difference(before, after),
        lambda item, p0, p1: (
            item.weight_before * (p1 - p0),
            p0 * (item.weight_after - item.weight_before),
        ),
    )


def half_forgotten(before: Instant, after: Instant) -> Difference:
    return retold(
        difference(before, after),
        lambda item, p0, p1: (
            (item.weight_before + item.weight_after) * (p1 - p0),
            (p0 + p1) / 2 * (item.weight_after - item.weight_before),
        ),
    )


def all_is_work(before: Instant, after: Instant) -> Difference:
    return retold(
        difference(before, after),
        lambda item, p0, p1: (item.weight_after * p1 - item.weight_before * p0, ZERO),
    )


def with_zero(instant: Instant, other: Instant) -> Instant:
    """What is only at the other instant, with value 0 here."""
    return {**{key: Standing(one.pull, ZERO) for key, one in other.items()}, **instant}


def enters_from_zero(before: Instant, after: Instant) -> Difference:
    """What enters is taken to have got on from 0."""
    found = difference(before, after)
    if not both_defined(found):
        return found
    items = [
        item._replace(
            work=item.weight_after * item.after.value / 2, scope=item.weight_after * item.after.value / 2
        )
        if item.course is Course.ENTERED and item.after and item.after.value is not None
        else item
        for item in found.items
    ]
    return totalled(found, items)


def cancelled_stays_in_the_denominator(before: Instant, after: Instant) -> Difference:
    return difference(before, with_zero(after, before))


def undefined_as_zero(before: Instant, after: Instant) -> Difference:
    here, there = (
        {key: replace(one, value=one.value or ZERO) for key, one in instant.items()}
        for instant in (before, after)
    )
    return difference(here, there)


def nothing_as_zero(before: Instant, after: Instant) -> Difference:
    """No figure is taken for 0, so that the first thing owed looks like a leap."""
    found = difference(before, after)
    if both_defined(found):
        return found
    return found._replace(work=ZERO, scope=(found.after or ZERO) - (found.before or ZERO))


def unnormalised(before: Instant, after: Instant) -> Difference:
    def raw(one: Standing | None) -> Fraction:
        return ZERO if one is None or one.value is None else one.pull

    found = difference(before, after)
    items = [
        item._replace(weight_before=raw(item.before), weight_after=raw(item.after)) for item in found.items
    ]
    return retold(
        found._replace(items=tuple(items)),
        lambda item, p0, p1: (
            (item.weight_before + item.weight_after) / 2 * (p1 - p0),
            (p0 + p1) / 2 * (item.weight_after - item.weight_before),
        ),
    )


def weighed_alike(before: Instant, after: Instant) -> Difference:
    return difference(
        *(
            {key: replace(one, pull=Fraction(1)) for key, one in instant.items()}
            for instant in (before, after)
        )
    )


def only_what_stayed(before: Instant, after: Instant) -> Difference:
    found = difference(before, after)
    return found._replace(items=tuple(item for item in found.items if item.before and item.after))


def as_it_came(before: Instant, after: Instant) -> Difference:
    found = difference(before, after)
    places = {key: place for place, key in enumerate(dict.fromkeys(chain(before, after)))}
    return found._replace(items=tuple(sorted(found.items, key=lambda item: places[item.key])))


def in_floats(before: Instant, after: Instant) -> Difference:
    found = difference(before, after)
    if found.work is None or found.scope is None:
        return found
    return found._replace(work=Fraction(float(found.work)), scope=Fraction(float(found.scope)))


def scope_is_the_rest_of_a_rounded_work(before: Instant, after: Instant) -> Difference:
    found = difference(before, after)
    if found.work is None or found.before is None or found.after is None:
        return found
    work = Fraction(round(found.work * 100), 100)
    return found._replace(work=work, scope=found.after - found.before - work)


def the_last_one_is_added_again(before: Instant, after: Instant) -> Difference:
    found = difference(before, after)
    if found.scope is None or not after:
        return found
    last = after[[*after][-1]].value
    return found if last is None else found._replace(scope=found.scope + last)


def comes_and_goes_undistinguished(before: Instant, after: Instant) -> Difference:
    found = difference(before, after)
    alike = {Course.BECAME_DEFINED: Course.ENTERED, Course.BECAME_UNDEFINED: Course.LEFT}
    return found._replace(
        items=tuple(item._replace(course=alike.get(item.course, item.course)) for item in found.items)
    )


FAULTS: dict[Differ, tuple[Law, ...]] = {
    weights_of_the_first_instant: (turning_round_negates, each_item_is_its_term_of_the_formula),
    interaction_dropped: (adds_up_exactly, turning_round_negates),
    half_forgotten: (adds_up_exactly,),
    all_is_work: (moved_weights_and_entries_are_all_scope, cancelling_what_is_behind_is_scope),
    enters_from_zero: (moved_weights_and_entries_are_all_scope, each_item_is_its_term_of_the_formula),
    cancelled_stays_in_the_denominator: (
        agrees_with_the_roll_up,
        cancelling_what_is_behind_is_scope,
        lists_each_thing_once,
    ),
    undefined_as_zero: (
        agrees_with_the_roll_up,
        the_undefined_take_no_part,
        without_two_figures_there_is_no_difference,
    ),
    nothing_as_zero: (without_two_figures_there_is_no_difference,),
    unnormalised: (adds_up_exactly, scale_does_not_matter, lists_each_thing_once),
    weighed_alike: (agrees_with_the_roll_up, splitting_leaves_the_totals),
    only_what_stayed: (adds_up_exactly, lists_each_thing_once, the_undefined_take_no_part),
    as_it_came: (order_does_not_matter, lists_each_thing_once),
    in_floats: (adds_up_exactly,),
    scope_is_the_rest_of_a_rounded_work: (adds_up_exactly, moved_values_are_all_work),
    the_last_one_is_added_again: (no_change_is_no_difference, order_does_not_matter, adds_up_exactly),
    comes_and_goes_undistinguished: (says_what_became_of_each,),
}


@planting.each(FAULTS.items())
def test_a_planted_fault_is_caught(fault: Differ, law: Law) -> None:
    assert planting.catches(law, fault, samples())


def test_every_law_has_caught_something() -> None:
    assert planting.at_work(FAULTS.items()) == set(LAWS)


# --- by hand -------------------------------------------------------------------------------------------


def stands(weight: int, *value: int) -> Standing:
    return Standing(Fraction(weight), Fraction(*value) if value else None)


def test_by_hand() -> None:
    """One duty got on, one that had done nothing was cancelled, one began to be owed and is half done."""
    found = difference(
        {"II.1": stands(2, 1, 4), "II.2": stands(2, 0), "II.3": stands(1)},
        {"II.1": stands(2, 3, 4), "II.3": stands(1, 1, 2)},
    )
    third = Fraction(1, 3)
    assert parts(found) == (Fraction(1, 8), Fraction(2, 3), Fraction(7, 24), Fraction(1, 4))
    assert found.items == (
        Item(
            "II.1", stands(2, 1, 4), stands(2, 3, 4),
            Fraction(7, 24), Fraction(1, 12), Fraction(1, 2), 2 * third, Course.STAYED,
        ),
        Item("II.2", stands(2, 0), None, ZERO, ZERO, Fraction(1, 2), ZERO, Course.LEFT),
        Item("II.3", stands(1), stands(1, 1, 2), ZERO, third / 2, ZERO, third, Course.BECAME_DEFINED),
    )  # fmt: skip


def test_progress_made_by_cancelling() -> None:
    """Two duties, one done, one not; the one that is not is cancelled: from 1/2 to 1, and no work in it."""
    found = difference({"a": stands(1, 1), "b": stands(1, 0)}, {"a": stands(1, 1)})
    assert parts(found) == (Fraction(1, 2), Fraction(1), ZERO, Fraction(1, 2))


def test_splitting_at_one_instant_alone_makes_scope_of_work() -> None:
    """The limit the head of this page names."""
    before = {"a": stands(2, 0), "b": stands(2, 0)}
    whole, in_two = {"a": stands(2, 1, 2)}, {"a1": stands(1, 1, 2), "a2": stands(1, 1, 2)}
    rest = {"b": stands(2, 0)}
    assert parts(difference(before, whole | rest))[2:] == (Fraction(1, 4), ZERO)
    assert parts(difference(before, in_two | rest))[2:] == (ZERO, Fraction(1, 4))


def test_nothing_at_all() -> None:
    assert difference({}, {}) == Difference(None, None, None, None, ())


def test_what_weighs_nothing_gives_no_figure() -> None:
    found = difference({"a": stands(0, 1)}, {"a": stands(1, 1)})
    assert parts(found) == (None, Fraction(1), None, None)
    assert found.items == (
        Item("a", stands(0, 1), stands(1, 1), None, None, ZERO, Fraction(1), Course.STAYED),
    )


@pytest.mark.parametrize(
    ("before", "after", "course"),
    [
        (stands(1, 0), stands(1, 0), Course.STAYED),
        (None, stands(1, 0), Course.ENTERED),
        (stands(1, 0), None, Course.LEFT),
        (stands(1), stands(1, 0), Course.BECAME_DEFINED),
        (stands(1, 0), stands(1), Course.BECAME_UNDEFINED),
        (stands(1), stands(1), Course.NOT_COUNTED),
        (None, stands(1), Course.NOT_COUNTED),
        (stands(1), None, Course.NOT_COUNTED),
    ],
)
def test_what_became_of_it(before: Standing | None, after: Standing | None, course: Course) -> None:
    (item,) = difference({"a": before} if before else {}, {"a": after} if after else {}).items
    assert (item.course, item.before, item.after) == (course, before, after)
