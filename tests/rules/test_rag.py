"""The laws of the colours (model §3), each a function of the rules it judges, so it can judge wrong ones.

`FAULTS` are planted, and every one must break the laws that are named beside it. Two things do not hold, and
are meant not to: what begins to be owed can darken a node, and a node is judged from its obligations, so the
colours of its sections alone do not give its own; they only enclose it.
"""

from collections.abc import Callable, Iterable
from dataclasses import astuple, dataclass, field, replace
from fractions import Fraction
from itertools import combinations, groupby

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.errors import Text
from app.rules import rag
from app.rules.rag import SENTENCES, Colour, Reason, Share, Thresholds, UnfitThresholds, Verdict
from app.rules.rollup import percent
from tests.patience import many
from tests.rules import planting

GREEN, AMBER, RED, GREY = Colour
DARKNESS = {GREEN: 0, AMBER: 1, RED: 2}
ALWAYS = Thresholds()


@dataclass(frozen=True, slots=True)
class Case:
    """An obligation as it is judged."""

    expected: Share
    evidenced: Share
    overdue: bool = False
    live: bool = True
    thresholds: Thresholds = ALWAYS

    @property
    def defined(self) -> bool:
        return self.expected is not None and self.evidenced is not None


Part = tuple[Fraction, Colour]


@dataclass(frozen=True, slots=True)
class Node:
    """The obligations below a node: weight and colour, and the section each is in."""

    parts: list[Part]
    sections: list[int] = field(default_factory=list)
    thresholds: Thresholds = ALWAYS


def of_obligation(case: Case) -> Verdict:
    return rag.of_obligation(
        expected=case.expected,
        evidenced=case.evidenced,
        overdue=case.overdue,
        live=case.live,
        thresholds=case.thresholds,
    )


def of_node(parts: Iterable[Part], thresholds: Thresholds) -> Verdict:
    return rag.of_node(parts, thresholds)


@dataclass(frozen=True, slots=True)
class Rules:
    """What is judged."""

    of_obligation: Callable[[Case], Verdict] = of_obligation
    of_node: Callable[[Iterable[Part], Thresholds], Verdict] = of_node


@dataclass(frozen=True, slots=True)
class Sample:
    """An obligation and a node, and the choices a law makes about them."""

    case: Case
    node: Node
    order: list[int]
    pick: int
    times: int
    more: Fraction


Law = Callable[[Rules, Sample], None]


# --- samples -------------------------------------------------------------------------------------------


