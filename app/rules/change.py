"""How a roll-up moved between two instants, split exactly into work and scope (model §3, Explanation).

    ΔP = Σ ½(s₀+s₁)(p₁−p₀)   work:  what is owed got on, or fell back
       + Σ ½(p₀+p₁)(s₁−s₀)   scope: what is owed became more or less, or weighs otherwise

    p = value of a thing at one level     s = W / ΣW, over the things that are defined at that instant

What comes or goes uses its only known p, so it is all scope: to cancel what is behind raises the figure, and
shows here as scope without any work. 0 and 1 are the instants. Ratios are exact; only the display rounds.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import NamedTuple

from app.rules.vocabulary import Word

NOTHING = Fraction(0)


class Course(Word):
    """What became of a thing. Absent and undefined both take no part in the figure of that instant."""

    STAYED = "stayed", "Có ở cả hai thời điểm", "Counted at both instants"
    ENTERED = "entered", "Mới đưa vào", "Entered"
    LEFT = "left", "Đã đưa ra", "Left"
    BECAME_DEFINED = "became_defined", "Bắt đầu có việc phải làm", "Began to owe something"
    BECAME_UNDEFINED = "became_undefined", "Không còn việc phải làm", "No longer owes anything"
    NOT_COUNTED = "not_counted", "Không tính ở cả hai thời điểm", "Counted at neither instant"


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a thing stands at one instant: its weight W, and its value from 0 to 1 or None if undefined."""

    pull: Fraction
    value: Fraction | None


class Item(NamedTuple):
    """One thing's part in the difference; weights are the normalised ones, 0 where it takes no part."""

    key: str
    before: Standing | None
    after: Standing | None
    work: Fraction | None
    scope: Fraction | None
    weight_before: Fraction
    weight_after: Fraction
    course: Course


class Difference(NamedTuple):
    """The figure at both instants, and what moved it: after − before = work + scope.

    Where nothing is defined there is no figure, and without two figures no difference: then work and scope
    are None, in total and in every item.
    """

    before: Fraction | None
    after: Fraction | None
    work: Fraction | None
    scope: Fraction | None
    items: tuple[Item, ...]


def difference(before: Mapping[str, Standing], after: Mapping[str, Standing]) -> Difference:
    """From one instant to the other; an item for every key of either, in the order of the keys."""
    s0, s1 = _normalised(before), _normalised(after)
    start, end = _figure(before, s0), _figure(after, s1)
    items = tuple(
        _item(key, before.get(key), after.get(key), s0.get(key, NOTHING), s1.get(key, NOTHING))
        for key in sorted({*before, *after})
    )
    if start is None or end is None:
        return Difference(start, end, None, None, tuple(one._replace(work=None, scope=None) for one in items))
    return Difference(start, end, _sum(one.work for one in items), _sum(one.scope for one in items), items)


def _item(key: str, before: Standing | None, after: Standing | None, s0: Fraction, s1: Fraction) -> Item:
    p0, p1 = (standing.value if standing else None for standing in (before, after))
    if p0 is not None and p1 is not None:
        course = Course.STAYED
    elif p1 is not None:
        p0, course = p1, Course.BECAME_DEFINED if before else Course.ENTERED
    elif p0 is not None:
        p1, course = p0, Course.BECAME_UNDEFINED if after else Course.LEFT
    else:
        p0, p1, course = NOTHING, NOTHING, Course.NOT_COUNTED
    work, scope = (s0 + s1) / 2 * (p1 - p0), (p0 + p1) / 2 * (s1 - s0)
    return Item(key, before, after, work, scope, s0, s1, course)


def _normalised(standings: Mapping[str, Standing]) -> dict[str, Fraction]:
    """s of each thing that is defined, together 1. Empty if there is none, or none that weighs anything."""
    pulls = {key: standing.pull for key, standing in standings.items() if standing.value is not None}
    whole = _sum(pulls.values())
    return {key: pull / whole for key, pull in pulls.items()} if whole else {}


def _figure(standings: Mapping[str, Standing], weights: Mapping[str, Fraction]) -> Fraction | None:
    """P, as `rollup.roll_up` has it: None if nothing is defined."""
    return _sum(s * (standings[key].value or 0) for key, s in weights.items()) if weights else None


def _sum(parts: Iterable[Fraction | None]) -> Fraction:
    return sum((part for part in parts if part is not None), NOTHING)