# Twentieths lie on the borders of the plan's own thresholds; the others beside them.
SHARES = sorted({Fraction(part, whole) for whole in (20, 7, 97) for part in range(whole + 1)})
GAPS = list(combinations(SHARES[::3], 2))
PULLS = sorted({Fraction(weight, bodies) for weight in range(1, 7) for bodies in (1, 2, 3, 9)})
COLOURS = (GREEN, GREEN, GREEN, AMBER, AMBER, RED, GREY)
shares = st.sampled_from(SHARES)
undefined_now_and_then = st.sampled_from([*SHARES, *[None] * (len(SHARES) // 4)])
rarely = st.sampled_from((False, False, False, True))
thresholds = st.builds(
    lambda gaps, red, amber: Thresholds(gaps[1], gaps[0], red, amber),
    st.sampled_from(GAPS),
    st.sampled_from(SHARES[1:]),
    st.sampled_from(SHARES[1:]),
)
parts = st.sampled_from(
    [((pull, colour), place) for pull in PULLS for colour in COLOURS for place in range(3)]
)


@st.composite
def samples(draw: st.DrawFn) -> Sample:
    limits = draw(st.just(ALWAYS) | thresholds)
    case = Case(
        draw(undefined_now_and_then), draw(undefined_now_and_then), draw(rarely), not draw(rarely), limits
    )
    drawn = draw(st.lists(parts, min_size=1, max_size=9))
    node = Node([part for part, _ in drawn], [place for _, place in drawn], limits)
    order = draw(st.permutations(range(len(drawn))))
    pick, times = draw(st.integers(0, len(drawn) - 1)), draw(st.integers(2, 9))
    return Sample(case, node, order, pick, times, draw(shares))


# --- the laws of an obligation -------------------------------------------------------------------------


def darker(one: Colour, other: Colour) -> bool:
    """Grey is no darkness: it is compared with nothing."""
    return GREY not in (one, other) and DARKNESS[one] > DARKNESS[other]


def is_the_table_for_obligations(rules: Rules, sample: Sample) -> None:
    """Read from the model, downwards; the first row that applies."""
    case, limits = sample.case, sample.case.thresholds
    colour = rules.of_obligation(case).colour
    if case.expected is None or case.evidenced is None or not case.live:
        assert colour is GREY
    elif case.overdue or case.expected > case.evidenced + limits.obligation_red:
        assert colour is RED
    elif case.expected > case.evidenced + limits.obligation_amber:
        assert colour is AMBER
    else:
        assert colour is GREEN


def a_gap_at_its_threshold_is_still_within(rules: Rules, sample: Sample) -> None:
    limits, beyond = sample.case.thresholds, Fraction(1, 10**9)
    for threshold, within, over in (
        (limits.obligation_amber, GREEN, AMBER),
        (limits.obligation_red, AMBER, RED),
    ):
        for expected in (threshold, max(threshold, sample.more)):
            at = replace(sample.case, expected=expected, evidenced=expected - threshold)
            at = replace(at, overdue=False, live=True)
            assert rules.of_obligation(at).colour is within
            assert rules.of_obligation(replace(at, expected=expected + beyond)).colour is over


def more_evidence_never_darkens(rules: Rules, sample: Sample) -> None:
    if sample.case.evidenced is not None:
        more = replace(sample.case, evidenced=max(sample.case.evidenced, sample.more))
        before, after = rules.of_obligation(sample.case), rules.of_obligation(more)
        assert not darker(after.colour, before.colour)
        assert (after.colour is GREY) == (before.colour is GREY)


def time_never_lightens(rules: Rules, sample: Sample) -> None:
    """As days pass more is expected, and once overdue stays so until it is done."""
    if sample.case.expected is not None:
        later = replace(sample.case, expected=max(sample.case.expected, sample.more))
        before = rules.of_obligation(sample.case).colour
        for one in (later, replace(later, overdue=True)):
            after = rules.of_obligation(one).colour
            assert not darker(before, after)
            assert (after is GREY) == (before is GREY)


def what_is_not_judged_is_grey_alone(rules: Rules, sample: Sample) -> None:
    for case in (sample.case, replace(sample.case, live=False), replace(sample.case, evidenced=None)):
        verdict = rules.of_obligation(case)
        codes = [reason.code for reason in verdict.reasons]
        assert (verdict.colour is GREY) == (not case.defined or not case.live)
        assert ("excluded" in codes) == (not case.live)
        assert ("nothing_owed" in codes) == (not case.defined)


def an_obligation_gives_every_reason(rules: Rules, sample: Sample) -> None:
    """All that holds, the strongest first, with the numbers and the threshold in both languages."""
    case, limits = sample.case, sample.case.thresholds
    verdict = rules.of_obligation(case)
    assert verdict.reasons
    if case.expected is None or case.evidenced is None or not case.live:
        return
    gap = case.expected - case.evidenced
    behind = gap > limits.obligation_amber
    holds = {"overdue": case.overdue, "behind_plan": behind, "on_plan": not case.overdue and not behind}
    assert [reason.code for reason in verdict.reasons] == [code for code, held in holds.items() if held]
    for reason in verdict.reasons:
        if reason.code != "overdue":
            assert states(reason.text, case.expected, case.evidenced, limits.obligation_amber)
        if reason.code == "behind_plan":
            assert states(reason.text, gap, limits.obligation_red)


def states(text: Text, *numbers: Fraction) -> bool:
    """The number itself, and the whole per cent that people read."""
    said = [f"{number} ({percent(number)}%)" for number in numbers]
    return all(one in sentence for one in said for sentence in text)


# --- the laws of a node --------------------------------------------------------------------------------


def weight(parts: Iterable[Part], *colours: Colour) -> Fraction:
    return sum((pull for pull, colour in parts if colour in colours), Fraction(0))


def is_the_table_for_nodes(rules: Rules, sample: Sample) -> None:
    """Read from the model, downwards; the first row that applies."""
    parts, limits = sample.node.parts, sample.node.thresholds
    coloured, red, amber = weight(parts, GREEN, AMBER, RED), weight(parts, RED), weight(parts, AMBER)
    colour = rules.of_node(parts, limits).colour
    if not coloured:
        assert colour is GREY
    elif red >= limits.node_red * coloured:
        assert colour is RED
    elif red or amber >= limits.node_amber * coloured:
        assert colour is AMBER
    else:
        assert colour is GREEN


def a_weight_at_its_threshold_has_reached_it(rules: Rules, sample: Sample) -> None:
    limits, less = sample.node.thresholds, 1 - Fraction(1, 10**9)
    red, amber = limits.node_red, limits.node_amber
    assert rules.of_node([(red, RED), (1 - red, GREEN)], limits).colour is RED
    assert rules.of_node([(red * less, RED), (1 - red * less, GREEN)], limits).colour is AMBER
    assert rules.of_node([(amber, AMBER), (1 - amber, GREEN)], limits).colour is AMBER
    assert rules.of_node([(amber * less, AMBER), (1 - amber * less, GREEN)], limits).colour is GREEN


def order_and_scale_do_not_matter(rules: Rules, sample: Sample) -> None:
    parts, limits = sample.node.parts, sample.node.thresholds
    before = rules.of_node(parts, limits)
    assert rules.of_node((parts[index] for index in sample.order), limits) == before
    assert rules.of_node([(pull * sample.times, colour) for pull, colour in parts], limits) == before
    assert rules.of_node([(pull / sample.times, colour) for pull, colour in parts], limits) == before


def splitting_does_not_matter(rules: Rules, sample: Sample) -> None:
    """A duty becomes k like parts."""
    parts, limits = sample.node.parts, sample.node.thresholds
    pull, colour = parts[sample.pick]
    pieces = [(pull / sample.times, colour)] * sample.times
    split = [*parts[: sample.pick], *pieces, *parts[sample.pick + 1 :]]
    assert rules.of_node(split, limits) == rules.of_node(parts, limits)


def grey_takes_no_part(rules: Rules, sample: Sample) -> None:
    parts, limits = sample.node.parts, sample.node.thresholds
    more_grey = [*parts, (Fraction(sample.times * 100), GREY)]
    less_grey = [(pull, colour) for pull, colour in parts if colour is not GREY]
    assert (
        rules.of_node(more_grey, limits) == rules.of_node(parts, limits) == rules.of_node(less_grey, limits)
    )


def like_parts_give_their_colour(rules: Rules, sample: Sample) -> None:
    """For all four colours and all thresholds that are allowed; with grey beside them too."""
    for colour in Colour:
        alike = [(pull, colour) for pull, _ in sample.node.parts]
        grey = [(Fraction(sample.times), GREY)]
        assert rules.of_node(alike, sample.node.thresholds).colour is colour
        assert rules.of_node([*alike, *grey], sample.node.thresholds).colour is colour


def a_lighter_part_never_darkens_the_node(rules: Rules, sample: Sample) -> None:
    parts, limits = sample.node.parts, sample.node.thresholds
    before = rules.of_node(parts, limits).colour
    for place, (pull, colour) in enumerate(parts):
        for lighter in (one for one in Colour if darker(colour, one)):
            after = [*parts[:place], (pull, lighter), *parts[place + 1 :]]
            assert not darker(rules.of_node(after, limits).colour, before)


def lies_between_its_sections(rules: Rules, sample: Sample) -> None:
    """Not lighter than all of them, nor darker; so like sections give their colour."""
    rows = sorted(zip(sample.node.sections, sample.node.parts, strict=True), key=lambda row: row[0])
    sections = [
        rules.of_node([part for _, part in group], sample.node.thresholds).colour
        for _, group in groupby(rows, key=lambda row: row[0])
    ]
    judged = [DARKNESS[colour] for colour in sections if colour is not GREY]
    whole = rules.of_node(sample.node.parts, sample.node.thresholds).colour
    assert (whole is GREY) == (not judged)
    assert whole is GREY or min(judged) <= DARKNESS[whole] <= max(judged)


def a_node_gives_every_reason(rules: Rules, sample: Sample) -> None:
    parts, limits = sample.node.parts, sample.node.thresholds
    verdict = rules.of_node(parts, limits)
    coloured = weight(parts, GREEN, AMBER, RED)
    if not coloured:
        assert [reason.code for reason in verdict.reasons] == ["nothing_coloured"]
        return
    red, amber = weight(parts, RED) / coloured, weight(parts, AMBER) / coloured
    much_amber = amber >= limits.node_amber
    holds = {"red_weight": red > 0, "amber_weight": much_amber, "within_limits": not red and not much_amber}
    assert [reason.code for reason in verdict.reasons] == [code for code, held in holds.items() if held]
    for reason in verdict.reasons:
        stated = (red, limits.node_red) if reason.code == "red_weight" else (amber, limits.node_amber)
        assert states(reason.text, *stated)


LAWS: tuple[Law, ...] = (
    is_the_table_for_obligations,
    a_gap_at_its_threshold_is_still_within,
    more_evidence_never_darkens,
    time_never_lightens,
    what_is_not_judged_is_grey_alone,
    an_obligation_gives_every_reason,
    is_the_table_for_nodes,
    a_weight_at_its_threshold_has_reached_it,
    order_and_scale_do_not_matter,
    splitting_does_not_matter,
    grey_takes_no_part,
    like_parts_give_their_colour,
    a_lighter_part_never_darkens_the_node,
    lies_between_its_sections,
    a_node_gives_every_reason,
)


@pytest.mark.parametrize("law", LAWS, ids=lambda law: law.__name__)
@many
@given(sample=samples())
def test_law(law: Law, sample: Sample) -> None:
    law(Rules(), sample)


# --- planted faults ------------------------------------------------------------------------------------


def nearly(threshold: Fraction) -> Fraction:
    """So little less that > becomes ≥ for every sample and for those a billionth beyond."""
    return threshold - Fraction(1, 10**12)


def reached_instead_of_exceeded(case: Case) -> Verdict:
    if not case.defined or not case.live:
        return of_obligation(case)
    limits = case.thresholds
    low, high = nearly(limits.obligation_amber), nearly(limits.obligation_red)
    gap = (case.expected or 0) - (case.evidenced or 0)
    colour = RED if case.overdue or gap > high else AMBER if gap > low else GREEN
    return of_obligation(case)._replace(colour=colour)


def overdue_forgotten(case: Case) -> Verdict:
    return of_obligation(replace(case, overdue=False))


def gap_either_way(case: Case) -> Verdict:
    """What is ahead of its plan is taken for behind."""
    if case.expected is None or case.evidenced is None:
        return of_obligation(case)
    low, high = sorted((case.expected, case.evidenced))
    return of_obligation(replace(case, expected=high, evidenced=low))


def gap_turned_round(case: Case) -> Verdict:
    return of_obligation(replace(case, expected=case.evidenced, evidenced=case.expected))


def undefined_as_nothing(case: Case) -> Verdict:
    return of_obligation(
        replace(case, expected=case.expected or Fraction(0), evidenced=case.evidenced or Fraction(0))
    )


def dead_judged(case: Case) -> Verdict:
    return of_obligation(replace(case, live=True))


def overdue_before_grey(case: Case) -> Verdict:
    return of_obligation(case)._replace(colour=RED) if case.overdue else of_obligation(case)


def forgiven_in_the_end(case: Case) -> Verdict:
    """When most is expected, nothing is judged as behind any more."""
    last = case.expected is not None and case.expected > Fraction(2, 3)
    return of_obligation(replace(case, evidenced=case.expected) if last else case)


def relative_gap(case: Case) -> Verdict:
    """The gap as a part of what is expected."""
    if not case.expected or case.evidenced is None:
        return of_obligation(case)
    return of_obligation(replace(case, expected=Fraction(1), evidenced=case.evidenced / case.expected))


def gap_in_floats(case: Case) -> Verdict:
    if case.expected is None or case.evidenced is None or case.overdue or not case.live:
        return of_obligation(case)
    gap, limits = float(case.expected) - float(case.evidenced), case.thresholds
    colour = (
        RED
        if gap > float(limits.obligation_red)
        else AMBER
        if gap > float(limits.obligation_amber)
        else GREEN
    )
    return of_obligation(case)._replace(colour=colour)


def one_reason_alone(case: Case) -> Verdict:
    verdict = of_obligation(case)
    return verdict._replace(reasons=verdict.reasons[:1])


def green_without_a_reason(case: Case) -> Verdict:
    verdict = of_obligation(case)
    return verdict._replace(reasons=()) if verdict.colour is GREEN else verdict


def numbers_without_fractions(case: Case) -> Verdict:
    verdict = of_obligation(case)
    told = [
        Reason(reason.code, Text(*(sentence.replace("/", " ") for sentence in reason.text)))
        for reason in verdict.reasons
    ]
    return verdict._replace(reasons=tuple(told))


def exceeded_instead_of_reached(parts: Iterable[Part], limits: Thresholds) -> Verdict:
    more, whole = Fraction(10**12 + 1, 10**12), Fraction(1)
    red, amber = min(limits.node_red * more, whole), min(limits.node_amber * more, whole)
    return of_node(parts, replace(limits, node_red=red, node_amber=amber))


def counted_not_weighed(parts: Iterable[Part], limits: Thresholds) -> Verdict:
    return of_node([(Fraction(1), colour) for _, colour in parts], limits)


def grey_in_the_denominator(parts: Iterable[Part], limits: Thresholds) -> Verdict:
    return of_node([(pull, GREEN if colour is GREY else colour) for pull, colour in parts], limits)


def a_little_red_is_nothing(parts: Iterable[Part], limits: Thresholds) -> Verdict:
    parts = list(parts)
    verdict = of_node(parts, limits)
    if verdict.colour is RED:
        return verdict
    return of_node([(pull, GREEN if colour is RED else colour) for pull, colour in parts], limits)


def the_darkest_wins(parts: Iterable[Part], limits: Thresholds) -> Verdict:
    return of_node(parts, replace(limits, node_red=Fraction(1, 10**12), node_amber=Fraction(1, 10**12)))


def the_heaviest_wins(parts: Iterable[Part], limits: Thresholds) -> Verdict:
    parts = list(parts)
    heaviest = max(DARKNESS, key=lambda colour: weight(parts, colour))
    return of_node(parts, limits)._replace(colour=heaviest)


def thresholds_crossed(parts: Iterable[Part], limits: Thresholds) -> Verdict:
    return of_node(parts, replace(limits, node_red=limits.node_amber, node_amber=limits.node_red))


def nothing_is_green(parts: Iterable[Part], limits: Thresholds) -> Verdict:
    verdict = of_node(parts, limits)
    return verdict._replace(colour=GREEN) if verdict.colour is GREY else verdict


def unnormalised(parts: Iterable[Part], limits: Thresholds) -> Verdict:
    """Weights compared with the thresholds as they are."""
    parts = list(parts)
    red, amber = weight(parts, RED), weight(parts, AMBER)
    verdict = of_node(parts, limits)
    colour = RED if red >= limits.node_red else AMBER if red or amber >= limits.node_amber else GREEN
    return verdict if verdict.colour is GREY else verdict._replace(colour=colour)


def the_last_one_wins(parts: Iterable[Part], limits: Thresholds) -> Verdict:
    return of_node([*parts][-1:], limits)


def weight_of_the_reds_alone(parts: Iterable[Part], limits: Thresholds) -> Verdict:
    """Amber is measured beside green only, so that a red turned amber may darken the node."""
    parts = list(parts)
    red, rest = weight(parts, RED), [part for part in parts if part[1] is not RED]
    verdict = of_node(parts, limits)
    return of_node(rest, limits) if red and verdict.colour is AMBER else verdict


def as_if_all_were_well(parts: Iterable[Part], limits: Thresholds) -> Verdict:
    verdict = of_node(parts, limits)
    return verdict._replace(reasons=verdict.reasons[1:])


FAULTS: tuple[tuple[Rules, tuple[Law, ...]], ...] = (
    (
        Rules(reached_instead_of_exceeded),
        (is_the_table_for_obligations, a_gap_at_its_threshold_is_still_within),
    ),
    (Rules(overdue_forgotten), (is_the_table_for_obligations, an_obligation_gives_every_reason)),
    (Rules(gap_either_way), (is_the_table_for_obligations, more_evidence_never_darkens, time_never_lightens)),
    (
        Rules(gap_turned_round),
        (is_the_table_for_obligations, more_evidence_never_darkens, time_never_lightens),
    ),
    (Rules(undefined_as_nothing), (is_the_table_for_obligations, what_is_not_judged_is_grey_alone)),
    (Rules(dead_judged), (is_the_table_for_obligations, what_is_not_judged_is_grey_alone)),
    (
        Rules(overdue_before_grey),
        (is_the_table_for_obligations, what_is_not_judged_is_grey_alone, time_never_lightens),
    ),
    (Rules(forgiven_in_the_end), (is_the_table_for_obligations, time_never_lightens)),
    (Rules(relative_gap), (is_the_table_for_obligations, a_gap_at_its_threshold_is_still_within)),
    (Rules(gap_in_floats), (a_gap_at_its_threshold_is_still_within,)),
    (Rules(one_reason_alone), (an_obligation_gives_every_reason,)),
    (Rules(green_without_a_reason), (an_obligation_gives_every_reason,)),
    (Rules(numbers_without_fractions), (an_obligation_gives_every_reason,)),
    (Rules(of_node=exceeded_instead_of_reached), (a_weight_at_its_threshold_has_reached_it,)),
    (Rules(of_node=counted_not_weighed), (is_the_table_for_nodes, splitting_does_not_matter)),
    (Rules(of_node=grey_in_the_denominator), (is_the_table_for_nodes, grey_takes_no_part)),
    (Rules(of_node=a_little_red_is_nothing), (is_the_table_for_nodes,)),
    (
        Rules(of_node=the_darkest_wins),
        (is_the_table_for_nodes, a_weight_at_its_threshold_has_reached_it, a_node_gives_every_reason),
    ),
    (Rules(of_node=the_heaviest_wins), (is_the_table_for_nodes, like_parts_give_their_colour)),
    (
        Rules(of_node=thresholds_crossed),
        (is_the_table_for_nodes, a_weight_at_its_threshold_has_reached_it, a_node_gives_every_reason),
    ),
    (Rules(of_node=nothing_is_green), (is_the_table_for_nodes, like_parts_give_their_colour)),
    (Rules(of_node=unnormalised), (is_the_table_for_nodes, order_and_scale_do_not_matter)),
    (
        Rules(of_node=the_last_one_wins),
        (order_and_scale_do_not_matter, grey_takes_no_part, lies_between_its_sections),
    ),
    (
        Rules(of_node=weight_of_the_reds_alone),
        (is_the_table_for_nodes, a_lighter_part_never_darkens_the_node),
    ),
    (Rules(of_node=as_if_all_were_well), (a_node_gives_every_reason,)),
)


def named(one: object) -> str:
    if isinstance(one, Rules):
        return (one.of_node if one.of_obligation is of_obligation else one.of_obligation).__name__
    return getattr(one, "__name__", "")


@planting.each(FAULTS, named)
def test_a_planted_fault_is_caught(fault: Rules, law: Law) -> None:
    assert planting.catches(law, fault, samples())


def test_every_law_has_caught_something() -> None:
    assert planting.at_work(FAULTS) == set(LAWS)


# --- by hand -------------------------------------------------------------------------------------------

HALF = Fraction(1, 2)


@pytest.mark.parametrize(
    ("case", "colour", "codes"),
    [
        (Case(HALF, HALF), GREEN, ["on_plan"]),
        (Case(HALF, Fraction(1)), GREEN, ["on_plan"]),
        (Case(HALF, Fraction(4, 10)), GREEN, ["on_plan"]),
        (Case(HALF, Fraction(39, 100)), AMBER, ["behind_plan"]),
        (Case(HALF, Fraction(1, 4)), AMBER, ["behind_plan"]),
        (Case(HALF, Fraction(24, 100)), RED, ["behind_plan"]),
        (Case(Fraction(1), Fraction(99, 100), overdue=True), RED, ["overdue"]),
        (Case(Fraction(1), Fraction(8, 10), overdue=True), RED, ["overdue", "behind_plan"]),
        (Case(Fraction(1), Fraction(0), overdue=True), RED, ["overdue", "behind_plan"]),
        (Case(None, None), GREY, ["nothing_owed"]),
        (Case(HALF, None), GREY, ["nothing_owed"]),
        (Case(None, HALF), GREY, ["nothing_owed"]),
        (Case(Fraction(1), Fraction(0), overdue=True, live=False), GREY, ["excluded"]),
        (Case(None, None, live=False), GREY, ["excluded", "nothing_owed"]),
    ],
)
def test_an_obligation_by_hand(case: Case, colour: Colour, codes: list[str]) -> None:
    verdict = of_obligation(case)
    assert (verdict.colour, [reason.code for reason in verdict.reasons]) == (colour, codes)


@pytest.mark.parametrize(
    ("green", "amber", "red", "colour", "codes"),
    [
        (10, 0, 0, GREEN, ["within_limits"]),
        (71, 29, 0, GREEN, ["within_limits"]),
        (70, 30, 0, AMBER, ["amber_weight"]),
        (99, 0, 1, AMBER, ["red_weight"]),
        (60, 30, 10, AMBER, ["red_weight", "amber_weight"]),
        (81, 0, 19, AMBER, ["red_weight"]),
        (80, 0, 20, RED, ["red_weight"]),
        (50, 30, 20, RED, ["red_weight", "amber_weight"]),
        (0, 0, 1, RED, ["red_weight"]),
        (0, 1, 0, AMBER, ["amber_weight"]),
        (0, 0, 0, GREY, ["nothing_coloured"]),
    ],
)
def test_a_node_by_hand(green: int, amber: int, red: int, colour: Colour, codes: list[str]) -> None:
    parts = [(Fraction(green), GREEN), (Fraction(amber), AMBER), (Fraction(red), RED), (Fraction(50), GREY)]
    verdict = of_node(parts, ALWAYS)
    assert (verdict.colour, [reason.code for reason in verdict.reasons]) == (colour, codes)


def test_nothing_below_is_grey() -> None:
    assert of_node([], ALWAYS).colour is GREY


def test_the_sentences_are_whole() -> None:
    (behind,) = of_obligation(Case(HALF, Fraction(1, 6))).reasons
    assert behind == Reason(
        "behind_plan",
        Text(
            "Đến nay cần 1/2 (50%), có minh chứng 1/6 (16%): chậm 1/3 (33%); "
            "vàng: quá 1/10 (10%), đỏ: quá 1/4 (25%)",
            "Due by now 1/2 (50%), evidenced 1/6 (16%): 1/3 (33%) behind; "
            "amber: over 1/10 (10%), red: over 1/4 (25%)",
        ),
    )
    (red,) = of_node([(Fraction(1), RED), (Fraction(6), GREEN)], ALWAYS).reasons
    assert red.text == Text(
        "Việc đỏ chiếm 1/7 (14%) trọng số; từ 1/5 (20%) trở lên là đỏ, ít hơn là vàng",
        "Red work has 1/7 (14%) of the weight; 1/5 (20%) or more is red, less is amber",
    )


def test_every_sentence_is_used_and_has_its_numbers() -> None:
    cases = [
        Case(None, None, live=False),
        Case(Fraction(1), Fraction(0), overdue=True),
        Case(HALF, HALF),
    ]
    nodes: list[list[Part]] = [[], [(HALF, AMBER), (Fraction(1, 9), RED)], [(HALF, GREEN)]]
    verdicts = [*map(of_obligation, cases), *(of_node(node, ALWAYS) for node in nodes)]
    reasons = [reason for verdict in verdicts for reason in verdict.reasons]
    assert {reason.code for reason in reasons} == set(SENTENCES)
    for reason in reasons:
        assert not set("{}") & set(reason.text.vi + reason.text.en)
        assert reason.text.vi != reason.text.en


def test_the_plan_s_own_thresholds() -> None:
    assert astuple(Thresholds()) == (Fraction(1, 4), Fraction(1, 10), Fraction(1, 5), Fraction(3, 10))


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("obligation_red", Fraction(101, 100)),
        ("obligation_red", Fraction(1, 10)),
        ("obligation_red", Fraction(1, 11)),
        ("obligation_amber", Fraction(-1, 100)),
        ("obligation_amber", Fraction(1, 4)),
        ("node_red", Fraction(0)),
        ("node_red", Fraction(-1, 5)),
        ("node_red", Fraction(101, 100)),
        ("node_amber", Fraction(0)),
        ("node_amber", Fraction(101, 100)),
    ],
)
def test_thresholds_that_make_no_sense_are_refused(name: str, value: Fraction) -> None:
    with pytest.raises(UnfitThresholds) as refused:
        replace(ALWAYS, **{name: value})
    assert refused.value.code == "unfit_thresholds"
    assert isinstance(refused.value, ValueError)


def test_thresholds_at_their_ends_are_allowed() -> None:
    ends = Thresholds(Fraction(1), Fraction(0), Fraction(1), Fraction(1))
    assert of_obligation(Case(Fraction(1), Fraction(0), thresholds=ends)).colour is AMBER
    assert of_node([(HALF, RED)], ends).colour is RED
